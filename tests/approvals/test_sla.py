import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.sla import due_at, moment_at
from core.campaign import Sla
from core.errors import Refused
from core.people import WorkCalendar
from core.settings import PROJECT
from core.working_days import is_working_day

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Jerusalem", "America/Havana",
         "Asia/Kathmandu", "Atlantic/Azores", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut"]  # fmt: skip
calendars = st.builds(
    WorkCalendar,
    time_zone=st.sampled_from(ZONES),
    country=st.sampled_from([None, "DE", "US", "GB", "IL", "EG", "JP", "BR", "IN"]),
    weekend=st.sampled_from([(), (5, 6), (4, 5), (6,), (4,)]),
)
moments = st.integers(0, 9 * 365 * 86_400).map(
    lambda second: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
business = st.builds(Sla, hours=st.integers(1, 72), clock=st.just("business"))
BERLIN = WorkCalendar(time_zone="Europe/Berlin", country="DE")


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (berlin(2026, 11, 16, 10, 0), berlin(2026, 11, 18, 10, 0)),  # Monday to Wednesday
        (berlin(2026, 11, 20, 10, 0), berlin(2026, 11, 24, 10, 0)),  # over a weekend
        (berlin(2026, 11, 21, 15, 0), berlin(2026, 11, 25, 0, 0)),  # asked on a Saturday: from Monday on
        (berlin(2026, 12, 23, 9, 0), berlin(2026, 12, 28, 9, 0)),  # 25 and 26 December are holidays
        (berlin(2026, 3, 27, 12, 0), berlin(2026, 3, 31, 12, 0)),  # the clocks change on the Sunday between
        (berlin(2028, 2, 28, 8, 0), berlin(2028, 3, 1, 8, 0)),  # 29 February is a working Tuesday
    ],
)
def test_48_hours_are_two_business_days(asked: datetime, due: datetime) -> None:
    assert due_at(asked, Sla(hours=48), BERLIN) == due


def test_time_runs_to_the_very_end_of_the_last_working_day() -> None:
    assert due_at(berlin(2026, 11, 20, 0, 0), Sla(hours=24), BERLIN) == berlin(2026, 11, 21, 0, 0)


def test_the_wall_clock_knows_no_weekend() -> None:
    sla = Sla(hours=72, clock="wall")
    asked = berlin(2026, 11, 20, 10, 0)
    assert due_at(asked, sla, BERLIN) == asked.astimezone(UTC) + timedelta(hours=72)
    assert moment_at(asked, 0.5, sla, BERLIN) == asked.astimezone(UTC) + timedelta(hours=36)


def test_a_working_day_on_which_the_clocks_change_has_the_hours_that_pass() -> None:
    israel = WorkCalendar(time_zone="Asia/Jerusalem", weekend=(4, 5))
    sunday = datetime(2026, 10, 25, tzinfo=ZoneInfo("Asia/Jerusalem"))  # 25 hours, and a working day there
    assert due_at(sunday, Sla(hours=25), israel) == datetime(2026, 10, 26, tzinfo=ZoneInfo("Asia/Jerusalem"))


def test_where_the_clocks_skip_midnight_the_day_starts_an_hour_later() -> None:
    cairo = WorkCalendar(time_zone="Africa/Cairo", weekend=(5, 6))
    thursday = datetime(2026, 4, 23, 22, 0, tzinfo=ZoneInfo("Africa/Cairo"))
    assert due_at(thursday, Sla(hours=3), cairo) == datetime(2026, 4, 24, 2, 0, tzinfo=ZoneInfo("Africa/Cairo"))


def test_half_of_a_friday_question_is_reached_on_monday() -> None:
    assert moment_at(berlin(2026, 11, 20, 10, 0), 0.5, Sla(), BERLIN) == berlin(2026, 11, 23, 10, 0)
    assert moment_at(berlin(2026, 11, 20, 10, 0), 0.75, Sla(), BERLIN) == berlin(2026, 11, 23, 22, 0)


def test_a_calendar_without_working_days_is_refused() -> None:
    calendar = WorkCalendar.model_construct(time_zone="UTC", country=None, weekend=tuple(range(7)))
    with pytest.raises(Refused, match="no working day"):
        due_at(berlin(2026, 11, 20, 10, 0), Sla(), calendar)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_0_to_1_is_a_bug(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        moment_at(berlin(2026, 11, 20, 10, 0), share, Sla(), BERLIN)


def test_a_time_without_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_at(datetime(2026, 11, 20), Sla(), BERLIN)  # noqa: DTZ001


@settings(max_examples=150, deadline=None, derandomize=True)
@given(moments, business, calendars)
def test_exactly_the_asked_hours_of_working_time_lie_between(asked: datetime, sla: Sla, calendar: WorkCalendar) -> None:
    due = due_at(asked, sla, calendar)
    assert _working_minutes(asked, due, calendar) == pytest.approx(sla.hours * 60, abs=1)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(moments, business, calendars)
def test_due_lies_in_a_working_day_or_on_its_last_edge(asked: datetime, sla: Sla, calendar: WorkCalendar) -> None:
    zone = ZoneInfo(calendar.time_zone)
    due = due_at(asked, sla, calendar)
    here, before = due.astimezone(zone), (due - timedelta(microseconds=1)).astimezone(zone)
    assert is_working_day(here.date(), calendar) or is_working_day(before.date(), calendar)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(moments, st.timedeltas(timedelta(0), timedelta(days=12)), business, calendars)
def test_who_is_asked_later_is_never_due_earlier(
    asked: datetime, later: timedelta, sla: Sla, calendar: WorkCalendar
) -> None:
    assert due_at(asked, sla, calendar) <= due_at(asked + later, sla, calendar)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(moments, st.lists(st.floats(0, 1), min_size=2, max_size=5), business, calendars)
def test_a_larger_share_is_never_earlier(
    asked: datetime, shares: list[float], sla: Sla, calendar: WorkCalendar
) -> None:
    found = [moment_at(asked, share, sla, calendar) for share in sorted(shares)]
    assert found == sorted(found)
    assert asked <= found[0]
    assert found[-1] <= due_at(asked, sla, calendar)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(moments, business, calendars)
def test_the_clock_of_business_never_runs_faster_than_that_of_the_wall(
    asked: datetime, sla: Sla, calendar: WorkCalendar
) -> None:
    wall = due_at(asked, Sla(hours=sla.hours, clock="wall"), calendar)
    assert wall <= due_at(asked, sla, calendar)


def test_looking_at_no_calendar_does_not_load_the_holidays() -> None:
    code = "import sys, approvals.sla, outreach.schedule; print('holidays' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout == "False\n"


def test_a_holiday_of_another_country_does_not_stop_the_clock() -> None:
    thanksgiving = date(2026, 11, 26)
    assert is_working_day(thanksgiving, BERLIN)
    assert not is_working_day(thanksgiving, WorkCalendar(time_zone="America/New_York", country="US"))


def _working_minutes(start: datetime, end: datetime, calendar: WorkCalendar) -> int:
    """Counted minute by minute in local time: slow, and nothing like the code under test."""
    zone = ZoneInfo(calendar.time_zone)
    minute, count = start, 0
    while minute < end:
        count += is_working_day(minute.astimezone(zone).date(), calendar)
        minute += timedelta(minutes=1)
    return count
