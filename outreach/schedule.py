"""When a sender writes: office hours of their own working days. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.clock import local_day
from core.people import WorkCalendar
from core.working_days import is_working_day

#: Two weeks of holidays in a row exist; a year of them is a calendar gone wrong.
_LOOK_AHEAD_DAYS = 366


def is_open(moment: datetime, calendar: WorkCalendar, *, hours: tuple[int, int]) -> bool:
    """Whether mails may go out: from the first hour (inclusive) to the last (exclusive) of a local working day."""
    local = moment.astimezone(ZoneInfo(calendar.time_zone))
    return is_working_day(local.date(), calendar) and hours[0] <= local.hour < hours[1]


def next_opening(
    moment: datetime, calendar: WorkCalendar, *, hours: tuple[int, int], later_day: bool = False
) -> datetime:
    """The first moment from `moment` on when mails may go out; with `later_day` not before tomorrow there."""
    if not later_day and is_open(moment, calendar, hours=hours):
        return moment
    zone = ZoneInfo(calendar.time_zone)
    today = local_day(moment, calendar.time_zone)
    for ahead in range(1 if later_day else 0, _LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        opening = datetime.combine(day, time(hours[0]), tzinfo=zone)
        if opening > moment and is_working_day(day, calendar):
            return opening.astimezone(moment.tzinfo)
    raise ValueError(f"the calendar {calendar} has no working day within a year")
