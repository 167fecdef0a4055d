"""`greenroom pool`: what somebody sees who looks after the pool."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from sourcing.progress import Phases, Step
from tests.cli.conftest import Begin, Terminal


@pytest.fixture
def filled(terminal: Terminal, begin: Begin) -> Terminal:
    """A pool of three."""

    def commands() -> None:
        profiles = terminal.home.parent / "profiles.jsonl"
        rows = [{"platform": "tiktok", "handle": f"u{n}", "followers": 9_000, "bio": "linen"} for n in range(3)]
        profiles.write_text("\n".join(map(json.dumps, rows)))
        terminal.document("pool", "import", str(profiles))

    return begin("filled", commands)


def words_of(home: Path) -> Path:
    (file,) = (home / "pool" / "segments").glob("*/words/vocabulary.txt")
    return file


def test_a_whole_pool_is_said_to_be_whole(filled: Terminal) -> None:
    assert filled("pool", "check").out == "3 profiles in 1 segment: every byte is whole.\n"
    assert filled.document("pool", "check")["faults"] == []
    assert "Nothing had to be made again." in filled("pool", "rebuild").out
    assert "in 1 segment" in filled("pool", "info").out


def test_damage_is_told_by_reading_commands_and_made_again(filled: Terminal) -> None:
    words_of(filled.home).write_bytes(b"\nlines\n")
    for words in (("doctor",), ("pool", "info")):
        answer = filled(*words)
        assert answer.code == 1
        assert "greenroom pool rebuild" in answer.out + answer.err
    checked = filled("pool", "check")
    assert checked.code == 1
    assert "words/vocabulary.txt is missing or cut" in checked.out
    assert "Next: greenroom pool rebuild" in checked.out
    assert "Made again: segment" in filled("pool", "rebuild").out
    assert filled("pool", "check").code == 0


def test_nothing_to_look_at_is_said(terminal: Terminal) -> None:
    for command in ("check", "rebuild"):
        answer = terminal("pool", command)
        assert answer.code == 1
        assert "The pool is empty" in answer.err


def test_the_bar_never_goes_back() -> None:
    told: list[Step] = []
    phases = Phases(told.append)
    phases.at("reading", 0.5, 10)
    phases.at("reading", 0.2, 10)
    phases.at("indexing", 0.5, 10)
    phases.at("writing", 1.0, 10)
    phases.at("indexing", 2.0, 10)
    phases.done(10)
    assert [round(step.share, 6) for step in told] == [0.2, 0.2, 0.8, 1.0, 1.0]


def test_info_says_how_fresh_from_whom_and_how_long_and_purge_takes_out(terminal: Terminal) -> None:
    file = terminal.home.parent / "profiles.jsonl"
    rows = [{"platform": "tiktok", "handle": f"u{n}", "followers": 9, "source": "Vendor",
             "expires_at": f"{terminal.clock.now() + timedelta(days=days):%F %T}"}
            for n, days in enumerate((-1, 3, 300))]  # fmt: skip
    file.write_text("\n".join(map(json.dumps, rows)))
    terminal.document("pool", "import", str(file))
    told = terminal.document("pool", "info")
    assert (told["ends"]["over"], told["ages"]["30"], told["sources"][0]["source"]) == (1, 3, "Vendor")
    shown = terminal("pool", "info").out
    assert "ends within 7 days" in shown
    assert "greenroom pool purge --dry-run" in shown
    would = terminal("pool", "purge", "--dry-run").out
    assert "1 profile would leave the pool" in would
    assert terminal.document("pool", "info")["profiles"] == 3
    assert "1 profile left the pool" in terminal("pool", "purge").out
    assert terminal.document("pool", "info")["profiles"] == 2
    assert terminal("pool", "purge").out == "Nobody's time is over.\n"


def test_the_doctor_says_how_many_should_have_left_the_pool(filled: Terminal) -> None:
    assert [one for one in filled.document("doctor")["findings"] if "purge" in one["next_step"]] == []
    file = filled.home.parent / "ended.jsonl"
    rows = [{"platform": "tiktok", "handle": f"u{n}", "followers": 9, "expires_at": "2001-01-01"} for n in range(2)]
    file.write_text("\n".join(map(json.dumps, rows)))
    filled.document("pool", "import", str(file))
    assert "the time that 2 profiles may be kept is over, and no purge has taken them" in filled("doctor", "--json").out
    assert "greenroom pool purge --dry-run" in filled("doctor", "--json").out
    filled.document("pool", "purge")
    assert "may be kept is over" not in filled("doctor", "--json").out
