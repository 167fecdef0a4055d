"""What is asked for cannot be done: the code says which kind of no it is, the sentence names the thing and a way on."""

import json
import os
import socket
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from core.settings import PROJECT
from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN, CAMPAIGN_FILE

REFUSED, TRY_AGAIN = 1, 3


def _refused(terminal: Terminal, *words: str, says: str, code: int = REFUSED) -> None:
    """The command is refused with this sentence, for people and for programs."""
    answer = terminal(*words)
    assert (answer.code, answer.out) == (code, ""), answer
    assert says in answer.err
    for_programs = terminal(*words, "--json")
    assert for_programs.code == code
    assert says in for_programs.document["error"] + " " + for_programs.document["next_step"]


# Names that are on no record.

ABOUT_A_CAMPAIGN = [
    ("longlist", "show", "?"), ("review", "list", "?"), ("review", "approve", "?", "ada"),
    ("review", "unhold", "?", "ada"), ("review", "drop", "?", "ada", "--reason", "x"),
    ("approvals", "list", "--campaign", "?"), ("outreach", "preview", "?"), ("outreach", "send", "?"),
    ("outreach", "status", "?"), ("outreach", "reconcile", "?"), ("deal", "offer", "?", "ada"),
    ("outreach", "quarantine", "?", "--reason", "x"), ("outreach", "corrections", "?"),
    ("deal", "accept", "?", "ada", "--how", "x"), ("deal", "decline", "?", "ada"), ("deal", "show", "?", "ada"),
    ("contracts", "draft", "?"), ("contracts", "send", "?"), ("contracts", "status", "?"),
    ("contracts", "check", "?", "ada"), ("contracts", "hand-over", "?", "ada"),
    ("outreach", "by-hand", "?", "ada", "--how", "x"), ("inbox", "record", "?", "ada", "interested"),
]  # fmt: skip


