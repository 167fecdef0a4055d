"""What a form does once it is sent, what is said beside its inputs before, and what is told after."""

from collections.abc import Mapping
from typing import Any

import pytest

from approvals.slack import modals
from approvals.slack.ids import Action, choose
from flows.slack.forms import form_errors
from flows.steps import conversation
from tests.approvals.slack.sample import CHANGES, CONTRACT, DECLINE, shown
from tests.flows.slack.desk_scene import Scene, slack_id

REASONS, NOTE = modals.reasons(shown(), DECLINE), modals.reasons(shown(CONTRACT, "final contract"), CHANGES)
ASK, HAND_OVER, COMMENT = modals.ask(shown()), modals.reassign(shown()), modals.comment(shown())
ANSWER = modals.answer(shown(waits_for="Omar Ops", question="Free?"))


def sent(view: Mapping[str, Any], **state: Mapping[str, Any]) -> dict[str, Any]:
    values = {f"{name}_input": {name: dict(value)} for name, value in state.items()}
    return {"type": "view_submission", "user": {"id": "U0ROSA"}, "view": {**view, "state": {"values": values}}}


def text(value: str | None) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def member(value: str | None) -> dict[str, Any]:
    return {"type": "users_select", "selected_user": value}


def option(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value}}


RIGHT = [
    sent(REASONS, reason=option("1"), note=text(None)),
    sent(NOTE, note=text("The fee is wrong")),
    sent(ASK, person=member("UOMAR"), question=text("Is she free?")),
    sent(HAND_OVER, person=member("WOMAR"), note=text(None)),
    sent(HAND_OVER, person=member("U0ROSA"), note=text("x" * 2000)),
    sent(COMMENT, remark=text("Good")),
    sent(ANSWER, remark=text("Yes")),
    sent({"callback_id": "modal.of.another.app", "blocks": ASK["blocks"]}),
    sent({"callback_id": "modal.ask", "blocks": "none"}),
    {"type": "view_submission"},
]
WRONG = [
    (sent(REASONS, note=text("no reason")), {"reason_input": "Choose a reason."}),
    (sent(NOTE, note=text("  \n ")), {"note_input": "Say why in a few words."}),
    (sent(NOTE, note=text("x" * 2001)), {"note_input": "At most 2,000 characters; these are 2,001."}),
    (sent(NOTE, note=text("a\x00b")), {"note_input": "This holds characters that are not text: write it anew."}),
    (sent(NOTE, note=text("a\ud800b")), {"note_input": "This holds characters that are not text: write it anew."}),
    (
        sent(ASK, person=member(None), question=text(None)),
        {"person_input": "Choose a person.", "question_input": "Write what you need to know."},
    ),
    (
        sent(ASK, person=member("U0ROSA"), question=text("Me?")),
        {"person_input": "You cannot ask yourself: choose somebody who knows."},
    ),
    (sent(HAND_OVER, person=member("USLACKBOT")), {"person_input": "Choose a person, not an app."}),
    (sent(HAND_OVER, person=member("B0APP")), {"person_input": "Choose a person, not an app."}),
    (sent(COMMENT, remark=text("")), {"remark_input": "Write something."}),
    (sent(ANSWER, remark=text(" ")), {"remark_input": "Write something."}),
    (sent(COMMENT, remark=text("\u200b\u202e")), {"remark_input": "Write something."}),
    (
        sent(NOTE, reason={"selected_option": {"value": "0", "text": {"text": "off brand"}}}, note=text("x" * 1990)),
        {"note_input": "At most 1,989 characters; these are 1,990."},
    ),
    (
        sent(COMMENT | {"private_metadata": "{}"}, remark=text("Good")),
        {"remark_input": "This window is of an older Greenroom: close it and click again."},
    ),
]


@pytest.mark.parametrize("body", RIGHT)
def test_a_form_that_is_right_is_taken(body: dict[str, Any]) -> None:
    assert form_errors(body) == {}


