"""What becomes of messages after a batch: unknown outcomes settled, refusals put back, mails called back.

Evidence, an answer or a person's word decides; nothing is sent here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core import audit
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.outreach import Message, SendAttempt
from outreach import slots
from outreach.entries import (
    MACHINE,
    close_open_attempts,
    finish,
    hold_candidates,
    last_attempt,
    locked_message,
    mark_sent,
    message_of,
    stage_obstacle,
)
from outreach.ledger import MAX_ATTEMPTS


@dataclass(frozen=True)
class Asked:
    """An unknown message, and the attempt at sending it of which a witness is asked."""

    number: int
    attempt_id: int
    message_id: str


def to_be_asked(session: Session, campaign: str, *, via: str) -> list[Asked]:
    """The unknown messages of a campaign that went through the very mailer that bears witness."""
    found = []
    for message in session.exec(_unknown(campaign)).all():
        attempt = session.get(SendAttempt, last_attempt(session, message))
        if attempt is not None and attempt.via == via:
            found.append(Asked(message.id or 0, attempt.id or 0, message.message_id))
    return found


def settle_by_evidence(
    session: Session, clock: Clock, said: Mapping[Asked, bool], *, campaign: str, via: str
) -> list[Message]:
    """Settle what a witness told of; it was asked before, so whatever was tried or settled meanwhile is left."""
    numbers = [asked.number for asked in said]
    unknown = session.exec(_unknown(campaign).where(col(Message.id).in_(numbers)).with_for_update(key_share=True)).all()
    hold_candidates(session, unknown)
    settled = []
    for message in unknown:
        asked = Asked(message.id or 0, last_attempt(session, message), message.message_id)
        if asked in said:
            settle(session, clock, message, sent=said[asked], actor=MACHINE, why=via)
            settled.append(message)
    return settled


def _unknown(campaign: str) -> SelectOfScalar[Message]:
    return select(Message).where(Message.status == "unknown", Message.campaign == campaign).order_by(col(Message.id))


def settle(session: Session, clock: Clock, message: Message, *, sent: bool, actor: str, why: str) -> None:
    """Decide an unknown outcome: sent, or unsent and pending again. Raises Refused for any other message."""
    if message.status != "unknown":
        raise Refused(
            f"Message {message.id} is {message.status}; only unknown ones are settled.",
            next_step=f"See: greenroom outreach status {message.campaign}",
        )
    audit.record(session, clock, actor=actor, action="message.settled", subject=f"message:{message.id}",
                 detail={"sent": sent, "why": why})  # fmt: skip
    if sent:
        mark_sent(session, clock, message, actor=actor)
    else:
        slots.release(session, message)
        finish(session, clock, message, status="pending", detail="surely unsent, to be sent again", actor=actor)


def proved_sent(session: Session, clock: Clock, message: Message, *, why: str) -> None:
    """A creator answered it: whatever the ledger thought, it arrived."""
    if message.status in ("sending", "unknown"):
        close_open_attempts(session, clock, message, detail=why)
        audit.record(session, clock, actor=MACHINE, action="message.settled", subject=f"message:{message.id}",
                     detail={"sent": True, "why": why})  # fmt: skip
        mark_sent(session, clock, message, actor=MACHINE)


def put_back(
    session: Session, clock: Clock, message_ids: Collection[int], *, not_before: datetime, why: str
) -> list[int]:
    """Refusals that were about us and not about the creators are no failures; returns who may be tried again.

    A message that was refused `MAX_ATTEMPTS` times stays failed, or some that are refused for good would be tried
    for ever.
    """
    kept = []
    for message_id in sorted(message_ids):
        message = locked_message(session, message_id)
        if message.status == "failed" and message.attempts < MAX_ATTEMPTS:
            message.not_before = not_before
            finish(session, clock, message, status="pending", detail=why)
            kept.append(message_id)
    return kept


def retry(session: Session, clock: Clock, message: Message, *, actor: str) -> None:
    """Somebody put right why a message failed, or why the machine called it off. Raises Refused where neither is so, or
    it would be withheld at once."""
    called_off = message.status == "cancelled" and not message.withdrawn
    if message.status != "failed" and not called_off:
        raise Refused(f"Message {message.id} is {message.status}; only failed ones are put back.",
                      next_step=f"See: greenroom outreach status {message.campaign}")  # fmt: skip
    obstacle = stage_obstacle(message, session.get_one(Candidate, message.candidate_id, with_for_update=True))
    if obstacle or message.withdrawn:
        raise Refused(f"Message {message.id} cannot be sent any more: {message.withdrawn or obstacle}.")
    message.attempts, message.not_before = 0, None
    finish(session, clock, message, status="pending", detail="put back by hand", actor=actor)


def cancel(session: Session, clock: Clock, *, candidate_id: int, step: str, why: str) -> bool:
    """Call a message back; True when it surely will not go out.

    One that is on the wire, or may have gone out, moves nobody any more, and is not sent again should it turn out to
    be unsent.
    """
    message = message_of(session, candidate_id, step)
    if message is None or message.status in ("sent", "cancelled"):
        return message is not None and message.status == "cancelled"
    message.withdrawn = why.strip()[:500] or "it is not wanted any more"
    if message.status in ("pending", "failed"):
        finish(session, clock, message, status="cancelled", detail=message.withdrawn)
        return True
    session.add(message)
    hold_candidates(session, [message])
    audit.record(session, clock, actor=MACHINE, action="message.withdrawn", subject=f"message:{message.id}",
                 detail={"candidate": candidate_id, "step": step})  # fmt: skip
    return False
