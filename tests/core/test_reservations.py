"""Two campaigns of one brand and one creator: who keeps whom, and for how long."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.models.candidates import Candidate
from core.reservations import held_by_another, release, reserve, reserved_accounts
from core.stages import Stage
from core.store import enter, move

DAYS = 7


def _rival_of(session: Session, clock: FixedClock, candidate: Candidate, campaign: str) -> Candidate:
    rival = Candidate(**candidate.model_dump(exclude={"id"}) | {"campaign": campaign})
    return enter(session, clock, rival, actor="omar")


def _approved(session: Session, clock: FixedClock, longlisted: Callable[..., Candidate]) -> Candidate:
    candidate = longlisted(session, "ada.linen")
    for stage in (Stage.QUEUED, Stage.APPROVED):
        move(session, clock, candidate, stage, actor="rosa")
    return candidate


def test_a_deal_under_way_outlasts_the_cool_down_and_an_ended_one_does_not(
    engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(engine) as session:
        first = _approved(session, clock, longlisted)
        rival = _rival_of(session, clock, first, "linen-winter")
        reserve(session, clock, first, days=DAYS, actor="rosa")
        clock.advance(timedelta(days=DAYS + 3))
        assert held_by_another(session, clock, rival) is not None
        assert reserved_accounts(session, clock, brand=rival.brand, campaign=rival.campaign) == {
            ("instagram", "ada.linen")
        }
        move(session, clock, first, Stage.DROPPED, actor="olivia", reason="moved abroad")
        assert held_by_another(session, clock, rival) is None


def test_the_cool_down_holds_after_the_matter_has_ended_unless_it_was_released(
    engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(engine) as session:
        first = _approved(session, clock, longlisted)
        rival = _rival_of(session, clock, first, "linen-winter")
        reserve(session, clock, first, days=DAYS, actor="rosa")
        move(session, clock, first, Stage.DROPPED, actor="olivia", reason="moved abroad")
        assert held_by_another(session, clock, rival) is not None
        release(session, clock, first)
        assert held_by_another(session, clock, rival) is None


def test_a_later_cycle_of_the_same_campaign_is_no_rival(
    engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate], campaign: Campaign
) -> None:
    with unit_of_work(engine) as session:
        first = _approved(session, clock, longlisted)
        reserve(session, clock, first, days=DAYS, actor="rosa")
        again = enter(
            session, clock, Candidate(**first.model_dump(exclude={"id"}) | {"cycle": 2}), actor="omar"
        )  # fmt: skip
        assert held_by_another(session, clock, again) is None
        assert reserved_accounts(session, clock, brand=campaign.brand, campaign=campaign.slug) == set()


def test_queued_rivals_are_put_on_hold_until_the_cool_down_ends(
    engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(engine) as session:
        first = _approved(session, clock, longlisted)
        rival = _rival_of(session, clock, first, "linen-winter")
        move(session, clock, rival, Stage.QUEUED, actor="omar")
        assert reserve(session, clock, first, days=DAYS, actor="rosa") == [rival]
        assert (rival.stage, rival.returns_to) == (Stage.HELD, Stage.QUEUED)
        assert rival.held_until == clock.now() + timedelta(days=DAYS)
