"""What was sent, what surely was not, and what nobody can tell: the only place where a message's status changes.

Protocol of one mail: `claim` (commit) → the wire, with no transaction open → `close` (commit). A process that dies in
between leaves a message `sending`; when its lease has run out it becomes `unknown` and is never picked again by a
machine. Knows no template and no mail server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from core import audit
from core.clock import Clock
from core.errors import Refused
from core.mailer import Evidence
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, SendAttempt
from core.stages import FINAL, Stage
from core.store import move
from outreach import slots, suppression

INVITE = "invite"
MARKETING, TRANSACTIONAL = "marketing", "transactional"
#: Longer than a mailer may take before the point of no return; a worker that is silent for so long is dead.
LEASE = timedelta(minutes=15)
MAX_ATTEMPTS = 5
_FIRST_PAUSE = timedelta(minutes=15)
#: An invitation that would leave the creator less time than this to answer is written again instead.
LEAST_TIME_TO_ANSWER = timedelta(days=2)
_ACTOR = "greenroom"


class Outcome(StrEnum):
    """How an attempt ended. All but `sent` and `unknown` are provably unsent."""

    SENT = "sent"
    UNKNOWN = "unknown"
    TRY_LATER = "try later"
    FAILED = "failed"
    NOT_TRIED = "not tried"


@dataclass(frozen=True)
class Lane:
    """What a worker may take: mails of one campaign from `senders`, marketing ones only from those in `days`.

    `days` holds the local day of each sender who may send now; at most `cap` of a sender's go out on that day.
    """

    campaign: str
    cap: int
    worker: str
    via: str
    pepper: bytes = field(repr=False)
    senders: tuple[str, ...] = ()
    days: Mapping[str, date] = field(default_factory=dict)


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


def claim(session: Session, clock: Clock, lane: Lane) -> Claimed | Capped | Withheld | None:
    """Take the next pending message of a lane, with its slot and an open attempt; None when there is none."""
    now = clock.now()
    query = (
        select(Message)
        .where(Message.campaign == lane.campaign, *_due(now, lane))
        .order_by(col(Message.category).desc(), col(Message.id))
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    message = session.exec(query).first()
    if message is None:
        return None
    obstacle = _obstacle(session, message, lane.pepper)
    if obstacle:
        _finish(session, clock, message, status="failed", detail=obstacle)
        return Withheld(message, obstacle)
    if message.category == MARKETING and not slots.take(session, message, day=lane.days[message.sender], cap=lane.cap):
        return Capped(message.sender)
    message.status = "sending"
    message.detail = ""
    attempt = SendAttempt(message_id=_id(message), worker=lane.worker, via=lane.via, started_at=now,
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
    message = _locked(session, attempt.message_id)
    attempt.ended_at, attempt.outcome, attempt.detail = clock.now(), outcome, detail[:500]
    session.add(attempt)
    session.flush()
    if _last_attempt(session, message) != attempt_id or message.status not in ("sending", "unknown", "pending"):
        return
    if outcome is Outcome.SENT:
        _mark_sent(session, clock, message, actor=_ACTOR)
    elif message.status != "pending":
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
    _hold_candidates(session, silent)
    for message in silent:
        _close_open_attempts(session, clock, message, detail="the process that sent it stopped without a word")
        _finish(session, clock, message, status="unknown", detail="the process that sent it stopped without a word")
    return [_id(message) for message in silent]


def settle_by_evidence(session: Session, clock: Clock, evidence: Evidence, *, campaign: str) -> list[Message]:
    """Settle unknown messages of a campaign that went through the very mailer that now bears witness."""
    query = select(Message).where(Message.status == "unknown", Message.campaign == campaign).order_by(col(Message.id))
    unknown = session.exec(query.with_for_update(key_share=True)).all()
    _hold_candidates(session, unknown)
    settled = []
    for message in unknown:
        attempt = session.get(SendAttempt, _last_attempt(session, message))
        if attempt is not None and attempt.via == evidence.name:
            settle(session, clock, message, sent=evidence.sent(message.message_id), actor=_ACTOR, why=evidence.name)
            settled.append(message)
    return settled


def settle(session: Session, clock: Clock, message: Message, *, sent: bool, actor: str, why: str) -> None:
    """Decide an unknown outcome: sent, or unsent and pending again. Raises Refused for any other message."""
    if message.status != "unknown":
        raise Refused(
            f"Message {message.id} is {message.status}; only unknown ones are settled.",
            next_step="See: greenroom outreach status",
        )
    audit.record(session, clock, actor=actor, action="message.settled", subject=f"message:{message.id}",
                 detail={"sent": sent, "why": why})  # fmt: skip
    if sent:
        _mark_sent(session, clock, message, actor=actor)
    else:
        slots.release(session, message)
        _finish(session, clock, message, status="pending", detail="surely unsent, to be sent again", actor=actor)


def proved_sent(session: Session, clock: Clock, message: Message, *, why: str) -> None:
    """A creator answered it: whatever the ledger thought, it arrived."""
    if message.status in ("sending", "unknown"):
        _close_open_attempts(session, clock, message, detail=why)
        audit.record(session, clock, actor=_ACTOR, action="message.settled", subject=f"message:{message.id}",
                     detail={"sent": True, "why": why})  # fmt: skip
        _mark_sent(session, clock, message, actor=_ACTOR)


def is_stale(message: Message, now: datetime) -> bool:
    """Still unsent, and too near its deadline to be sent: the invitation is to be written again."""
    soonest = (now + LEAST_TIME_TO_ANSWER).date()
    return message.status == "pending" and message.answer_by is not None and message.answer_by < soonest


def locked_message(session: Session, message_id: int) -> Message:
    """The message, held until the transaction ends. Raises Refused where there is none."""
    if session.get(Message, message_id) is None:
        raise Refused(f"There is no message {message_id}.", next_step="See: greenroom outreach status")
    return _locked(session, message_id)


def _due(now: datetime, lane: Lane) -> tuple[ColumnElement[bool], ...]:
    """What may be picked now: pending, not told to wait, not past its deadline, and of a sender who may send."""
    return (
        col(Message.status) == "pending",
        or_(col(Message.not_before).is_(None), col(Message.not_before) <= now),
        or_(col(Message.answer_by).is_(None), col(Message.answer_by) >= (now + LEAST_TIME_TO_ANSWER).date()),
        or_(
            (col(Message.category) == TRANSACTIONAL) & col(Message.sender).in_(lane.senders),
            col(Message.sender).in_(list(lane.days)),
        ),
    )


def _obstacle(session: Session, message: Message, pepper: bytes) -> str:
    """Why the message may not go out now although it was written; '' when it may. Holds the candidate's row."""
    candidate = session.get_one(Candidate, message.candidate_id, with_for_update=True)
    stage = Stage(candidate.stage)
    if message.category == TRANSACTIONAL:
        return f"the candidate is {stage}" if stage in FINAL else ""
    account = session.get_one(Account, candidate.account_id)
    if suppression.is_suppressed(session, pepper=pepper, addresses=[message.recipient],
                                 accounts=[(account.platform, account.handle)]):  # fmt: skip
        return "opted out of mails from us"
    allowed = Stage.APPROVED if message.step == INVITE else Stage.INVITED
    return "" if stage is allowed else f"the candidate is {stage}, not {allowed}"


