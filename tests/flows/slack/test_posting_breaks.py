"""Slack away for an hour, a process killed at any moment: everything comes once, in order, as it is in the end."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from approvals.slack.api import WebSlack
from approvals.slack.poster import LEASE, deliver_due
from core.clock import FixedClock
from core.database import reading
from core.models.slack import Cursor, SlackPost
from flows.slack.posting import announce
from flows.steps import conversation, upkeep
from flows.wiring import wire
from tests.flows.slack.slacked import DyingClock, Killed, Slacked, buttons, in_slack, leave, member, words
from tests.house import House

FEW = 4


class Dying:
    """Dies at a call, before or after Slack took it."""

    def __init__(self, slack: WebSlack, at: int, *, after: bool) -> None:
        self._slack, self._left, self._after = slack, at, after

    def call(self, method: str, payload: Mapping[str, object]) -> dict[str, Any]:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Killed
        answer = self._slack.call(method, payload)
        if self._left == 0:
            raise Killed
        return answer

    def send_bytes(self, address: str, content: bytes) -> None:
        self._slack.send_bytes(address, content)


@pytest.fixture
def there(house: House, tmp_path: Path, clock: FixedClock) -> Iterator[Slacked]:
    with in_slack(house, tmp_path, clock) as slacked:
        leave(slacked.house, FEW)
        yield slacked


def everything_is_there_once(there: Slacked, *, decided: int) -> None:
    [parent] = there.top()
    cards = there.thread(parent)
    assert len(there.messages()) == FEW + 1
    assert [bool(buttons(card)) for card in cards] == [False] * decided + [True] * (FEW - decided)
    assert f"{decided} of {FEW} decided" in parent["text"]


def test_an_hour_without_slack_loses_nothing_and_doubles_nothing(there: Slacked) -> None:
    w, queue = there.house.w, there.house.queue()
    there.clock.advance(timedelta(days=3))  # Monday: reminders are due, and the digest
    there.simulator.down = True
    for minute in range(0, 60, 6):
        if minute == 12:
            there.house.decide(queue[0], "approve", by="rosa")
        if minute == 18:
            assert upkeep.send_digests(w) == 1
        if minute == 24:
            there.house.decide(queue[1], "decline", by="rosa", reason="off brand")
        if minute == 30:
            conversation.comment(w, queue[2].id, "Nice", actor=w.people.named("omar"), door="web")
        there.announce()
        there.deliver()
        there.clock.advance(timedelta(minutes=6))
    assert there.messages() == []
    there.simulator.down = False
    there.settle()
    everything_is_there_once(there, decided=2)
    first, second, third, _ = there.thread(there.top()[0])
    assert "Approve* by Rosa" in words(first)
    assert "off brand" in words(second)
    assert "1 comment" in words(third)
    [digest] = there.messages(f"D{member('rosa')}")
    assert digest["text"].startswith("Today: 2 to decide")
    assert there.house.outbox() == []


#: How often the clock is asked: for the queue's post, and for each card that is left to draw it and to post it.
MOMENTS = 1 + 2 * (FEW - 1)


#: Each is tried in the whole run; the first, one in between and the last tell soon enough.
SOON = {0, MOMENTS // 2, MOMENTS}


@pytest.mark.parametrize(
    "asks", [asks if asks in SOON else pytest.param(asks, marks=pytest.mark.slow) for asks in range(MOMENTS + 1)]
)
def test_an_announcer_killed_at_any_moment_goes_on_where_it_stopped(there: Slacked, asks: int) -> None:
    there.house.decide(there.house.queue()[0], "decline", by="rosa", reason="off topic")
    dying = wire(there.house.w.settings, DyingClock(there.clock, asks))
    killed = False
    try:
        announce(dying)
    except Killed:
        killed = True
    assert killed == (asks < MOMENTS)
    with reading(there.house.w.engine) as session:
        assert bool(session.exec(select(SlackPost)).all()) == (session.get(Cursor, "slack") is not None) == (not killed)
    there.settle()
    assert len(there.thread(there.top()[0])) == len(there.messages()) - 1 == FEW - 1


def until_it_dies(there: Slacked, dying: Dying) -> None:
    for _ in range(20):
        deliver_due(there.house.w.engine, there.clock, dying)
        there.clock.advance(timedelta(seconds=1))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, pytest.param(2, marks=pytest.mark.slow), 5])
def test_a_poster_killed_at_any_call_sends_each_message_once(there: Slacked, at: int, after: bool) -> None:
    there.announce()
    dying = Dying(there.slack, at, after=after)
    with pytest.raises(Killed):
        until_it_dies(there, dying)
    there.house.decide(there.house.queue()[0], "approve", by="rosa")
    there.clock.advance(LEASE + timedelta(seconds=1))
    there.settle()
    everything_is_there_once(there, decided=1)


def test_a_decision_before_its_card_was_sent_needs_no_change_afterwards(there: Slacked) -> None:
    there.announce()
    there.house.decide(there.house.queue()[0], "approve", by="rosa")
    assert there.announce() == 0
    there.settle()
    everything_is_there_once(there, decided=1)
    assert [method for method, _ in there.simulator.calls if method == "chat.update"] == []
