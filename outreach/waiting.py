"""Which mails of a campaign still wait, counted by what they wait for: by the database, as there may be many.

Changes nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, literal
from sqlalchemy import select as select_many
from sqlmodel import Session, and_, col, func, select, true

from core.models.columns import UtcMoment
from core.models.outreach import Message
from outreach.entries import MARKETING
from outreach.lanes import outdated, stale
from outreach.watching import Watch

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Group:
    """Mails of one sender to readers of one place: the first moment one of them may go (None: now), and whether that
    one was tried before."""

    sender: str
    marketing: bool
    time_zone: str
    country: str
    not_before: datetime | None
    tried: bool


@dataclass(frozen=True)
class Waiting:
    """How many mails are pending, of these too near their deadline and not in the words signed off, and the rest."""

    pending: int
    stale: int
    outdated: int
    groups: tuple[Group, ...]


def waiting(
    session: Session, campaign: str, *, categories: Collection[str] | None, now: datetime, watch: Watch | None
) -> Waiting:
    pending = and_(
        Message.campaign == campaign, Message.status == "pending",
        true() if categories is None else col(Message.category).in_(categories),
    )  # fmt: skip
    fresh = and_(pending, ~stale(now))
    return Waiting(
        _count(session, pending),
        _count(session, and_(pending, stale(now))),
        0 if watch is None else _count(session, and_(fresh, outdated(watch))),
        tuple(_groups(session, and_(fresh, ~outdated(watch)))),
    )


def places(session: Session, campaign: str) -> frozenset[tuple[str, str]]:
    """(time zone, country) of all readers whom a marketing mail of the campaign waits for."""
    query = select(Message.time_zone, Message.country).distinct()
    of_campaign = query.where(Message.campaign == campaign, Message.status == "pending", Message.category == MARKETING)
    return frozenset(session.exec(of_campaign).all())


def senders(session: Session, campaign: str) -> set[str]:
    """Whose mails of the campaign wait."""
    pending = select(Message.sender).where(Message.campaign == campaign, Message.status == "pending")
    return set(session.exec(pending.distinct()))


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(Message).where(condition)).one()


def _groups(session: Session, condition: ColumnElement[bool]) -> list[Group]:
    moment = func.coalesce(Message.not_before, literal(_LONG_AGO, UtcMoment()))
    alike = col(Message.sender), col(Message.category), col(Message.time_zone), col(Message.country)
    query = select_many(*alike, func.min(moment), func.min(Message.attempts)).where(condition)
    return [
        Group(sender, category == MARKETING, zone, country, None if soonest == _LONG_AGO else soonest, attempts > 0)
        for sender, category, zone, country, soonest, attempts in session.execute(query.group_by(*alike))
    ]
