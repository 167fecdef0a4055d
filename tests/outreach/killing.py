"""A day's mails sent by workers that are killed all the time, over a wire that is cut, while the clock passes midnight
and the end of daylight saving. Counts what became of each mail.
"""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine
from sqlmodel import col, select

from bench.mail import CAMPAIGN, fill
from core import audit
from core.clock import FixedClock, local_day
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.outreach import Message, SendSlot
from core.stages import Stage
from outreach import ledger
from tests.outreach.servers import Sink, Wire, listening

NURSERY = Path(__file__).with_name("nursery.py")
#: Ten minutes before the Sunday that has 25 hours in Berlin begins.
BEFORE_MIDNIGHT = datetime(2026, 10, 24, 21, 50, tzinfo=UTC)
_NUMBER = re.compile(r"c(\d+)@")


class Picky(Sink):
    """Refuses one recipient in a hundred for good, in words that name no mailbox: bounces of one sender would
    stop that sender."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        found = _NUMBER.match(address)
        if found and int(found[1]) % 100 == 0:
            return "550 refused for good"
        return await super().handle_RCPT(server, session, envelope, address, options)


class Cutter(Wire):
    """Cut now and then at the end of a mail: before the server has the last line, or after that, so that only its
    answer is lost."""

    def __init__(self, target: int, *, seed: int, one_in: int) -> None:
        super().__init__(target)
        self._chance, self._one_in = random.Random(seed), one_in
        self.cuts: Counter[str] = Counter()

    def forward(self, data: bytes, client: socket.socket, server: socket.socket) -> bool:
        if not data.endswith(b"\r\n.\r\n") or self._chance.randrange(self._one_in):
            return super().forward(data, client, server)
        if self._chance.random() < 0.5:
            self.cuts["before the last line"] += 1
            return False
        self.cuts["before the answer"] += 1
        client.shutdown(socket.SHUT_WR)
        server.sendall(data)
        time.sleep(0.05)
        return False


class Nursery:
    """Workers as processes of their own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def start(self) -> int:
        return int(self._ask("start"))

    def wait(self, worker: int) -> int:
        """The worker's wait status: 0 when it ended well, 9 when it was killed."""
        return int(self._ask(str(worker)))

    def look(self, worker: int) -> int | None:
        """The same without waiting; None while it works."""
        status = int(self._ask(f"look {worker}"))
        return None if status == -1 else status

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def nursery(engine: Engine, port: int, clock: Path, *, cap: int, senders: int) -> Iterator[Nursery]:
    engine.dispose()  # the workers are forked and must not share a connection
    told = {"address": engine.url.render_as_string(hide_password=False), "port": port, "cap": cap,
            "clock": str(clock), "senders": senders}  # fmt: skip
    command = [sys.executable, "-W", "ignore", str(NURSERY), json.dumps(told)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)


@dataclass
class Fate:
    """What became of the mails: how many stand where, what the server was given, and slots per sender and day."""

    kills: int = 0
    cuts: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    arrived: int = 0
    twice: int = 0
    lost: int = 0
    slots: dict[date, list[int]] = field(default_factory=dict)

    def row(self, name: str) -> str:
        days = ", ".join(f"{day:%d %b} {min(counts)}-{max(counts)}" for day, counts in sorted(self.slots.items()))
        return (f"| {name} | {self.statuses.total()} | {self.kills} | {self.cuts} | {self.statuses['sent']} | "
                f"{self.statuses['failed']} | {self.statuses['unknown']} | {self.statuses['pending']} | {self.arrived} "
                f"| {self.twice} | {self.lost} | {days} | {self.seconds:.0f} |")  # fmt: skip


HEADER = (
    "| record | mails | kills | cuts | sent | failed | unknown | pending | arrived | twice | lost | slots of each "
    "sender and day | seconds |\n|" + " --- |" * 13
)


