"""The Slack we test against says no where Slack does."""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from approvals.slack.api import SlackRefused, WebSlack
from core.clock import FixedClock
from tests.approvals.slack.simulator import Simulator


def test_a_trigger_is_good_once_and_for_three_seconds(simulator: Simulator, clock: FixedClock) -> None:
    slack, view = WebSlack("xoxb-1", base_url=simulator.address), {
        "type": "modal", "title": {"type": "plain_text", "text": "Why"},
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Because"}}],
    }  # fmt: skip
    used, late = simulator.trigger(), simulator.trigger()
    shown = slack.call("views.open", {"trigger_id": used, "view": view})["view"]
    with pytest.raises(SlackRefused, match="exchanged_trigger_id"):
        slack.call("views.open", {"trigger_id": used, "view": view})
    clock.advance(timedelta(seconds=4))
    with pytest.raises(SlackRefused, match="expired_trigger_id"):
        slack.call("views.open", {"trigger_id": late, "view": view})
    change = {"view_id": shown["id"], "hash": shown["hash"], "view": view}
    slack.call("views.update", change)
    with pytest.raises(SlackRefused, match="hash_conflict"):
        slack.call("views.update", change)


def test_a_response_address_takes_five_answers(simulator: Simulator) -> None:
    address = simulator.response_url()
    body = json.dumps({"text": "a"}).encode()
    for _ in range(5):
        urllib.request.urlopen(address, body, timeout=5).close()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(address, body, timeout=5)
    refused.value.close()


def test_many_who_post_at_once_are_all_heard(simulator: Simulator) -> None:
    simulator.burst = 100
    slack = WebSlack("xoxb-1", base_url=simulator.address)
    with ThreadPoolExecutor(8) as pool:
        told = list(
            pool.map(lambda number: slack.call("chat.postMessage", {"channel": "C1", "text": f"{number}"}), range(24))
        )
    assert len({one["ts"] for one in told}) == 24
    assert sorted(simulator.texts("C1"), key=int) == [f"{number}" for number in range(24)]


def test_what_members_write_is_read_and_is_theirs(simulator: Simulator) -> None:
    slack = WebSlack("xoxb-1", base_url=simulator.address)
    said = simulator.say("U2", "hello")
    simulator.say("U1", "hi", thread_ts=said["ts"])
    thread = slack.call("conversations.replies", {"channel": "C1", "ts": said["ts"]})["messages"]
    assert [(one["user"], one["text"]) for one in thread] == [("U2", "hello"), ("U1", "hi")]
    with pytest.raises(SlackRefused, match="cant_update_message"):
        slack.call("chat.update", {"channel": "C1", "ts": said["ts"], "text": "no"})
    simulator.remove(said)
    assert simulator.texts("C1") == ["hi"]
    with pytest.raises(AssertionError, match="gone already"):
        simulator.remove(said)


def test_what_breaks_a_test_is_not_hidden_by_what_came_of_it(clock: FixedClock) -> None:
    def run() -> None:
        with Simulator(clock) as simulator:
            simulator.problem("Something else.")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()


def test_waiting_ends(simulator: Simulator) -> None:
    simulator.until(lambda: True, within=0)
    with pytest.raises(AssertionError, match="not so within"):
        simulator.until(lambda: False, within=0.02)
