"""How often one mailbox and one person hear from us, whatever the campaign, the brand or the account."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, and_, col, func, or_, select

from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.persons import same_person
from core.store import name_of
from outreach.breakers import BOUNCE
from outreach.entries import BY_HAND, DIRECT, INVITE, MARKETING

_REACHED = ("sent", "sending", "unknown")
#: Mails that nobody asked for.
_UNASKED = (MARKETING, BY_HAND, DIRECT)


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


def quiet_until(
    session: Session, clock: Clock, candidate: Candidate, *, key: str, quiet_days: int, creators: Collection[str] = ()
) -> datetime | None:
    """Until when a first mail has to wait: the mailbox of this key, or this person at another address, heard from a
    campaign not so many days ago. None where it need not. `creators` are all creator ids of this person, where they
    were looked up already."""
    if not quiet_days:
        return None
    now = clock.now()
    creators = creators or same_person(session, candidate.creator_id)
    # Not a join, and no status among the conditions: each side of the "or" finds its few mails by an index of its own,
    # where SQLite would rather go through all mails that were ever sent.
    theirs = select(Candidate.id).where(col(Candidate.creator_id).in_(creators))
    of_person = col(Message.candidate_id).in_(theirs)
    query = (
        select(func.coalesce(Message.sent_at, Message.created_at), Message.status, Message.category)
        .where(or_(of_person, Message.recipient_key == key) if key else of_person)
        .where(Message.candidate_id != candidate.id)
    )
    heard = [at for at, status, category in session.exec(query) if status in _REACHED and category in _UNASKED]
    last = max(heard, default=None)
    until = last + timedelta(days=quiet_days) if last is not None else now
    return until if until > now else None


def check_quiet(session: Session, clock: Clock, candidate: Candidate, *, key: str, quiet_days: int) -> None:
    """Refuse a first mail to who heard from us lately, or whose address sends mails back."""
    until = quiet_until(session, clock, candidate, key=key, quiet_days=quiet_days)
    if until is not None:
        raise Refused(
            f"They heard from us less than {quiet_days} days ago, in another campaign or under another address.",
            next_step=f"They are written to from {until:%d %B %Y} on.",
        )
    if comes_back(session, key=key):
        raise Refused("A mail to this address came back.", next_step="Find another address, or write by hand.")


def comes_back(session: Session, *, key: str) -> bool:
    """Whether a mail to the mailbox of this key was returned."""
    if not key:
        return False
    query = select(Reply.id).join(Message, col(Message.id) == Reply.message_id)
    return session.exec(query.where(Message.recipient_key == key, Reply.kind == BOUNCE).limit(1)).first() is not None
