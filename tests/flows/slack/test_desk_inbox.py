"""App Home: whoever opens it finds what waits for them, most urgent first; a stranger finds out how to become known."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlmodel import select

from approvals.slack.ids import Action, opens_entry
from core.clock import FixedClock
from core.database import unit_of_work
from core.models.approvals import Request
from flows.slack import inbox
from flows.steps import conversation
from tests.flows.slack.desk_scene import Scene


def home(scene: Scene, name: str) -> dict[str, Any]:
    found = scene.sim.home_of(f"U{name.upper()}")
    assert found is not None
    return dict(found)


def title(view: dict[str, Any]) -> str:
    return str(view["blocks"][0]["text"]["text"])


def entries(view: dict[str, Any]) -> list[str]:
    return [
        str(block["accessory"]["value"])
        for block in view["blocks"]
        if "accessory" in block and opens_entry(block["accessory"]["action_id"])
    ]


def test_an_opened_home_shows_what_waits_for_its_owner(scene: Scene) -> None:
    waiting = scene.house.queue()
    scene.handle(scene.opened_home(by="rosa"))
    view = home(scene, "rosa")
    assert title(view) == f"Rosa Lindqvist: {len(waiting)} to decide"
    assert len(entries(view)) == 10
    assert set(entries(view)) <= {request.id for request in waiting}


def test_pages_turn_and_hold_everything_between_them(scene: Scene) -> None:
    waiting = {request.id for request in scene.house.queue()}
    seen: list[str] = []
    for page in range((len(waiting) + 9) // 10):
        scene.handle(scene.click(Action.HOME_OLDER, str(page), by="rosa", view={"id": "VH", "type": "home"}))
        seen += entries(home(scene, "rosa"))
    assert set(seen) == waiting
    assert len(seen) == len(waiting) > 10


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 400])
def test_a_page_that_is_none_is_an_existing_one(scene: Scene, value: str) -> None:
    scene.handle(scene.click(Action.HOME_OLDER, value, by="rosa", view={"id": "VH", "type": "home"}))
    assert entries(home(scene, "rosa"))


def test_whoever_stands_in_finds_what_waits_for_whom_they_stand_in_for(scene: Scene) -> None:
    scene.handle(scene.opened_home(by="omar"))
    before = entries(home(scene, "omar"))
    text = scene.w.settings.people_file.read_text()
    scene.write_people(
        text.replace('roles = ["reviewer"]', 'roles = ["reviewer"]\naway = [{ from = 2026-11-01, until = 2026-12-31 }]')
    )
    scene.handle(scene.opened_home(by="omar"))
    assert before == []
    assert len(entries(home(scene, "omar"))) == 10


def test_what_is_overdue_stands_first_and_a_question_stands_with_whoever_owes_the_answer(
    scene: Scene, clock: FixedClock
) -> None:
    request = scene.house.queue()[0]
    conversation.ask_for_information(scene.w, request.id, "Growing?", of=scene.w.people.named("anton"), door="slack",
                                     actor=scene.w.people.named("rosa"))  # fmt: skip
    clock.advance(timedelta(days=30))
    scene.handle(scene.opened_home(by="rosa"))
    scene.handle(scene.opened_home(by="anton"))
    assert "*Overdue*" in str(home(scene, "rosa")["blocks"][2])
    assert entries(home(scene, "anton")) == [request.id]
    assert "Waiting for an answer" in str(home(scene, "anton"))
    assert "Europe/Stockholm" in str(home(scene, "rosa"))


def test_a_stranger_is_told_how_to_become_known(scene: Scene) -> None:
    scene.sim.member("USTRANGER")
    scene.handle(scene.opened_home(by="stranger"))
    view = home(scene, "stranger")
    assert title(view) == "Welcome to Greenroom"
    assert "USTRANGER" in view["blocks"][1]["text"]["text"]
    assert scene.told("stranger") == []


def test_the_messages_tab_is_no_home(scene: Scene) -> None:
    body = scene.opened_home(by="rosa")
    body["event"]["tab"] = "messages"
    scene.handle(body)
    assert scene.sim.home_of("UROSA") is None


def test_a_home_that_cannot_be_drawn_again_undoes_no_decision(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.sim.fail("views.publish", "500")
    scene.handle(scene.click("request.choose.approve", request.id, by="rosa"))
    assert scene.request(request.id).status == "decided"
    assert scene.told("rosa") == []


def test_after_a_decision_the_same_page_is_shown_again_and_a_new_visit_begins_with_the_first(scene: Scene) -> None:
    scene.handle(scene.click(Action.HOME_OLDER, "1", by="rosa", view={"id": "VH", "type": "home"}))
    second = entries(home(scene, "rosa"))
    scene.handle(scene.click("request.choose.approve", second[0], by="rosa"))
    assert entries(home(scene, "rosa"))[:9] == second[1:]
    scene.handle(scene.opened_home(by="omar"))
    scene.handle(scene.click("request.choose.approve", second[1], by="omar"))
    assert entries(home(scene, "omar")) == []
    scene.handle(scene.opened_home(by="rosa"))
    assert set(entries(home(scene, "rosa"))).isdisjoint(second)


def test_whoever_has_more_than_are_listed_is_told_how_many_wait_in_all(scene: Scene) -> None:
    many = inbox.MOST + 5
    with unit_of_work(scene.w.engine) as session:
        model = session.exec(select(Request).where(Request.status == "open")).first()
        assert model is not None
        copies = [model.model_dump() | {"id": f"{n:036d}", "subject": f"candidate:copy-{n}"} for n in range(many)]
        session.execute(insert(Request), copies)
    scene.handle(scene.opened_home(by="rosa"))
    view = home(scene, "rosa")
    assert title(view) == f"Rosa Lindqvist: {len(scene.house.queue())} to decide"
    assert f"Only the {inbox.MOST} most urgent are listed" in str(view["blocks"][-1])
