"""The simulated Web API: tokens, scopes, rate limits, faults of the wire, and payloads that Slack would not take."""

import time
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient

from approvals.slack.api import RateLimited, SlackRefused, TokenRefused, WebSlack
from approvals.slack.manifest import SCOPES
from core.clock import FixedClock
from core.errors import OutcomeUnknown, TransientError
from tests.approvals.slack.simulator import Simulator


def say(slack: WebSlack, text: str, channel: str = "C1", **more: object) -> str:
    return str(slack.call("chat.postMessage", {"channel": channel, "text": text, **more})["ts"])


@pytest.mark.parametrize(
    ("token", "code"), [("xoxp-1", "invalid_auth"), ("xapp-1", "not_allowed_token_type"), ("xoxb-2", "invalid_auth")]
)
def test_a_wrong_token_opens_nothing(simulator: Simulator, token: str, code: str) -> None:
    simulator.tokens = {"xoxb-1", "xapp-1"}
    with pytest.raises(SlackRefused, match=code):
        WebSlack(token, base_url=simulator.address).call("auth.test", {})


def test_a_revoked_token_and_none_at_all(simulator: Simulator, slack: WebSlack) -> None:
    with pytest.raises(TokenRefused, match="not_authed"):
        WebSlack("", base_url=simulator.address).call("auth.test", {})
    simulator.revoked = True
    with pytest.raises(TokenRefused, match="token_revoked"):
        slack.call("auth.test", {})


def test_who_the_app_is_and_what_it_may(simulator: Simulator) -> None:
    answer = WebClient("xoxb-1", base_url=simulator.address).auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T1", "UAPP", "BAPP")
    assert {name.lower(): value for name, value in answer.headers.items()}["x-oauth-scopes"].split(",") == sorted(
        SCOPES
    )


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("chat.postMessage", "chat:write"),
        ("chat.update", "chat:write"),
        ("chat.postEphemeral", "chat:write"),
        ("conversations.history", "channels:history"),
        ("conversations.info", "channels:read"),
        ("users.info", "users:read"),
        ("usergroups.users.list", "usergroups:read"),
        ("conversations.open", "im:write"),
        ("files.getUploadURLExternal", "files:write"),
    ],
)
def test_what_was_not_granted_is_refused(simulator: Simulator, slack: WebSlack, method: str, scope: str) -> None:
    simulator.granted.discard(scope)
    with pytest.raises(SlackRefused, match="missing_scope"):
        slack.call(method, {"channel": "C1", "text": "a", "user": "U1", "users": "U1"})
    assert simulator.texts("C1") == []


def test_private_channels_and_direct_messages_need_scopes_of_their_own(simulator: Simulator, slack: WebSlack) -> None:
    simulator.channel("C9", private=True)
    simulator.granted -= {"groups:history", "im:history"}
    say(slack, "a", "U1")
    for channel in ("C9", "DU1"):
        with pytest.raises(SlackRefused, match="missing_scope"):
            slack.call("conversations.history", {"channel": channel})
    assert slack.call("conversations.history", {"channel": "C1"})["messages"] == []


def test_a_channel_takes_some_messages_at_once_and_then_one_a_second(
    simulator: Simulator, slack: WebSlack, clock: FixedClock
) -> None:
    simulator.burst = 2
    for text in ("a", "b"):
        say(slack, text)
    with pytest.raises(RateLimited) as told:
        say(slack, "c")
    assert told.value.retry_after == 1
    say(slack, "elsewhere", "C2")
    clock.advance(timedelta(seconds=1))
    say(slack, "c")
    with pytest.raises(RateLimited):
        say(slack, "d")
    assert simulator.texts("C1") == ["a", "b", "c"]


def test_a_member_is_one_place_by_whatever_name(simulator: Simulator, slack: WebSlack) -> None:
    simulator.burst = 1
    say(slack, "a", "U1")
    with pytest.raises(RateLimited):
        say(slack, "b", "DU1")


@pytest.mark.parametrize(("fault", "done"), [("slow:9", True), ("timeout", False), ("dropped", True)])
def test_answers_that_never_come(simulator: Simulator, fault: str, done: bool) -> None:
    slack = WebSlack("xoxb-1", base_url=simulator.address)
    slack._client.timeout = 0.1  # type: ignore[assignment]
    simulator.fail("chat.postMessage", fault)
    with pytest.raises(OutcomeUnknown):
        say(slack, "a")
    assert simulator.texts("C1") == (["a"] if done else [])


def test_an_answer_may_be_no_json(simulator: Simulator) -> None:
    simulator.fail("chat.postMessage", "garbage")
    form = b"channel=C1&text=a&token=xoxb-1"
    with urllib.request.urlopen(f"{simulator.address}chat.postMessage", form, timeout=5) as answer:
        assert (answer.status, answer.read()) == (200, b"<html>")
    assert simulator.texts("C1") == ["a"]


def test_an_answer_may_be_slow_and_still_come(simulator: Simulator, slack: WebSlack) -> None:
    simulator.fail("chat.postMessage", "slow:0.1")
    before = time.monotonic()
    say(slack, "a")
    assert time.monotonic() - before >= 0.1


def test_faults_wait_for_their_turn(simulator: Simulator, slack: WebSlack) -> None:
    simulator.fail("users.info", "", "500", "fatal_error")
    slack.call("users.info", {"user": "U1"})
    for _ in range(2):
        with pytest.raises(TransientError):
            slack.call("users.info", {"user": "U1"})
    assert slack.call("users.info", {"user": "U1"})["user"]["id"] == "U1"


def test_what_slack_does_not_know_is_a_problem(simulator: Simulator, slack: WebSlack) -> None:
    with pytest.raises(SlackRefused, match="unknown_method"):
        slack.call("chat.shout", {})
    assert len(simulator.problems) == 1
    simulator.problems.clear()


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}, "3000 allowed"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "x", "colour": "red"}}, "colour"),
        ({"type": "sektion", "text": {"type": "mrkdwn", "text": "x"}}, "no sektion"),
        ({"type": "divider", "colour": "red"}, "no colour here"),
        ({"type": "header"}, "KeyError"),
    ],
)
def test_what_slack_would_not_take_fails_the_test(clock: FixedClock, block: dict[str, Any], words: str) -> None:
    def run() -> None:
        with Simulator(clock) as simulator:
            slack = WebSlack("xoxb-1", base_url=simulator.address)
            with pytest.raises(SlackRefused, match="invalid_blocks"):
                say(slack, "a", blocks=[block])

    with pytest.raises(AssertionError, match=words):
        run()


def test_another_check_takes_the_place_of_this_one(clock: FixedClock) -> None:
    with Simulator(clock, check=lambda *_: None) as simulator:
        say(WebSlack("xoxb-1", base_url=simulator.address), "a", blocks=[{"type": "sektion"}])
        assert simulator.texts("C1") == ["a"]
