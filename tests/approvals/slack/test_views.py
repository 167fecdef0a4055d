"""Modals, the inbox, queues, lists and the names of clicks."""

from datetime import timedelta
from typing import Any

import pytest

from approvals.slack import commands, digest, home, ids, modals, queue
from approvals.slack.home import LATER, OVERDUE, TODAY, WAITING, WEEK, urgency
from core.errors import Refused
from tests.approvals.slack.sample import (
    APPROVE,
    BERLIN,
    CHANGES,
    CONTRACT,
    DECLINE,
    LONG,
    NOW,
    READER,
    a_queue,
    decided,
    inbox,
    published,
    shown,
)


def inputs(view: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(block["block_id"], block["optional"]) for block in view["blocks"] if block["type"] == "input"]


def actions(blocks: list[dict[str, Any]]) -> dict[str, str]:
    """The value of each button by its action id."""
    rows = [button for block in blocks if block["type"] == "actions" for button in block["elements"]]
    beside = [block["accessory"] for block in blocks if "accessory" in block]
    return {button["action_id"]: button["value"] for button in [*rows, *beside] if "value" in button}


@pytest.mark.parametrize(
    ("choice", "asked"),
    [(DECLINE, [("reason_input", False), ("note_input", True)]), (CHANGES, [("note_input", False)])],
)
def test_reasons_are_chosen_where_there_are_any_and_else_written(choice: Any, asked: list[tuple[str, bool]]) -> None:
    view = modals.reasons(shown(), choice)
    assert inputs(view) == asked
    assert modals.seen_in(view["private_metadata"]) == modals.Seen(
        request_id=shown().request_id, content_sha256=shown().content_sha256, choice=choice.id
    )


def test_a_reason_carries_its_place_however_long_it_is() -> None:
    long = DECLINE.model_copy(update={"reasons": ("a" * 400, "b")})
    options = modals.reasons(shown(), long)["blocks"][1]["element"]["options"]
    assert [option["value"] for option in options] == ["0", "1"]
    assert inputs(modals.reasons(shown(), APPROVE)) == [("note_input", False)]


def test_asking_and_handing_over_name_a_person() -> None:
    assert inputs(modals.ask(shown())) == [("person_input", False), ("question_input", False)]
    assert inputs(modals.reassign(shown())) == [("person_input", False), ("note_input", True)]


