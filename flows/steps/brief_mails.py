"""Briefs on their way: both sheets go by mail once the creator has signed, and the company where the template asks it.

Nobody needs to say go: the brand lead signed off the words, the creator and legal the deal. Sheets whose words changed
after they went out go once more; whoever has no address gets them from a person. Knows no words of either.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from contracts import brief_mails, briefs
from contracts import service as contracts
from contracts.countersigning import countersigner_of, is_countersigned
from contracts.documents import Renderer
from contracts.terms import Terms
from core.campaign import Campaign
from core.clock import local_day
from core.database import reading, unit_of_work
from core.errors import GreenroomError, Refused
from core.models.briefs import BriefDocument
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.models.outreach import Message
from core.models.signing import SigningEvent
from core.people import Person, check_may
from core.stages import Stage
from core.store import account_name, campaign_of, candidate_named, the_candidate
from flows.steps import deal_news, signing_mails
from flows.steps.briefs import made, sheets_of, signed_by
from flows.steps.offering import NEGOTIATORS
from flows.wiring import Wiring
from outreach import service as outreach

__all__ = ["STEP", "Gone", "gone_out", "hand_over", "send", "send_due"]

log = logging.getLogger("greenroom.signing")
STEP = "brief-"


@dataclass(frozen=True)
class Gone:
    """How sheets went out last (the mail's status, or "handed over"), and whether they are the newest, which stand in
    `sheets`."""

    how: str
    event: SigningEvent
    newest: bool
    sheets: Sequence[BriefDocument]


def send_due(w: Wiring) -> int:
    """Mail the sheets of every signed deal that has not got them in their present words; returns of how many deals.

    Nothing goes where the creative brief is not signed off as it reads now; ops hear why, once.
    """
    with w.renderer() as renderer:
        campaigns = [slug for number in _due(w) if (slug := _one(w, renderer, number))]
    for slug in dict.fromkeys(campaigns):
        signing_mails.send_now(w, slug)
    return len(campaigns)


def send(w: Wiring, slug: str, creator: str, *, actor: Person, language: str = "") -> tuple[list[BriefDocument], str]:
    """A person has them sent now: the sheets, and how the mail stands.

    Raises Refused where the deal is not signed, their brief not signed off, or the creator has these sheets already.
    """
    with w.renderer() as renderer, unit_of_work(w.engine) as session:
        contract = _theirs(session, slug, creator, actor)
        sheets = made(session, w, _campaign(session, contract), contract, renderer, actor=actor.id, language=language)
        step = _queue(session, w, contract, sheets, by=actor.id)
    signing_mails.send_now(w, slug)
    with reading(w.engine) as session:
        mail = session.exec(select(Message).where(Message.candidate_id == contract.candidate_id, Message.step == step))
        return sheets, mail.one().status


def hand_over(w: Wiring, slug: str, creator: str, *, actor: Person, language: str = "") -> list[BriefDocument]:
    """A person gave both sheets to a creator themselves. Errors as in `send`."""
    with w.renderer() as renderer, unit_of_work(w.engine) as session:
        contract = _theirs(session, slug, creator, actor)
        sheets = made(session, w, _campaign(session, contract), contract, renderer, actor=actor.id, language=language)
        _check_new(session, contract, sheets)
        briefs.went_out(session, w.clock, contract, sheets, by=actor.id)
        return sheets


def gone_out(session: Session, contract: Contract) -> Gone | None:
    """How the sheets of a contract went out last; None before they did."""
    events = briefs.outings(session, [contract.id or 0]).get(contract.id or 0)
    if not events:
        return None
    last, step = events[-1], str(events[-1].detail["step"])
    mail = select(Message.status).where(Message.candidate_id == contract.candidate_id, Message.step == step)
    how = session.exec(mail).first() if step else "handed over"
    sheets = sheets_of(session, contract)
    return Gone(how or "cancelled", last, [sheet.id for sheet in sheets] == last.detail["sheets"], sheets)


def _signed(session: Session, w: Wiring) -> Iterator[tuple[Contract, Campaign]]:
    """Signed deals whose posts may still come; of both sides where the template names who signs for the company."""
    query = select(Contract, Candidate).join(Candidate, col(Candidate.id) == Contract.candidate_id)
    query = query.where(Contract.status == "signed", Candidate.stage == Stage.SIGNED).order_by(col(Contract.id))
    today = local_day(w.clock.now(), "UTC")
    campaigns: dict[tuple[str, int], Campaign] = {}
    for contract, candidate in session.exec(query).all():
        last = contract.terms.get("post_until")  # gone where the person was erased
        if not last or date.fromisoformat(last) < today or _why_not_yet(session, contract):
            continue
        key = candidate.campaign, candidate.cycle
        campaigns[key] = campaigns.get(key) or campaign_of(session, candidate)
        yield contract, campaigns[key]


def _due(w: Wiring) -> list[int]:
    """The contracts whose sheets are to go; ops hear where they would and their words are not signed off."""
    due: list[int] = []
    unsigned: dict[str, tuple[int, Refused]] = {}
    with reading(w.engine) as session:  # nobody waits for the record meanwhile
        for contract, campaign in _signed(session, w):
            gone = gone_out(session, contract)
            if gone and gone.newest and all(briefs.is_current(campaign, contract, sheet) for sheet in gone.sheets):
                continue
            refusal = _not_signed_off(session, w, campaign)
            if refusal is None:
                due.append(contract.id or 0)
            elif gone is None:  # else the brand lead is asked about the new words anyway, and the old ones are there
                unsigned.setdefault(f"{campaign.slug}:{campaign.hash[:12]}", (contract.id or 0, refusal))
    for about, (number, refusal) in unsigned.items():
        _tell_of(w, number, refusal, about=about)
    return due


def _not_signed_off(session: Session, w: Wiring, campaign: Campaign) -> Refused | None:
    try:
        signed_by(session, w, campaign)
    except Refused as refusal:
        return refusal
    return None


def _one(w: Wiring, renderer: Renderer, contract_id: int) -> str:
    """The campaign in which a mail was put on the ledger; "" where a person must see to it, and hears so once."""
    with reading(w.engine) as session:
        contract = session.get_one(Contract, contract_id)
        creator = account_name(session, the_candidate(session, contract.candidate_id))
    slug = contract.campaign
    try:
        with unit_of_work(w.engine) as session:
            sheets = made(session, w, _campaign(session, contract), contract, renderer, actor="greenroom")
    except GreenroomError as trouble:
        _tell_of(w, contract_id, trouble, about=f"{slug}:{trouble.message}")
        return ""
    try:
        with unit_of_work(w.engine) as session:
            _queue(session, w, contract, sheets, by="greenroom")
    except Refused as refusal:  # the sheets are there for a person to hand over
        step = f"Give them the sheets yourself, and say so: greenroom contracts brief {slug} {creator} --handed-over"
        # Once for each version: newer sheets are newer work for them.
        about = f"{contract_id}:{sheets[0].version}"
        _tell_of(w, contract_id, Refused(refusal.message, next_step=step), about=about)
        return ""
    return slug


def _queue(session: Session, w: Wiring, contract: Contract, sheets: Sequence[BriefDocument], *, by: str) -> str:
    """The step of the mail with both sheets. An earlier one that has not left is called back: they never saw it."""
    _check_new(session, contract, sheets)
    brief, sheet = sheets
    former = _had(session, w, contract)
    candidate = the_candidate(session, contract.candidate_id)
    campaign = campaign_of(session, candidate)
    sender = outreach.sender_of(candidate, campaign, w.people, w.clock.now())
    now = Terms.model_validate(brief.terms)
    subject, text = brief_mails.mail(now, brief=brief.file_name, sheet=sheet.file_name, sender_name=sender.name,
                                     former=former)  # fmt: skip
    step = f"{STEP}{brief.version}.{sheet.version}"
    outreach.queue_transactional(
        session, w.clock, campaign, candidate, step=step, subject=subject, text=text, people=w.people,
        attachments=[(one.file_name, w.archive.path_of(one.docx_sha256)) for one in sheets],
        needs_stage=Stage.SIGNED, locale=now.language,
    )  # fmt: skip
    briefs.went_out(session, w.clock, contract, sheets, by=by, step=step)
    return step


def _had(session: Session, w: Wiring, contract: Contract) -> Terms | None:
    """The terms of the brief that the creator has, or may have; None where none reached them."""
    had: SigningEvent | None = None
    for event in briefs.outings(session, [contract.id or 0]).get(contract.id or 0, []):
        step = str(event.detail["step"])
        if not step or not outreach.cancel_pending(session, w.clock, candidate_id=contract.candidate_id, step=step,
                                                   why="newer sheets took their place"):  # fmt: skip
            had = event
    if had is None:
        return None
    return Terms.model_validate(session.get_one(BriefDocument, had.detail["sheets"][0]).terms)


def _check_new(session: Session, contract: Contract, sheets: Sequence[BriefDocument]) -> None:
    gone = gone_out(session, contract)
    if gone is not None and gone.newest and gone.event.detail["sheets"] == [one.id for one in sheets]:
        raise Refused(f"{sheets[0].file_name} went out on {gone.event.at:%d %B %Y} already ({gone.how}).",
                      next_step=f"See: greenroom contracts status {contract.campaign}")  # fmt: skip


def _theirs(session: Session, slug: str, creator: str, actor: Person) -> Contract:
    candidate = candidate_named(session, slug, creator)
    check_may(actor, campaign_of(session, candidate), *NEGOTIATORS, what="send briefs")
    contract = contracts.current_contract(session, candidate)
    if contract is None or contract.status != "signed" or candidate.stage != Stage.SIGNED:
        raise Refused(f"Nothing is signed with {creator} in {slug}, or they have posted already: they are "
                      f"{candidate.stage}.", next_step=f"See: greenroom contracts status {slug}")  # fmt: skip
    if why := _why_not_yet(session, contract):
        raise Refused(f"The brief of {creator} does not go yet: {why}.",
                      next_step="Ask them: greenroom approvals list")  # fmt: skip
    return contract


def _why_not_yet(session: Session, contract: Contract) -> str:
    named = countersigner_of(contract)
    return f"{named} has not signed for the company" if named and not is_countersigned(session, contract) else ""


def _campaign(session: Session, contract: Contract) -> Campaign:
    return campaign_of(session, the_candidate(session, contract.candidate_id))


def _tell_of(w: Wiring, contract_id: int, trouble: GreenroomError, *, about: str) -> None:
    log.info("the brief of contract %s has not gone: %s", contract_id, trouble)
    with unit_of_work(w.engine) as session:
        contract = session.get_one(Contract, contract_id)
        next_step = trouble.next_step or f"See: greenroom contracts status {contract.campaign}"
        deal_news.tell_ops(session, w, contract, deal_news.NO_BRIEF, about=about, why=trouble.message,
                           next_step=next_step)  # fmt: skip
