"""The tree of processes: what is started when (without processes), and that real ones are never left."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from core.database import unit_of_work
from core.jobs import start
from core.settings import PROJECT, Settings
from flows.serving.children import children_of
from flows.serving.guard import watch
from flows.serving.keeping import Child, Keeper
from flows.serving.status import status_of
from flows.serving.worker import Duty, Worker, heartbeat_file
from flows.wiring import Wiring
from tests.conftest import START
from tests.house import House, build

ONE = Child("one", ("true",))

# --- deciding, without processes ---


def test_everybody_starts_in_order_and_nobody_twice() -> None:
    keeper = Keeper([ONE, Child("two", ("true",))])
    assert [child.name for child in keeper.due(0)] == ["one", "two"]
    keeper.started("one", 7, 0)
    assert [child.name for child in keeper.due(5)] == ["two"]


def test_who_keeps_ending_waits_twice_as_long_each_time_at_most_a_minute() -> None:
    keeper, now, pauses = Keeper([ONE]), 0.0, []
    for _ in range(9):
        keeper.started("one", 7, now)
        pauses.append(keeper.ended("one", 1, now))
        assert not keeper.due(now + pauses[-1] - 0.1)
        now += pauses[-1]
        assert keeper.due(now) == [ONE]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_who_lived_a_minute_starts_again_after_one_second() -> None:
    keeper = Keeper([ONE])
    for _ in range(4):
        keeper.started("one", 7, 0)
        keeper.ended("one", 1, 59)
    keeper.started("one", 7, 100)
    assert keeper.ended("one", 1, 160) == 1


def test_the_status_tells_pid_age_restarts_and_the_last_end() -> None:
    keeper = Keeper([ONE])
    keeper.started("one", 7, 0)
    keeper.ended("one", -9, 3)
    assert keeper.status(3)[0] == {
        "name": "one",
        "pid": None,
        "seconds": None,
        "restarts": 0,
        "last_exit": -9,
        "starts_in": 1,
    }
    keeper.started("one", 8, 4)
    assert keeper.status(14)[0] == {
        "name": "one",
        "pid": 8,
        "seconds": 10,
        "restarts": 1,
        "last_exit": -9,
        "starts_in": None,
    }


def test_a_child_gets_its_own_variables_and_not_those_it_must_not_see() -> None:
    child = Child("one", ("true",), {"PREFECT_API_URL": "ours", "PREFECT_API_KEY": None, "PREFECT_PROFILE": None})
    assert child.environment({"PREFECT_API_KEY": "theirs", "PREFECT_API_URL": "theirs", "HOME": "/"}) == {
        "PREFECT_API_URL": "ours",
        "HOME": "/",
    }


def test_two_children_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="one name"):
        Keeper([ONE, ONE])


def test_prefect_can_be_left_out(tmp_path: Path) -> None:
    def names(*, prefect: bool) -> list[str]:
        settings = Settings(_env_file=None, home=tmp_path)
        return [child.name for child in children_of(settings, host="127.0.0.1", port=8700, prefect=prefect)]

    assert names(prefect=True) == ["web", "worker", "prefect", "scheduler"]
    assert names(prefect=False) == ["web", "worker"]


def test_no_secret_is_in_the_words_a_child_is_started_with(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        home=tmp_path,
        slack_bot_token="xoxb-secret",
        slack_app_token="xapp-secret",
        pepper="pep-secret-pepper",
    )
    assert not re.search(
        "(xoxb|xapp|pep)-secret", repr(children_of(settings, host="127.0.0.1", port=8700, prefect=True))
    )


def test_the_guard_remembers_whoever_came_and_did_not_go() -> None:
    assert watch(["+7\n", "+8\n", "-7\n", "-9\n"]) == {8}


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"at": 3}'])
def test_a_broken_status_counts_as_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "serve.json").write_text(text)
    assert not status_of(tmp_path, now=datetime.now(UTC)).running


def test_a_status_that_nobody_writes_any_more_is_not_running(tmp_path: Path) -> None:
    (tmp_path / "serve.json").write_text(json.dumps({"at": START.isoformat(), "children": []}))
    assert status_of(tmp_path, now=START + timedelta(seconds=9)).running
    assert not status_of(tmp_path, now=START + timedelta(seconds=10)).running


# --- the worker ---


@pytest.fixture
def house(tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    made = build(tmp_path / "home", clock)
    yield made
    made.w.engine.dispose()


def test_a_duty_is_done_when_its_job_is_due_and_not_before(house: House) -> None:
    done: list[str] = []
    worker = Worker(lambda: house.w, [Duty("mail", lambda w: done.append("mail"), job="a.job")])
    worker.round(0)
    assert done == []
    with unit_of_work(house.w.engine) as session:
        start(session, house.w.clock, kind="a.job", key="1", payload={})
    worker.round(1)
    assert done == ["mail"]


def test_a_duty_of_the_clock_is_done_at_its_times(house: House) -> None:
    done: list[str] = []
    worker = Worker(lambda: house.w, [Duty("tidy", lambda w: done.append("tidy"), every=60)])
    for now in (0, 1, 59, 60, 61):
        worker.round(now)
    assert len(done) == 2


def test_a_failing_duty_rests_is_told_with_its_traceback_and_stops_no_other(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail(_w: Wiring) -> None:
        done.append("failed")
        raise ZeroDivisionError("a bug")

    worker = Worker(lambda: house.w, [Duty("bad", fail, every=0), Duty("good", lambda w: done.append("good"), every=0)])
    for now in (0.0, 0.5, 1.0, 2.0, 2.9, 3.0):
        worker.round(now)
    assert done.count("good") == 6
    assert done.count("failed") == 3  # at 0, 1 and 3: it rests one second, then two
    assert "Traceback" in caplog.text
    assert "a bug" in caplog.text


def test_the_heartbeat_says_what_it_is_at(house: House) -> None:
    seen: list[str] = []
    beat = heartbeat_file(house.w.settings.home)
    worker = Worker(
        lambda: house.w, [Duty("look", lambda w: seen.append(json.loads(beat.read_text())["doing"]), every=1)]
    )
    worker.round(0)
    assert seen == ["look"]


def test_a_worker_told_to_stop_ends_after_the_duty_at_hand(house: House) -> None:
    done: list[str] = []

    def first(_w: Wiring) -> None:
        done.append("first")
        worker.stop.set()

    duties = [Duty("first", first, every=0), Duty("second", lambda w: done.append("second"), every=0)]
    worker = Worker(lambda: house.w, duties)
    worker.run(pause=0.01)
    assert done == ["first"]


# --- real processes ---

_TREE = """
import sys
from pathlib import Path
from flows.serving.keeping import Child
from flows.serving.supervisor import Supervisor
home = Path(sys.argv[1])
sleep = (sys.executable, "-c", "import subprocess, time; subprocess.Popen(['sleep', '600']); time.sleep(600)")
stubborn = (sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)")
children = [Child("one", sleep), Child("two", sleep)]
children += [Child("stubborn", stubborn)] if "stubborn" in sys.argv else []
Supervisor(home, children, say=lambda line: print(line, flush=True), grace=0.5).run()
"""


def _start(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _TREE, str(home), *words], env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _until(what: Callable[[], Any], seconds: float = 10) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never came to that")


def _pids(home: Path, count: int = 2) -> dict[str, int]:
    def read() -> dict[str, int]:
        children = status_of(home, now=datetime.now(UTC)).children
        pids = {child["name"]: child["pid"] for child in children if child["pid"]}
        return pids if len(pids) == count else {}

    pids: dict[str, int] = _until(read)
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
    _until(lambda: _pids(tmp_path)["one"] != before["one"])
    assert _gone(before["one"])
    assert _pids(tmp_path)["two"] == before["two"]
    one = status_of(tmp_path, now=datetime.now(UTC)).children[0]
    assert (one["restarts"], one["last_exit"]) == (1, -9)


def test_no_child_outlives_a_killed_supervisor(tree: Tree, tmp_path: Path) -> None:
    process = tree()
    pids = _pids(tmp_path)
    assert not any(map(_gone, pids.values()))
    process.kill()
    _until(lambda: all(map(_gone, pids.values())), 5)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_in_reverse_order_and_leaves_no_file(
    tree: Tree, tmp_path: Path, how: signal.Signals
) -> None:
    process = tree("stubborn")
    pids = _pids(tmp_path, 3)
    process.send_signal(how)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines() if "stopped" in line] == ["stubborn", "two", "one"]
    assert "stubborn stopped, killed" in out
    assert all(map(_gone, pids.values()))
    assert not (tmp_path / "serve.json").exists()


def test_a_second_one_is_refused_with_the_pid_of_the_first(tree: Tree, tmp_path: Path) -> None:
    first = tree()
    _pids(tmp_path)
    _, err = tree().communicate(timeout=10)
    assert f"(pid {first.pid})" in err
    assert f"kill {first.pid}" in err
    first.kill()
    first.wait()
    tree()
    _until(lambda: status_of(tmp_path, now=datetime.now(UTC)).document.get("pid") not in (None, first.pid))


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


def _served(home: Path, port: int, *words: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GREENROOM_", "PREFECT_"))}
    own |= {
        "PYTHONPATH": str(PROJECT),
        "GREENROOM_HOME": str(home),
        "GREENROOM_PEOPLE_FILE": str(PROJECT / "people.example.toml"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", str(port), *words], cwd=home.parent, env=own,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _answers(address: str) -> Any:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return json.loads(answer.read())
    except (urllib.error.URLError, OSError):
        return None


@pytest.mark.slow
def test_the_command_serves_and_stops(tmp_path: Path) -> None:
    process = _served(tmp_path / "home", 8731, "--no-prefect")
    try:
        _until(lambda: (_answers("http://127.0.0.1:8731/health") or {}).get("children"), 15)
        _until(heartbeat_file(tmp_path / "home").exists, 15)
        process.terminate()
        _, err = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "worker stopped\nweb stopped" in err
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_with_prefect_the_deployments_of_prefect_yaml_are_served_and_planned(tmp_path: Path) -> None:
    """The server and the scheduler find one another, whichever was first, and the times become runs."""
    process = _served(tmp_path / "home", 8733)
    log = tmp_path / "home" / "logs" / "scheduler.log"
    try:
        _until(lambda: log.exists() and "prefect deployment run" in log.read_text(), 60)
        _until(lambda: _planned_runs(tmp_path / "home" / "prefect" / "prefect.db") > 0, 60)
        process.terminate()
        _, err = process.communicate(timeout=40)
        assert process.returncode == 0
        assert "scheduler stopped\nprefect stopped" in err
    finally:
        process.terminate()
        process.communicate(timeout=70)


def _planned_runs(prefect_record: Path) -> int:
    with closing(sqlite3.connect(f"file:{prefect_record}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM flow_run").fetchone()[0])