def _apply_unsent(session: Session, clock: Clock, message: Message, outcome: Outcome, *, detail: str) -> None:
    if outcome is Outcome.UNKNOWN:
        _finish(session, clock, message, status="unknown", detail=detail)
        return
    slots.release(session, message)
    if outcome is Outcome.NOT_TRIED:
        message.status, message.detail = "pending", detail[:500]
        session.add(message)
        return
    message.attempts += 1
    if outcome is Outcome.FAILED or message.attempts >= MAX_ATTEMPTS:
        _finish(session, clock, message, status="failed", detail=detail)
        return
    message.not_before = clock.now() + _FIRST_PAUSE * 2 ** (message.attempts - 1)
    message.status, message.detail = "pending", detail[:500]
    session.add(message)


def _mark_sent(session: Session, clock: Clock, message: Message, *, actor: str) -> None:
    message.sent_at = clock.now()
    _finish(session, clock, message, status="sent", detail="", actor=actor)
    candidate = session.get_one(Candidate, message.candidate_id, with_for_update=True)
    if candidate.sender is None:
        # One person stays with a creator (R29): the one who wrote first.
        candidate.sender = message.sender
        session.add(candidate)
        session.flush()
    if message.step == INVITE and candidate.stage == Stage.APPROVED:
        move(session, clock, candidate, Stage.INVITED, actor=actor, reason=f"message {message.id}")


def _finish(session: Session, clock: Clock, message: Message, *, status: str, detail: str, actor: str = _ACTOR) -> None:
    message.status, message.detail = status, detail[:500]
    session.add(message)
    _hold_candidates(session, [message])
    audit.record(session, clock, actor=actor, action=f"message.{status}", subject=f"message:{message.id}",
                 detail={"candidate": message.candidate_id, "step": message.step})  # fmt: skip


def _hold_candidates(session: Session, messages: Sequence[Message]) -> None:
    """Candidate rows are locked in order and before the audit chain, or two writers could wait for one another."""
    ids = {message.candidate_id for message in messages}
    query = select(Candidate.id).where(col(Candidate.id).in_(ids)).order_by(col(Candidate.id)).with_for_update()
    session.exec(query).all()


def _close_open_attempts(session: Session, clock: Clock, message: Message, *, detail: str) -> None:
    query = select(SendAttempt).where(SendAttempt.message_id == message.id, col(SendAttempt.ended_at).is_(None))
    for attempt in session.exec(query):
        attempt.ended_at, attempt.outcome, attempt.detail = clock.now(), Outcome.UNKNOWN, detail
        session.add(attempt)


def _last_attempt(session: Session, message: Message) -> int:
    query = select(func.max(SendAttempt.id)).where(SendAttempt.message_id == message.id)
    return session.exec(query).one() or 0


def _locked(session: Session, message_id: int) -> Message:
    query = select(Message).where(Message.id == message_id).with_for_update(key_share=True)
    return session.exec(query.execution_options(populate_existing=True)).one()


def _id(message: Message) -> int:
    assert message.id is not None
    return message.id
