"""How often one mailbox hears from us, whatever the campaign, the brand or the account it was found under."""

from datetime import timedelta

from sqlmodel import Session, and_, col, or_, select

from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.store import name_of
from outreach.entries import INVITE


def check_not_shared(session: Session, clock: Clock, candidate: Candidate, *, key: str, cool_down_days: int) -> None:
    """Refuse where the mailbox of this key was written to for another candidate of the brand, or is about to be.

    It counts within the cool-down of any campaign, and always within the same cycle of the candidate's own.
    """
    if not key:
        return
    since = clock.now() - timedelta(days=cool_down_days)
    own = and_(Candidate.campaign == candidate.campaign, Candidate.cycle == candidate.cycle)
    recently = or_(col(Message.sent_at).is_(None), col(Message.sent_at) > since)
    query = (
        select(Candidate)
        .join(Message, col(Message.candidate_id) == Candidate.id)
        .where(Message.recipient_key == key, Message.step == INVITE, Candidate.id != candidate.id)
        .where(Candidate.brand == candidate.brand, col(Message.status).not_in(("failed", "cancelled")))
        .where(or_(own, recently))
    )
    other = session.exec(query.limit(1)).first()
    if other is not None:
        raise Refused(
            f"{name_of(session, other)} has the same address and was written to (an agency, perhaps).",
            next_step="Write one mail about both by hand.",
        )
