"""When mails go: in the reader's hours on the reader's working days, and on days that the sender works. Pure."""

import hashlib
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from core.clock import local_day
from core.people import WorkCalendar
from core.working_days import is_working_day

#: Two weeks of holidays in a row exist; a year of them is a calendar gone wrong.
_LOOK_AHEAD_DAYS = 366
_SPREAD = timedelta(minutes=60)


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


def next_chance(
    moment: datetime, *, reader: WorkCalendar | None, sender: WorkCalendar, hours: tuple[int, int],
    used_up: date | None = None,
) -> datetime:  # fmt: skip
    """The first moment from `moment` on inside the reader's hours, on a day that the sender works and has not used up.

    Where nobody knows the reader's clock (None), the sender's counts.
    """
    zone = ZoneInfo(sender.time_zone)
    for _ in range(_LOOK_AHEAD_DAYS):
        moment = next_opening(moment, reader or sender, hours=hours)
        day = local_day(moment, sender.time_zone)
        if is_working_day(day, sender) and (used_up is None or day > used_up):
            return moment
        moment = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(moment.tzinfo)
    raise ValueError(f"the calendars {reader} and {sender} have no day in common within a year")


@lru_cache(maxsize=1024)
def calendar_at(time_zone: str, country: str) -> WorkCalendar | None:
    """Monday to Friday and the public holidays of where a reader lives; None where nobody knows."""
    if not time_zone:
        return None
    try:
        return WorkCalendar(time_zone=time_zone, country=country or None)
    except ValidationError:
        # A country whose holidays nobody has written down.
        return WorkCalendar(time_zone=time_zone)


def spread(message_id: str, *, hours: tuple[int, int]) -> timedelta:
    """How long after the window opens a mail goes, so that not all go on the stroke of the hour: the same mail always
    the same."""
    seconds = min(_SPREAD, timedelta(hours=hours[1] - hours[0]) / 2).total_seconds()
    return timedelta(seconds=int(int.from_bytes(hashlib.sha256(message_id.encode()).digest()[:4]) / 2**32 * seconds))
