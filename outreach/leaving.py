"""Somebody uses the unsubscribe address of a mail (RFC 8058): who that is, and that nobody writes to them again.

The address works as long as the mail is on record, however long ago it was sent. Knows nothing of pages.
"""

from dataclasses import dataclass

from sqlmodel import Session, select

from core.clock import Clock
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.store import campaign_of
from outreach.entries import locked_message
from outreach.phrases import ReplyKind
from outreach.recording import Heard, TakenUp, put_on_record
from outreach.replies import Reading
from outreach.unsubscribe import is_token


@dataclass(frozen=True)
class Leaving:
    """Whose mails are unsubscribed from: the brand, and the language of the mail; `is_done` where it was asked before.

    Nothing of the person: whoever has the link may have it from a mail that was passed on.
    """

    brand: str
    locale: str
    is_done: bool


def leaving_by(session: Session, token: str) -> Leaving | None:
    """What the token stands for; None where we never made it."""
    message = _message(session, token)
    if message is None:
        return None
    candidate = session.get_one(Candidate, message.candidate_id)
    brand = campaign_of(session, candidate).brand
    return Leaving(brand, message.locale, is_done=_is_on_record(session, message))


def leave(session: Session, clock: Clock, token: str, *, pepper: bytes, taken_up: TakenUp | None = None) -> bool:
    """The opt-out of whoever got this mail, at once and everywhere; False where it was taken in, or is nobody's."""
    known = _message(session, token)
    if known is None:
        return False
    message = locked_message(session, known.id or 0)
    if _is_on_record(session, message):
        return False
    reading = Reading(ReplyKind.OPT_OUT, "they used the unsubscribe link", "")
    put_on_record(session, clock, Heard(_id_of(message)), reading, message, pepper=pepper,
                  addresses=[message.recipient], how="by the unsubscribe link", taken_up=taken_up)  # fmt: skip
    return True


def _message(session: Session, token: str) -> Message | None:
    if not is_token(token):
        return None
    return session.exec(select(Message).where(Message.stop_token == token)).first()


def _is_on_record(session: Session, message: Message) -> bool:
    return session.exec(select(Reply.id).where(Reply.mail_id == _id_of(message))).first() is not None


def _id_of(message: Message) -> str:
    return f"unsubscribed:{message.id}"
