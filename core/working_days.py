"""Which days somebody works: neither weekend nor public holiday of their calendar. Pure."""

from collections.abc import Container
from datetime import date
from functools import lru_cache

from core.people import WorkCalendar


def is_working_day(day: date, calendar: WorkCalendar) -> bool:
    """Neither weekend nor public holiday."""
    return day.weekday() not in calendar.weekend and day not in _public_holidays(calendar.country, day.year)


@lru_cache(maxsize=256)
def _public_holidays(country: str | None, year: int) -> Container[date]:
    if country is None:
        return frozenset()
    import holidays  # commands that look at no calendar start faster

    # Whole years as plain sets: the library fills its own objects while they are asked, which threads must not share.
    return frozenset(holidays.country_holidays(country, years=year))
