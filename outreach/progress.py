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
from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message
from core.people import People, Person
from core.stages import Stage
from outreach import schedule
from outreach.entries import INVITE
from outreach.sequence import FOLLOW_UPS, Next
from outreach.sequence import Sequence as Steps
from outreach.standing import Standing, standings
from outreach.writing import hours_of

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
    """What holds for many mails at once: `stopped` says why none goes at all, `held` why none in a template (sha256),
    `stops` why none of a sender, `refused` why a creator (candidate) is not written to. `templates` are those in force,
    and `used_up` holds the day of senders whose day is full."""

    now: datetime
    team: Mapping[str, Person]
    stopped: str = ""
    held: Mapping[str, str] = field(default_factory=dict)
    stops: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)
    templates: frozenset[str] = frozenset()
    used_up: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class _Mail:
    id: int
    step: str
    category: str
    status: str
    sender: str
    template_sha256: str
    time_zone: str
    country: str
    not_before: datetime | None
    sent_at: datetime | None
    detail: str


_MAIL: Sequence[Any] = (
    Message.candidate_id, Message.id, Message.step, Message.category, Message.status, Message.sender,
    Message.template_sha256, Message.time_zone, Message.country, Message.not_before, Message.sent_at, Message.detail,
)  # fmt: skip


def creator_lines(
    session: Session, campaign: Campaign, steps: Steps, people: People, around: Circumstances
) -> list[CreatorLine]:
    """Everybody of a campaign's cycle who was approved, in the order of the longlist."""
    found = standings(session, campaign, steps, people, stages=[stage for stage in Stage if stage not in _NOT_YET])
    names, mails = _names(session, campaign), _mails(session, campaign)
    hours = hours_of(campaign, steps)
    return [
        _line(one, names[one.candidate.id or 0], mails[one.candidate.id or 0], campaign, hours, around) for one in found
    ]


def unwritten(session: Session, campaign: Campaign, *, most: int) -> list[int]:
    """Approved candidates of whom no mail is on the ledger, the first so many: whoever may be written to gets one."""
    query = (
        select(Candidate.id)
        .outerjoin(Message, col(Message.candidate_id) == Candidate.id)
        .where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
        .where(Candidate.stage == Stage.APPROVED, col(Message.id).is_(None))
        .order_by(col(Candidate.rank), col(Candidate.id))
        .limit(most)
    )
    return [number for number in session.exec(query) if number is not None]


def _line(
    standing: Standing, creator: str, mails: list[_Mail], campaign: Campaign, hours: tuple[int, int],
    around: Circumstances,
) -> CreatorLine:  # fmt: skip
    candidate, coming = standing.candidate, standing.next
    out = [mail for mail in mails if mail.sent_at is not None]
    last = max(out, key=lambda mail: (mail.sent_at, mail.id), default=None)
    waiting = next((mail for mail in mails if mail.step == coming.what and mail.status == "pending"), None)
    writer = waiting.sender if waiting else candidate.sender or campaign.owners.sender
    when, blocked = _chance(coming, waiting or last, writer, hours, around)
    refused = around.refused.get(candidate.id or 0, "").removeprefix(f"{creator} in {campaign.slug} ")
    return CreatorLine(
        candidate.id or 0, creator, candidate.stage, last.step if last else "", last.sent_at if last else None,
        standing.replies[-1] if standing.replies else "", coming.what, None if refused else when,
        _because(coming, mails), refused or blocked or _why_not_this(waiting, around),
    )  # fmt: skip


def _chance(
    coming: Next, mail: _Mail | None, writer: str, hours: tuple[int, int], around: Circumstances
) -> tuple[datetime | None, str]:
    """The first moment that windows, days and caps leave for what comes next, and what stands in the way of all such
    mails. `mail` waits, or went last: it tells where the reader lives."""
    if coming.what not in (INVITE, *FOLLOW_UPS):
        return coming.when, ""
    person = around.team.get(writer)
    if person is None:
        return None, f"{writer!r} is not in the people file"
    put_off = mail.not_before if mail and mail.status == "pending" else None
    start = max(filter(None, (around.now, coming.when, put_off)))
    reader = schedule.calendar_at(mail.time_zone, mail.country) if mail else None
    used_up = around.used_up.get(writer)
    when = schedule.next_chance(start, reader=reader, sender=person.calendar, hours=hours, used_up=used_up)
    if around.stopped:
        return when, around.stopped
    if writer in around.stops:
        return when, f"the mails of {person.name} stand still: {around.stops[writer]}"
    return when, f"{person.name} has sent all mails of the day" if used_up and not coming.when else ""


def _why_not_this(waiting: _Mail | None, around: Circumstances) -> str:
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


def _names(session: Session, campaign: Campaign) -> Mapping[int, str]:
    columns: Sequence[Any] = (Candidate.id, Account.platform, Account.handle)
    query = select_many(*columns).join(Account, col(Account.id) == Candidate.account_id)
    rows = session.execute(query.where(col(Candidate.campaign) == campaign.slug))
    return {number: f"{platform}:{handle}" for number, platform, handle in rows}


def _mails(session: Session, campaign: Campaign) -> Mapping[int, list[_Mail]]:
    found: dict[int, list[_Mail]] = defaultdict(list)
    query = select_many(*_MAIL).where(col(Message.campaign) == campaign.slug).order_by(col(Message.id))
    for number, *mail in session.execute(query):
        found[number].append(_Mail(*mail))
    return found