@pytest.mark.parametrize("metadata", ["", "[]", "{}", "null", '{"request": "1", "content": "2"}', '{"request":'])
def test_metadata_of_somebody_else_is_refused(metadata: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own error is one too
        modals.seen_in(metadata)


def test_more_shows_everything_over_pages_that_turn() -> None:
    first, second = (modals.more(shown(LONG, "final contract"), page) for page in (0, 1))
    texts = [block["text"]["text"] for view in (first, second) for block in view["blocks"] if "text" in block]
    assert all(any(f"value {number}" in text.split("\n") for text in texts) for number in range(120))
    card = ["request.choose.sign_off", "request.choose.request_changes", ids.Action.COMMENT, ids.Action.ASK,
            ids.Action.REASSIGN]  # fmt: skip
    assert list(actions(first["blocks"])) == [ids.Action.MORE_ON, *card]
    assert list(actions(second["blocks"])) == [ids.Action.MORE_BACK, *card]
    assert modals.more(shown(LONG), page=99) == modals.more(shown(LONG), page=1)
    assert not {ids.Action.MORE_BACK, ids.Action.MORE_ON} & set(actions(modals.more(shown(CONTRACT))["blocks"]))
    assert actions(modals.more(decided(CONTRACT, "final contract", "sign_off"))["blocks"]) == {}
    assert modals.seen_in(second["private_metadata"]).page == 1


def test_errors_keep_the_view_open_beside_their_input() -> None:
    answer = modals.errors({ids.Block.NOTE: "Say why."})
    assert answer == {"response_action": "errors", "errors": {"note_input": "Say why."}}


@pytest.mark.parametrize(
    ("hours", "group"), [(-1, OVERDUE), (0, OVERDUE), (5, TODAY), (14, WEEK), (24 * 7, WEEK), (24 * 7 + 1, LATER)]
)
def test_days_end_where_the_reader_is(hours: int, group: str) -> None:
    item = shown(due_at=NOW + timedelta(hours=hours))
    assert urgency(item, now=NOW, zone=BERLIN) == group
    assert urgency(shown(waits_for="Omar", due_at=item.due_at), now=NOW, zone=BERLIN) == WAITING


def test_the_same_moment_is_today_in_one_zone_and_not_in_another() -> None:
    item = shown(due_at=NOW + timedelta(hours=14))
    assert urgency(item, now=NOW, zone="America/New_York") == TODAY


def test_the_inbox_is_sorted_and_each_page_names_its_own_requests() -> None:
    seen = []
    for page in range(3):
        found = actions(published(inbox(25), page)["payload"]["view"]["blocks"])
        opened = [value for name, value in found.items() if ids.opens_entry(name)]
        assert len(opened) == (10, 10, 5)[page]
        assert (found.get("home.page.newer"), found.get("home.page.older")) == [
            (None, "1"), ("0", "2"), ("1", None)][page]  # fmt: skip
        seen += opened
    assert len(set(seen)) == 25
    ranked = home.by_urgency(inbox(25), now=NOW, zone=BERLIN)
    assert seen == [item.request_id for _, item in ranked]
    assert [group for group, _ in ranked] == sorted(
        (group for group, _ in ranked), key=[OVERDUE, TODAY, WEEK, LATER, WAITING].index
    )


def test_an_empty_inbox_says_so_and_a_page_too_far_is_the_last() -> None:
    assert "Nothing waits for you" in published([])["payload"]["view"]["blocks"][1]["text"]["text"]
    assert published(inbox(12), 9) == published(inbox(12), 1)
    assert published(inbox(12), -4) == published(inbox(12), 0)


@pytest.mark.parametrize(
    ("done", "total", "full"), [(0, 25, 0), (1, 25, 1), (24, 25, 19), (25, 25, 20), (0, 0, 20), (1, 1000, 1)]
)
def test_progress_is_full_only_when_all_is_done(done: int, total: int, full: int) -> None:
    assert queue.bar(done, total) == "█" * full + "░" * (20 - full)


def test_a_queue_counts_its_decisions_and_has_no_button_once_done() -> None:
    said = queue.message(a_queue(Approve=9, Decline=3))
    assert said["text"].startswith("Queue 2 of spring-linen: 12 of 25 decided, due")
    assert list(actions(said["blocks"])) == ["queue.open"]
    assert actions(queue.message(a_queue(Approve=25))["blocks"]) == {}


def test_lists_name_how_many_are_left_out() -> None:
    said = digest.digest(READER, inbox(20), now=NOW)
    assert len(actions(said["blocks"])) == 15
    assert said["blocks"][-1]["elements"][0]["text"].startswith("and 5 more")
    assert said["text"].startswith("Today: 20 to decide (4 overdue")
    assert digest.reminder(READER, inbox(1), now=NOW)["text"].startswith("A reminder: 1 request waits for you: Ada")


@pytest.mark.parametrize(("hours", "late"), [(0, "due now"), (1, "1 hour late"), (30, "30 hours late")])
def test_what_is_late_says_how_late(hours: int, late: str) -> None:
    item = shown(due_at=NOW - timedelta(hours=hours))
    assert late in digest.escalation(READER, item, now=NOW, why="You stand in.")["text"]


def test_a_refusal_says_why_and_what_next() -> None:
    said = commands.refused(Refused("Not <yours>.", next_step="Ask Olga."))
    assert "Not &lt;yours&gt;." in said["blocks"][0]["text"]["text"]
    assert "*Next:* Ask Olga." in said["blocks"][0]["text"]["text"]
    assert "Next" not in commands.refused(Refused("No."))["blocks"][0]["text"]["text"]


def test_help_names_every_command() -> None:
    text = commands.help_()["blocks"][0]["text"]["text"]
    assert all(f"/greenroom {name}" in text for name in ("source", "queue", "status", "pause", "go-on", "who", "help"))


def test_an_answer_is_given_below_its_question_and_a_waiting_card_asks_for_it() -> None:
    waiting = shown(waits_for="Omar Ops", question="Free in *May*?\nReally?")
    view = modals.answer(waiting)
    assert inputs(view) == [("remark_input", False)]
    assert view["blocks"][1]["text"]["text"] == "*Omar Ops was asked*\nFree in ∗May∗?\nReally?"
    assert ids.Action.ANSWER in actions(modals.more(waiting)["blocks"])
    assert ids.Action.ASK not in actions(modals.more(waiting)["blocks"])


def test_names_of_clicks_are_read_as_they_were_written() -> None:
    assert ids.chosen(ids.choose("wrong_audience")) == "wrong_audience"
    assert [ids.chosen(name) for name in ("request.more", "request.choose.", "")] == [None, None, None]
    assert ids.opens_entry(ids.open_entry(3))
    assert not any(ids.opens_entry(name) for name in ("request.open.", "request.open.x", "request.more"))
    assert ids.action_of("request.undo") is ids.Action.UNDO
    assert ids.action_of("request.unknown") is None
    assert ids.callback_of("modal.ask") is ids.Callback.ASK
    assert ids.callback_of("") is None
