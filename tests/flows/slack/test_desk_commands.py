"""What /greenroom answers: to whom, with which numbers, and what it says to what it did not understand."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from approvals.slack.ids import choose
from core.clock import FixedClock
from core.database import reading
from core.errors import Refused
from core.models.jobs import Job
from core.models.slack import SlackPost
from core.people import Person
from flows.slack.deeds import Deeds
from flows.steps import conversation
from flows.wiring import Wiring
from tests.flows.slack.desk_scene import Scene
from tests.house import CAMPAIGN


def answer(scene: Scene, text: str, *, by: str = "omar") -> str:
    """What whoever typed it sees."""
    scene.handle(scene.command(text, by=by))
    address, said = scene.said[-1]
    assert address == "https://hooks.slack.com/commands/1"
    return str(said["blocks"][0]["text"]["text"])


def outreach_deeds(done: list[tuple[str, str, str]]) -> Deeds:
    def pause(_w: Wiring, slug: str, *, actor: Person) -> int:
        if actor.id != "omar":
            raise Refused(f"{actor.name} may not pause {slug}.", next_step="Ask Omar Haddad.")
        done.append(("pause", slug, actor.id))
        return 12

    def go_on(_w: Wiring, slug: str, *, actor: Person) -> None:
        done.append(("go-on", slug, actor.id))

    return Deeds(pause=pause, go_on=go_on)


@pytest.mark.parametrize("text", ["", "help", "  HELP  "])
def test_help_names_every_command(scene: Scene, text: str) -> None:
    said = answer(scene, text, by="rosa")
    assert all(f"/greenroom {verb}" in said for verb in ("source", "queue", "status", "pause", "go-on", "who", "help"))
    assert "There is no command" not in said


@pytest.mark.parametrize(
    ("text", "meant"),
    [("queu linen", "queue"), ("puase linen-summer", "pause"), ("stats", "status"), ("goon", "go-on")],
)
def test_what_was_misread_is_said_with_what_it_may_have_meant(scene: Scene, text: str, meant: str) -> None:
    said = answer(scene, text)
    assert f"There is no command “{text}”" in said
    assert f"Did you mean `/greenroom {meant}" in said


def test_what_is_like_no_command_gets_the_list_and_mentions_nobody(scene: Scene) -> None:
    said = answer(scene, "<!channel> *xyzzy*")
    assert "Did you mean" not in said
    assert "<!channel>" not in said
    assert "/greenroom help" in said


def test_the_queue_says_how_far_it_is(scene: Scene) -> None:
    total = len(scene.house.queue())
    for request in scene.house.queue()[:2]:
        scene.handle(scene.click(choose("approve"), request.id, by="rosa"))
    said = answer(scene, f"queue {CAMPAIGN}", by="rosa")
    assert f"2 of {total} decided" in said
    assert "• Approve: 2" in said
    assert "For Rosa Lindqvist, due" in said
    assert "Europe/Stockholm" in said


def test_the_only_campaign_is_meant_where_none_is_named(scene: Scene) -> None:
    assert answer(scene, "queue").startswith(f"*Queue of {CAMPAIGN}*")


def test_status_counts_stages_and_what_waits(scene: Scene, clock: FixedClock) -> None:
    waiting = len(scene.house.queue())
    assert f"{waiting} requests wait for a decision, 0 of them overdue." in answer(scene, f"status {CAMPAIGN.upper()}")
    clock.advance(timedelta(days=30))
    said = answer(scene, "status")
    assert f"{waiting} requests wait for a decision, {waiting} of them overdue." in said
    assert f"• QUEUED: {waiting}" in said
    assert "Paused" not in said


@pytest.mark.parametrize("verb", ["queue", "status", "pause", "go-on", "source"])
def test_a_campaign_that_is_not_known_gets_what_is_near(scene: Scene, verb: str) -> None:
    said = answer(scene, f"{verb} linen-sumer")
    assert "There is no campaign" in said
    assert f"Did you mean {CAMPAIGN}?" in said
    assert "Did you mean" not in answer(scene, f"{verb} xyzzy")


def test_source_starts_a_job_for_ops_once(scene: Scene) -> None:
    body = scene.command(f"source {CAMPAIGN}", by="omar")
    for _ in range(3):
        scene.handle(body)
    assert f"Sourcing for {CAMPAIGN} has started" in scene.said[-1][1]["text"]
    with reading(scene.w.engine) as session:
        [job] = session.exec(select(Job).where(Job.kind == "source"))
    assert job.payload == {"campaign": CAMPAIGN, "actor": "omar"}
    assert len(scene.said) == 1


def test_source_is_refused_to_others_with_whom_to_ask(scene: Scene) -> None:
    said = answer(scene, f"source {CAMPAIGN}", by="rosa")
    assert said.startswith("*That was not done*")
    assert "Rosa Lindqvist may not" in said
    assert "*Next:*" in said


def test_pausing_and_going_on_say_what_became_of_it(scene: Scene) -> None:
    done: list[tuple[str, str, str]] = []
    scene.deeds = outreach_deeds(done)
    assert "12 messages that were queued are held back" in answer(scene, "pause")
    assert f"{CAMPAIGN} goes on" in answer(scene, f"go-on {CAMPAIGN}")
    assert "may not pause" in answer(scene, "pause", by="rosa")
    assert done == [("pause", CAMPAIGN, "omar"), ("go-on", CAMPAIGN, "omar")]


def test_who_names_whom_a_request_waits_for(scene: Scene) -> None:
    creator, request = scene.house.best_with_an_address()
    handle = creator.partition(":")[2]
    for name in (request.id[:8], handle, f"@{handle.upper()}", creator):
        said = answer(scene, f"who {name}")
        assert "Rosa Lindqvist, until" in said
        assert request.id[:8] in said
    assert "No open request is called so." in answer(scene, "who nobody.at.all")
    assert "No open request is called so." in answer(scene, "who %")
    assert "Of whom or what?" in answer(scene, "who")


def test_who_names_whoever_stands_in_and_whoever_owes_an_answer(scene: Scene) -> None:
    away = 'roles = ["reviewer"]\naway = [{ from = 2026-11-01, until = 2026-12-31 }]'
    scene.write_people(scene.w.settings.people_file.read_text().replace('roles = ["reviewer"]', away))
    request = scene.house.queue()[0]
    assert "Omar Haddad, standing in for Rosa Lindqvist, until" in answer(scene, f"who {request.id[:8]}")
    conversation.ask_for_information(scene.w, request.id, "Growing?", of=scene.w.people.named("anton"), door="slack",
                                     actor=scene.w.people.named("rosa"))  # fmt: skip
    assert "Anton Weber, until" in answer(scene, f"who {request.id[:8]}")


@pytest.mark.parametrize("verb", ["help", "queue", "status", "who x", "source", "pause"])
def test_a_stranger_learns_nothing(scene: Scene, verb: str) -> None:
    said = answer(scene, verb, by="stranger")
    assert said.startswith("*That was not done*")
    assert CAMPAIGN not in said


def test_an_answer_where_the_app_is_no_member_comes_as_a_direct_message(scene: Scene) -> None:
    body: dict[str, Any] = {**scene.command("help", by="rosa"), "response_url": ""}
    scene.handle(body)
    with reading(scene.w.engine) as session:
        [post] = session.exec(select(SlackPost))
    assert (post.channel, post.status, post.not_before) == ("UROSA", "waiting", scene.w.clock.now())
