"""Why a mail may not go out although it was written: everything that may have changed since, asked when it is claimed.

Owns the order of these questions. Knows no slot, no pace and no mail server.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import Clock
from core.errors import BadInput, Refused
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, Reply
from outreach import frequency, suppression
from outreach.entries import ANSWER, INVITE, MARKETING, stage_obstacle
from outreach.permission import permission_for
from outreach.phrases import ReplyKind


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
    if message.category in (MARKETING, ANSWER) and _opted_out(session, message, candidate, pepper=pepper):
        return Obstacle("opted out of mails from us")
    stage = stage_obstacle(message, candidate)
    if stage or message.category != MARKETING:
        return Obstacle(stage) if stage else None
    came_back = _came_back(session, message)
    if came_back:
        return Obstacle(came_back)
    return _against_rules(session, clock, message, candidate, pepper=pepper, campaign=campaign)


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


def _against_rules(
    session: Session, clock: Clock, message: Message, candidate: Candidate, *, pepper: bytes, campaign: Campaign | None
) -> Obstacle | None:
    if campaign is None:
        return None
    try:
        permission_for(session, clock, candidate, campaign, pepper=pepper)
    except (Refused, BadInput) as refusal:
        return Obstacle(refusal.message)
    if message.step != INVITE:
        return None
    until = frequency.quiet_until(session, clock, candidate, key=message.recipient_key,
                                  quiet_days=campaign.outreach.quiet_days)  # fmt: skip
    return Obstacle("they heard from us in another campaign meanwhile", until) if until else None
