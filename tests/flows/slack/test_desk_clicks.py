"""What each button does, for whom it is there and for whom it is not."""

from typing import Any

import pytest

from approvals.requests import Question, ask
from approvals.slack import modals
from approvals.slack.ids import Action, choose, open_entry
from core.cards import Card, Choice, Fact
from core.clock import FixedClock
from core.database import unit_of_work
from core.models.approvals import Request
from core.people import Role
from flows.slack.deeds import Deeds
from flows.steps import conversation, review
from tests.flows.scenes import contract_to_sign_off, redraft_under_another_law
from tests.flows.slack.desk_scene import Scene
from tests.house import CAMPAIGN


def buttons(view: dict[str, Any]) -> set[str]:
    rows = [element for block in view["blocks"] if block["type"] == "actions" for element in block["elements"]]
    return {button["action_id"] for button in rows}


def put_question(scene: Scene, *, kind: str, requested_by: str, four_eyes: bool = False, lines: int = 0) -> Request:
    """A question to Olivia that no step of the journey asks here."""
    facts = tuple(Fact(label=f"Line {number}", value="as before") for number in range(lines))
    card = Card(title="Weights of summer", facts=facts, choices=(Choice(id="approve", label="Approve"),))
    with unit_of_work(scene.w.engine) as session:
        return ask(session, scene.w.clock, Question(
            kind=kind, subject=f"learning:{CAMPAIGN}", campaign=CAMPAIGN, card=card, role=Role.OWNER,
            assignee=scene.w.people.named("olivia"), requested_by=requested_by, sla=scene.house.campaign().sla,
            four_eyes=four_eyes,
        ))  # fmt: skip


def test_a_choice_of_a_candidate_can_be_taken_back_with_its_button(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(choose("approve"), request.id, by="rosa"))
    assert scene.request(request.id).effective_at is not None
    scene.handle(scene.click(Action.UNDO, request.id, by="rosa"))
    assert scene.request(request.id).status == "open"
    assert scene.told("rosa") == []
    assert scene.audited("request.taken_back", request.id) == [("rosa", "")]


def test_taking_back_what_nobody_decided_is_refused_in_words(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(Action.UNDO, request.id, by="rosa"))
    [said] = scene.told("rosa")
    assert said.startswith("*That was not done*")
    assert scene.audited("request.taken_back") == []


@pytest.mark.parametrize(
    ("kind", "may"),
    [("candidate", True), ("outreach batch", True), ("draft content", True), ("spot check", True), ("offer", False),
     ("final contract", False), ("weights", False), ("measurement", False)],
)  # fmt: skip
def test_only_what_binds_neither_money_nor_law_may_be_taken_back(scene: Scene, kind: str, may: bool) -> None:
    asked: list[dict[str, Any]] = []

    def decide(*_: object, **more: Any) -> Request:
        asked.append(more)
        return request

    request = put_question(scene, kind=kind, requested_by="omar")
    scene.deeds = Deeds(decide=decide)
    scene.handle(scene.click(choose("approve"), request.id, by="olivia"))
    [how] = asked
    assert (how["may_be_taken_back"], how["door"], how["actor"].id) == (may, "slack", "olivia")


def test_a_second_click_on_the_same_choice_is_no_news_and_on_another_it_is(scene: Scene) -> None:
    request = scene.house.queue()[0]
    for choice in ("approve", "approve"):
        scene.handle(scene.click(choose(choice), request.id, by="rosa"))
    assert scene.told("rosa") == []
    scene.handle(scene.click(choose("wrong_audience"), request.id, by="rosa"))
    scene.handle(scene.click(choose("approve"), request.id, by="omar"))
    assert "already decided: approve, by Rosa Lindqvist" in scene.told("rosa")[0]
    assert "already decided" in scene.told("omar")[0]
    assert scene.request(request.id).choice == "approve"


def test_a_choice_that_needs_a_reason_opens_the_form_of_its_reasons(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(choose("decline"), request.id, by="rosa"))
    [view] = scene.views()
    assert view["callback_id"] == "modal.reasons"
    assert request.content_sha256 in view["private_metadata"]
    assert scene.request(request.id).status == "open"


def test_whoever_may_not_decide_is_told_before_filling_in_anything(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(choose("decline"), request.id, by="anton"))
    assert scene.views() == []
    assert "Anton Weber may not decide this" in scene.told("anton")[0]
    assert scene.audited("request.refused", request.id) == [("anton", "not theirs")]


def test_a_requester_under_four_eyes_is_refused_and_audited(scene: Scene) -> None:
    request = put_question(scene, kind="weights", requested_by="olivia", four_eyes=True)
    scene.handle(scene.click(choose("approve"), request.id, by="olivia"))
    assert scene.request(request.id).status == "open"
    assert "asked this question and cannot answer it too" in scene.told("olivia")[0]
    assert scene.audited("request.refused", request.id) == [("olivia", "four eyes")]


def test_the_old_card_of_a_contract_that_was_written_anew_decides_nothing(scene: Scene, tmp_path: Any) -> None:
    creator, old = contract_to_sign_off(scene.house)
    redraft_under_another_law(scene.house, creator, tmp_path)
    new = scene.house.open_request("final contract")
    scene.handle(scene.click(choose("sign_off"), old.id, by="lena"))
    assert (scene.request(old.id).status, scene.request(new.id).status) == ("void", "open")
    assert old.content_sha256 != new.content_sha256
    assert "is no longer asked: version 2 replaced it" in scene.told("lena")[0]
    assert scene.audited("request.refused", old.id) == [("lena", "void")]
    scene.handle(scene.click(choose("sign_off"), new.id, by="lena"))
    assert (scene.request(new.id).status, scene.request(new.id).door) == ("decided", "slack")