@pytest.mark.parametrize(("body", "said"), WRONG)
def test_what_is_wrong_is_said_beside_its_input(body: dict[str, Any], said: dict[str, str]) -> None:
    assert form_errors(body) == said


def reasons_form(scene: Scene, request_id: str, choice_id: str) -> dict[str, Any]:
    seen = scene.shown(request_id)
    choice = seen.card.choice(choice_id)
    assert choice is not None
    return modals.reasons(seen, choice)


@pytest.mark.parametrize(
    ("values", "reason"), [({"reason": "1"}, "{1}"), ({"reason": "0", "note": " see her post "}, "{0}: see her post")]
)
def test_a_reason_is_the_one_chosen_and_the_note(scene: Scene, values: dict[str, str], reason: str) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.form(reasons_form(scene, request.id, "decline"), by="rosa", **values))
    decline = scene.shown(request.id).card.choice("decline")
    assert decline is not None
    decided = scene.request(request.id)
    assert (decided.choice, decided.reason) == ("decline", reason.format(*decline.reasons))


def test_a_reason_in_ones_own_words_stands_as_it_is(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.form(reasons_form(scene, request.id, "hold"), by="rosa", note="<wait> *until* May"))
    assert scene.request(request.id).reason == "<wait> *until* May"


@pytest.mark.parametrize("place", ["99", "-1", "x", ""])
def test_a_reason_that_was_not_offered_decides_nothing(scene: Scene, place: str) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.form(reasons_form(scene, request.id, "decline"), by="rosa", reason=place))
    assert scene.request(request.id).status == "open"
    assert "none of those offered" in scene.told("rosa")[0]


def test_a_form_about_another_content_than_is_asked_about_is_refused_and_audited(scene: Scene) -> None:
    request = scene.house.queue()[0]
    view = reasons_form(scene, request.id, "hold")
    view["private_metadata"] = view["private_metadata"].replace(request.content_sha256, "0" * 64)
    scene.handle(scene.form(view, by="rosa", note="later"))
    assert scene.request(request.id).status == "open"
    assert "has changed since Rosa Lindqvist saw it" in scene.told("rosa")[0]
    assert scene.audited("request.refused", request.id) == [("rosa", "content changed")]


def test_a_form_of_a_request_that_was_decided_meanwhile_says_who_was_first(scene: Scene) -> None:
    request = scene.house.queue()[0]
    form = scene.form(reasons_form(scene, request.id, "decline"), by="omar", reason="0")
    scene.house.decide(request, "approve", by="rosa")
    scene.handle(form)
    assert "already decided: approve, by Rosa Lindqvist" in scene.told("omar")[0]


def test_asking_stops_the_clock_and_an_answer_starts_it(scene: Scene) -> None:
    request = scene.house.queue()[0]
    ask = scene.form(modals.ask(scene.shown(request.id)), by="rosa", person=slack_id("anton"), question="Growing?")
    scene.handle(ask)
    assert scene.request(request.id).waits_for == "anton"
    scene.handle(scene.form(modals.answer(scene.shown(request.id)), by="anton", remark="Yes, 3 %"))
    assert scene.request(request.id).waits_for is None
    assert scene.comments(request.id) == [("question", "rosa", "Growing?"), ("answer", "anton", "Yes, 3 %")]


def test_a_question_to_somebody_outside_the_people_file_is_told_after_the_form_closed(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.form(modals.ask(scene.shown(request.id)), by="rosa", person="UNOBODY", question="Growing?"))
    assert scene.request(request.id).waits_for is None
    [said] = scene.told("rosa")
    assert "Whom you chose is not in the people file." in said
    assert "UNOBODY" in said
    assert scene.said == []  # a form has no place to be answered in: it goes as a direct message


def test_whoever_may_not_decide_may_not_ask_by_an_old_form_either(scene: Scene) -> None:
    request = scene.house.queue()[0]
    form = scene.form(modals.ask(scene.shown(request.id)), by="anton", person=slack_id("rosa"), question="Why?")
    scene.handle(form)
    assert scene.request(request.id).waits_for is None
    assert "may not decide this" in scene.told("anton")[0]


