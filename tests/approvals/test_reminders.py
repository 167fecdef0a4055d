from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from approvals.reminders import REMINDER_JOB, reminder_mail, sweep
from approvals.service import Question, ask, void
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Request
from core.models.jobs import Job
from core.people import People
from core.store import keep_campaign

Ask = Callable[..., Question]
Decide = Callable[..., Request]
Sweep = Callable[[], list[tuple[int, str]]]


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """What is due does not depend on the database; test_sweep.py tries both."""
    return sqlite_engine


@pytest.fixture
def swept(engine: Engine, clock: FixedClock, people: People) -> Sweep:
    """Sweeps and tells (level, recipient) of what was recorded."""

    def run() -> list[tuple[int, str]]:
        with unit_of_work(engine) as session:
            return [(reminder.level, reminder.recipient) for reminder in sweep(session, clock, people)]

    return run


def test_each_level_is_reminded_once_at_its_time(clock: FixedClock, asked: Request, swept: Sweep) -> None:
    assert swept() == []
    for moment, expected in [
        (asked.first_reminder_at, [(50, "rosa")]),
        (asked.second_reminder_at, [(75, "rosa")]),
        (asked.due_at, [(100, "rosa"), (100, "omar")]),  # omar stands in for rosa
    ]:
        clock.advance(moment - clock.now() - timedelta(microseconds=1))
        assert swept() == []
        clock.advance(timedelta(microseconds=1))
        assert swept() == expected
        assert swept() == []
    clock.advance(timedelta(days=30))
    assert swept() == []


def test_of_levels_passed_unseen_only_the_highest_is_sent(clock: FixedClock, asked: Request, swept: Sweep) -> None:
    clock.advance(asked.due_at - clock.now())
    assert swept() == [(100, "rosa"), (100, "omar")]


def test_each_reminder_comes_with_the_job_that_mails_it(
    engine: Engine, clock: FixedClock, asked: Request, swept: Sweep
) -> None:
    clock.advance(asked.due_at - clock.now())
    swept()
    with reading(engine) as session:
        jobs = {job.key: job.payload for job in session.exec(select(Job).where(Job.kind == REMINDER_JOB))}
    assert jobs == {
        f"{asked.id}:100:{person}": {"request": asked.id, "level": 100, "recipient": person}
        for person in ("rosa", "omar")
    }


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


def test_the_mail_says_what_waits_and_until_when_where_the_reader_lives(asked: Request, people: People) -> None:
    subject, text = reminder_mail(asked, 50, people.named("rosa"))
    assert subject.startswith("Waiting for you: Ada 🧵")
    assert "Tuesday 24 November 2026, 10:30 (Europe/Stockholm); 50 % of the time has passed." in text
    assert f"request {asked.id[:8]}" in text
    assert "greenroom approvals list" in text
    assert "stand-in" not in text


def test_the_last_mail_says_that_nothing_was_decided_meanwhile(asked: Request, people: People) -> None:
    subject, text = reminder_mail(asked, 100, people.named("omar"))
    assert subject.startswith("Overdue: ")
    assert "It stays open until somebody decides." in text
    assert "It was asked of rosa; you are written to as their stand-in or as campaign owner." in text


def test_words_of_a_creator_never_become_a_header(asked: Request, people: People) -> None:
    subject, text = reminder_mail(asked, 75, people.named("rosa"))
    assert "Bcc: eve@example.com" in subject
    assert len(subject.splitlines()) == 1
    assert not any(line.startswith("Bcc") for line in text.splitlines())
