"""Who is in a group is asked of Slack at the moment of the click; where it does not say, the file counts."""

from datetime import timedelta
from pathlib import Path

import pytest

from approvals.slack import modals
from approvals.slack.ids import Action, choose
from core.campaign import load_campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.store import keep_campaign
from tests.flows.slack.desk_scene import GROUP, Scene
from tests.house import CAMPAIGN, CAMPAIGN_FILE


@pytest.fixture
def grouped(scene: Scene, tmp_path: Path) -> Scene:
    """The campaign names a group of reviewers; Sofia could review, and only Slack may say that she does."""
    changed = tmp_path / CAMPAIGN_FILE.name
    changed.write_text(CAMPAIGN_FILE.read_text().replace('reviewers = ["rosa"]', 'reviewers = ["reviewers"]'))
    with unit_of_work(scene.w.engine) as session:
        keep_campaign(session, scene.w.clock, load_campaign(changed))
    people = scene.w.settings.people_file.read_text()
    scene.write_people(people.replace('roles = ["sender"]', 'roles = ["sender", "reviewer"]') + GROUP)
    scene.sim.groups["S1"] = ["UROSA", "USOFIA", "USTRANGER"]
    return scene


def asked_slack(scene: Scene) -> int:
    return [method for method, _ in scene.sim.calls].count("usergroups.users.list")


def test_whoever_slack_names_in_the_group_may_decide(grouped: Scene) -> None:
    request = grouped.house.queue()[0]
    grouped.handle(grouped.click(choose("approve"), request.id, by="sofia"))
    assert grouped.request(request.id).decided_by == "sofia"
    assert grouped.told("sofia") == []


def test_the_form_of_reasons_opens_for_them_too(grouped: Scene) -> None:
    grouped.handle(grouped.click(choose("decline"), grouped.house.queue()[0].id, by="sofia"))
    assert len(grouped.views()) == 1


def test_commands_and_handing_over_are_for_ops_whom_only_slack_names_too(scene: Scene, tmp_path: Path) -> None:
    changed = tmp_path / CAMPAIGN_FILE.name
    changed.write_text(CAMPAIGN_FILE.read_text().replace('ops = "omar"', 'ops = "reviewers"'))
    scene.w.__dict__["settings"] = scene.w.settings.model_copy(update={"campaigns": tmp_path})
    with unit_of_work(scene.w.engine) as session:
        keep_campaign(session, scene.w.clock, load_campaign(changed))
    people = scene.w.settings.people_file.read_text()
    for roles in ('["reviewer"]', '["sender"]'):
        people = people.replace(f"roles = {roles}", f'roles = {roles[:-1]}, "ops"]')
    scene.write_people(people + GROUP)
    scene.sim.groups["S1"] = ["USOFIA"]
    scene.handle(scene.command(f"source {CAMPAIGN}", by="sofia"))
    assert "has started" in scene.said[-1][1]["text"]
    scene.handle(scene.click(Action.REASSIGN, scene.house.queue()[0].id, by="sofia"))
    assert len(scene.views()) == 1


def test_they_may_take_it_back_and_hand_it_over_too(grouped: Scene) -> None:
    request = grouped.house.queue()[0]
    grouped.handle(grouped.click(choose("approve"), request.id, by="sofia"))
    grouped.handle(grouped.click(Action.UNDO, request.id, by="sofia"))
    assert grouped.request(request.id).status == "open"
    form = grouped.form(modals.reassign(grouped.shown(request.id)), by="sofia", person="USOFIA")
    grouped.handle(form)
    assert grouped.request(request.id).assignee == "sofia"
    assert grouped.told("sofia") == []


@pytest.mark.parametrize("fault", ["500", "no_such_subteam", "429:30"])
def test_where_slack_does_not_say_the_members_of_the_file_count(grouped: Scene, fault: str) -> None:
    grouped.sim.fail("usergroups.users.list", fault, fault)
    one, two = grouped.house.queue()[:2]
    grouped.handle(grouped.click(choose("approve"), one.id, by="sofia"))
    grouped.handle(grouped.click(choose("approve"), two.id, by="rosa"))
    assert grouped.request(one.id).status == "open"
    assert grouped.audited("request.refused", one.id) == [("sofia", "not theirs")]
    assert grouped.request(two.id).decided_by == "rosa"


def test_an_answer_of_slack_is_good_for_a_minute(grouped: Scene, clock: FixedClock) -> None:
    one, two, three = grouped.house.queue()[:3]
    for request in (one, two):
        grouped.handle(grouped.click(choose("approve"), request.id, by="sofia"))
    assert asked_slack(grouped) == 1
    grouped.sim.groups["S1"] = ["UROSA"]
    clock.advance(timedelta(seconds=61))
    grouped.handle(grouped.click(choose("approve"), three.id, by="sofia"))
    assert asked_slack(grouped) == 2
    assert [grouped.request(each.id).status for each in (one, two, three)] == ["decided", "decided", "open"]


def test_a_stranger_in_the_group_of_slack_stays_a_stranger(grouped: Scene) -> None:
    request = grouped.house.queue()[0]
    grouped.handle(grouped.click(choose("approve"), request.id, by="stranger"))
    assert grouped.audited("request.refused", request.id) == [("slack:USTRANGER", "stranger")]
