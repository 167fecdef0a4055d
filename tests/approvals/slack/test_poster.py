"""Every post reaches Slack once and in order, whatever breaks on the way."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from approvals.slack.api import FileSlack, WebSlack
from approvals.slack.outbox import dead, post_with, put, waiting
from approvals.slack.poster import LEASE, deliver_due
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.slack import SlackPost
from tests.approvals.slack.simulator import Simulator


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class Dying:
    """Dies before or after the first post reaches Slack."""

    def __init__(self, slack: WebSlack, when: str) -> None:
        self._slack, self._when = slack, when

    def call(self, method: str, payload: Mapping[str, object]) -> dict[str, Any]:
        if self._when == "after":
            self._slack.call(method, payload)
        raise Killed

    def send_bytes(self, address: str, content: bytes) -> None:
        raise AssertionError("no file is sent here")


def say(
    engine: Engine,
    clock: FixedClock,
    key: str,
    *,
    channel: str = "C1",
    after: str | None = None,
    method: str = "chat.postMessage",
) -> None:
    with unit_of_work(engine) as session:
        put(session, clock, key=key, method=method, channel=channel, payload={"text": key}, after_key=after)


def post(engine: Engine, key: str) -> SlackPost:
    with reading(engine) as session:
        found = post_with(session, key)
    assert found is not None
    return found


def rounds(engine: Engine, clock: FixedClock, slack: WebSlack, *, most: int = 40) -> None:
    for _ in range(most):
        deliver_due(engine, clock, slack)
        with reading(engine) as session:
            if not waiting(session):
                return
        clock.advance(timedelta(seconds=30))
    raise AssertionError("never delivered")


def test_after_an_hour_without_slack_everything_arrives_once_and_in_order(
    engine: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    simulator.down = True
    for number in range(5):
        say(engine, clock, f"post {number}")
        deliver_due(engine, clock, slack)
        clock.advance(timedelta(minutes=12))
    assert simulator.texts("C1") == []
    simulator.down = False
    rounds(engine, clock, slack)
    assert simulator.texts("C1") == [f"post {number}" for number in range(5)]


def test_a_post_taken_without_an_answer_is_found_and_not_doubled(
    engine: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    simulator.fail("chat.postMessage", "dropped")
    say(engine, clock, "a")
    deliver_due(engine, clock, slack)
    assert post(engine, "a").status == "unknown"
    rounds(engine, clock, slack)
    assert simulator.texts("C1") == ["a"]
    assert post(engine, "a").ts == simulator.messages["C1"][0]["ts"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_poster_killed_in_the_middle_leaves_one_message(
    engine: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack, when: str
) -> None:
    say(engine, clock, "a")
    with pytest.raises(Killed):
        deliver_due(engine, clock, Dying(slack, when))
    assert deliver_due(engine, clock, slack).sent == 0
    clock.advance(LEASE + timedelta(seconds=1))
    rounds(engine, clock, slack)
    assert simulator.texts("C1") == ["a"]


def test_slack_is_left_alone_as_long_as_it_asks(
    engine: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    simulator.fail("chat.postMessage", "429:20")
    say(engine, clock, "a")
    deliver_due(engine, clock, slack)
    clock.advance(timedelta(seconds=19))
    assert deliver_due(engine, clock, slack).sent == 0
    clock.advance(timedelta(seconds=2))
    assert deliver_due(engine, clock, slack).sent == 1


def test_an_archived_channel_is_said_and_holds_nothing_else_back(
    engine: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    simulator.archived.add("C1")
    say(engine, clock, "a")
    say(engine, clock, "reply", after="a")
    say(engine, clock, "b", channel="C2")
    rounds(engine, clock, slack)
    with reading(engine) as session:
        assert [found.key for found in dead(session)] == ["a", "reply"]
    assert "archive" in post(engine, "a").last_error
    assert simulator.texts("C2") == ["b"]


def test_what_belongs_to_a_message_that_was_never_said_holds_its_channel_back_for_no_one(
    engine: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    say(engine, clock, "a")
    with unit_of_work(engine) as session:
        never = post_with(session, "a")
        assert never is not None
        never.status = "superseded"
    say(engine, clock, "reply", after="a")
    say(engine, clock, "b")
    rounds(engine, clock, slack)
    assert simulator.texts("C1") == ["b"]


def test_a_revoked_token_stops_the_round_and_loses_nothing(
    engine: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    simulator.revoked = True
    say(engine, clock, "a")
    stopped = deliver_due(engine, clock, slack).stopped
    assert "token" in stopped
    assert "xoxb-secret" not in stopped
    simulator.revoked = False
    assert deliver_due(engine, clock, slack).sent == 1


def test_only_the_newest_waiting_change_of_a_message_is_made(
    engine: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    say(engine, clock, "card", channel="U1")
    say(engine, clock, "first", channel="U1", after="card", method="chat.update")
    say(engine, clock, "second", channel="U1", after="card", method="chat.update")
    rounds(engine, clock, slack)
    assert simulator.texts("DU1") == ["second"]
    assert post(engine, "first").status == "superseded"


def test_two_posters_at_once_send_each_post_once(
    postgres_engine: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    for number in range(4):
        say(postgres_engine, clock, f"{number}", channel=("C1", "C2", "U1", "U2")[number])
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: deliver_due(postgres_engine, clock, slack), range(2)))
    deliver_due(postgres_engine, clock, slack)
    assert sum(one.sent for one in done) >= 1
    assert [len(simulator.messages[channel]) for channel in ("C1", "C2", "DU1", "DU2")] == [1, 1, 1, 1]


def test_the_twin_numbers_what_would_be_sent(tmp_path: Path) -> None:
    twin = FileSlack(tmp_path / "slack")
    first, second = (twin.call("chat.postMessage", {"channel": "C1", "text": text}) for text in "ab")
    assert first["ts"] < second["ts"]
    found = twin.call("conversations.history", {"channel": "C1"})["messages"]
    assert [(message["text"], message["ts"]) for message in found] == [("a", first["ts"]), ("b", second["ts"])]
