"""Links to sign at the terminal: what they open, a new one, and words where there is no page."""

from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.homes import copy_home, made_once
from tests.house import CAMPAIGN
from tests.web.signing_scene import PUBLIC, make_out


@pytest.fixture(scope="session")
def out_home(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "out", lambda home: make_out(longlisted_home, home))


@pytest.fixture
def at_desk(out_home: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    copy_home(out_home, terminal.home)
    monkeypatch.setenv("GREENROOM_PUBLIC_URL", PUBLIC)
    return terminal


def test_links_are_shown_and_sent_anew(at_desk: Terminal) -> None:
    creator = (at_desk.home / "creator").read_text(encoding="utf-8")
    [before] = at_desk.document("contracts", "links", CAMPAIGN)
    assert before["state"] == "open"
    made = at_desk.document("contracts", "link", CAMPAIGN, creator, "--as", "sofia")
    [after] = at_desk.document("contracts", "links", CAMPAIGN)
    assert (after["link"], after["state"]) == (made["link"], "open")
    assert after["link"] != before["link"]
    [standing] = at_desk.document("contracts", "status", CAMPAIGN)
    assert standing["link"]["state"] == "open"
    said = at_desk("contracts", "status", CAMPAIGN).out
    assert f"Next for {creator}: signs; comes back: greenroom contracts signed {CAMPAIGN} {creator} --name" in said
    assert "token" not in str(at_desk("contracts", "links", CAMPAIGN).out)
    refused = at_desk("contracts", "link", CAMPAIGN, creator, "--as", "lena")
    assert refused.code == 1


def test_without_a_public_address_it_is_said_in_words(at_desk: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    creator = (at_desk.home / "creator").read_text(encoding="utf-8")
    monkeypatch.setenv("GREENROOM_PUBLIC_URL", "")
    assert "sign by replying to the mail" in at_desk("contracts", "links", CAMPAIGN).out.replace("\n", " ")
    refused = at_desk("contracts", "link", CAMPAIGN, creator, "--as", "sofia")
    assert refused.code == 1
    assert "GREENROOM_PUBLIC_URL" in refused.err
