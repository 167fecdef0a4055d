"""One in ten of what runs alone is looked at, whoever counts and however often it is noted."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from approvals.sampling import (
    drawn,
    is_sampled,
    last_week,
    mark_asked,
    note,
    sample_card,
    sample_question,
    spot_check,
)
from approvals.service import ask
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.guardrails import AutomatedAction
from core.people import People

WEEK = "2026-W47"


def fill(session: Session, clock: FixedClock, count: int, *, kind: str = "follow-up", first: int = 0) -> list[bool]:
    """Note so many actions; which of them the lot fell on."""
    subjects = [f"message:{kind}-{number}" for number in range(first, first + count)]
    for subject in subjects:
        note(session, clock, campaign="linen-summer", kind=kind, subject=subject)
    fell_on = {one.subject for one in drawn(session, "linen-summer", since=clock.now())}
    return [subject in fell_on for subject in subjects]


@given(st.text(max_size=12), st.text(max_size=12), st.integers(1, 10), st.integers(0, 500))
def test_of_every_ten_exactly_one_is_sampled(campaign: str, kind: str, every: int, ten: int) -> None:
    places = range(ten * every, (ten + 1) * every)
    assert sum(is_sampled(campaign, kind, place, every) for place in places) == 1


def test_no_place_in_the_ten_is_safe() -> None:
    places = Counter(place % 10 for place in range(2_000) if is_sampled("linen-summer", "follow-up", place, 10))
    assert sorted(places) == list(range(10))
    assert max(places.values()) < 45
    # Another campaign, another kind: other places.
    places_of = {
        (campaign, kind): tuple(place for place in range(200) if is_sampled(campaign, kind, place, 10))
        for campaign in ("a", "b") for kind in ("follow-up", "contract")
    }  # fmt: skip
    assert len(set(places_of.values())) == 4


def test_one_in_ten_is_sampled_for_each_kind_and_noted_again_it_is_the_same(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        follow_ups = fill(session, clock, 30)
        contracts = fill(session, clock, 10, kind="contract")
        assert [sum(follow_ups[start : start + 10]) for start in (0, 10, 20)] == [1, 1, 1]
        assert sum(contracts) == 1
    with unit_of_work(engine) as session:
        assert fill(session, clock, 30) == follow_ups
        assert len(session.exec(select(AutomatedAction)).all()) == 40


def test_every_one_is_looked_at_where_every_one_is_asked(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        for number in range(4):
            note(session, clock, campaign="c", kind="k", subject=f"s:{number}")
        assert len(drawn(session, "c", since=clock.now(), every=1)) == 4


def test_what_was_noted_for_another_campaign_is_a_mistake(sqlite_engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(sqlite_engine) as session:
        note(session, clock, campaign="one", kind="k", subject="s:1")
        with pytest.raises(ValueError, match="was noted for one, not two"):
            note(session, clock, campaign="two", kind="k", subject="s:1")


def test_writers_at_once_still_sample_one_in_ten(engine: Engine, clock: FixedClock) -> None:
    def work(number: int) -> None:
        with unit_of_work(engine) as session:
            note(session, clock, campaign="c", kind="k", subject=f"s:{number % 40}")

    # Each is noted twice, by different writers.
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(80)))
    with reading(engine) as session:
        assert len(session.exec(select(AutomatedAction)).all()) == 40
        assert len(drawn(session, "c", since=clock.now())) == 4


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (datetime(2026, 11, 20, 12, tzinfo=UTC), "2026-W46"),
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), "2026-W47"),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), "2026-W46"),
        (datetime(2027, 1, 5, tzinfo=UTC), "2026-W53"),
    ],
)
def test_the_last_week_is_the_one_that_is_over(now: datetime, week: str) -> None:
    assert last_week(now) == week


def test_the_spot_check_takes_what_was_not_sampled_of_that_week_alone(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        told = fill(session, clock, 30)
        clock.advance(timedelta(days=7))
        fill(session, clock, 20, first=30)
        chosen = spot_check(session, clock, "linen-summer", WEEK)
        assert len({one.subject for one in chosen}) == 5
        unsampled = {f"message:follow-up-{number}" for number, sampled in enumerate(told) if not sampled}
        assert {one.subject for one in chosen} <= unsampled
        assert [one.id for one in chosen] == [one.id for one in spot_check(session, clock, "linen-summer", WEEK)]
        assert len(spot_check(session, clock, "linen-summer", WEEK, 100)) == 27
        assert spot_check(session, clock, "city-stores", WEEK) == []
        first = [f"message:follow-up-{number}" for number, sampled in enumerate(told) if not sampled][:5]
        assert sorted(one.subject for one in chosen) != sorted(first)


def test_asked_about_an_action_is_not_drawn_again(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People
) -> None:
    with unit_of_work(engine) as session:
        fill(session, clock, 20)
        clock.advance(timedelta(days=7))
        chosen = spot_check(session, clock, campaign.slug, WEEK)
        for action in chosen[:2]:
            card = sample_card(action, what="follow-up", weekly=True)
            put = sample_question(action, campaign, card, assignee=people.named("omar"), weekly=True)
            request = ask(session, clock, put)
            mark_asked(session, action, request.id)
            assert (request.kind, request.role, request.subject) == ("spot check", "ops", f"spot-check:{action.id}")
        left = spot_check(session, clock, campaign.slug, WEEK)
        assert [one.id for one in left] == [one.id for one in chosen[2:]]
        first = chosen[0].request_id
        mark_asked(session, chosen[0], chosen[1].request_id or "")
        assert chosen[0].request_id == first is not None


def test_a_week_that_is_not_over_and_what_is_no_week_are_refused(sqlite_engine: Engine, clock: FixedClock) -> None:
    with reading(sqlite_engine) as session:
        with pytest.raises(Refused, match=r"Week 2026-W47 is not over\. The last one is 2026-W46\."):
            spot_check(session, clock, "linen-summer", WEEK)
        for week in ("last", "2026-W60", "2026", "", "2026-W"):
            with pytest.raises(Refused, match="is not a week"):
                spot_check(session, clock, "linen-summer", week)


def test_the_card_says_that_it_was_done_and_asks_for_a_reason_with_a_problem(
    sqlite_engine: Engine, clock: FixedClock
) -> None:
    with unit_of_work(sqlite_engine) as session:
        note(session, clock, campaign="linen-summer", kind="follow-up", subject="message:7")
        action = session.exec(select(AutomatedAction)).one()
    card = sample_card(action, what="follow-up to ada.linen")
    assert card.title == "Looked right? follow-up to ada.linen"
    assert card.subtitle == "Done without a person on 20 November 2026; the one drawn of its ten"
    fine, problem = card.choices
    assert (fine.id, fine.needs_reason) == ("fine", False)
    assert problem.id == "problem"
    assert problem.needs_reason
    assert problem.reasons


def test_kinds_that_run_side_by_side_are_counted_apart(sqlite_engine: Engine, clock: FixedClock) -> None:
    kinds = ("contract", "follow-up")
    with unit_of_work(sqlite_engine) as session:
        told = {kind: [] for kind in kinds}  # type: dict[str, list[bool]]
        for number in range(30):
            for kind in kinds:
                told[kind] += fill(session, clock, 1, kind=kind, first=number)
        for kind in kinds:
            assert told[kind] == [is_sampled("linen-summer", kind, place, 10) for place in range(30)]
        clock.advance(timedelta(days=7))
        fill(session, clock, 5, first=30)
        left = spot_check(session, clock, "linen-summer", WEEK, 100)
        assert sorted(one.subject for one in left) == sorted(
            f"message:{kind}-{number}" for kind in kinds for number in range(30) if not told[kind][number]
        )
        # The next week begins where this one ended.
        clock.advance(timedelta(days=7))
        later = {one.subject for one in spot_check(session, clock, "linen-summer", "2026-W48", 100)}
        assert later <= {f"message:follow-up-{number}" for number in range(30, 35)}
        assert len(later) >= 4
