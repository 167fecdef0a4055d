from collections.abc import Callable
from time import perf_counter

import pytest
from sqlalchemy import Engine, event, insert
from sqlmodel import Session, select

from approvals.reminders import sweep
from approvals.service import Question, ask
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Notice, Reminder, Request
from core.models.jobs import Job
from core.people import People


def test_a_sweep_that_fails_leaves_neither_reminder_nor_job(
    engine: Engine, clock: FixedClock, people: People, asked: Request
) -> None:
    clock.advance(asked.due_at - clock.now())

    def sweep_and_fail() -> None:
        with unit_of_work(engine) as session:
            assert sweep(session, clock, people)
            raise RuntimeError("later step failed")

    with pytest.raises(RuntimeError):
        sweep_and_fail()
    with reading(engine) as session:
        assert session.exec(select(Reminder)).first() is None
        assert session.exec(select(Job)).first() is None


def test_a_sweep_that_is_repeated_after_its_transaction_was_killed_says_everything_once(
    engine: Engine, clock: FixedClock, people: People, asked: Request
) -> None:
    clock.advance(asked.due_at - clock.now())
    with Session(engine) as session:
        sweep(session, clock, people)
        session.rollback()
    for expected in (2, 0):
        with unit_of_work(engine) as session:
            assert len(sweep(session, clock, people)) == expected
    with reading(engine) as session:
        assert len(session.exec(select(Job)).all()) == len(session.exec(select(Notice)).all()) == 2


def test_the_sweep_of_many_requests_asks_the_record_in_batches_and_not_for_each(
    engine: Engine, clock: FixedClock, people: People, asked: Request
) -> None:
    _ask_more(engine, asked, 500)
    clock.advance(asked.due_at - clock.now())
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    for expected in (1_002, 0):
        statements.clear()
        with unit_of_work(engine) as session:
            assert len(sweep(session, clock, people)) == expected
        assert len(statements) <= 12


@pytest.mark.slow
def test_how_long_ten_thousand_requests_take(
    sqlite_engine: Engine, clock: FixedClock, people: People, question: Callable[..., Question]
) -> None:
    with unit_of_work(sqlite_engine) as session:
        asked = ask(session, clock, question())
    _ask_more(sqlite_engine, asked, 9_999)
    for moment, expected in ((asked.first_reminder_at, 10_000), (asked.due_at, 20_000)):
        clock.advance(moment - clock.now())
        begun = perf_counter()
        with unit_of_work(sqlite_engine) as session:
            assert len(sweep(session, clock, people)) == expected
        print(f"10,000 open requests, {expected:,} reminders: {perf_counter() - begun:.2f} s")  # noqa: T201


def _ask_more(engine: Engine, asked: Request, count: int) -> None:
    rows = [
        asked.model_dump() | {"id": f"{number:08x}-0000-4000-8000-000000000000", "subject": f"candidate:{number}"}
        for number in range(2, count + 2)
    ]
    with unit_of_work(engine) as session:
        session.execute(insert(Request), rows)
