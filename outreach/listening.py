"""Reading what creators answered and putting it on the record, each mail in a transaction of its own.

Owns what an answer does to candidate, message and suppression list. How an answer is understood is decided in
`outreach.replies`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from core import audit
from core.clock import Clock
from core.database import unit_of_work
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, Reply
from core.stages import BEFORE_AGREED, Stage
from core.store import move
from outreach import ledger, replies, suppression
from outreach.inbox import Inbox, IncomingMail, parse
from outreach.phrases import ReplyKind
from outreach.replies import Reading

_ACTOR = "greenroom"
#: Read, but nobody's answer to anything: the stage stays where it is.
_NOT_AN_ANSWER = frozenset({ReplyKind.AWAY, ReplyKind.BOUNCE})
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
    engine: Engine, clock: Clock, inbox: Inbox, *, pepper: bytes, team: Collection[str] = ()
) -> list[ReadReply]:
    """Read every waiting mail once; a mail that is on record already is only marked done.

    Copies of our own mails only prove that those were sent. Mails from the addresses in `team` are nobody's answer:
    they are put away unread.
    """
    ours = {address.casefold() for address in team}
    found = []
    for raw in inbox.waiting():
        mail = parse(raw)
        with unit_of_work(engine) as session:
            skipped = _is_our_copy(session, clock, mail) or mail.sender.casefold() in ours
            reply = None if skipped else _record(session, clock, mail, pepper=pepper)
        inbox.done(raw)
        if reply is not None:
            found.append(reply)
    return found


def _record(session: Session, clock: Clock, mail: IncomingMail, *, pepper: bytes) -> ReadReply | None:
    message = _answered(session, mail)
    if message is not None:
        ledger.locked_message(session, message.id or 0)
    if session.exec(select(Reply).where(Reply.mail_id == mail.mail_id)).first() is not None:
        return None
    reading = replies.read(mail, our_text=message.text if message else "")
    candidate = session.get(Candidate, message.candidate_id) if message else None
    persons = _candidates_of(session, candidate)
    session.add(Reply(mail_id=mail.mail_id, message_id=message.id if message else None,
                      candidate_id=candidate.id if candidate else None, sender=mail.sender, kind=reading.kind,
                      because=reading.because[:500], text=reading.text[:_TEXT_KEPT],
                      received_at=clock.now()))  # fmt: skip
    session.flush()
    if message is not None:
        _note(session, clock, message, reading)
    if reading.kind is ReplyKind.OPT_OUT:
        _opt_out(session, clock, persons, pepper=pepper, addresses=[mail.sender, message.recipient if message else ""])
    elif candidate is not None and reading.kind not in _NOT_AN_ANSWER:
        _to_replied(session, clock, candidate, reading)
    audit.record(session, clock, actor=_ACTOR, action="reply.read", subject=f"candidate:{candidate.id}"
                 if candidate else "candidate:unknown", detail={"kind": reading.kind})  # fmt: skip
    return _shown(session, mail, reading, candidate)


def _is_our_copy(session: Session, clock: Clock, mail: IncomingMail) -> bool:
    message = session.exec(select(Message).where(Message.message_id == mail.mail_id)).first()
    if message is None:
        return False
    held = ledger.locked_message(session, message.id or 0)
    ledger.proved_sent(session, clock, held, why="a copy of it came in")
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


def _candidates_of(session: Session, candidate: Candidate | None) -> list[Candidate]:
    """Every candidate that is the same person, held in order before anything else is."""
    if candidate is None:
        return []
    same = select(Candidate).where(Candidate.creator_id == candidate.creator_id).order_by(col(Candidate.id))
    return list(session.exec(same.with_for_update().execution_options(populate_existing=True)))


def _note(session: Session, clock: Clock, message: Message, reading: Reading) -> None:
    if reading.kind is ReplyKind.BOUNCE:
        message.detail = f"bounced: {reading.because}"[:500]
        session.add(message)
        session.flush()
    elif reading.kind is not ReplyKind.AWAY:
        ledger.proved_sent(session, clock, message, why="the creator answered it")


def _opt_out(session: Session, clock: Clock, persons: list[Candidate], *, pepper: bytes, addresses: list[str]) -> None:
    """Nobody writes to this person again, in any campaign; an agreement that was made stays as it is."""
    for address in filter(None, dict.fromkeys(addresses)):
        suppression.add(session, clock, pepper=pepper, address=address, why="asked by mail", actor=_ACTOR)
    for candidate in persons:
        account = session.get_one(Account, candidate.account_id)
        suppression.add(session, clock, pepper=pepper, account=(account.platform, account.handle),
                        why="asked by mail", actor=_ACTOR)  # fmt: skip
        if candidate.stage in BEFORE_AGREED:
            move(session, clock, candidate, Stage.CLOSED_BY_OPT_OUT, actor=_ACTOR, reason="asked by mail")


def _to_replied(session: Session, clock: Clock, candidate: Candidate, reading: Reading) -> None:
    session.refresh(candidate)
    if candidate.stage in (Stage.INVITED, Stage.NO_ANSWER):
        move(session, clock, candidate, Stage.REPLIED, actor=_ACTOR, reason=f"answered by mail: {reading.kind}")


def _shown(session: Session, mail: IncomingMail, reading: Reading, candidate: Candidate | None) -> ReadReply:
    if candidate is None:
        return ReadReply(mail.mail_id, mail.sender, reading.kind, reading.because)
    handle = session.get_one(Account, candidate.account_id).handle
    return ReadReply(mail.mail_id, mail.sender, reading.kind, reading.because, candidate.id, candidate.campaign,
                     handle, candidate.stage)  # fmt: skip
