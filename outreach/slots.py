"""The daily cap: numbered slots per sender and local day, taken before the wire and given back only when the mail is
provably unsent (R28). The key of the table keeps two workers from taking the same one.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from core.models.outreach import Message, SendSlot


def take(session: Session, message: Message, *, day: date, cap: int) -> bool:
    """One of the day's numbers for a message; False when all are taken."""
    while True:
        query = select(SendSlot.number).where(SendSlot.sender == message.sender, SendSlot.day == day)
        taken = set(session.exec(query))
        number = min(set(range(1, cap + 1)) - taken, default=0)
        # Another campaign of the sender may have a higher cap: its numbers count, too.
        if len(taken) >= cap or not number:
            return False
        put = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        slot = put(SendSlot).values(sender=message.sender, day=day, number=number, message_id=message.id or 0)
        if session.execute(slot.on_conflict_do_nothing().returning(col(SendSlot.number))).first() is not None:
            return True
        # Another worker was faster; what it took is visible now.


def allowed(session: Session, sender: str, *, day: date, cap: int, warm_up: int) -> int:
    """How many a sender may send on a day. A new mailbox begins with `warm_up` and gets as many more on each day on
    which it sends (0: it is warm)."""
    if not warm_up:
        return cap
    # The days that count are few: the cap is reached after so many.
    earlier = select(col(SendSlot.day)).where(SendSlot.sender == sender, col(SendSlot.day) < day).distinct().limit(cap)
    days = session.exec(select(func.count()).select_from(earlier.subquery())).one()
    return min(cap, warm_up * (days + 1))


def used(session: Session, days: Mapping[str, date]) -> dict[str, int]:
    """How many each of these senders has sent on that day of theirs."""
    query = select(SendSlot.sender, col(SendSlot.day), func.count()).group_by(SendSlot.sender, col(SendSlot.day))
    rows = session.exec(query.where(col(SendSlot.sender).in_(days), col(SendSlot.day).in_(set(days.values()))))
    counts = {(sender, day): many for sender, day, many in rows}
    return {sender: counts.get((sender, day), 0) for sender, day in days.items()}


def release(session: Session, message: Message) -> None:
    session.execute(delete(SendSlot).where(col(SendSlot.message_id) == message.id))
