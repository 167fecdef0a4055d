import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from approvals.service import (
    AlreadyDecided,
    Decision,
    Question,
    ask,
    decide,
    decide_now,
    open_requests,
    the_request,
    void,
)
from core import audit
from core.campaign import Campaign
from core.clock import Clock, FixedClock
from core.database import one_whole, reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.people import People
from core.stages import IllegalMove, Stage
from core.store import move, the_candidate

Ask = Callable[..., Question]
Decide = Callable[..., Request]


@pytest.fixture
def asked_there(sqlite_engine: Engine, clock: FixedClock, question: Ask) -> Request:
    with unit_of_work(sqlite_engine) as session:
        return ask(session, clock, question())


def entries(engine: Engine, action: str) -> list[AuditEntry]:
    with reading(engine) as session:
        assert audit.verify(session).problem == ""
        query = select(AuditEntry).where(AuditEntry.action == action).order_by(col(AuditEntry.seq))
        return list(session.exec(query))


def stored(engine: Engine, request: Request) -> Request:
    with reading(engine) as session:
        return session.get_one(Request, request.id)


def test_what_is_asked_is_kept_whole(engine: Engine, asked: Request, question: Ask, clock: FixedClock) -> None:
    found = stored(engine, asked)
    assert found.card == question().card.content()
    assert found.content_sha256 == question().card.sha256
    assert (found.status, found.assignee, found.role) == ("open", "rosa", "reviewer")
    assert found.asked_at == clock.now() < found.first_reminder_at < found.second_reminder_at < found.due_at
    (entry,) = entries(engine, "request.asked")
    assert (entry.actor, entry.subject) == ("omar", f"request:{asked.id}")
    assert "Ada" not in entry.detail


def test_asking_the_same_again_changes_nothing(
    engine: Engine, clock: FixedClock, asked: Request, question: Ask
) -> None:
    with unit_of_work(engine) as session:
        assert ask(session, clock, question()).id == asked.id
    assert len(entries(engine, "request.asked")) == 1


def test_newer_content_replaces_the_open_question(
    engine: Engine, clock: FixedClock, asked: Request, question: Ask, decided: Decide
) -> None:
    with unit_of_work(engine) as session:
        newer = ask(session, clock, question(content_sha256="b" * 64))
        assert [request.id for request in open_requests(session)] == [newer.id]
    with pytest.raises(Refused, match="no longer asked: replaced by newer content"):
        decided(asked)
    assert stored(engine, asked).status == "void"
    assert decided(newer, content_sha256="b" * 64).status == "decided"


def test_a_matter_that_was_decided_can_be_asked_again(
    engine: Engine, clock: FixedClock, asked: Request, question: Ask, decided: Decide
) -> None:
    decided(asked)
    with unit_of_work(engine) as session:
        assert ask(session, clock, question()).id != asked.id


def test_a_decision_is_kept_with_who_when_where_and_why(
    engine: Engine, clock: FixedClock, asked: Request, decided: Decide, effects_seen: list[tuple[str, str]]
) -> None:
    decided(asked, "decline", reason="  wrong audience: größer 🧵\n")
    found = stored(engine, asked)
    assert (found.status, found.choice, found.reason) == ("decided", "decline", "wrong audience: größer 🧵")
    assert (found.decided_by, found.door, found.decided_at) == ("rosa", "terminal", clock.now())
    assert effects_seen == [(asked.id, "decline")]
    (entry,) = entries(engine, "request.decided")
    assert json.loads(entry.detail)["content"] == asked.content_sha256
    assert "audience" not in entry.detail


