"""A request changes everywhere it is shown, and what Slack answers is told apart."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from approvals.slack.api import RateLimited, SlackRefused, TokenRefused, WebSlack
from approvals.slack.outbox import put
from approvals.slack.places import places_of, update_everywhere
from approvals.slack.poster import deliver_due
from core.clock import FixedClock
from core.database import unit_of_work
from core.errors import OutcomeUnknown, TransientError
from core.models.approvals import Request
from tests.approvals.slack.simulator import Simulator


def test_every_message_of_a_request_is_changed_once(
    engine: Engine, clock: FixedClock, simulator: Simulator, asked: Request
) -> None:
    slack = WebSlack("xoxb-secret", base_url=simulator.address)
    with unit_of_work(engine) as session:
        for channel in ("C1", "U1"):
            put(session, clock, key=channel, method="chat.postMessage", channel=channel, payload={"text": "open"},
                request_id=asked.id)  # fmt: skip
    deliver_due(engine, clock, slack)
    with unit_of_work(engine) as session:
        first = update_everywhere(session, clock, asked.id, lambda _: {"text": "approved"})
        again = update_everywhere(session, clock, asked.id, lambda _: {"text": "approved"})
        assert [post.key for post in first] == [post.key for post in again]
        assert [place.channel for place in places_of(session, asked.id)] == ["C1", "U1"]
    assert deliver_due(engine, clock, slack).sent == 2
    assert simulator.texts("C1") == simulator.texts("DU1") == ["approved"]


def test_a_card_in_the_thread_of_its_queue_changes_and_a_remark_beside_it_does_not(
    engine: Engine, clock: FixedClock, simulator: Simulator, asked: Request
) -> None:
    slack = WebSlack("xoxb-secret", base_url=simulator.address)
    with unit_of_work(engine) as session:
        put(session, clock, key="queue", method="chat.postMessage", channel="C1", payload={"text": "0 of 1"})
        put(session, clock, key="card", method="chat.postMessage", channel="C1", payload={"text": "open"},
            after_key="queue", request_id=asked.id)  # fmt: skip
        put(session, clock, key="remark", method="chat.postMessage", channel="C1", payload={"text": "see page 2"},
            after_key="queue")  # fmt: skip
    for _ in range(3):
        deliver_due(engine, clock, slack)
        clock.advance(timedelta(seconds=2))
    with unit_of_work(engine) as session:
        update_everywhere(session, clock, asked.id, lambda _: {"text": "approved"})
    deliver_due(engine, clock, slack)
    assert simulator.texts("C1") == ["0 of 1", "approved", "see page 2"]


@pytest.mark.parametrize(
    ("method", "fault", "kind"),
    [
        ("chat.postMessage", "500", OutcomeUnknown),
        ("chat.postMessage", "dropped", OutcomeUnknown),
        ("chat.postMessage", "internal_error", OutcomeUnknown),
        ("chat.update", "team_added_to_org", TransientError),
        ("chat.postMessage", "garbage", OutcomeUnknown),
        ("chat.postMessage", "429:7", RateLimited),
        ("conversations.history", "500", TransientError),
        ("conversations.history", "dropped", TransientError),
        ("conversations.history", "garbage", TransientError),
        ("chat.postMessage", "invalid_blocks", SlackRefused),
        ("chat.postMessage", "invalid_auth", TokenRefused),
    ],
)
def test_failures_are_told_apart_where_the_wire_is(
    simulator: Simulator, method: str, fault: str, kind: type[Exception]
) -> None:
    simulator.fail(method, fault)
    with pytest.raises(kind) as caught:
        WebSlack("xoxb-secret", base_url=simulator.address).call(method, {"channel": "C1", "text": "a"})
    assert type(caught.value) is kind
    assert "xoxb-secret" not in str(caught.value)


def test_a_slack_that_is_not_there_has_surely_not_taken_the_post(clock: FixedClock) -> None:
    with Simulator(clock) as gone:
        address = gone.address
    with pytest.raises(TransientError, match="cannot be reached"):
        WebSlack("xoxb-secret", base_url=address).call("chat.postMessage", {"channel": "C1", "text": "a"})
