"""Reminding people of what waits for them, at 50, 75 and 100 % of their time. Nothing is ever decided here.

Owns which reminder is due and who hears of it: in their office hours, all at once, and not again within two hours.
What the messages say is in notices.py; sending the mail is the work of whoever takes the job.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import func, insert, select
from sqlmodel import Session, col

from approvals.notices import OVERDUE, REMINDER, REMINDER_JOB, keep_notices
from approvals.office_hours import is_open
from approvals.sla import after
from core.campaign import Sla
from core.clock import Clock, local_day
from core.errors import Refused
from core.models.approvals import Notice, Reminder, Request
from core.models.columns import new_id
from core.people import People, Role, WorkCalendar
from core.store import stored_campaign

__all__ = ["ESCALATED", "OVERDUE", "QUIET", "REMINDER_JOB", "sweep"]

#: Half the time again has passed since it was up: the campaign's owner hears of it too.
ESCALATED = 150
#: Between two reminders to one person; what becomes due meanwhile joins the next.
QUIET = timedelta(hours=2)


@dataclass(frozen=True)
class _Waiting:
    """What the sweep reads of an open request; cards stay on disk."""

    id: str
    campaign: str
    assignee: str
    second_reminder_at: datetime
    due_at: datetime
    sla_hours: int
    sla_clock: str


@dataclass(frozen=True)
class _Line:
    """Who is next in line, as of one moment; None where the people file knows nobody."""

    on_duty: Callable[[str], str | None]
    stand_in: Callable[[str], str | None]
    owner: Callable[[str], str | None]


def sweep(session: Session, clock: Clock, people: People) -> list[Reminder]:
    """Record every reminder that is due, with one notice and one job for each person to be reminded now.

    Of several levels that have passed unseen only the highest is sent. A person whose office is closed, or who was
    reminded a short while ago, is passed over: what is due is found again by a later sweep. What is returned are
    values, not rows of the session.
    """
    now = clock.now()
    reached, reachable = _reached(session), _reachable(session, people, now)
    line, escalated = _line(session, people, now), _escalated(people, now)
    due: dict[str, list[tuple[str, int]]] = {}
    for request in _waiting(session, now):
        for recipient, level in _recipients(request, _level(request, now, escalated), line).items():
            if reachable(recipient) and reached.get((request.id, recipient), 0) < level:
                due.setdefault(recipient, []).append((request.id, level))
    return _keep(session, clock, due)


def _waiting(session: Session, now: datetime) -> Iterable[_Waiting]:
    """Open requests past half of their time, most urgent first; not those whose clock stands still."""
    query = (
        select(
            col(Request.id),
            col(Request.campaign),
            col(Request.assignee),
            col(Request.second_reminder_at),
            col(Request.due_at),
            col(Request.sla_hours),
            col(Request.sla_clock),
        )
        .where(
            col(Request.status) == "open",
            col(Request.first_reminder_at) <= now,
            col(Request.waits_for).is_(None),
            col(Request.paused_at).is_(None),
        )
        .order_by(col(Request.due_at), col(Request.id))
    )
    return [_Waiting(*row) for row in session.execute(query)]


def _reached(session: Session) -> dict[tuple[str, str], int]:
    """The highest level at which each person was reminded of each open request."""
    query = (
        select(col(Reminder.request_id), col(Reminder.recipient), func.max(col(Reminder.level)))
        .join(Request, col(Request.id) == col(Reminder.request_id))
        .where(col(Request.status) == "open")
        .group_by(col(Reminder.request_id), col(Reminder.recipient))
    )
    return {(request_id, recipient): level for request_id, recipient, level in session.execute(query)}


def _reachable(session: Session, people: People, now: datetime) -> Callable[[str], bool]:
    recent = select(col(Notice.recipient)).where(col(Notice.kind) == REMINDER, col(Notice.at) > now - QUIET)
    disturbed = set(session.execute(recent.distinct()).scalars())

    @cache
    def reachable(person_id: str) -> bool:
        return person_id not in disturbed and is_open(now, people.named(person_id).calendar)

    return reachable


def _level(request: _Waiting, now: datetime, escalated: Callable[[_Waiting], bool]) -> int:
    if now >= request.due_at:
        return ESCALATED if escalated(request) else OVERDUE
    return 75 if now >= request.second_reminder_at else 50


def _escalated(people: People, now: datetime) -> Callable[[_Waiting], bool]:
    calendars = {person.id: person.calendar for person in people}

    @cache  # many questions are asked at once
    def moment(due_at: datetime, hours: int, clock: str, calendar: WorkCalendar) -> datetime:
        sla = Sla.model_validate({"hours": hours, "clock": clock})
        return after(due_at, timedelta(hours=hours) * (ESCALATED - OVERDUE) / 100, sla, calendar)

    def escalated(request: _Waiting) -> bool:
        calendar = calendars.get(request.assignee, WorkCalendar())
        return now >= moment(request.due_at, request.sla_hours, request.sla_clock, calendar)

    return escalated


def _recipients(request: _Waiting, level: int, line: _Line) -> Mapping[str, int]:
    """Who is to hear of a request that has come to a level, and as which level it reaches them."""
    found: dict[str, int] = {}
    asked, own_level = line.on_duty(request.assignee), min(level, OVERDUE)
    if asked is not None:
        found[asked] = own_level
    # Somebody who has left the people file reads no mail: the next in line hears of it at once.
    if own_level == OVERDUE or asked is None:
        above = line.stand_in(request.assignee) or line.owner(request.campaign)
        if above is not None:
            found.setdefault(above, own_level)
    if level == ESCALATED and (owner := line.owner(request.campaign)) is not None:
        # Who has heard of it as stand-in is not told again because they own the campaign too.
        found.setdefault(owner, level)
    return found


def _line(session: Session, people: People, now: datetime) -> _Line:
    known = {person.id: person for person in people}

    def today(person_id: str) -> date:
        return local_day(now, known[person_id].calendar.time_zone)

    @cache
    def on_duty(person_id: str) -> str | None:
        return people.on_duty(person_id, today(person_id)).id if person_id in known else None

    @cache
    def stand_in(person_id: str) -> str | None:
        delegate = known[person_id].delegate if person_id in known else None
        return on_duty(delegate) if delegate is not None else None

    @cache
    def owner(campaign: str) -> str | None:
        try:
            stored = stored_campaign(session, campaign)
            return on_duty(people.holder(stored, Role.OWNER, now).id)
        except Refused:
            return None  # one campaign without an owner must not silence the reminders of all others

    return _Line(on_duty, stand_in, owner)


def _keep(session: Session, clock: Clock, due: Mapping[str, list[tuple[str, int]]]) -> list[Reminder]:
    now = clock.now()
    notices = {
        recipient: Notice(
            id=new_id(), key=f"{REMINDER}:{recipient}:{now.isoformat()}", kind=REMINDER, recipient=recipient, at=now
        )
        for recipient in due
    }
    keep_notices(session, clock, list(notices.values()), job=REMINDER_JOB)
    reminders = [
        Reminder(request_id=request_id, level=level, recipient=recipient, at=now, notice_id=notices[recipient].id)
        for recipient, items in due.items()
        for request_id, level in items
    ]
    if reminders:
        session.execute(insert(Reminder), [reminder.model_dump(exclude={"id"}) for reminder in reminders])
    return reminders
