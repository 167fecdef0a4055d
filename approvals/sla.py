"""How long a person has to decide, and when that time is up. Pure: no clock is read, no record touched.

Business time runs through all hours of the working days of whoever decides and stands still on weekends and public
holidays of that calendar, so 48 hours are two business days (R37). A day's hours are those that really pass: a working
day on which the clocks change has 23 or 25.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.campaign import Sla
from core.errors import Refused
from core.people import WorkCalendar
from core.working_days import is_working_day

#: Shares of the time to decide at which somebody is reminded.
LEVELS = (0.5, 0.75, 1.0)
#: No working day in so long means that the calendar has none.
_SEARCH_DAYS = 366


def moments(
    start: datetime, sla: Sla, calendar: WorkCalendar, *, used: timedelta = timedelta(0)
) -> tuple[datetime, datetime, datetime]:
    """When 50, 75 and 100 % of the time have passed, in UTC, where so much of it was used before `start`.

    A level that had passed by then passes at `start`. Raises Refused where the calendar has no working day.
    """
    half, most, due = (moment_at(start, share, sla, calendar, used=used) for share in LEVELS)
    return half, most, due


def due_at(start: datetime, sla: Sla, calendar: WorkCalendar) -> datetime:
    """When the whole time is up, in UTC. Raises Refused where the calendar has no working day."""
    return moment_at(start, LEVELS[-1], sla, calendar)


def moment_at(
    start: datetime, share: float, sla: Sla, calendar: WorkCalendar, *, used: timedelta = timedelta(0)
) -> datetime:
    """When a share of the time (0 to 1) has passed, in UTC."""
    if not 0 <= share <= 1:
        raise ValueError(f"{share} is not a share between 0 and 1")
    return after(start, max(timedelta(0), timedelta(hours=sla.hours) * share - used), sla, calendar)


def after(start: datetime, wait: timedelta, sla: Sla, calendar: WorkCalendar) -> datetime:
    """When so much of the time has passed since a moment, in UTC: what is left of a clock that stood still."""
    if start.tzinfo is None:
        raise ValueError("start needs a time zone")
    if wait < timedelta(0):
        raise ValueError(f"{wait} is not a time to wait")
    start = start.astimezone(UTC)
    return start + wait if sla.clock == "wall" else _after_working_time(start, wait, calendar)


def _after_working_time(start: datetime, wait: timedelta, calendar: WorkCalendar) -> datetime:
    zone = ZoneInfo(calendar.time_zone)
    day = start.astimezone(zone).date()
    here = start
    idle_days = 0
    while idle_days <= _SEARCH_DAYS:
        midnight = _start_of(day + timedelta(days=1), zone)
        if is_working_day(day, calendar):
            idle_days = 0
            if here + wait <= midnight:
                return here + wait
            wait -= midnight - here
        else:
            idle_days += 1
        here, day = midnight, day + timedelta(days=1)
    raise Refused(
        f"The calendar {calendar.time_zone}, {calendar.country or 'no country'}, has no working day.",
        next_step="Leave at least one weekday out of its weekend in the people file.",
    )


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    # Where the clocks skip midnight, the zone reads it with the offset before, which is the moment they change.
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def elapsed(start: datetime, end: datetime, sla: Sla, calendar: WorkCalendar) -> timedelta:
    """How much of the time has passed between two moments; nothing where the end comes first."""
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("both moments need a time zone")
    here, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= here:
        return timedelta(0)
    if sla.clock == "wall":
        return end - here
    zone = ZoneInfo(calendar.time_zone)
    day, passed = here.astimezone(zone).date(), timedelta(0)
    while here < end:
        midnight = _start_of(day + timedelta(days=1), zone)
        if is_working_day(day, calendar):
            passed += min(midnight, end) - here
        here, day = midnight, day + timedelta(days=1)
    return passed
