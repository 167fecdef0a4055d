"""Failures that no command foresees: still a sentence and a sensible code, never a traceback."""

import signal
import sys
from collections.abc import Iterator

import pytest

from cli.interruption import STOPPED, CtrlC
from cli.run import run
from tests.cli import broken
from tests.cli.conftest import Terminal

BROKEN = {name: (broken.__name__, name, "") for name in vars(broken) if not name.startswith("_")}


@pytest.fixture
def ctrl_c() -> Iterator[CtrlC]:
    before = signal.getsignal(signal.SIGINT), sys.unraisablehook
    watching = CtrlC()
    watching.watch()
    yield watching
    signal.signal(signal.SIGINT, before[0])
    sys.unraisablehook = before[1]


def test_a_bug_is_a_sentence_and_its_details_are_in_the_log(terminal: Terminal) -> None:
    assert run(["bug"], BROKEN, CtrlC()) == 1
    log = terminal.home / "greenroom.log"
    said = terminal.capsys.readouterr().err
    assert said == f"Something failed that should not: ZeroDivisionError: nobody thought of it.\nDetails: {log}\n"
    assert "in bug\n" in log.read_text()


def test_a_bug_where_not_even_the_log_can_be_written(terminal: Terminal) -> None:
    terminal.home.touch()
    assert run(["bug"], BROKEN, CtrlC()) == 1
    assert "no file could be written" in terminal.capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [("full_disk", 3, "No space left on device"), ("no_right", 1, "Permission denied")],
)
def test_what_the_disk_says(terminal: Terminal, command: str, code: int, says: str) -> None:
    assert run([command], BROKEN, CtrlC()) == code
    assert f"/home/of/it: {says}." in terminal.capsys.readouterr().err
    assert not terminal.home.exists()


@pytest.mark.parametrize(("command", "logged"), [("swallowed_ctrl_c", True), ("lost_ctrl_c", False)])
def test_ctrl_c_stops_whatever_becomes_of_the_key(
    terminal: Terminal, ctrl_c: CtrlC, command: str, logged: bool
) -> None:
    assert run([command], BROKEN, ctrl_c) == STOPPED
    assert terminal.capsys.readouterr().err.startswith("Stopped.")
    log = terminal.home / "greenroom.log"
    assert ("query interrupted" in log.read_text() if log.exists() else False) == logged
