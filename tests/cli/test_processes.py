"""The command as a process: readers that go away, a full disk behind stdout, and what loading it costs."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.settings import PROJECT
from tests.cli.conftest import Answer, Process, Terminal, ended

pytestmark = pytest.mark.slow

#: What answering a question has no use for.
HEAVY = ("prefect", "sklearn", "pandas", "duckdb", "alembic", "holidays", "numpy", "docx", "docxtpl", "pypdf",
         "cryptography", "email_validator", "httpx", "slack_sdk", "slack_bolt", "imap_tools", "fastapi")  # fmt: skip
#: Question → what it needs of those after all: a pool is numbers, a template is taken apart to be found fit, and
#: people whose day it is have holidays.
QUESTIONS = {
    ("doctor", "--json"): ["holidays", "numpy", "docx", "docxtpl"],
    ("audit", "verify", "--json"): [],
    ("approvals", "list", "--json"): [],
    ("contracts", "ends", "linen-summer", "--json"): [],
    ("contracts", "status", "linen-summer", "--json"): [],
    ("contracts", "templates", "check", "--json"): ["docx", "docxtpl"],
    ("inbox", "list", "--json"): [],
    ("outreach", "status", "linen-summer", "--json"): ["holidays"],
    ("review", "list", "linen-summer", "--json"): [],
}
FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def asked_home(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy for all questions: nothing here changes what is in it."""
    return Path(shutil.copytree(longlisted_home, tmp_path_factory.mktemp("asked") / "home"))


@pytest.mark.parametrize("words", [("audit", "show"), ("longlist", "show", "linen-summer", "--json"), ("--help",)])
def test_a_reader_that_stops_reading_is_no_failure(asked_home: Path, words: tuple[str, ...]) -> None:
    answer = _unread(Process(asked_home), *words)
    assert (answer.code, answer.err) == (0, "")


def test_an_answer_that_nobody_reads_to_the_end_keeps_its_exit_code(longlisted: Terminal) -> None:
    with closing(sqlite3.connect(longlisted.home / "greenroom.db")) as record:
        record.execute("DELETE FROM audit_entry WHERE seq = 7")
        record.commit()
    assert _unread(Process(longlisted.home), "audit", "verify", "--json").code == 1


@pytest.mark.skipif(not FULL.exists(), reason="this machine has no /dev/full")
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_an_answer_that_cannot_be_written_is_said_so(home: Path, form: tuple[str, ...]) -> None:
    with FULL.open("w") as full:
        answer = Process(home)("doctor", *form, stdout=full)
    assert answer.code == 3
    assert "No space left" in answer.err


def test_a_command_works_without_any_standard_output(asked_home: Path, terminal: Terminal) -> None:
    words = [sys.executable, "-m", "cli.main", "audit", "verify", "--json"]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *words], env=os.environ | {"PYTHONPATH": str(PROJECT)},
        cwd=asked_home.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("words", QUESTIONS)
def test_a_question_loads_nothing_that_it_does_not_need(asked_home: Path, words: tuple[str, ...]) -> None:
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr))\n"
        "from cli.main import main\nmain()"
    )
    environment = os.environ | {
        "PYTHONPATH": str(PROJECT), "GREENROOM_HOME": str(asked_home),
        "GREENROOM_PEOPLE_FILE": str(PROJECT / "people.example.toml"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=environment, cwd=asked_home.parent,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) is not None
    assert done.stderr == f"{QUESTIONS[words]}\n"


def _unread(process: Process, *words: str) -> Answer:
    """The command, with a reader that went away before the first line."""
    running = process.start(*words)
    assert running.stdout is not None
    running.stdout.close()
    running.stdout = None
    return ended(running)
