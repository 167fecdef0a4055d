"""Messages to one person about what waits for them: reminders of several requests at once, and the daily digest.

Owns who gets a digest, what a notice is about by the time it is sent, and the words. Which reminder is due is the
business of reminders.py; sending the mail is the work of whoever takes the job.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, insert
from sqlmodel import Session, col, select

from approvals.office_hours import is_open, opening_of
from approvals.requests import title_of
from core import jobs
from core.clock import Clock, local_day
from core.models.approvals import Notice, Reminder, Request
from core.models.columns import new_id
from core.people import People, Person

REMINDER, DIGEST = "reminder", "digest"
#: Kinds of the jobs that mail a notice; key: the notice's id, payload: notice, recipient (ids).
REMINDER_JOB, DIGEST_JOB = "reminder.mail", "digest.mail"
OVERDUE = 100
#: A mail names so many requests, and says how many more there are.
MOST_ITEMS = 20
#: A request and the level it was reminded at.
Item = tuple[Request, int]
#: Ids and keys per statement.
_BATCH = 500


@dataclass(frozen=True)
class Agenda:
    """What waits for one person: the most urgent requests, and how many there are in all."""

    requests: Sequence[Request]
    total: int
    overdue: int
    due_today: int


def keep_notices(session: Session, clock: Clock, notices: Sequence[Notice], *, job: str) -> None:
    """Record notices, each with the job that mails it."""
    if notices:
        session.execute(insert(Notice), [notice.model_dump() for notice in notices])
    payloads = {notice.id: {"notice": notice.id, "recipient": notice.recipient} for notice in notices}
    jobs.start_all(session, clock, kind=job, payloads=payloads)


def items_of(session: Session, notice_id: str) -> tuple[Sequence[Item], int]:
    """The most urgent requests of a reminder that still wait, and how many there are in all."""
    about = (
        col(Reminder.notice_id) == notice_id,
        col(Request.status) == "open",
        col(Request.waits_for).is_(None),
        col(Request.paused_at).is_(None),
    )
    join = col(Request.id) == col(Reminder.request_id)
    total = session.exec(select(func.count()).select_from(Reminder).join(Request, join).where(*about)).one()
    query = select(Request, Reminder.level).join(Reminder, join).where(*about)
    rows = session.exec(query.order_by(col(Request.due_at), col(Request.id)).limit(MOST_ITEMS)).all()
    return [(request, level) for request, level in rows], total


def digest(session: Session, clock: Clock, people: People) -> list[Notice]:
    """Record today's digest of everybody whose office is open and for whom something waited when it opened.

    Once per person and local working day. Whoever is away gets none; what waits for them stands in the digest of
    whoever is on duty.
    """
    now = clock.now()
    day_of = {person.id: local_day(now, person.calendar.time_zone) for person in people}
    keys = {
        f"{DIGEST}:{person.id}:{day_of[person.id]}": person
        for person in people
        if not person.is_away(day_of[person.id]) and is_open(now, person.calendar)
    }
    known = _known_keys(session, list(keys))
    oldest = _oldest_question(session) if keys.keys() - known else {}
    notices = []
    for key, person in keys.items():
        asked = [oldest[name] for name in _on_their_desk(people, person, now) if name in oldest]
        # What was asked since the office opened is news, and waits for tomorrow's digest.
        if key not in known and asked and min(asked) <= opening_of(now, person.calendar):
            notices.append(Notice(id=new_id(), key=key, kind=DIGEST, recipient=person.id, at=now))
    keep_notices(session, clock, notices, job=DIGEST_JOB)
    return notices


def agenda(session: Session, people: People, person: Person, now: datetime, *, most: int = MOST_ITEMS) -> Agenda:
    """What waits for a person now, for whom they stand in included: counted all, and the first `most` of it."""
    zone = ZoneInfo(person.calendar.time_zone)
    tomorrow = local_day(now, zone.key) + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time.min, zone).astimezone(UTC)
    theirs = (col(Request.status) == "open", _desk().in_(_on_their_desk(people, person, now)))
    runs, due = col(Request.paused_at).is_(None), col(Request.due_at)

    def count(*more: ColumnElement[bool]) -> int:
        return session.exec(select(func.count()).select_from(Request).where(*theirs, *more)).one()

    query = select(Request).where(*theirs).order_by(due, col(Request.id)).limit(most)
    return Agenda(
        requests=session.exec(query).all(),
        total=count(),
        overdue=count(runs, due <= now),
        due_today=count(runs, due > now, due <= midnight),
    )


def notice_mail(items: Sequence[Item], person: Person, *, total: int | None = None) -> tuple[str, str]:
    """Subject and text of one reminder of one or many requests, times where the reader lives.

    `total` counts what the notice is about where `items` are only the most urgent of it.
    """
    items = sorted(items, key=lambda item: (item[0].due_at, item[0].id))
    total = len(items) if total is None else total
    if total == 1:
        return _single_mail(*items[0], person)
    late = sum(level >= OVERDUE for _, level in items)
    some = f", {late} overdue" if late and late < len(items) and total == len(items) else ""
    subject = f"{total} overdue" if late == total else f"{total} requests wait for you{some}"
    lines = [f"Hello {person.name},", "", f"{total} requests wait for a decision, the most urgent first.", ""]
    lines += [_line(request, person, overdue=level >= OVERDUE) for request, level in items[:MOST_ITEMS]]
    return _mail(subject, [*lines, *_rest(total, len(items)), *_FOOT])


def digest_mail(waiting: Agenda, person: Person, now: datetime) -> tuple[str, str]:
    """Subject and text of the morning's overview."""
    counts = [f"{waiting.total} waiting"]
    counts += [f"{waiting.due_today} due today"] if waiting.due_today else []
    counts += [f"{waiting.overdue} overdue"] if waiting.overdue else []
    summary = ", ".join(counts)
    lines = [f"Hello {person.name},", "", f"Today: {summary}. The most urgent first.", ""]
    for request in waiting.requests[:MOST_ITEMS]:
        lines.append(_line(request, person, overdue=request.paused_at is None and request.due_at <= now))
    return _mail(f"Your day: {summary}", [*lines, *_rest(waiting.total, len(waiting.requests)), *_FOOT])


