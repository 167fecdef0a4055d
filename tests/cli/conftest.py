"""Somebody at a terminal: types a command into a home of their own, at a fixed time, and reads what comes back."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from cli.interruption import CtrlC
from cli.main import COMMANDS
from cli.run import run
from core.clock import FixedClock
from core.database import open_engine
from core.settings import PROJECT
from flows.steps import deals, outreach
from flows.wiring import wire, wired_with
from tests.conftest import START
from tests.homes import copied, copy_home, made_once
from tests.house import CAMPAIGN

#: Runs the command of the arguments in a process of its own, at the fixed time of the tests.
_AT_A_FIXED_TIME = f"""
from datetime import datetime
from cli.main import main
from core.clock import FixedClock
from flows.wiring import wire, wired_with
with wired_with(wire(clock=FixedClock(datetime.fromisoformat({START.isoformat()!r})))):
    main()
"""


@dataclass(frozen=True)
class Answer:
    """What came back: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


@dataclass
class Terminal:
    """Types commands into `home`. `patience` is how many seconds a command waits for another that writes."""

    home: Path
    clock: FixedClock
    capsys: pytest.CaptureFixture[str]
    patience: float | None = None

    def __call__(self, *words: str, wired: bool = True) -> Answer:
        """`wired` False: with settings that cannot even be read."""
        self.capsys.readouterr()
        with ExitStack() as stack:
            if wired:
                self._wire(stack)
            code = run(words, COMMANDS, CtrlC())
        captured = self.capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Answer(code, captured.out, captured.err)

    def document(self, *words: str) -> Any:
        """The answer to a command that must work, for programs."""
        answer = self(*words, "--json")
        assert answer.code == 0, answer.err
        return answer.document

    def _wire(self, stack: ExitStack) -> None:
        w = stack.enter_context(wired_with(wire(clock=self.clock)))
        if self.patience is not None:
            # The wiring keeps its engine once made; this one gives up sooner.
            w.__dict__["engine"] = open_engine(w.settings.database_address, busy_seconds=self.patience)
        stack.callback(lambda: w.__dict__["engine"].dispose() if "engine" in w.__dict__ else None)


@dataclass(frozen=True)
class Process:
    """The command as a process of its own in `home`."""

    home: Path

    def start(self, *words: str, stdout: int | IO[str] = subprocess.PIPE) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", _AT_A_FIXED_TIME, *words], cwd=self.home.parent, env=_environment(self.home),
            stdout=stdout, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def typed(self, keys: str, *words: str) -> Answer:
        """The command at a terminal of its own, where each key is pressed once its screen is drawn."""
        ours, theirs = os.openpty()
        process = None
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", _AT_A_FIXED_TIME, *words], cwd=self.home.parent, env=_environment(self.home),
                stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True, start_new_session=True,
            )  # fmt: skip
            seen, pressed, until = b"", 0, time.monotonic() + 60
            while process.poll() is None:
                assert time.monotonic() < until, seen
                if select.select([ours], [], [], 0.02)[0]:
                    seen += os.read(ours, 65_536)
                # Whoever reads one key at a time throws away what was typed before; then the terminal is raw.
                elif (
                    pressed < min(len(keys), seen.count(b"Stop")) and not termios.tcgetattr(theirs)[3] & termios.ICANON
                ):
                    os.write(ours, keys[pressed].encode())
                    pressed += 1
            out, _ = process.communicate()
            return Answer(process.returncode, out, seen.decode(errors="replace"))
        finally:
            if process is not None:
                process.kill()
            os.close(ours)
            os.close(theirs)

    def __call__(self, *words: str, stdout: int | IO[str] = subprocess.PIPE) -> Answer:
        return ended(self.start(*words, stdout=stdout))

    def strike(self, how: signal.Signals, when: Callable[[], bool], *words: str) -> Answer:
        """Start the command, and send it a signal as soon as `when` is true; fails where it ended before."""
        process = self.start(*words)
        while not when():
            assert process.poll() is None, process.communicate()
            time.sleep(0.001)
        # To the whole group, as a terminal does.
        os.killpg(process.pid, how)
        return ended(process)


