"""The simulated Web API: tokens, scopes, rate limits, faults of the wire, reading by pages, files."""

import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from approvals.slack.api import RateLimited, SlackRefused, TokenRefused, WebSlack, upload
from approvals.slack.manifest import SCOPES
from core.clock import FixedClock
from core.errors import OutcomeUnknown, TransientError
from tests.approvals.slack.simulator import Simulator


@pytest.fixture
def simulator(clock: FixedClock) -> Iterator[Simulator]:
    with Simulator(clock) as running:
        yield running


@pytest.fixture
def slack(simulator: Simulator) -> WebSlack:
    return WebSlack("xoxb-1", base_url=simulator.address)


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


def test_a_history_is_read_page_by_page_newest_first(simulator: Simulator, slack: WebSlack) -> None:
    simulator.burst = 20
    said = [say(slack, f"{number}", metadata={"event_type": "a", "event_payload": {}}) for number in range(7)]
    say(slack, "answer", thread_ts=said[0])
    read: list[dict[str, Any]] = []
    query: dict[str, object] = {"channel": "C1", "limit": 3, "include_all_metadata": True}
    sizes = []
    while True:
        page = slack.call("conversations.history", query)
        read += page["messages"]
        sizes.append(len(page["messages"]))
        cursor = page["response_metadata"]["next_cursor"]
        assert page["has_more"] == bool(cursor)
        if not cursor:
            break
        query["cursor"] = cursor
    assert sizes == [3, 3, 1]
    assert [message["ts"] for message in read] == said[::-1]
    assert read[-1]["reply_count"] == 1
    assert read[0]["metadata"] == {"event_type": "a", "event_payload": {}}
    since = slack.call("conversations.history", {"channel": "C1", "oldest": said[4]})["messages"]
    assert [message["ts"] for message in since] == said[:4:-1]
    assert "metadata" not in since[0]
    with pytest.raises(SlackRefused, match="invalid_limit"):
        slack.call("conversations.history", {"channel": "C1", "limit": 5000})
    with pytest.raises(SlackRefused, match="invalid_cursor"):
        slack.call("conversations.history", {"channel": "C1", "cursor": "made up"})


def test_a_thread_is_read_from_its_root(simulator: Simulator, slack: WebSlack) -> None:
    root = say(slack, "root")
    answers = [say(slack, text, thread_ts=root) for text in ("a", "b")]
    first = slack.call("conversations.replies", {"channel": "C1", "ts": root, "limit": 2})
    rest = slack.call(
        "conversations.replies",
        {"channel": "C1", "ts": root, "limit": 2, "cursor": first["response_metadata"]["next_cursor"]},
    )
    assert [message["ts"] for message in first["messages"] + rest["messages"]] == [root, *answers]
    with pytest.raises(SlackRefused, match="thread_not_found"):
        slack.call("conversations.replies", {"channel": "C1", "ts": "1.0"})


def test_an_answer_to_a_message_that_is_not_there_is_a_problem(simulator: Simulator, slack: WebSlack) -> None:
    with pytest.raises(SlackRefused, match="thread_not_found"):
        say(slack, "a", thread_ts="1.0")
    assert len(simulator.problems) == 1
    simulator.problems.clear()


def test_channels_say_what_they_are_and_let_in_whom_they_know(simulator: Simulator, slack: WebSlack) -> None:
    simulator.channel("C3", invited=False)
    simulator.channel("C4", private=True, invited=False)
    simulator.channel("C5", private=True, members=["U2"])
    simulator.archived.add("C2")

    def about(channel: str) -> Any:
        return slack.call("conversations.info", {"channel": channel})["channel"]

    assert (about("C1")["is_member"], about("C1")["is_archived"], about("C2")["is_archived"]) == (True, False, True)
    assert (about("C3")["is_member"], about("C5")["is_private"]) == (False, True)
    for channel, code in (("C3", "not_in_channel"), ("C4", "channel_not_found"), ("C2", "is_archived")):
        with pytest.raises(SlackRefused, match=code):
            say(slack, "a", channel)
    for channel in ("C4", "C9"):
        with pytest.raises(SlackRefused, match="channel_not_found"):
            about(channel)
    assert slack.call("conversations.members", {"channel": "C5"})["members"] == ["U2", "UAPP"]
    with pytest.raises(SlackRefused, match="user_not_in_channel"):
        slack.call("chat.postEphemeral", {"channel": "C5", "user": "U1", "text": "a"})
    listed = slack.call("conversations.list", {"types": "public_channel,private_channel", "exclude_archived": True})
    assert [channel["id"] for channel in listed["channels"]] == ["C1", "C3", "C5"]


