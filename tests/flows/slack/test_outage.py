"""Slack away for an hour, answering wrongly before and after, its program killed: all arrives once, in order, as it is.

Everything runs, as in test_session; what goes wrong when is drawn from a seed.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from approvals.slack.ids import choose
from core import audit
from core.clock import FixedClock
from core.database import reading
from core.models.slack import SlackPost
from flows.steps import deals, outreach, review
from tests.flows.slack.office import REVIEW, Office, key_of, opened
from tests.flows.slack.scenes_after import write_anew
from tests.flows.slack.slacked import Killed, leave, words
from tests.flows.slack.verbs import Team
from tests.house import CAMPAIGN, House

#: What may go wrong with the next call of a method.
_WRONG = {
    "chat.postMessage": ("500", "dropped", "garbage", "429:3", "internal_error"),
    "chat.update": ("500", "dropped", "429:2"),
    "conversations.open": ("500", "dropped"),
    "conversations.history": ("500", "429:2", "dropped"),
    "conversations.replies": ("500", "429:2", "dropped"),
    "files.getUploadURLExternal": ("500", "dropped"),
    "files.completeUploadExternal": ("500", "dropped", "429:2"),
    "views.publish": ("500", "dropped"),
}
_STATES = ("open", "decided", "void")
_SECOND = timedelta(seconds=1)
#: Everybody's office is open, and the first reminders are due within the hour.
_MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Mortal:
    """Slack as it is on a bad day; whoever calls it is killed at some calls, before or after it did what was asked."""

    def __init__(self, office: Office, chance: random.Random) -> None:
        self._slack, self._sim, self._chance = office.w.slack(), office.sim, chance
        self.deadly = True

    def call(self, method: str, payload: Mapping[str, object]) -> dict[str, Any]:
        if not self.deadly:
            return self._slack.call(method, payload)
        at = self._chance.random()
        if at < 0.1:
            raise Killed
        if at < 0.4 and method in _WRONG:
            self._sim.fail(method, self._chance.choice(_WRONG[method]))
        answer = self._slack.call(method, payload)
        if at > 0.92:
            raise Killed
        return answer

    def send_bytes(self, address: str, content: bytes) -> None:
        self._slack.send_bytes(address, content)


class Storm:
    """Moves the office through trouble; `kills` counts how often its program was killed."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office = office
        self._mortal = Mortal(office, random.Random(seed))
        self.kills = 0
        office.start_again(self._mortal)

    def blow(self, rounds: int, *, every: timedelta = _SECOND) -> None:
        for _ in range(rounds):
            try:
                self.office.round()
            except Killed:
                self.kills += 1
                self.office.start_again(self._mortal)
            self.office.clock.advance(every)

    def end(self) -> None:
        self._mortal.deadly = False
        self.office.settle()


@pytest.fixture
def office(house: House, tmp_path: Path, clock: FixedClock) -> Iterator[Office]:
    leave(house, 8)
    with opened(house, tmp_path, clock) as office:
        yield office


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 9))
def test_whatever_goes_wrong_everything_arrives_once_in_order_and_as_it_is(office: Office, seed: int) -> None:
    team, storm = Team(office), Storm(office, seed)
    _one_creator_is_wanted_in_the_storm(team, storm)
    office.clock.advance(_MONDAY - office.clock.now())
    office.sim.down = True
    _an_hour_of_work_without_slack(team, storm)
    assert office.behind() != []
    office.sim.down, office.sim.revoked = False, True
    storm.blow(20, every=timedelta(minutes=1))  # nothing rests longer than five, but for what was killed meanwhile
    assert "token_revoked" in office.answers[0]
    office.sim.revoked = False
    storm.blow(20)
    storm.end()
    assert storm.kills > 0
    team.check_slack()
    _all_in_order(office)
    _rosa_is_told_what_is_so_now(team)
    contract = team.the_only("final contract")
    assert "Austria" in words(team.card(contract))
    [withdrawn] = team.asked("final contract", status="void")
    assert team.offers(withdrawn) == []
    [file] = [message for message in team.thread(team.card(contract)) if message.get("files")]
    assert office.sim.files[file["files"][0]["id"]] == office.w.archive.read(contract.content_sha256)
    with reading(office.w.engine) as session:
        assert audit.verify(session).problem == ""


