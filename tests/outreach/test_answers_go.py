"""An answer that a person wrote goes at any hour, before invitations and beside the cap; an opt-out holds it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.outreach import Message, SendSlot
from core.people import People
from core.stages import Stage
from core.store import move
from outreach import suppression
from outreach.entries import ANSWER
from outreach.service import send_due
from tests.outreach.conftest import PEPPER
from tests.outreach.servers import Scripted

InviteAll = Callable[..., None]


def answer(session: Session, clock: FixedClock, campaign: Campaign, number: int) -> None:
    session.add(Message(candidate_id=number, campaign=campaign.slug, step="answer-1", category=ANSWER, sender="sofia",
                        recipient=f"creator{number - 1}@example.com", subject="Re: you asked", text="Gladly.\n",
                        message_id=f"<gr.answer{number}@example.com>", template="", template_sha256="", facts=[],
                        created_at=clock.now()))  # fmt: skip


def test_answers_go_first_at_night_and_take_no_slot(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 2)
    with unit_of_work(engine) as session:
        answer(session, clock, campaign, 2)
        move(session, clock, session.get_one(Candidate, 2), Stage.DROPPED, actor="omar", reason="they are ill")
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, limit=1).sent == (3,)
    with unit_of_work(engine) as session:
        answer(session, clock, campaign, 1)
    clock.advance(datetime(2026, 11, 21, 23, 0, tzinfo=UTC) - clock.now())
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == (4,)
    with reading(engine) as session:
        assert session.exec(select(SendSlot)).all() == []


@pytest.mark.parametrize("stage", [Stage.DECLINED_BY_CREATOR, Stage.CLOSED, Stage.DROPPED, Stage.CLOSED_BY_OPT_OUT])
def test_a_thank_you_goes_to_whom_it_is_over_with_but_for_an_opt_out(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll, stage: Stage
) -> None:
    invite_all(engine, 1)
    with unit_of_work(engine) as session:
        answer(session, clock, campaign, 1)
        session.get_one(Candidate, 1).stage = stage
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    assert report.sent == (() if stage == Stage.CLOSED_BY_OPT_OUT else (2,))


def test_who_opted_out_gets_no_answer_either(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 1)
    with unit_of_work(engine) as session:
        answer(session, clock, campaign, 1)
        suppression.add(session, clock, pepper=PEPPER, address="creator0@example.com", why="asked", actor="omar")
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    assert (report.sent, report.failed, report.called_off) == ((), (2,), (1,))
