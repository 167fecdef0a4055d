"""Where the mails of a campaign stand, for people to look at. Changes nothing."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy import select as select_many
from sqlmodel import Session, col, func, select

from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, Reply, SendAttempt, SendSlot
from outreach.entries import MARKETING


@dataclass(frozen=True)
class MessageLine:
    """One message as people see it. `detail` says why it failed or waits; `bounced` and refusals stand there too."""

    id: int
    candidate_id: int
    handle: str
    stage: str
    step: str
    category: str
    status: str
    sender: str
    recipient: str
    sent_at: datetime | None
    not_before: datetime | None
    answer_by: date | None
    detail: str


@dataclass(frozen=True)
class OutreachStatus:
    """All messages of a campaign, how many stand where, what came back, and slots used by sender and local day."""

    counts: dict[str, int]
    replies: dict[str, int]
    slots: dict[tuple[str, date], int]
    messages: tuple[MessageLine, ...]


@dataclass(frozen=True)
class AttemptLine:
    """One attempt to send a mail: who, when it began and ended, how, by which way, and which of its sender's places of
    which day the mail holds."""

    message_id: int
    creator: str
    step: str
    sender: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    via: str
    detail: str
    day: date | None
    number: int | None


#: The columns of `MessageLine` and of `AttemptLine`, in their order: whole rows hold whole mails, and there may be
#: thousands.
_LINE: Sequence[Any] = (
    Message.id, Message.candidate_id, Account.handle, Candidate.stage, Message.step, Message.category, Message.status,
    Message.sender, Message.recipient, Message.sent_at, Message.not_before, Message.answer_by, Message.detail,
)  # fmt: skip
_TRIED: Sequence[Any] = (
    SendAttempt.message_id, Message.step, Account.platform, Account.handle, Message.sender, SendAttempt.started_at,
    SendAttempt.ended_at, SendAttempt.outcome, SendAttempt.via, SendAttempt.detail, SendSlot.day, SendSlot.number,
)  # fmt: skip


def status(session: Session, campaign: str) -> OutreachStatus:
    """Everything on the ledger of a campaign."""
    lines = tuple(MessageLine(*row) for row in session.execute(_lines_of(campaign)))
    answered = (
        select(Reply.kind, func.count())
        .join(Candidate, col(Candidate.id) == Reply.candidate_id)
        .where(Candidate.campaign == campaign)
        .group_by(Reply.kind)
    )
    senders = {line.sender for line in lines}
    slots = (
        select(SendSlot.sender, col(SendSlot.day), func.count())
        .where(col(SendSlot.sender).in_(senders))
        .group_by(SendSlot.sender, col(SendSlot.day))
    )
    return OutreachStatus(
        counts=dict(Counter(line.status for line in lines)),
        replies=dict(session.exec(answered).all()),
        slots={(sender, day): count for sender, day, count in session.exec(slots)},
        messages=lines,
    )


def attempts(session: Session, campaign: str) -> tuple[AttemptLine, ...]:
    """Each time one of a campaign's mails was tried, in order, with the slot it holds."""
    query = (
        select_many(*_TRIED)
        .join(Message, col(Message.id) == SendAttempt.message_id)
        .join(Candidate, col(Candidate.id) == Message.candidate_id)
        .join(Account, col(Account.id) == Candidate.account_id)
        .outerjoin(SendSlot, col(SendSlot.message_id) == Message.id)
        .where(col(Message.campaign) == campaign)
        .order_by(col(SendAttempt.id))
    )
    return tuple(
        AttemptLine(number, f"{platform}:{handle}", step, sender, *tried)
        for number, step, platform, handle, sender, *tried in session.execute(query)
    )


def ready(session: Session, campaign: str) -> Sequence[Message]:
    """The invitations that wait to be sent, in the order in which they go; none of a creator who stands elsewhere by
    now."""
    query = select(Message).join(Candidate, col(Candidate.id) == Message.candidate_id).where(*_is_ready(campaign))
    return session.exec(query.order_by(col(Message.attempts), col(Message.id))).all()


def how_many_ready(session: Session, campaign: str) -> int:
    """How many `ready` would answer with; whole mails are large, and thousands may wait."""
    query = select(func.count()).select_from(Message).join(Candidate, col(Candidate.id) == Message.candidate_id)
    return session.exec(query.where(*_is_ready(campaign))).one()


def handles_of(session: Session, candidates: Collection[int]) -> dict[int, str]:
    """Candidate → the handle of the account they were found under."""
    query = select(Candidate.id, Account.handle).join(Account, col(Account.id) == Candidate.account_id)
    rows = session.exec(query.where(col(Candidate.id).in_(candidates)))
    return {number or 0: handle for number, handle in rows}


def _is_ready(campaign: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Message.campaign) == campaign, col(Message.category) == MARKETING, col(Message.status) == "pending",
        col(Candidate.stage) == col(Message.needs_stage), col(Message.withdrawn) == "",
    )  # fmt: skip


def _lines_of(campaign: str) -> Select[Any]:
    return (
        select_many(*_LINE)
        .join(Candidate, col(Candidate.id) == Message.candidate_id)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(col(Message.campaign) == campaign)
        .order_by(col(Message.category).desc(), col(Message.id))
    )