def test_more_shows_everything_with_its_buttons_and_turns_pages(scene: Scene) -> None:
    _, request = contract_to_sign_off(scene.house)
    scene.handle(scene.click(Action.MORE, request.id, by="lena"))
    scene.handle(scene.click(open_entry(3), request.id, by="lena"))
    first, second = scene.views()
    assert first == second
    assert {choose("sign_off"), Action.COMMENT, Action.ASK, Action.REASSIGN} <= buttons(first)


def test_a_page_is_turned_in_place_and_once(scene: Scene) -> None:
    request = put_question(scene, kind="weights", requested_by="omar", lines=120)
    scene.handle(scene.click(Action.MORE, request.id, by="olivia"))
    first = scene.sim.view_of("UOLIVIA")
    assert first is not None
    scene.handle(scene.click(Action.MORE_ON, request.id, by="olivia", view=first))
    second = scene.sim.view_of("UOLIVIA")
    assert second is not None
    assert (second["id"], modals.seen_in(second["private_metadata"]).page) == (first["id"], 1)
    # The same window, clicked before it was redrawn: it was turned already.
    scene.handle(scene.click(Action.MORE_ON, request.id, by="olivia", view=first))
    assert scene.sim.view_of("UOLIVIA") == second
    assert scene.told("olivia") == []
    scene.handle(scene.click(Action.MORE_BACK, request.id, by="olivia", view=second))
    assert modals.seen_in(scene.sim.view_of("UOLIVIA")["private_metadata"]).page == 0  # type: ignore[index]


def test_what_is_clicked_in_a_window_opens_on_top_and_redraws_it_when_decided(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(Action.MORE, request.id, by="rosa"))
    opened = scene.sim.view_of("UROSA")
    assert opened is not None
    scene.handle(scene.click(Action.COMMENT, request.id, by="rosa", view=opened))
    assert [view["callback_id"] for view in scene.views("views.push")] == ["modal.comment"]
    scene.handle(scene.click(choose("approve"), request.id, by="rosa", view=opened))
    [redrawn] = scene.views("views.update")
    assert buttons(redrawn) == {Action.UNDO}
    assert request.id not in str(scene.sim.home_of("UROSA"))
    assert f"Rosa Lindqvist: {len(scene.house.queue())} to decide" in str(scene.sim.home_of("UROSA"))


@pytest.mark.parametrize(
    ("action", "callback"),
    [(Action.ASK, "modal.ask"), (Action.REASSIGN, "modal.reassign"), (Action.COMMENT, "modal.comment")],
)
def test_forms_open_for_whoever_may_use_them(scene: Scene, action: str, callback: str) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(action, request.id, by="rosa"))
    assert [view["callback_id"] for view in scene.views()] == [callback]


@pytest.mark.parametrize(("by", "opens"), [("olivia", True), ("omar", True), ("rosa", True), ("anton", False)])
def test_the_campaigns_ops_and_owner_may_hand_over_what_waits_for_others(scene: Scene, by: str, opens: bool) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(Action.REASSIGN, request.id, by=by))
    assert len(scene.views()) == opens
    assert len(scene.told(by)) == (not opens)


def test_asking_is_for_whoever_decides(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(Action.ASK, request.id, by="anton"))
    assert scene.views() == []
    assert "ask Rosa Lindqvist" in scene.told("anton")[0]


@pytest.mark.parametrize("action", [Action.ASK, Action.REASSIGN, Action.ANSWER])
def test_nothing_is_asked_about_what_is_decided(scene: Scene, action: str) -> None:
    request = scene.house.queue()[0]
    scene.house.decide(request, "approve", by="rosa")
    scene.handle(scene.click(action, request.id, by="rosa"))
    assert scene.views() == []
    assert "no longer open" in scene.told("rosa")[0]


def test_an_answer_is_asked_for_only_while_somebody_owes_one(scene: Scene) -> None:
    request, anton = scene.house.queue()[0], scene.w.people.named("anton")
    scene.handle(scene.click(Action.ANSWER, request.id, by="anton"))
    assert "waits for no information" in scene.told("anton")[0]
    conversation.ask_for_information(scene.w, request.id, "Is it *growing*?", of=anton, door="slack",
                                     actor=scene.w.people.named("rosa"))  # fmt: skip
    scene.handle(scene.click(Action.ANSWER, request.id, by="anton"))
    [view] = scene.views()
    assert "Is it ∗growing∗?" in view["blocks"][1]["text"]["text"]


def test_the_next_of_a_queue_opens_or_all_of_it_is_decided(scene: Scene) -> None:
    left: list[str] = [scene.house.queue()[0].id]
    scene.deeds = Deeds(next_of_queue=lambda _w, queue_id: left.pop() if left and queue_id == "q1" else None)
    scene.handle(scene.click(Action.QUEUE_OPEN, "q1", by="rosa"))
    scene.handle(scene.click(Action.QUEUE_OPEN, "q1", by="rosa"))
    assert [view["callback_id"] for view in scene.views()] == ["modal.more"]
    assert scene.told("rosa") == ["All of this queue is decided."]


def test_what_a_decision_is_refused_for_is_told_and_nothing_of_it_stays(scene: Scene, clock: FixedClock) -> None:
    """Ops take the creator out of the campaign while the card is still in the channel."""
    creator, request = scene.house.best_with_an_address()
    review.drop(scene.w, CAMPAIGN, creator, actor=scene.w.people.named("omar"), reason="moved on")
    scene.handle(scene.click(choose("approve"), request.id, by="rosa"))
    assert "is no longer asked" in scene.told("rosa")[0]
    assert scene.house.stage(creator) == "DROPPED"
