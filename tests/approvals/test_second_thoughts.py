"""A decision that may be taken back: nothing follows before its time, and whoever takes it back leaves no trace of it
but in the audit log."""

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from approvals.conversation import ask_for_information, comments
from approvals.kinds import UNDO_WINDOW, Kind
from approvals.rights import DecisionRefused
from approvals.second_thoughts import apply, take_back_now
from approvals.service import (
    APPLY_JOB,
    AlreadyDecided,
    Decision,
    Effects,
    Question,
    ask,
    can_be_taken_back,
    open_requests,
    void,
)
from core import audit, jobs
from core.campaign import Campaign
from core.clock import Clock, FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused, TransientError
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.jobs import Job
from core.people import People, Role
from core.stages import Stage
from core.store import move, the_candidate

Ask = Callable[..., Question]
Decide = Callable[..., Request]
TakeBack = Callable[..., Request]
Apply = Callable[..., Request | None]
WINDOW = timedelta(minutes=10)
CONTRACT: dict[str, object] = {"kind": "final contract", "role": Role.LEGAL, "assignee": "lena"}


@pytest.fixture
def pending(asked: Request, decided: Decide) -> Request:
    """Rosa approved and may take it back."""
    return decided(asked, may_be_taken_back=True)


@pytest.fixture
def taken_back(engine: Engine, clock: FixedClock, people: People, campaign: Campaign) -> TakeBack:
    """Takes back as rosa from the terminal, unless told otherwise."""

    def run(request: Request, *, by: str = "rosa", door: str = "terminal", sign_off: bool = False) -> Request:
        return take_back_now(engine, clock, request.id, actor=people.named(by), door=door, people=people,
                             campaign=campaign, terminal_may_sign_off=sign_off)  # fmt: skip

    return run


@pytest.fixture
def applied(engine: Engine, clock: FixedClock, people: People, effects_seen: list[tuple[str, str]]) -> Apply:
    """Carries out a decision, noting which effects ran, unless the test brings its own."""

    def note(_session: Session, _clock: Clock, request: Request, decision: Decision) -> None:
        effects_seen.append((request.id, decision.choice))

    def run(request: Request, *, at: datetime | None = None, effects: Effects | None = None) -> Request | None:
        known = effects or {(request.kind, choice): note for choice in ("approve", "decline")}
        with unit_of_work(engine) as session:
            return apply(session, clock, request.id, at or request.decided_at or clock.now(), effects=known,
                         people=people)  # fmt: skip

    return run


def trail(engine: Engine) -> list[str]:
    with reading(engine) as session:
        assert audit.verify(session).problem == ""
        return list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.seq))))


def stored(engine: Engine, request: Request) -> Request:
    with reading(engine) as session:
        return session.get_one(Request, request.id)


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


