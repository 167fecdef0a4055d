"""What runs out of signed deals: told to ops once each, in time, by mail or Slack."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from contracts.ends import ends_in, is_due
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.jobs import Job
from flows.steps import deal_dates, upkeep
from flows.steps.deal_dates import ENDS_JOB
from tests.flows.scenes import contract_to_sign_off, signed_deal
from tests.house import CAMPAIGN, House

TERMS = {"post_until": "2027-01-31", "ends_on": "2027-02-14", "usage_days": 30, "exclusivity_days": 60}


def test_what_ends_follows_from_the_terms_alone() -> None:
    assert dict(ends_in(TERMS)) == {
        "usage": date(2027, 3, 2), "exclusivity": date(2027, 4, 1), "campaign": date(2027, 2, 14),
    }  # fmt: skip
    assert dict(ends_in(TERMS | {"usage_days": 0, "exclusivity_days": 0})) == {"campaign": date(2027, 2, 14)}
    assert dict(ends_in({"post_until": "2027-01-31", "usage_days": 30})) == {"usage": date(2027, 3, 2)}


@pytest.mark.parametrize(
    ("today", "due"),
    [(date(2027, 2, 22), False), (date(2027, 2, 23), True), (date(2027, 3, 16), True), (date(2027, 3, 17), False)],
)
def test_it_is_told_a_week_before_and_not_long_after(today: date, due: bool) -> None:
    assert is_due("usage", date(2027, 3, 2), today) is due


def at(house: House, day: date) -> None:
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(datetime(day.year, day.month, day.day, 9, tzinfo=UTC) - house.w.clock.now())


def test_ops_hears_of_each_end_once(house: House) -> None:
    signed_deal(house)
    before = len(house.outbox())
    assert upkeep.tell_ends(house.w) == 0
    at(house, date(2027, 1, 20))
    assert upkeep.tell_ends(house.w) == 1
    assert upkeep.tell_ends(house.w) == 0
    mail = house.outbox()[-1]
    assert len(house.outbox()) == before + 1
    assert mail["Subject"] == f"1 thing ends soon in deals of {CAMPAIGN}"
    assert "the campaign ends on 31 January 2027; offer another cycle" in mail.get_content()
    at(house, date(2027, 2, 25))
    assert upkeep.tell_ends(house.w) == 1
    assert "we may use the last of the content until 2 March 2027" in house.outbox()[-1].get_content()
    at(house, date(2027, 3, 3))
    assert upkeep.tell_ends(house.w) == 0


def test_a_kill_between_noting_and_telling_loses_nothing(house: House) -> None:
    signed_deal(house)
    at(house, date(2027, 1, 20))
    with unit_of_work(house.w.engine) as session:
        assert deal_dates.note(session, house.w) == 1
    with reading(house.w.engine) as session:
        [job] = session.exec(select(Job).where(Job.kind == ENDS_JOB)).all()
        # No name of a creator lies in the queue of jobs.
        assert set(job.payload) == {"recipient", "campaign", "ends", "total"}
    assert upkeep.tell_ends(house.w) == 1


def test_a_contract_that_was_not_signed_ends_nowhere(house: House) -> None:
    contract_to_sign_off(house)
    at(house, date(2027, 1, 20))
    assert upkeep.tell_ends(house.w) == 0
