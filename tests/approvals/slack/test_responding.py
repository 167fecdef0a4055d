"""Answers at the addresses that Slack gives with a click or a command."""

import logging

import pytest

from approvals.slack.responding import responder
from core.clock import FixedClock
from core.errors import GreenroomError, PermanentError, TransientError
from tests.approvals.slack.simulator import Simulator

SAID = {"text": "Not yours.", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Not yours."}}]}


def test_one_person_sees_it_and_the_card_stays(clock: FixedClock) -> None:
    with Simulator(clock) as sim:
        respond = responder(sim.address)
        respond(sim.response_url(), SAID)
        [whisper] = sim.whispers
    assert whisper["text"] == "Not yours."
    assert whisper.get("replace_original", False) is False


def test_an_address_that_is_used_up_is_no_place_any_more(clock: FixedClock) -> None:
    with Simulator(clock) as sim:
        respond, address = responder(sim.address), sim.response_url()
        for _ in range(5):
            respond(address, SAID)
        with pytest.raises(PermanentError, match="404"):
            respond(address, SAID)


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.slack.com/actions/1", "https://hooks.slack.com.evil.example/1", "https://evil.example/hooks.slack.com",
        "https://hooks.slack.com@evil.example/1", "file:///etc/passwd", "", "https://slack.com:8443/1", "http://[",
    ],
)  # fmt: skip
def test_nothing_is_sent_anywhere_else(address: str) -> None:
    with pytest.raises(PermanentError, match=r"not one of Slack's"):
        responder("https://slack.com/api/")(address, SAID)


def test_a_slack_that_is_away_is_said_so_without_the_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(TransientError) as raised:
        responder("http://127.0.0.1:9/api/", timeout=1)("http://127.0.0.1:9/secret-of-the-address", SAID)
    assert isinstance(raised.value, GreenroomError)
    assert "secret-of-the-address" not in str(raised.value) + caplog.text
