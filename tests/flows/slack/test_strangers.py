"""Strangers in Slack, and those who left: refused, told why, audited, and shown nothing."""

import pytest

from approvals.slack.ids import Action, choose
from flows.slack.deeds import Deeds
from tests.flows.slack.desk_scene import Scene, slack_id


@pytest.mark.parametrize("action", [choose("approve"), choose("decline"), Action.MORE, Action.UNDO, Action.COMMENT])
def test_a_stranger_is_refused_told_why_and_audited(scene: Scene, action: str) -> None:
    request = scene.house.queue()[0]
    scene.handle(scene.click(action, request.id, by="stranger"))
    assert scene.request(request.id).status == "open"
    assert scene.views() == []
    [said] = scene.told("stranger")
    assert "Nobody in the people file has your Slack id." in said
    assert "USTRANGER" in said
    assert scene.audited("request.refused", request.id) == [("slack:USTRANGER", "stranger")]


def test_a_stranger_learns_nothing_of_a_queue_not_even_that_it_is_done(scene: Scene) -> None:
    scene.deeds = Deeds(next_of_queue=lambda _w, _queue: None)
    scene.handle(scene.click(Action.QUEUE_OPEN, "q1", by="stranger"))
    [said] = scene.told("stranger")
    assert "Slack id" in said
    assert "decided" not in said
    assert scene.audited("slack.refused") == [("slack:USTRANGER", "stranger")]


def test_a_stranger_who_names_no_request_is_audited_too(scene: Scene) -> None:
    scene.handle(scene.command("status", by="stranger"))
    assert scene.audited("slack.refused") == [("slack:USTRANGER", "stranger")]
    assert "Nobody in the people file" in scene.said[0][1]["text"]


def test_whoever_left_the_people_file_is_a_stranger_from_the_next_click_on(scene: Scene) -> None:
    one, two = scene.house.queue()[:2]
    scene.handle(scene.click(choose("approve"), one.id, by="rosa"))
    scene.write_people(scene.w.settings.people_file.read_text().replace(slack_id("rosa"), "UNEWROSA"))
    scene.handle(scene.click(choose("approve"), two.id, by="rosa"))
    assert (scene.request(one.id).status, scene.request(two.id).status) == ("decided", "open")
    assert scene.audited("request.refused", two.id) == [("slack:UROSA", "stranger")]


def test_a_people_file_that_cannot_be_read_lets_nobody_in_and_is_not_shown_to_anybody(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.write_people("[[person]\nid = 'secret'")
    scene.handle(scene.click(choose("approve"), request.id, by="rosa"))
    assert scene.request(request.id).status == "open"
    [said] = scene.told("rosa")
    assert "cannot be read at the moment" in said
    assert "secret" not in said
