"""A sample of followers at the terminal: checking, keeping, learning from audits, and what is refused."""

import json
from pathlib import Path

import pytest

from sourcing.followers import known_shares
from tests.cli.conftest import Terminal
from tests.sourcing.followers.audience import audience, write_csv


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "sample.csv", audience(300, 0.25, seed=11))


@pytest.fixture
def audits(tmp_path: Path) -> list[str]:
    made = [audience(200, 0.4, seed=1), audience(200, 0.3, seed=2, shift=0.4)]
    return [str(write_csv(tmp_path / f"audit{n}.csv", one)) for n, one in enumerate(made)]


def test_a_sample_is_told_to_people_and_to_programs(terminal: Terminal, sample: Path) -> None:
    told = terminal("authenticity", "check", str(sample))
    assert told.code == 0, told.err
    for words in ("handle from username", "300 followers read", "look unattended or automated; most often: ",
                  "mass followers", "real people", "by: standard rules", "Not kept. Add --creator"):  # fmt: skip
        assert words in told.out
    document = terminal.document("authenticity", "check", str(sample))
    likely = document["likely"]
    assert likely["low"] <= 0.25 <= likely["high"]
    assert document["followers"] == 300
    assert document["wording"] in told.out
    assert terminal("authenticity", "check", str(sample), "--json").out == json.dumps(
        document, indent=2, ensure_ascii=False
    ) + "\n"  # fmt: skip
    assert not terminal.home.exists()


def test_what_is_kept_for_a_creator_holds_no_follower(terminal: Terminal, sample: Path) -> None:
    told = terminal("authenticity", "check", str(sample), "--creator", "instagram:@Ada.Linen")
    assert "Kept for instagram:ada.linen" in told.out
    [path] = (terminal.home / "authenticity").iterdir()
    [(key, audit)] = known_shares(terminal.home / "authenticity").items()
    assert (key, audit.day, audit.source, audit.followers) == (
        "instagram:ada.linen", "2026-11-20", "sample.csv", 300
    )  # fmt: skip
    handles = [line.split(",")[0] for line in sample.read_text().splitlines()[1:]]
    assert not any(handle in path.read_text() for handle in handles)


@pytest.mark.slow
def test_audits_of_ones_own_are_learnt_from_and_can_be_left_aside(
    terminal: Terminal, sample: Path, audits: list[str]
) -> None:
    learnt = terminal("authenticity", "train", *audits, "--label-column", "Fake")
    assert learnt.code == 0, learnt.err
    assert "Tried on accounts it had not seen" in learnt.out
    assert "label from fake" in learnt.out
    stored = terminal.home / "models" / "followers.json"
    assert terminal.document("authenticity", "check", str(sample))["calibrated"]
    assert "trained on your audits (400 accounts, 2026-11-20)" in terminal("authenticity", "check", str(sample)).out
    assert not terminal.document("authenticity", "check", str(sample), "--rules")["calibrated"]
    stored.write_text("{}")
    refused = terminal("authenticity", "check", str(sample))
    assert refused.code == 1
    assert "Train it again" in refused.err


def test_a_hostile_file_steers_nothing(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "odd\x1b[31m.csv"
    file.write_text("username,followers,following,\x1b]0;x\x07\n=cmd(),5,9,\u202ea\n\x1b[2J,x,1,y\n", encoding="utf-8")
    told = terminal("authenticity", "check", str(file), "--creator", "tiktok:bo")
    assert told.code == 0, told.err
    assert "1 row was not usable" in told.out
    assert "line 3: followers is not a number" in told.out
    assert "So few followers (1)" in told.out
    assert not {"\x1b", "\x07", "\u202e"} & set(told.out)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("check", "missing.csv"), 1, "There is no file"),
        (("check", "?", "--creator", "ada"), 2, "Write platform:handle"),
        (("train", "?"), 1, "30 of each are needed"),
        (("train", "?", "?"), 1, "given twice"),
        (("train", "?", "--label-column", "nope"), 1, "no column 'nope'"),
    ],
)
def test_what_cannot_be_done_says_why_and_leaves_nothing(
    terminal: Terminal, tmp_path: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    few = str(write_csv(tmp_path / "few.csv", audience(40, 0.2, seed=1)))
    answer = terminal("authenticity", *(word.replace("?", few) for word in words))
    assert (answer.code, answer.out) == (code, "")
    assert says in answer.err
    assert not terminal.home.exists()
