"""Runs one step in a process of its own and says what it took. Standard library only.

What `wait4` tells of memory begins with that of the parent, so a large runner would hide what a small way needs: the
system is asked about the new program itself while it runs, and `wait4` only where that cannot be.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.memory import Highest

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Spent:
    """Wall and CPU seconds from start to end, peak resident memory in MB (10^6 bytes), and what was printed.

    `own_mb` is the highest that was seen of memory that maps no file; None where the system does not tell.
    """

    wall: float
    cpu: float
    peak_mb: float
    printed: str
    own_mb: float | None = None


class StepFailed(Exception):
    """A step ended with an error; the message has its last lines."""


def spawn(arguments: Sequence[str], *, extra: Mapping[str, str] | None = None, folder: Path = PROJECT) -> Spent:
    """Run this Python with the arguments. Raises StepFailed."""
    told = {**_plain_environment(), "PYTHONPATH": str(PROJECT), **(extra or {})}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], stdout=out, stderr=errors, env=told, cwd=folder)
        with Highest(process.pid) as seen:
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode:
            raise StepFailed(f"{' '.join(arguments)} ended with {process.returncode}:\n{errors.read()[-2_000:]}")
        peak = seen.peak_mb or usage.ru_maxrss * 1024 / 1e6
        return Spent(wall, usage.ru_utime + usage.ru_stime, peak, out.read(), seen.own_mb)


def _plain_environment() -> dict[str, str]:
    # Whoever runs the benchmark may have settings of their own: their record is not to be written to.
    kept = ("GREENROOM_EVAL_DATA",)
    return {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_") or name in kept}


def megabytes(folder: Path) -> float:
    """What lies in a folder, in MB (10^6 bytes)."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
