from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from approvals.notices import (
    DIGEST_JOB,
    MOST_ITEMS,
    Agenda,
    agenda,
    digest,
    digest_mail,
    items_of,
    notice_mail,
)
from approvals.reminders import sweep
from approvals.service import Question, ask
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Notice, Request
from core.models.jobs import Job
from core.people import Absence, People

Ask = Callable[..., Question]
Decide = Callable[..., Request]
Digest = Callable[[People], list[str]]


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """What a notice says does not depend on the database; test_sweep.py tries both."""
    return sqlite_engine


@pytest.fixture
def many(engine: Engine, clock: FixedClock, question: Ask) -> Sequence[Request]:
    """23 requests to rosa, asked a minute apart."""
    found = []
    for number in range(23):
        clock.advance(timedelta(minutes=1))
        with unit_of_work(engine) as session:
            found.append(ask(session, clock, question(subject=f"candidate:{number}", title=f"Creator {number:02}")))
    return found


@pytest.fixture
def digested(engine: Engine, clock: FixedClock) -> Digest:
    """Whose day began, of the people given."""

    def run(people: People) -> list[str]:
        with unit_of_work(engine) as session:
            return [notice.recipient for notice in digest(session, clock, people)]

    return run


def stockholm(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Stockholm"))


def until(clock: FixedClock, moment: datetime) -> None:
    clock.advance(moment - clock.now())


def test_one_request_is_told_where_the_reader_lives(asked: Request, people: People) -> None:
    subject, text = notice_mail([(asked, 50)], people.named("rosa"))
    assert subject.startswith("Waiting for you: Ada 🧵")
    assert "Tuesday 24 November 2026, 10:30 (Europe/Stockholm); 50 % of the time has passed." in text
    assert f"request {asked.id[:8]}" in text
    assert "greenroom approvals list" in text
    assert "stand-in" not in text


@pytest.mark.parametrize("level", [100, 150])
def test_the_last_mails_say_that_nothing_was_decided_meanwhile(asked: Request, people: People, level: int) -> None:
    subject, text = notice_mail([(asked, level)], people.named("omar"))
    assert subject.startswith("Overdue: ")
    assert "It stays open until somebody decides." in text
    assert "It was asked of rosa; you are written to as their stand-in or as campaign owner." in text


def test_words_of_a_creator_never_become_a_header_nor_a_line(asked: Request, people: People) -> None:
    for items in ([(asked, 75)], [(asked, 75), (asked, 100)]):
        subject, text = notice_mail(items, people.named("rosa"))
        assert len(subject.splitlines()) == 1
        assert "Bcc: eve@example.com" in subject + text
        assert not any(line.startswith("Bcc") for line in text.splitlines())


def test_many_requests_are_one_mail_with_the_most_urgent_first(many: Sequence[Request], people: People) -> None:
    items = [(request, 100 if number < 2 else 50) for number, request in enumerate(many)]
    subject, text = notice_mail(items[::-1], people.named("rosa"))
    listed = [line for line in text.splitlines() if line.startswith("- ")]
    assert subject == "23 requests wait for you, 2 overdue"
    assert [line[2:12] for line in listed] == [f"Creator {number:02}" for number in range(MOST_ITEMS)]
    assert ["OVERDUE" in line for line in listed] == [True, True] + [False] * 18
    assert "10:31 (Europe/Stockholm)" in listed[0]
    assert "and 3 more\n" in text


def test_a_notice_counts_only_what_still_waits(
    engine: Engine, clock: FixedClock, people: People, many: Sequence[Request], decided: Decide
) -> None:
    until(clock, stockholm(24, 9))
    with unit_of_work(engine) as session:
        [notice_id] = {str(reminder.notice_id) for reminder in sweep(session, clock, people)}
    decided(many[0])
    with unit_of_work(engine) as session:
        session.get_one(Request, many[1].id).waits_for = "omar"
    with reading(engine) as session:
        items, total = items_of(session, notice_id)
    assert (total, len(items), items[0][0].id, items[0][1]) == (21, MOST_ITEMS, many[2].id, 75)
    assert "and 1 more\n" in notice_mail(items, people.named("rosa"), total=total)[1]


def test_the_day_begins_with_one_digest_when_the_office_opens(
    engine: Engine, clock: FixedClock, people: People, asked: Request, digested: Digest
) -> None:
    for moment, expected in [
        (stockholm(20, 17), []),  # asked since the office opened
        (stockholm(21, 12), []),  # a Saturday
        (stockholm(23, 8, 59), []),
        (stockholm(23, 9), ["rosa"]),
        (stockholm(23, 16), []),
        (stockholm(24, 13), ["rosa"]),  # the first sweep of that day came late
    ]:
        until(clock, moment)
        assert digested(people) == expected
    with reading(engine) as session:
        assert {notice.key for notice in session.exec(select(Notice))} == {
            "digest:rosa:2026-11-23",
            "digest:rosa:2026-11-24",
        }
        jobs = session.exec(select(Job).where(Job.kind == DIGEST_JOB)).all()
    assert [job.payload["recipient"] for job in jobs] == ["rosa", "rosa"]


def test_there_is_no_digest_of_nothing(
    clock: FixedClock, people: People, asked: Request, decided: Decide, digested: Digest
) -> None:
    decided(asked)
    until(clock, stockholm(23, 9))
    assert digested(people) == []


def test_whoever_stands_in_gets_the_digest(
    engine: Engine, clock: FixedClock, people: People, asked: Request, digested: Digest
) -> None:
    away = (Absence.model_validate({"from": date(2026, 11, 23), "until": date(2026, 11, 24)}),)
    absent = People({person.id: person.model_copy(update={"away": away if person.id == "rosa" else ()})
                     for person in people})  # fmt: skip
    until(clock, stockholm(23, 9))
    assert digested(absent) == ["omar"]
    with reading(engine) as session:
        assert agenda(session, absent, absent.named("omar"), clock.now()).total == 1
        assert agenda(session, absent, absent.named("rosa"), clock.now()).total == 0


def test_the_digest_tells_what_waits_what_is_due_today_and_what_is_overdue(
    engine: Engine, clock: FixedClock, people: People, many: Sequence[Request]
) -> None:
    rosa = people.named("rosa")
    with unit_of_work(engine) as session:
        session.get_one(Request, many[0].id).due_at = stockholm(24, 8)
        session.get_one(Request, many[1].id).due_at = stockholm(25, 0)
        for late in many[2:]:
            session.get_one(Request, late.id).due_at = stockholm(25, 0) + timedelta(seconds=1)
        session.get_one(Request, many[2].id).waits_for = "omar"
    until(clock, stockholm(24, 9))
    with reading(engine) as session:
        waiting = agenda(session, people, rosa, clock.now())
        omars = agenda(session, people, people.named("omar"), clock.now())
    assert (waiting.total, waiting.overdue, waiting.due_today) == (22, 1, 1)
    assert [request.id for request in omars.requests] == [many[2].id]
    subject, text = digest_mail(waiting, rosa, clock.now())
    assert subject == "Your day: 22 waiting, 1 due today, 1 overdue"
    assert "- Creator 00" in text.splitlines()[4]
    assert text.count("OVERDUE") == 1
    assert "and 2 more\n" in text
    assert "waits for an answer of omar" in digest_mail(omars, people.named("omar"), clock.now())[1]


def test_a_digest_without_urgent_matters_says_only_how_many_wait(asked: Request, people: People) -> None:
    waiting = Agenda(requests=[asked], total=1, overdue=0, due_today=0)
    assert digest_mail(waiting, people.named("rosa"), asked.asked_at)[0] == "Your day: 1 waiting"


def test_a_digest_that_was_rolled_back_comes_with_the_next_sweep(
    engine: Engine, clock: FixedClock, people: People, asked: Request, digested: Digest
) -> None:
    until(clock, stockholm(23, 9))
    with Session(engine) as session:
        assert len(digest(session, clock, people)) == 1
        session.rollback()
    assert digested(people) == ["rosa"]
    assert digested(people) == []
