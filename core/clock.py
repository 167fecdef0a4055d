"""What time it is. Everything that decides by time takes a Clock; nothing else reads the system's."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until told to move: the demo's and the tests'."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


def local_day(moment: datetime, time_zone: str) -> date:
    """The calendar day of a moment where somebody lives (daily caps count these, R28)."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
