"""Briefs at the terminal: made, mailed, handed over, and where `contracts status` and `history` say so."""

from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.homes import copy_home, made_once
from tests.house import CAMPAIGN
from tests.web.signing_scene import make_out


@pytest.fixture(scope="session")
def out_home(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "out", lambda home: make_out(longlisted_home, home))


@pytest.fixture
def at_desk(out_home: Path, terminal: Terminal) -> Terminal:
    copy_home(out_home, terminal.home)
    return terminal


def said(terminal: Terminal, *words: str) -> str:
    return " ".join(terminal(*words).out.split())


def signed(at_desk: Terminal) -> str:
    creator = (at_desk.home / "creator").read_text(encoding="utf-8")
    at_desk.document("contracts", "signed", CAMPAIGN, creator, "--name", "Ada", "--evidence", "reply", "--as", "sofia")
    return creator


def test_they_are_mailed_by_hand_and_status_and_history_say_so(at_desk: Terminal) -> None:
    creator = (at_desk.home / "creator").read_text(encoding="utf-8")
    send = ("contracts", "brief", CAMPAIGN, creator, "--send", "--as", "omar")
    refused = at_desk(*send)
    assert refused.code == 1
    assert "Nothing is signed" in refused.err
    signed(at_desk)
    assert f"Brief of {creator}: has not gone out yet" in said(at_desk, "contracts", "status", CAMPAIGN)
    assert "The mail to them has left." in said(at_desk, *send)
    assert at_desk(*send).code == 1
    [standing] = at_desk.document("contracts", "status", CAMPAIGN)
    assert standing["brief"].startswith("mail of ")
    assert standing["brief"].endswith(", sent")
    history = said(at_desk, "contracts", "history", CAMPAIGN, creator)
    assert "Brief 1, current, made by omar" in history
    assert "Both sheets put into a mail by omar on" in history


def test_a_newer_version_that_waits_is_said_and_so_is_who_handed_one_over(at_desk: Terminal) -> None:
    creator = signed(at_desk)
    brief = ("contracts", "brief", CAMPAIGN, creator, "--as", "omar")
    assert f"On record: Omar Haddad gave them to {creator}." in said(at_desk, *brief, "--handed-over")
    at_desk.document(*brief, "--language", "de")
    [standing] = at_desk.document("contracts", "status", CAMPAIGN)
    assert standing["brief"].startswith("handed over by omar on ")
    assert standing["brief"].endswith("; a newer version waits to go")
    assert at_desk(*brief, "--send", "--handed-over").code == 2