def test_handing_over_takes_the_note_along(scene: Scene) -> None:
    scene.write_people(scene.w.settings.people_file.read_text().replace('["analytics"]', '["analytics", "reviewer"]'))
    request = scene.house.queue()[0]
    form = modals.reassign(scene.shown(request.id))
    scene.handle(scene.form(form, by="rosa", person=slack_id("anton"), note="You know her"))
    assert scene.request(request.id).assignee == "anton"
    assert scene.comments(request.id) == [("comment", "rosa", "You know her")]


def test_a_handing_over_that_is_refused_leaves_no_note(scene: Scene) -> None:
    request = scene.house.queue()[0]
    form = modals.reassign(scene.shown(request.id))
    scene.handle(scene.form(form, by="rosa", person=slack_id("sofia"), note="You know her"))
    assert (scene.request(request.id).assignee, scene.comments(request.id)) == ("rosa", [])
    assert "Sofia Marin is not reviewer" in scene.told("rosa")[0]


def test_a_note_that_is_refused_hands_nothing_over(scene: Scene) -> None:
    scene.write_people(scene.w.settings.people_file.read_text().replace('["analytics"]', '["analytics", "reviewer"]'))
    request = scene.house.queue()[0]
    form = modals.reassign(scene.shown(request.id))
    scene.handle(scene.form(form, by="rosa", person=slack_id("anton"), note="x" * 2001))
    assert (scene.request(request.id).assignee, scene.comments(request.id)) == ("rosa", [])
    assert "2,001 characters; 2,000 are the most" in scene.told("rosa")[0]


def test_anybody_of_the_team_may_comment_on_what_is_decided_too(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.house.decide(request, "approve", by="rosa")
    scene.handle(scene.form(modals.comment(scene.shown(request.id)), by="anton", remark="Well chosen"))
    assert scene.comments(request.id) == [("comment", "anton", "Well chosen")]
    assert scene.told("anton") == []


@pytest.mark.parametrize("form", [modals.comment, modals.ask, modals.reassign, modals.answer])
def test_a_stranger_changes_nothing_by_a_form(scene: Scene, form: Any) -> None:
    request = scene.house.queue()[0]
    values = {"remark": "x", "question": "x", "person": slack_id("anton")}
    scene.handle(scene.form(form(scene.shown(request.id)), by="stranger", **values))
    assert scene.comments(request.id) == []
    assert scene.audited("request.refused", request.id) == [("slack:USTRANGER", "stranger")]
    assert "Nobody in the people file" in scene.told("stranger")[0]


def test_an_answer_nobody_waits_for_is_refused_with_what_to_do_instead(scene: Scene) -> None:
    request, w = scene.house.queue()[0], scene.w
    conversation.ask_for_information(w, request.id, "Growing?", of=w.people.named("anton"), door="slack",
                                     actor=w.people.named("rosa"))  # fmt: skip
    first, second = (
        scene.form(modals.answer(scene.shown(request.id)), by=name, remark="Yes") for name in ("anton", "omar")
    )
    scene.handle(first)
    scene.handle(second)
    assert len(scene.comments(request.id)) == 2
    assert "Write a comment instead." in scene.told("omar")[0]


def test_a_form_sent_from_above_the_breakdown_redraws_it(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(Action.MORE, request.id, by="rosa"))
    below = scene.sim.view_of("UROSA")
    scene.handle(scene.click(choose("hold"), request.id, by="rosa", view=below))
    above = scene.sim.view_of("UROSA")
    assert below is not None
    assert above is not None
    assert above["previous_view_id"] == below["id"]
    scene.handle(scene.form(above, by="rosa", note="later"))
    [redrawn] = scene.views("views.update")
    assert "Hold" in str(redrawn["blocks"])
    assert scene.request(request.id).choice == "hold"
