"""Where the mails of a campaign stand, for people to look at. Changes nothing."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, Reply, SendSlot
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
class PreviewedMail:
    """A written mail exactly as the creator will read it, with where each fact comes from."""

    id: int
    candidate_id: int
    handle: str
    status: str
    sender: str
    recipient: str
    subject: str
    text: str
    facts: tuple[dict[str, Any], ...]
    template: str
    template_sha256: str


def status(session: Session, campaign: str) -> OutreachStatus:
    """Everything on the ledger of a campaign."""
    lines = tuple(_line(message, account, candidate) for message, account, candidate in _rows(session, campaign))
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


def preview(session: Session, campaign: str, *, pending_only: bool = True) -> tuple[PreviewedMail, ...]:
    """The written mails of a campaign in the order they will go out."""
    return tuple(
        PreviewedMail(
            message.id or 0, message.candidate_id, account.handle, message.status, message.sender, message.recipient,
            message.subject, message.text, tuple(message.facts), message.template, message.template_sha256,
        )
        for message, account, _ in _rows(session, campaign)
        if message.status == "pending" or not pending_only
    )  # fmt: skip


def ready(session: Session, campaign: str) -> Sequence[Message]:
    """The invitations that wait to be sent, in the order in which they go; none of a creator who stands elsewhere by
    now."""
    query = (
        select(Message)
        .join(Candidate, col(Candidate.id) == Message.candidate_id)
        .where(Message.campaign == campaign, Message.category == MARKETING, Message.status == "pending")
        .where(Candidate.stage == Message.needs_stage, Message.withdrawn == "")
        .order_by(col(Message.attempts), col(Message.id))
    )
    return session.exec(query).all()


def handles_of(session: Session, candidates: Collection[int]) -> dict[int, str]:
    """Candidate → the handle of the account they were found under."""
    query = select(Candidate.id, Account.handle).join(Account, col(Account.id) == Candidate.account_id)
    rows = session.exec(query.where(col(Candidate.id).in_(candidates)))
    return {number or 0: handle for number, handle in rows}


def _rows(session: Session, campaign: str) -> list[tuple[Message, Account, Candidate]]:
    query = (
        select(Message, Account, Candidate)
        .join(Candidate, col(Candidate.id) == Message.candidate_id)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(Message.campaign == campaign)
        .order_by(col(Message.category).desc(), col(Message.id))
    )
    return [(message, account, candidate) for message, account, candidate in session.exec(query)]


def _line(message: Message, account: Account, candidate: Candidate) -> MessageLine:
    return MessageLine(message.id or 0, message.candidate_id, account.handle, candidate.stage, message.step,
                       message.category, message.status, message.sender, message.recipient, message.sent_at,
                       message.not_before, message.answer_by, message.detail)  # fmt: skip