_FOOT = ("", "To see them: greenroom approvals list")


def _single_mail(request: Request, level: int, person: Person) -> tuple[str, str]:
    title, due = title_of(request), _due(request, person)
    if level < OVERDUE:
        subject, state = f"Waiting for you: {title}", f"It is due by {due}; {level} % of the time has passed."
    else:
        subject, state = f"Overdue: {title}", f"It was due by {due}. It stays open until somebody decides."
    lines = [f"Hello {person.name},", "", f"{title} waits for a decision.", state]
    if person.id != request.assignee:
        lines += [f"It was asked of {request.assignee}; you are written to as their stand-in or as campaign owner."]
    return _mail(subject, [*lines, "", f"Campaign: {request.campaign}", "To see it: greenroom approvals list"])


def _line(request: Request, person: Person, *, overdue: bool) -> str:
    if request.waits_for is not None:
        state = f"a question waits for an answer of {request.waits_for}"
    else:
        state = f"{'OVERDUE, was due' if overdue else 'due'} by {_due(request, person)}"
    asked = f", asked of {request.assignee}" if person.id != request.assignee else ""
    return f"- {title_of(request)}: {state}{asked}, campaign {request.campaign}"


def _due(request: Request, person: Person) -> str:
    zone = person.calendar.time_zone
    return f"{request.due_at.astimezone(ZoneInfo(zone)):%A %d %B %Y, %H:%M} ({zone})"


def _rest(total: int, listed: int) -> list[str]:
    more = total - min(listed, MOST_ITEMS)
    return [f"and {more} more"] if more > 0 else []


def _mail(subject: str, lines: Sequence[str]) -> tuple[str, str]:
    return _one_line(subject), "\n".join(_one_line(line) for line in lines) + "\n"


def _one_line(text: str) -> str:
    # Card titles may hold a creator's own words; a line break among them must not become a mail header.
    return " ".join(text.split())


def _on_their_desk(people: People, person: Person, now: datetime) -> list[str]:
    """The ids of everybody whose requests this person is to answer today: their own, and of those they stand in for."""
    return [
        other.id
        for other in people
        if people.on_duty(other.id, local_day(now, other.calendar.time_zone)).id == person.id
    ]


def _desk() -> ColumnElement[str]:
    """Whoever has to do something next: who owes an answer, else who has to decide."""
    return func.coalesce(col(Request.waits_for), col(Request.assignee))


def _oldest_question(session: Session) -> dict[str, datetime]:
    query = select(_desk(), func.min(col(Request.asked_at))).where(Request.status == "open").group_by(_desk())
    return dict(session.exec(query).all())


def _known_keys(session: Session, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for first in range(0, len(keys), _BATCH):
        found |= set(session.exec(select(Notice.key).where(col(Notice.key).in_(keys[first : first + _BATCH]))))
    return found
