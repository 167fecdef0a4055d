"""Reading the simulated workspace, and what posts, changes and files leave in it."""

from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from approvals.slack.api import SlackRefused, WebSlack
from tests.approvals.slack.simulator import Simulator


def say(slack: WebSlack, text: str, channel: str = "C1", **more: object) -> str:
    return str(slack.call("chat.postMessage", {"channel": channel, "text": text, **more})["ts"])


def shared(simulator: Simulator, path: Path, content: bytes, **more: Any) -> str:
    """Slack's own client shares the file; its id."""
    path.write_bytes(content)
    client = WebClient("xoxb-1", base_url=simulator.address)
    return str(client.files_upload_v2(file=str(path), filename=path.name, **more)["files"][0]["id"])


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
    file_id = shared(simulator, tmp_path / "contract.docx", b"terms", channel="C1", thread_ts=root, title="Contract",
                     initial_comment="Read")  # fmt: skip
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


def test_a_file_in_a_channel_stands_in_its_history(simulator: Simulator, slack: WebSlack, tmp_path: Path) -> None:
    file_id = shared(simulator, tmp_path / "list.xlsx", b"rows", channel="C2", title="List")
    messages = slack.call("conversations.history", {"channel": "C2"})["messages"]
    assert [[file["id"] for file in message["files"]] for message in messages] == [[file_id]]
    shares = WebClient("xoxb-1", base_url=simulator.address)
    simulator.granted.add("files:read")
    assert shares.files_info(file=file_id)["file"]["shares"] == [{"channel": "C2", "ts": messages[0]["ts"]}]


def test_a_message_has_an_address_and_only_while_it_is_there(simulator: Simulator, slack: WebSlack) -> None:
    ts = say(slack, "a")
    link = slack.call("chat.getPermalink", {"channel": "C1", "message_ts": ts})["permalink"]
    assert link.endswith(f"/archives/C1/p{ts.replace('.', '')}")
    with pytest.raises(SlackRefused, match="message_not_found"):
        slack.call("chat.getPermalink", {"channel": "C1", "message_ts": "1.0"})


def test_nothing_is_no_message_and_nobody_is_no_reader(simulator: Simulator, slack: WebSlack) -> None:
    for method, payload, code in (
        ("chat.postMessage", {"channel": "C1"}, "no_text"),
        ("chat.postMessage", {"text": "a"}, "invalid_arguments"),
        ("conversations.history", {"channel": "C9"}, "channel_not_found"),
        ("conversations.open", {}, "invalid_arguments"),
    ):
        with pytest.raises(SlackRefused, match=code):
            slack.call(method, payload)
    simulator.problems.clear()


def test_an_answer_to_an_answer_is_a_problem(simulator: Simulator, slack: WebSlack) -> None:
    answer = say(slack, "answer", thread_ts=say(slack, "root"))
    say(slack, "deeper", thread_ts=answer)
    assert "itself an answer" in simulator.problems[0]
    simulator.problems.clear()


def test_channels_that_the_app_is_not_in_are_not_read(simulator: Simulator, slack: WebSlack) -> None:
    simulator.channel("C3", invited=False)
    simulator.channel("C4", private=True, invited=False)
    simulator.granted.add("groups:history")
    for channel, code in (("C3", "not_in_channel"), ("C4", "channel_not_found")):
        with pytest.raises(SlackRefused, match=code):
            slack.call("conversations.history", {"channel": channel})
