"""How fast mails leave: tokens per mailbox and per way out, one of each for a mail, kept in the record.

Taken in the transaction that claims the mail, so several processes together keep the pace of one. Knows no mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core.clock import Clock
from core.models.sending import SendBucket

#: So many seconds' worth of mails may leave at once after a rest.
_BURST_SECONDS = 5
#: A token that lacks so little is there: sums of fractions are never exact.
_NEARLY = 1e-6


@dataclass(frozen=True)
class Pace:
    """Mails a minute of one mailbox, and of all together through one way out."""

    mailbox_per_minute: float
    way_out_per_minute: float

    def buckets(self, *, mailbox: str, via: str) -> dict[str, float]:
        """The buckets that a mail of this mailbox takes from, with what each gets a minute."""
        return {f"mailbox:{mailbox}": self.mailbox_per_minute, via: self.way_out_per_minute}


@dataclass(frozen=True)
class Tokens:
    """The buckets of one mail as they stand now, held until the transaction ends."""

    session: Session
    now: datetime
    buckets: Mapping[str, float]
    rows: Mapping[str, SendBucket]

    def lacking(self) -> dict[str, timedelta]:
        """The buckets that have no token now, and how long until each has."""
        short = {name: 1 - _tokens(row, self.now, self.buckets[name]) for name, row in self.rows.items()}
        return {name: timedelta(minutes=lack / self.buckets[name]) for name, lack in short.items() if lack > _NEARLY}

    def take(self) -> None:
        """Take one from each. Ask what is `lacking` first."""
        for name, per_minute in self.buckets.items():
            row = self.rows.get(name) or SendBucket(name=name, tokens=_size(per_minute), filled_at=self.now)
            row.tokens, row.filled_at = max(0.0, _tokens(row, self.now, per_minute) - 1), self.now
            self.session.add(row)


def tokens(session: Session, clock: Clock, buckets: Mapping[str, float]) -> Tokens:
    now, rows = clock.now(), _rows(session, buckets)
    for row in rows:
        # A clock that was set back gives no tokens for the hour it repeats, and nobody waits for that hour either.
        row.filled_at = min(row.filled_at, now)
        session.add(row)
    return Tokens(session, now, buckets, {row.name: row for row in rows})


def give_back(session: Session, clock: Clock, buckets: Mapping[str, float]) -> None:
    """Put back the token of a mail that provably did not leave: the next one need not wait for it."""
    now = clock.now()
    for row in _rows(session, buckets):
        row.tokens = min(_size(buckets[row.name]), _tokens(row, now, buckets[row.name]) + 1)
        row.filled_at = now
        session.add(row)


def _rows(session: Session, buckets: Mapping[str, float]) -> list[SendBucket]:
    query = select(SendBucket).where(col(SendBucket.name).in_(buckets)).order_by(col(SendBucket.name))
    return list(session.exec(query.with_for_update()))


def _tokens(row: SendBucket, now: datetime, per_minute: float) -> float:
    passed = max(0.0, (now - row.filled_at).total_seconds())
    return min(_size(per_minute), row.tokens + passed * per_minute / 60)


def _size(per_minute: float) -> float:
    return max(1.0, per_minute * _BURST_SECONDS / 60)
