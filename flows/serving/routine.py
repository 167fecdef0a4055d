"""Something done again and again in a thread: a failure is told once and makes the next turn wait longer.

Knows nothing of what is done.
"""

import logging
import threading
from collections.abc import Callable

from core.errors import GreenroomError

LONGEST_PAUSE = 60.0
log = logging.getLogger("greenroom.slack")


class Routine:
    """`do` is called every so many seconds. What it raises is logged, a bug with its traceback."""

    def __init__(self, name: str, do: Callable[[], object], *, every: float) -> None:
        self._name, self._do, self._every = name, do, every
        self._pause, self._said = every, ""

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            stop.wait(self.turn())

    def turn(self) -> float:
        """Do it once; returns after how many seconds the next turn comes."""
        try:
            self._do()
        except Exception as error:
            # A thread that ends would leave its work undone until the whole program is started again.
            self._tell(error)
            self._pause = min(max(self._pause * 2, 1.0), max(LONGEST_PAUSE, self._every))
            return self._pause
        if self._said:
            log.warning("%s goes on", self._name)
        self._pause, self._said = self._every, ""
        return self._pause

    def _tell(self, error: Exception) -> None:
        said = f"{type(error).__name__}: {error}"
        if said == self._said:
            return
        self._said = said
        bug = not isinstance(error, GreenroomError)
        log.error("%s failed; it is tried again by itself: %s", self._name, said, exc_info=error if bug else None)
