"""The creator's side of a signature: what the page of a link shows, codes, signing, declining, a new link.

Nothing changes but by a call that a person made with a form. Every check is made again where it counts: in the
transaction that writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from contracts import accepting, links
from contracts import service as contracts
from contracts.accepting import Filled, Result
from contracts.certificate import certificate_name
from contracts.consent import Consent, consent_in
from contracts.displaying import displayed
from contracts.document_view import Piece, pieces_of
from contracts.languages import Language
from contracts.links import Caller, State, TooOften, What, is_token
from contracts.signing_mails import language_of
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import Contract, Signature
from core.models.outreach import Message
from core.models.signing import SigningEvent, SigningLink
from core.people import Person, check_may
from core.stages import Stage
from core.store import campaign_of, candidate_named, snapshot_of, the_candidate
from flows.steps import deal_news, signing_mails
from flows.steps.countersigning import ask_countersigner
from flows.steps.deals import NEGOTIATORS
from flows.wiring import Wiring

__all__ = ["Caller", "Filled", "Page", "Result", "Shown", "State", "TooOften", "ask_code", "ask_new_link", "decline",
           "file_of", "is_token", "link_states", "page_of", "reissue", "sign"]  # fmt: skip


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
    """What a link opens at this moment. `shown` is None where nothing may be shown any more."""

    state: State
    language: Language
    brand: str
    link_id: int
    shown: Shown | None
    expires_at: datetime
    code_until: datetime | None
    tries_left: int
    signed_name: str = ""
    signed_at: datetime | None = None
    has_certificate: bool = False
    certificate_has_pdf: bool = False


def page_of(w: Wiring, token: str) -> Page | None:
    """What the page says; None for a link that is none of ours. Changes nothing, whoever looks."""
    with reading(w.engine) as session:
        link = links.found(session, token)
        if link is None:
            return None
        contract = session.get_one(Contract, link.contract_id)
        candidate = the_candidate(session, contract.candidate_id)
        state = links.state_of(link, contract, candidate, w.clock)
        if not contract.terms:
            return Page(State.VOID, "en", "", link.id or 0, None, link.expires_at, None, 0)
        signature = session.get(Signature, contract.id) if state is State.SIGNED else None
        visible = _opens(link, state)
        evidence = str(signature.evidence.get("certificate_sha256") or "") if visible and signature else ""
        runs = links.code_runs(link, w.clock)
        return Page(
            state, language_of(contract), contracts.terms_of(contract).brand, link.id or 0,
            _shown(session, w, contract, candidate) if visible else None, link.expires_at,
            link.code_until if runs else None, links.CODE_TRIES - link.code_tries,
            signature.signed_name if signature else "", signature.at if signature else None,
            bool(evidence), bool(evidence) and _has_pdf(w, evidence),
        )  # fmt: skip


def file_of(w: Wiring, token: str, which: str) -> tuple[str, bytes] | None:
    """(name, bytes) of the exact document, or of the evidence once it is signed; None where the link opens neither."""
    with reading(w.engine) as session:
        link = links.found(session, token)
        if link is None:
            return None
        contract = session.get_one(Contract, link.contract_id)
        state = links.state_of(link, contract, the_candidate(session, contract.candidate_id), w.clock)
        if not _opens(link, state):
            return None
        if which == "document.docx":
            return contract.file_name, w.archive.read(contract.docx_sha256)
        if which == "document.pdf" and _has_pdf(w, contract.docx_sha256):
            return _as_pdf(contract.file_name), w.archive.read_pdf(contract.docx_sha256)
        signature = session.get(Signature, contract.id) if state is State.SIGNED else None
        kept = signature.evidence.get("certificate_sha256") if signature else None
        if which == "evidence.docx" and kept:
            return certificate_name(contract), w.archive.read(kept)
        if which == "evidence.pdf" and kept and _has_pdf(w, kept):
            return _as_pdf(certificate_name(contract)), w.archive.read_pdf(kept)
        return None


def ask_code(w: Wiring, token: str, *, caller: Caller, seen_at: datetime | None) -> State | None:
    """Mail a code to the address on record; the state of the link, None where it is none. Raises TooOften."""
    with unit_of_work(w.engine) as session:
        there = accepting.held(session, w.clock, token)
        if there is None or there[3] is not State.OPEN:
            return there[3] if there else None
        link, contract, _, state = there
        code = links.new_code(session, w.clock, link, pepper=w.pepper)
        seen: dict[str, object] = {"shown at": seen_at.isoformat()} if seen_at else {}
        links.note(session, w.clock, link, What.OPENED, caller=caller, detail=seen)
        sent = links.note(session, w.clock, link, What.CODE_SENT, caller=caller)
        signing_mails.queue(session, w, contract, "code", step=f"{signing_mails.CODE_STEP}{sent.id}", code=code,
                            needs_stage=Stage.OUT_FOR_SIGNATURE)  # fmt: skip
    signing_mails.send_now(w, contract.campaign)
    return state


def sign(w: Wiring, token: str, form: Filled, *, caller: Caller) -> Result:
    """Sign, once: whoever comes second finds it signed. What was signed is mailed to both sides."""
    with unit_of_work(w.engine) as session:
        mailbox = _mailbox(session, token)
        result, signature = accepting.sign(session, w.clock, token, form, archive=w.archive, mailbox=mailbox,
                                           caller=caller, pepper=w.pepper)  # fmt: skip
        if signature is None:
            return result
        contract = session.get_one(Contract, signature.contract_id)
        signing_mails.queue_signed(session, w, contract, signature)
        deal_news.tell(session, w, contract, deal_news.SIGNED)
        ask_countersigner(session, w, contract, signature)
    signing_mails.send_now(w, contract.campaign)
    return result


def decline(w: Wiring, token: str, reason: str, *, caller: Caller) -> State | None:
    """The creator will not sign: the deal ends, and ops hear of it with the reason. Raises Refused without one."""
    with unit_of_work(w.engine) as session:
        there = accepting.held(session, w.clock, token)
        if there is None or there[3] is not State.OPEN:
            return there[3] if there else None
        link, contract, _, _ = there
        accepting.decline(session, w.clock, contract.id or 0, reason=reason, link=link, caller=caller)
        deal_news.tell(session, w, contract, deal_news.DECLINED)
    return State.DECLINED


def ask_new_link(w: Wiring, token: str, *, caller: Caller) -> State | None:
    """Whoever holds an ended link gets a new one by mail, at the address on record alone. Raises TooOften."""
    with unit_of_work(w.engine) as session:
        there = accepting.held(session, w.clock, token)
        if there is None or there[3] not in (State.EXPIRED, State.REPLACED):
            return there[3] if there else None
        link, contract, _, state = there
        links.check_may_ask_again(session, w.clock, contract)
        links.note(session, w.clock, link, What.LINK_ASKED, caller=caller)
        signing_mails.queue_link(session, w, contract, "again", by=accepting.CREATOR)
    signing_mails.send_now(w, contract.campaign)
    return state


def reissue(w: Wiring, slug: str, creator: str, *, actor: Person) -> SigningLink:
    """A person sends a creator a new link. Raises Refused where nothing is out, or no page can be reached."""
    if not signing_mails.links_are_on(w):
        raise Refused(signing_mails.why_no_link(w) or "Links are off: another way to sign is chosen.",
                      next_step="Set GREENROOM_PUBLIC_URL to the https address of your web door.")  # fmt: skip
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        check_may(actor, campaign_of(session, candidate), *NEGOTIATORS, what="send a link to sign")
        contract = contracts.current_contract(session, candidate)
        if contract is None or candidate.stage != Stage.OUT_FOR_SIGNATURE:
            raise Refused(f"{creator} in {slug} has nothing to sign: they are {candidate.stage}.",
                          next_step=f"See: greenroom contracts status {slug}")  # fmt: skip
        link = signing_mails.queue_link(session, w, contract, "again", by=actor.id)
    signing_mails.send_now(w, slug)
    return link


def link_states(session: Session, w: Wiring, slug: str) -> dict[int, tuple[SigningLink, State]]:
    """Contract → its newest link and what that opens, of every contract of a campaign that ever had one."""
    query = select(SigningLink, Contract, Candidate).join(Contract, col(Contract.id) == SigningLink.contract_id)
    query = query.join(Candidate, col(Candidate.id) == Contract.candidate_id).where(Contract.campaign == slug)
    found: dict[int, tuple[SigningLink, State]] = {}
    for link, contract, candidate in session.exec(query.order_by(col(SigningLink.id))):
        found[contract.id or 0] = link, links.state_of(link, contract, candidate, w.clock)
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
    return w.archive.pdf_path(docx_sha256) is not None


def _as_pdf(file_name: str) -> str:
    return f"{file_name.removesuffix('.docx')}.pdf"


def _opens(link: SigningLink, state: State) -> bool:
    """Whether a link shows the document. One that was replaced does not when all is signed either: it may have been
    replaced because somebody else has it."""
    return state in (State.OPEN, State.SIGNED) and link.replaced_at is None


def _mailbox(session: Session, token: str) -> str:
    """Where the newest code of a link went: the address on record may have become another since."""
    link = links.found(session, token)
    if link is None:
        return ""
    codes = select(SigningEvent.id).where(SigningEvent.link_id == link.id, SigningEvent.what == What.CODE_SENT)
    newest = session.exec(codes.order_by(col(SigningEvent.id).desc()).limit(1)).first()
    mail = select(Message.recipient).where(Message.step == f"{signing_mails.CODE_STEP}{newest}")
    return session.exec(mail).first() or ""


def _address(session: Session, candidate: Candidate) -> str:
    row = snapshot_of(session, candidate).get("email")
    return row.value if row is not None and isinstance(row.value, str) else ""


def _masked(address: str) -> str:
    """Enough to know which mailbox to look into; a link that was passed on tells no address."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…\u2060@{domain}" if domain else ""  # not parted at the end of a line
