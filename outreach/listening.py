"""Reading what creators answered and putting it on the record, each mail in a transaction of its own.

Owns whose answer a mail is, and whether it is one. How it is understood is decided in `outreach.replies` and
`outreach.reports`, what it does in `outreach.answers`. Nothing is ever sent in return here: a person answers.
"""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from core.clock import Clock
from core.database import unit_of_work
from core.models.outreach import Message, Reply
from outreach import replies, settling, suppression
from outreach.entries import locked_message
from outreach.inbox import Inbox, IncomingMail, RawMail, parse
from outreach.phrases import OPTS_OUT, ReplyKind
from outreach.recording import Heard, ReadReply, TakenUp, put_on_record
from outreach.replies import Reading
from outreach.reports import Report, What

__all__ = ["ReadReply", "each_reply", "read_replies"]

#: More mails of one sender within the hour are two machines that answer each other.
MANY_AN_HOUR = 10
_KINDS = {What.FAILED: ReplyKind.BOUNCE, What.COMPLAINT: ReplyKind.COMPLAINT}


@dataclass(frozen=True)
class _Listener:
    clock: Clock
    pepper: bytes
    ours: frozenset[str]
    taken_up: TakenUp | None


def read_replies(
    engine: Engine, clock: Clock, inbox: Inbox, *, pepper: bytes, team: Collection[str] = (),
    taken_up: TakenUp | None = None,
) -> list[ReadReply]:  # fmt: skip
    """All that is new in the inbox: see `each_reply`."""
    return list(each_reply(engine, clock, inbox, pepper=pepper, team=team, taken_up=taken_up))


def each_reply(
    engine: Engine, clock: Clock, inbox: Inbox, *, pepper: bytes, team: Collection[str] = (),
    taken_up: TakenUp | None = None,
) -> Iterator[ReadReply]:  # fmt: skip
    """Read every waiting mail once, each told as soon as it is on record; one that was there is only marked done.

    Copies of our own mails, and reports that one arrived or is late, only prove that those were sent. Mails from the
    addresses in `team` are nobody's answer: they are put away unread, as is the private mail of whoever owns the
    mailbox. `taken_up` makes somebody's work of a new one.

    Raises TransientError where an inbox breaks off; what was told until then stands.
    """
    listener = _Listener(clock, pepper, frozenset(address.casefold() for address in team), taken_up)
    for raw in inbox.waiting():
        mail = parse(raw)
        with unit_of_work(engine) as session:
            reply = _heard(session, listener, raw, mail)
        inbox.done(raw)
        if reply is not None:
            yield reply


def _heard(session: Session, listener: _Listener, raw: RawMail, mail: IncomingMail) -> ReadReply | None:
    if _is_our_copy(session, listener.clock, mail) or mail.sender.casefold() in listener.ours:
        return None
    message = _answered(session, mail, pepper=listener.pepper)
    if message is not None:
        message = locked_message(session, message.id or 0)
    new = _as_new(session, mail)
    if new is None:
        return None
    mail = new
    if mail.report is not None:
        return _report(session, listener, mail, mail.report, message, is_private=raw.is_private)
    reading = _reading(session, listener.clock, mail, message)
    if message is None and raw.is_private and not _is_for_us(mail, reading):
        return None
    addresses = [mail.sender, message.recipient if message else ""]
    return put_on_record(session, listener.clock, _as_heard(mail), reading, message, pepper=listener.pepper,
                         addresses=addresses, how="by mail", taken_up=listener.taken_up)  # fmt: skip


def _as_new(session: Session, mail: IncomingMail) -> IncomingMail | None:
    """The mail, under the id by which it goes on record; None where it is there already.

    Some programs give all their mails one id. What somebody else wrote under it is another mail, perhaps an opt-out; of
    who was erased no sender is known any more, and nothing comes in again.
    """
    known = session.exec(select(Reply.sender).where(Reply.mail_id == mail.mail_id)).first()
    if known is None:
        return mail
    if known.casefold() in ("", mail.sender.casefold()):
        return None
    own = f"{mail.mail_id}#{hashlib.sha256(mail.sender.casefold().encode()).hexdigest()[:16]}"
    is_there = session.exec(select(Reply.id).where(Reply.mail_id == own)).first() is not None
    return None if is_there else replace(mail, mail_id=own)


