"""Queues, cards and their changes come to Slack by themselves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, update
from sqlmodel import col, func, select

from approvals import service as approvals
from approvals.slack.outbox import waiting
from approvals.slack.poster import SPACING
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Request
from core.models.slack import SlackPost
from flows.slack.delivery import delivery
from flows.slack.posting import look_again, next_of_queue
from flows.slack.queues import state_of
from flows.slack.trouble import lost_in_words
from flows.steps import conversation, longlist, review
from tests.flows.slack.slacked import Slacked, buttons, in_slack, leave, member, words
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build

QUEUE = f"queue:{CAMPAIGN}:1:1"


@pytest.fixture
def full(house: House, tmp_path: Path, clock: FixedClock) -> Iterator[Slacked]:
    """Slack is there, and a queue of twenty-five of which it knows nothing yet."""
    with in_slack(house, tmp_path, clock) as slacked:
        yield slacked


@pytest.fixture
def there(full: Slacked) -> Slacked:
    """The same with four in the queue."""
    leave(full.house, 4)
    return full


def posts(house: House) -> int:
    with reading(house.w.engine) as session:
        return session.exec(select(func.count()).select_from(SlackPost)).one()


def title(request: Request) -> str:
    return str(request.card["title"])


@pytest.mark.slow
def test_a_queue_is_one_message_with_its_creators_in_the_thread_in_order(full: Slacked) -> None:
    queue = full.house.queue()
    full.settle()
    [parent] = full.top()
    cards = full.thread(parent)
    assert "0 of 25 decided" in parent["text"]
    assert "Rosa Lindqvist" in words(parent)
    assert len(cards) == len(full.messages()) - 1 == 25
    assert ["@" + title(asked).rpartition("@")[2][:-1] in words(card) for asked, card in zip(queue, cards, strict=True)]
    assert all("request.choose.approve" in buttons(card) for card in cards)
    assert buttons(parent) == ["queue.open"]


def test_a_real_creator_is_shown_with_fit_reasons_audience_and_their_own_words(there: Slacked) -> None:
    asked = there.house.queue()[0]
    there.settle()
    sections = [block["text"]["text"] for block in there.thread(there.top()[0])[0]["blocks"] if "text" in block]
    told = {section.partition("\n")[0].strip("*"): section.partition("\n")[2] for section in sections}
    assert asked.card["subtitle"] in sections
    assert "of it known" in asked.card["subtitle"]
    assert told["Why"].count("• ") == 3
    assert told["Why"].startswith("• *Topic*: bio says")
    assert "followers, inside 5,000 to 100,000" in told["Audience"]
    assert 1 <= told["In their own words"].count("• *Caption*: ") <= 3
    assert "of the fit is known" in told["Fit and coverage"]


def test_a_decision_at_the_terminal_changes_the_card_and_the_progress(there: Slacked) -> None:
    first, second = there.house.queue()[:2]
    there.settle()
    there.house.decide(first, "approve", by="rosa")
    there.house.decide(second, "decline", by="rosa", reason="off brand")
    there.settle()
    [parent] = there.top()
    decided, declined, untouched = there.thread(parent)[:3]
    assert buttons(decided) == []
    assert "Approve* by Rosa Lindqvist, Fri 20 Nov 2026" in words(decided)
    assert "off brand" in words(declined)
    assert "request.choose.approve" in buttons(untouched)
    assert "2 of 4 decided" in parent["text"]
    assert "• Approve: 1\\n• Decline: 1" in words(parent)


@pytest.mark.slow
def test_whoever_comes_after_the_first_queue_is_full_opens_the_next(full: Slacked) -> None:
    first, second, third = full.house.queue()[:3]
    full.settle()
    for number, asked in enumerate((first, second), start=1):
        full.house.decide(asked, "decline", by="rosa", reason="off topic")
        assert longlist.refill_queues(full.house.w) == 1
        full.settle()
        assert [len(full.thread(parent)) for parent in full.top()] == [25, number]
    assert "Queue 2" in words(full.top()[1])
    full.house.decide(third, "hold", by="rosa", reason="later")
    full.settle()
    assert ["of 25 decided" in full.top()[0]["text"], "0 of 2 decided" in full.top()[1]["text"]] == [True, True]


def test_open_next_finds_what_is_still_to_decide_and_leaves_what_waits_for_last(there: Slacked) -> None:
    w, queue = there.house.w, there.house.queue()
    there.announce()
    assert next_of_queue(w, QUEUE) == queue[0].id
    conversation.ask_for_information(w, queue[0].id, "Who is she?", of=w.people.named("omar"),
                                     actor=w.people.named("rosa"), door="web")  # fmt: skip
    there.house.decide(queue[1], "approve", by="rosa")
    assert next_of_queue(w, QUEUE) == queue[2].id
    for asked in queue[2:]:
        there.house.decide(asked, "decline", by="rosa", reason="off topic")
    assert next_of_queue(w, QUEUE) == queue[0].id
    there.house.decide(queue[0], "hold", by="rosa", reason="later")
    assert next_of_queue(w, QUEUE) is None
    assert next_of_queue(w, CAMPAIGN) is None
    with reading(w.engine) as session:
        state = state_of(session, w.people, QUEUE)
        assert state is not None
        assert (state.done, state.total, state.decided["Decline"]) == (4, 4, 2)
        assert state_of(session, w.people, "queue:nobody:1:1") is None


def test_what_was_withdrawn_before_it_was_announced_is_not_posted_and_later_is_shown_so(there: Slacked) -> None:
    first, second = there.house.queue()[:2]
    w = there.house.w
    with unit_of_work(w.engine) as session:
        approvals.void(session, w.clock, kind=first.kind, subject=first.subject, why="the creator left")
    there.settle()
    [parent] = there.top()
    assert len(there.thread(parent)) == 3
    assert title(first) not in "".join(there.simulator.texts("C1"))
    with unit_of_work(w.engine) as session:
        approvals.void(session, w.clock, kind=second.kind, subject=second.subject, why="the creator left")
    there.settle()
    [parent] = there.top()
    assert "Withdrawn" in there.thread(parent)[0]["text"]
    assert "Withdrawn: 1" in words(parent)


def test_slack_that_comes_later_hears_of_what_is_open_and_of_nothing_decided(there: Slacked) -> None:
    first = there.house.queue()[0]
    there.house.decide(first, "approve", by="rosa")
    there.settle()
    [parent] = there.top()
    assert len(there.thread(parent)) == 3
    assert posts(there.house) == 4


def test_a_record_without_anything_open_starts_at_its_end(there: Slacked) -> None:
    for asked in there.house.queue():
        there.house.decide(asked, "decline", by="rosa", reason="off topic")
    assert there.announce() == 0
    assert posts(there.house) == 0


def test_nothing_new_costs_one_look_and_says_nothing_twice(there: Slacked) -> None:
    assert there.announce() == 5
    seen: list[str] = []
    engine = there.house.w.engine
    event.listen(engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    assert there.announce() == 0
    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 1
    assert not [statement for statement in seen if "IMMEDIATE" in statement]
    look_again(there.house.w)
    assert there.announce() == 0
    assert posts(there.house) == 5


def test_a_refused_click_changes_nothing_in_slack(there: Slacked) -> None:
    first = there.house.queue()[0]
    there.settle()
    with pytest.raises(approvals.DecisionRefused):
        there.house.decide(first, "approve", by="lena")
    assert there.announce() == 0


def test_who_gets_it_and_what_is_said_about_it_change_the_card(there: Slacked) -> None:
    w, first = there.house.w, there.house.queue()[0]
    rosa, omar = w.people.named("rosa"), w.people.named("omar")
    there.settle()
    conversation.comment(w, first.id, "Seen her at the fair", actor=omar, door="web")
    conversation.ask_for_information(w, first.id, "Is she *with* <!channel>?", of=omar, actor=rosa, door="web")
    there.settle()
    card = there.thread(there.top()[0])[0]
    assert "Waiting for Omar Haddad" in words(card)
    assert "2 comments" in words(card)
    [asked] = there.messages(f"D{member('omar')}")
    assert "Rosa Lindqvist asks you about" in asked["text"]
    assert "&lt;!channel&gt;" in words(asked)
    assert asked["blocks"][-1]["accessory"]["value"] == first.id
    conversation.answer(w, first.id, "No", actor=omar, door="web")
    there.settle()
    assert "Waiting" not in words(there.thread(there.top()[0])[0])
    assert len(there.messages(f"D{member('omar')}")) == 1


def test_when_slack_asks_to_wait_everything_waits_and_comes_in_order(there: Slacked) -> None:
    there.simulator.fail("chat.postMessage", "", "", "429:30")
    queue = there.house.queue()
    there.settle()
    cards = there.thread(there.top()[0])
    assert [title(asked) in card["text"] for asked, card in zip(queue, cards, strict=True)] == [True] * 4
    assert there.clock.now() - queue[0].asked_at > 4 * SPACING + timedelta(seconds=29)
    with reading(there.house.w.engine) as session:
        assert waiting(session) == []
        assert lost_in_words(session) == []


def test_a_decision_that_can_be_taken_back_says_so_until_it_is_applied_or_is_undone(there: Slacked) -> None:
    w, (first, second) = there.house.w, there.house.queue()[:2]
    rosa = w.people.named("rosa")
    there.settle()
    for asked in (first, second):
        review.decide(w, asked.id, "approve", actor=rosa, door="slack", may_be_taken_back=True)
    there.settle()
    assert [buttons(card) for card in there.thread(there.top()[0])[:2]] == [["request.undo"]] * 2
    review.take_back(w, first.id, actor=rosa, door="slack")
    there.clock.advance(timedelta(hours=1))
    assert [applied.id for applied in review.apply_due(w)] == [second.id]
    there.settle()
    [parent] = there.top()
    undone, applied = there.thread(parent)[:2]
    assert "request.choose.approve" in buttons(undone)
    assert buttons(applied) == []
    assert "1 of 4 decided" in parent["text"]


def test_a_question_that_cannot_be_shown_silences_no_other(there: Slacked, caplog: pytest.LogCaptureFixture) -> None:
    first, second = there.house.queue()[:2]
    with unit_of_work(there.house.w.engine) as session:
        session.execute(update(Request).where(col(Request.id) == first.id).values(card={"title": "of another age"}))
        session.execute(update(Request).where(col(Request.id) == second.id).values(campaign="gone", candidate_id=None))
    there.settle()
    assert len(there.thread(there.top()[0])) == 2
    assert len([line for line in caplog.messages if "cannot be shown in Slack" in line]) == 2


@pytest.mark.slow
def test_on_postgresql_it_is_the_same(tmp_path: Path, clock: FixedClock, postgres_address: str) -> None:
    house = build(tmp_path / "home", clock, database_address=postgres_address)
    house.import_sample(600)
    longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    longlist.fill_queue(house.w, CAMPAIGN, actor="omar")
    with in_slack(house, tmp_path, clock) as there:
        first = leave(there.house, 2)[0]
        there.announce()
        with reading(there.house.w.engine) as session:
            assert (delivery(session).waiting, lost_in_words(session)) == (3, [])
        there.settle()
        there.house.decide(first, "approve", by="rosa")
        there.settle()
        assert "1 of 2 decided" in there.top()[0]["text"]
        assert next_of_queue(there.house.w, QUEUE) == there.house.queue()[0].id
        look_again(there.house.w)
        assert there.announce() == 0
        there.house.w.engine.dispose()
    house.w.engine.dispose()