def ended(process: subprocess.Popen[str]) -> Answer:
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in f"{out}{err}"
    return Answer(process.returncode, out or "", err)


def _environment(home: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
    return own | {
        "PYTHONPATH": str(PROJECT),
        "GREENROOM_HOME": str(home),
        "GREENROOM_PEOPLE_FILE": str(PROJECT / "people.example.toml"),
        "GREENROOM_TERMINAL_MAY_SIGN_OFF": "true",
        "GREENROOM_OFFICE": "none",  # takes two seconds each time; PDFs are the matter of their own tests
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty place for a home; the tests that need more copy a made one into it."""
    return tmp_path / "home"


@pytest.fixture
def terminal(
    home: Path, clock: FixedClock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    for name in [name for name in os.environ if name.startswith("GREENROOM_")]:
        monkeypatch.delenv(name)
    for name, value in _environment(home).items():
        monkeypatch.setenv(name, value)
    # Whoever runs the tests may have a .env in the project.
    monkeypatch.chdir(home.parent)
    return Terminal(home, clock, capsys)


@pytest.fixture
def process(home: Path) -> Process:
    return Process(home)


@pytest.fixture(scope="session")
def approved_home(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten creators with an address are approved, and nobody was written to; their names are in names.json."""

    def make(home: Path) -> None:
        house = copied(longlisted_home, home)
        chosen = house.with_addresses(10)
        for _, question in chosen:
            house.decide(question, "approve", by="rosa")
        house.let_mails_go()
        house.w.engine.dispose()
        (home / "names.json").write_text(json.dumps([name for name, _ in chosen]))

    return made_once(tmp_path_factory, "approved", make)


@pytest.fixture(scope="session")
def agreed_home(approved_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ten were invited, answered and accepted an offer; no contract is drafted."""

    def make(home: Path) -> None:
        house = copied(approved_home, home)
        outreach.write_invitations(house.w, CAMPAIGN)
        outreach.send_due(house.w, CAMPAIGN)
        for number, mail in enumerate(house.outbox()):
            house.answer(mail, f"I am interested, count me in!{' ' * number}")
        sofia = house.w.people.named("sofia")
        outreach.read_replies(house.w)
        for creator in json.loads((home / "names.json").read_text()):
            deals.make_offer(house.w, CAMPAIGN, creator, actor=sofia)
            deals.accept_offer(house.w, CAMPAIGN, creator, actor=sofia, how="reply")
        house.w.engine.dispose()

    return made_once(tmp_path_factory, "agreed", make)


Begin = Callable[[str, Callable[[], None]], Terminal]


@pytest.fixture
def begin(terminal: Terminal, tmp_path_factory: pytest.TempPathFactory) -> Begin:
    """The terminal in a home that its first user made with commands: `begin("sourced", commands)`."""

    def begun(name: str, commands: Callable[[], None]) -> Terminal:
        def make(home: Path) -> None:
            commands()
            shutil.copytree(terminal.home, home)

        made = made_once(tmp_path_factory, name, make)
        shutil.rmtree(terminal.home, ignore_errors=True)
        shutil.copytree(made, terminal.home)
        return terminal

    return begun


@pytest.fixture
def longlisted(terminal: Terminal, longlisted_home: Path) -> Terminal:
    copy_home(longlisted_home, terminal.home)
    return terminal


@pytest.fixture
def approved(terminal: Terminal, approved_home: Path) -> Terminal:
    copy_home(approved_home, terminal.home)
    return terminal


@pytest.fixture
def agreed(terminal: Terminal, agreed_home: Path) -> Terminal:
    copy_home(agreed_home, terminal.home)
    return terminal
