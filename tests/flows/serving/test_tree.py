"""Real processes: started again when they end, stopped in order, and never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.settings import PROJECT
from flows.serving.status import status_of
from tests.flows.serving.waiting import until

_TREE = """
import sys
from pathlib import Path
from flows.serving.keeping import Child
from flows.serving.supervisor import Supervisor
home = Path(sys.argv[1])
sleep = (sys.executable, "-c", "import subprocess, time; subprocess.Popen(['sleep', '600']); time.sleep(600)")
deaf = "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
stubborn = (sys.executable, "-c", deaf + "; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)", str(home / "deaf"))
children = [Child("one", sleep), Child("two", sleep)]
children += [Child("stubborn", stubborn)] if "stubborn" in sys.argv else []
Supervisor(home, children, say=lambda line: print(line, flush=True), grace=0.5).run("hello")
"""


def _start(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _TREE, str(home), *words], env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _pids(home: Path, count: int = 2) -> dict[str, int]:
    def read() -> dict[str, int]:
        children = status_of(home, now=datetime.now(UTC)).children
        pids = {child["name"]: child["pid"] for child in children if child["pid"]}
        return pids if len(pids) == count else {}

    pids: dict[str, int] = until(read)
    return pids


def _gone(group: int) -> bool:
    """No process of the group runs any more (one that nobody waited for yet does not run)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            return False
    return True


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str) -> subprocess.Popen[str]:
        started.append(_start(tmp_path, *words))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


Tree = Callable[..., subprocess.Popen[str]]


@pytest.mark.slow
def test_a_killed_child_is_started_again_and_what_it_left_is_ended(tree: Tree, tmp_path: Path) -> None:
    tree()
    before = _pids(tmp_path)
    os.kill(before["one"], signal.SIGKILL)
    until(lambda: _pids(tmp_path)["one"] != before["one"])
    assert _gone(before["one"])
    assert _pids(tmp_path)["two"] == before["two"]
    one = status_of(tmp_path, now=datetime.now(UTC)).children[0]
    assert (one["restarts"], one["last_exit"]) == (1, -9)


def test_no_child_outlives_a_killed_supervisor(tree: Tree, tmp_path: Path) -> None:
    process = tree()
    pids = _pids(tmp_path)
    assert not any(map(_gone, pids.values()))
    process.kill()
    until(lambda: all(map(_gone, pids.values())), 5)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_in_reverse_order_and_leaves_no_file(
    tree: Tree, tmp_path: Path, how: signal.Signals
) -> None:
    process = tree("stubborn")
    pids = _pids(tmp_path, 3)
    until((tmp_path / "deaf").exists)  # a busy machine starts it later than it is counted
    process.send_signal(how)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines() if "stopped" in line] == ["stubborn", "two", "one"]
    assert "stubborn stopped, killed" in out
    assert all(map(_gone, pids.values()))
    assert not (tmp_path / "serve.json").exists()


def test_a_second_one_is_refused_with_the_pid_of_the_first(tree: Tree, tmp_path: Path) -> None:
    first = tree()
    _pids(tmp_path)
    out, err = tree().communicate(timeout=10)
    assert out == ""
    assert f"(pid {first.pid})" in err
    assert f"kill {first.pid}" in err
    first.kill()
    first.wait()
    tree()
    until(lambda: status_of(tmp_path, now=datetime.now(UTC)).document.get("pid") not in (None, first.pid))


def test_a_long_log_is_put_aside(tree: Tree, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "one.log").write_bytes(b"x" * (10 * 2**20 + 1))
    (logs / "two.log").write_bytes(b"kept")
    tree()
    _pids(tmp_path)
    assert (logs / "one.log").stat().st_size == 0
    assert (logs / "one.log.1").stat().st_size > 10 * 2**20
    assert (logs / "two.log").read_bytes() == b"kept"
