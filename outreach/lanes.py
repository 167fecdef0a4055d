"""What a worker may take from the ledger now, as a lane and as conditions of a query; and what may stand against it.

Changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement, Date, Integer, bindparam
from sqlmodel import Session, col, false, or_, select, true, tuple_
from sqlmodel.sql.expression import SelectOfScalar

from core.campaign import Campaign
from core.models.columns import UtcMoment
from core.models.outreach import Message
from outreach.entries import ANSWER, INVITE, MARKETING, TRANSACTIONAL
from outreach.pace import Pace
from outreach.watching import Watch

#: An invitation that would leave the creator less time than this to answer is written again instead.
LEAST_TIME_TO_ANSWER = timedelta(days=2)
#: Mails that people wait for: they go before all others, at any hour.
AT_ANY_HOUR = (ANSWER, TRANSACTIONAL)


@dataclass(frozen=True)
class Lane:
    """What a worker may take: mails of one campaign from `senders`, marketing ones only from those in `days`.

    `days` holds the local day of each sender who may send now; at most `cap` of a sender's go out on that day, fewer
    while the mailbox is warmed up (`warm_up`). Marketing mails go to readers whose (time zone, country) is among
    `places`, and of senders in `at_desk` also to those of whom nobody knows it; None stands for all.
    `categories` leaves all others where they are; None takes every one. Marketing mails go only as `watch` lets them,
    none in the templates of `held`, and none that the rules of `campaign_file` are against by now. With a `pace` each
    mail takes a token of its sender's mailbox (in `mailboxes`) and one of the way out.
    """

    campaign: str
    cap: int
    worker: str
    via: str
    pepper: bytes = field(repr=False)
    senders: tuple[str, ...] = ()
    days: Mapping[str, date] = field(default_factory=dict)
    categories: frozenset[str] | None = None
    watch: Watch | None = None
    warm_up: int = 0
    places: frozenset[tuple[str, str]] | None = None
    at_desk: frozenset[str] | None = None
    held: frozenset[str] = frozenset()
    campaign_file: Campaign | None = None
    pace: Pace | None = None
    mailboxes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def queries(self) -> tuple[SelectOfScalar[Message], SelectOfScalar[Message], SelectOfScalar[Message]]:
        """What people wait for, marketing mails, and these behind a place: made once, as a batch asks often."""
        return _queries(self)


@dataclass(frozen=True)
class Claimed:
    """This worker, and no other, is to send this message now."""

    message: Message
    attempt_id: int


@dataclass(frozen=True)
class Capped:
    """The sender has used up the day."""

    sender: str


@dataclass(frozen=True)
class Paced:
    """No token is left: of the sender's mailbox, or of the way out ("" as the sender), for so long."""

    sender: str
    wait: timedelta


@dataclass(frozen=True)
class Withheld:
    """A rule forbids the message since it was written; it is called off, or put off."""

    message: Message
    why: str


@dataclass(frozen=True)
class Held:
    """No mails in this template may go now, and why."""

    template_sha256: str
    why: str


@dataclass(frozen=True)
class Shut:
    """No marketing mail may go now, and why."""

    why: str


Brake = Capped | Paced | Held | Shut


def is_outdated(message: Message, watch: Watch | None) -> bool:
    """A marketing mail, still unsent, that is not in the words that were signed off."""
    return message.category == MARKETING and watch is not None and not watch.wording.is_of(message)


def outdated(watch: Watch | None) -> ColumnElement[bool]:
    """The same, as a condition."""
    return false() if watch is None else (col(Message.category) == MARKETING) & ~_signed_off(watch)


def is_stale(message: Message, now: datetime) -> bool:
    """Still unsent, and too near its deadline to be sent: it is to be written again."""
    return message.status == "pending" and message.answer_by is not None and message.answer_by < _soonest(now)


def stale(now: datetime) -> ColumnElement[bool]:
    """The same of a pending one, as a condition."""
    return col(Message.answer_by).is_not(None) & (col(Message.answer_by) < _soonest(now))


def _soonest(now: datetime) -> date:
    return (now + LEAST_TIME_TO_ANSWER).date()


def _signed_off(watch: Watch) -> ColumnElement[bool]:
    wording = watch.wording
    return col(Message.template_sha256).in_(wording.templates) & (col(Message.created_at) >= wording.since)


#: A mail in the queue: its attempts and its id, in the order of which mails are taken.
Place = tuple[int, int]


def next_due(session: Session, now: datetime, lane: Lane, *, after: Place | None = None) -> Message | None:
    """The first that may go: what people wait for, then marketing mails in the order of their index; of these only
    those of as many attempts as the one in place `after`, and behind it, where one is named."""
    told = {"now": now, "soonest": _soonest(now)}
    urgent, all_marketing, behind = lane.queries
    message = session.exec(urgent, params=told).first()
    if message is not None or (lane.categories is not None and MARKETING not in lane.categories):
        return message
    if after is None:
        return session.exec(all_marketing, params=told).first()
    return session.exec(behind, params=told | {"attempts_of": after[0], "id_of": after[1]}).first()


def _queries(lane: Lane) -> tuple[SelectOfScalar[Message], SelectOfScalar[Message], SelectOfScalar[Message]]:
    now, soonest = bindparam("now", type_=UtcMoment()), bindparam("soonest", type_=Date())
    due = (
        select(Message)
        .where(Message.campaign == lane.campaign, Message.status == "pending")
        .where(or_(col(Message.answer_by).is_(None), col(Message.answer_by) >= soonest))
        .where(or_(col(Message.not_before).is_(None), col(Message.not_before) <= now, _only_for_hours(lane)))
        # Those never tried come first: some that are refused each time must not keep the others waiting.
        .order_by(col(Message.attempts), col(Message.id))
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    wanted = AT_ANY_HOUR if lane.categories is None else tuple(lane.categories.intersection(AT_ANY_HOUR))
    urgent = due.where(col(Message.category).in_(wanted), col(Message.sender).in_(lane.senders))
    marketing = due.where(Message.category == MARKETING, _may_go(lane))
    # SQLite finds the place in the index only where both are compared by themselves.
    same_attempts = col(Message.attempts) == bindparam("attempts_of", type_=Integer())
    return urgent, marketing, marketing.where(same_attempts, col(Message.id) > bindparam("id_of", type_=Integer()))


def _only_for_hours(lane: Lane) -> ColumnElement[bool]:
    """An invitation that waits for nothing but its hour, where hours do not count."""
    waits_for_more = (col(Message.attempts) > 0) | (col(Message.detail) != "") | (col(Message.step) != INVITE)
    return false() if lane.places is not None else (col(Message.category) == MARKETING) & ~waits_for_more


def _may_go(lane: Lane) -> ColumnElement[bool]:
    """Of a sender who may send now, to a reader whose window is open, in words that may be used."""
    place = tuple_(col(Message.time_zone), col(Message.country))
    at_desk = lane.days if lane.at_desk is None else lane.at_desk
    return (
        col(Message.sender).in_(list(lane.days))
        & (true() if lane.places is None else or_(
            (col(Message.time_zone) == "") & col(Message.sender).in_(list(at_desk)), place.in_(lane.places)
        ))
        & (true() if lane.watch is None else _signed_off(lane.watch))
        & (col(Message.template_sha256).not_in(lane.held) if lane.held else true())
    )  # fmt: skip