def test_of_eight_who_decide_at_once_one_wins_and_seven_are_told_who(
    engine: Engine, clock: FixedClock, asked: Request, decided: Decide, effects_seen: list[tuple[str, str]]
) -> None:
    together = Barrier(8)

    def click(number: int) -> str:
        together.wait()
        try:
            return decided(asked, ["approve", "decline"][number % 2], by=["rosa", "omar"][number // 4], reason="x").id
        except AlreadyDecided as late:
            return str(late)

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(click, range(8)))
    winner = stored(engine, asked)
    told = [line for line in said if line != asked.id]
    name = {"rosa": "Rosa Lindqvist", "omar": "Omar Haddad"}[winner.decided_by or ""]
    assert len(told) == 7
    for line in told:
        assert f"already decided: {winner.choice}, by {name} on 2026-11-20 09:30 UTC (terminal)" in line
    assert effects_seen == [(asked.id, winner.choice)]
    assert len(entries(engine, "request.decided")) == 1
    assert len(entries(engine, "request.refused")) == 7


def test_who_read_the_question_before_another_decided_it_in_the_same_whole_is_too_late(
    sqlite_engine: Engine, clock: FixedClock, asked_there: Request, people: People, campaign: Campaign
) -> None:
    """What the session holds of the request is out of date; the record is not."""
    seen: list[str] = []

    def note(_session: Session, _clock: Clock, _request: Request, given: Decision) -> None:
        seen.append(given.actor.id)

    def answer(session: Session, by: str) -> Request:
        given = Decision(request_id=asked_there.id, choice="approve", actor=people.named(by), door="slack")
        return decide(session, clock, given, people=people, campaign=campaign, effects={("candidate", "approve"): note})

    with one_whole(sqlite_engine) as session:
        held = the_request(session, asked_there.id)
        with unit_of_work(sqlite_engine) as part:
            answer(part, "omar")
        assert held.status == "open"
        with pytest.raises(AlreadyDecided, match="approve, by Omar Haddad"):
            answer(session, "rosa")
    assert seen == ["omar"]


def test_the_effect_belongs_to_the_decision(
    engine: Engine, clock: FixedClock, question: Ask, people: People, campaign: Campaign,
    longlisted: Callable[..., Candidate],
) -> None:  # fmt: skip
    def approve(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
        candidate = the_candidate(session, request.candidate_id or 0)
        move(session, clock, candidate, Stage.APPROVED, actor=decision.actor.id, request_id=request.id)

    with unit_of_work(engine) as session:
        candidate = longlisted(session, "ada")
        request = ask(session, clock, question(candidate_id=candidate.id))
    decision = Decision(request_id=request.id[:8], choice="approve", actor=people.named("rosa"), door="web")
    effects = {("candidate", "approve"): approve}
    with pytest.raises(IllegalMove):  # it was never queued: neither the move nor the decision happens
        decide_now(engine, clock, decision, people=people, campaign=campaign, effects=effects)
    assert stored(engine, request).status == "open"
    assert json.loads(entries(engine, "request.refused")[0].detail)["why"] == "IllegalMove"
    with unit_of_work(engine) as session:
        move(session, clock, the_candidate(session, 1), Stage.QUEUED, actor="omar")
    decide_now(engine, clock, decision, people=people, campaign=campaign, effects=effects)
    with reading(engine) as session:
        assert the_candidate(session, 1).stage == Stage.APPROVED


def test_a_choice_without_effect_is_a_bug_found_before_deciding(
    engine: Engine, clock: FixedClock, asked: Request, people: People, campaign: Campaign
) -> None:
    decision = Decision(request_id=asked.id, choice="approve", actor=people.named("rosa"), door="web")
    with pytest.raises(LookupError, match="nothing is wired for candidate → approve"):
        decide_now(engine, clock, decision, people=people, campaign=campaign, effects={})
    assert stored(engine, asked).status == "open"


def test_a_request_is_decided_with_its_own_campaign(
    engine: Engine, clock: FixedClock, asked: Request, people: People, campaign: Campaign
) -> None:
    decision = Decision(request_id=asked.id, choice="approve", actor=people.named("rosa"), door="web")
    other = campaign.model_copy(update={"slug": "wool-winter"})
    with unit_of_work(engine) as session, pytest.raises(ValueError, match="belongs to linen-summer"):
        decide(session, clock, decision, people=people, campaign=other, effects={})


def test_a_withdrawn_question_cannot_be_answered(
    engine: Engine, clock: FixedClock, asked: Request, decided: Decide
) -> None:
    with unit_of_work(engine) as session:
        assert void(session, clock, kind="candidate", subject="candidate:2", why="left") is None
        withdrawn = void(session, clock, kind="candidate", subject="candidate:1", why="the creator opted out")
        assert withdrawn is not None
    with pytest.raises(Refused, match="no longer asked: the creator opted out"):
        decided(asked)
    assert [entry.subject for entry in entries(engine, "request.void")] == [f"request:{asked.id}"]


def test_time_alone_decides_nothing(engine: Engine, clock: FixedClock, asked: Request, decided: Decide) -> None:
    clock.advance(asked.due_at - clock.now() + (asked.due_at - asked.asked_at) * 100)
    with reading(engine) as session:
        assert [request.id for request in open_requests(session)] == [asked.id]
    assert decided(asked).choice == "approve"


def test_open_requests_come_most_urgent_first(engine: Engine, clock: FixedClock, asked: Request, question: Ask) -> None:
    with unit_of_work(engine) as session:
        sooner = ask(
            session, clock, question(subject="candidate:2", sla=question().sla.model_copy(update={"hours": 2}))
        )
        other = ask(session, clock, question(subject="candidate:3", campaign="wool-winter", assignee="omar"))
        assert open_requests(session)[0].id == sooner.id
        assert {request.id for request in open_requests(session, assignee="rosa")} == {asked.id, sooner.id}
        assert [request.id for request in open_requests(session, campaign="wool-winter")] == [other.id]


def test_a_request_is_found_by_the_start_of_its_id(engine: Engine, clock: FixedClock, asked: Request) -> None:
    with unit_of_work(engine) as session:
        assert the_request(session, asked.id[:4].upper() + " ").id == asked.id
        for nothing in ("", "   "):
            with pytest.raises(Refused, match="needs an id"):
                the_request(session, nothing)
        for unknown in ("%", "_", "zzz", "🧵", "a\x00", "a\udce4", asked.id + "0"):
            with pytest.raises(Refused, match="There is no request"):
                the_request(session, unknown)
        twin = asked.id[:8] + "0000-4000-8000-000000000000"
        values = asked.model_dump() | {"id": twin, "subject": "candidate:2"}
        session.add(Request(**values))
        session.flush()
        with pytest.raises(Refused, match="Several requests begin with"):
            the_request(session, asked.id[:8])
