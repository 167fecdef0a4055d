"""What members do reaches an app over HTTP: signed, in Slack's shapes, again and again where it must be."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltResponse

from approvals.slack import blocks
from approvals.slack.api import WebSlack
from approvals.slack.arrivals import Spool, arrival_of
from tests.approvals.slack.simulator import Simulator
from tests.approvals.slack.simulator_apps import app_of, bare_app, over_http, over_socket

BUTTONS = blocks.actions("buttons", [blocks.button("Approve", "request.choose.approve", "r1")])
CARD = blocks.message("A card", [blocks.section("A card"), BUTTONS])


def test_a_click_arrives_in_slacks_shape(
    simulator: Simulator, slack: WebSlack, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    slack.call("chat.postMessage", blocks.post("C1", CARD))
    message = simulator.last("C1")
    assert simulator.click("U1", message, "request.choose.approve") == (200, {})
    body = heard[0]
    assert body["type"] == "block_actions"
    assert body["user"]["id"] == "U1"
    assert (body["team"]["id"], body["api_app_id"], body["channel"]["id"]) == ("T1", "A1", "C1")
    assert body["container"] == {
        "type": "message", "message_ts": message["ts"], "channel_id": "C1", "is_ephemeral": False,
    }  # fmt: skip
    assert body["message"]["ts"] == message["ts"]
    assert body["message"]["blocks"][0]["block_id"]
    assert body["state"] == {"values": {}}
    assert body["response_url"].startswith("http://127.0.0.1")
    action = body["actions"][0]
    assert (action["type"], action["action_id"], action["block_id"]) == ("button", "request.choose.approve", "buttons")
    assert (action["value"], action["text"]["text"]) == ("r1", "Approve")


def test_a_command_and_a_home_arrive_in_slacks_shape(
    simulator: Simulator, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    assert simulator.command("U1", "queue", "C2").ok
    assert simulator.open_home("U2").ok
    # Bolt acknowledges events before their listener has run.
    simulator.until(lambda: len(heard) == 2)
    command, event = heard
    assert {key: command[key] for key in ("command", "text", "user_id", "channel_id", "is_enterprise_install")} == {
        "command": "/greenroom", "text": "queue", "user_id": "U1", "channel_id": "C2", "is_enterprise_install": "false",
    }  # fmt: skip
    assert command["trigger_id"]
    assert command["response_url"]
    assert event["type"] == "event_callback"
    assert event["event_id"].startswith("Ev")
    assert event["event_time"] == int(simulator.now())
    assert event["event"]["type"] == "app_home_opened"
    assert (event["event"]["user"], event["event"]["tab"], event["event"]["channel"]) == ("U2", "home", "DU2")


def test_what_is_signed_with_another_secret_is_refused_and_tried_again(
    simulator: Simulator, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    simulator.secret = "another"
    assert simulator.open_home("U1").status == 401
    assert [number for _, number, _ in simulator.doors.tries] == [0, 1, 2, 3]
    assert heard == []


def test_what_is_old_is_refused(simulator: Simulator, listening: str) -> None:
    assert simulator.doors.post(listening, b"command=%2Fgreenroom&team_id=T1")[0] == 200
    assert simulator.doors.post(listening, b"command=%2Fgreenroom&team_id=T1", age=301)[0] == 401
    assert simulator.send(listening, {"command": "/greenroom", "team_id": "T1"}) == (200, b"")


@pytest.mark.parametrize("at_once", [False, True])
def test_everything_comes_as_often_as_it_is_told_to(
    simulator: Simulator, listening: str, heard: list[Mapping[str, Any]], at_once: bool
) -> None:
    simulator.doors.repeat, simulator.doors.at_once = 3, at_once
    simulator.command("U1", "queue")
    simulator.open_home("U1")
    simulator.until(lambda: len(heard) == 6)
    assert len({body["trigger_id"] for body in heard[:3]}) == 1
    assert len({body["event_id"] for body in heard[3:]}) == 1
    assert sorted(number for _, number, _ in simulator.doors.tries) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(("status", "reason"), [(200, "http_timeout"), (500, "http_error")])
def test_a_retry_says_that_it_is_one_and_why(simulator: Simulator, status: int, reason: str) -> None:
    app, headers = bare_app(simulator), []

    @app.use
    def look(request: Any) -> BoltResponse:
        headers.append({name: value[0] for name, value in request.headers.items() if name.startswith("x-slack-retry")})
        return BoltResponse(status=status)

    simulator.doors.repeat = 2
    with over_http(simulator, app):
        simulator.open_home("U1")
    assert headers[:2] == [{}, {"x-slack-retry-num": "1", "x-slack-retry-reason": reason}]


def test_who_answers_late_hears_it_again(simulator: Simulator, heard: list[Mapping[str, Any]]) -> None:
    def slowly(body: Mapping[str, Any]) -> None:
        heard.append(body)
        time.sleep(0.3 if len(heard) == 1 else 0)

    with over_http(simulator, app_of(simulator, slowly)):
        simulator.doors.patience = 0.1
        assert simulator.command("U1").status == 0
    assert [told.status for _, _, told in simulator.doors.tries] == [0, 200]
    assert heard[0]["trigger_id"] == heard[1]["trigger_id"]


def test_who_breaks_hears_it_again_unless_that_is_switched_off(simulator: Simulator) -> None:
    def breaking(_: Mapping[str, Any]) -> None:
        raise ZeroDivisionError

    app = app_of(simulator, breaking)
    app.logger.disabled = True
    with over_http(simulator, app):
        assert simulator.command("U1").status == 500
        simulator.doors.retried.discard("slash_commands")
        assert simulator.command("U1").status == 500
    app.logger.disabled = False
    assert [number for _, number, _ in simulator.doors.tries] == [0, 1, 2, 3, 0]


def test_nobody_is_there(simulator: Simulator) -> None:
    simulator.doors.request_url = "http://127.0.0.1:9/slack/events"
    assert simulator.open_home("U1") == (0, {})


def test_an_app_is_asked_whether_it_is_there(simulator: Simulator, listening: str) -> None:
    asked = b'{"type": "url_verification", "token": "t", "challenge": "abc"}'
    assert simulator.doors.post(listening, asked, "application/json") == (200, b'{"challenge": "abc"}')


@pytest.mark.parametrize("door", [over_http, over_socket])
def test_of_a_click_that_comes_three_times_at_once_one_is_kept(
    simulator: Simulator, slack: WebSlack, tmp_path: Path, door: Callable[..., Any]
) -> None:
    spool = Spool(tmp_path)
    simulator.doors.repeat, simulator.doors.at_once = 3, True
    slack.call("chat.postMessage", blocks.post("C1", CARD))

    def keep(body: Mapping[str, Any]) -> None:
        spool.keep(arrival_of(body))

    with door(simulator, app_of(simulator, keep)):
        assert simulator.click("U1", simulator.last("C1"), "request.choose.approve").ok
    assert [told.status for _, _, told in simulator.doors.tries] == [200, 200, 200]
    assert [arrival.kind for arrival in spool.waiting()] == ["block_actions"]


def test_any_other_event_is_wrapped_as_slack_does(
    simulator: Simulator, listening: str, heard: list[Mapping[str, Any]]
) -> None:
    assert simulator.event({"type": "app_home_opened", "user": "U2", "tab": "messages"}).ok
    simulator.until(lambda: heard)
    assert (heard[0]["type"], heard[0]["event"]["tab"]) == ("event_callback", "messages")
