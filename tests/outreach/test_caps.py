from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading
from core.errors import PermanentError
from core.people import People, WorkCalendar
from outreach import schedule
from outreach.service import send_due, status
from tests.outreach.conftest import PEPPER
from tests.outreach.servers import Scripted

InviteAll = Callable[..., None]
BERLIN = WorkCalendar(time_zone="Europe/Berlin", country="DE")
HOURS = (9, 18)


def test_the_cap_is_exact_across_midnight_of_the_sender(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    few = campaign.model_copy(update={"outreach": campaign.outreach.model_copy(update={"daily_cap": 3})})
    invite_all(engine, 10)
    mailer = Scripted(PermanentError("no such user"))
    clock.advance(datetime(2026, 11, 23, 22, 58, tzinfo=UTC) - clock.now())  # 23:58 in Berlin
    report = send_due(engine, clock, mailer, few, people, pepper=PEPPER, ignore_window=True)
    assert (len(report.failed), len(report.sent), report.left) == (1, 3, 6)
    assert report.left_because == "Sofia Marin has sent all 3 mails of the day"
    assert report.next_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    clock.advance(timedelta(minutes=1))
    assert send_due(engine, clock, mailer, few, people, pepper=PEPPER, ignore_window=True).sent == ()
    clock.advance(timedelta(minutes=1))
    assert len(send_due(engine, clock, mailer, few, people, pepper=PEPPER, ignore_window=True).sent) == 3
    assert send_due(engine, clock, mailer, few, people, pepper=PEPPER, ignore_window=True).sent == ()
    with reading(engine) as session:
        assert sorted(status(session, few.slug).slots.values()) == [3, 3]


def test_the_cap_counts_a_day_of_25_hours_once(
    sqlite_engine: Engine, campaign: Campaign, people: People, invite_all: InviteAll, clock: FixedClock
) -> None:
    few = campaign.model_copy(update={"outreach": campaign.outreach.model_copy(update={"daily_cap": 2})})
    # Clocks in Berlin go back on 25 October 2026: its day runs from 22:00 UTC to 23:00 UTC of the next.
    clock.advance(datetime(2026, 10, 24, 22, 0, tzinfo=UTC) - clock.now())
    invite_all(sqlite_engine, 6)
    sent = []
    for hours in (0, 1, 2, 20, 3):
        clock.advance(timedelta(hours=hours) - timedelta(minutes=1 if hours == 3 else 0))
        mailer = Scripted()
        sent.append(len(send_due(sqlite_engine, clock, mailer, few, people, pepper=PEPPER, ignore_window=True).sent))
    assert sent == [2, 0, 0, 0, 2]
    assert clock.now() == datetime(2026, 10, 25, 23, 59, tzinfo=UTC)


def test_nothing_goes_out_outside_office_hours(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 1)
    clock.advance(datetime(2026, 11, 21, 10, 0, tzinfo=UTC) - clock.now())  # a Saturday
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    assert (report.sent, report.left) == ((), 1)
    assert report.left_because == "it is outside the office hours of Sofia Marin"
    assert report.next_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert len(send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, ignore_window=True).sent) == 1


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-20T09:30", "2026-11-20T09:30"),  # a Friday in office hours
        ("2026-11-20T07:59", "2026-11-20T08:00"),
        ("2026-11-20T17:00", "2026-11-23T08:00"),  # 18:00 in Berlin: closed
        ("2026-12-24T17:30", "2026-12-28T08:00"),  # Christmas, then a weekend
        ("2026-03-27T18:00", "2026-03-30T07:00"),  # clocks went forward in between
    ],
)
def test_office_hours_follow_the_senders_calendar(moment: str, opening: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert schedule.next_opening(at, BERLIN, hours=HOURS) == datetime.fromisoformat(opening).replace(tzinfo=UTC)
    assert schedule.is_open(at, BERLIN, hours=HOURS) == (moment == opening)


def test_a_full_day_opens_on_the_next(clock: FixedClock) -> None:
    found = schedule.next_opening(clock.now(), BERLIN, hours=HOURS, later_day=True)
    assert found == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
