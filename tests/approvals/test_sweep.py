import pytest
from sqlalchemy import Engine, event, insert
from sqlmodel import select

from approvals.reminders import sweep
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Reminder, Request
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


def test_the_sweep_of_many_requests_asks_the_record_in_batches_and_not_for_each(
    engine: Engine, clock: FixedClock, people: People, asked: Request
) -> None:
    rows = [
        asked.model_dump() | {"id": f"{number:08x}-0000-4000-8000-000000000000", "subject": f"candidate:{number}"}
        for number in range(2, 5_002)
    ]
    with unit_of_work(engine) as session:
        session.execute(insert(Request), rows)
    clock.advance(asked.first_reminder_at - clock.now())
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    for expected, most in ((5_001, 100), (0, 10)):
        statements.clear()
        with unit_of_work(engine) as session:
            assert len(sweep(session, clock, people)) == expected
        assert len(statements) <= most
