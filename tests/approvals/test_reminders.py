from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import select, update

from approvals.reminders import ESCALATED, QUIET, REMINDER_JOB, sweep
from approvals.service import Question, ask, void
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Notice, Reminder, Request
from core.models.jobs import Job
from core.people import Absence, People
from core.store import keep_campaign

Ask = Callable[..., Question]
Decide = Callable[..., Request]
Sweep = Callable[[], list[tuple[int, str]]]


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """What is due does not depend on the database; test_sweep.py tries both."""
    return sqlite_engine


def stockholm(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Stockholm"))


def until(clock: FixedClock, moment: datetime) -> None:
    clock.advance(moment - clock.now())


@pytest.fixture
def swept(engine: Engine, clock: FixedClock, people: People) -> Sweep:
    """Sweeps and tells (level, recipient) of what was recorded."""

    def run() -> list[tuple[int, str]]:
        with unit_of_work(engine) as session:
            return [(reminder.level, reminder.recipient) for reminder in sweep(session, clock, people)]

    return run


def test_each_level_is_reminded_once_and_in_office_hours(clock: FixedClock, asked: Request, swept: Sweep) -> None:
    assert swept() == []
    for moment, expected in [
        (asked.first_reminder_at, [(50, "rosa")]),  # Monday 10:30
        (stockholm(24, 9), [(75, "rosa")]),  # reached at 22:30 the evening before
        (stockholm(24, 11), [(100, "rosa"), (100, "omar")]),  # due at 10:30, but rosa was reminded at 9:00
    ]:
        until(clock, moment - timedelta(microseconds=1))
        late = swept()
        assert late == [(100, "omar")] * (moment == stockholm(24, 11))  # omar stands in for rosa and was not disturbed
        until(clock, moment)
        assert swept() == [one for one in expected if one not in late]
        assert swept() == []
    clock.advance(timedelta(hours=12))
    assert swept() == []


def test_a_time_that_is_up_at_night_is_told_when_the_office_opens(
    clock: FixedClock, asked: Request, swept: Sweep
) -> None:
    until(clock, stockholm(24, 18))
    assert swept() == []
    until(clock, stockholm(25, 8, 59))
    assert swept() == []
    until(clock, stockholm(25, 9))
    assert swept() == [(100, "rosa"), (100, "omar")]


def test_what_is_due_within_two_hours_of_a_reminder_joins_the_next(
    engine: Engine, clock: FixedClock, asked: Request, question: Ask, swept: Sweep
) -> None:
    for number in (2, 3):
        clock.advance(timedelta(minutes=30))
        with unit_of_work(engine) as session:
            ask(session, clock, question(subject=f"candidate:{number}"))
    until(clock, asked.first_reminder_at)
    assert swept() == [(50, "rosa")]
    clock.advance(QUIET - timedelta(seconds=1))
    assert swept() == []
    clock.advance(timedelta(seconds=1))
    assert swept() == [(50, "rosa"), (50, "rosa")]
    with reading(engine) as session:
        assert len(session.exec(select(Notice)).all()) == 2
        assert len(session.exec(select(Reminder.notice_id).distinct()).all()) == 2


@pytest.mark.parametrize("stopped", [{"waits_for": "omar"}, {"paused_at": stockholm(20, 11)}])
def test_a_clock_that_stands_still_reminds_nobody(
    engine: Engine, clock: FixedClock, asked: Request, swept: Sweep, stopped: dict[str, object]
) -> None:
    with unit_of_work(engine) as session:
        session.exec(update(Request).values(**stopped))
    until(clock, stockholm(24, 11))
    assert swept() == []
    with unit_of_work(engine) as session:
        session.exec(update(Request).values(waits_for=None, paused_at=None))
    assert swept() == [(100, "rosa"), (100, "omar")]


def test_the_owner_hears_of_it_at_half_the_time_again(
    engine: Engine, clock: FixedClock, asked: Request, campaign: Campaign, swept: Sweep
) -> None:
    with unit_of_work(engine) as session:
        keep_campaign(session, clock, campaign)
    until(clock, asked.due_at)
    assert swept() == [(100, "rosa"), (100, "omar")]
    until(clock, asked.due_at + timedelta(hours=24, microseconds=-1))
    assert swept() == []
    clock.advance(timedelta(microseconds=1))
    assert swept() == [(ESCALATED, "olivia")]
    clock.advance(timedelta(days=7))
    assert swept() == []


def test_whoever_is_away_is_stood_in_for(
    engine: Engine, clock: FixedClock, people: People, campaign: Campaign, asked: Request
) -> None:
    away = (Absence.model_validate({"from": date(2026, 11, 23), "until": date(2026, 11, 23)}),)
    absent = People({person.id: person.model_copy(update={"away": away if person.id == "rosa" else ()})
                     for person in people})  # fmt: skip

    def swept() -> list[tuple[int, str]]:
        with unit_of_work(engine) as session:
            return [(reminder.level, reminder.recipient) for reminder in sweep(session, clock, absent)]

    until(clock, asked.first_reminder_at)
    assert swept() == [(50, "omar")]
    until(clock, stockholm(24, 9))
    assert swept() == [(75, "rosa")]


def test_of_levels_passed_unseen_only_the_highest_is_sent(clock: FixedClock, asked: Request, swept: Sweep) -> None:
    clock.advance(asked.due_at - clock.now())
    assert swept() == [(100, "rosa"), (100, "omar")]


def test_each_notice_comes_with_the_job_that_mails_it(
    engine: Engine, clock: FixedClock, asked: Request, question: Ask, swept: Sweep
) -> None:
    with unit_of_work(engine) as session:
        ask(session, clock, question(subject="candidate:2"))
    until(clock, asked.due_at)
    assert len(swept()) == 4
    with reading(engine) as session:
        jobs = {job.key: job.payload for job in session.exec(select(Job).where(Job.kind == REMINDER_JOB))}
        notices = session.exec(select(Notice)).all()
        pointing = session.exec(select(Reminder.notice_id, Reminder.recipient)).all()
    assert jobs == {notice.id: {"notice": notice.id, "recipient": notice.recipient} for notice in notices}
    assert sorted(notice.recipient for notice in notices) == ["omar", "rosa"]
    assert sorted(pointing) == sorted((notice.id, notice.recipient) for notice in notices for _ in range(2))


def test_nobody_is_reminded_of_what_is_settled(
    engine: Engine, clock: FixedClock, asked: Request, question: Ask, decided: Decide, swept: Sweep
) -> None:
    decided(asked)
    with unit_of_work(engine) as session:
        ask(session, clock, question(subject="candidate:2"))
        void(session, clock, kind="candidate", subject="candidate:2", why="left")
    clock.advance(timedelta(days=30))
    assert swept() == []


def test_without_a_stand_in_the_campaign_owner_hears_of_it(
    engine: Engine, clock: FixedClock, question: Ask, campaign: Campaign, swept: Sweep
) -> None:
    with unit_of_work(engine) as session:
        keep_campaign(session, clock, campaign)
        request = ask(session, clock, question(assignee="sofia"))
    clock.advance(request.due_at - clock.now())
    assert swept() == [(100, "sofia"), (100, "olivia")]


def test_a_campaign_nobody_knows_silences_no_reminder(
    engine: Engine, clock: FixedClock, question: Ask, swept: Sweep
) -> None:
    with unit_of_work(engine) as session:
        request = ask(session, clock, question(assignee="sofia", campaign="lost"))
    clock.advance(request.due_at - clock.now())
    assert swept() == [(100, "sofia")]


def test_when_the_assignee_has_left_the_owner_is_reminded_from_the_first_level(
    engine: Engine, clock: FixedClock, people: People, question: Ask, campaign: Campaign, swept: Sweep
) -> None:
    left = people.named("rosa").model_copy(update={"id": "gone"})
    with unit_of_work(engine) as session:
        keep_campaign(session, clock, campaign)
        request = ask(session, clock, question())
        request.assignee = left.id
        session.add(request)
    clock.advance(request.first_reminder_at - clock.now())
    assert swept() == [(50, "olivia")]
