from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.campaigns import CampaignAdoption
from core.models.candidates import Candidate, StageChange
from core.stages import IllegalMove, Stage
from core.store import campaign_of, candidate_named, enter, keep_campaign, move, stored_campaign, the_candidate


def test_a_move_leaves_who_when_and_an_audit_entry(
    engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(engine) as session:
        candidate = longlisted(session, "ada.linen")
        move(session, clock, candidate, Stage.QUEUED, actor="omar")
    with reading(engine) as session:
        assert the_candidate(session, 1).stage == Stage.QUEUED
        changes = session.exec(select(StageChange)).all()
        assert [(change.came_from, change.went_to, change.actor) for change in changes] == [
            (None, "LONGLISTED", "omar"),
            ("LONGLISTED", "QUEUED", "omar"),
        ]
        assert changes[1].at == clock.now()
        assert audit.verify(session).problem == ""


def test_a_forbidden_move_changes_nothing(
    engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(engine) as session:
        longlisted(session, "ada.linen")
    with pytest.raises(IllegalMove, match="LONGLISTED and cannot become SIGNED"), unit_of_work(engine) as session:
        move(session, clock, the_candidate(session, 1), Stage.SIGNED, actor="omar")
    with reading(engine) as session:
        assert the_candidate(session, 1).stage == Stage.LONGLISTED


def _changed(campaign: Campaign, **changes: object) -> Campaign:
    return campaign.model_copy(update=changes)


def test_going_back_to_an_earlier_campaign_file_puts_it_in_force_again(
    engine: Engine, clock: FixedClock, campaign: Campaign
) -> None:
    bigger = _changed(campaign, name="Linen Summer, the big one")
    with unit_of_work(engine) as session:
        for content in (campaign, bigger, campaign):
            keep_campaign(session, clock, content, actor="omar")
            assert stored_campaign(session, campaign.slug) == content
        adopted = session.exec(select(CampaignAdoption).order_by("id")).all()
        assert [row.hash for row in adopted] == [campaign.hash, bigger.hash, campaign.hash]
        keep_campaign(session, clock, campaign, actor="omar")
        assert len(session.exec(select(CampaignAdoption)).all()) == 3


def test_each_cycle_keeps_its_own_content(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Callable[..., Candidate]
) -> None:
    second = _changed(campaign, cycle=2, name="Linen Summer again")
    with unit_of_work(engine) as session:
        first = longlisted(session, "ada.linen")
        keep_campaign(session, clock, second)
        assert campaign_of(session, first) == campaign
        assert stored_campaign(session, campaign.slug) == second


def test_a_creator_under_way_is_meant_rather_than_the_one_waiting_in_a_later_cycle(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(engine) as session:
        first = longlisted(session, "ada.linen")
        later = Candidate(**first.model_dump(exclude={"id"}) | {"cycle": 2})
        enter(session, clock, later, actor="omar")
        assert candidate_named(session, campaign.slug, "@Ada.Linen").cycle == 2
        move(session, clock, first, Stage.QUEUED, actor="omar")
        assert candidate_named(session, campaign.slug, "instagram:ada.linen").cycle == 1
        move(session, clock, first, Stage.DROPPED, actor="omar", reason="moved")
        assert candidate_named(session, campaign.slug, "ada.linen").cycle == 2
        for nobody in ("", " ", "@", "instagram:"):
            with pytest.raises(Refused, match=r"No creator is named\. Name one of: greenroom longlist show"):
                candidate_named(session, "linen-summer", nobody)
        with pytest.raises(Refused, match="bob is not a candidate"):
            candidate_named(session, campaign.slug, "bob")
