"""Sweeps that are killed at any moment, and several at once: every reminder is on record once, every mail goes once."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, insert
from sqlmodel import col, func, select

from approvals.notices import REMINDER_JOB
from approvals.reminders import sweep
from approvals.service import Question, ask
from core import jobs
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Notice, Reminder, Request
from core.models.jobs import Job
from core.people import People
from tests.house import build

SWEEPER = Path(__file__).with_name("sweeper.py")
MANY, KILLS = 10_000, 12


def _ask_many(engine: Engine, asked: Request, count: int) -> None:
    rows = [
        asked.model_dump() | {"id": f"{number:08x}-0000-4000-8000-000000000000", "subject": f"candidate:{number}"}
        for number in range(2, count + 1)
    ]
    with unit_of_work(engine) as session:
        session.execute(insert(Request), rows)


def test_of_several_sweeps_at_once_one_says_it_and_the_others_find_nothing_left(
    engine: Engine, clock: FixedClock, people: People, asked: Request
) -> None:
    _ask_many(engine, asked, 40)
    clock.advance(asked.due_at - clock.now())
    together = Barrier(4)

    def one_sweep(_: int) -> int:
        together.wait()
        with unit_of_work(engine) as session:
            return len(sweep(session, clock, people))

    with ThreadPoolExecutor(4) as pool:
        counts = sorted(pool.map(one_sweep, range(4)))
    assert counts == [0, 0, 0, 80]  # to whom it was asked, and to whoever stands in
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Reminder)).one() == 80
        recipients = session.exec(select(Notice.recipient)).all()
    assert len(recipients) == len(set(recipients)) == 2


@pytest.mark.slow
def test_a_sweep_of_ten_thousand_that_is_killed_at_any_moment_mails_everybody_once(
    tmp_path: Path, clock: FixedClock, question: Callable[..., Question]
) -> None:
    house = build(tmp_path / "home", clock)
    with unit_of_work(house.w.engine) as session:
        asked = ask(session, clock, question())
    _ask_many(house.w.engine, asked, MANY)
    clock.advance(asked.due_at - clock.now())
    house.w.engine.dispose()
    chance = random.Random(11)
    ends = Counter(_swept(house.w.settings.home, clock, chance.uniform(0.0, 1.6)) for _ in range(KILLS))
    assert ends[-signal.SIGKILL] >= 3  # else nothing was shown
    # Whoever was killed with a job in hand is taken for dead when its lease ends.
    clock.advance(jobs.LEASE * 1.1)
    assert _swept(house.w.settings.home, clock, 60) == 0
    _check(house.w.engine, len(house.outbox()))


def _swept(home: Path, clock: FixedClock, patience: float) -> int:
    """The exit code of one sweep that is killed where it takes longer than `patience` seconds."""
    command = [sys.executable, "-W", "ignore", str(SWEEPER), str(home), clock.now().isoformat()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        until = time.monotonic() + patience
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        if process.poll() is None:
            process.kill()
        return process.wait()


def _check(engine: Engine, mails: int) -> None:
    with reading(engine) as session:
        said = session.exec(select(Reminder.recipient, func.count()).group_by(col(Reminder.recipient))).all()
        notices = session.exec(select(Notice.recipient)).all()
        undone = session.exec(select(Job).where(Job.kind == REMINDER_JOB, Job.status != "done")).all()
    assert dict(said) == {"rosa": MANY, "omar": MANY}
    assert sorted(notices) == ["omar", "rosa"]
    assert not undone
    assert mails == 2
