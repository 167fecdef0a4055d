"""What came from Slack is handled at once, several people's at a time, each person's in the order of their clicks.

What fails is tried again after growing pauses and put aside at last, so that it never keeps the rest waiting. Knows
nothing of what an arrival means.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from approvals.slack.arrivals import Arrival, Spool
from core.errors import TransientError

Handle = Callable[[Arrival], None]
#: Says to whoever did it that it was put aside.
GiveUp = Callable[[Arrival], None]
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
#: A bug or a refusal does not go away; a busy record or an absent Slack does.
TRIES, TRIES_IF_PASSING = 5, 60
#: A form must be opened within three seconds of the click, so nobody's click waits for a call about somebody else's,
#: nor for the record to be free for the decisions of others. Each may need a connection, of which there are fifteen.
THREADS = 8
#: The door over HTTP is another process, whose arrivals are found by looking.
LOOK_EVERY = 0.1
log = logging.getLogger("greenroom.slack")


@dataclass
class _Trouble:
    tries: int
    rests_until: float
    pause: float


class Desk:
    """Use `run` in a thread; `wake` from any other. Moments are seconds of a clock that never goes back."""

    def __init__(self, spool: Spool, failed: Spool, handle: Handle, give_up: GiveUp = lambda _arrival: None) -> None:
        self._spool, self._failed, self._handle, self._give_up = spool, failed, handle, give_up
        self._trouble: dict[str, _Trouble] = {}
        self._in_hand: set[str] = set()  # keys of arrivals, and whose they are
        self._lock = threading.Lock()
        self._woken = threading.Event()

    def wake(self) -> None:
        """Something was put on the spool."""
        self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set and woken; what is in hand then is brought to its end."""
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="desk")
        try:
            while not stop.is_set():
                self._woken.clear()
                try:
                    for arrival in self.take(time.monotonic()):
                        threads.submit(self.work, arrival)
                except Exception:
                    # A thread that ends would leave every click unanswered.
                    log.exception("what came from Slack cannot be read")
                    stop.wait(FIRST_PAUSE)
                self._woken.wait(LOOK_EVERY)
        finally:
            threads.shutdown(cancel_futures=True)  # what was not begun lies on disk for the next start

    def take(self, now: float) -> list[Arrival]:
        """Whatever may be handled now, oldest first; it counts as in hand until `work` is through with it."""
        taken, behind = [], set[str]()
        # Read to the end first: what fails then leaves nothing in hand that nobody works on.
        for arrival in list(self._spool.waiting(but=self._not_now(now))):
            whose = whose_is(arrival)
            with self._lock:
                trouble = self._trouble.get(arrival.key)
                if arrival.key in self._in_hand or (trouble is not None and now < trouble.rests_until):
                    continue  # since this look began
                if whose in self._in_hand or whose in behind:
                    behind.add(whose)
                    continue
                self._in_hand |= {arrival.key, whose}
            taken.append(arrival)
        return taken

    def _not_now(self, now: float) -> set[str]:
        """Keys that need not be read again: during an outage thousands may rest, and this looks many times a second."""
        with self._lock:
            resting = {key for key, trouble in self._trouble.items() if now < trouble.rests_until}
            return resting | self._in_hand

    def work(self, arrival: Arrival) -> None:
        """Handle one that was taken."""
        try:
            self._handle(arrival)
            self._spool.handled(arrival)
        except Exception as error:
            # Whatever fails here is about one click: it is told with its traceback, and everybody else's goes on.
            self._fail(arrival, error)
        else:
            self._forget(arrival)
        finally:
            with self._lock:
                self._in_hand -= {arrival.key, whose_is(arrival)}
            self._woken.set()

    def _fail(self, arrival: Arrival, error: Exception) -> None:
        before = self._trouble.get(arrival.key, _Trouble(0, 0.0, FIRST_PAUSE))
        tries, later = before.tries + 1, min(before.pause * 2, LONGEST_PAUSE)
        with self._lock:
            # First of all: whatever fails now, a full disk say, it is not tried again without a pause.
            self._trouble[arrival.key] = _Trouble(tries, time.monotonic() + before.pause, later)
        if tries < (TRIES_IF_PASSING if isinstance(error, TransientError) else TRIES):
            log.exception("%s from Slack failed; next try in %.0f s", arrival.kind, before.pause)
            return
        log.exception("%s from Slack failed %d times and is put aside", arrival.kind, tries)
        try:
            self._failed.keep(arrival)
            self._spool.handled(arrival)
        except OSError:
            # Nobody looks at what a thread of the pool raises. It rests, and is tried again.
            log.exception("%s from Slack cannot be put aside", arrival.kind)
            return
        self._forget(arrival)
        try:
            self._give_up(arrival)
        except Exception:
            # The record may be what is broken; the doctor tells of it all the same.
            log.exception("whoever did it could not be told")

    def _forget(self, arrival: Arrival) -> None:
        with self._lock:
            self._trouble.pop(arrival.key, None)


def whose_is(arrival: Arrival) -> str:
    """Who did it, as a name for the order of what they did; what nobody did is a person of its own."""
    user: Any = arrival.body.get("user") or arrival.body.get("user_id") or arrival.body.get("event", {})
    found = user.get("id") or user.get("user") if isinstance(user, dict) else user
    return f"person:{found}" if found else f"nobody:{arrival.key}"
