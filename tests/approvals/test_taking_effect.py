"""A decision that could be taken back takes effect: what of it is refused, what stands still, and many at once."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from approvals.conversation import ask_for_information, comments
from approvals.rights import DecisionRefused
from approvals.second_thoughts import apply
from approvals.service import Decision, ask, void
from core import jobs
from core.clock import Clock, FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused, TransientError
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.jobs import Job
from core.people import People
from core.stages import Stage
from core.store import move, the_candidate
from tests.approvals.pending import WINDOW, Apply, Ask, Decide, TakeBack, stored, trail


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
