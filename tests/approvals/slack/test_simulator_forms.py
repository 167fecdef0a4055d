"""Forms in the simulated Slack: filled in, sent, answered, and lying on one another."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from slack_bolt import Ack, App

from approvals.slack import modals
from approvals.slack.api import SlackRefused, WebSlack
from approvals.slack.blocks import Payload
from tests.approvals.slack.simulated_card import ASK, REASONS
from tests.approvals.slack.simulator import Simulator
from tests.approvals.slack.simulator_apps import app_of, bare_app, over_http, over_socket


def opened(simulator: Simulator, slack: WebSlack, view: Payload = REASONS, user: str = "U1") -> dict[str, Any]:
    return dict(slack.call("views.open", modals.opened(simulator.trigger(user), view))["view"])


def answering(simulator: Simulator, answer: Mapping[str, Any]) -> App:
    """An app that answers every form so."""
    app = bare_app(simulator)

    def say(ack: Ack) -> None:
        ack(**answer)

    app.view(str(REASONS["callback_id"]))(say)
    return app


def test_a_form_is_sent_with_what_was_filled_in(
    simulator: Simulator, slack: WebSlack, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    view = opened(simulator, slack)
    assert simulator.submit("U1", view, {"reason_input": "1", "note": "no"}) == (200, {})
    sent = heard[0]["view"]
    values = sent["state"]["values"]
    assert values["reason_input"]["reason"]["type"] == "static_select"
    assert values["reason_input"]["reason"]["selected_option"]["text"]["text"] == "off brand"
    assert values["note_input"]["note"] == {"type": "plain_text_input", "value": "no"}
    assert sent["private_metadata"] == REASONS["private_metadata"]
    assert (sent["hash"], sent["root_view_id"], sent["previous_view_id"]) == (view["hash"], view["id"], None)
    assert heard[0]["user"]["id"] == "U1"
    assert simulator.view_of("U1") is None


def test_what_is_left_open_is_nothing_at_all(
    simulator: Simulator, slack: WebSlack, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    opened(simulator, slack)
    simulator.submit("U1", values={"reason": "0"})
    assert heard[0]["view"]["state"]["values"]["note_input"]["note"]["value"] is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "without reason_input"),
        ({"reason": "7"}, "offers"),
        ({"reason": "0", "person": "U1"}, "nothing to fill in called"),
        ({"reason": "0", "note": "x" * 2001}, "2001 characters"),
    ],
)
def test_slack_itself_lets_nobody_send_such_a_form(
    simulator: Simulator, slack: WebSlack, listening: str, values: dict[str, str], words: str
) -> None:
    opened(simulator, slack)
    with pytest.raises(AssertionError, match=words):
        simulator.submit("U1", values=values)


def test_only_the_form_in_front_is_sent(
    simulator: Simulator, slack: WebSlack, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    first = opened(simulator, slack)
    with pytest.raises(AssertionError, match="U2 has no form"):
        simulator.submit("U2", values={"reason": "0"})
    opened(simulator, slack, ASK)
    with pytest.raises(AssertionError, match=r"in front: modal\.ask"):
        simulator.submit("U1", first, {"reason": "0"})
    assert simulator.submit("U1", first, {"reason": "0"}, stale=True).ok
    assert heard[0]["view"]["id"] == first["id"]
    assert simulator.view_of("U1") is not None


def test_a_form_that_is_filled_in_wrongly_stays_and_says_why(simulator: Simulator, slack: WebSlack) -> None:
    wrong = {"note_input": "Say more."}
    with over_http(simulator, app_of(simulator, lambda _: None, lambda _: wrong)):
        view = opened(simulator, slack)
        told = simulator.submit("U1", view, {"reason": "0"})
        assert told.body == {"response_action": "errors", "errors": wrong}
        assert simulator.errors_of("U1") == wrong
        assert simulator.view_of("U1") is not None
        wrong.clear()
        simulator.submit("U1", view, {"reason": "0"})
    assert simulator.errors_of("U1") == {}
    assert simulator.view_of("U1") is None


def test_a_form_whose_answer_is_an_error_stays(simulator: Simulator, slack: WebSlack) -> None:
    def breaking(_: Mapping[str, Any]) -> None:
        raise ZeroDivisionError

    app = app_of(simulator, breaking)
    app.logger.disabled = True
    simulator.doors.retried.clear()
    with over_http(simulator, app):
        opened(simulator, slack)
        assert simulator.submit("U1", values={"reason": "0"}).status == 500
    app.logger.disabled = False
    assert simulator.view_of("U1") is not None


@pytest.mark.parametrize("door", [over_http, over_socket])
@pytest.mark.parametrize(
    ("answer", "front", "deep"),
    [
        ({"response_action": "update", "view": ASK}, "modal.ask", 1),
        ({"response_action": "push", "view": ASK}, "modal.ask", 2),
        ({"response_action": "clear"}, "", 0),
        ({}, "", 0),
    ],
)
def test_a_form_is_answered_with_what_comes_next(
    simulator: Simulator, slack: WebSlack, door: Callable[..., Any], answer: dict[str, Any], front: str, deep: int
) -> None:
    with door(simulator, answering(simulator, answer)):
        before = opened(simulator, slack)
        assert simulator.submit("U1", values={"reason": "0"}).body == answer
    top = simulator.view_of("U1")
    assert (top["callback_id"] if top else "") == front
    assert len(simulator.stacks["U1"]) == deep
    if deep == 1 and top:
        assert (top["id"], top["hash"] == before["hash"]) == (before["id"], False)
    if deep == 2 and top:
        assert (top["root_view_id"], top["previous_view_id"]) == (before["id"], before["id"])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"response_action": "errors", "errors": {"nowhere": "No."}}, "inputs that are not there"),
        ({"response_action": "update", "view": ASK | {"callback_id": "x" * 256}}, "255 allowed"),
        ({"response_action": "explode"}, "no response_action explode"),
    ],
)  # fmt: skip
def test_an_answer_that_slack_would_not_take_is_a_problem(
    simulator: Simulator, slack: WebSlack, answer: dict[str, Any], words: str
) -> None:
    with over_http(simulator, answering(simulator, answer)):
        opened(simulator, slack)
        simulator.submit("U1", values={"reason": "0"})
    assert words in simulator.problems[0]
    simulator.problems.clear()


def test_at_most_three_views_lie_on_one_another(simulator: Simulator, slack: WebSlack, listening: str) -> None:
    with pytest.raises(SlackRefused, match="invalid_trigger_id"):
        slack.call("views.push", modals.opened(simulator.trigger("U1"), ASK))
    root = opened(simulator, slack)
    for _ in range(2):
        pushed = slack.call("views.push", modals.opened(simulator.trigger("U1"), ASK))["view"]
    assert pushed["root_view_id"] == root["id"]
    with pytest.raises(SlackRefused, match="push_limit_reached"):
        slack.call("views.push", modals.opened(simulator.trigger("U1"), ASK))
    simulator.close("U1")
    assert len(simulator.stacks["U1"]) == 2
    simulator.close("U1", every=True)
    assert simulator.view_of("U1") is None
    with pytest.raises(SlackRefused, match="not_found"):
        slack.call("views.update", {"view_id": root["id"], "view": ASK})


def test_the_app_hears_of_a_close_where_it_wants_to(
    simulator: Simulator, slack: WebSlack, heard: list[Mapping[str, Any]]
) -> None:
    app = bare_app(simulator)

    def closed(ack: Ack, body: dict[str, Any]) -> None:
        heard.append(body)
        ack()

    app.view_closed(str(REASONS["callback_id"]))(closed)
    with over_http(simulator, app):
        opened(simulator, slack)
        assert simulator.close("U1") is None
        opened(simulator, slack, REASONS | {"notify_on_close": True})
        assert simulator.close("U1") == (200, {})
    assert [(body["type"], body["is_cleared"]) for body in heard] == [("view_closed", False)]
    assert heard[0]["view"]["private_metadata"] == REASONS["private_metadata"]


def test_a_form_on_top_of_three_is_too_many_and_an_answer_that_is_none_shows_an_error(
    simulator: Simulator, slack: WebSlack
) -> None:
    with over_http(simulator, answering(simulator, {"response_action": "push", "view": REASONS})):
        opened(simulator, slack)
        for _ in range(3):
            simulator.submit("U1", values={"reason": "0"})
    assert simulator.problems == ["view_submission: push_limit_reached"]
    with over_http(simulator, answering(simulator, {"text": "Thanks."})):
        simulator.submit("U1", values={"reason": "0"})
    assert "shows an error" in simulator.problems[1]
    simulator.problems.clear()


def test_a_view_that_clears_takes_all_below_with_it(simulator: Simulator, slack: WebSlack, listening: str) -> None:
    opened(simulator, slack)
    slack.call("views.push", modals.opened(simulator.trigger("U1"), REASONS | {"clear_on_close": True}))
    simulator.submit("U1", values={"reason": "0"})
    assert simulator.view_of("U1") is None


def test_a_view_is_changed_by_the_name_that_the_app_gave_it(simulator: Simulator, slack: WebSlack) -> None:
    opened(simulator, slack, REASONS | {"external_id": "mine"})
    slack.call("views.update", {"external_id": "mine", "view": ASK})
    top = simulator.view_of("U1")
    assert top is not None
    assert top["callback_id"] == "modal.ask"
    with pytest.raises(SlackRefused, match="not_found"):
        slack.call("views.update", {"external_id": "another", "view": ASK})


@pytest.mark.parametrize(
    ("method", "payload", "code"),
    [
        ("views.open", {"view": ASK | {"type": "home"}}, "invalid_arguments"),
        ("views.open", {}, "invalid_arguments"),
        ("views.publish", {"user_id": "U1", "view": ASK}, "invalid_arguments"),
        (
            "views.publish",
            {"user_id": "U9", "view": {"type": "home", "blocks": [{"type": "divider"}]}},
            "user_not_found",
        ),
    ],
)
def test_views_are_what_their_method_shows(
    simulator: Simulator, slack: WebSlack, method: str, payload: dict[str, Any], code: str
) -> None:
    with pytest.raises(SlackRefused, match=code):
        slack.call(method, {"trigger_id": simulator.trigger("U1"), **payload})
    simulator.problems.clear()
