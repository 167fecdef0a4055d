"""Who is sent to next, and how each attempt ended. Protocol of one mail: `claim` (commit) → the wire, with no
transaction open → `close` (commit).

A process that dies in between leaves a message `sending`; when its lease has run out it becomes `unknown` and is never
picked again by a machine. Knows no template and no mail server.
"""

from datetime import timedelta

from sqlmodel import Session, col, select

from core.clock import Clock
from core.models.outreach import Message, SendAttempt
from outreach import obstacles, pace, slots
from outreach.entries import (
    ANSWER,
    BY_HAND,
    INVITE,
    MACHINE,
    MARKETING,
    TRANSACTIONAL,
    Outcome,
    close_open_attempts,
    finish,
    hold_candidates,
    last_attempt,
    locked_message,
    mark_sent,
)
from outreach.lanes import (
    Brake,
    Capped,
    Claimed,
    Held,
    Lane,
    Paced,
    Place,
    Shut,
    Withheld,
    is_outdated,
    is_stale,
    next_due,
)
from outreach.pace import Pace, Tokens
from outreach.watching import Watch

__all__ = [
    "ANSWER",
    "BY_HAND",
    "INVITE",
    "LEASE",
    "MARKETING",
    "MAX_ATTEMPTS",
    "TRANSACTIONAL",
    "Capped",
    "Claimed",
    "Held",
    "Lane",
    "Outcome",
    "Paced",
    "Shut",
    "Withheld",
    "claim",
    "close",
    "expire_leases",
    "is_outdated",
    "is_stale",
]

#: Longer than a mailer may take before the point of no return; a worker that is silent for so long is dead.
LEASE = timedelta(minutes=15)
MAX_ATTEMPTS = 5
_FIRST_PAUSE = timedelta(minutes=15)


def claim(
    session: Session, clock: Clock, lane: Lane, *, after: Place | None = None
) -> Claimed | Withheld | Brake | None:
    """Take the next pending message of a lane, with its slot, its tokens and an open attempt; None when there is none.

    With `after` only marketing mails behind that one: a worker need not look at all that sleep for each mail again.
    Whatever it returns but `Claimed` has taken nothing.
    """
    now = clock.now()
    message = next_due(session, now, lane, after=after)
    if message is None:
        return None
    against = obstacles.obstacle(session, clock, message, pepper=lane.pepper, campaign=lane.campaign_file)
    if against is not None:
        _withhold(session, clock, message, against)
        return Withheld(message, against.why)
    tokens = pace.tokens(session, clock, _buckets(lane, lane.pace, message)) if lane.pace is not None else None
    brake = _brake(session, lane, message, tokens)
    if brake is not None:
        return brake
    if tokens is not None:
        tokens.take()
    message.status = "sending"
    message.detail = ""
    attempt = SendAttempt(message_id=message.id or 0, worker=lane.worker, via=lane.via, started_at=now,
                          lease_until=now + LEASE)  # fmt: skip
    session.add(message)
    session.add(attempt)
    session.flush()
    assert attempt.id is not None
    return Claimed(message, attempt.id)


def close(
    session: Session, clock: Clock, attempt_id: int, outcome: Outcome, *, detail: str = "", provider_id: str = "",
    lane: Lane | None = None,
) -> Message:  # fmt: skip
    """Write down how an attempt ended, and what a mail provider calls the mail.

    A mail that was not even tried gives the tokens of its `lane` back. What the worker saw on the wire stands above
    what others assumed meanwhile (a lease that ran out, a person's guess): a mail that was sent is sent. It never
    undoes what a later attempt has begun.
    """
    attempt = session.get_one(SendAttempt, attempt_id)
    message = locked_message(session, attempt.message_id)
    attempt.ended_at, attempt.outcome, attempt.detail = clock.now(), outcome, detail[:500]
    message.provider_id = provider_id or message.provider_id
    session.add(attempt)
    session.flush()
    if last_attempt(session, message) != attempt_id or message.status == "sent":
        return message
    if outcome is Outcome.SENT:
        mark_sent(session, clock, message, actor=MACHINE)
    elif message.status in ("sending", "unknown"):
        _apply_unsent(session, clock, message, outcome, detail=detail)
        if outcome is Outcome.NOT_TRIED and lane is not None and lane.pace is not None:
            pace.give_back(session, clock, _buckets(lane, lane.pace, message))
    return message


def expire_leases(session: Session, clock: Clock, *, campaign: str) -> list[int]:
    """Attempts whose worker fell silent become unknown outcomes; their slots stay taken. Returns message ids."""
    open_too_long = col(SendAttempt.ended_at).is_(None) & (col(SendAttempt.lease_until) < clock.now())
    query = (
        select(Message)
        .join(SendAttempt, col(SendAttempt.message_id) == Message.id)
        .where(Message.status == "sending", Message.campaign == campaign, open_too_long)
        .with_for_update(key_share=True, skip_locked=True, of=Message)
    )
    silent = session.exec(query).all()
    hold_candidates(session, silent)
    for message in silent:
        close_open_attempts(session, clock, message, detail="the process that sent it stopped without a word")
        finish(session, clock, message, status="unknown", detail="the process that sent it stopped without a word")
    return [message.id or 0 for message in silent]


def _withhold(session: Session, clock: Clock, message: Message, against: obstacles.Obstacle) -> None:
    if against.until is not None:
        message.not_before, message.detail = against.until, against.why[:500]
        session.add(message)
        return
    status = "cancelled" if message.withdrawn or message.category == MARKETING else "failed"
    finish(session, clock, message, status=status, detail=against.why)


def _brake(session: Session, lane: Lane, message: Message, tokens: Tokens | None) -> Brake | None:
    """What stands against sending now that says nothing about this mail; takes the slot last."""
    is_marketing = message.category == MARKETING
    if is_marketing and lane.watch is not None:
        stands = _standstill(session, lane.watch, message)
        if stands is not None:
            return stands
    if tokens is not None and (lacking := tokens.lacking()):
        return Paced("" if lane.via in lacking else message.sender, max(lacking.values()))
    if is_marketing:
        day = lane.days[message.sender]
        cap = slots.allowed(session, message.sender, day=day, cap=lane.cap, warm_up=lane.warm_up)
        if not slots.take(session, message, day=day, cap=cap):
            return Capped(message.sender)
    return None


def _standstill(session: Session, watch: Watch, message: Message) -> Shut | Held | None:
    if why := watch.why_not(session):
        return Shut(why)
    why = watch.held(session).get(message.template_sha256, "")
    return Held(message.template_sha256, why) if why else None


def _buckets(lane: Lane, pace: Pace, message: Message) -> dict[str, float]:
    return pace.buckets(mailbox=lane.mailboxes.get(message.sender, message.sender), via=lane.via)


def _apply_unsent(session: Session, clock: Clock, message: Message, outcome: Outcome, *, detail: str) -> None:
    if outcome is Outcome.UNKNOWN:
        finish(session, clock, message, status="unknown", detail=detail)
        return
    slots.release(session, message)
    if outcome is Outcome.NOT_TRIED:
        message.status, message.detail = "pending", detail[:500]
        session.add(message)
        return
    message.attempts += 1
    if outcome in (Outcome.FAILED, Outcome.REFUSED) or message.attempts >= MAX_ATTEMPTS:
        finish(session, clock, message, status="failed", detail=detail)
        return
    message.not_before = clock.now() + _FIRST_PAUSE * 2 ** (message.attempts - 1)
    message.status, message.detail = "pending", detail[:500]
    session.add(message)
