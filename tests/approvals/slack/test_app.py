"""Bolt as it is wired: what is heard, what is refused, and that the answer waits for the disk alone."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from approvals.slack.app import Answer, Receive, answer_http, make_app

SECRET = "a-signing-secret"
CLICK = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "trigger_id": "1.2",
    "actions": [{"type": "button", "action_id": "request.more", "block_id": "b", "value": "some-id"}],
}
FORM = {
    "type": "view_submission",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "trigger_id": "1.3",
    "view": {"type": "modal", "callback_id": "request.reason", "state": {"values": {}}},
}


@pytest.fixture
def heard() -> list[Mapping[str, Any]]:
    return []


@pytest.fixture
def app(heard: list[Mapping[str, Any]]) -> App:
    def errors(body: Mapping[str, Any]) -> Mapping[str, str]:
        return {"note": "Say why."} if body["view"]["callback_id"] == "request.reason" else {}

    client = WebClient(token="xoxb-none", base_url="http://127.0.0.1:9/")
    return make_app(signing_secret=SECRET, client=client, receive=heard.append, form_errors=errors)


def send(app: App, fields: Mapping[str, Any], *, age: int = 0, secret: str = SECRET, as_json: bool = False) -> Answer:
    body = json.dumps(fields) if as_json else urlencode(fields)
    moment = str(int(time.time()) - age)
    signature = SignatureVerifier(secret).generate_signature(timestamp=moment, body=body) or ""
    headers = {"x-slack-request-timestamp": moment, "x-slack-signature": signature,
               "content-type": "application/json" if as_json else "application/x-www-form-urlencoded"}  # fmt: skip
    return answer_http(app, body.encode(), headers)


def test_a_click_is_heard_and_acknowledged_without_asking_slack(app: App, heard: list[Mapping[str, Any]]) -> None:
    assert send(app, {"payload": json.dumps(CLICK)}).status == 200
    assert [body["actions"][0]["value"] for body in heard] == ["some-id"]


def test_a_command_is_heard(app: App, heard: list[Mapping[str, Any]]) -> None:
    fields = {"command": "/greenroom", "text": "queue", "user_id": "U1", "team_id": "T1", "trigger_id": "1.4"}
    assert send(app, fields).status == 200
    assert [body["text"] for body in heard] == ["queue"]


def test_a_form_that_is_filled_in_wrongly_stays_open_with_the_reason(app: App, heard: list[Mapping[str, Any]]) -> None:
    told = send(app, {"payload": json.dumps(FORM)})
    assert json.loads(told.body) == {"response_action": "errors", "errors": {"note": "Say why."}}
    assert heard == []


def test_a_form_that_is_right_closes(app: App, heard: list[Mapping[str, Any]]) -> None:
    form = FORM | {"view": FORM["view"] | {"callback_id": "request.other"}}  # type: ignore[operator]
    told = send(app, {"payload": json.dumps(form)})
    assert (told.status, told.body) == (200, "")
    assert len(heard) == 1


@pytest.mark.parametrize(("age", "secret"), [(301, SECRET), (-330, SECRET), (0, "another-secret")])
def test_what_is_old_or_signed_by_somebody_else_reaches_nobody(
    app: App, heard: list[Mapping[str, Any]], age: int, secret: str
) -> None:
    assert send(app, {"payload": json.dumps(CLICK)}, age=age, secret=secret).status == 401
    assert heard == []


OPENED = {
    "type": "event_callback", "team_id": "T1", "event_id": "Ev1",
    "event": {"type": "app_home_opened", "user": "U1", "tab": "home"},
}  # fmt: skip


def send_event(receive: Receive) -> Answer:
    client = WebClient(token="xoxb-none", base_url="http://127.0.0.1:9/")
    app = make_app(signing_secret=SECRET, client=client, receive=receive, form_errors=lambda _body: {})
    return send(app, OPENED, as_json=True)


def test_an_event_is_on_disk_before_it_is_acknowledged() -> None:
    heard: list[str] = []

    def slow_disk(body: Mapping[str, Any]) -> None:
        time.sleep(0.05)
        heard.append(body["event"]["user"])

    assert send_event(slow_disk).status == 200
    assert heard == ["U1"]


def test_what_the_disk_does_not_take_is_not_acknowledged() -> None:
    def full_disk(_body: Mapping[str, Any]) -> None:
        raise OSError("no space left on device")

    assert send_event(full_disk).status == 500
