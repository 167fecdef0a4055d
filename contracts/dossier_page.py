"""The page on which one deal is read: what it says, what happened, each version's text, and the proof of it.

Everything that comes from outside is escaped, and nothing is loaded from elsewhere: it opens from a folder, offline.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contracts.document_view import Piece, pieces_of
from contracts.dossier import SUMS, Dossier
from contracts.history import Deal, Version
from contracts.summary import differences, table
from contracts.terms import Terms
from core.campaign import Campaign
from core.models.audit import AuditEntry
from core.models.deals import Contract

#: How a question about a file that came back is called on record.
RETURNED_KIND = "returned contract"
#: By whether it is about a file that came back, and the choice.
_CHOICES = {
    (False, "sign_off"): "signed it off",
    (False, "request_changes"): "asked for changes",
    (True, "approve"): "accepted the file that came back",
    (True, "decline"): "kept our text",
}
_FOLDER = Path(__file__).resolve().parent / "html"
#: What entries of the audit log are called by people; those with no name here stand in the table of entries alone.
_EVENTS = {
    "offer.made": "An offer was made",
    "offer.drafted": "An offer beyond a limit was drafted; the owner was asked",
    "offer.approved": "The owner let the offer go beyond the limit",
    "offer.refused": "The owner did not let the offer go beyond the limit",
    "offer.accepted": "The creator said yes to the offer",
    "offer.reopened": "What was agreed was talked about again",
    "offer.declined": "The creator said no to the offer",
    "offer.replaced": "An offer was replaced by a newer one",
    "contract.drafted": "A version of the contract was drafted",
    "contract.voided": "That version became void: a newer one took its place",
    "contract.changes_requested": "Legal asked for changes",
    "contract.signed_off": "Legal signed off the document, byte for byte",
    "contract.returned": "A file came back from the creator and was held against ours",
    "contract.changes_accepted": "Legal accepted exactly the file that came back, in place of ours",
    "contract.changes_declined": "Legal kept our text",
    "contract.signed_as_accepted": "What was signed says what legal accepted, not what we sent",
    "contract.out": "The contract went to the creator to sign",
    "contract.signed": "The creator signed",
    "contract.declined": "The creator would not sign",
    "contract.countersigned": "We signed too",
    "brief.put_in_a_mail": "Brief and welcome sheet were put into a mail to the creator",
    "brief.handed_over": "Brief and welcome sheet were given to the creator by a person",
}


@dataclass(frozen=True)
class _Signature:
    name: str
    said: str
    evidence: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class _Shown:
    number: int
    folder: str
    status: str
    sha256: str
    terms: Sequence[tuple[str, str]]
    differences: Sequence[str]
    decisions: Sequence[str]
    signature: _Signature | None
    text: Sequence[Piece]
    pdf: bool
    came_back: Sequence[tuple[str, str, str]]


def page(deal: Deal, dossier: Dossier, campaign: Campaign, name_of: Callable[[str], str]) -> bytes:
    """index.html. `name_of` tells what people call somebody by their id."""
    contracts = {version.contract.version: version.contract for version in deal.versions}
    shown = [_version(one, contracts, dossier.files, name_of) for one in deal.versions]
    now = next((one for one in reversed(shown) if one.status != "void"), None)
    signed = now is not None and now.status == "signed"
    files = sorted(dossier.files.items())
    document = _environment().get_template("deal.html").render(
        style=Markup(_style()),  # ours alone, and without a closing tag
        who=_who(deal), account=deal.name, campaign=f"{campaign.name}, {campaign.brand}", problems=dossier.problems,
        standing=now.status if now else "no contract drafted", signed=signed, now=now, versions=shown,
        events=[(_minute(entry.at), _EVENTS[entry.action], f"by {name_of(entry.actor)}") for entry in deal.audit
                if entry.action in _EVENTS],
        mails=[(name, content.decode()) for name, content in files if name.startswith("mails/")],
        audit=[_entry(entry, name_of) for entry in deal.audit], sums=SUMS,
        files=[(name, hashlib.sha256(content).hexdigest()) for name, content in files],
    )  # fmt: skip
    return document.encode()


def _version(
    version: Version, contracts: Mapping[int, Contract], files: Mapping[str, bytes], name_of: Callable[[str], str]
) -> _Shown:
    contract, folder = version.contract, f"version-{version.contract.version}"
    former, document = contracts.get(contract.version - 1), files.get(f"{folder}/contract.docx")
    known = bool(contract.terms)  # they go when a person is erased
    terms = [(label, value) for _, label, value in table(Terms.model_validate(contract.terms))] if known else []
    compared = known and former is not None and bool(former.terms)
    return _Shown(
        number=contract.version,
        folder=folder,
        status=version.standing.replace("_", " "),
        sha256=contract.docx_sha256,
        terms=terms,
        differences=differences(former, contract) if compared and former is not None else (),
        decisions=_decisions(version, name_of),
        signature=_signature(version, name_of),
        text=pieces_of(document, name=contract.file_name) if document is not None else (),
        pdf=f"{folder}/contract.pdf" in files,
        came_back=_came_back(version, folder, files),
    )


def _came_back(version: Version, folder: str, files: Mapping[str, bytes]) -> list[tuple[str, str, str]]:
    """(the file, its comparison, when it came) of each file that came back; "" for a comparison that is not here."""
    found = []
    for number, back in enumerate(version.came_back, start=1):
        begin = f"{folder}/returned-{number}"
        file = next((name for name in sorted(files) if name.startswith(f"{begin}.")), "")
        page = f"{begin}-compared.html"
        found.append((file, page if page in files else "", back.at[:16].replace("T", " ")))
    return [one for one in found if one[0]]


def _decisions(version: Version, name_of: Callable[[str], str]) -> list[str]:
    said = []
    for request in version.requests:
        asked = f"{name_of(request.assignee)} was asked on {_minute(request.asked_at)}"
        if request.decided_by:
            choice = _CHOICES.get((request.kind == RETURNED_KIND, request.choice or ""), "")
            asked += f"; {name_of(request.decided_by)} {choice or request.choice} on {_minute(request.decided_at)}"
        elif request.void_reason:
            asked += f"; withdrawn: {request.void_reason}"
        said.append(f"{asked}{f': {request.reason}' if request.reason else ''}.")
    return said


def _signature(version: Version, name_of: Callable[[str], str]) -> _Signature | None:
    signed = version.signature
    if signed is None:
        return None
    evidence = [(str(key).replace("_", " "), str(value)) for key, value in sorted(dict(signed.evidence).items())]
    said = f"on {_minute(signed.at)} UTC, recorded by {name_of(signed.recorded_by)}, for sha256 {signed.docx_sha256}"
    return _Signature(signed.signed_name, said, evidence)


def _who(deal: Deal) -> str:
    return str(deal.versions[-1].contract.terms.get("creator_name", deal.name)) if deal.versions else deal.name


def _entry(entry: AuditEntry, name_of: Callable[[str], str]) -> dict[str, object]:
    return {"seq": entry.seq, "at": _minute(entry.at), "action": entry.action, "subject": entry.subject,
            "by": name_of(entry.actor), "hash": entry.hash}  # fmt: skip


def _minute(at: datetime | str | None) -> str:
    if isinstance(at, datetime):
        return f"{at:%Y-%m-%d %H:%M}"
    return at[:16].replace("T", " ") if at else ""


@cache
def _style() -> str:
    return (_FOLDER / "deal.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)  # fmt: skip
