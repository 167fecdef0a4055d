"""When somebody may be disturbed: office hours of the working days of their calendar. Pure: no clock is read."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import Refused
from core.people import WorkCalendar
from core.working_days import is_working_day

#: No office hours in so long means that the calendar has none.
_SEARCH_DAYS = 366


def next_office_moment(moment: datetime, calendar: WorkCalendar) -> datetime:
    """The moment itself where the office is open, else when it opens next; in UTC."""
    if moment.tzinfo is None:
        raise ValueError("moment needs a time zone")
    moment = moment.astimezone(UTC)
    day = moment.astimezone(ZoneInfo(calendar.time_zone)).date()
    for offset in range(_SEARCH_DAYS + 1):
        opens, closes = _office_hours(day + timedelta(days=offset), calendar)
        # Hours that the clocks skip may be all there are.
        reachable = opens < closes and moment < closes
        if reachable and is_working_day(day + timedelta(days=offset), calendar):
            return max(moment, opens)
    raise Refused(
        f"The calendar {calendar.time_zone}, {calendar.country or 'no country'}, has no office hours.",
        next_step="Leave at least one weekday out of its weekend in the people file.",
    )


def is_open(moment: datetime, calendar: WorkCalendar) -> bool:
    return next_office_moment(moment, calendar) == moment


def opening_of(moment: datetime, calendar: WorkCalendar) -> datetime:
    """When the office opens on the local day of a moment, in UTC, whether or not that is a working day."""
    return _office_hours(moment.astimezone(ZoneInfo(calendar.time_zone)).date(), calendar)[0]


def _office_hours(day: date, calendar: WorkCalendar) -> tuple[datetime, datetime]:
    zone = ZoneInfo(calendar.time_zone)
    # An hour that the clocks skip or repeat is read with the offset before the change.
    ends = day + timedelta(days=1) if calendar.closes == 24 else day
    opens = datetime.combine(day, time(calendar.opens), zone).astimezone(UTC)
    return opens, datetime.combine(ends, time(calendar.closes % 24), zone).astimezone(UTC)
