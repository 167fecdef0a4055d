"""Ctrl-C and kill -9 in the middle: nothing lost, nothing half-written, the next run goes on."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.interruption import STOPPED
from core.settings import PROJECT
from sourcing.sample import write_sample
from tests.cli.conftest import Answer, Process, Terminal
from tests.house import CAMPAIGN, CAMPAIGN_FILE

#: Presses Ctrl-C when the command line's library is about to be loaded.
_PRESSED_EARLY = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from cli.main import main
main()
"""
#: What a terminal sends, and what no process can answer.
STRIKES = pytest.mark.parametrize(
    "how",
    [pytest.param(signal.SIGINT, id="ctrl-c"), pytest.param(signal.SIGKILL, id="kill-9", marks=pytest.mark.slow)],
)


def _so_many(wanted: int, folder: Path, pattern: str) -> Callable[[], bool]:
    return lambda: len(list(folder.glob(pattern))) >= wanted


def _ended_as_struck(answer: Answer, how: signal.Signals) -> None:
    assert answer.code == (STOPPED if how == signal.SIGINT else -how)
    if how == signal.SIGINT:
        assert "The same command goes on from here." in answer.out + answer.err


@pytest.mark.slow
@STRIKES
def test_an_import(process: Process, terminal: Terminal, how: signal.Signals) -> None:
    small, large = terminal.home.parent / "small.csv", terminal.home.parent / "large.jsonl.gz"
    small.write_text("platform,username,followers\ninstagram,ada.linen,12000\n")
    write_sample(large, profiles=10_000)
    terminal.document("pool", "import", str(small))
    building = _so_many(1, terminal.home / "pool", ".building-*/*")
    _ended_as_struck(process.strike(how, building, "pool", "import", str(large)), how)
    assert terminal.document("pool", "info")["profiles"] == 1
    assert terminal.document("pool", "import", str(large))["profiles"] == 10_001
    assert not list((terminal.home / "pool").glob(".building-*"))


@pytest.mark.slow
@STRIKES
def test_a_longlist(process: Process, terminal: Terminal, longlisted_home: Path, how: signal.Signals) -> None:
    shutil.copytree(longlisted_home / "pool", terminal.home / "pool")
    writing = _so_many(1, terminal.home, "runs/*/.longlist*")
    _ended_as_struck(process.strike(how, writing, "source", str(CAMPAIGN_FILE)), how)
    again = terminal.document("source", str(CAMPAIGN_FILE))
    assert (again["longlisted"], again["new_candidates"], again["queued"]) == (250, 250, 25)
    assert len(list(Path(again["folder"]).glob("longlist.*"))) == 4
    assert len(terminal.document("review", "list", CAMPAIGN)) == 25
    assert terminal.document("audit", "verify")["ok"]


@pytest.mark.slow
@STRIKES
def test_a_batch_of_mails(process: Process, terminal: Terminal, approved_home: Path, how: signal.Signals) -> None:
    shutil.copytree(approved_home, terminal.home)
    outbox = terminal.home / "outbox"
    _ended_as_struck(process.strike(how, _so_many(3, outbox, "*.eml"), "outreach", "send", CAMPAIGN), how)
    assert 3 <= len(list(outbox.glob("*.eml"))) < 10
    terminal.document("outreach", "send", CAMPAIGN)
    counts = terminal.document("outreach", "status", CAMPAIGN)["counts"]
    # The one mail on the wire of a killed process is not touched until its lease ends; all others are out.
    assert counts["sent"] + counts.get("sending", 0) == 10
    assert counts.get("sending", 0) <= (1 if how == signal.SIGKILL else 0)
    texts = [path.read_text() for path in outbox.glob("*.eml")]
    to = Counter(line for text in texts for line in text.splitlines() if line.startswith("To:"))
    assert set(to.values()) == {1}


@pytest.mark.slow
@STRIKES
def test_contracts(process: Process, terminal: Terminal, agreed_home: Path, how: signal.Signals) -> None:
    shutil.copytree(agreed_home, terminal.home)
    third = _so_many(3, terminal.home / "contracts", "*/*.docx")
    _ended_as_struck(process.strike(how, third, "contracts", "draft", CAMPAIGN), how)
    again = terminal.document("contracts", "draft", CAMPAIGN)
    stages = Counter(line["stage"] for line in terminal.document("contracts", "status", CAMPAIGN))
    # The one agreement that the struck run was at is held until its lease ends, and the answer says so.
    assert stages["CONTRACT_DRAFTED"] + len(again["undone"]) == 10
    assert len(again["undone"]) <= 1
    asked = terminal.document("approvals", "list", "--for", "lena")
    assert len(asked) == stages["CONTRACT_DRAFTED"]
    assert terminal.document("audit", "verify")["ok"]


def test_ctrl_c_while_the_program_is_still_loading(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PRESSED_EARLY, "doctor"], env=os.environ | {"PYTHONPATH": str(PROJECT)},
        cwd=home.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (STOPPED, "", "Stopped.\n")
