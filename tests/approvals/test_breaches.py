from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import update

from approvals.breaches import STANDARD, Asked, Line, breaches, report
from approvals.service import Question, ask, void
from core.cards import Card, Choice
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Request
from core.people import People

Ask = Callable[..., Question]
Decide = Callable[..., Request]
HOUR, NOTHING = timedelta(hours=1), timedelta(0)


def row(
    hours: int, *, person: str = "lena", kind: str = "final contract", still: bool = False, **more: object
) -> Asked:
    known: dict[str, object] = {"person": person, "kind": kind, "limit": 48 * HOUR, "used": hours * HOUR, "open": still}
    return Asked(**(known | more))  # type: ignore[arg-type]


def test_a_decision_in_the_last_second_is_not_late() -> None:
    assert report([row(48)]).people == (Line("lena", 1, 0, 0, NOTHING, NOTHING),)


def test_late_decisions_are_counted_by_person_and_kind_with_the_most_late_first() -> None:
    rows = [row(10, person="ada", kind="offer"), row(49), row(52), row(58), row(60, still=True), row(47, still=True)]
    found = report(rows)
    assert found.people == (
        Line("lena", 5, 3, 1, 7 * HOUR, 12 * HOUR),
        Line("ada", 1, 0, 0, NOTHING, NOTHING),
    )
    assert [line.name for line in found.kinds] == ["final contract", "offer"]


def test_a_contract_counts_for_each_clause_it_departs_in_and_for_the_one_it_was_sent_back_for() -> None:
    rows = [
        row(50, clauses=("Fee", "Exclusivity")),
        row(49),
        row(51, clauses=("Fee",), sent_back="Exclusivity: a year is too long"),
        row(51, clauses=("Fee",), sent_back="Exclusivity"),
        row(10, sent_back="Fees are odd"),
        row(90, kind="offer", clauses=("Fee",)),
    ]
    found = {line.name: (line.asked, line.late) for line in report(rows).clauses}
    assert found == {"Fee": (3, 3), "Exclusivity": (3, 3), STANDARD: (2, 1)}


def test_nothing_asked_is_an_empty_report() -> None:
    assert report([]).people == report([]).clauses == ()


def test_the_record_is_read_in_working_time_without_what_was_withdrawn(
    engine: Engine, clock: FixedClock, people: People, question: Ask, decided: Decide
) -> None:
    contract = Card(title="Ada", differences=("Fee: 100 → 120", "Fee: x", "Term: 1 → 2"),
                    choices=(Choice(id="approve", label="Approve"),))  # fmt: skip
    with unit_of_work(engine) as session:
        late = ask(session, clock, question(subject="candidate:1"))
        ask(session, clock, question(subject="contract:2", kind="final contract", card=contract, assignee="lena"))
        ask(session, clock, question(subject="candidate:3"))
        void(session, clock, kind="candidate", subject="candidate:3", why="left")
    clock.advance(timedelta(days=4, hours=3))  # 48 hours and the weekend, and three hours more
    decided(late)
    with reading(engine) as session:
        found = breaches(session, clock, people)
        assert breaches(session, clock, people, campaign="another").people == ()
    assert found.people == (
        Line("lena", 1, 0, 1, 3 * HOUR, 3 * HOUR),
        Line("rosa", 1, 1, 0, 3 * HOUR, 3 * HOUR),
    )
    assert [line.name for line in found.clauses] == ["Fee", "Term"]


@pytest.mark.parametrize(("used", "late"), [(47, 0), (49, 1)])
def test_a_clock_that_stands_still_counts_what_it_had_used(
    engine: Engine, clock: FixedClock, people: People, asked: Request, used: int, late: int
) -> None:
    with unit_of_work(engine) as session:
        session.exec(update(Request).values(paused_at=clock.now(), waits_for="omar", used_seconds=used * 3600))
    clock.advance(timedelta(days=30))
    with reading(engine) as session:
        [line] = breaches(session, clock, people).people
    assert line.open_late == late


@pytest.mark.parametrize("window", [False, True])
def test_what_was_decided_while_the_clock_stood_still_took_no_longer_than_the_clock_ran(
    engine: Engine, clock: FixedClock, people: People, asked: Request, decided: Decide, window: bool
) -> None:
    clock.advance(47 * HOUR)
    with unit_of_work(engine) as session:
        session.exec(update(Request).values(paused_at=clock.now(), waits_for="omar", used_seconds=40 * 3600))
    clock.advance(timedelta(days=30))
    decided(asked, may_be_taken_back=window)
    with reading(engine) as session:
        [line] = breaches(session, clock, people).people
    assert (line.late, line.open_late) == (0, 0)
    with unit_of_work(engine) as session:
        session.exec(update(Request).values(used_seconds=49 * 3600))
    with reading(engine) as session:
        [line] = breaches(session, clock, people).people
    assert (line.late, line.longest_over) == (1, HOUR)
