"""One mail handed to the mailer, and what the answer means for the ledger.

Owns the way from an error to an outcome. A mailbox that nobody has is a bounce that was found at the wire: it goes on
the record as a report of failed delivery does, with the same effects. Knows no order of mails and no cap.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from core.clock import Clock
from core.errors import BadInput, OutcomeUnknown, PermanentError, TransientError
from core.mailer import AddressRefused, Mailer, SenderRefused, ServerUnusable
from core.models.outreach import Message
from core.people import Person
from outreach.entries import Outcome, locked_message
from outreach.outgoing import outgoing
from outreach.phrases import ReplyKind
from outreach.recording import Heard, put_on_record
from outreach.replies import Reading


@dataclass(frozen=True)
class Handed:
    """How it ended. `trouble` ends the batch; `is_gone` where nobody has the mailbox."""

    outcome: Outcome
    detail: str
    provider_id: str = ""
    trouble: str = ""
    is_gone: bool = False


def hand_over(mailer: Mailer, message: Message, sender: Person, *, at: datetime) -> Handed:
    """Send it. Whatever may be said of one mail is returned, not raised."""
    try:
        receipt = mailer.send(outgoing(message, sender, at=at))
        return Handed(Outcome.SENT, receipt.detail, receipt.provider_id)
    except OutcomeUnknown as error:
        return Handed(Outcome.UNKNOWN, error.message)
    except ServerUnusable as error:
        return Handed(Outcome.NOT_TRIED, error.message, trouble=str(error))
    except TransientError as error:
        return Handed(Outcome.TRY_LATER, error.message)
    except SenderRefused as error:
        return Handed(Outcome.REFUSED, error.message)
    except (PermanentError, BadInput) as error:
        return Handed(Outcome.FAILED, error.message, is_gone=isinstance(error, AddressRefused))


def note_gone(session: Session, clock: Clock, message_id: int, attempt_id: int, why: str, *, pepper: bytes) -> None:
    """The mailbox is remembered as one that mails come back from. Before the attempt is closed, as that holds less."""
    message = locked_message(session, message_id)
    reading = Reading(ReplyKind.BOUNCE, why, "")
    put_on_record(session, clock, Heard(f"refused:{attempt_id}"), reading, message, pepper=pepper,
                  addresses=[message.recipient], how="to their mail provider")  # fmt: skip
