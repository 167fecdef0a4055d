"""Reminding people of what waits for them, at 50, 75 and 100 % of their time. Nothing is ever decided here.

Owns which reminder is due and its words. Sending the mail is the work of whoever takes the job.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlmodel import Session, col

from approvals.requests import title_of
from core import jobs
from core.clock import Clock
from core.errors import Refused
from core.models.approvals import Reminder, Request
from core.people import People, Person, Role
from core.store import stored_campaign

#: Kind of the jobs that this module starts; payload: request, level, recipient (ids).
REMINDER_JOB = "reminder.mail"
OVERDUE = 100


@dataclass(frozen=True)
class _Waiting:
    """What the sweep reads of an open request; cards stay on disk."""

    id: str
    campaign: str
    assignee: str
    second_reminder_at: datetime
    due_at: datetime

    def level(self, now: datetime) -> int:
        if now >= self.due_at:
            return OVERDUE
        return 75 if now >= self.second_reminder_at else 50


def sweep(session: Session, clock: Clock, people: People) -> list[Reminder]:
    """Record every reminder that is due and not yet recorded, each with the job that mails it.

    Of several levels that have passed unseen only the highest is sent. When the time is up, whoever stands in for the
    assignee (else the campaign's owner) is reminded too. What is returned are values, not rows of the session.
    """
    now = clock.now()
    reached = _reached(session)
    escalate = _escalation(session, people)
    reminders = []
    for request in _waiting(session, now):
        level = request.level(now)
        if reached.get(request.id, 0) < level:
            for recipient in _recipients(request, level, escalate, people):
                reminders.append(Reminder(request_id=request.id, level=level, recipient=recipient, at=now))
    _keep(session, clock, reminders)
    return reminders


def reminder_mail(request: Request, level: int, person: Person) -> tuple[str, str]:
    """Subject and text of the reminder of one request to one person, times in their time zone."""
    title = title_of(request)
    zone = person.calendar.time_zone
    due = f"{request.due_at.astimezone(ZoneInfo(zone)):%A %d %B %Y, %H:%M} ({zone})"
    if level < OVERDUE:
        subject, state = f"Waiting for you: {title}", f"It is due by {due}; {level} % of the time has passed."
    else:
        subject, state = f"Overdue: {title}", f"It was due by {due}. It stays open until somebody decides."
    lines = [f"Hello {person.name},", "", f"{title} waits for a decision.", state]
    if person.id != request.assignee:
        lines += [f"It was asked of {request.assignee}; you are written to as their stand-in or as campaign owner."]
    lines += ["", f"Campaign: {request.campaign}", "To see it: greenroom approvals list"]
    return _one_line(subject), "\n".join(_one_line(line) for line in lines) + "\n"


def _waiting(session: Session, now: datetime) -> Iterable[_Waiting]:
    query = (
        select(
            col(Request.id),
            col(Request.campaign),
            col(Request.assignee),
            col(Request.second_reminder_at),
            col(Request.due_at),
        )
        .where(col(Request.status) == "open", col(Request.first_reminder_at) <= now)
        .order_by(col(Request.due_at), col(Request.id))
    )
    return [_Waiting(*row) for row in session.execute(query)]


def _reached(session: Session) -> dict[str, int]:
    """The highest level that each open request was reminded at."""
    query = (
        select(col(Reminder.request_id), func.max(col(Reminder.level)))
        .join(Request, col(Request.id) == col(Reminder.request_id))
        .where(col(Request.status) == "open")
        .group_by(col(Reminder.request_id))
    )
    return dict(session.execute(query).all())


def _recipients(
    request: _Waiting, level: int, escalate: Callable[[str, str], str | None], people: People
) -> Iterable[str]:
    present = any(person.id == request.assignee for person in people)
    recipients = [request.assignee] if present else []
    # Somebody who has left the people file reads no mail: the next in line hears of it at once.
    if level == OVERDUE or not present:
        above = escalate(request.assignee, request.campaign)
        if above is not None and above != request.assignee:
            recipients.append(above)
    return recipients


def _escalation(session: Session, people: People) -> Callable[[str, str], str | None]:
    delegates = {person.id: person.delegate for person in people}

    @cache
    def owner(campaign: str) -> str | None:
        try:
            return people.holder(stored_campaign(session, campaign), Role.OWNER).id
        except Refused:
            return None  # one campaign without an owner must not silence the reminders of all others

    return lambda assignee, campaign: delegates.get(assignee) or owner(campaign)


def _keep(session: Session, clock: Clock, reminders: list[Reminder]) -> None:
    if reminders:
        rows = [reminder.model_dump(exclude={"id"}) for reminder in reminders]
        session.execute(insert(Reminder), rows)
    work = {
        f"{reminder.request_id}:{reminder.level}:{reminder.recipient}": {
            "request": reminder.request_id,
            "level": reminder.level,
            "recipient": reminder.recipient,
        }
        for reminder in reminders
    }
    jobs.start_all(session, clock, kind=REMINDER_JOB, payloads=work)


def _one_line(text: str) -> str:
    # Card titles may hold a creator's own words; a line break among them must not become a mail header.
    return " ".join(text.split())
