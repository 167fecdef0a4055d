"""What Slack calls over HTTP, at a real server: only Slack is heard, only in time, and once."""

import json
import time
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from approvals.slack.arrivals import Spool
from core.settings import Settings
from flows.wiring import Wiring
from tests.approvals.slack.simulator import Simulator
from tests.flows.serving.doors import SECRET, no_errors, served
from web.slack import slack_http


def signed(text: str, *, age: int = 0, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    payload = {"command": "/greenroom", "text": text, "user_id": "U1", "team_id": "T1", "trigger_id": text}
    body, stamp = urlencode(payload), str(int(time.time()) - age)
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body) or ""
    return body.encode(), {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature,
                           "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip


def sent(address: str, body: bytes, headers: dict[str, str]) -> int:

    return httpx.post(address, content=body, headers=headers).status_code


def heard(w: Wiring) -> list[str]:
    return [str(arrival.body["text"]) for arrival in Spool(w.settings.slack_arrivals).waiting()]


def test_over_http_only_slack_is_heard_only_when_it_is_said_and_once(w: Wiring) -> None:
    with served(w) as address:
        assert sent(address, *signed("forged", secret="another")) == 401
        assert sent(address, *signed("old", age=301)) == 401
        assert sent(address, *signed("early", age=-330)) == 401
        body, headers = signed("changed")
        assert sent(address, body.replace(b"changed", b"other"), headers) == 401
        assert sent(address, body, {"Content-Type": headers["Content-Type"]}) == 401
        assert heard(w) == []
        # Five minutes long the same words are Slack's; said again they are the same arrival.
        assert [sent(address, *signed("late", age=290)) for _ in range(2)] == [200, 200]
        assert heard(w) == ["late"]


def test_over_http_slacks_question_whether_the_address_is_ours_is_answered(w: Wiring) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"})
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body) or ""
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": "application/json"}
    with served(w) as address:
        answer = httpx.post(address, content=body, headers=headers)
        assert (answer.status_code, "abc" in answer.text) == (200, True)


@pytest.mark.parametrize("missing", ["slack_bot_token", "slack_signing_secret"])
def test_without_a_secret_or_a_token_nothing_listens_over_http(w: Wiring, missing: str) -> None:
    half = Wiring(w.settings.model_copy(update={missing: None}), w.clock)
    assert slack_http(half, no_errors) is None


def test_what_the_app_does_not_listen_to_is_nothing_it_knows_and_no_word_in_the_log(
    w: Wiring, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps({"type": "event_callback", "event_id": "E1", "event": {"type": "message", "text": "private"}})
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body) or ""
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": "application/json"}
    with served(w) as address:
        assert httpx.post(address, content=body, headers=headers).status_code == 404
    assert caplog.text == ""


def test_what_cannot_be_put_on_disk_is_not_acknowledged(w: Wiring, simulator: Simulator, tmp_path: Path) -> None:
    simulator.doors.retried = set()
    (tmp_path / "a-file").write_text("")
    blocked: Settings = w.settings.model_copy(update={"home": tmp_path / "a-file" / "home"})
    with served(Wiring(blocked, w.clock)) as address:
        simulator.doors.request_url = address
        assert not simulator.command("U1", "queue").ok
