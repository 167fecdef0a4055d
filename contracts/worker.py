"""A process that fills contracts, or one that proves them, apart from everything else.

`python -m contracts.worker fill` runs templates; `prove` never does, and loads nothing that could. Reads one job after
the other from standard input and answers on standard output; ends when the input does. Knows neither terms, approvals
nor the record.
"""

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: Problems in words, and what was made (`fill`) or the sha256 of what was proven (`prove`).
Answer = tuple[list[str], bytes]
#: The first line of every process.
READY = b"ready\n"
Work = Callable[[Sequence[bytes], Mapping[str, Any]], Answer]


def main(kind: str, memory: int) -> None:
    """Serve jobs until the input ends: a line of JSON, then the files it names; the answer has the same form."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asked; our input ends with them
    _limit_memory(memory)
    serve(_fill() if kind == "fill" else _prove())


def serve(work: Work) -> None:
    """The loop of `main`."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    target.write(READY)  # what was loaded so far is not held against the first job
    target.flush()
    while line := source.readline():
        job = json.loads(line)
        files = [source.read(size) for size in job["sizes"]]
        # Should whoever waits for us have died, nobody else would end an endless template.
        signal.setitimer(signal.ITIMER_REAL, job["seconds"])
        problems, content = work(files, job["fields"])
        signal.setitimer(signal.ITIMER_REAL, 0)
        target.write(json.dumps({"size": len(content), "problems": problems}).encode() + b"\n" + content)
        target.flush()


def _fill() -> Work:
    from contracts.filling import fill_or_tell  # each kind loads what it needs and no more

    return fill_or_tell


def _prove() -> Work:
    from contracts.proof import prove_or_tell

    return prove_or_tell


def _limit_memory(memory: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
