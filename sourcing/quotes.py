"""CSV records that never end: a quote that is not closed costs its own line, not the rest of the file.

Counts quotes to find where rows end, in pieces of bounded size; reads no value.
"""

from collections.abc import Callable
from typing import IO

import numpy as np

from core.errors import BadInput

LONGEST_ROW = 1024 * 1024
_MOST_MENDED = 10_000


class WholeRows:
    """Writes whole rows on. A row of more than 1 MiB is taken for an open quote: its first line is refused and left
    empty, and reading goes on at the next line."""

    def __init__(self, out: IO[bytes], refuse: Callable[[int, bytes], None]) -> None:
        self._out, self._refuse = out, refuse
        self._waiting = b""
        self._line = 1
        self._refused = 0

    def write(self, block: bytes) -> None:
        """Take more lines, all of them whole."""
        self._waiting = self._pass_on(self._waiting + block, at_end=False)

    def finish(self) -> None:
        """No more lines come."""
        last = self._waiting
        self._pass_on(last if last.endswith(b"\n") or not last else last + b"\n", at_end=True)

    def _pass_on(self, lines: bytes, *, at_end: bool) -> bytes:
        while True:
            end, endless = _whole_rows(lines)
            self._out.write(lines[:end])
            self._line += lines.count(b"\n", 0, end)
            lines = lines[end:]
            if not lines or not (endless or at_end):
                return lines
            if self._refused >= _MOST_MENDED:
                raise BadInput(f"More than {_MOST_MENDED:,} quotes are not closed, the latest in line {self._line}.")
            self._refused += 1
            next_line = lines.find(b"\n") + 1
            self._refuse(self._line, lines[:next_line])
            self._out.write(b"\n")
            self._line += 1
            lines = lines[next_line:]


def _whole_rows(lines: bytes) -> tuple[int, bool]:
    """(where the last whole row of sane length ends, whether what follows it is longer than a row may be)."""
    marks = np.frombuffer(lines, np.uint8)
    ends = np.flatnonzero(marks == 10) + 1
    # A line end is a row's end where the quotes before it come in pairs.
    ends = ends[np.searchsorted(np.flatnonzero(marks == 34), ends) % 2 == 0]
    lengths = np.diff(ends, prepend=0)
    too_long = np.flatnonzero(lengths > LONGEST_ROW)
    if len(too_long):
        return int(ends[too_long[0]] - lengths[too_long[0]]), True
    end = int(ends[-1]) if len(ends) else 0
    return end, len(lines) - end > LONGEST_ROW
