"""One line for each creator of a campaign: what happened, what comes next and when, and what stands in its way.

Reads columns, however many creators there are in as many queries. What may stand in the way of all (a pause, the gate,
held wordings) is told by whoever knows it. Changes nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select as select_many
from sqlmodel import Session, col, or_, select

from core.calendars import WorkCalendar
from core.campaign import Campaign
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, Reply
from core.people import Person
from core.stages import Stage
from outreach import schedule
from outreach.entries import BY_HAND, INVITE, MARKETING
from outreach.sequence import FOLLOW_UPS, Mailed, Next, what_comes_next
from outreach.sequence import Sequence as Steps

#: Nobody has decided yet that these are written to, or somebody decided that they are not.
_NOT_YET = (Stage.LONGLISTED, Stage.QUEUED, Stage.HELD, Stage.DECLINED_BY_US)


@dataclass(frozen=True)
class CreatorLine:
    """Where one creator stands. `last` is their last mail that went out (a step's name), `next` what comes by itself
    and `when` the first moment it may; `blocked` says what stands in its way beside time, "" where nothing does."""

    candidate_id: int
    creator: str
    stage: str
    last: str
    last_at: datetime | None
    answered: str
    next: str
    when: datetime | None
    why: str
    blocked: str


@dataclass(frozen=True)
class Circumstances:
    """What holds for many mails at once. `stopped` says why none goes at all, `held` why none in a template (sha256),
    `stops` why none of a sender; `templates` are those in force, and `used_up` holds the day of senders whose day is
    full."""

    now: datetime
    team: Mapping[str, Person]
    stopped: str = ""
    held: Mapping[str, str] = field(default_factory=dict)
    stops: Mapping[str, str] = field(default_factory=dict)
    templates: frozenset[str] = frozenset()
    used_up: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class _Mail:
    id: int
    step: str
    category: str
    status: str
    sender: str
    template: str
    template_sha256: str
    time_zone: str
    country: str
    not_before: datetime | None
    sent_at: datetime | None
    detail: str


_MAIL: Sequence[Any] = (
    Message.candidate_id, Message.id, Message.step, Message.category, Message.status, Message.sender, Message.template,
    Message.template_sha256, Message.time_zone, Message.country, Message.not_before, Message.sent_at, Message.detail,
)  # fmt: skip


def creator_lines(session: Session, campaign: Campaign, steps: Steps, around: Circumstances) -> list[CreatorLine]:
    """Everybody of a campaign's cycle who was approved, in the order of the longlist."""
    people = session.execute(_creators(campaign)).all()
    mails, replies = _mails(session, campaign), _replies(session, campaign)
    own = campaign.outreach
    hours = steps.hours or (own.window_start_hour, own.window_end_hour)
    return [
        _line(number, f"{platform}:{handle}", stage, sender or campaign.owners.sender, mails[number], replies[number],
              steps, hours, around)
        for number, platform, handle, stage, sender in people
    ]  # fmt: skip


def _line(
    number: int, creator: str, stage: str, sender: str, mails: list[_Mail], replies: list[str], steps: Steps,
    hours: tuple[int, int], around: Circumstances,
) -> CreatorLine:  # fmt: skip
    ours = [mail for mail in mails if mail.category in (MARKETING, BY_HAND)]
    out = [mail for mail in mails if mail.sent_at is not None]
    last = max(out, key=lambda mail: (mail.sent_at, mail.id), default=None)
    reader = _calendar(ours, sender, around)
    coming = what_comes_next(
        steps, stage=stage, mails=[Mailed(mail.step, mail.status, mail.category, mail.sent_at) for mail in ours],
        replies=replies, calendar=reader, hours=hours,
    )  # fmt: skip
    waiting = next((mail for mail in ours if mail.step == coming.what and mail.status == "pending"), None)
    when, blocked = _chance(waiting, coming, reader, sender, hours, around)
    return CreatorLine(
        number, creator, stage, last.step if last else "", last.sent_at if last else None,
        replies[-1] if replies else "", coming.what, when, _because(coming, ours), blocked,
    )  # fmt: skip


def _chance(
    waiting: _Mail | None, coming: Next, reader: WorkCalendar, sender: str, hours: tuple[int, int],
    around: Circumstances,
) -> tuple[datetime | None, str]:  # fmt: skip
    """The first moment that windows, days and caps leave for what comes next, and what stands in its way besides."""
    if coming.what not in (INVITE, *FOLLOW_UPS):
        return coming.when, ""
    writer = waiting.sender if waiting else sender
    person = around.team.get(writer)
    if person is None:
        return None, f"{writer!r} is not in the people file"
    start = max(filter(None, (around.now, coming.when, waiting.not_before if waiting else None)))
    when = schedule.next_chance(start, reader=reader, sender=person.calendar, hours=hours,
                                used_up=around.used_up.get(writer))  # fmt: skip
    blocked = around.stopped or _why_not_this(waiting, writer, around)
    full = "" if writer not in around.used_up else f"{person.name} has sent all mails of the day"
    return when, blocked or full


def _why_not_this(waiting: _Mail | None, writer: str, around: Circumstances) -> str:
    if writer in around.stops:
        return f"the mails of {around.team[writer].name} stand still: {around.stops[writer]}"
    if waiting is None:
        return ""
    if waiting.template_sha256 in around.held:
        return around.held[waiting.template_sha256].rstrip(".")
    if waiting.template_sha256 not in around.templates:
        return "it is not in the words in force; the next batch writes it anew"
    return waiting.detail.rstrip(".") if waiting.not_before and waiting.not_before > around.now else ""


def _because(coming: Next, mails: list[_Mail]) -> str:
    """The reason why, with what became of a mail that will not go."""
    if coming.what:
        return coming.why
    said = next((mail.detail.rstrip(".") for mail in reversed(mails) if mail.status in ("failed", "cancelled")), "")
    return f"{coming.why}: {said}" if said and "invitation" in coming.why else coming.why


def _calendar(mails: list[_Mail], sender: str, around: Circumstances) -> WorkCalendar:
    """The reader's, else that of whoever writes to them."""
    known = next((mail for mail in reversed(mails) if mail.time_zone), None)
    reader = schedule.calendar_at(known.time_zone, known.country) if known else None
    person = around.team.get(mails[-1].sender if mails else sender) or around.team.get(sender)
    return reader or (person.calendar if person else WorkCalendar())


def _creators(campaign: Campaign) -> Any:
    written = select(Message.candidate_id).where(Message.campaign == campaign.slug)
    columns: Sequence[Any] = (Candidate.id, Account.platform, Account.handle, Candidate.stage, Candidate.sender)
    return (
        select_many(*columns)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(col(Candidate.campaign) == campaign.slug, col(Candidate.cycle) == campaign.cycle)
        .where(or_(col(Candidate.stage).not_in(_NOT_YET), col(Candidate.id).in_(written)))
        .order_by(col(Candidate.rank), col(Candidate.id))
    )


def _mails(session: Session, campaign: Campaign) -> Mapping[int, list[_Mail]]:
    found: dict[int, list[_Mail]] = defaultdict(list)
    query = select_many(*_MAIL).where(col(Message.campaign) == campaign.slug).order_by(col(Message.id))
    for number, *mail in session.execute(query):
        found[number].append(_Mail(*mail))
    return found


def _replies(session: Session, campaign: Campaign) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(Reply.candidate_id, Reply.kind)
        .join(Candidate, col(Candidate.id) == Reply.candidate_id)
        .where(Candidate.campaign == campaign.slug)
        .order_by(col(Reply.received_at), col(Reply.id))
    )
    for number, kind in session.exec(query):
        found[number or 0].append(kind)
    return found