class Killing:
    """Workers send; one of them is killed every so often; the clock moves on."""

    def __init__(self, engine: Engine, folder: Path, *, mails: int, senders: int, cap: int, workers: int) -> None:
        self.engine, self.mails, self.senders, self.cap, self._many = engine, mails, senders, cap, workers
        self._chance = random.Random(20_261_120)
        self.fate = Fate()
        self._file = folder / "clock"
        self.set_clock(BEFORE_MIDNIGHT)
        fill(engine, mails, senders=senders)

    def set_clock(self, moment: datetime) -> None:
        self.moment = moment
        draft = self._file.with_suffix(".new")
        draft.write_text(moment.isoformat(), encoding="ascii")
        draft.replace(self._file)

    def run(self, *, every: float, one_in: int) -> Fate:
        started = time.monotonic()
        with (
            listening(Picky(delay_seconds=0.003)) as sink,
            Cutter.to(sink.port, seed=7, one_in=one_in) as wire,
            nursery(self.engine, wire.port, self._file, cap=self.cap, senders=self.senders) as workers,
        ):
            while self.pending():
                self._kill_until_idle(workers, sink, every=every)
                # The same day is over an hour and a half before its 25 hours are, for who counts 24.
                self._to_the_end_of_the_day(workers)
            self.fate.cuts = wire.cuts.total()
            self._count(sink)
        self.fate.seconds = time.monotonic() - started
        return self.fate

    def pending(self) -> int:
        with reading(self.engine) as session:
            found = len(session.exec(select(Message.id).where(Message.status == "pending")).all())
        self.engine.dispose()
        return found

    def _kill_until_idle(self, workers: Nursery, sink: Sink, *, every: float) -> None:
        """Where a machine is so busy that no mail arrived since the last kill, the next one waits half as long again:
        else nobody would ever come to a mail."""
        wait, arrived = every, sink.delivered.total()
        at_work = [workers.start() for _ in range(self._many)]
        idle = 0
        while idle < self._many:
            time.sleep(wait * self._chance.uniform(0.5, 1.5))
            victim = self._chance.randrange(len(at_work))
            if workers.look(at_work[victim]) is not None:
                idle += 1
            else:
                os.kill(at_work[victim], signal.SIGKILL)
                self.fate.kills += workers.wait(at_work[victim]) == signal.SIGKILL
                idle = 0
                wait = every if sink.delivered.total() > arrived else wait * 1.5
                arrived = sink.delivered.total()
            self.set_clock(self.moment + timedelta(seconds=40))
            at_work[victim] = workers.start()
        assert [workers.wait(worker) for worker in at_work] == [0] * self._many

    def _to_the_end_of_the_day(self, workers: Nursery) -> None:
        """A last worker fills the day's slots; shortly before midnight there is nothing left to send, and then the next
        day begins."""
        assert workers.wait(workers.start()) == 0
        before = self._slots()
        day = local_day(self.moment, "Europe/Berlin")
        moment = self.moment
        while local_day(moment + timedelta(minutes=10), "Europe/Berlin") == day:
            moment += timedelta(minutes=10)
        self.set_clock(moment)
        assert workers.wait(workers.start()) == 0
        after = self._slots()
        assert {key: after[key] for key in before} == before, "a day had more slots than its cap"
        self.set_clock(moment + timedelta(minutes=9))

    def _slots(self) -> Counter[tuple[str, date]]:
        with reading(self.engine) as session:
            found = Counter((slot.sender, slot.day) for slot in session.exec(select(SendSlot)))
        self.engine.dispose()
        return found

    def _count(self, sink: Sink) -> None:
        clock = FixedClock(self.moment + ledger.LEASE + timedelta(seconds=1))
        with unit_of_work(self.engine) as session:
            ledger.expire_leases(session, clock, campaign=CAMPAIGN.slug)
        with reading(self.engine) as session:
            messages = session.exec(select(Message).order_by(col(Message.id))).all()
            stages = {candidate.id: candidate.stage for candidate in session.exec(select(Candidate))}
            slots = Counter(slot.message_id for slot in session.exec(select(SendSlot)))
            assert audit.verify(session).problem == ""
        delivered, fate = sink.delivered, self.fate
        for message in messages:
            assert message.status in ("sent", "failed", "unknown", "pending"), message.status
            assert (message.status in ("sent", "unknown")) or message.message_id not in delivered, message.detail
            assert slots[message.id or 0] == (message.status in ("sent", "unknown"))
            assert (stages[message.candidate_id] == Stage.INVITED) == (message.status == "sent")
            fate.lost += message.status == "sent" and message.message_id not in delivered
        fate.statuses = Counter(message.status for message in messages)
        fate.arrived, fate.twice = len(delivered), sum(times > 1 for times in delivered.values())
        per_day = self._slots()
        for day in {day for _, day in per_day}:
            fate.slots[day] = [per_day[f"s{number}", day] for number in range(self.senders)]
