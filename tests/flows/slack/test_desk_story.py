"""From a member's screen to the record and back: the real app over HTTP, the spool, the desk, the outbox.

Slack delivers everything three times at once: once each, all the same.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from approvals.slack import blocks, cards
from approvals.slack.arrivals import Spool, arrival_of
from approvals.slack.ids import Action, choose
from approvals.slack.poster import deliver_due
from core.clock import FixedClock
from flows.slack.desk import give_up, handle
from flows.slack.forms import form_errors
from flows.wiring import Wiring
from tests.approvals.slack.simulator_apps import app_of, over_http
from tests.flows.slack.desk_scene import Scene


class Office:
    """What runs behind the app; `work` does what lies on the spool."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene, self.spool = scene, Spool(folder)

    def receive(self, body: Any) -> None:
        self.spool.keep(arrival_of(body))

    def work(self) -> None:
        for arrival in list(self.spool.waiting()):
            handle(self.scene.w, self.scene.slack, arrival)
            self.spool.handled(arrival)

    def card(self, request_id: str) -> dict[str, Any]:
        """The request's card in the channel, as a member sees it."""
        said = blocks.post("C1", cards.message(self.scene.shown(request_id)))
        self.scene.slack.call("chat.postMessage", said)
        return dict(self.scene.sim.last("C1"))


@pytest.fixture
def office(scene: Scene, tmp_path: Path) -> Iterator[Office]:
    # Answers in place go to the simulated Slack, which must be known as one of Slack's addresses.
    settings = scene.w.settings.model_copy(update={"slack_api_url": scene.sim.address})
    object.__setattr__(scene.w, "settings", settings)
    office = Office(scene, tmp_path / "spool")
    scene.sim.doors.repeat, scene.sim.doors.at_once = 3, True
    with over_http(scene.sim, app_of(scene.sim, office.receive, form_errors)):
        yield office


def test_a_creator_is_declined_with_a_reason_from_the_card_in_the_channel(office: Office) -> None:
    scene = office.scene
    request = scene.house.queue()[0]
    card = office.card(request.id)
    assert scene.sim.click("UROSA", card, choose("decline")).ok
    office.work()
    scene.sim.submit("UROSA", values={"reason": "0", "note": "see her last post"})
    assert scene.sim.view_of("UROSA") is None
    office.work()
    assert scene.request(request.id).reason.endswith(": see her last post")
    assert scene.audited("request.decided", request.id) == [("rosa", "")]
    assert f"{len(scene.house.queue())} to decide" in str(scene.sim.home_of("UROSA"))


def test_what_is_wrong_stands_beside_its_input_and_the_form_stays(office: Office) -> None:
    scene = office.scene
    request = scene.house.queue()[0]
    scene.sim.click("UROSA", office.card(request.id), choose("hold"))
    office.work()
    scene.sim.submit("UROSA", values={"note": "   "})
    assert scene.sim.errors_of("UROSA") == {"note_input": "Say why in a few words."}
    assert list(office.spool.waiting()) == []


def test_a_stranger_sees_why_not_in_place_and_nothing_else(office: Office) -> None:
    scene = office.scene
    scene.sim.member("USTRANGER")
    request = scene.house.queue()[0]
    scene.sim.click("USTRANGER", office.card(request.id), choose("approve"))
    office.work()
    [whisper] = scene.sim.whispers_to("USTRANGER")
    assert "Nobody in the people file has your Slack id." in whisper["text"]
    assert scene.request(request.id).status == "open"
    deliver_due(scene.w.engine, scene.w.clock, scene.slack)
    assert "DUSTRANGER" not in scene.sim.messages


def test_what_could_not_be_answered_in_place_comes_as_a_direct_message(office: Office, clock: FixedClock) -> None:
    """A form has no place to answer at."""
    scene = office.scene
    request = scene.house.queue()[0]
    scene.sim.click("UROSA", office.card(request.id), Action.ASK)
    office.work()
    scene.sim.member("UGUEST")
    scene.sim.submit("UROSA", values={"person": "UGUEST", "question": "Is she growing?"})
    office.work()
    deliver_due(scene.w.engine, scene.w.clock, scene.slack)
    [direct] = [
        texts for channel in scene.sim.messages if channel.startswith("D") for texts in scene.sim.texts(channel)
    ]
    assert "not in the people file" in direct


def test_a_question_is_asked_and_answered_from_the_home_of_whoever_knows(office: Office, clock: FixedClock) -> None:
    scene = office.scene
    request = scene.house.queue()[0]
    scene.sim.click("UROSA", office.card(request.id), Action.ASK)
    office.work()
    scene.sim.submit("UROSA", values={"person": "UANTON", "question": "Is she growing?"})
    office.work()
    clock.advance(timedelta(hours=1))
    scene.sim.open_home("UANTON")
    office.work()
    home = scene.sim.home_of("UANTON")
    assert home is not None
    scene.sim.click("UANTON", home, "request.open.0")
    office.work()
    breakdown = scene.sim.view_of("UANTON")
    assert breakdown is not None
    scene.sim.click("UANTON", breakdown, Action.ANSWER)
    office.work()
    scene.sim.submit("UANTON", values={"remark": "By 3 % a month"})
    office.work()
    assert scene.comments(request.id) == [
        ("question", "rosa", "Is she growing?"), ("answer", "anton", "By 3 % a month"),
    ]  # fmt: skip
    now = scene.sim.view_of("UANTON")
    assert now is not None
    assert now["id"] == breakdown["id"]
    assert "2 comments" in str(now["blocks"])
    assert "Nothing waits for you" in str(scene.sim.home_of("UANTON"))


def test_a_command_is_answered_where_it_was_typed_even_without_the_app_there(office: Office) -> None:
    scene = office.scene
    scene.sim.channel("C9", invited=False)
    scene.sim.command("UROSA", "queue", channel="C9")
    office.work()
    [whisper] = scene.sim.whispers_to("UROSA")
    assert "decided" in str(whisper["blocks"])


def test_whoever_did_what_can_never_be_done_is_told_and_whoever_opened_home_is_not(scene: Scene) -> None:
    w = Wiring(scene.w.settings.model_copy(update={"slack_bot_token": SecretStr("xoxb-test")}), scene.w.clock)
    for body in (scene.click(choose("approve"), "x", by="rosa"), scene.opened_home(by="omar")):
        for _ in range(2):
            give_up(w, arrival_of(body))
    [told] = scene.told("rosa")
    assert "Nothing was decided by it" in told
    assert "tell whoever runs Greenroom" in told
    assert scene.told("omar") == []
    w.engine.dispose()