def _reading(session: Session, clock: Clock, mail: IncomingMail, message: Message | None) -> Reading:
    reading = replies.read(mail, our_text=message.text if message else "")
    if reading.kind in OPTS_OUT:
        return reading
    if mail.is_bulk and not mail.answers:
        return replace(reading, kind=ReplyKind.AWAY, because="it went to many")
    if _writes_without_end(session, clock, mail):
        return replace(reading, kind=ReplyKind.AWAY, because=f"more than {MANY_AN_HOUR} mails came within an hour")
    if reading.kind is ReplyKind.UNCLEAR and mail.note:
        return replace(reading, because=mail.note)
    return reading


def _report(
    session: Session, listener: _Listener, mail: IncomingMail, report: Report, message: Message | None, *,
    is_private: bool,
) -> ReadReply | None:  # fmt: skip
    """A report does something only where it carries an id we made: anybody can write one about anybody."""
    if message is not None and report.what is not What.NOTHING:
        settling.proved_sent(session, listener.clock, message, why="a report about it came in")
    kind = _KINDS.get(report.what)
    if kind is None or (message is None and is_private):
        return None
    reading = Reading(kind, report.because, mail.text[:2_000])
    # Nobody but the one we wrote to: the sender of a report is a machine, and the addresses in it prove nothing.
    addresses = [message.recipient] if message else []
    return put_on_record(session, listener.clock, _as_heard(mail), reading, message, pepper=listener.pepper,
                         addresses=addresses, how="to their mail provider", taken_up=listener.taken_up)  # fmt: skip


def _is_our_copy(session: Session, clock: Clock, mail: IncomingMail) -> bool:
    message = session.exec(select(Message).where(Message.message_id == mail.mail_id)).first()
    if message is None:
        return False
    held = locked_message(session, message.id or 0)
    settling.proved_sent(session, clock, held, why="a copy of it came in")
    return True


def _answered(session: Session, mail: IncomingMail, *, pepper: bytes) -> Message | None:
    """The message an answer belongs to: by the ids it names, by the unsubscribe mark, else by who writes."""
    for known_id in (*reversed(mail.answers), *mail.bounced):
        found = session.exec(select(Message).where(Message.message_id == known_id)).first()
        if found is not None:
            return found
    for token in (replies.stop_token(mail), *(mail.report.tokens if mail.report else ())):
        found = _marked(session, token)
        if found is not None:
            return found
    if not mail.sender or mail.report is not None:
        return None
    same_box = col(Message.recipient_key) == suppression.address_key(pepper, mail.sender)
    written_to = select(Message).where(same_box | (func.lower(Message.recipient) == mail.sender.lower()))
    asked = written_to.where(col(Message.status).in_(("sent", "unknown", "sending")))
    return session.exec(asked.order_by(col(Message.id).desc()).limit(1)).first()


def _marked(session: Session, token: str) -> Message | None:
    """By the token of its unsubscribe address; older mails carry the middle of their Message-ID instead."""
    if len(token) == 32:
        return session.exec(select(Message).where(col(Message.message_id).startswith(f"<gr.{token}@"))).first()
    return session.exec(select(Message).where(Message.stop_token == token)).first() if token else None


def _is_for_us(mail: IncomingMail, reading: Reading) -> bool:
    """Whether a stranger's mail in somebody's own mailbox concerns us: a person asks to be left alone. No other is
    kept; newsletters speak of unsubscribing too."""
    return reading.kind in OPTS_OUT and not mail.is_bulk and not mail.is_automatic


def _writes_without_end(session: Session, clock: Clock, mail: IncomingMail) -> bool:
    since = clock.now() - timedelta(hours=1)
    lately = select(func.count()).select_from(Reply).where(Reply.sender == mail.sender, col(Reply.received_at) > since)
    return bool(mail.sender) and session.exec(lately).one() >= MANY_AN_HOUR


def _as_heard(mail: IncomingMail) -> Heard:
    return Heard(mail.mail_id, mail.sender, mail.subject)
