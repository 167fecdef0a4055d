"""Each arrival counts once, whatever breaks, and what nobody understands changes nothing."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import select

from approvals.slack import modals
from approvals.slack.arrivals import Arrival, arrival_of
from approvals.slack.ids import Action, choose
from core.database import open_engine, reading, unit_of_work
from core.errors import TransientError
from core.models.slack import SlackEvent, SlackPost
from flows.slack.desk import handle
from tests.flows.slack.desk_scene import Scene, slack_id


class Killed(BaseException):
    """The process ends here: nothing that catches errors sees it."""


def comment_form(scene: Scene, request_id: str, text: str = "Looks good") -> dict[str, Any]:
    return scene.form(modals.comment(scene.shown(request_id)), by="rosa", remark=text)


def kill_at(engine: Engine, number: int) -> Callable[[], bool]:
    """End the process at that statement or commit. Call what is returned: it stops that, and says whether it came."""
    seen = [0]

    def count(*_: object) -> None:
        seen[0] += 1
        if seen[0] == number:
            raise Killed

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)

    def stop() -> bool:
        event.remove(engine, "before_cursor_execute", count)
        event.remove(engine, "commit", count)
        engine.dispose()  # a process that ends leaves no connection behind
        return seen[0] >= number

    return stop


def test_the_same_click_three_times_decides_once(scene: Scene) -> None:
    request = scene.house.queue()[0]
    body = scene.click(choose("approve"), request.id, by="rosa")
    for _ in range(3):
        scene.handle(body)
    decided = scene.request(request.id)
    assert (decided.status, decided.choice, decided.decided_by, decided.door) == ("decided", "approve", "rosa", "slack")
    assert scene.audited("request.decided", request.id) == [("rosa", "")]
    assert scene.told("rosa") == []
    assert scene.audited("request.refused") == []


def at_once(scene: Scene, arrival: Arrival) -> None:
    together = threading.Barrier(2)

    def work() -> None:
        together.wait(5)
        scene.handle_again(arrival)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)


def test_two_who_handle_the_same_form_at_once_say_it_once(scene: Scene) -> None:
    request = scene.house.queue()[0]
    at_once(scene, arrival_of(comment_form(scene, request.id)))
    assert scene.comments(request.id) == [("comment", "rosa", "Looks good")]


def test_two_who_handle_the_same_click_at_once_decide_and_refuse_nothing_twice(scene: Scene) -> None:
    one, two = scene.house.queue()[:2]
    before = scene.entries()
    at_once(scene, arrival_of(scene.click(choose("approve"), one.id, by="rosa")))
    at_once(scene, arrival_of(scene.click(choose("approve"), two.id, by="anton")))
    assert scene.audited("request.decided", since=before) == [("rosa", "")]
    assert scene.audited("request.refused") == [("anton", "not theirs")]


def test_a_form_sent_twice_by_an_impatient_hand_counts_once(scene: Scene) -> None:
    request = scene.house.queue()[0]
    form = comment_form(scene, request.id)
    scene.handle(form)
    scene.handle(form | {"trigger_id": scene.sim.trigger()})
    assert len(scene.comments(request.id)) == 1


@pytest.mark.parametrize("first", range(1, 5))
def test_killed_anywhere_a_form_is_neither_lost_nor_said_twice(scene: Scene, first: int) -> None:
    """At every fourth statement from each start: together, at every one."""
    request, number, said = scene.house.queue()[0], first, 0
    while True:
        arrival = arrival_of(comment_form(scene, request.id, f"kill {number}"))
        stop = kill_at(scene.w.engine, number)
        with contextlib.suppress(Killed):
            scene.handle_again(arrival)
        if not stop():
            break
        scene.handle_again(arrival)
        scene.handle_again(arrival)
        said += 1
        assert [text for _, _, text in scene.comments(request.id)].count(f"kill {number}") == 1
        number += 4
    assert said >= 3
    assert len(scene.comments(request.id)) == said + 1


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1, 7))
def test_killed_anywhere_a_decision_is_neither_lost_nor_taken_twice(scene: Scene, first: int) -> None:
    """At every sixth statement from each start: together, at every one. Refused ones are audited and told once."""
    number, tried = first, 0
    for request in scene.house.queue():
        decided = arrival_of(scene.click(choose("approve"), request.id, by="rosa"))
        refused = arrival_of(scene.click(choose("approve"), request.id, by="anton"))
        came = []
        for arrival in (refused, decided):
            stop = kill_at(scene.w.engine, number)
            with contextlib.suppress(Killed):
                scene.handle_again(arrival)
            came.append(stop())
            scene.handle_again(arrival)
        assert scene.audited("request.refused", request.id) == [("anton", "not theirs")]
        assert scene.audited("request.decided", request.id) == [("rosa", "")]
        number, tried = number + 6, tried + 1
        if not any(came):
            break
    else:
        raise AssertionError("more statements than requests to try them on")
    assert tried >= 4
    assert len(scene.told("anton")) == tried


def test_killed_before_the_answer_in_place_the_direct_message_still_says_it(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.house.decide(request, "approve", by="rosa")
    arrival = arrival_of(scene.click(choose("decline"), request.id, by="omar"))

    def killed(address: str, said: Mapping[str, Any]) -> None:
        raise Killed

    with pytest.raises(Killed):
        handle(scene.w, scene.slack, arrival, deeds=scene.deeds, respond=killed)
    scene.handle_again(arrival)
    with reading(scene.w.engine) as session:
        [post] = session.exec(select(SlackPost))
    assert (post.status, post.channel) == ("waiting", slack_id("omar"))
    assert post.not_before > scene.w.clock.now()
    assert scene.said == []


def test_an_answer_in_place_is_not_said_again_as_a_direct_message(scene: Scene) -> None:
    request = scene.house.queue()[0]
    scene.house.decide(request, "approve", by="rosa")
    scene.handle(scene.click(choose("wrong_audience"), request.id, by="omar"))
    [(address, said)] = scene.said
    assert address == "https://hooks.slack.com/actions/1"
    assert "already decided: approve, by Rosa Lindqvist" in said["blocks"][0]["text"]["text"]
    with reading(scene.w.engine) as session:
        assert [post.status for post in session.exec(select(SlackPost))] == ["sent"]


def test_where_no_answer_in_place_arrives_the_direct_message_is_due_soon(scene: Scene) -> None:
    def lost(address: str, said: Mapping[str, Any]) -> None:
        raise TransientError("Slack is away.")

    arrival = arrival_of(scene.click(choose("approve"), "no-such", by="omar"))
    handle(scene.w, scene.slack, arrival, deeds=scene.deeds, respond=lost)
    with reading(scene.w.engine) as session:
        assert [post.status for post in session.exec(select(SlackPost))] == ["waiting"]


def test_views_open_while_the_record_is_kept_from_writers_and_the_click_is_settled_later(scene: Scene) -> None:
    request = scene.house.queue()[0]
    body = scene.click(Action.MORE, request.id, by="rosa")
    scene.w.engine.dispose()
    scene.w.__dict__["engine"] = open_engine(scene.w.settings.database_address, busy_seconds=0.05)
    other = open_engine(scene.w.settings.database_address)
    with unit_of_work(other) as session:
        session.add(SlackEvent(key="another", kind="test", at=scene.w.clock.now()))
        session.flush()
        with pytest.raises(TransientError, match="busy"):
            scene.handle(body)
        assert [view["callback_id"] for view in scene.views()] == ["modal.more"]
    scene.handle(body)
    other.dispose()
    with reading(scene.w.engine) as session:
        assert session.get(SlackEvent, arrival_of(body).key) is not None
    assert scene.told("rosa") == []


def test_a_click_answered_too_late_is_told_to_click_again(scene: Scene) -> None:
    scene.sim.fail("views.open", "expired_trigger_id")
    scene.handle(scene.click(Action.MORE, scene.house.queue()[0].id, by="rosa"))
    assert scene.told("rosa") == ["*That was not done*\nThat took longer than Slack waits.\n*Next:* Click again."]


def test_a_slack_that_is_down_leaves_the_click_for_later(scene: Scene) -> None:
    body = scene.click(Action.MORE, scene.house.queue()[0].id, by="rosa")
    scene.sim.down = True
    with pytest.raises(TransientError):
        scene.handle(body)
    scene.sim.down = False
    scene.handle(body)
    assert len(scene.views()) == 2
    assert scene.told("rosa") == []


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_actions"},
        {"type": "block_actions", "user": None, "actions": "x", "view": []},
        {"type": "view_submission", "view": {"callback_id": "modal.ask"}, "user": {"id": "UROSA"}},
        {"type": "view_submission", "view": {"callback_id": "modal.unknown"}, "user": {"id": "UROSA"}},
        {"type": "event_callback", "event_id": "Ev1", "event": {"type": "message", "user": "UROSA"}},
        {"type": "shortcut", "user": {"id": "UROSA"}},
        {"type": "block_actions", "user": {"id": "UROSA"}, "actions": [{"action_id": "of.another.app"}]},
        {"type": "block_actions", "user": {"id": "UROSA"}, "actions": [{"action_id": "request.link"}]},
    ],
)  # fmt: skip
def test_what_nobody_understands_changes_nothing_and_is_done_with(scene: Scene, body: dict[str, Any]) -> None:
    before = scene.entries()
    arrival = scene.handle(body)
    with reading(scene.w.engine) as session:
        assert session.get(SlackEvent, arrival.key) is not None
    assert scene.audited("request.decided", since=before) == []


def test_next_steps_name_what_is_before_somebody_in_slack(scene: Scene) -> None:
    scene.handle(scene.click(choose("approve"), "12345678-0000-0000-0000-000000000000", by="rosa"))
    [said] = scene.told("rosa")
    assert "greenroom approvals" not in said
    assert "Home" in said
    request = scene.house.queue()[0]
    scene.handle(scene.click(choose("approve"), request.id, by="rosa"))
    scene.handle(scene.click(choose("wrong_audience"), request.id, by="rosa"))
    assert scene.told("rosa")[1].endswith("it can be taken back with the button on its card.")


def test_on_either_database_a_command_is_answered_once_and_a_stranger_refused_once(
    scene: Scene, engine: Engine
) -> None:
    scene.w.engine.dispose()
    scene.w.__dict__["engine"] = engine
    for body in (scene.command("help", by="rosa"), scene.command("help", by="stranger")):
        for _ in range(2):
            scene.handle(body)
    assert len(scene.said) == 2
    assert scene.audited("slack.refused") == [("slack:USTRANGER", "stranger")]
    assert len(scene.told("rosa")) == len(scene.told("stranger")) == 1
