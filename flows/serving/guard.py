"""Ends the children when the supervisor was killed and could not: reads their pids until its end of the pipe closes.

Each child leads a process group, so what it started in turn ends with it. Knows nothing of Greenroom.
"""

import os
import signal
import sys
from collections.abc import Iterable


def watch(lines: Iterable[str]) -> set[int]:
    """The pids still there when the lines end: `+7` came, `-7` went."""
    there: set[int] = set()
    for line in lines:
        pid = int(line[1:])
        (there.add if line[0] == "+" else there.discard)(pid)
    return there


def main() -> None:
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(how, signal.SIG_IGN)  # outlives the supervisor by design
    for pid in watch(sys.stdin):
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main()
