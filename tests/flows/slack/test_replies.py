"""An answer of a creator in Slack: shown, answered in a form with its draft, and changed for all once it is done."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import select

from approvals.slack.ids import Action
from approvals.slack.outbox import post_with
from core.database import reading, unit_of_work
from core.models.outreach import Message, Reply
from core.models.slack import SlackPost
from core.stages import Stage
from core.store import candidate_named, move
from flows.slack.forms import form_errors
from flows.slack.posting import announce
from flows.steps.taking_up import take_up
from flows.wiring import wire
from outreach import suppression
from tests.flows.slack.desk_scene import Scene, slack_id
from tests.house import CAMPAIGN, House

TEXT = "What is the budget, *please*? <!channel> @here {{ brand }}"


@pytest.fixture
def at(scene: Scene) -> Iterator[Scene]:
    """Slack is on, with one channel, and a creator was invited and answered."""
    settings = scene.w.settings.model_copy(update={"slack_bot_token": SecretStr("xoxb-1"), "slack_channel": "C1"})
    there = House(wire(settings, scene.w.clock))
    yield Scene(there, scene.sim, scene.slack, scene.deeds)
    there.w.engine.dispose()


@pytest.fixture
def number(at: Scene) -> int:
    [(creator, question)] = at.house.with_addresses(1)
    at.house.decide(question, "approve", by="rosa")
    with unit_of_work(at.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        for stage in (Stage.INVITED, Stage.REPLIED):
            move(session, at.w.clock, candidate, stage, actor="sofia")
        reply = Reply(mail_id="<1@x.example>", candidate_id=candidate.id, sender="ada@example.com", kind="price talk",
                      because=TEXT, text=TEXT, language="en", received_at=at.w.clock.now())  # fmt: skip
        session.add(reply)
        session.flush()
        take_up(at.w)(session, reply, candidate)
        return reply.id or 0


def shown(at: Scene, number: int) -> dict[str, Any]:
    """The newest of what the message says."""
    announce(at.w)
    with reading(at.w.engine) as session:
        post = post_with(session, f"reply:{number}")
        assert post is not None
        changed = select(SlackPost).where(SlackPost.after_key == post.key)
        newest = [*session.exec(changed), post][0]
    return dict(newest.payload)


def reply_of(at: Scene, number: int) -> Reply:
    with reading(at.w.engine) as session:
        return session.get_one(Reply, number)


def form(at: Scene, number: int, *, by: str = "sofia") -> dict[str, Any]:
    at.handle(at.click(Action.REPLY_OPEN, str(number), by=by))
    return at.views()[-1]


def test_a_new_answer_is_shown_with_what_decided_and_what_can_be_done(at: Scene, number: int) -> None:
    said = shown(at, number)
    assert "price talk" in said["text"]
    assert "<!channel>" not in str(said)
    buttons = [one for block in said["blocks"] if block["type"] == "actions" for one in block["elements"]]
    assert [button["text"]["text"] for button in buttons] == ["Answer…", "Nothing to do", "Hand over…"]
    assert shown(at, number) == said, "said once"


def test_the_form_holds_the_draft_and_a_person_sends_it(at: Scene, number: int) -> None:
    shown(at, number)
    view = form(at, number)
    field = next(block["element"] for block in view["blocks"] if block["type"] == "input")
    assert field["initial_value"] == reply_of(at, number).draft
    body = at.form(view, by="sofia", reply="Hi, the offer stands.")
    assert form_errors(body) == {}
    at.handle(body)
    at.handle(at.form(view, by="sofia", reply="Once more"))
    with reading(at.w.engine) as session:
        [message] = session.exec(select(Message).where(Message.category == "answer")).all()
    assert (message.text, message.sender) == ("Hi, the offer stands.\n", "sofia")
    assert "done already" in at.told("sofia")[-1]
    assert "answered with mail" in shown(at, number)["text"]
    assert "Sofia Marin" in shown(at, number)["text"]


def test_nothing_to_do_is_one_click_and_a_second_is_told(at: Scene, number: int) -> None:
    at.handle(at.click(Action.REPLY_DONE, str(number), by="omar"))
    assert (reply_of(at, number).outcome, reply_of(at, number).handled_by) == ("nothing to do", "omar")
    at.handle(at.click(Action.REPLY_DONE, str(number), by="sofia"))
    at.handle(at.click(Action.REPLY_OPEN, str(number), by="sofia"))
    assert ["done already" in said for said in at.told("sofia")] == [True, True]


def test_it_is_handed_over_in_a_form_and_the_message_says_to_whom(at: Scene, number: int) -> None:
    assert "For Sofia Marin" in str(shown(at, number))
    at.handle(at.click(Action.REPLY_REASSIGN, str(number), by="sofia"))
    view = at.views()[-1]
    assert form_errors(at.form(view, by="sofia", person="")) == {"person_input": "Choose a person."}
    assert form_errors(at.form(view, by="sofia", person="UOMAR")) == {}
    at.handle(at.form(view, by="sofia", person=slack_id("omar")))
    assert reply_of(at, number).assignee == "omar"
    assert "For Omar Haddad" in str(shown(at, number))
    assert "Sofia Marin handed you the answer of" in at.told("omar")[-1]


def test_nobody_hands_it_to_who_may_not_write_and_no_stranger_hands_it_over(at: Scene, number: int) -> None:
    at.handle(at.click(Action.REPLY_REASSIGN, str(number), by="sofia"))
    view = at.views()[-1]
    at.handle(at.form(view, by="sofia", person=slack_id("rosa")))
    assert "Rosa Lindqvist may not write to creators" in at.told("sofia")[-1]
    at.handle(at.form(view, by="rosa", person=slack_id("omar")))
    assert "may not answer this" in at.told("rosa")[-1]
    at.handle(at.form(view, by="sofia", person="U0NOBODY"))
    assert "not in the people file" in at.told("sofia")[-1]
    assert reply_of(at, number).assignee == "sofia"


@pytest.mark.parametrize("by", ["rosa", "stranger"])
def test_whoever_may_not_answer_is_refused_at_the_click(at: Scene, number: int, by: str) -> None:
    at.sim.member(f"U{by.upper()}")
    view = form(at, number)
    before = len(at.views())
    at.handle(at.click(Action.REPLY_OPEN, str(number), by=by))
    at.handle(at.click(Action.REPLY_DONE, str(number), by=by))
    at.handle(at.form(view, by=by, reply="Hi"))
    assert len(at.views()) == before
    assert reply_of(at, number).state == "open"
    assert len(at.told(by)) == 3


def test_what_may_not_be_sent_is_said_why(at: Scene, number: int) -> None:
    at.handle(at.form(form(at, number), by="sofia", reply="We pay 999 EUR."))
    assert "999 EUR, which is not what was offered" in at.told("sofia")[-1]
    with unit_of_work(at.w.engine) as session:
        suppression.add(session, at.w.clock, pepper=at.w.pepper, address="ada@example.com", why="", actor="omar")
    at.handle(at.form(form(at, number), by="sofia", reply="Hello"))
    assert "opted out" in at.told("sofia")[-1]
    assert reply_of(at, number).state == "open"


@pytest.mark.parametrize(("text", "says"), [(" ", "Write the answer."), ("x" * 3_001, "At most 3,000")])
def test_a_form_that_cannot_be_taken_stays_open(at: Scene, number: int, text: str, says: str) -> None:
    assert says in form_errors(at.form(form(at, number), by="sofia", reply=text))["reply_input"]


def test_a_form_of_another_time_is_not_taken(at: Scene, number: int) -> None:
    view = form(at, number) | {"private_metadata": "{}"}
    assert "older Greenroom" in form_errors(at.form(view, by="sofia", reply="Hi"))["reply_input"]


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "4711"])
def test_a_button_that_names_no_answer_changes_nothing(at: Scene, number: int, value: str) -> None:
    at.handle(at.click(Action.REPLY_OPEN, value, by="sofia"))
    at.handle(at.click(Action.REPLY_DONE, value, by="sofia"))
    assert len(at.told("sofia")) == 2
    assert reply_of(at, number).state == "open"


def test_the_home_lists_what_waits_for_its_owner(at: Scene, number: int) -> None:
    at.handle(at.opened_home(by="sofia"))
    view = at.sim.home_of("USOFIA")
    assert view is not None
    assert "Answers from creators" in str(view)
    at.handle(at.click("reply.open.0", str(number), by="sofia", view={"id": "VH", "type": "home"}))
    assert at.views()[-1]["callback_id"] == "modal.reply"
    at.handle(at.opened_home(by="rosa"))
    assert "Answers from creators" not in str(at.sim.home_of("UROSA"))
