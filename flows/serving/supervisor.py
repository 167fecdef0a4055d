"""Starts the children, starts them again when they end, and stops them in reverse order: one instance per home.

Decides nothing itself (`keeping` does) and knows nothing of what the children do. No Prefect.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from core.errors import PermanentError, Refused
from core.files import write_atomically
from flows.serving.keeping import Child, Keeper
from flows.serving.status import FILE_NAME

#: A log beyond this is put aside when its child is first started.
LOG_LIMIT = 10 * 2**20
GRACE_SECONDS = 15.0
_TICK = 0.1


class Supervisor:
    """Run it once: `run()` returns after a SIGTERM or Ctrl-C, when every child is gone."""

    def __init__(
        self, home: Path, children: Sequence[Child], *, say: Callable[[str], None], grace: float = GRACE_SECONDS
    ) -> None:
        self._home, self._say, self._grace = home, say, grace
        self._keeper = Keeper(children)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._guard: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._since = datetime.now(UTC)
        self._written = 0.0

    def run(self, hello: str) -> None:
        """Says hello once this home is its own. Raises Refused where another supervisor has it."""
        with only_one(self._home), self._signals():
            self._say(hello)
            for child in self._keeper.children:
                _rotate(self._log(child.name))
            try:
                while not self._stopping:
                    self._round()
                    time.sleep(_TICK)
            finally:
                self._stop_all()
                (self._home / FILE_NAME).unlink(missing_ok=True)

    def _round(self) -> None:
        self._keep_guard()
        for name in [name for name, process in self._processes.items() if _has_ended(process)]:
            self._bury(name)
        for child in self._keeper.due(time.monotonic()):
            if not self._stopping:
                self._start(child)
        if time.monotonic() - self._written >= 1:
            self._write_status()

    def _start(self, child: Child) -> None:
        try:
            with self._log(child.name).open("ab") as log:
                process = subprocess.Popen(
                    child.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=child.environment(os.environ),
                    start_new_session=True,  # Ctrl-C reaches the supervisor alone, which knows the order
                )  # fmt: skip
        except OSError as error:
            pause = self._keeper.ended(child.name, None, time.monotonic())
            self._say(f"{child.name} cannot be started ({error.strerror}); next try in {pause:.0f} s")
            return
        self._tell_guard(f"+{process.pid}\n")
        self._processes[child.name] = process
        self._keeper.started(child.name, process.pid, time.monotonic())
        self._say(f"{child.name} started (pid {process.pid})")

    def _bury(self, name: str) -> None:
        code = self._reap(name)
        pause = self._keeper.ended(name, code, time.monotonic())
        self._say(f"{name} ended ({_in_words(code)}); again in {pause:.0f} s. See {self._log(name)}")

    def _reap(self, name: str) -> int:
        process = self._processes.pop(name)
        with suppress(ProcessLookupError):
            # Not yet waited for, so the group is surely its own: what it left behind would hold its port.
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        self._tell_guard(f"-{process.pid}\n")
        return code

    def _stop_all(self) -> None:
        for name in [child.name for child in reversed(self._keeper.children) if child.name in self._processes]:
            process = self._processes[name]
            process.terminate()
            until = time.monotonic() + self._grace
            while not _has_ended(process) and time.monotonic() < until:
                time.sleep(0.02)
            killed = "" if _has_ended(process) else f", killed after {self._grace:.0f} s"
            self._reap(name)
            self._say(f"{name} stopped{killed}")
        if self._guard is not None:
            assert self._guard.stdin is not None
            with suppress(BrokenPipeError):
                self._guard.stdin.close()
            self._guard.wait()

    def _keep_guard(self) -> None:
        if self._guard is not None and self._guard.poll() is None:
            return
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.close()
        argv = [sys.executable, "-m", "flows.serving.guard"]
        self._guard = subprocess.Popen(argv, stdin=subprocess.PIPE, bufsize=0, start_new_session=True)
        for process in self._processes.values():
            self._tell_guard(f"+{process.pid}\n")

    def _tell_guard(self, line: str) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):  # a new one is told everything in the next round
                self._guard.stdin.write(line.encode())

    def _write_status(self) -> None:
        now = time.monotonic()
        document = {
            "pid": os.getpid(),
            "since": self._since.isoformat(),
            "at": datetime.now(UTC).isoformat(),
            "children": self._keeper.status(now),
        }
        self._written = now
        try:
            write_atomically(self._home / FILE_NAME, json.dumps(document, indent=2))
        except OSError as error:
            self._say(f"the status cannot be written: {error.strerror}")  # a full disk stops no child

    def _log(self, name: str) -> Path:
        return self._home / "logs" / f"{name}.log"

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(_signal: int, _frame: FrameType | None) -> None:
            self._stopping = True

        before = {how: signal.signal(how, stop) for how in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for how, handler in before.items():
                signal.signal(how, handler)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the lock of a home; it is free again however its holder ends."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(home / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise PermanentError(f"{home} cannot be used: {error.strerror}.", next_step="Set GREENROOM_HOME.") from None
    with os.fdopen(handle, "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = lock.read().strip()
            raise Refused(
                f"Greenroom is already served from {home} (pid {pid or 'unknown'}).",
                next_step=f"Stop it with: kill {pid}" if pid else "See: greenroom serve status",
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Looks without waiting for it, so that its pid stays its own."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


def _in_words(code: int) -> str:
    return f"exit {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
