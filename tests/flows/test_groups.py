"""A campaign that names groups wherever it could name a person, from the queue to a signed-off contract."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from contracts.changes import Changes
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.settings import PROJECT
from core.stages import Stage
from core.store import candidate_named
from flows.steps import deals, learning, longlist, outreach
from flows.wiring import wire
from tests.flows.scenes import invited
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House

#: Each of these has somebody who is away first, and somebody who is there second.
TEAM = {"owner": "olivia", "ops": "omar", "reviewer": "rosa", "legal": "lena", "sender": "sofia"}


@pytest.fixture
def grouped(house: House, clock: FixedClock, tmp_path: Path) -> House:
    """The same home, where a colleague who is away on the tests' day stands before each of the known people."""
    people = (PROJECT / "people.example.toml").read_text(encoding="utf-8")
    campaign = CAMPAIGN_FILE.read_text(encoding="utf-8")
    for role, name in TEAM.items():
        people += f"""
[[person]]
id = "{name}2"
name = "Second {name}"
mail = "{name}2@example.com"
roles = ["{role}"]
away = [{{ from = 2026-11-20, until = 2026-11-21 }}]

[[group]]
id = "{role}s"
name = "All {role}s"
members = ["{name}2", "{name}"]
"""
        key, listed = ("reviewers", True) if role == "reviewer" else (role, False)
        old, new = (f'["{name}"]', f'["{role}s"]') if listed else (f'"{name}"', f'"{role}s"')
        assert f"{key} = {old}" in campaign
        campaign = campaign.replace(f"{key} = {old}", f"{key} = {new}", 1)
    (tmp_path / "people.toml").write_text(people, encoding="utf-8")
    (tmp_path / "grouped.toml").write_text(campaign, encoding="utf-8")
    settings = house.w.settings.model_copy(update={"people_file": tmp_path / "people.toml"})
    same = House(wire(settings, clock))
    longlist.source_campaign(same.w, tmp_path / "grouped.toml", actor="omar", limit=40)
    return same


def test_whoever_of_a_group_is_there_reviews_writes_negotiates_and_signs_off(grouped: House) -> None:
    w = grouped.w
    [creator] = invited(grouped)
    with reading(w.engine) as session:
        assert {message.sender for message in session.exec(select(Message))} == {"sofia"}
        assert "sofia" in {candidate.sender for candidate in session.exec(select(Candidate))}
    grouped.answer(grouped.outbox()[0], "I am interested, but my rate is 450 EUR.")
    outreach.read_replies(w)
    _, question = deals.make_offer(
        w, CAMPAIGN, creator, actor=w.people.named("sofia"), changes=Changes(stipend=Decimal(450))
    )
    assert question is not None
    assert question.assignee == "olivia"
    grouped.decide(question, "approve", by="olivia2")
    deals.accept_offer(w, CAMPAIGN, creator, actor=w.people.named("sofia2"), how="reply")
    with w.renderer() as renderer, unit_of_work(w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        deals.draft_contract(session, w, renderer, candidate.id or 0, actor="omar")  # negotiated: no batch drafts it
    contract = grouped.open_request("final contract")
    assert contract.assignee == "lena"
    grouped.decide(contract, "sign_off", by="lena")
    assert deals.send_contracts(w) == 1
    assert grouped.stage(creator) == Stage.OUT_FOR_SIGNATURE


def test_the_next_in_the_queue_goes_to_a_reviewer_who_is_there(grouped: House) -> None:
    first = grouped.queue()[0]
    grouped.decide(first, "decline", by="rosa", reason="off topic")
    longlist.refill_queues(grouped.w)
    assert {request.assignee for request in grouped.queue()} == {"rosa"}


@pytest.mark.slow
def test_what_was_learnt_is_asked_of_an_owner_who_is_there(grouped: House) -> None:
    for number, request in enumerate(grouped.queue()[:24]):
        choice, reason = ("approve", "") if number % 2 else ("decline", "off topic")
        grouped.decide(request, choice, by="rosa", reason=reason)
    _, question = learning.propose(grouped.w, CAMPAIGN, actor=grouped.w.people.named("omar"))
    assert (question.assignee, question.four_eyes) == ("olivia", True)
