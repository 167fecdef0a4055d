"""`greenroom serve` as somebody types it."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.settings import PROJECT
from tests.flows.serving.waiting import until


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
