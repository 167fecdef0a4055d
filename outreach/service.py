"""The face of outreach: write invitations, send what is due, read answers, record what people did elsewhere, and settle
what nobody could tell.

Those who write into a session never commit; `send_due`, `read_replies` and `reconcile` take the engine, because they
wait for servers between transactions.
"""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from core.clock import Clock
from core.database import unit_of_work
from core.mailer import Evidence
from core.models.outreach import Message
from core.store import campaign_of, the_candidate
from outreach import answers, ledger, settling, suppression
from outreach.breakers import lift_stop, open_stops, stop_sender
from outreach.by_hand import record_answer, record_by_hand
from outreach.delivery import SendReport, send_due
from outreach.entries import INVITE, locked_message
from outreach.follow_ups import FollowUps, close_unanswered, end_of_tomorrow, write_follow_ups
from outreach.frequency import check_not_shared, check_quiet
from outreach.invitations import Invitations, write_invitations
from outreach.listening import ReadReply, each_reply, read_replies
from outreach.pace import Pace
from outreach.pausing import go_on, pause, pause_of
from outreach.phrases import ReplyKind
from outreach.queueing import queue_transactional
from outreach.render import load_template, template_file
from outreach.reporting import MessageLine, OutreachStatus, how_many_ready, ready, status
from outreach.sequence import sequence_of, what_comes_next
from outreach.standing import Standing, standings
from outreach.watching import Watch, Wording
from outreach.writing import LeftForPerson, sender_of

__all__ = [
    "FollowUps",
    "Invitations",
    "LeftForPerson",
    "MessageLine",
    "OutreachStatus",
    "Pace",
    "ReadReply",
    "Reconciled",
    "ReplyKind",
    "SendReport",
    "Standing",
    "Watch",
    "Wording",
    "cancel_pending",
    "close_unanswered",
    "each_reply",
    "end_of_tomorrow",
    "go_on",
    "how_many_ready",
    "lift_stop",
    "load_template",
    "open_stops",
    "pause",
    "pause_of",
    "queue_transactional",
    "read_replies",
    "ready",
    "reconcile",
    "record_answer",
    "record_by_hand",
    "retry",
    "send_due",
    "sender_of",
    "sequence_of",
    "settle_by_word",
    "standings",
    "status",
    "stop_sender",
    "suppress",
    "template_file",
    "what_comes_next",
    "write_follow_ups",
    "write_invitations",
]


@dataclass(frozen=True)
class Reconciled:
    """Message ids settled by evidence, and how many are still unknown and wait for a person's word."""

    sent: tuple[int, ...]
    pending_again: tuple[int, ...]
    still_unknown: int


def reconcile(engine: Engine, clock: Clock, *, campaign: str, evidence: Evidence | None = None) -> Reconciled:
    """Turn expired leases into unknown outcomes, then settle those of which `evidence` knows for certain.

    It is asked between two transactions: a mailbox far away must hold nobody up.
    """
    via = evidence.name if evidence else ""
    with unit_of_work(engine) as session:
        ledger.expire_leases(session, clock, campaign=campaign)
        asked = settling.to_be_asked(session, campaign, via=via) if evidence else []
    said = {one: evidence.sent(one.message_id) for one in asked} if evidence else {}
    certain = {one: sent for one, sent in said.items() if sent is not None}
    with unit_of_work(engine) as session:
        settled = settling.settle_by_evidence(session, clock, certain, campaign=campaign, via=via)
        unknown = select(func.count()).select_from(Message).where(Message.campaign == campaign)
        return Reconciled(
            sent=tuple(message.id or 0 for message in settled if message.status == "sent"),
            pending_again=tuple(message.id or 0 for message in settled if message.status == "pending"),
            still_unknown=session.exec(unknown.where(col(Message.status) == "unknown")).one(),
        )


def settle_by_word(session: Session, clock: Clock, message_id: int, *, sent: bool, actor: str) -> Message:
    """A person looked (in the sent folder, say) and tells what became of an unknown message."""
    message = locked_message(session, message_id)
    ledger.expire_leases(session, clock, campaign=message.campaign)
    settling.settle(session, clock, message, sent=sent, actor=actor, why="a person looked")
    return message


def retry(session: Session, clock: Clock, message_id: int, *, actor: str) -> Message:
    """Put one message that failed, or that the machine called off, back to pending, because its reason is gone.

    Raises Refused where it is neither, the candidate stands elsewhere meanwhile, or its mailbox was written to.
    """
    message = locked_message(session, message_id)
    if message.step == INVITE:
        candidate = the_candidate(session, message.candidate_id)
        chosen, key = campaign_of(session, candidate).outreach, message.recipient_key
        check_not_shared(session, clock, candidate, key=key, cool_down_days=chosen.cool_down_days)
        check_quiet(session, clock, candidate, key=key, quiet_days=chosen.quiet_days)
    settling.retry(session, clock, message, actor=actor)
    return message


def cancel_pending(session: Session, clock: Clock, *, candidate_id: int, step: str, why: str) -> bool:
    """Call back a message that has not gone out; True when it surely will not.

    False where there is none, it is sent, or it may be: then it moves nobody any more and is never sent again.
    """
    return settling.cancel(session, clock, candidate_id=candidate_id, step=step, why=why)


def suppress(
    session: Session, clock: Clock, *, pepper: bytes, actor: str, why: str, address: str = "",
    account: tuple[str, str] | None = None,
) -> list[int]:  # fmt: skip
    """Nobody writes to this address or account (platform, handle) again, nor to the creators who are known by it.

    Closes their candidates that are still before an agreement and returns the ids of those.
    """
    persons = answers.known_as(session, pepper=pepper, address=address, account=account)
    suppression.add(session, clock, pepper=pepper, why=why, actor=actor, address=address, account=account)
    return answers.opt_out(session, clock, persons, pepper=pepper, addresses=(), why=why, actor=actor)
