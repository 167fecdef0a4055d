"""What Slack refused is posted when it can be, as it is by then, and never what nobody needs to see any more."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from approvals.slack.outbox import put
from core.clock import FixedClock
from core.database import reading, unit_of_work
from flows.slack.delivery import delivery
from flows.slack.posting import look_again
from flows.slack.trouble import lost_in_words
from flows.steps import conversation
from tests.flows.slack.slacked import Slacked, buttons, in_slack, leave, member, words
from tests.house import House


@pytest.fixture
def there(house: House, tmp_path: Path, clock: FixedClock) -> Iterator[Slacked]:
    with in_slack(house, tmp_path, clock) as slacked:
        leave(slacked.house, 3)
        yield slacked


def missed(there: Slacked) -> int:
    with reading(there.house.w.engine) as session:
        assert delivery(session).dead == sum(int(line.split()[0]) for line in lost_in_words(session))
        return delivery(session).dead


def test_a_channel_out_of_the_archive_gets_what_is_still_open_as_it_is_now(there: Slacked) -> None:
    w, (first, second, third) = there.house.w, there.house.queue()
    there.simulator.archived.add("C1")
    there.settle()
    assert missed(there) == 4
    there.house.decide(first, "approve", by="rosa")
    there.settle()
    assert missed(there) == 3
    there.simulator.archived.discard("C1")
    conversation.comment(w, third.id, "Seen her at the fair", actor=w.people.named("omar"), door="web")
    there.settle()
    [parent] = there.top()
    assert ["1 comment" in words(card) for card in there.thread(parent)] == [True]
    look_again(w)
    there.settle()
    [parent] = there.top()
    assert [card["blocks"][0]["text"]["text"] for card in there.thread(parent)] == [
        third.card["title"], second.card["title"],
    ]  # fmt: skip
    assert "1 of 3 decided" in parent["text"]
    assert missed(there) == 0


def test_a_channel_still_in_the_archive_refuses_once_more_and_is_told_again(there: Slacked) -> None:
    there.simulator.archived.add("C1")
    there.settle()
    asked = len(there.simulator.calls)
    look_again(there.house.w)
    there.settle()
    assert missed(there) == 4
    assert len(there.simulator.calls) == asked + 2  # the queue's message is looked for and posted; nothing below it


def test_a_card_whose_change_was_refused_changes_after_all(there: Slacked) -> None:
    w, first = there.house.w, there.house.queue()[0]
    there.settle()
    there.simulator.archived.add("C1")
    there.house.decide(first, "approve", by="rosa")
    there.settle()
    there.simulator.archived.discard("C1")
    assert "request.choose.approve" in buttons(there.thread(there.top()[0])[0])
    there.clock.advance(timedelta(hours=1))
    look_again(w)
    there.settle()
    assert buttons(there.thread(there.top()[0])[0]) == []
    assert "1 of 3 decided" in there.top()[0]["text"]


def test_a_question_that_slack_refused_reaches_whoever_is_asked(there: Slacked) -> None:
    w, first = there.house.w, there.house.queue()[0]
    there.simulator.fail("conversations.open", "user_disabled")
    conversation.ask_for_information(w, first.id, "Is she free?", of=w.people.named("omar"),
                                     actor=w.people.named("rosa"), door="web")  # fmt: skip
    there.settle()
    assert there.messages(f"D{member('omar')}") == []
    assert missed(there) == 1
    look_again(w)
    there.settle()
    [asked] = there.messages(f"D{member('omar')}")
    assert "Is she free?" in words(asked)
    assert missed(there) == 0


def test_an_answer_that_reached_nobody_is_no_trouble_of_ops(there: Slacked) -> None:
    w = there.house.w
    there.announce()
    with unit_of_work(w.engine) as session:
        put(session, w.clock, key="told:click:1", method="chat.postMessage", channel="UGONE", payload={"text": "No."})
        put(session, w.clock, key="told by hand", method="chat.postMessage", channel="UGONE", payload={"text": "No."})
    there.settle()
    assert missed(there) == 1


def test_what_arrived_though_nobody_could_look_for_it_is_found_and_not_posted_twice(there: Slacked) -> None:
    there.simulator.fail("chat.postMessage", "dropped")
    there.simulator.fail("conversations.history", "missing_scope")
    there.settle()
    assert missed(there) == 4
    assert len(there.top()) == 1
    look_again(there.house.w)
    there.settle()
    [parent] = there.top()
    assert len(there.thread(parent)) == 3
    assert missed(there) == 0
