"""Memory of a process: the most that was resident, and its own, which is no part of a file that could be read again.

Looked at again and again while the process runs, so a peak that is shorter than the time between two looks is missed.
Linux alone tells it. Standard library only, and small: the runner loads this.
"""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_EVERY_SECONDS = 0.01


#: What the system calls memory of its own at this moment, and the most that was resident since the program began.
_OWN, _PEAK = "RssAnon", "VmHWM"


def own_mb(process: int) -> float | None:
    """MB (10^6 bytes) of a process at this moment; None where nobody says, or the process is over."""
    return _told(process).get(_OWN)


def _told(process: int) -> dict[str, float]:
    try:
        told = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return {}
    found = (line.partition(":") for line in told.splitlines())
    return {name: int(value.split()[0]) * 1024 / 1e6 for name, _, value in found if name in (_OWN, _PEAK)}


class Highest:
    """While the block runs: the most that was seen of a process, `own_mb` of its own and `peak_mb` in all; None where
    nothing was seen."""

    def __init__(self, process: int) -> None:
        self.own_mb: float | None = None
        self.peak_mb: float | None = None
        self._process = process
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watcher.join()
        self._look()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        seen = _told(self._process)
        if _OWN in seen:
            self.own_mb = max(seen[_OWN], self.own_mb or 0.0)
        self.peak_mb = seen.get(_PEAK, self.peak_mb)
