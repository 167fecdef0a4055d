"""`greenroom learning` at the terminal: from decisions to a model that the owner signed off, and back."""

from pathlib import Path

import pytest

from tests.cli.conftest import Begin, Terminal
from tests.house import CAMPAIGN


def _decide_all(terminal: Terminal) -> None:
    """Rosa goes through the queue: every other creator is approved."""
    for number, request in enumerate(terminal.document("review", "list", CAMPAIGN)):
        choice, *why = ("approve",) if number % 2 else ("decline", "--reason", "off topic")
        assert terminal("approvals", "decide", request["id"], choice, *why, "--as", "rosa").code == 0


@pytest.fixture
def reviewed(longlisted: Terminal, begin: Begin) -> Terminal:
    return begin("reviewed", lambda: _decide_all(longlisted))


def _model_file(terminal: Terminal) -> Path:
    [path] = (terminal.home / "models").glob("*.json")
    return path


@pytest.mark.slow
def test_a_model_ranks_only_after_the_owner_signed_it_off_and_one_command_goes_back(reviewed: Terminal) -> None:
    asked = reviewed("learning", "propose", CAMPAIGN, "--as", "omar")
    assert asked.code == 0
    assert "13 declines" in asked.out
    assert "Precision at 12: " in asked.out
    assert "Nothing changes until that is approved." in asked.out
    assert "no learnt model is in force" in reviewed("learning", "show", CAMPAIGN).out
    [request] = [one for one in reviewed.document("approvals", "list") if one["kind"] == "weights"]
    assert (request["assignee"], request["content_sha256"]) == ("olivia", _model_file(reviewed).stem)
    assert (reviewed.home / "models" / f"{_model_file(reviewed).stem}.md").is_file()
    assert reviewed("approvals", "decide", request["id"], "approve", "--as", "rosa").code == 1
    assert reviewed("approvals", "decide", request["id"], "approve", "--as", "olivia").code == 0
    shown = reviewed.document("learning", "show", CAMPAIGN)
    assert shown["in_force"] == request["content_sha256"]
    assert "it never decides alone (GDPR, art. 22)" in shown["card"]
    assert shown["proposed"][0]["approved"] == 12
    back = reviewed("learning", "revert", CAMPAIGN, "--reason", "too much of the same", "--as", "olivia")
    assert "ranked by its own weights alone" in back.out
    assert "too much of the same" in reviewed("learning", "show", CAMPAIGN).out
    assert reviewed.document("learning", "show", CAMPAIGN)["in_force"] is None
    again = reviewed("learning", "revert", CAMPAIGN, "--reason", "again", "--as", "olivia")
    assert again.code == 1
    assert "No learnt model is in force" in again.err


@pytest.mark.slow
def test_a_declined_model_stays_unused(reviewed: Terminal) -> None:
    request = reviewed.document("learning", "propose", CAMPAIGN, "--as", "rosa")["request"]
    assert reviewed("approvals", "decide", request["id"], "decline", "--as", "olivia").code == 1  # why not?
    assert (
        reviewed("approvals", "decide", request["id"], "decline", "--reason", "no better", "--as", "olivia").code == 0
    )
    shown = reviewed.document("learning", "show", CAMPAIGN)
    assert (shown["in_force"], len(shown["proposed"]), shown["history"]) == (None, 1, [])


@pytest.mark.slow
def test_the_owner_who_proposes_does_not_sign_it_off_alone(reviewed: Terminal) -> None:
    request = reviewed.document("learning", "propose", CAMPAIGN, "--as", "olivia")["request"]
    assert request["four_eyes"] is True
    refused = reviewed("approvals", "decide", request["id"], "approve", "--as", "olivia")
    assert refused.code == 1
    assert reviewed("approvals", "decide", request["id"], "approve", "--as", "omar").code == 0  # stands in for her


@pytest.mark.slow
def test_a_damaged_model_is_neither_adopted_nor_shown_as_usable(reviewed: Terminal) -> None:
    request = reviewed.document("learning", "propose", CAMPAIGN, "--as", "omar")["request"]
    whole = _model_file(reviewed).read_bytes()
    _model_file(reviewed).write_bytes(whole[: len(whole) // 2])
    refused = reviewed("approvals", "decide", request["id"], "approve", "--as", "olivia")
    assert refused.code == 1
    assert "damaged: it is not the model that was signed off" in refused.err
    _model_file(reviewed).write_bytes(whole)
    assert reviewed("approvals", "decide", request["id"], "approve", "--as", "olivia").code == 0
    _model_file(reviewed).write_bytes(b"{}")
    shown = reviewed("learning", "show", CAMPAIGN)
    assert "damaged" in shown.out
    assert "greenroom learning revert" in shown.out
    assert reviewed("learning", "revert", CAMPAIGN, "--reason", "damaged", "--as", "olivia").code == 0


def test_too_few_decisions_and_people_without_the_role_are_refused(longlisted: Terminal) -> None:
    few = longlisted("learning", "propose", CAMPAIGN, "--as", "omar")
    assert few.code == 1
    assert "0 approvals and 0 declines" in few.err
    assert "5 more approvals and 5 more declines" in few.err
    assert not (longlisted.home / "models").exists()
    assert "may not propose a ranking" in longlisted("learning", "propose", CAMPAIGN, "--as", "lena").err
    assert "may not change how" in longlisted("learning", "revert", CAMPAIGN, "--reason", "x", "--as", "rosa").err
    assert longlisted("learning", "show", "linen-sumer").code == 1
