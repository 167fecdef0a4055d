"""Reading what creators answered and putting it on the record, each mail in a transaction of its own.

Owns whose answer a mail is. How it is understood is decided in `outreach.replies`, what it does in `outreach.answers`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from core import audit
from core.clock import Clock
from core.database import unit_of_work
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, Reply
from outreach import answers, replies, settling
from outreach.entries import MACHINE, locked_message
from outreach.inbox import Inbox, IncomingMail, parse
from outreach.phrases import ReplyKind
from outreach.replies import Reading

_TEXT_KEPT = 20_000


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


def read_replies(
    engine: Engine, clock: Clock, inbox: Inbox, *, pepper: bytes, team: Collection[str] = (),
    taken_up: Callable[[Session, Reply, Candidate | None], None] | None = None,
) -> list[ReadReply]:  # fmt: skip
    """Read every waiting mail once; a mail that is on record already is only marked done.

    Copies of our own mails only prove that those were sent. Mails from the addresses in `team` are nobody's answer:
    they are put away unread. `taken_up` makes somebody's work of a new one, in the transaction that records it.
    """
    ours = {address.casefold() for address in team}
    found = []
    for raw in inbox.waiting():
        mail = parse(raw)
        with unit_of_work(engine) as session:
            skipped = _is_our_copy(session, clock, mail) or mail.sender.casefold() in ours
            reply = None if skipped else _record(session, clock, mail, pepper=pepper, taken_up=taken_up)
        inbox.done(raw)
        if reply is not None:
            found.append(reply)
    return found


def _record(
    session: Session, clock: Clock, mail: IncomingMail, *, pepper: bytes,
    taken_up: Callable[[Session, Reply, Candidate | None], None] | None,
) -> ReadReply | None:  # fmt: skip
    message = _answered(session, mail)
    if message is not None:
        locked_message(session, message.id or 0)
    if session.exec(select(Reply).where(Reply.mail_id == mail.mail_id)).first() is not None:
        return None
    reading = replies.read(mail, our_text=message.text if message else "")
    candidate = session.get(Candidate, message.candidate_id) if message else None
    reply = Reply(mail_id=mail.mail_id, message_id=message.id if message else None,
                  candidate_id=candidate.id if candidate else None, sender=mail.sender, kind=reading.kind,
                  because=reading.because[:500], text=reading.text[:_TEXT_KEPT],
                  received_at=clock.now())  # fmt: skip
    session.add(reply)
    session.flush()
    answers.take_in(session, clock, candidate=candidate, message=message, reading=reading, pepper=pepper,
                    addresses=[mail.sender, message.recipient if message else ""], actor=MACHINE,
                    how="by mail")  # fmt: skip
    audit.record(session, clock, actor=MACHINE, action="reply.read", subject=f"candidate:{candidate.id}"
                 if candidate else "candidate:unknown", detail={"kind": reading.kind})  # fmt: skip
    if taken_up is not None:
        taken_up(session, reply, candidate)
    return _shown(session, mail, reading, candidate)


def _is_our_copy(session: Session, clock: Clock, mail: IncomingMail) -> bool:
    message = session.exec(select(Message).where(Message.message_id == mail.mail_id)).first()
    if message is None:
        return False
    held = locked_message(session, message.id or 0)
    settling.proved_sent(session, clock, held, why="a copy of it came in")
    return True


def _answered(session: Session, mail: IncomingMail) -> Message | None:
    """The message an answer belongs to: by the ids it names, by the unsubscribe mark, else by who writes."""
    for known_id in (*reversed(mail.answers), *mail.bounced):
        found = session.exec(select(Message).where(Message.message_id == known_id)).first()
        if found is not None:
            return found
    token = replies.stop_token(mail)
    if token:
        return session.exec(select(Message).where(col(Message.message_id).startswith(f"<gr.{token}@"))).first()
    if not mail.sender or mail.is_bounce:
        return None
    written_to = select(Message).where(func.lower(Message.recipient) == mail.sender.lower())
    asked = written_to.where(col(Message.status).in_(("sent", "unknown", "sending")))
    return session.exec(asked.order_by(col(Message.id).desc()).limit(1)).first()


def _shown(session: Session, mail: IncomingMail, reading: Reading, candidate: Candidate | None) -> ReadReply:
    if candidate is None:
        return ReadReply(mail.mail_id, mail.sender, reading.kind, reading.because)
    handle = session.get_one(Account, candidate.account_id).handle
    return ReadReply(mail.mail_id, mail.sender, reading.kind, reading.because, candidate.id, candidate.campaign,
                     handle, candidate.stage)  # fmt: skip
