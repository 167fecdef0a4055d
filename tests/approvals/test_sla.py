import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.office_hours import next_office_moment
from approvals.sla import after, due_at, elapsed, moment_at
from core.campaign import Sla
from core.errors import Refused
from core.people import WorkCalendar
from core.settings import PROJECT
from core.working_days import is_working_day

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Jerusalem", "America/Havana",
         "Asia/Kathmandu", "Atlantic/Azores", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut"]  # fmt: skip
#: Where weekends, holidays and the change of the clocks differ.
OFFICES = [
    WorkCalendar(time_zone="Europe/Berlin", country="DE"),
    WorkCalendar(time_zone="America/New_York", country="US"),
    WorkCalendar(time_zone="Asia/Dubai", country="AE", weekend=(4, 5)),
    WorkCalendar(time_zone="Asia/Dubai", country="AE"),
    WorkCalendar(time_zone="Europe/Stockholm", country="SE"),
    WorkCalendar(time_zone="Asia/Tokyo", country="JP"),
    WorkCalendar(time_zone="Australia/Lord_Howe", country="AU"),
    # Works on the days on which the clocks change, in the hours that they skip or repeat.
    WorkCalendar(time_zone="Europe/Berlin", weekend=(), opens=2, closes=3),
    WorkCalendar(time_zone="Australia/Lord_Howe", weekend=(), opens=0, closes=24),
    WorkCalendar(time_zone="Africa/Cairo", weekend=(), opens=0, closes=1),
]
calendars = st.sampled_from(OFFICES) | st.builds(
    WorkCalendar,
    time_zone=st.sampled_from(ZONES),
    country=st.sampled_from([None, "DE", "US", "GB", "IL", "EG", "JP", "BR", "IN"]),
    weekend=st.sampled_from([(), (5, 6), (4, 5), (6,), (4,)]),
)
moments = st.integers(0, 9 * 365 * 86_400).map(
    lambda second: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
#: Around what is rare: changes of the clocks (28 March, 24 October and the like), leap days, the turn of the year.
rare = st.builds(
    lambda day, second: datetime(*day, tzinfo=UTC) + timedelta(seconds=second),  # type: ignore[misc]
    st.sampled_from([(2026, 3, 7), (2026, 3, 28), (2026, 4, 4), (2026, 10, 3), (2026, 10, 24), (2026, 10, 31),
                     (2026, 12, 24), (2026, 4, 23), (2028, 2, 28), (2024, 2, 29), (2027, 12, 31)]),
    st.integers(0, 2 * 86_400),
)  # fmt: skip
any_moment = moments | rare
slas = st.builds(Sla, hours=st.integers(1, 72), clock=st.sampled_from(["business", "wall"]))
waits = st.timedeltas(timedelta(0), timedelta(hours=108))
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


@settings(max_examples=100, deadline=None, derandomize=True)
@given(moments, business, calendars)
def test_exactly_the_asked_hours_of_working_time_lie_between(asked: datetime, sla: Sla, calendar: WorkCalendar) -> None:
    due = due_at(asked, sla, calendar)
    assert _working_minutes(asked, due, calendar) == pytest.approx(sla.hours * 60, abs=1)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(moments, business, calendars)
def test_due_lies_in_a_working_day_or_on_its_last_edge(asked: datetime, sla: Sla, calendar: WorkCalendar) -> None:
    zone = ZoneInfo(calendar.time_zone)
    due = due_at(asked, sla, calendar)
    here, before = due.astimezone(zone), (due - timedelta(microseconds=1)).astimezone(zone)
    assert is_working_day(here.date(), calendar) or is_working_day(before.date(), calendar)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(moments, st.timedeltas(timedelta(0), timedelta(days=12)), business, calendars)
def test_who_is_asked_later_is_never_due_earlier(
    asked: datetime, later: timedelta, sla: Sla, calendar: WorkCalendar
) -> None:
    assert due_at(asked, sla, calendar) <= due_at(asked + later, sla, calendar)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(moments, st.lists(st.floats(0, 1), min_size=2, max_size=5), business, calendars)
def test_a_larger_share_is_never_earlier(
    asked: datetime, shares: list[float], sla: Sla, calendar: WorkCalendar
) -> None:
    found = [moment_at(asked, share, sla, calendar) for share in sorted(shares)]
    assert found == sorted(found)
    assert asked <= found[0]
    assert found[-1] <= due_at(asked, sla, calendar)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(moments, business, calendars)
def test_the_clock_of_business_never_runs_faster_than_that_of_the_wall(
    asked: datetime, sla: Sla, calendar: WorkCalendar
) -> None:
    wall = due_at(asked, Sla(hours=sla.hours, clock="wall"), calendar)
    assert wall <= due_at(asked, sla, calendar)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(any_moment, waits, slas, calendars)
def test_the_time_that_passed_until_a_moment_is_the_time_that_was_waited(
    start: datetime, wait: timedelta, sla: Sla, calendar: WorkCalendar
) -> None:
    assert elapsed(start, after(start, wait, sla, calendar), sla, calendar) == wait


@settings(max_examples=100, deadline=None, derandomize=True)
@given(any_moment, waits, waits, slas, calendars)
def test_a_clock_that_was_stopped_and_started_again_ends_when_one_does_that_ran_through(
    start: datetime, one: timedelta, other: timedelta, sla: Sla, calendar: WorkCalendar
) -> None:
    assert after(after(start, one, sla, calendar), other, sla, calendar) == after(start, one + other, sla, calendar)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(any_moment, any_moment, any_moment, slas, calendars)
def test_time_that_passes_in_parts_adds_up_and_never_runs_backwards(
    one: datetime, two: datetime, three: datetime, sla: Sla, calendar: WorkCalendar
) -> None:
    first, second, third = sorted([one, two, three])
    last = min(third, first + timedelta(days=60))
    second = min(second, last)
    parts = elapsed(first, second, sla, calendar) + elapsed(second, last, sla, calendar)
    assert parts == elapsed(first, last, sla, calendar) <= last - first
    assert elapsed(last, first, sla, calendar) == timedelta(0)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(any_moment, business, calendars)
def test_nothing_is_due_on_a_free_day_but_at_the_midnight_that_ends_a_working_one(
    asked: datetime, sla: Sla, calendar: WorkCalendar
) -> None:
    due = due_at(asked, sla, calendar).astimezone(ZoneInfo(calendar.time_zone))
    if not is_working_day(due.date(), calendar):
        before = (due.astimezone(UTC) - timedelta(microseconds=1)).astimezone(ZoneInfo(calendar.time_zone))
        assert before.date() < due.date()
        assert is_working_day(before.date(), calendar)


@given(any_moment, st.integers(1, 72), calendars)
def test_the_wall_clock_is_exact_everywhere(asked: datetime, hours: int, calendar: WorkCalendar) -> None:
    assert due_at(asked, Sla(hours=hours, clock="wall"), calendar) - asked == timedelta(hours=hours)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(any_moment, calendars)
def test_an_office_moment_is_the_first_in_office_hours(moment: datetime, calendar: WorkCalendar) -> None:
    found = next_office_moment(moment, calendar)
    assert found >= moment
    assert _at_work(found, calendar)
    assert found == moment or not _at_work(moment, calendar)
    assert next_office_moment(found, calendar) == found
    assert found == moment or not _at_work(found - timedelta(seconds=1), calendar)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (berlin(2026, 11, 20, 8, 59), berlin(2026, 11, 20, 9)),
        (berlin(2026, 11, 20, 17, 59), berlin(2026, 11, 20, 17, 59)),
        (berlin(2026, 11, 20, 18), berlin(2026, 11, 23, 9)),  # a Friday evening
        (berlin(2026, 12, 24, 19), berlin(2026, 12, 28, 9)),  # two holidays and a Sunday
        (berlin(2026, 3, 27, 20), berlin(2026, 3, 30, 9)),  # the clocks change on the Sunday between
    ],
)
def test_the_office_opens_on_working_days(moment: datetime, expected: datetime) -> None:
    assert next_office_moment(moment, BERLIN) == expected


