"""`greenroom serve` as somebody types it."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import SystemClock
from core.settings import PROJECT
from flows.serving.status import status_of
from tests.approvals.slack.simulator import Simulator
from tests.flows.serving.waiting import until
from tests.homes import copy_home


def _served(home: Path, port: int, *words: str, **settings: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GREENROOM_", "PREFECT_"))}
    own |= {
        "PYTHONPATH": str(PROJECT),
        "GREENROOM_HOME": str(home),
        "GREENROOM_PEOPLE_FILE": str(PROJECT / "people.example.toml"),
    }
    own |= {f"GREENROOM_{name}": value for name, value in settings.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", str(port), *words], cwd=home.parent, env=own,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _free_port() -> int:
    """One that nobody listens on, and nobody on the next one, which Prefect's server takes."""
    for _ in range(50):
        with closing(socket.socket()) as first, closing(socket.socket()) as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise AssertionError("no two free ports beside one another")


def _answers(address: str) -> Any:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return json.loads(answer.read())
    except (urllib.error.URLError, OSError):
        return None


@pytest.mark.slow
def test_the_command_serves_and_stops(tmp_path: Path) -> None:
    port = _free_port()
    process = _served(tmp_path / "home", port, "--no-prefect")
    try:
        until(lambda: (_answers(f"http://127.0.0.1:{port}/health") or {}).get("children"), 15)
        process.terminate()
        _, err = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "worker stopped\nweb stopped" in err
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_slack_is_posted_to_and_heard_and_a_killed_process_of_it_is_back(tmp_path: Path, longlisted_home: Path) -> None:
    copy_home(longlisted_home, tmp_path / "home")
    with Simulator(SystemClock()) as slack:
        settings = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_CHANNEL": "C1",
                    "SLACK_SIGNING_SECRET": slack.secret, "SLACK_API_URL": slack.address}  # fmt: skip
        port = _free_port()
        process = _served(tmp_path / "home", port, "--no-prefect", **settings)
        try:
            slack.sockets.wait(within=20)
            until(lambda: slack.texts("C1"), 20)
            killed = _pid(tmp_path / "home", "slack")
            os.kill(killed, signal.SIGKILL)
            until(lambda: _pid(tmp_path / "home", "slack") not in (0, killed), 20)
            slack.sockets.wait(within=20)
            assert slack.command("U1", "help").ok
            until(lambda: slack.whispers_to("U1"), 20)
            slack.doors.request_url = f"http://127.0.0.1:{port}/slack/events"
            assert slack.command("U2", "help").ok
            until(lambda: slack.whispers_to("U2"), 20)
            process.terminate()
            _, err = process.communicate(timeout=20)
            assert process.returncode == 0
            assert "slack stopped\nworker stopped\nweb stopped" in err
        finally:
            process.kill()
            process.communicate()


def _pid(home: Path, name: str) -> int:
    children = status_of(home, now=datetime.now(UTC)).children
    return next((child["pid"] or 0 for child in children if child["name"] == name), 0)


@pytest.mark.slow
def test_half_of_slack_serves_nothing_and_says_what_is_missing(tmp_path: Path) -> None:
    process = _served(tmp_path / "home", _free_port(), "--no-prefect", SLACK_BOT_TOKEN="xoxb-1")
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "no click could reach Greenroom" in err


@pytest.mark.slow
def test_with_prefect_the_deployments_of_prefect_yaml_are_served_and_planned(tmp_path: Path) -> None:
    """The server and the scheduler find one another, whichever was first, and the times become runs."""
    process = _served(tmp_path / "home", _free_port())
    log = tmp_path / "home" / "logs" / "scheduler.log"
    try:
        until(lambda: log.exists() and "prefect deployment run" in log.read_text(), 60)
        until(lambda: _planned_runs(tmp_path / "home" / "prefect" / "prefect.db") > 0, 60)
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
