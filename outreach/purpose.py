"""A record is either a rehearsal or real: who was written to in files only would never get a real mail."""

from sqlmodel import Session, col, func, select

from core.errors import Refused
from core.mailer import FOLDER, Mailer
from core.models.outreach import SendAttempt
from outreach.entries import Outcome


def check_purpose(session: Session, mailer: Mailer) -> None:
    """Raises Refused where mails of this record went out the other way."""
    is_rehearsal = mailer.name.startswith(FOLDER)
    in_files = col(SendAttempt.via).startswith(FOLDER)
    # What surely did not go out through the other way uses up nobody.
    unsent = (Outcome.NOT_TRIED, Outcome.TRY_LATER, Outcome.FAILED, Outcome.REFUSED)
    reached = col(SendAttempt.outcome).not_in(unsent)
    query = select(func.count(func.distinct(SendAttempt.message_id)))
    other = session.exec(query.where(~in_files if is_rehearsal else in_files, reached)).one()
    if other and is_rehearsal:
        raise Refused(
            f"This record is a real one: {other} of its mails went out or may have.",
            next_step="Turn dry run off to go on, or use another GREENROOM_HOME for a rehearsal.",
        )
    if other:
        raise Refused(
            f"This record is a rehearsal: {other} of its mails were written to files and reached nobody.",
            next_step="Use another GREENROOM_HOME for the real run (import the pool there), or turn dry run on again.",
        )