def test_an_office_without_working_days_is_refused() -> None:
    calendar = WorkCalendar.model_construct(time_zone="UTC", country=None, weekend=tuple(range(7)), opens=9, closes=18)
    with pytest.raises(Refused, match="no office hours"):
        next_office_moment(berlin(2026, 11, 20, 10, 0), calendar)


@pytest.mark.parametrize("wait", [timedelta(microseconds=-1)])
def test_nobody_waits_for_less_than_no_time(wait: timedelta) -> None:
    with pytest.raises(ValueError, match="not a time to wait"):
        after(berlin(2026, 11, 20, 10, 0), wait, Sla(), BERLIN)


def test_time_between_moments_without_zone_is_a_bug() -> None:
    for call in (lambda naive: elapsed(naive, naive, Sla(), BERLIN), lambda naive: next_office_moment(naive, BERLIN)):
        with pytest.raises(ValueError, match="time zone"):
            call(datetime(2026, 11, 20))  # noqa: DTZ001


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


def _at_work(moment: datetime, calendar: WorkCalendar) -> bool:
    """Told by the clock on the wall there, unlike the code under test."""
    here = moment.astimezone(ZoneInfo(calendar.time_zone))
    return is_working_day(here.date(), calendar) and calendar.opens <= here.hour < calendar.closes