@pytest.mark.parametrize("words", ABOUT_A_CAMPAIGN, ids=" ".join)
def test_a_misspelt_campaign_is_answered_with_the_nearest(
    longlisted: Terminal, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_ACTOR", "omar")
    typed = [word.replace("?", "linen-sumer") for word in words]
    _refused(longlisted, *typed, says=f"Did you mean {CAMPAIGN}?")


def test_a_campaign_on_an_empty_record(terminal: Terminal) -> None:
    _refused(terminal, "review", "list", CAMPAIGN, says="Run: greenroom source CAMPAIGN.toml")


@pytest.mark.parametrize("creator", ["nobody.at.all", "tiktok:nobody", "", "a:b:c", "\x1b[31mred\n", "\u202edesrever"])
def test_a_creator_whom_nobody_knows(longlisted: Terminal, creator: str) -> None:
    answer = longlisted("review", "approve", CAMPAIGN, creator, "--as", "rosa")
    assert answer.code == REFUSED
    says = f"is not a candidate of {CAMPAIGN}" if creator else "No creator is named."
    assert says in answer.err
    assert "\x1b" not in answer.err
    assert "\u202e" not in answer.err


def test_bytes_that_are_no_text(longlisted: Terminal) -> None:
    answer = longlisted("review", "approve", CAMPAIGN, "ada\udcff", "--as", "rosa")
    assert answer.code == 2
    assert "bytes that are no text" in answer.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("review", "approve", CAMPAIGN, "?"), "Add --as YOUR-ID"),
        (("review", "approve", CAMPAIGN, "?", "--as", "nobody"), "Known: anton, lena, olivia, omar, rosa, sofia."),
        (("review", "approve", CAMPAIGN, "?", "--as", "sofia"), "Ask Rosa Lindqvist."),
        (("review", "decline", CAMPAIGN, "?", "--as", "rosa"), "Decline needs a reason."),
        (("review", "hold", CAMPAIGN, "?", "--as", "rosa"), "Hold needs a reason."),
        (("deal", "offer", CAMPAIGN, "?", "--as", "sofia"), "is QUEUED"),
        (("contracts", "check", CAMPAIGN, "?"), "has no contract"),
        (("approvals", "list", "--for", "nobody"), "Nobody is called 'nobody'"),
        (("approvals", "show", "zzz"), "See: greenroom approvals list"),
        (("source", str(CAMPAIGN_FILE), "--as", "nobody"), "Nobody is called 'nobody'"),
        (("source", str(CAMPAIGN_FILE), "--as", "rosa"), "may not start a longlist: it takes the ops or owner"),
        (("outreach", "retry", "99", "--as", "omar"), "There is no message 99."),
        (("outreach", "by-hand", CAMPAIGN, "?", "--how", "dm", "--as", "sofia"), "QUEUED"),
        (("outreach", "by-hand", CAMPAIGN, "?", "--how", "dm", "--as", "rosa"), "may not write to creators"),
        (("inbox", "record", CAMPAIGN, "?", "interested", "--as", "sofia"), "nobody has written to them yet"),
        (("contracts", "hand-over", CAMPAIGN, "?", "--as", "sofia"), "has no contract"),
        (("review", "drop", CAMPAIGN, "?", "--reason", "x", "--as", "rosa"), "may not drop a creator"),
        (("review", "unhold", CAMPAIGN, "?", "--as", "rosa"), "not on hold, but waits for review already"),
        (("outreach", "reconcile", CAMPAIGN, "--sent", "99", "--as", "omar"), "There is no message 99."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_no_of_the_programme(longlisted: Terminal, words: tuple[str, ...], says: str) -> None:
    first = longlisted.document("longlist", "show", CAMPAIGN)["places"][0]
    _refused(longlisted, *(word.replace("?", f"{first['platform']}:{first['handle']}") for word in words), says=says)
    assert len(longlisted.document("review", "list", CAMPAIGN)) == 25


# Files.


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder of files that are not what their names say."""
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "empty.csv").touch()
    (folder / "noise.toml").write_bytes(bytes(range(128, 256)) * 8)
    (folder / "noise.jsonl.gz").write_bytes(bytes(range(128, 256)) * 8)
    (folder / "headers.csv").write_text("foo,bar\n1,2\n")
    (folder / "misspelt.toml").write_text(CAMPAIGN_FILE.read_text().replace("stipend =", "stipendd ="))
    return folder


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("pool", "import", "missing.csv"), "There is no file"),
        (("pool", "import", "."), "Name the files in it."),
        (("pool", "import", "empty.csv"), "is empty"),
        (("pool", "import", "noise.jsonl.gz"), "noise.jsonl.gz"),
        (("pool", "import", "headers.csv"), "Columns found: 'foo', 'bar'"),
        (("pool", "import", "headers.csv", "--platform", "myspace"), "instagram, tiktok, youtube"),
        (("source", "missing.toml"), "There is no campaign file"),
        (("source", "."), "Is a directory"),
        (("source", "noise.toml"), "is not a campaign file"),
        (("source", "empty.csv"), "slug: missing"),
        (("source", "misspelt.toml"), "offer.stipendd: unknown key; did you mean 'stipend'?"),
        (("rank", "missing.json"), "There is no briefs file"),
        (("rank", "headers.csv"), "A briefs file is a list of"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_file_that_cannot_be_used(terminal: Terminal, odd: Path, words: tuple[str, ...], says: str) -> None:
    os.chdir(odd)  # the terminal's fixture puts it back
    _refused(terminal, *words, says=says)


@pytest.mark.slow
@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_a_folder_for_the_longlist_that_is_a_file(longlisted: Terminal, tmp_path: Path, out: str) -> None:
    (tmp_path / "taken").touch()
    _refused(longlisted, "source", str(CAMPAIGN_FILE), "--out", str(tmp_path / out), says="cannot be written")


def test_no_people_file(longlisted: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_PEOPLE_FILE", "people.toml")
    _refused(longlisted, "suppress", "add", "a@example.com", "--as", "omar", says="Copy people.example.toml")


# The home and the record.


def test_a_home_that_is_a_file(terminal: Terminal) -> None:
    terminal.home.touch()
    for words in (("review", "list", CAMPAIGN), ("inbox", "poll"), ("db", "upgrade"), ("source", str(CAMPAIGN_FILE))):
        _refused(terminal, *words, says="Set GREENROOM_HOME")
    assert terminal("demo").code == REFUSED
    findings = {finding["what"]: finding for finding in terminal("doctor", "--json").document["findings"]}
    assert findings["home"]["state"] == "problem"


def test_a_record_that_is_no_database(longlisted: Terminal) -> None:
    (longlisted.home / "greenroom.db").write_bytes(b"once upon a time " * 400)
    _refused(longlisted, "review", "list", CAMPAIGN, says="Restore it from a backup.")
    doctor = longlisted("doctor")
    assert doctor.code == REFUSED
    assert "not a record" in doctor.out


def test_a_people_file_that_no_longer_has_whom_a_campaign_names(
    longlisted: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = tmp_path / "people.toml"
    people.write_text((PROJECT / "people.example.toml").read_text().replace('["analytics"]', '["reviewer"]'))
    monkeypatch.setenv("GREENROOM_PEOPLE_FILE", str(people))
    told = longlisted("doctor")
    assert told.code == REFUSED
    assert "names anton as analytics, but the people file does not give them the role analytics" in told.out
    people.write_text(people.read_text().replace('["reviewer"]', '["reviewer", "analytics"]'))
    assert longlisted("doctor").code == 0


def test_a_record_that_another_command_holds_can_be_tried_again(longlisted: Terminal) -> None:
    other = sqlite3.connect(longlisted.home / "greenroom.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    longlisted.patience = 0.1
    writing = ("suppress", "add", "a@example.com", "--as", "omar")
    _refused(longlisted, *writing, says="Try again in a moment.", code=TRY_AGAIN)
    assert len(longlisted.document("review", "list", CAMPAIGN)) == 25
    other.execute("ROLLBACK")
    other.close()
    assert longlisted(*writing).code == 0


def test_one_changed_byte_in_the_audit_log(longlisted: Terminal) -> None:
    record = sqlite3.connect(longlisted.home / "greenroom.db")
    record.execute("UPDATE audit_entry SET actor = 'olivia' WHERE seq = 7")
    record.commit()
    record.close()
    answer = longlisted("audit", "verify", "--json")
    assert (answer.code, answer.document["ok"]) == (REFUSED, False)
    assert "NOT whole" in longlisted("audit", "verify").out


# Settings and services.


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DRY_RUN", "perhaps", "GREENROOM_DRY_RUN"),
        ("SMTP_PORT", "99999999", "GREENROOM_SMTP_PORT"),
        ("SMTP_SECURITY", "rot13", "'starttls', 'tls' or 'none'"),
    ],
)
def test_a_setting_that_cannot_be_used(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"GREENROOM_{name}", value)
    for words in (("doctor",), ("review", "list", CAMPAIGN), ("pool", "info")):
        answer = terminal(*words, "--json", wired=False)
        assert answer.code == REFUSED
        assert says in answer.document["error"]
    assert not terminal.home.exists()


def test_a_mail_server_that_is_not_there(approved: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and listening to nobody
        settings = {"DRY_RUN": "false", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(taken.getsockname()[1]),
                    "SMTP_SECURITY": "none"}  # fmt: skip
        for name, value in settings.items():
            monkeypatch.setenv(f"GREENROOM_{name}", value)
        answer = approved("outreach", "send", CAMPAIGN, "--json")
        assert answer.code == TRY_AGAIN
        assert "cannot be used" in answer.document["trouble"]
        assert "The same command goes on from here." in approved("outreach", "send", CAMPAIGN).out
        assert approved("doctor").code == REFUSED
    monkeypatch.setenv("GREENROOM_DRY_RUN", "true")
    assert len(approved.document("outreach", "send", CAMPAIGN)["sent"]) == 10


def test_a_contract_whose_mail_has_not_left_is_not_said_to_be_out(agreed: Terminal) -> None:
    agreed("contracts", "draft", CAMPAIGN)
    question = agreed.document("approvals", "list", "--for", "lena")[0]
    agreed.document("approvals", "decide", question["id"], "sign_off", "--as", "lena")
    (agreed.home / "outbox").rename(agreed.home / "away")
    (agreed.home / "outbox").touch()  # a file where the folder was
    answer = agreed("contracts", "send", CAMPAIGN)
    assert answer.code == TRY_AGAIN
    assert answer.out.startswith("0 contracts put out for signature.")
    assert "has not left: pending" in answer.out
    (agreed.home / "outbox").unlink()
    (agreed.home / "away").rename(agreed.home / "outbox")
    agreed.clock.advance(timedelta(hours=2))
    assert agreed("contracts", "send", CAMPAIGN).out.startswith("1 contract put out for signature.")


def test_contracts_that_cannot_be_drafted_are_named_with_the_reason(
    agreed: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_TEMPLATES", str(agreed.home / "nothing"))
    answer = agreed("contracts", "draft", CAMPAIGN)
    assert answer.code == REFUSED
    [name, *_] = json.loads((agreed.home / "names.json").read_text())
    assert f"Not done: the contract of {name.partition(':')[2]} in {CAMPAIGN}: There is no template" in answer.out
    assert len(agreed.document("contracts", "status", CAMPAIGN)) == 10
