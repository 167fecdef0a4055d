"""A contract that came back: compared with what we sent, and put before legal where it says anything else.

The file itself is kept beside the contract. Nothing here signs, and no changed document becomes ours by itself.
"""

import hashlib
from dataclasses import dataclass

from sqlmodel import Session, col, select

from approvals import service as approvals
from approvals.kinds import Kind
from approvals.service import Question
from contracts import service as contracts
from contracts.returned.cards import returned_card
from contracts.returned.documents import has_words, held_against, is_pdf, references_in
from contracts.returned.findings import Comparison
from contracts.returned.findings import Kind as Finding
from core import audit
from core.cards import CardFile
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.people import Person, Role
from core.store import account_of, campaign_of, candidate_named, creator_of
from flows.wiring import Wiring

#: Legal is asked about a changed document only once ours has been signed off: before, nothing was sent.
_SENT = ("signed_off", "out", "signed")

#: What people sign a PDF with. Where on the page it lies only eyes can tell.
_SIGNED_WITH = (Finding.IMAGE, Finding.MARK)
#: Findings that a refusal names.
_NAMED = 5


@dataclass(frozen=True)
class Returned:
    """What became of one file. `request` is the question to legal, None where nobody needs to be asked."""

    contract: Contract
    campaign: str
    handle: str
    sha256: str
    comparison: Comparison
    request: Request | None


def contract_printed_in(w: Wiring, content: bytes, *, name: str) -> tuple[str, str]:
    """(campaign, creator) of the contract whose reference a file prints. Raises Refused where there is none."""
    references = references_in(content, name=name)
    with reading(w.engine) as session:
        for reference, candidate_id in references.items():
            candidate = session.get(Candidate, candidate_id)
            contract = contracts.current_contract(session, candidate) if candidate is not None else None
            if candidate is not None and contract is not None and contract.terms.get("reference") == reference:
                account = account_of(session, candidate)
                return candidate.campaign, f"{account.platform}:{account.handle}"
    raise Refused(
        f"{name} prints no reference of a contract on record.",
        next_step="Say whose it is: greenroom contracts compare CAMPAIGN CREATOR FILE",
    )


def look_at(w: Wiring, slug: str, creator: str, content: bytes, *, name: str) -> Returned:
    """Only compare: nothing is kept, nobody is asked."""
    with reading(w.engine) as session:
        candidate, contract = _contract_of(session, slug, creator)
        return _compared(session, w, candidate, contract, content, name=name)


def take_in(w: Wiring, slug: str, creator: str, content: bytes, *, name: str, actor: Person) -> Returned:
    """Compare and keep the file; where it was changed outside the permitted places, legal is asked with a new clock.

    The same file again is the same question, decided or not. A later file takes the place of one not decided yet.
    """
    with unit_of_work(w.engine) as session:
        candidate, contract = _contract_of(session, slug, creator)
        result = _compared(session, w, candidate, contract, content, name=name)
        w.archive.keep(content, kind="pdf" if is_pdf(content) else "docx")
        _record(session, w, result, actor=actor)
        if contract.status not in _SENT:
            return result
        subject = f"contract:{contract.id}"
        if not result.comparison.outside:
            why = "another file came back without changes"
            approvals.void(session, w.clock, kind=Kind.RETURNED, subject=subject, why=why)
            return result
        request = _decided(session, subject, result.sha256) or _ask(
            session, w, candidate, result, name=name, actor=actor
        )
        return Returned(contract, slug, result.handle, result.sha256, result.comparison, request)


def evidence_of(
    session: Session, w: Wiring, candidate: Candidate, contract: Contract, content: bytes, *, name: str
) -> dict[str, object]:
    """What a signed file proves, once it was held against what went out; `look` says what only eyes can tell.

    Raises Refused, naming what was found, where it says anything else.
    """
    proof: dict[str, object] = {"file": name, "file_sha256": hashlib.sha256(content).hexdigest()}
    if not has_words(content, name=name):
        return {**proof, "look": f"{name} has no text to compare: read it yourself, page by page."}
    result = _compared(session, w, candidate, contract, content, name=name)
    signed_on = [one for one in result.comparison.outside if is_pdf(content) and one.kind in _SIGNED_WITH]
    other = [one.sentence for one in result.comparison.outside if one not in signed_on]
    if other:
        more = f"; and {len(other) - _NAMED} more" if len(other) > _NAMED else ""
        raise Refused(
            f"{name} does not say what {contract.file_name} says, so it is not recorded as signed: "
            f"{'; '.join(other[:_NAMED])}{more}.",
            next_step=f"Put it before legal: greenroom contracts compare {candidate.campaign} {result.handle} {name}",
        )
    if signed_on:
        proof["look"] = (
            f"On the pages of {name}: {'; '.join(one.sentence for one in signed_on[:_NAMED])}. Look at them."
        )
    return proof


def _contract_of(session: Session, slug: str, creator: str) -> tuple[Candidate, Contract]:
    candidate = candidate_named(session, slug, creator)
    contract = contracts.current_contract(session, candidate)
    if contract is None:
        raise Refused(f"{creator} has no contract in {slug} yet.", next_step="Nothing was sent that could come back.")
    return candidate, contract


def _compared(
    session: Session, w: Wiring, candidate: Candidate, contract: Contract, content: bytes, *, name: str
) -> Returned:
    sent, account = w.archive.read(contract.docx_sha256), account_of(session, candidate)
    comparison = held_against(sent, content, name=name)
    return Returned(contract, candidate.campaign, account.handle, hashlib.sha256(content).hexdigest(), comparison, None)


def _record(session: Session, w: Wiring, result: Returned, *, actor: Person) -> None:
    detail = {
        "docx": result.contract.docx_sha256,
        "returned": result.sha256,
        "outside": len(result.comparison.outside),
        "permitted": len(result.comparison.permitted),
    }
    audit.record(session, w.clock, actor=actor.id, action="contract.returned",
                 subject=f"contract:{result.contract.id}", detail=detail)  # fmt: skip


def _decided(session: Session, subject: str, sha256: str) -> Request | None:
    query = select(Request).where(
        Request.kind == Kind.RETURNED, Request.subject == subject, Request.content_sha256 == sha256,
        Request.status == "decided",
    )  # fmt: skip
    return session.exec(query.order_by(col(Request.decided_at).desc())).first()


def _ask(session: Session, w: Wiring, candidate: Candidate, result: Returned, *, name: str, actor: Person) -> Request:
    campaign, contract = campaign_of(session, candidate), result.contract
    card = returned_card(
        result.comparison,
        creator=creator_of(session, candidate).name,
        contract=contract.file_name,
        returned=CardFile(name=name, sha256=result.sha256, path=str(w.archive.path_of(result.sha256))),
        sent=CardFile(name=contract.file_name, sha256=contract.docx_sha256,
                      path=str(w.archive.path_of(contract.docx_sha256))),
        page=f"greenroom contracts compare {campaign.slug} {result.handle} FILE --only-look --html PAGE",
    )  # fmt: skip
    question = Question(
        kind=Kind.RETURNED,
        subject=f"contract:{contract.id}",
        campaign=campaign.slug,
        candidate_id=candidate.id,
        card=card,
        content_sha256=result.sha256,
        role=Role.LEGAL,
        assignee=w.people.holder(campaign, Role.LEGAL, w.clock.now()),
        requested_by=actor.id,
        sla=campaign.sla,
    )
    return approvals.ask(session, w.clock, question)
