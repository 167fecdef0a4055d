"""Workers that are killed at any moment, and several at once: no mail goes out twice, every mail is accounted for."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.outreach import Message, SendSlot
from core.stages import Stage
from outreach import ledger
from tests.outreach.servers import Sink, listening

NURSERY = Path(__file__).with_name("nursery.py")
MAILS, KILLS = 60, 20


class Nursery:
    """Workers as processes of their own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def start(self) -> int:
        return int(self._ask("start"))

    def wait(self, worker: int) -> int:
        """The worker's wait status: 0 when it ended well, 9 when it was killed."""
        return int(self._ask(str(worker)))

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def nursery(engine: Engine, sink: Sink, *, cap: int) -> Iterator[Nursery]:
    address = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-W", "ignore", str(NURSERY), address, str(sink.port), str(cap)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


def rest(engine: Engine) -> Engine:
    """The same record without open connections: the workers are forked and must not share any."""
    engine.dispose()
    return engine


def check(engine: Engine, sink: Sink, *, clock: FixedClock, campaign: Campaign) -> Counter[str]:
    clock.advance(ledger.LEASE + timedelta(seconds=1))
    with unit_of_work(engine) as session:
        ledger.expire_leases(session, clock, campaign=campaign.slug)
    with reading(engine) as session:
        messages = session.exec(select(Message)).all()
        slots = [slot.message_id for slot in session.exec(select(SendSlot))]
        stages = {candidate.id: candidate.stage for candidate in session.exec(select(Candidate))}
        assert audit.verify(session).problem == ""
    delivered = sink.delivered
    assert [(mail, times) for mail, times in delivered.items() if times > 1] == []
    for message in messages:
        assert message.status in ("sent", "unknown", "pending"), message.detail
        assert (message.message_id in delivered) or message.status != "sent"
        assert (message.message_id not in delivered) or message.status in ("sent", "unknown")
        assert (message.id in slots) == (message.status in ("sent", "unknown"))
        assert (stages[message.candidate_id] == Stage.INVITED) == (message.status == "sent")
    assert len(slots) == len(set(slots))
    return Counter(message.status for message in messages)


def kill_many(engine: Engine, *, clock: FixedClock, campaign: Campaign) -> tuple[Counter[str], int]:
    chance = random.Random(20_261_120)
    killed = 0
    with listening(Sink(delay_seconds=0.03)) as sink, nursery(rest(engine), sink, cap=MAILS) as workers:
        for _ in range(KILLS):
            sink.begun.clear()
            worker = workers.start()
            assert sink.begun.wait(30)
            time.sleep(chance.uniform(0.0, 0.12))
            os.kill(worker, signal.SIGKILL)
            killed += workers.wait(worker) == signal.SIGKILL
        assert workers.wait(workers.start()) == 0
        return check(engine, sink, clock=clock, campaign=campaign), killed


@pytest.mark.slow
@pytest.mark.parametrize("which", ["sqlite_engine", "postgres_engine"])
def test_killed_workers_send_nothing_twice_and_lose_nothing(
    request: pytest.FixtureRequest, which: str, clock: FixedClock, campaign: Campaign, invite_all: Callable[..., None]
) -> None:
    engine: Engine = request.getfixturevalue(which)
    invite_all(engine, MAILS)
    found, killed = kill_many(engine, clock=clock, campaign=campaign)
    assert killed == KILLS
    assert sum(found.values()) == MAILS
    # Each kill can leave one mail in the dark, no more; the last worker sent all that was surely unsent.
    assert found["pending"] == 0
    assert 0 < found["unknown"] <= KILLS


@pytest.mark.slow
@pytest.mark.parametrize("which", ["sqlite_engine", "postgres_engine"])
def test_workers_at_once_share_the_batch_and_keep_the_cap(
    request: pytest.FixtureRequest, which: str, clock: FixedClock, campaign: Campaign, invite_all: Callable[..., None]
) -> None:
    engine: Engine = request.getfixturevalue(which)
    invite_all(engine, MAILS)
    with listening(Sink(delay_seconds=0.005)) as sink, nursery(rest(engine), sink, cap=50) as workers:
        at_work = [workers.start() for _ in range(4)]
        assert [workers.wait(worker) for worker in at_work] == [0, 0, 0, 0]
        found = check(engine, sink, clock=clock, campaign=campaign)
    assert found == {"sent": 50, "pending": MAILS - 50}
    assert len(sink.connections) > 1
