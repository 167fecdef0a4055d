"""Clicks that must not count, with everything that runs: refused, told why, and on the audit log if they are anybody's.

Clicks on a contract that was written anew are in the session.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

import pytest

from approvals.slack.ids import Action, choose
from contracts.changes import Changes
from core.clock import FixedClock
from flows.steps import deals, outreach
from tests.flows.scenes import invited
from tests.flows.slack.office import Office, opened
from tests.flows.slack.slacked import leave, member
from tests.flows.slack.verbs import Team
from tests.house import CAMPAIGN, House


@pytest.fixture
def team(house: House, tmp_path: Path, clock: FixedClock) -> Iterator[Team]:
    leave(house, 2)
    with opened(house, tmp_path, clock, door="http") as office:
        office.settle()
        yield Team(office)


def _everything(office: Office) -> tuple[int, int]:
    """How much there is in Slack, and how much that only one person sees."""
    return sum(map(len, office.sim.messages.values())), len(office.sim.whispers)


def test_a_stranger_is_told_how_to_become_known_and_is_on_the_log(team: Team) -> None:
    [request, _] = team.office.house.queue()
    team.office.sim.member("USTRANGER")
    assert team.office.sim.click("USTRANGER", team.card(request), choose("approve")).ok
    team.office.settle()
    [told] = team.office.sim.whispers_to("USTRANGER")
    assert "Nobody in the people file has your Slack id." in told["text"]
    assert team.refusals(request) == [("slack:USTRANGER", "stranger", "slack")]
    assert team.request(request).status == "open"
    team.check_slack()


def test_a_click_that_is_played_again_takes_back_nothing_and_decides_nothing(team: Team) -> None:
    """A click of Rosa's is recorded on its way; it decided, she took it back, and then it comes again."""
    office = team.office
    [request, _] = office.house.queue()
    card = team.card(request)
    recorded = {
        "type": "block_actions", "user": {"id": member("rosa")}, "team": {"id": "T1"}, "trigger_id": "1.T1.recorded",
        "channel": {"id": card["channel"]}, "container": {"type": "message", "message_ts": card["ts"]},
        "actions": [{"type": "button", "action_id": choose("approve"), "block_id": "buttons", "value": request.id,
                     "action_ts": card["ts"]}],
    }  # fmt: skip
    assert office.sim.doors.deliver("interactive", recorded).ok
    office.settle()
    assert team.request(request).status == "decided"
    team.take_back("rosa", request)
    office.settle()
    trail, there = team.trail(request), _everything(office)
    for _ in range(2):
        assert office.sim.doors.deliver("interactive", recorded).ok
        office.settle()
    assert team.request(request).status == "open"
    assert (team.trail(request), _everything(office)) == (trail, there)
    # So it is when it is signed as of long ago, or by somebody else: it is not even heard.
    body = urlencode({"payload": json.dumps(recorded | {"trigger_id": "1.T1.another"})}).encode()
    door = office.sim.doors
    assert door.post(door.request_url, body, age=301)[0] == 401
    office.sim.secret = "guessed"
    assert door.post(door.request_url, body)[0] == 401
    office.settle()
    assert (team.trail(request), _everything(office)) == (trail, there)
    assert Action.UNDO not in team.offers(request)


def test_whoever_asked_cannot_let_it_by_themself(team: Team) -> None:
    office, w = team.office, team.office.w
    omar = w.people.named("omar")
    [creator] = invited(office.house)
    office.house.answer(office.house.outbox()[0], "I'd love to, but my rate for this is 450 EUR.")
    outreach.read_replies(w)
    _, question = deals.make_offer(w, CAMPAIGN, creator, actor=omar, changes=Changes(stipend=Decimal(450)))
    assert question is not None
    office.settle()
    team.choose("omar", question, "approve", confirm=True)
    office.settle()
    assert "Omar Haddad asked this question and cannot answer it too." in team.whispers("omar")[-1]
    assert team.refusals(question) == [("omar", "four eyes", "slack")]
    assert team.request(question).status == "open"
    team.check_slack()


def test_who_clicks_what_a_colleague_decided_a_moment_ago_is_told_who_was_first(team: Team) -> None:
    office = team.office
    [request, _] = office.house.queue()
    card = team.card(request)
    team.choose("rosa", request, "approve")
    office.settle()
    team.click("anton", card, choose("wrong_audience"), stale=True)
    office.settle()
    assert "was already decided: approve, by Rosa Lindqvist" in team.whispers("anton")[-1]
    assert team.refusals(request) == [("anton", "already decided", "slack")]
    assert (team.request(request).choice, team.request(request).decided_by) == ("approve", "rosa")
    team.check_slack()
