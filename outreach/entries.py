"""How one entry of the ledger changes: its status, what follows for the candidate, and the audit entry of both.

Used by those who decide (`ledger`, `settling`, `by_hand`); decides nothing itself.
"""

from collections.abc import Sequence
from enum import StrEnum

from sqlmodel import Session, col, func, select

from core import audit
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.outreach import Message, SendAttempt
from core.stages import FINAL, MOVES, Stage
from core.store import move

INVITE = "invite"
MARKETING, TRANSACTIONAL, BY_HAND = "marketing", "transactional", "by hand"
#: A person's answer to somebody who wrote to us, and a message that a person sends on a platform.
ANSWER, DIRECT = "answer", "direct"
#: Who acts where no person does.
MACHINE = "greenroom"


def step_name(step: str) -> str:
    """How people call a step: invitation, follow-up 1, answer, correction."""
    if step == INVITE:
        return "invitation"
    name, _, number = step.rpartition("-")
    return f"{name} {number}" if name == "follow-up" else (name if name and number.isdecimal() else step)


class Outcome(StrEnum):
    """How an attempt ended. All but `sent` and `unknown` are provably unsent."""

    SENT = "sent"
    UNKNOWN = "unknown"
    TRY_LATER = "try later"
    FAILED = "failed"
    #: A failure that is about us, and says nothing about this creator.
    REFUSED = "refused"
    NOT_TRIED = "not tried"


def finish(session: Session, clock: Clock, message: Message, *, status: str, detail: str, actor: str = MACHINE) -> None:
    """Give the message its new status, with the audit entry."""
    hold_candidates(session, [message])
    _change(session, clock, message, status=status, detail=detail, actor=actor)


def _change(session: Session, clock: Clock, message: Message, *, status: str, detail: str, actor: str) -> None:
    message.status, message.detail = status, detail[:500]
    session.add(message)
    audit.record(session, clock, actor=actor, action=f"message.{status}", subject=f"message:{message.id}",
                 detail={"candidate": message.candidate_id, "step": message.step})  # fmt: skip


def mark_sent(session: Session, clock: Clock, message: Message, *, actor: str) -> None:
    """It went out: by the machine, or by somebody's word; the candidate goes where the message moves it."""
    candidate = session.get_one(Candidate, message.candidate_id, with_for_update=True)
    message.sent_at = clock.now()
    _change(session, clock, message, status="sent", detail="", actor=actor)
    if candidate.sender is None and message.category != BY_HAND:
        # One person stays with a creator (R29): the one who wrote first.
        candidate.sender = message.sender
        session.add(candidate)
        session.flush()
    if message.moves_to and not message.withdrawn and Stage(message.moves_to) in MOVES[Stage(candidate.stage)]:
        move(session, clock, candidate, Stage(message.moves_to), actor=actor, reason=f"message {message.id}")


def stage_obstacle(message: Message, candidate: Candidate) -> str:
    """Why the message does not fit where the candidate stands now; '' where it does."""
    stage = Stage(candidate.stage)
    if message.needs_stage and stage != message.needs_stage:
        return f"the candidate is {stage}, not {message.needs_stage}"
    return f"the candidate is {stage}" if stage in FINAL else ""


def hold_candidates(session: Session, messages: Sequence[Message]) -> None:
    """Candidate rows are locked in order and before the audit chain, or two writers could wait for one another."""
    ids = {message.candidate_id for message in messages}
    query = select(Candidate.id).where(col(Candidate.id).in_(ids)).order_by(col(Candidate.id)).with_for_update()
    session.exec(query).all()


def close_open_attempts(session: Session, clock: Clock, message: Message, *, detail: str) -> None:
    """Nobody will hear of these attempts any more."""
    query = select(SendAttempt).where(SendAttempt.message_id == message.id, col(SendAttempt.ended_at).is_(None))
    for attempt in session.exec(query):
        attempt.ended_at, attempt.outcome, attempt.detail = clock.now(), Outcome.UNKNOWN, detail
        session.add(attempt)


def last_attempt(session: Session, message: Message) -> int:
    """The id of the newest attempt, 0 where there was none."""
    query = select(func.max(SendAttempt.id)).where(SendAttempt.message_id == message.id)
    return session.exec(query).one() or 0


def locked_message(session: Session, message_id: int) -> Message:
    """The message, held until the transaction ends. Raises Refused where there is none."""
    query = select(Message).where(Message.id == message_id).with_for_update(key_share=True)
    message = session.exec(query.execution_options(populate_existing=True)).first()
    if message is None:
        raise Refused(f"There is no message {message_id}.", next_step="See: greenroom outreach status CAMPAIGN")
    return message


def message_of(session: Session, candidate_id: int, step: str) -> Message | None:
    """The message of one step to one candidate, held until the transaction ends."""
    query = select(Message).where(Message.candidate_id == candidate_id, Message.step == step)
    held = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.exec(held).first()
