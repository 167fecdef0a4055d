"""Who is sent to next, and how each attempt ended. Protocol of one mail: `claim` (commit) → the wire, with no
transaction open → `close` (commit).

A process that dies in between leaves a message `sending`; when its lease has run out it becomes `unknown` and is never
picked again by a machine. Knows no template and no mail server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select, true

from core.clock import Clock
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, SendAttempt
from outreach import slots, suppression
from outreach.entries import (
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
    stage_obstacle,
)
from outreach.watching import Watch

__all__ = [
    "BY_HAND",
    "INVITE",
    "LEASE",
    "MARKETING",
    "MAX_ATTEMPTS",
    "TRANSACTIONAL",
    "Capped",
    "Claimed",
    "Lane",
    "Outcome",
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
#: An invitation that would leave the creator less time than this to answer is written again instead.
LEAST_TIME_TO_ANSWER = timedelta(days=2)


@dataclass(frozen=True)
class Lane:
    """What a worker may take: mails of one campaign from `senders`, marketing ones only from those in `days`.

    `days` holds the local day of each sender who may send now; at most `cap` of a sender's go out on that day.
    `categories` leaves all others where they are; None takes every one. Marketing mails go only as `watch` lets them.
    """

    campaign: str
    cap: int
    worker: str
    via: str
    pepper: bytes = field(repr=False)
    senders: tuple[str, ...] = ()
    days: Mapping[str, date] = field(default_factory=dict)
    categories: frozenset[str] | None = None
    watch: Watch | None = None


@dataclass(frozen=True)
class Claimed:
    """This worker, and no other, is to send this message now."""

    message: Message
    attempt_id: int


@dataclass(frozen=True)
class Capped:
    """The sender has used up the day."""

    sender: str


@dataclass(frozen=True)
class Withheld:
    """A rule forbids the message since it was written; it will not be sent."""

    message: Message
    why: str


@dataclass(frozen=True)
class Shut:
    """No marketing mail may go now, and why."""

    why: str


def claim(session: Session, clock: Clock, lane: Lane) -> Claimed | Capped | Withheld | Shut | None:
    """Take the next pending message of a lane, with its slot and an open attempt; None when there is none."""
    now = clock.now()
    query = (
        select(Message)
        .where(Message.campaign == lane.campaign, *_due(now, lane))
        # Those never tried come first: some that are refused each time must not keep the others waiting.
        .order_by(col(Message.category).desc(), col(Message.attempts), col(Message.id))
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    message = session.exec(query).first()
    if message is None:
        return None
    obstacle = _obstacle(session, message, lane.pepper)
    if obstacle:
        status = "cancelled" if message.withdrawn else "failed"
        finish(session, clock, message, status=status, detail=obstacle)
        return Withheld(message, obstacle)
    if message.category == MARKETING and lane.watch is not None and (why := lane.watch.why_not(session)):
        return Shut(why)
    if message.category == MARKETING and not slots.take(session, message, day=lane.days[message.sender], cap=lane.cap):
        return Capped(message.sender)
    message.status = "sending"
    message.detail = ""
    attempt = SendAttempt(message_id=message.id or 0, worker=lane.worker, via=lane.via, started_at=now,
                          lease_until=now + LEASE)  # fmt: skip
    session.add(message)
    session.add(attempt)
    session.flush()
    assert attempt.id is not None
    return Claimed(message, attempt.id)


def close(session: Session, clock: Clock, attempt_id: int, outcome: Outcome, *, detail: str = "") -> None:
    """Write down how an attempt ended.

    What the worker saw on the wire stands above what others assumed meanwhile (a lease that ran out, a person's
    guess): a mail that was sent is sent. It never undoes what a later attempt has begun.
    """
    attempt = session.get_one(SendAttempt, attempt_id)
    message = locked_message(session, attempt.message_id)
    attempt.ended_at, attempt.outcome, attempt.detail = clock.now(), outcome, detail[:500]
    session.add(attempt)
    session.flush()
    if last_attempt(session, message) != attempt_id or message.status == "sent":
        return
    if outcome is Outcome.SENT:
        mark_sent(session, clock, message, actor=MACHINE)
    elif message.status in ("sending", "unknown"):
        _apply_unsent(session, clock, message, outcome, detail=detail)


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


def is_outdated(message: Message, watch: Watch | None) -> bool:
    """A marketing mail, still unsent, that is not in the words that were signed off."""
    return message.category == MARKETING and watch is not None and not watch.wording.is_of(message)


def is_stale(message: Message, now: datetime) -> bool:
    """Still unsent, and too near its deadline to be sent: the invitation is to be written again."""
    soonest = (now + LEAST_TIME_TO_ANSWER).date()
    return message.status == "pending" and message.answer_by is not None and message.answer_by < soonest


def _due(now: datetime, lane: Lane) -> tuple[ColumnElement[bool], ...]:
    """What may be picked now: pending, in the words signed off, not told to wait, not past its deadline, and of a
    sender who may send."""
    wording = lane.watch.wording if lane.watch else None
    return (
        col(Message.status) == "pending",
        true() if lane.categories is None else col(Message.category).in_(lane.categories),
        or_(col(Message.not_before).is_(None), col(Message.not_before) <= now),
        or_(col(Message.answer_by).is_(None), col(Message.answer_by) >= (now + LEAST_TIME_TO_ANSWER).date()),
        or_(
            (col(Message.category) == TRANSACTIONAL) & col(Message.sender).in_(lane.senders),
            col(Message.sender).in_(list(lane.days)),
        ),
        true() if wording is None else or_(
            col(Message.category) != MARKETING,
            col(Message.template_sha256).in_(wording.templates) & (col(Message.created_at) >= wording.since),
        ),
    )  # fmt: skip


def _obstacle(session: Session, message: Message, pepper: bytes) -> str:
    """Why the message may not go out now although it was written; '' when it may. Holds the candidate's row."""
    candidate = session.get_one(Candidate, message.candidate_id, with_for_update=True)
    if message.withdrawn:
        return message.withdrawn
    if message.category == MARKETING:
        account = session.get_one(Account, candidate.account_id)
        if suppression.is_suppressed(session, pepper=pepper, addresses=[message.recipient],
                                     accounts=[(account.platform, account.handle)]):  # fmt: skip
            return "opted out of mails from us"
    return stage_obstacle(message, candidate)


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
    if outcome is Outcome.FAILED or message.attempts >= MAX_ATTEMPTS:
        finish(session, clock, message, status="failed", detail=detail)
        return
    message.not_before = clock.now() + _FIRST_PAUSE * 2 ** (message.attempts - 1)
    message.status, message.detail = "pending", detail[:500]
    session.add(message)