def test_members_come_go_and_live_somewhere(simulator: Simulator, slack: WebSlack) -> None:
    simulator.member("U3", tz="Asia/Tokyo")
    simulator.member("U2", deleted=True)
    simulator.groups["S1"] = ["U2", "U3"]
    assert slack.call("users.info", {"user": "U3"})["user"]["tz"] == "Asia/Tokyo"
    assert slack.call("users.info", {"user": "U2"})["user"]["deleted"]
    assert [one["id"] for one in slack.call("users.list", {})["members"]] == ["U1", "U2", "U3"]
    assert slack.call("usergroups.users.list", {"usergroup": "S1"})["users"] == ["U3"]
    for method, payload, code in (
        ("users.info", {"user": "U9"}, "user_not_found"),
        ("usergroups.users.list", {"usergroup": "S9"}, "no_such_subteam"),
        ("conversations.open", {"users": "U2"}, "user_disabled"),
        ("chat.postMessage", {"channel": "U9", "text": "a"}, "user_not_found"),
    ):
        with pytest.raises(SlackRefused, match=code):
            slack.call(method, payload)


def test_a_message_to_a_member_is_a_direct_one(simulator: Simulator, slack: WebSlack) -> None:
    answer = slack.call("chat.postMessage", {"channel": "U1", "text": "a"})
    assert answer["channel"] == slack.call("conversations.open", {"users": "U1"})["channel"]["id"] == "DU1"
    assert simulator.texts("DU1") == ["a"]


def test_a_change_keeps_what_it_does_not_say_again(simulator: Simulator, slack: WebSlack) -> None:
    ts = say(slack, "a", blocks=[{"type": "divider"}])
    before = simulator.last("C1")
    slack.call("chat.update", {"channel": "C1", "ts": ts, "text": "b"})
    assert (simulator.last("C1")["text"], simulator.last("C1")["blocks"]) == ("b", [{"type": "divider"}])
    assert before["text"] == "a"
    slack.call("chat.delete", {"channel": "C1", "ts": ts})
    with pytest.raises(SlackRefused, match="message_not_found"):
        slack.call("chat.update", {"channel": "C1", "ts": ts, "text": "c"})


def test_a_file_is_a_message_in_its_thread(simulator: Simulator, slack: WebSlack, tmp_path: Path) -> None:
    root = say(slack, "root")
    (tmp_path / "contract.docx").write_bytes(b"terms")
    file_id = upload(slack, tmp_path / "contract.docx", channel="C1", thread_ts=root, title="Contract", comment="Read")
    assert simulator.files[file_id] == b"terms"
    thread = slack.call("conversations.replies", {"channel": "C1", "ts": root})["messages"]
    assert [message["text"] for message in thread] == ["root", "Read"]
    assert [(file["id"], file["title"]) for file in thread[1]["files"]] == [(file_id, "Contract")]
    assert [message["ts"] for message in slack.call("conversations.history", {"channel": "C1"})["messages"]] == [root]


def test_a_file_without_bytes_or_of_another_length_is_noticed(simulator: Simulator, slack: WebSlack) -> None:
    place = slack.call("files.getUploadURLExternal", {"filename": "a.txt", "length": 3})
    with pytest.raises(SlackRefused, match="file_not_found"):
        slack.call("files.completeUploadExternal", {"files": [{"id": place["file_id"]}], "channel_id": "C1"})
    slack.send_bytes(place["upload_url"], b"four")
    assert len(simulator.problems) == 1
    simulator.problems.clear()


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
