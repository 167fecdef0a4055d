"""One thing that we heard from a creator, or about a mail to them, put on the record with all that follows from it.

Used by every way in which we hear: mails, notices of a provider, the unsubscribe page. Decides nothing of it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlmodel import Session

from core import audit
from core.clock import Clock
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, Reply
from outreach import answers
from outreach.answering import OPEN, needs_somebody
from outreach.entries import MACHINE
from outreach.phrases import ReplyKind
from outreach.replies import Reading

_TEXT_KEPT = 20_000
#: Makes somebody's work of a new reply, in the transaction that records it.
TakenUp = Callable[[Session, Reply, Candidate | None], None]


@dataclass(frozen=True)
class Heard:
    """Where it came from: `mail_id` is its own id, by which it is known again."""

    mail_id: str
    sender: str = ""
    subject: str = ""


@dataclass(frozen=True)
class ReadReply:
    """One new answer on the record: what it was taken for, the words that decided, and where the candidate stands.

    `candidate_id` is None where nobody we wrote to could be made out; a person looks at those.
    """

    mail_id: str
    sender: str
    kind: ReplyKind
    because: str
    candidate_id: int | None = None
    campaign: str = ""
    handle: str = ""
    stage: str = ""


def put_on_record(
    session: Session, clock: Clock, heard: Heard, reading: Reading, message: Message | None, *, pepper: bytes,
    addresses: Collection[str], how: str, taken_up: TakenUp | None = None,
) -> ReadReply:  # fmt: skip
    """Keep it as a reply and let it have its effect. The message must be held, and the reply not be on record yet.

    `addresses` are those that an opt-out counts for; `how` such as "by mail". Without `taken_up` a reply that needs
    a person is open, and nobody's.
    """
    candidate = session.get(Candidate, message.candidate_id) if message else None
    reply = _reply(clock, heard, reading, message, candidate)
    session.add(reply)
    if taken_up is None and needs_somebody(session, reply):
        reply.state = OPEN
    session.flush()
    answers.take_in(session, clock, candidate=candidate, message=message, reading=reading, pepper=pepper,
                    addresses=addresses, actor=MACHINE, how=how)  # fmt: skip
    audit.record(session, clock, actor=MACHINE, action="reply.read", subject=f"candidate:{candidate.id}"
                 if candidate else "candidate:unknown", detail={"kind": reading.kind})  # fmt: skip
    if taken_up is not None:
        taken_up(session, reply, candidate)
    if candidate is None:
        return ReadReply(heard.mail_id, heard.sender, reading.kind, reading.because)
    handle = session.get_one(Account, candidate.account_id).handle
    return ReadReply(heard.mail_id, heard.sender, reading.kind, reading.because, candidate.id, candidate.campaign,
                     handle, candidate.stage)  # fmt: skip


def _reply(clock: Clock, heard: Heard, reading: Reading, message: Message | None, candidate: Candidate | None) -> Reply:
    return Reply(
        mail_id=heard.mail_id,
        message_id=message.id if message else None,
        candidate_id=candidate.id if candidate else None,
        sender=heard.sender,
        subject=heard.subject[:500],
        kind=reading.kind,
        because=reading.because[:500],
        text=reading.text[:_TEXT_KEPT],
        language=reading.language,
        decided_by=reading.decided_by,
        confidence=reading.confidence,
        received_at=clock.now(),
    )