def _one_creator_is_wanted_in_the_storm(team: Team, storm: Storm) -> None:
    """Whoever sees a card can decide, whatever else Slack does not get done."""
    office = team.office
    request = office.house.queue()[1]
    storm.blow(20)
    for _ in range(60):
        if any(key_of(message) == f"request:{request.id}" for message in office.sim.messages[REVIEW]):
            break
        storm.blow(1, every=timedelta(seconds=20))
    else:
        raise AssertionError(office.behind())
    assert office.sim.click("UROSA", team.card(request), choose("approve")).ok
    storm.blow(3)
    decided = [who for action, who, _ in team.trail(request) if action == "request.decided"]
    assert decided == ["rosa"]


def _an_hour_of_work_without_slack(team: Team, storm: Storm) -> None:
    office, w, house = team.office, team.office.w, team.office.house
    rosa, sofia = w.people.named("rosa"), w.people.named("sofia")
    storm.blow(5, every=timedelta(minutes=1))
    office.sweep_only()
    invited = house.with_addresses(2)
    for _, request in invited:
        review.decide(w, request.id, "approve", actor=rosa, door="terminal")
    [one, two, *_] = house.queue()
    review.decide(w, one.id, "decline", actor=rosa, door="terminal", reason="off topic", may_be_taken_back=True)
    review.take_back(w, one.id, actor=rosa, door="terminal")
    review.decide(w, two.id, "decline", actor=rosa, door="terminal", reason="off topic", may_be_taken_back=True)
    storm.blow(20, every=timedelta(minutes=1))
    house.let_mails_go()
    assert outreach.send_due(w, CAMPAIGN).sent
    for mail in house.outbox()[:1]:
        house.answer(mail, "I am interested, count me in!")
    [reply] = outreach.read_replies(w)
    creator = office.creator(reply.candidate_id)
    deals.make_offer(w, CAMPAIGN, creator, actor=sofia)
    deals.accept_offer(w, CAMPAIGN, creator, actor=sofia, how="reply")
    storm.blow(10, every=timedelta(minutes=1))
    office.sweep_only()
    # Decided after she was to be reminded of it, and before she can be told.
    review.decide(w, one.id, "approve", actor=rosa, door="terminal")
    storm.blow(10, every=timedelta(minutes=1))
    assert len(team.asked("final contract")) == 1
    write_anew(office, creator, law="Austria")
    storm.blow(14, every=timedelta(minutes=1))


def _rosa_is_told_what_is_so_now(team: Team) -> None:
    """Both notices of the hour, without what was decided before they could be said."""
    said = [message for message in team.direct("rosa") if key_of(message).startswith("notice:")]
    assert [message["text"].partition(":")[0] for message in said] == ["Today", "A reminder"]
    titles = {status: {one.card["title"] for one in team.asked("candidate", status=status)} for status in _STATES}
    digest, reminder = (
        {title for every in titles.values() for title in every if title in words(message)} for message in said
    )
    assert digest == titles["open"]
    # Whoever came into the queue within the hour has all of their time left.
    assert reminder < titles["open"]
    assert len(reminder) == len(titles["open"]) - 1


def _all_in_order(office: Office) -> None:
    """In each channel, messages stand in the order in which there was something to say."""
    with reading(office.w.engine) as session:
        said = select(SlackPost.key).where(SlackPost.method == "chat.postMessage").order_by(col(SlackPost.id))
        order = {key: place for place, key in enumerate(session.exec(said))}
    for channel in (*office.sim.messages,):
        places = [order[key_of(message)] for message in office.sim.messages[channel] if key_of(message)]
        assert places == sorted(places), channel