def test_an_effect_that_is_refused_leaves_nothing_behind_and_the_question_is_asked_again_with_the_reason(
    engine: Engine, clock: FixedClock, question: Ask, decided: Decide, applied: Apply,
    longlisted: Callable[..., Candidate],
) -> None:  # fmt: skip
    def half(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
        candidate = the_candidate(session, request.candidate_id or 0)
        move(session, clock, candidate, Stage.QUEUED, actor=decision.actor.id)
        jobs.start(session, clock, kind="half", key="1", payload={})
        raise Refused("The budget is used up.", next_step="Raise it.")

    with unit_of_work(engine) as session:
        request = ask(session, clock, question(candidate_id=longlisted(session, "ada").id))
    pending = decided(request, may_be_taken_back=True)
    clock.advance(WINDOW)
    again = applied(pending, effects={("candidate", "approve"): half})
    assert again is not None
    assert again.model_dump() == request.model_dump()
    with reading(engine) as session:
        assert the_candidate(session, 1).stage == Stage.LONGLISTED
        assert session.exec(select(Job).where(Job.kind == "half")).all() == []
        [said] = comments(session, request.id)
    assert (said.author, said.kind) == ("greenroom", "comment")
    assert said.text == "Asked again, because 'approve' could not be carried out: The budget is used up. Raise it."
    assert trail(engine)[-2:] == ["request.decided", "request.reopened"]
    assert decided(request, "decline", reason="then not").choice == "decline"


def test_an_effect_that_fails_leaves_the_decision_for_the_next_try(
    engine: Engine, clock: FixedClock, pending: Request, applied: Apply, effects_seen: list[tuple[str, str]]
) -> None:
    def fails(session: Session, clock: Clock, _request: Request, _decision: Decision) -> None:
        jobs.start(session, clock, kind="half", key="1", payload={})
        raise ZeroDivisionError

    clock.advance(WINDOW)
    with pytest.raises(ZeroDivisionError):
        applied(pending, effects={("candidate", "approve"): fails})
    assert stored(engine, pending).model_dump() == pending.model_dump()
    assert applied(pending) is not None
    assert effects_seen == [(pending.id, "approve")]


def test_a_decision_of_somebody_who_left_meanwhile_is_asked_again(
    engine: Engine, clock: FixedClock, people: People, pending: Request
) -> None:
    clock.advance(WINDOW)
    others = People({person.id: person for person in people if person.id != "rosa"})
    with unit_of_work(engine) as session:
        again = apply(session, clock, pending.id, pending.decided_at or clock.now(), effects={}, people=others)
    assert again is not None
    assert again.status == "open"


def test_a_clock_that_stood_still_stands_still_again_and_is_settled_when_the_decision_stands(
    engine: Engine, clock: FixedClock, people: People, asked: Request, decided: Decide, taken_back: TakeBack,
    applied: Apply,
) -> None:  # fmt: skip
    clock.advance(timedelta(hours=2))
    with unit_of_work(engine) as session:
        ask_for_information(session, clock, session.get_one(Request, asked.id), actor=people.named("rosa"),
                            of=people.named("omar"), text="Who?", door="web",
                            calendar=people.named("rosa").calendar)  # fmt: skip
    paused = stored(engine, asked)
    clock.advance(timedelta(hours=1))
    assert taken_back(decided(asked, may_be_taken_back=True)).model_dump() == paused.model_dump()
    pending = decided(asked, may_be_taken_back=True)
    clock.advance(WINDOW)
    done = applied(pending)
    assert done is not None
    assert (done.waits_for, done.paused_at, done.used_seconds) == (None, None, 2 * 3600)
    assert done.clock_started_at == clock.now() > (done.decided_at or clock.now())  # so nothing more counts as used


@pytest.mark.parametrize("over", ["decide", "void"])
def test_nobody_owes_an_answer_about_what_is_over(
    engine: Engine, clock: FixedClock, people: People, asked: Request, decided: Decide, over: str
) -> None:
    with unit_of_work(engine) as session:
        ask_for_information(session, clock, session.get_one(Request, asked.id), actor=people.named("rosa"),
                            of=people.named("omar"), text="Who?", door="web",
                            calendar=people.named("rosa").calendar)  # fmt: skip
    clock.advance(timedelta(hours=1))
    if over == "decide":
        decided(asked)
    else:
        with unit_of_work(engine) as session:
            void(session, clock, kind="candidate", subject="candidate:1", why="left")
    found = stored(engine, asked)
    assert (found.waits_for, found.paused_at, found.used_seconds) == (None, None, 0)
    assert found.clock_started_at == clock.now()


def test_of_eight_who_take_back_at_once_one_does_and_the_others_are_told_who(
    engine: Engine, pending: Request, taken_back: TakeBack
) -> None:
    together = Barrier(8)

    def click(number: int) -> str:
        together.wait()
        try:
            return taken_back(pending, by=["rosa", "omar"][number % 2]).status
        except DecisionRefused as late:
            return str(late)

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(click, range(8)))
    with reading(engine) as session:
        [winner] = session.exec(select(AuditEntry.actor).where(AuditEntry.action == "request.taken_back")).all()
    name = {"rosa": "Rosa Lindqvist", "omar": "Omar Haddad"}[winner]
    told = [line for line in said if line != "open"]
    assert len(told) == 7
    assert all(f"is open, taken back by {name} already" in line for line in told)


def test_of_eight_who_decide_carry_out_and_take_back_at_once_exactly_one_thing_comes_of_it(
    engine: Engine, clock: FixedClock, asked: Request, decided: Decide, taken_back: TakeBack, applied: Apply,
    effects_seen: list[tuple[str, str]],
) -> None:  # fmt: skip
    """Time is up for four clocks and not for the others, as with two machines whose clocks differ."""
    pending = decided(asked, may_be_taken_back=True)
    together = Barrier(8)

    def click(number: int) -> str:
        together.wait()
        try:
            match number % 3:
                case 0:
                    return "applied" if applied(pending) is not None else "nothing to apply"
                case 1:
                    taken_back(pending, by="omar")
                    return "taken back"
            return f"decided {decided(asked, 'decline', by='omar', reason='x').choice}"
        except (Refused, TransientError) as told:
            return str(told)

    clock.advance(WINDOW)
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(click, range(8)))
    assert said.count("applied") == 1
    assert said.count("nothing to apply") == 2
    assert len([line for line in said if "Rosa Lindqvist" in line]) == 5
    assert effects_seen == [(asked.id, "approve")]
    assert trail(engine).count("request.applied") == 1


def test_of_eight_who_decide_and_take_back_in_time_each_step_follows_from_the_one_before(
    engine: Engine, asked: Request, decided: Decide, taken_back: TakeBack, effects_seen: list[tuple[str, str]]
) -> None:
    together = Barrier(8)

    def click(number: int) -> None:
        together.wait()
        try:
            if number % 2:
                taken_back(asked, by="omar")
            else:
                decided(asked, may_be_taken_back=True)
        except DecisionRefused:
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(8)))
    steps = [action for action in trail(engine) if action in ("request.decided", "request.taken_back")]
    assert all(before != after for before, after in itertools.pairwise(steps))
    assert steps[0] == "request.decided"
    assert stored(engine, asked).status == ("decided" if steps[-1] == "request.decided" else "open")
    assert effects_seen == []
