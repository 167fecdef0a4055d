"""Members of the simulated Slack do what Slack lets them, and see what the app answers."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt import Ack

from approvals.slack import blocks, home, modals
from approvals.slack.api import SlackRefused, WebSlack
from approvals.slack.blocks import Payload
from core.clock import FixedClock
from tests.approvals.slack.simulated_card import BUTTONS, CANDIDATE, CARD, REASONS
from tests.approvals.slack.simulator import Simulator
from tests.approvals.slack.simulator_apps import bare_app, over_http


def posted(simulator: Simulator, slack: WebSlack, channel: str = "C1", said: Payload = CARD) -> dict[str, Any]:
    slack.call("chat.postMessage", blocks.post(channel, said))
    return simulator.last(channel)


def opened(simulator: Simulator, slack: WebSlack, view: Payload = REASONS, user: str = "U1") -> dict[str, Any]:
    return dict(slack.call("views.open", modals.opened(simulator.trigger(user), view))["view"])


def test_nobody_clicks_what_is_not_there(simulator: Simulator, slack: WebSlack, listening: str) -> None:
    message = posted(simulator, slack)
    with pytest.raises(AssertionError, match=r"no request\.more"):
        simulator.click("U1", message, "request.more")
    slack.call("chat.update", blocks.update("C1", message["ts"], blocks.message("Done", [blocks.section("Done")])))
    with pytest.raises(AssertionError, match=r"no request\.choose\.approve"):
        simulator.click("U1", message, "request.choose.approve")
    slack.call("chat.delete", {"channel": "C1", "ts": message["ts"]})
    with pytest.raises(AssertionError, match="no longer"):
        simulator.click("U1", message, "request.choose.approve")


def test_a_screen_that_was_not_drawn_anew_still_has_its_buttons(
    simulator: Simulator, slack: WebSlack, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    message = posted(simulator, slack)
    slack.call("chat.update", blocks.update("C1", message["ts"], blocks.message("Done", [blocks.section("Done")])))
    assert simulator.click("U1", message, "request.choose.approve", stale=True).ok
    assert heard[0]["message"]["text"] == "A card"


def test_whoever_is_asked_first_says_yes(simulator: Simulator, slack: WebSlack, listening: str) -> None:
    message = posted(simulator, slack)
    with pytest.raises(AssertionError, match="asks first"):
        simulator.click("U1", message, "request.choose.sign")
    with pytest.raises(AssertionError, match="asks nothing"):
        simulator.click("U1", message, "request.choose.approve", confirm=True)
    assert simulator.click("U1", message, "request.choose.sign", confirm=True).ok


def test_only_members_who_see_it_click(simulator: Simulator, slack: WebSlack, listening: str) -> None:
    simulator.member("U3", deleted=True)
    slack.call("chat.postMessage", blocks.post("U1", CARD))
    direct = simulator.last("DU1")
    slack.call("chat.postEphemeral", blocks.whisper("C1", "U1", CARD))
    for user, on, words in (
        ("U9", direct, "no member"), ("U3", direct, "has left"), ("U2", direct, "is not in"),
        ("U2", simulator.whispers[-1], "only U1"),
    ):  # fmt: skip
        with pytest.raises(AssertionError, match=words):
            simulator.click(user, on, "request.choose.approve")


def test_what_a_click_brings_opens_a_view_for_three_seconds(
    simulator: Simulator, slack: WebSlack, clock: FixedClock, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    message = posted(simulator, slack)
    for _ in range(2):
        simulator.click("U2", message, "request.choose.approve")
    slack.call("views.open", modals.opened(heard[0]["trigger_id"], REASONS))
    top = simulator.view_of("U2")
    assert top is not None
    assert (top["callback_id"], simulator.view_of("U1")) == (REASONS["callback_id"], None)
    clock.advance(timedelta(seconds=4))
    with pytest.raises(SlackRefused, match="expired_trigger_id"):
        slack.call("views.open", modals.opened(heard[1]["trigger_id"], REASONS))
    with pytest.raises(SlackRefused, match="invalid_trigger_id"):
        slack.call("views.open", modals.opened("made up", REASONS))


def test_pages_turn_in_a_view_and_in_a_home(
    simulator: Simulator, slack: WebSlack, clock: FixedClock, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    view = opened(simulator, slack, modals.more(CANDIDATE) | {"blocks": [BUTTONS]})
    simulator.click("U1", view, "request.choose.approve")
    assert heard[0]["container"] == {"type": "view", "view_id": view["id"]}
    assert heard[0]["view"]["private_metadata"] == view["private_metadata"]
    assert "message" not in heard[0]
    reader = home.Reader(slack="U1", name="Rosa", zone="UTC")
    slack.call("views.publish", home.published(reader, [CANDIDATE], now=clock.now()))
    shown = simulator.home_of("U1")
    assert shown is not None
    simulator.click("U1", shown, "request.open.0")
    assert heard[1]["view"]["type"] == "home"
    assert heard[1]["actions"][0]["value"] == CANDIDATE.request_id
    with pytest.raises(AssertionError, match="no such view"):
        simulator.click("U2", shown, "request.open.0")
    slack.call("views.publish", home.published(reader, [], now=clock.now()))
    with pytest.raises(AssertionError, match="no request"):
        simulator.click("U1", shown, "request.open.0")
    with pytest.raises(SlackRefused, match="hash_conflict"):
        slack.call("views.publish", home.published(reader, [], now=clock.now()) | {"hash": shown["hash"]})


def test_a_home_that_was_published_comes_with_its_opening(
    simulator: Simulator, slack: WebSlack, clock: FixedClock, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    simulator.open_home("U1")
    simulator.until(lambda: heard)
    reader = home.Reader(slack="U1", name="Rosa", zone="UTC")
    slack.call("views.publish", home.published(reader, [], now=clock.now()))
    simulator.open_home("U1")
    simulator.until(lambda: len(heard) == 2)
    assert ["view" in body["event"] for body in heard] == [False, True]
    view = heard[1]["event"]["view"]
    changed = home.published(reader, [CANDIDATE], now=clock.now())["view"]
    slack.call("views.update", {"view_id": view["id"], "hash": view["hash"], "view": changed})
    shown = simulator.home_of("U1")
    assert shown is not None
    assert [block["type"] for block in shown["blocks"]] == [block["type"] for block in changed["blocks"]]


def test_something_is_chosen_from_a_list(
    simulator: Simulator, slack: WebSlack, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    options = [{"text": blocks.plain_text(one, 75), "value": one} for one in ("a", "b")]
    lists: list[dict[str, Any]] = [
        {"type": "static_select", "action_id": "which", "options": options},
        {"type": "users_select", "action_id": "who"},
    ]
    message = posted(simulator, slack, said=blocks.message("Which?", [blocks.actions("lists", lists)]))
    simulator.click("U1", message, "which", value="b", values={"who": "U2"})
    assert heard[0]["actions"][0]["selected_option"]["value"] == "b"
    assert heard[0]["state"]["values"]["lists"]["who"] == {"type": "users_select", "selected_user": "U2"}
    simulator.click("U1", message, "who", value="U2")
    assert heard[1]["actions"][0]["selected_user"] == "U2"


def answer_at(body: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    urllib.request.urlopen(body["response_url"], json.dumps(said).encode(), timeout=5).close()


def test_answers_to_a_click_are_seen_where_slack_shows_them(
    simulator: Simulator, slack: WebSlack, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    message = posted(simulator, slack)
    simulator.click("U1", message, "request.choose.approve")
    answer_at(heard[0], {"text": "only you"})
    answer_at(heard[0], {"text": "everybody", "response_type": "in_channel"})
    answer_at(heard[0], {"text": "replaced", "blocks": [], "replace_original": True})
    assert [said["text"] for said in simulator.whispers_to("U1")] == ["only you"]
    assert simulator.texts("C1") == ["replaced", "everybody"]
    answer_at(heard[0], {"delete_original": True})
    assert simulator.texts("C1") == ["everybody"]


def test_a_whisper_is_clicked_and_changed_as_only_its_reader_sees_it(
    simulator: Simulator, slack: WebSlack, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    slack.call("chat.postEphemeral", blocks.whisper("C1", "U1", CARD))
    simulator.click("U1", simulator.whispers[-1], "request.choose.approve")
    assert heard[0]["container"]["is_ephemeral"]
    assert "message" not in heard[0]
    answer_at(heard[0], {"text": "done", "blocks": [], "replace_original": True})
    assert [said["text"] for said in simulator.whispers_to("U1")] == ["done"]
    assert simulator.texts("C1") == []


@pytest.mark.parametrize(("where", "whispered", "said"), [("ephemeral", 1, 0), ("in_channel", 0, 1)])
def test_a_command_is_answered_where_it_was_given(simulator: Simulator, where: str, whispered: int, said: int) -> None:
    app = bare_app(simulator)

    def answer(ack: Ack) -> None:
        ack(text="Two wait.", response_type=where)

    app.command("/greenroom")(answer)
    with over_http(simulator, app):
        assert simulator.command("U1", "queue", "C2").body["text"] == "Two wait."
    assert (len(simulator.whispers_to("U1")), len(simulator.messages["C2"])) == (whispered, said)


def test_an_answer_to_what_is_gone_is_refused(
    simulator: Simulator, slack: WebSlack, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    message = posted(simulator, slack)
    simulator.click("U1", message, "request.choose.approve")
    simulator.remove(message)
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        answer_at(heard[0], {"text": "replaced", "replace_original": True})
    refused.value.close()
    assert simulator.messages["C1"] == []


def test_an_answer_that_slack_would_not_take_is_noticed(simulator: Simulator) -> None:
    answer_at({"response_url": simulator.response_url("U1", "C1")}, {"text": "", "blocks": [{"type": "sektion"}]})
    assert [problem.partition(":")[0] for problem in simulator.problems] == ["response_url"] * 2
    simulator.problems.clear()
