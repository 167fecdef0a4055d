"""A decision that may be taken back: nothing follows before its time, and whoever takes it back leaves no trace of it
but in the audit log."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from approvals.kinds import UNDO_WINDOW, Kind
from approvals.rights import DecisionRefused
from approvals.service import (
    APPLY_JOB,
    AlreadyDecided,
    ask,
    can_be_taken_back,
    open_requests,
    void,
)
from core import jobs
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused, TransientError
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.jobs import Job
from tests.approvals.pending import CONTRACT, WINDOW, Apply, Ask, Decide, TakeBack, stored, trail


def test_every_kind_says_how_long_its_decisions_may_be_taken_back() -> None:
    assert set(UNDO_WINDOW) == set(Kind)
    never = {kind for kind, window in UNDO_WINDOW.items() if not window}
    assert never == {Kind.BRIEF, Kind.TRACKING, Kind.MEASUREMENT, Kind.WEIGHTS}
    assert {UNDO_WINDOW[kind] for kind in set(Kind) - never} == {WINDOW}


def test_nothing_follows_before_the_time_is_over_and_then_once(
    engine: Engine, clock: FixedClock, pending: Request, applied: Apply, effects_seen: list[tuple[str, str]]
) -> None:
    assert (pending.status, pending.effective_at, pending.applied_at) == ("decided", clock.now() + WINDOW, None)
    with reading(engine) as session:
        job = session.exec(select(Job).where(Job.kind == APPLY_JOB)).one()
        assert job.not_before == pending.effective_at
        assert job.payload["request"] == pending.id
        assert job.payload["campaign"] == pending.campaign
        assert datetime.fromisoformat(job.payload["decided_at"]) == pending.decided_at
        assert not jobs.any_due(session, clock, kind=APPLY_JOB)
    clock.advance(WINDOW - timedelta(seconds=1))
    with pytest.raises(TransientError, match="can be taken back until 09:40 UTC"):
        applied(pending)
    assert effects_seen == []
    clock.advance(timedelta(seconds=1))
    done = applied(pending)
    assert done is not None
    assert done.applied_at == clock.now()
    assert applied(pending) is None
    assert effects_seen == [(pending.id, "approve")]
    assert trail(engine) == ["request.asked", "request.decided", "request.applied"]


def test_a_kind_without_such_a_time_is_carried_out_at_once(
    engine: Engine, clock: FixedClock, question: Ask, decided: Decide, effects_seen: list[tuple[str, str]],
    taken_back: TakeBack,
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        weights = ask(session, clock, question(kind="weights"))
    done = decided(weights, may_be_taken_back=True)
    assert (done.effective_at, done.applied_at) == (None, clock.now())
    assert effects_seen == [(weights.id, "approve")]
    with pytest.raises(AlreadyDecided, match="can no longer be taken back: approve, by Rosa Lindqvist"):
        taken_back(done)


def test_what_is_taken_back_is_open_as_if_nobody_had_decided(
    engine: Engine, clock: FixedClock, asked: Request, decided: Decide, taken_back: TakeBack, applied: Apply,
    effects_seen: list[tuple[str, str]],
) -> None:  # fmt: skip
    pending = decided(asked, "decline", reason="off brand", may_be_taken_back=True)
    clock.advance(WINDOW - timedelta(seconds=1))
    again = taken_back(pending)
    assert again.model_dump() == asked.model_dump()
    clock.advance(timedelta(hours=1))
    assert applied(pending) is None
    assert effects_seen == []
    assert decided(asked, "approve").choice == "approve"
    with reading(engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "request.taken_back")).one()
    assert (entry.actor, json.loads(entry.detail)["choice"]) == ("rosa", "decline")
    assert "brand" not in entry.detail


def test_a_late_job_of_a_decision_taken_back_leaves_the_next_decision_alone(
    clock: FixedClock, asked: Request, decided: Decide, taken_back: TakeBack, applied: Apply,
    effects_seen: list[tuple[str, str]],
) -> None:  # fmt: skip
    first = decided(asked, "approve", may_be_taken_back=True)
    taken_back(first)
    clock.advance(timedelta(minutes=9))
    second = decided(asked, "decline", reason="off brand", may_be_taken_back=True)
    clock.advance(timedelta(minutes=5))
    assert applied(first) is None
    clock.advance(timedelta(minutes=5))
    assert applied(first) is None
    assert applied(second) is not None
    assert effects_seen == [(asked.id, "decline")]


def test_afterwards_it_is_too_late_even_where_the_machine_is_late_too(
    clock: FixedClock, pending: Request, taken_back: TakeBack, applied: Apply
) -> None:
    clock.advance(WINDOW)
    with pytest.raises(AlreadyDecided, match="by Rosa Lindqvist, stands since 2026-11-20 09:40 UTC"):
        taken_back(pending)
    assert applied(pending) is not None
    with pytest.raises(AlreadyDecided, match="can no longer be taken back"):
        taken_back(pending)


@pytest.mark.parametrize(
    ("by", "words", "why"),
    [("lena", "Lena Okafor may not decide this", "not theirs"), ("sofia", "may not decide this", "not theirs")],
)
def test_who_may_not_decide_may_not_take_back(
    engine: Engine, pending: Request, taken_back: TakeBack, by: str, words: str, why: str
) -> None:
    with pytest.raises(DecisionRefused, match=words):
        taken_back(pending, by=by)
    assert stored(engine, pending).status == "decided"
    with reading(engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "request.refused")).one()
    assert (entry.actor, json.loads(entry.detail)["why"]) == (by, why)


def test_whoever_stands_in_may_take_back_but_not_who_asked_under_four_eyes(
    engine: Engine, clock: FixedClock, question: Ask, decided: Decide, taken_back: TakeBack
) -> None:
    with unit_of_work(engine) as session:
        request = ask(session, clock, question(four_eyes=True, requested_by="omar"))
        other = ask(session, clock, question(subject="candidate:2", requested_by="sofia"))
    with pytest.raises(DecisionRefused, match="asked this question and cannot answer it too"):
        taken_back(decided(request, may_be_taken_back=True), by="omar")
    assert taken_back(decided(other, may_be_taken_back=True), by="omar").status == "open"


def test_a_sign_off_is_taken_back_only_where_identity_is_proved(
    engine: Engine, clock: FixedClock, question: Ask, decided: Decide, taken_back: TakeBack
) -> None:
    with unit_of_work(engine) as session:
        request = ask(session, clock, question(**CONTRACT))
    decided(request, by="lena", door="slack", may_be_taken_back=True)
    with pytest.raises(DecisionRefused, match="Legal cannot sign off from the terminal"):
        taken_back(request, by="lena")
    assert taken_back(request, by="lena", sign_off=True).status == "open"


def test_whoever_decides_meanwhile_is_told_who_was_first_and_that_it_can_be_taken_back(
    clock: FixedClock, pending: Request, decided: Decide
) -> None:
    with pytest.raises(AlreadyDecided, match=r"by Rosa .* Until 09:40 UTC it can be taken back: greenroom approvals"):
        decided(pending, by="omar")
    clock.advance(WINDOW)
    with pytest.raises(AlreadyDecided, match=r"\(terminal\)\.$"):
        decided(pending, by="omar")


def test_asking_the_same_meanwhile_opens_no_second_question(
    engine: Engine, clock: FixedClock, pending: Request, question: Ask, taken_back: TakeBack
) -> None:
    with unit_of_work(engine) as session:
        assert ask(session, clock, question()).id == pending.id
        assert open_requests(session) == []
        assert [request.id for request in can_be_taken_back(session, clock.now())] == [pending.id]
    assert taken_back(pending).status == "open"


def test_asking_something_else_meanwhile_makes_the_decision_void(
    engine: Engine, clock: FixedClock, pending: Request, question: Ask, taken_back: TakeBack, applied: Apply,
    decided: Decide, effects_seen: list[tuple[str, str]],
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        newer = ask(session, clock, question(content_sha256="b" * 64))
    for late in (taken_back, decided):
        with pytest.raises(Refused, match="no longer asked: replaced by newer content"):
            late(pending)
    clock.advance(WINDOW)
    assert applied(pending) is None
    assert effects_seen == []
    assert decided(newer).status == "decided"
    with reading(engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "request.void")).one()
    assert json.loads(entry.detail)["decided_by"] == "rosa"


def test_a_matter_that_ends_meanwhile_makes_the_decision_void(
    engine: Engine, clock: FixedClock, pending: Request, taken_back: TakeBack
) -> None:
    with unit_of_work(engine) as session:
        withdrawn = void(session, clock, kind="candidate", subject="candidate:1", why="the creator opted out")
        assert withdrawn is not None
        assert void(session, clock, kind="candidate", subject="candidate:1", why="again") is None
    with pytest.raises(Refused, match="no longer asked: the creator opted out"):
        taken_back(pending)
    found = stored(engine, pending)
    assert (found.status, found.choice, found.decided_by, found.effective_at) == ("void", None, None, None)


def test_what_has_taken_effect_cannot_be_withdrawn(
    engine: Engine, clock: FixedClock, pending: Request, applied: Apply
) -> None:
    clock.advance(WINDOW)
    applied(pending)
    with unit_of_work(engine) as session:
        assert void(session, clock, kind="candidate", subject="candidate:1", why="left") is None
    assert stored(engine, pending).choice == "approve"
