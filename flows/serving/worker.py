"""Does due jobs within a second or so: one duty after another, in one process, until it is told to stop.

A duty that fails is logged and waits before its next turn; the others go on. What each duty does, its step knows. A
duty killed in the middle loses nothing: its job comes back when its lease ends.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import col, or_, select

from approvals.notices import DIGEST_JOB, REMINDER_JOB
from core.database import reading
from core.errors import GreenroomError
from core.models.jobs import Job
from flows.effects import APPLY_JOB, REFILL_JOB, SEND_JOB, SIGN_OFF_JOB
from flows.steps import deals, desk, longlist, review, sign_offs, upkeep
from flows.wiring import Wiring, wire

log = logging.getLogger("greenroom.worker")
_LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Duty:
    """A step that is called when a job of its kind is due."""

    name: str
    step: Callable[[Wiring], object]
    job: str


#: Decisions first, as the others follow from them; drafting before sending, refilling before both: a reviewer looks at
#: the queue right after deciding. What has a time of day
#: is the scheduler's; of its mails only those that could not be sent come here, when they are due again.
DUTIES: tuple[Duty, ...] = (
    Duty("apply decisions", review.apply_due, APPLY_JOB),
    Duty("refill queues", longlist.refill_queues, REFILL_JOB),
    Duty("ask for the next sign-off", sign_offs.ask_next, SIGN_OFF_JOB),
    Duty("draft contracts", deals.draft_contracts, deals.DRAFT_JOB),
    Duty("send contracts", deals.send_contracts, SEND_JOB),
    Duty("send answers", desk.send_answers, desk.ANSWER_JOB),
    Duty("remind", upkeep.remind, REMINDER_JOB),
    Duty("send digests", upkeep.send_digests, DIGEST_JOB),
    # Last, as it is the only one that takes its time.
    Duty("source", longlist.source_requested, longlist.SOURCE_JOB),
)


class Worker:
    """`fresh` makes the wiring of a round, so that a changed people file counts at once."""

    def __init__(self, fresh: Callable[[], Wiring], duties: Sequence[Duty] = DUTIES) -> None:
        self._fresh, self._duties = fresh, duties
        self._resting: dict[str, tuple[float, float]] = {}  # until when, and how long
        self.stop = threading.Event()

    def run(self, *, pause: float = 1.0) -> None:
        """Rounds until `stop` is set; the duty at hand is brought to its end. Bugs of the loop itself end it."""
        while not self.stop.is_set():
            try:
                self.round(time.monotonic())
            except GreenroomError as trouble:
                log.warning("a round failed: %s", trouble)  # the record is away, say; the next round may find it
            self.stop.wait(pause)

    def round(self, now: float) -> None:
        """Every duty that is due, once. `now` in seconds of a clock that never goes back."""
        w = self._fresh()
        waiting = jobs_waiting(w)
        for duty in self._duties:
            if self.stop.is_set():
                return
            if duty.job in waiting and now >= self._resting.get(duty.name, (0.0, 0.0))[0]:
                self._do(w, duty, now)

    def _do(self, w: Wiring, duty: Duty, now: float) -> None:
        try:
            duty.step(w)
        except Exception:
            # Each duty is an entry point of its own, as a flow is: a bug in one must not keep the others from their
            # jobs, which would happen at every start if it ended the process.
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


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    w = wire()
    worker = Worker(lambda: refreshed(w))
    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, lambda _signal, _frame: worker.stop.set())
    worker.run()


if __name__ == "__main__":
    main()
