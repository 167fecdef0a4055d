"""A campaign from its first command to its last sign-off, in Slack, with everything that serve runs.

Told by scenes, and held against the record and the audit log at the end.
"""

import logging
import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from core import audit
from core.clock import FixedClock
from core.database import reading
from core.models.approvals import Request
from tests.flows.slack import scenes_after as after
from tests.flows.slack import scenes_before as before
from tests.flows.slack.office import opened
from tests.flows.slack.slacked import words
from tests.flows.slack.verbs import Team
from tests.house import build

EVERYBODY = ("olivia", "omar", "rosa", "lena", "sofia", "anton")


@pytest.mark.slow
@pytest.mark.parametrize("door", ["socket", "http"])
def test_a_campaign_is_run_in_slack(
    door: str, tmp_path: Path, clock: FixedClock, longlisted_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    house = build(tmp_path / "home", clock)
    shutil.copytree(longlisted_home / "pool", house.w.settings.pool_folder)
    with opened(house, tmp_path, clock, door=door) as office:
        # Slack is not sure that it was heard, and says everything again.
        office.sim.doors.repeat = 2 if door == "http" else 1
        team = Team(office)
        before.the_queue_is_filled(team)
        house.everybody_consented()
        before.rosa_reviews(team)
        before.omar_answers_and_the_clock_goes_on(team)
        before.some_are_decided_at_the_terminal(team)
        before.the_campaign_is_signed_off(team)
        before.the_first_mail_is_let_go_and_the_mails_of_the_day_go(team)
        near, dear = before.creators_answer_and_the_owner_lets_a_dearer_offer(team)
        after.legal_gets_the_contracts(team, near, dear)
        withdrawn = after.a_contract_is_written_anew_twice(team, dear)
        after.a_flagged_draft_is_approved_with_one_click(team, near)
        after.on_monday_omar_stands_in_for_rosa(team)
        after.samples_are_looked_at(team)
        after.what_changed_is_signed_off_anew_and_the_figures_last(team)
        everything_is_told(team, withdrawn)
    assert [record.getMessage() for record in caplog.records if record.name.startswith("greenroom")] == []


def everything_is_told(team: Team, withdrawn: Request) -> None:
    office = team.office
    for who in EVERYBODY:
        assert "nothing to decide" in words(team.home(who))
    team.check_slack()
    assert [(queue["text"].rpartition(", ")[2], len(queue["blocks"])) for queue in team.queues()] == [
        ("All decided", 4)
    ] * len(team.queues())
    with reading(office.w.engine) as session:
        assert audit.verify(session, office.w.anchors).problem == ""
        requests = session.exec(select(Request)).all()
    assert [request.id for request in requests if request.status == "void"] == [withdrawn.id]
    for request in requests:
        if request.status != "decided":
            continue
        decided = [(who, detail["door"]) for action, who, detail in team.trail(request) if action == "request.decided"]
        assert decided[-1] == (request.decided_by, request.door)
    by_door = {door: {one.kind for one in requests if one.door == door} for door in ("slack", "terminal")}
    assert by_door["terminal"] == {"candidate"}
    assert by_door["slack"] == {
        "candidate", "outreach batch", "offer", "creative brief", "tracking setup", "draft content", "final contract",
        "measurement", "spot check",
    }  # fmt: skip
