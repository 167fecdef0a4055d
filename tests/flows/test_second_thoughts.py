"""Decisions that can be taken back, with the real effects: nobody is moved or written to before their time."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from approvals.conversation import comments
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.jobs import Job
from core.stages import Stage
from core.store import candidate_named, move
from flows.effects import APPLY_JOB, REFILL_JOB
from flows.serving.worker import Worker
from flows.steps import conversation, longlist, outreach, review, sign_offs, upkeep
from flows.steps.work import next_job, wake
from tests.flows.scenes import contract_to_sign_off, redraft_under_another_law
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House

WINDOW = timedelta(minutes=10)


def answered(
    house: House, question: Request, choice: str = "approve", *, by: str = "rosa", reason: str = ""
) -> Request:
    return review.decide(house.w, question.id, choice, actor=house.w.people.named(by), door="slack", reason=reason,
                         may_be_taken_back=True)  # fmt: skip


def now_of(house: House, request: Request) -> Request:
    with reading(house.w.engine) as session:
        return session.get_one(Request, request.id)


def test_nobody_is_written_to_before_the_approval_can_no_longer_be_taken_back(house: House, clock: FixedClock) -> None:
    creator, question = house.best_with_an_address()
    answered(house, question)
    clock.advance(WINDOW - timedelta(seconds=1))
    assert review.apply_due(house.w) == []
    assert house.stage(creator) == Stage.QUEUED
    assert outreach.write_invitations(house.w, CAMPAIGN).written == ()
    clock.advance(timedelta(seconds=1))
    [applied] = review.apply_due(house.w)
    assert (applied.id, applied.applied_at) == (question.id, clock.now())
    assert house.stage(creator) == Stage.APPROVED
    assert review.apply_due(house.w) == []
    assert len(outreach.write_invitations(house.w, CAMPAIGN).written) == 1


def test_a_decline_taken_back_makes_no_room_for_anybody(house: House, clock: FixedClock) -> None:
    question = house.queue()[0]
    answered(house, question, "decline", reason="off topic")
    assert question.id not in {waiting.id for waiting in house.queue()}
    taken = review.take_back(house.w, question.id[:8], actor=house.w.people.named("rosa"), door="terminal")
    assert taken.status == "open"
    clock.advance(WINDOW)
    assert review.apply_due(house.w) == []
    assert house.queue()[0].id == question.id
    assert next_job(house.w, REFILL_JOB) is None


def test_what_was_put_off_is_not_woken_before_its_time(house: House, clock: FixedClock) -> None:
    creator, question = house.best_with_an_address()
    answered(house, question)
    wake(house.w, APPLY_JOB)
    assert review.apply_due(house.w) == []
    clock.advance(WINDOW)
    assert len(review.apply_due(house.w)) == 1
    assert house.stage(creator) == Stage.APPROVED


def test_the_worker_carries_out_what_is_due_and_fills_the_queue_in_the_same_round(
    house: House, clock: FixedClock
) -> None:
    question = house.queue()[0]
    answered(house, question, "decline", reason="off topic")
    worker = Worker(lambda: house.w)
    worker.round(0)
    assert now_of(house, question).applied_at is None
    clock.advance(WINDOW)
    worker.round(1)
    assert now_of(house, question).applied_at == clock.now()
    worker.round(2)
    assert len(house.queue()) == 25


def test_a_creator_who_is_gone_when_the_time_has_come_is_asked_about_again_and_then_no_more(
    house: House, clock: FixedClock
) -> None:
    creator, question = house.best_with_an_address()
    other = house.queue()[1]
    answered(house, question)
    answered(house, other)
    with unit_of_work(house.w.engine) as session:  # as when an opt-out comes in
        candidate = candidate_named(session, CAMPAIGN, creator)
        move(session, house.w.clock, candidate, Stage.CLOSED_BY_OPT_OUT, actor="greenroom")
    clock.advance(WINDOW)
    again, applied = sorted(review.apply_due(house.w), key=lambda request: request.id != question.id)
    assert (again.status, applied.status, applied.id) == ("open", "decided", other.id)
    assert house.stage(creator) == Stage.CLOSED_BY_OPT_OUT
    upkeep.tidy(house.w)
    assert now_of(house, question).status == "void"


def test_dropping_a_creator_makes_a_decision_void_that_could_be_taken_back(house: House, clock: FixedClock) -> None:
    creator, question = house.best_with_an_address()
    answered(house, question)
    review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named("olivia"), reason="plans changed")
    assert now_of(house, question).status == "void"
    clock.advance(WINDOW)
    assert review.apply_due(house.w) == []


def test_of_two_campaigns_the_decision_that_takes_effect_first_keeps_the_creator_and_the_other_is_void(
    house: House, clock: FixedClock, tmp_path: Path
) -> None:
    other = tmp_path / "linen-winter.toml"
    other.write_text(CAMPAIGN_FILE.read_text().replace('slug = "linen-summer"', 'slug = "linen-winter"'))
    longlist.source_campaign(house.w, other, actor="omar", limit=40)
    longlist.fill_queue(house.w, "linen-winter", actor="omar")
    creator, question = house.best_with_an_address()
    with reading(house.w.engine) as session:
        rival = candidate_named(session, "linen-winter", creator)
        theirs = review.latest_request(session, kind="candidate", subject=f"candidate:{rival.id}")
    answered(house, question)
    answered(house, theirs)
    clock.advance(WINDOW)
    assert [request.id for request in review.apply_due(house.w)] == [question.id]
    assert (house.stage(creator), house.stage(creator, "linen-winter")) == (Stage.APPROVED, Stage.HELD)
    assert now_of(house, theirs).void_reason == "approved for linen-summer first"


def test_a_decision_that_fails_is_tried_again_and_stops_no_other(house: House, clock: FixedClock) -> None:
    first, second = house.queue()[:2]
    answered(house, first)
    answered(house, second)
    with unit_of_work(house.w.engine) as session:
        job = session.exec(select(Job).where(Job.kind == APPLY_JOB, col(Job.key).startswith(first.id))).one()
        # As with a clock that was set back.
        job.not_before = clock.now()
        session.add(job)
    assert review.apply_due(house.w) == []
    clock.advance(WINDOW)
    assert {request.id for request in review.apply_due(house.w)} == {first.id, second.id}


def test_many_are_decided_each_on_its_own_and_a_refusal_says_why(house: House) -> None:
    queue = house.queue()
    house.decide(queue[1], "approve", by="rosa")
    rosa = house.w.people.named("rosa")
    outcomes = review.decide_many(
        house.w, [queue[0].id, queue[1].id, "zzz", queue[2].id[:8], queue[0].id], "approve", actor=rosa, door="slack"
    )
    assert [one.request.status if one.request else str(one.refusal)[:20] for one in outcomes] == [
        "decided", str(outcomes[1].refusal)[:20], "There is no request ", "decided",
    ]  # fmt: skip
    assert "already decided: approve, by Rosa" in str(outcomes[1].refusal)
    assert [one.request_id for one in outcomes] == [queue[0].id, queue[1].id, "zzz", queue[2].id]
    assert outcomes[2].title == ""
    assert all(one.request.applied_at is None for one in outcomes if one.request)


def test_what_nobody_may_decide_in_passing_is_refused_among_many(house: House) -> None:
    question = house.queue()[0]
    with unit_of_work(house.w.engine) as session:
        brief = Request(**question.model_dump() | {"id": "b" * 36, "kind": "creative brief"})
        session.add(brief)
    rosa = house.w.people.named("rosa")
    [outcome, done] = review.decide_many(house.w, ["b" * 36, question.id], "approve", actor=rosa, door="slack")
    assert "never decided together with others" in str(outcome.refusal)
    assert "greenroom approvals decide bbbbbbbb CHOICE" in str(outcome.refusal)
    assert done.request is not None


@pytest.mark.slow
def test_a_contract_is_sent_only_when_its_sign_off_can_no_longer_be_taken_back(house: House, clock: FixedClock) -> None:
    creator, question = contract_to_sign_off(house)
    lena, olivia = house.w.people.named("lena"), house.w.people.named("olivia")
    conversation.ask_for_information(house.w, question.id, "Which fee?", of=olivia, actor=lena, door="slack")
    answered(house, question, "sign_off", by="lena")
    assert house.stage(creator) == Stage.CONTRACT_DRAFTED
    review.take_back(house.w, question.id, actor=lena, door="slack")
    assert now_of(house, question).waits_for == "olivia"
    answered(house, question, "sign_off", by="lena")
    clock.advance(WINDOW)
    assert len(review.apply_due(house.w)) == 1
    assert house.stage(creator) == Stage.SIGNED_OFF


@pytest.mark.slow
def test_a_newer_draft_makes_a_sign_off_void_that_could_be_taken_back(
    house: House, clock: FixedClock, tmp_path: Path
) -> None:
    creator, question = contract_to_sign_off(house)
    answered(house, question, "sign_off", by="lena")
    redraft_under_another_law(house, creator, tmp_path)
    assert now_of(house, question).status == "void"
    clock.advance(WINDOW)
    assert review.apply_due(house.w) == []
    assert house.stage(creator) == Stage.CONTRACT_DRAFTED


def test_whoever_may_not_hand_a_question_on_or_stop_its_clock_stands_in_the_log(house: House) -> None:
    w, question = house.w, house.queue()[0]
    lena, sofia = w.people.named("lena"), w.people.named("sofia")
    with pytest.raises(Refused, match="Lena Okafor may not decide this"):
        conversation.reassign(w, question.id, to=sofia, actor=lena, door="terminal", note="for you")
    with pytest.raises(Refused, match="Lena Okafor may not decide this"):
        conversation.ask_for_information(w, question.id, "Which fee?", of=sofia, actor=lena, door="slack")
    with reading(w.engine) as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "request.refused")).all()
        told = [(entry.actor, json.loads(entry.detail)["why"], json.loads(entry.detail)["door"]) for entry in entries]
        assert comments(session, question.id) == []
    assert told == [("lena", "not theirs", "terminal"), ("lena", "not theirs", "slack")]
    assert (now_of(house, question).assignee, now_of(house, question).waits_for) == ("rosa", None)


def test_what_is_never_decided_together_with_others_is_refused_on_the_log(house: House) -> None:
    w, omar = house.w, house.w.people.named("omar")
    figures = sign_offs.ask_measurement(w, CAMPAIGN, actor=omar)
    [outcome] = review.decide_many(w, [figures.id], "sign_off", actor=w.people.named("anton"), door="web")
    assert outcome.refusal is not None
    assert f"greenroom approvals decide {figures.id[:8]}" in outcome.refusal.next_step
    with reading(w.engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "request.refused")).one()
    assert (entry.actor, json.loads(entry.detail)["why"]) == ("anton", "not in bulk")
    assert now_of(house, figures).status == "open"
