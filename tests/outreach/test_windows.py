"""Mails go when it is day where the creator lives, on days that the sender works."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.models.outreach import Message
from core.people import People, WorkCalendar
from outreach import schedule
from outreach.service import SendReport, send_due
from tests.outreach.conftest import PEPPER
from tests.outreach.servers import Scripted

InviteAll = Callable[..., None]
BERLIN = WorkCalendar(time_zone="Europe/Berlin", country="DE")
HOURS = (9, 18)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def live_in(session: Session, number: int, zone: str, country: str) -> None:
    message = session.get_one(Message, number)
    message.time_zone, message.country, message.not_before, message.answer_by = zone, country, None, None
    session.add(message)


@pytest.fixture
def abroad(engine: Engine, invite_all: InviteAll) -> Engine:
    """Mails to Berlin, New York, Tokyo, and to somebody of whom nobody knows where they live."""
    invite_all(engine, 4)
    with unit_of_work(engine) as session:
        for number, place in enumerate((("Europe/Berlin", "DE"), ("America/New_York", "US"), ("Asia/Tokyo", "JP"),
                                        ("", "")), start=1):  # fmt: skip
            live_in(session, number, *place)
    return engine


@pytest.fixture
def send(abroad: Engine, clock: FixedClock, campaign: Campaign, people: People) -> Callable[..., SendReport]:
    def at_moment(moment: str, **more: object) -> SendReport:
        clock.advance(at(moment) - clock.now())
        return send_due(abroad, clock, Scripted(), campaign, people, pepper=PEPPER, **more)  # type: ignore[arg-type]

    return at_moment


def test_each_mail_goes_in_the_hours_of_its_reader(send: Callable[..., SendReport]) -> None:
    # Monday is a holiday in Japan (Labour Thanksgiving), and Thursday in the United States.
    assert send("2026-11-23T00:30").sent == ()
    found = send("2026-11-23T07:59")
    assert (found.sent, found.next_at) == ((), at("2026-11-23T08:00"))
    assert found.left_because == "it is outside the office hours of Sofia Marin"
    found = send("2026-11-23T08:00")
    assert (found.sent, found.next_at) == ((1, 4), at("2026-11-23T14:00"))
    assert found.left_because == "it is outside the hours of creators in America/New_York"
    assert send("2026-11-23T13:59").sent == ()
    found = send("2026-11-23T22:59")
    assert (found.sent, found.next_at) == ((2,), at("2026-11-24T00:00"))
    assert send("2026-11-24T00:00").sent == (3,)


def test_the_senders_own_weekend_counts_as_well(send: Callable[..., SendReport]) -> None:
    # Friday afternoon in New York, Saturday in Berlin; then Monday in Tokyo, still Sunday in Berlin.
    assert send("2026-11-20T23:30").sent == ()
    assert send("2026-11-29T23:30").sent == ()
    assert send("2026-11-30T00:30").sent == (3,)  # Monday in both


def test_at_any_hour_means_at_any_hour(send: Callable[..., SendReport]) -> None:
    assert send("2026-11-22T03:00", ignore_window=True).sent == (1, 2, 3, 4)


def test_the_cap_counts_the_senders_day_when_the_readers_window_lies_across_its_midnight(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    few = campaign.model_copy(update={"outreach": campaign.outreach.model_copy(update={"daily_cap": 2})})
    invite_all(engine, 5)
    with unit_of_work(engine) as session:
        for number in range(1, 6):
            live_in(session, number, "America/Los_Angeles", "US")

    def send(moment: str) -> SendReport:
        clock.advance(at(moment) - clock.now())
        return send_due(engine, clock, Scripted(), few, people, pepper=PEPPER)

    first = send("2026-11-23T22:58")  # 23:58 in Berlin, 14:58 in Los Angeles
    assert (first.sent, first.next_at) == ((1, 2), at("2026-11-23T23:00"))
    assert first.left_because == "Sofia Marin has sent all 2 mails of the day"
    assert send("2026-11-23T22:59").sent == ()
    assert send("2026-11-23T23:00").sent == (3, 4)
    # A clock that is set back gives no further slots, of neither day.
    assert send("2026-11-23T22:30").sent == ()
    assert send("2026-11-23T23:30").sent == ()
    last = send("2026-11-24T02:30")
    assert (last.sent, last.next_at) == ((), at("2026-11-24T23:00"))


def test_a_clock_set_back_an_hour_sends_nothing_twice(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 4)
    mailer = Scripted()
    assert len(send_due(engine, clock, mailer, campaign, people, pepper=PEPPER, limit=2).sent) == 2
    clock.advance(-timedelta(hours=1))
    assert len(send_due(engine, clock, mailer, campaign, people, pepper=PEPPER).sent) == 2
    assert len(set(mailer.taken)) == len(mailer.taken) == 4


@pytest.mark.parametrize(
    ("moment", "reader", "chance"),
    [
        ("2026-11-20T16:00", ("America/New_York", "US"), "2026-11-20T16:00"),
        ("2026-11-20T23:30", ("America/New_York", "US"), "2026-11-23T14:00"),  # Saturday in Berlin by then
        ("2026-11-25T23:30", ("America/New_York", "US"), "2026-11-27T14:00"),  # Thanksgiving
        ("2026-03-27T17:30", ("Europe/London", "GB"), "2026-03-27T17:30"),
        ("2026-03-27T18:00", ("Europe/London", "GB"), "2026-03-30T08:00"),  # clocks went forward in between
        ("2026-10-23T17:00", ("Europe/London", "GB"), "2026-10-26T09:00"),  # and back
        ("2026-12-24T12:00", ("Asia/Dubai", "AE"), "2026-12-24T12:00"),
        ("2026-12-24T17:00", ("Asia/Dubai", "AE"), "2026-12-28T05:00"),  # the sender's Christmas
        ("2026-11-20T09:30", ("Antarctica/Troll", "AQ"), "2026-11-20T09:30"),  # nobody knows its holidays
    ],
)
def test_the_next_chance_is_a_moment_that_suits_both(moment: str, reader: tuple[str, str], chance: str) -> None:
    found = schedule.next_chance(at(moment), reader=schedule.calendar_at(*reader), sender=BERLIN, hours=HOURS)
    assert found == at(chance)
    assert schedule.next_chance(found, reader=schedule.calendar_at(*reader), sender=BERLIN, hours=HOURS) == found


def test_mails_are_spread_over_the_first_hour_and_the_same_one_always_goes_at_the_same_moment() -> None:
    times = [schedule.spread(f"<gr.{number}@example.com>", hours=HOURS) for number in range(200)]
    assert times == [schedule.spread(f"<gr.{number}@example.com>", hours=HOURS) for number in range(200)]
    assert min(times) < timedelta(minutes=5)
    assert timedelta(minutes=55) < max(times) < timedelta(minutes=60)
    assert len(set(times)) > 150


def test_what_is_written_at_night_goes_spread_over_the_morning(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    clock.advance(at("2026-11-22T23:00") - clock.now())
    invite_all(engine, 5)
    with unit_of_work(engine) as session:
        times = sorted(mail.not_before or clock.now() for mail in session.exec(select(Message)))
    assert at("2026-11-23T08:00") <= times[0] < times[-1] < at("2026-11-23T09:00")
    clock.advance(at("2026-11-23T08:00") - clock.now() - timedelta(minutes=1))
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    assert (report.sent, report.next_at) == ((), times[0])
    assert len(send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, ignore_window=True).sent) == 5
