"""How far an import is, over all its phases, in the words of whoever waits for it. Knows nothing of screens."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

_EVERY_SECONDS = 0.2
#: What each phase is called and its usual share of the whole, measured on a million profiles into an empty pool.
PHASES = {
    "reading": ("Reading files", 0.40),
    "comparing": ("Comparing", 0.05),
    "writing": ("Writing", 0.15),
    "indexing": ("Indexing", 0.40),
}


@dataclass(frozen=True)
class Step:
    """`label` says what is being done; `share` 0..1 of the whole never falls; `rows` are profiles of this phase.

    `size` is how many bytes were read, while how many profiles they hold is not known.
    """

    label: str
    share: float
    rows: int
    size: int = 0


Progress = Callable[[Step], None]


class Phases:
    """Makes one bar of the phases that come one after the other."""

    def __init__(self, tell: Progress | None) -> None:
        self._tell = tell
        self._highest = 0.0
        self._phase = 0
        self._largest = 0

    def at(self, phase: str, share: float, rows: int, *, size: int = 0) -> None:
        """`share` 0..1 of the phase. What a watcher still says of a phase that is over is not heard."""
        names = list(PHASES)
        if names.index(phase) < self._phase:
            return
        self._phase = names.index(phase)
        before = sum(PHASES[name][1] for name in names[: names.index(phase)])
        label, weight = PHASES[phase]
        self._highest = max(self._highest, min(before + weight * min(max(share, 0.0), 1.0), 1.0))
        if self._tell is not None:
            self._largest = max(self._largest, size)
            self._tell(Step(label, self._highest, rows, self._largest if size else 0))

    def done(self, rows: int) -> None:
        if self._tell is not None:
            self._tell(Step(PHASES["indexing"][0], 1.0, rows))


@contextmanager
def watched(db: duckdb.DuckDBPyConnection, tell: Callable[[float], None]) -> Iterator[None]:
    """While the block runs statements on `db`, `tell` is given the share 0..1 of the one that runs."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY_SECONDS):
            percent = db.query_progress()
            if percent >= 0:
                tell(percent / 100)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
