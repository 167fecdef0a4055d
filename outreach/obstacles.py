"""Why a mail may not go out although it was written: everything that may have changed since, asked when it is claimed.

Owns the order of these questions. Knows no slot, no pace and no mail server.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import Clock
from core.errors import BadInput, Refused
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, Reply
from core.persons import same_person
from core.stages import Stage
from outreach import frequency, suppression
from outreach.entries import ANSWER, INVITE, MARKETING, stage_obstacle
from outreach.permission import permission_for
from outreach.phrases import ReplyKind

_OPTED_OUT = "opted out of mails from us"


@dataclass(frozen=True)
class Obstacle:
    """Why not. With `until` the mail is put off to then; without, it is called off."""

    why: str
    until: datetime | None = None


def obstacle(
    session: Session, clock: Clock, message: Message, *, pepper: bytes, campaign: Campaign | None
) -> Obstacle | None:
    """None where it may go. Holds the candidate's row. Without the campaign its rules are not asked."""
    candidate = session.get_one(Candidate, message.candidate_id, with_for_update=True)
    if message.withdrawn:
        return Obstacle(message.withdrawn)
    if message.category == ANSWER:
        # A person wrote it to somebody who wrote to us: also "thanks all the same" to who declined.
        left = candidate.stage == Stage.CLOSED_BY_OPT_OUT or _opted_out(session, message, candidate, pepper=pepper)
        return Obstacle(_OPTED_OUT) if left else None
    if message.category != MARKETING:
        stage = stage_obstacle(message, candidate)
        return Obstacle(stage) if stage else None
    # Looked up once: three questions are about all that is one person.
    creators = same_person(session, candidate.creator_id)
    forbidden = _forbidden(session, clock, message, candidate, pepper=pepper, campaign=campaign, creators=creators)
    why = forbidden or stage_obstacle(message, candidate) or _came_back(session, message)
    if why:
        return Obstacle(why)
    return _too_soon(session, clock, message, candidate, campaign, creators) if message.step == INVITE else None


def _opted_out(session: Session, message: Message, candidate: Candidate, *, pepper: bytes) -> bool:
    account = session.get_one(Account, candidate.account_id)
    return suppression.is_suppressed(session, pepper=pepper, addresses=[message.recipient],
                                     accounts=[(account.platform, account.handle)])  # fmt: skip


def _came_back(session: Session, message: Message) -> str:
    if frequency.comes_back(session, key=message.recipient_key):
        return "a mail to this address came back"
    if message.step == INVITE:
        return ""
    # The stage tells of most answers; a bounce, a complaint, or an answer that a person is still to read, it does not.
    query = select(Reply.kind).where(Reply.candidate_id == message.candidate_id, Reply.kind != ReplyKind.AWAY)
    kind = session.exec(query.order_by(col(Reply.id).desc()).limit(1)).first()
    return f"something came back since it was written: {kind}" if kind else ""


def _forbidden(
    session: Session, clock: Clock, message: Message, candidate: Candidate, *, pepper: bytes,
    campaign: Campaign | None, creators: Collection[str],
) -> str:  # fmt: skip
    """Who opted out may not be written to, nor may they without the grounds that the law asks for."""
    if campaign is None:
        return _OPTED_OUT if _opted_out(session, message, candidate, pepper=pepper) else ""
    try:
        may = permission_for(session, clock, candidate, campaign, pepper=pepper, creators=creators)
    except (Refused, BadInput) as refusal:
        return refusal.message.rstrip(".")
    # That was asked of the address on record; the mail may go to one that was on record before.
    same = may.address.mail == message.recipient
    return _OPTED_OUT if not same and _opted_out(session, message, candidate, pepper=pepper) else ""


def _too_soon(
    session: Session,
    clock: Clock,
    message: Message,
    candidate: Candidate,
    campaign: Campaign | None,
    creators: Collection[str],
) -> Obstacle | None:
    days = campaign.outreach.quiet_days if campaign else 0
    key = message.recipient_key
    until = frequency.quiet_until(session, clock, candidate, key=key, quiet_days=days, creators=creators)
    return Obstacle("they heard from us in another campaign meanwhile", until) if until else None
