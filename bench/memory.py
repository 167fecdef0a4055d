"""Memory that is a process's own: resident, and no part of a file that the system may take back and read again.

Looked at again and again while the process runs, so a peak that is shorter than the time between two looks is missed.
Linux alone tells it. Standard library only, and small: the runner loads this.
"""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_EVERY_SECONDS = 0.01


def own_mb(process: int) -> float | None:
    """MB (10^6 bytes) of a process at this moment (RssAnon); None where nobody says, or the process is over."""
    try:
        told = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    for line in told.splitlines():
        name, _, value = line.partition(":")
        if name == "RssAnon":
            return int(value.split()[0]) * 1024 / 1e6
    return None


class Highest:
    """While the block runs: `mb` is the most that was seen of a process, None where nothing was."""

    def __init__(self, process: int) -> None:
        self.mb: float | None = None
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
        seen = own_mb(self._process)
        if seen is not None:
            self.mb = max(seen, self.mb or 0.0)
