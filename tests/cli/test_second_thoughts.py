"""Many decisions at once and second thoughts, typed at a terminal."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Process, Terminal
from tests.house import CAMPAIGN

WINDOW = timedelta(minutes=10)


@pytest.fixture
def queue(longlisted: Terminal) -> list[str]:
    return [row["id"] for row in longlisted.document("review", "list", CAMPAIGN)]


def test_with_a_broken_people_file_people_are_told_a_sentence_and_no_job(
    longlisted: Terminal, queue: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longlisted("approvals", "bulk", "approve", queue[0], "--as", "rosa")
    longlisted.clock.advance(WINDOW)
    broken = tmp_path / "people.toml"
    broken.write_text("[[people]]\n")
    monkeypatch.setenv("GREENROOM_PEOPLE_FILE", str(broken))
    told = longlisted("review", "list", CAMPAIGN)
    assert (told.code, "request.apply" in told.err, queue[0] in told.err) == (0, False, False)
    assert "must hold [[person]] entries only" in " ".join(told.err.split())
    assert "people.example.toml shows the form." in " ".join(told.err.split())


def test_a_hold_that_can_be_taken_back_is_not_one_to_end(longlisted: Terminal, queue: list[str]) -> None:
    creator = longlisted.document("longlist", "show", CAMPAIGN)["places"][0]
    name = f"{creator['platform']}:{creator['handle']}"
    longlisted("approvals", "bulk", "hold", queue[0], "--reason", "later", "--as", "rosa")
    told = longlisted("review", "unhold", CAMPAIGN, name, "--as", "rosa")
    assert (told.code, f"Take it back: greenroom approvals take-back {queue[0][:8]}" in told.err) == (1, True)


def test_many_are_answered_at_once_and_one_is_taken_back(longlisted: Terminal, queue: list[str]) -> None:
    told = longlisted("approvals", "bulk", "approve", queue[0][:8], queue[1], queue[2], "--as", "rosa")
    assert told.code == 0, told.err
    assert told.out.startswith("3 of 3 requests decided: approve\n")
    assert "2026-11-20 09:40" in told.out
    assert "3 decisions can still be taken back, the last until 2026-11-20 09:40 (UTC)" in told.out
    listed = longlisted("approvals", "list")
    assert "22 open requests" in listed.out
    assert "3 decisions can still be taken back" in listed.out
    assert "Nothing follows from it before 2026-11-20 09:40 UTC" in longlisted("approvals", "show", queue[1]).out
    assert longlisted.document("approvals", "take-back", queue[1], "--as", "rosa")["status"] == "open"
    assert "2 decisions can still be taken back" in longlisted("review", "list", CAMPAIGN).err
    assert "0 mails are ready" in longlisted("outreach", "preview", CAMPAIGN).out
    longlisted.clock.advance(WINDOW)
    applied = longlisted.document("approvals", "apply")
    assert sorted(row["id"] for row in applied["applied"]) == sorted([queue[0], queue[2]])
    assert applied["asked_again"] == applied["undone"] == []
    late = longlisted("approvals", "take-back", queue[0], "--as", "rosa")
    assert (late.code, "stands since 2026-11-20 09:40 UTC" in late.err) == (1, True)
    assert longlisted("approvals", "apply").out == "0 decisions carried out.\n"


def test_commands_that_build_on_decisions_carry_out_what_is_due(longlisted: Terminal, queue: list[str]) -> None:
    assert longlisted("approvals", "bulk", "approve", *queue[:3], "--as", "rosa").code == 0
    longlisted.clock.advance(WINDOW)
    assert "Nobody has seen a mail in these words" in longlisted("outreach", "send", CAMPAIGN).err
    shown = longlisted.document("approvals", "show", queue[0])
    assert shown["applied_at"] is not None


def test_what_is_asked_again_while_the_answer_can_be_taken_back_says_who_answered(
    longlisted: Terminal, queue: list[str]
) -> None:
    longlisted("approvals", "bulk", "approve", *queue[:5], "--as", "rosa")
    longlisted.clock.advance(WINDOW)
    shown = longlisted("outreach", "canary", CAMPAIGN, "--as", "omar")
    [first] = [one for one in longlisted.document("approvals", "list") if one["kind"] == "outreach batch"]
    assert f"sofia is asked: greenroom approvals show {first['id'][:8]}" in shown.out
    longlisted("approvals", "bulk", "approve", first["id"], "--as", "sofia")
    again = longlisted("outreach", "canary", CAMPAIGN, "--as", "omar").out
    assert (
        f"sofia has answered this (approve), and can still take it back: greenroom approvals show {first['id'][:8]}"
        in again
    )


def test_a_refusal_among_many_stops_no_other_and_is_told(longlisted: Terminal, queue: list[str]) -> None:
    longlisted("approvals", "decide", queue[0], "approve", "--as", "rosa")
    told = longlisted("approvals", "bulk", "decline", "--all", "--campaign", CAMPAIGN, "--kind", "candidate", "--as",
                      "rosa", "--reason", "the brief changed")  # fmt: skip
    assert told.code == 0, told.err
    assert told.out.startswith("24 of 24 requests decided: decline\n")
    mixed = longlisted("approvals", "bulk", "approve", queue[0], "zzz", "--as", "rosa", "--json")
    assert mixed.code == 1
    [decided, unknown] = mixed.document
    assert (decided["status"], "already decided" in decided["error"]) == ("refused", True)
    assert (unknown["request_id"], unknown["next_step"]) == ("zzz", "See: greenroom approvals list")
    table = longlisted("approvals", "bulk", "approve", queue[0], "--as", "rosa")
    assert "refused: " in table.out
    assert "can still be taken back" not in table.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Name the requests, or choose them with --all"),
        (("--campaign", CAMPAIGN), "Name the requests, or choose them with --all"),
        (("--all",), "--all takes --campaign and --kind"),
        (("--all", "--campaign", CAMPAIGN), "--all takes --campaign and --kind"),
        (("abcd", "--all", "--campaign", CAMPAIGN, "--kind", "candidate"), "and no request"),
        (("--all", "--campaign", CAMPAIGN, "--kind", "contract"), "There is no kind of request 'contract'"),
    ],
)
def test_which_requests_are_meant_is_said_in_one_way(longlisted: Terminal, words: tuple[str, ...], said: str) -> None:
    told = longlisted("approvals", "bulk", "approve", *words, "--as", "rosa")
    assert (told.code, said in told.err) == (2, True), told.err


def test_only_who_may_decide_may_take_back(longlisted: Terminal, queue: list[str]) -> None:
    longlisted("approvals", "bulk", "approve", queue[0], "--as", "rosa")
    told = longlisted("approvals", "take-back", queue[0], "--as", "lena")
    assert (told.code, "Lena Okafor may not decide this" in told.err) == (1, True)
    listed = longlisted.document("approvals", "list", "--for", "rosa")
    assert (listed[-1]["id"], listed[-1]["status"]) == (queue[0], "decided")
    assert "can still be taken back" not in longlisted("approvals", "list", "--for", "lena").out


@pytest.mark.slow
def test_going_through_the_queue_by_keyboard_an_answer_is_taken_back(
    longlisted: Terminal, process: Process, queue: list[str]
) -> None:
    longlisted("approvals", "ask", queue[0], "omar", "Nice light, whose?", "--as", "rosa")
    told = process.typed("aauq", "review", "go", CAMPAIGN, "--as", "rosa", "--json")
    assert told.code == 0, told.err
    assert "Waits for an answer of omar" in told.err
    assert "1 comment, the last of rosa (question): Nice light, whose?" in told.err
    assert (json.loads(told.out)["left"], [row["id"] for row in json.loads(told.out)["decided"]]) == (24, queue[:1])
    assert "taken back" in told.err
    said = process.typed("aq", "review", "go", CAMPAIGN, "--as", "rosa")
    assert "1 decision can still be taken back, the last until 2026-11-20 10:40 (Europe/Stockholm)" in said.out
    states = [longlisted.document("approvals", "show", name) for name in queue[:3]]
    assert [(one["status"], one["applied_at"]) for one in states] == [("decided", None), ("decided", None),
                                                                      ("open", None)]  # fmt: skip
