"""The face of outreach: write invitations, send what is due, read answers, settle what nobody could tell.

Those who write into a session never commit; `send_due` and `read_replies` take the engine, because each mail is a
transaction of its own.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from core.clock import Clock
from core.mailer import Evidence
from core.models.outreach import Message
from outreach import ledger
from outreach.delivery import SendReport, send_due
from outreach.listening import ReadReply, read_replies
from outreach.phrases import ReplyKind
from outreach.reporting import MessageLine, OutreachStatus, PreviewedMail, preview, status
from outreach.writing import Invitations, LeftForPerson, queue_transactional, write_invitations

__all__ = [
    "Invitations",
    "LeftForPerson",
    "MessageLine",
    "OutreachStatus",
    "PreviewedMail",
    "ReadReply",
    "Reconciled",
    "ReplyKind",
    "SendReport",
    "preview",
    "queue_transactional",
    "read_replies",
    "reconcile",
    "send_due",
    "settle_by_word",
    "status",
    "write_invitations",
]


@dataclass(frozen=True)
class Reconciled:
    """Message ids settled by evidence, and how many are still unknown and wait for a person's word."""

    sent: tuple[int, ...]
    pending_again: tuple[int, ...]
    still_unknown: int


def reconcile(session: Session, clock: Clock, *, campaign: str, evidence: Evidence | None = None) -> Reconciled:
    """Turn expired leases into unknown outcomes, then settle those of which `evidence` knows for certain."""
    ledger.expire_leases(session, clock, campaign=campaign)
    settled = ledger.settle_by_evidence(session, clock, evidence, campaign=campaign) if evidence else []
    unknown = select(func.count()).select_from(Message).where(Message.campaign == campaign)
    return Reconciled(
        sent=tuple(message.id or 0 for message in settled if message.status == "sent"),
        pending_again=tuple(message.id or 0 for message in settled if message.status == "pending"),
        still_unknown=session.exec(unknown.where(col(Message.status) == "unknown")).one(),
    )


def settle_by_word(session: Session, clock: Clock, message_id: int, *, sent: bool, actor: str) -> Message:
    """A person looked (in the sent folder, say) and tells what became of an unknown message."""
    message = ledger.locked_message(session, message_id)
    ledger.expire_leases(session, clock, campaign=message.campaign)
    ledger.settle(session, clock, message, sent=sent, actor=actor, why="a person looked")
    return message
