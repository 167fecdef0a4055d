"""The worker: a duty when its job is due, and no duty in the way of another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import jobs
from core.clock import FixedClock
from core.database import unit_of_work
from core.errors import TransientError
from flows.serving.worker import Duty, Worker
from flows.wiring import Wiring
from tests.house import House, build


@pytest.fixture
def house(tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    made = build(tmp_path / "home", clock)
    yield made
    made.w.engine.dispose()


@pytest.fixture
def waiting(house: House) -> None:
    """A job of each of two kinds that nothing takes away."""
    with unit_of_work(house.w.engine) as session:
        for kind in ("a.job", "b.job"):
            jobs.start(session, house.w.clock, kind=kind, key="1", payload={})


def test_a_duty_is_done_when_its_job_is_due_and_not_before(house: House) -> None:
    done: list[str] = []
    worker = Worker(lambda: house.w, [Duty("mail", lambda w: done.append("mail"), "a.job")])
    worker.round(0)
    assert done == []
    with unit_of_work(house.w.engine) as session:
        jobs.start(session, house.w.clock, kind="a.job", key="1", payload={})
    worker.round(1)
    assert done == ["mail"]


@pytest.mark.usefixtures("waiting")
def test_a_failing_duty_rests_is_told_with_its_traceback_and_stops_no_other(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail(_w: Wiring) -> None:
        done.append("failed")
        raise ZeroDivisionError("a bug")

    duties = [Duty("bad", fail, "a.job"), Duty("good", lambda w: done.append("good"), "b.job")]
    worker = Worker(lambda: house.w, duties)
    for now in (0.0, 0.5, 1.0, 2.0, 2.9, 3.0):
        worker.round(now)
    assert done.count("good") == 6
    assert done.count("failed") == 3  # at 0, 1 and 3: it rests one second, then two
    assert "Traceback" in caplog.text
    assert "a bug" in caplog.text


@pytest.mark.usefixtures("waiting")
def test_a_worker_told_to_stop_ends_after_the_duty_at_hand(house: House) -> None:
    done: list[str] = []

    def first(_w: Wiring) -> None:
        done.append("first")
        worker.stop.set()

    duties = [Duty("first", first, "a.job"), Duty("second", lambda w: done.append("second"), "b.job")]
    worker = Worker(lambda: house.w, duties)
    worker.run(pause=0.01)
    assert done == ["first"]


def test_a_record_that_is_away_for_a_round_ends_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    rounds: list[str] = []

    def fresh() -> Wiring:
        rounds.append("round")
        if len(rounds) == 1:
            raise TransientError("The record is busy.")
        worker.stop.set()
        return house.w

    worker = Worker(fresh, [])
    worker.run(pause=0.01)
    assert len(rounds) == 2
    assert "The record is busy." in caplog.text


def test_a_bug_of_the_loop_itself_ends_the_process_which_is_started_again(house: House) -> None:
    def broken() -> Wiring:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Worker(broken, []).run(pause=0.01)
