"""The daily cap: numbered slots per sender and local day, taken before the wire and given back only when the mail is
provably unsent (R28). The key of the table keeps two workers from taking the same one.
"""

from datetime import date

from sqlalchemy import delete, func
from sqlalchemy.exc import IntegrityError
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
        try:
            with session.begin_nested():
                session.add(SendSlot(sender=message.sender, day=day, number=number, message_id=message.id or 0))
            return True
        except IntegrityError:
            # Another worker was faster; what it took is visible now.
            continue


def allowed(session: Session, sender: str, *, day: date, cap: int, warm_up: int) -> int:
    """How many a sender may send on a day. A new mailbox begins with `warm_up` and gets as many more on each day on
    which it sends (0: it is warm)."""
    if not warm_up:
        return cap
    # The days that count are few: the cap is reached after so many.
    earlier = select(col(SendSlot.day)).where(SendSlot.sender == sender, col(SendSlot.day) < day).distinct().limit(cap)
    days = session.exec(select(func.count()).select_from(earlier.subquery())).one()
    return min(cap, warm_up * (days + 1))


def release(session: Session, message: Message) -> None:
    session.execute(delete(SendSlot).where(col(SendSlot.message_id) == message.id))
