"""Does due jobs within a second or so: one duty after another, in one process, until it is told to stop.

A duty that fails is logged and waits before its next turn; the others go on. What each duty does, its step knows. A
duty killed in the middle loses nothing: its job comes back when its lease ends.
"""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, or_, select

from approvals.reminders import REMINDER_JOB
from core.clock import Clock
from core.database import reading
from core.files import write_atomically
from core.models.jobs import Job
from flows.effects import REFILL_JOB, SEND_JOB
from flows.steps import deals, longlist, upkeep
from flows.wiring import Wiring, wire

log = logging.getLogger("greenroom.worker")
HEARTBEAT = "worker.json"
_LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Duty:
    """A step that is called when a job of its kind is due, or every so many seconds, or both."""

    name: str
    step: Callable[[Wiring], object]
    job: str | None = None
    every: float | None = None


#: Drafting before sending, refilling first: a reviewer looks at the queue right after deciding.
DUTIES: tuple[Duty, ...] = (
    Duty("refill queues", longlist.refill_queues, job=REFILL_JOB),
    Duty("draft contracts", deals.draft_contracts, job=deals.DRAFT_JOB),
    Duty("send contracts", deals.send_contracts, job=SEND_JOB),
    Duty("remind", upkeep.remind, job=REMINDER_JOB, every=60),
    Duty("tidy", upkeep.tidy, every=900),
)


class Worker:
    """`fresh` makes the wiring of a round, so that a changed people file counts at once."""

    def __init__(self, fresh: Callable[[], Wiring], duties: Sequence[Duty] = DUTIES) -> None:
        self._fresh, self._duties = fresh, duties
        self._next_turn = {duty.name: 0.0 for duty in duties}
        self._resting: dict[str, tuple[float, float]] = {}  # until when, and how long
        self.stop = threading.Event()

    def run(self, *, pause: float = 1.0) -> None:
        """Rounds until `stop` is set; the duty at hand is brought to its end."""
        while not self.stop.is_set():
            try:
                self.round(time.monotonic())
            except Exception:
                log.exception("a round failed")  # the record is away, say; the next round may find it
            self.stop.wait(pause)

    def round(self, now: float) -> None:
        """Every duty that is due, once. `now` in seconds of a clock that never goes back."""
        w = self._fresh()
        _beat(w, "")
        waiting = jobs_waiting(w)
        for duty in self._duties:
            if self.stop.is_set():
                return
            if self._is_due(duty, waiting, now):
                self._do(w, duty, now)

    def _is_due(self, duty: Duty, waiting: set[str], now: float) -> bool:
        if now < self._resting.get(duty.name, (0.0, 0.0))[0]:
            return False
        return duty.job in waiting or (duty.every is not None and now >= self._next_turn[duty.name])

    def _do(self, w: Wiring, duty: Duty, now: float) -> None:
        _beat(w, duty.name)
        if duty.every is not None:
            self._next_turn[duty.name] = now + duty.every
        try:
            duty.step(w)
        except Exception:
            _, last = self._resting.get(duty.name, (0.0, 0.5))
            rest = min(last * 2, _LONGEST_PAUSE)
            self._resting[duty.name] = (now + rest, rest)
            log.exception("%s failed; next try in %.0f s", duty.name, rest)
        else:
            self._resting.pop(duty.name, None)


def jobs_waiting(w: Wiring) -> set[str]:
    """Kinds of which a job could be claimed now. Reads only: a round with nothing to do holds no lock."""
    now = w.clock.now()
    due = or_(
        (col(Job.status) == "waiting") & (col(Job.not_before) <= now),
        (col(Job.status) == "running") & (col(Job.lease_until) < now),
    )
    with reading(w.engine) as session:
        return set(session.exec(select(Job.kind).where(due).distinct()))


def refreshed(w: Wiring) -> Wiring:
    """The same record with people, templates and files read anew when next asked for."""
    again = Wiring(settings=w.settings, clock=w.clock)
    again.__dict__["engine"] = w.engine
    return again


def heartbeat_file(home: Path) -> Path:
    return home / HEARTBEAT


def _beat(w: Wiring, doing: str) -> None:
    clock: Clock = w.clock
    document = {"pid": os.getpid(), "at": clock.now().isoformat(), "doing": doing}
    write_atomically(heartbeat_file(w.settings.home), json.dumps(document))


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    w = wire()
    worker = Worker(lambda: refreshed(w))
    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, lambda _signal, _frame: worker.stop.set())
    worker.run()


if __name__ == "__main__":
    main()
