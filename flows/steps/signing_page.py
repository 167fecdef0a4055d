"""What a link to sign shows at this moment, and the files behind it. Nothing here changes anything, whoever looks.

What was signed is shown for as long as a link to sign lasts, and no longer: a mailbox is searched years later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from contracts import links
from contracts import service as contracts
from contracts.certificate import certificate_name
from contracts.consent import Consent, consent_in
from contracts.displaying import displayed
from contracts.document_view import Piece, pieces_of
from contracts.languages import Language
from contracts.links import State, is_token
from contracts.signing_mails import language_of
from core.database import reading
from core.models.candidates import Candidate
from core.models.deals import Contract, Signature
from core.models.signing import SigningLink
from core.store import snapshot_of, the_candidate
from flows.wiring import Wiring

__all__ = ["LinkState", "Page", "Shown", "State", "file_of", "has_certificate", "is_token", "link_states",
           "page_of", "standing_of"]  # fmt: skip

#: Under which the document is shown.
_SHOWING = (State.OPEN, State.SIGNED)


@dataclass(frozen=True)
class Shown:
    """The document and terms as they stand on the page."""

    file_name: str
    docx_sha256: str
    terms_sha256: str
    brand: str
    campaign: str
    company: str
    party: str
    values: Mapping[str, str | tuple[str, ...]]
    pieces: tuple[Piece, ...]
    consent: Consent
    mailbox: str
    has_pdf: bool


@dataclass(frozen=True)
class Page:
    """What a link opens at this moment, and `until` when. `shown` is None where nothing may be shown any more.

    `has_certificate` says that it was signed here, so that both sides were mailed the document and its evidence.
    """

    state: State
    language: Language
    brand: str
    link_id: int
    shown: Shown | None
    until: datetime
    code_until: datetime | None
    tries_left: int
    signed_name: str = ""
    signed_at: datetime | None = None
    has_certificate: bool = False
    evidence_has_pdf: bool = False


def page_of(w: Wiring, token: str) -> Page | None:
    """What the page says; None for a link that is none of ours. Changes nothing, whoever looks."""
    with reading(w.engine) as session:
        link = links.found(session, token)
        if link is None:
            return None
        contract = session.get_one(Contract, link.contract_id)
        candidate = the_candidate(session, contract.candidate_id)
        state, signature, until = standing_of(session, w, link, contract, candidate)
        if not contract.terms:
            return Page(State.VOID, "en", "", link.id or 0, None, until, None, 0)
        told = signature if state is State.SIGNED else None
        visible = state in _SHOWING
        runs = links.code_runs(link, w.clock)
        return Page(
            state, language_of(contract), contracts.terms_of(contract).brand, link.id or 0,
            _shown(session, w, contract, candidate) if visible else None, until,
            link.code_until if runs else None, links.CODE_TRIES - link.code_tries,
            told.signed_name if told else "", told.at if told else None,
            has_certificate(signature), visible and _has_pdf(w, _evidence(signature)),
        )  # fmt: skip


def file_of(w: Wiring, token: str, which: str) -> tuple[str, bytes] | None:
    """(name, bytes) of the exact document, or of the evidence once it is signed; None where the link opens neither."""
    with reading(w.engine) as session:
        link = links.found(session, token)
        if link is None:
            return None
        contract = session.get_one(Contract, link.contract_id)
        candidate = the_candidate(session, contract.candidate_id)
        state, signature, _ = standing_of(session, w, link, contract, candidate)
        if state not in _SHOWING:
            return None
        if which == "document.docx":
            return contract.file_name, w.archive.read(contract.docx_sha256)
        if which == "document.pdf" and _has_pdf(w, contract.docx_sha256):
            return _as_pdf(contract.file_name), w.archive.read_pdf(contract.docx_sha256)
        evidence = _evidence(signature)
        if which == "evidence.docx" and evidence:
            return certificate_name(contract), w.archive.read(evidence)
        if which == "evidence.pdf" and _has_pdf(w, evidence):
            return _as_pdf(certificate_name(contract)), w.archive.read_pdf(evidence)
        return None


def standing_of(
    session: Session, w: Wiring, link: SigningLink, contract: Contract, candidate: Candidate
) -> tuple[State, Signature | None, datetime]:
    """What a link opens, the signature under its contract, and until when the link shows anything."""
    state = links.state_of(link, contract, candidate, w.clock)
    signature = session.get(Signature, contract.id) if state is State.SIGNED else None
    if signature is None:
        return state, None, link.expires_at
    until = links.shown_until(signature.at, days=w.settings.signing_link_days)
    # A link may have been replaced because somebody else has it.
    ended = link.replaced_at is not None or w.clock.now() >= until
    return State.ENDED if ended else state, signature, until


def has_certificate(signature: Signature | None) -> bool:
    """Whether there is a page of evidence: of what was signed by reply or on paper there is none."""
    return bool(_evidence(signature))


def _evidence(signature: Signature | None) -> str:
    """The hash of the page of evidence; "" where there is none."""
    return str(signature.evidence.get("certificate_sha256") or "") if signature is not None else ""


class LinkState(NamedTuple):
    """A link, what it opens, and until when."""

    link: SigningLink
    state: State
    until: datetime


def link_states(session: Session, w: Wiring, slug: str) -> dict[int, LinkState]:
    """Contract → its newest link and what that opens, of every contract of a campaign that ever had one."""
    query = select(SigningLink, Contract, Candidate).join(Contract, col(Contract.id) == SigningLink.contract_id)
    query = query.join(Candidate, col(Candidate.id) == Contract.candidate_id).where(Contract.campaign == slug)
    found: dict[int, LinkState] = {}
    for link, contract, candidate in session.exec(query.order_by(col(SigningLink.id))):
        state, _, until = standing_of(session, w, link, contract, candidate)
        found[contract.id or 0] = LinkState(link, state, until)
    return found


def _shown(session: Session, w: Wiring, contract: Contract, candidate: Candidate) -> Shown:
    terms = contracts.terms_of(contract)
    return Shown(
        contract.file_name, contract.docx_sha256, contract.terms_sha256, terms.brand, terms.campaign_name,
        terms.company_name, terms.creator_name, displayed(terms),
        pieces_of(w.archive.read(contract.docx_sha256), name=contract.file_name),
        consent_in(language_of(contract), company=terms.company_name), _masked(_address(session, candidate)),
        _has_pdf(w, contract.docx_sha256),
    )  # fmt: skip


def _has_pdf(w: Wiring, docx_sha256: str) -> bool:
    return bool(docx_sha256) and w.archive.pdf_path(docx_sha256) is not None


def _as_pdf(file_name: str) -> str:
    return f"{file_name.removesuffix('.docx')}.pdf"


def _address(session: Session, candidate: Candidate) -> str:
    row = snapshot_of(session, candidate).get("email")
    return row.value if row is not None and isinstance(row.value, str) else ""


def _masked(address: str) -> str:
    """Enough to know which mailbox to look into; a link that was passed on tells no address."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…\u2060@{domain}" if domain else ""  # not parted at the end of a line
