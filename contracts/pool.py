"""Worker processes from the outside: started when needed, asked with a time limit, replaced when they die.

Owns the pipes and the killing. Knows neither templates nor terms, and judges no document.
"""

import contextlib
import json
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from contracts.worker import READY

#: A contract takes some 10 ms; what takes this long will not end by itself.
SECONDS = 10.0
#: Of starting, which takes half a second where the machine has nothing else to do.
_SECONDS_TO_START = 60.0
#: Of address space for each process; the libraries alone map a fifth of it.
MEMORY = 1_500_000_000
#: Of an answer. A document beyond it is refused where it is made.
_LARGEST = 25_000_000
PROGRAM = "contracts.worker"
_PROJECT = Path(__file__).resolve().parents[1]

Kind = Literal["fill", "prove"]


@dataclass(frozen=True)
class Limits:
    seconds: float = SECONDS
    memory: int = MEMORY


@dataclass(frozen=True)
class Answer:
    """What a process made of a job. `died` is what it said last, where it did not come to an end."""

    problems: Sequence[str] = ()
    content: bytes = b""
    died: str = ""
    overrun: bool = False


class WorkerProcess:
    """One process of a kind. Not for two threads at once."""

    def __init__(self, kind: Kind, *, limits: Limits, program: str = PROGRAM) -> None:
        self._command = [sys.executable, "-P", "-m", program, kind, str(limits.memory)]
        self._seconds = limits.seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._ready = False  # has said so

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def ask(self, files: Sequence[bytes], fields: Mapping[str, object]) -> Answer:
        """The answer to one job. A process that dies of something else than this job is replaced, and asked again."""
        answer = self._asked(files, fields)
        return self._asked(files, fields) if answer.died and not answer.overrun else answer

    def start(self) -> subprocess.Popen[bytes]:
        """Have it ready; what it loads it loads while others work."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr,
                env={"PYTHONPATH": str(_PROJECT)},  # no more: what runs templates must not know our secrets
            )  # fmt: skip
        return self._process

    def close(self) -> None:
        """End the process; the next job starts another."""
        process, self._process, self._ready = self._process, None, False
        if process is not None:
            process.kill()
            process.communicate()
        if self._stderr is not None:
            self._stderr.close()
            self._stderr = None

    def _asked(self, files: Sequence[bytes], fields: Mapping[str, object]) -> Answer:
        process, overrun = self.start(), threading.Event()
        answer: Answer | None = None
        try:
            if not self._ready:
                with _ended_after(_SECONDS_TO_START, process, threading.Event()):
                    self._ready = _first_line(process)
            if self._ready:
                with _ended_after(self._seconds, process, overrun):
                    answer = _exchange(process, files, {"fields": fields, "seconds": 2 * self._seconds})
            return answer or Answer(died=self._last_words(process), overrun=overrun.is_set())
        finally:
            # One that we stopped listening to, on Ctrl-C say, would give its answer to the next job.
            if answer is None:
                self.close()

    def _last_words(self, process: subprocess.Popen[bytes]) -> str:
        process.kill()
        process.wait()
        if self._stderr is None:
            return "without a word"
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "without a word"


@dataclass(frozen=True)
class Pair:
    """A process that fills and one that proves: what fills never proves, and what proves never runs a template."""

    filler: WorkerProcess
    prover: WorkerProcess

    def start(self) -> None:
        self.filler.start()
        self.prover.start()

    def close(self) -> None:
        self.filler.close()
        self.prover.close()


class Pool:
    """So many pairs of processes, each started when it is first needed. For any number of threads."""

    def __init__(self, pairs: int, *, limits: Limits, program: str = PROGRAM) -> None:
        self.pairs = tuple(
            Pair(*(WorkerProcess(kind, limits=limits, program=program) for kind in ("fill", "prove")))
            for _ in range(pairs)
        )
        # The pair used last is used next, so that whoever draws one document starts one pair.
        self._free: queue.LifoQueue[Pair] = queue.LifoQueue()
        for pair in self.pairs:
            self._free.put(pair)

    @contextlib.contextmanager
    def pair(self) -> Iterator[Pair]:
        """A pair for oneself; waits until one is free."""
        pair = self._free.get()
        try:
            pair.start()
            yield pair
        finally:
            self._free.put(pair)

    def close(self) -> None:
        for pair in self.pairs:
            pair.close()


def _exchange(process: subprocess.Popen[bytes], files: Sequence[bytes], job: Mapping[str, object]) -> Answer | None:
    assert process.stdin is not None
    assert process.stdout is not None
    line = json.dumps({"sizes": [len(file) for file in files], **job}).encode() + b"\n"
    try:
        process.stdin.write(b"".join((line, *files)))
        process.stdin.flush()
        head = process.stdout.readline()
        if not head.endswith(b"\n"):
            return None
        answer = json.loads(head)
        content = process.stdout.read(min(answer["size"], _LARGEST))
    except (BrokenPipeError, json.JSONDecodeError):
        return None  # it died, or what it loaded printed between its answers: either way another is started
    return Answer(problems=answer["problems"], content=content) if len(content) == answer["size"] else None


def _first_line(process: subprocess.Popen[bytes]) -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == READY


@contextlib.contextmanager
def _ended_after(seconds: float, process: subprocess.Popen[bytes], overrun: threading.Event) -> Iterator[None]:
    def end() -> None:
        overrun.set()
        process.kill()

    watch = threading.Timer(seconds, end)
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
