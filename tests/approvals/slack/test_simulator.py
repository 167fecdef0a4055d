"""The Slack we test against says no where Slack does."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import pytest

from approvals.slack.api import SlackRefused, WebSlack
from core.clock import FixedClock
from tests.approvals.slack.simulator import Simulator


@pytest.fixture
def simulator(clock: FixedClock) -> Iterator[Simulator]:
    with Simulator(clock) as running:
        yield running


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
