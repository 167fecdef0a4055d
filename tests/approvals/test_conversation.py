"""A question stops the clock and its answer starts it again, with the time that was left."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from approvals.conversation import answer, ask_for_information, comment, comments, reassign
from approvals.reminders import sweep
from approvals.rights import LONGEST
from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.people import People, WorkCalendar

Decide = Callable[..., Request]
Talk = Callable[..., None]


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """What is said does not depend on the database."""
    return sqlite_engine


@pytest.fixture
def talk(engine: Engine, clock: FixedClock, people: People, asked: Request, campaign: Campaign) -> Talk:
    """`talk("ask")`, `talk("answer")`, `talk("comment")`, `talk("reassign", to=…)`: in a unit of its own."""

    def run(what: str, *, by: str = "rosa", text: str = "Who shot this?", to: str = "omar") -> None:
        actor, calendar = people.named(by), people.named("rosa").calendar
        with unit_of_work(engine) as session:
            request = session.get_one(Request, asked.id)
            if what == "ask":
                ask_for_information(session, clock, request, actor=actor, of=people.named(to), text=text, door="web",
                                    calendar=calendar)  # fmt: skip
            elif what == "answer":
                answer(session, clock, request, actor=actor, text=text, door="web", calendar=calendar)
            elif what == "reassign":
                reassign(session, clock, request, to=people.named(to), actor=actor, people=people,
                         calendar=calendar)  # fmt: skip
            else:
                comment(session, clock, request, actor=actor, text=text, door="web")

    return run


def now_of(engine: Engine, asked: Request) -> Request:
    with reading(engine) as session:
        return session.get_one(Request, asked.id)


def test_an_answer_after_three_days_moves_the_moments_by_what_the_clock_stood_still(
    engine: Engine, clock: FixedClock, asked: Request, talk: Talk
) -> None:
    clock.advance(timedelta(hours=6))  # Friday afternoon
    talk("ask")
    assert (now_of(engine, asked).waits_for, now_of(engine, asked).used_seconds) == ("omar", 6 * 3600)
    clock.advance(timedelta(days=4))  # Tuesday: two working days and a weekend
    talk("answer", by="omar", text="Her brother.")
    request = now_of(engine, asked)
    assert (request.waits_for, request.paused_at) == (None, None)
    for moment, hours in [(request.first_reminder_at, 18), (request.second_reminder_at, 30), (request.due_at, 42)]:
        assert moment - clock.now() == timedelta(hours=hours)


def test_nobody_is_reminded_while_the_clock_stands_still(
    engine: Engine, clock: FixedClock, people: People, talk: Talk
) -> None:
    def reminded() -> int:
        with unit_of_work(engine) as session:
            return len(sweep(session, clock, people))

    talk("ask")
    clock.advance(timedelta(days=14))
    assert reminded() == 0
    talk("answer", by="omar", text="Here.")
    assert reminded() == 0
    clock.advance(timedelta(days=7))
    assert reminded() > 0


def test_a_level_that_had_passed_is_not_moved_into_the_future(
    engine: Engine, clock: FixedClock, asked: Request, talk: Talk
) -> None:
    clock.advance(asked.second_reminder_at - clock.now())
    talk("ask")
    clock.advance(timedelta(days=1))
    talk("answer", by="omar", text="Here.")
    request = now_of(engine, asked)
    assert request.first_reminder_at == request.second_reminder_at == clock.now()
    assert request.due_at > clock.now()


def test_a_request_that_waits_for_information_may_be_decided(asked: Request, talk: Talk, decided: Decide) -> None:
    talk("ask")
    assert decided(asked).status == "decided"
    with pytest.raises(Refused, match="no longer open"):
        talk("answer", by="omar", text="Too late.")


def test_what_was_said_is_kept_in_order_and_proved_without_its_words(
    engine: Engine, asked: Request, talk: Talk
) -> None:
    talk("comment", text="Nice light.")
    talk("ask")
    talk("answer", by="omar", text="Her brother.")
    with reading(engine) as session:
        said = [(one.kind, one.author, one.text) for one in comments(session, asked.id)]
        trail = [(entry.action, entry.detail) for entry in _audit(session)]
        assert audit.verify(session).problem == ""
    assert said == [("comment", "rosa", "Nice light."), ("question", "rosa", "Who shot this?"),
                    ("answer", "omar", "Her brother.")]  # fmt: skip
    assert [action for action, _ in trail] == [
        "request.asked",
        "request.commented",
        "request.paused",
        "request.resumed",
    ]
    assert "brother" not in str(trail)


@pytest.mark.parametrize(
    ("what", "more", "words"),
    [
        ("answer", {}, "waits for no information"),
        ("ask", {"to": "rosa"}, "cannot ask themself"),
        ("comment", {"text": " \n"}, "no words in this comment"),
        ("comment", {"text": "\u202e\u200b\x01"}, "no words in this comment"),
        ("ask", {"text": "\u3164"}, "no words in this question"),
        ("comment", {"text": "x" * (LONGEST + 1)}, r"has 2,001 characters; 2,000 are the most\. Shorten it by 1,"),
        ("comment", {"text": "a\x00b"}, "not text"),
        ("reassign", {"to": "lena"}, "not reviewer"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    engine: Engine, asked: Request, talk: Talk, what: str, more: dict[str, str], words: str
) -> None:
    before = now_of(engine, asked)
    with pytest.raises(Refused, match=words):
        talk(what, **more)
    assert now_of(engine, asked).model_dump() == before.model_dump()


def test_two_questions_at_once_are_one_too_many(talk: Talk) -> None:
    talk("ask")
    with pytest.raises(Refused, match="already waits for an answer of omar"):
        talk("ask", to="sofia")


def test_whoever_takes_it_over_has_the_time_that_is_left_on_their_calendar(
    engine: Engine, clock: FixedClock, people: People, asked: Request, campaign: Campaign
) -> None:
    sundays = WorkCalendar(time_zone="UTC", weekend=(4, 5))
    other = people.named("rosa").model_copy(update={"id": "rolf", "calendar": sundays})
    clock.advance(timedelta(hours=6))
    with unit_of_work(engine) as session:
        request = session.get_one(Request, asked.id)
        reassign(session, clock, request, to=other, actor=people.named("rosa"), people=people,
                 calendar=people.named("rosa").calendar)  # fmt: skip
    moved = now_of(engine, asked)
    assert (moved.assignee, moved.used_seconds) == ("rolf", 6 * 3600)
    # Of 48 hours 42 are left: all of Sunday and 18 of Monday.
    assert moved.due_at == datetime(2026, 11, 23, 18, tzinfo=UTC)


def test_a_stand_in_is_handed_it_and_may_answer_it(engine: Engine, asked: Request, talk: Talk, decided: Decide) -> None:
    """Omar is no reviewer, but stands in for Rosa."""
    talk("reassign", to="omar")
    assert now_of(engine, asked).assignee == "omar"
    assert decided(asked, by="omar").decided_by == "omar"


def test_nobody_is_handed_what_they_asked_under_four_eyes(
    engine: Engine, clock: FixedClock, people: People, asked: Request, campaign: Campaign
) -> None:
    asker = people.named("rosa").model_copy(update={"id": "omar"})
    with unit_of_work(engine) as session:
        request = session.get_one(Request, asked.id)
        request.four_eyes = True
        with pytest.raises(Refused, match="cannot answer it too"):
            reassign(session, clock, request, to=asker, actor=asker, people=people, calendar=asker.calendar)


def _audit(session: Session) -> list[AuditEntry]:
    return list(session.exec(select(AuditEntry)))
