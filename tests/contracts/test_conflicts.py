"""Running deals of the same person that stand in an offer's way are found and named."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from contracts.cards import offer_card
from contracts.conflicts import RunningDeal, against, conflicts
from contracts.from_campaign import standard_draft
from contracts.grounds import grounds_of
from contracts.offers import accept_offer, approve_offer, budget, make_offer
from contracts.planning import plan
from contracts.templates import Templates
from contracts.terms import OfferDraft
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.errors import Refused
from core.models.candidates import Candidate
from core.people import People
from core.stages import Stage
from core.store import keep_campaign, move

Put = Callable[..., Candidate]
EXCLUSIVE = {"exclusivity_days": 60, "exclusivity_scope": "linen and other summer clothing"}


def with_offer(campaign: Campaign, **changes: object) -> Campaign:
    return campaign.model_copy(update={"offer": campaign.offer.model_copy(update=changes)})


def of(campaign: Campaign, slug: str, brand: str, first: date, last: date, **offer: object) -> Campaign:
    other = campaign.model_copy(update={"slug": slug, "brand": brand, "starts_on": first, "ends_on": last})
    return with_offer(other, **offer)


@pytest.fixture
def rival(campaign: Campaign) -> Campaign:
    """Another brand's campaign that ends before ours, but whose sixty days of exclusivity may end after it began."""
    return of(campaign, "denim-fall", "Northgate Denim", date(2026, 10, 1), date(2026, 11, 1), **EXCLUSIVE)


def test_a_bond_to_another_brand_is_named_with_brand_campaign_and_last_day(campaign: Campaign, rival: Campaign) -> None:
    deal = RunningDeal(rival, standard_draft(rival))
    assert list(against(deal, campaign, standard_draft(campaign))) == [
        "they are bound to Northgate Denim (denim-fall) until 31 December 2026 at the latest: nothing for others of "
        "linen and other summer clothing"
    ]
    later = standard_draft(campaign, post_from=date(2027, 1, 1))
    assert list(against(deal, campaign, later)) == []
    same_brand = campaign.model_copy(update={"brand": "northgate denim"})
    assert list(against(deal, same_brand, standard_draft(campaign))) == []


def test_our_own_exclusivity_meets_a_deal_that_is_posted_for_meanwhile(campaign: Campaign) -> None:
    other = of(campaign, "denim", "Northgate Denim", date(2027, 1, 1), date(2027, 3, 1))
    deal = RunningDeal(other, standard_draft(other))
    assert list(against(deal, campaign, standard_draft(campaign))) == []
    [told] = against(deal, campaign, standard_draft(campaign, **EXCLUSIVE))
    assert told == (
        "our exclusivity (linen and other summer clothing) meets their deal with Northgate Denim (denim), who may be "
        "posted for until 1 March 2027"
    )


@pytest.mark.parametrize("ours", [True, False])
def test_a_competitor_is_named_whoever_of_both_says_so(ours: bool, campaign: Campaign) -> None:
    other = of(campaign, "denim", "Northgate Denim", date(2026, 12, 1), date(2027, 1, 1))
    if ours:
        campaign = with_offer(campaign, competitors=("NORTHGATE denim",))
    else:
        other = with_offer(other, competitors=("Aurelia Linen",))
    deal = RunningDeal(other, standard_draft(other))
    [told] = against(deal, campaign, standard_draft(campaign))
    assert told == "Northgate Denim (denim) competes with Aurelia Linen, and they may post for it until 1 January 2027"


def in_both(session: Session, clock: FixedClock, replied: Put, campaign: Campaign, rival: Campaign) -> list[Candidate]:
    """One person who answered both campaigns, with an account in each."""
    keep_campaign(session, clock, rival)
    ours = replied(session, "ada.linen")
    theirs = replied(session, "ada.denim", campaign=rival, platform="tiktok")
    theirs.creator_id = ours.creator_id
    session.add(theirs)
    session.flush()
    return [ours, theirs]


def test_an_offer_against_a_bond_waits_for_the_owner_who_must_say_why(
    engine: Engine, clock: FixedClock, campaign: Campaign, rival: Campaign, people: People, replied: Put
) -> None:
    sofia = people.named("sofia")
    with unit_of_work(engine) as session:
        ours, theirs = in_both(session, clock, replied, campaign, rival)
        make_offer(session, clock, rival, theirs, actor=sofia)
        accept_offer(session, clock, rival, theirs, actor="sofia", how="yes")
        offer = make_offer(session, clock, campaign, ours, actor=sofia)
        assert offer.status == "drafted"
        assert offer.beyond == offer.conflicts[0]
        card = offer_card(offer, campaign=campaign, creator="Ada", left=budget(session, campaign).left)
        assert [fact.value for fact in card.facts if fact.label == "Running deal"] == offer.conflicts
        assert [choice.id for choice in card.choices if choice.needs_reason] == ["approve", "decline"]
        approve_offer(session, clock, offer.id or 0, by=people.named("olivia"))
        accepted = accept_offer(session, clock, campaign, ours, actor="sofia", how="yes")
        assert conflicts(session, ours, campaign, OfferDraft.model_validate(accepted.terms)) == accepted.conflicts


def test_of_two_open_offers_the_one_accepted_second_is_looked_at_again(
    engine: Engine, clock: FixedClock, campaign: Campaign, rival: Campaign, people: People, replied: Put
) -> None:
    sofia = people.named("sofia")
    with unit_of_work(engine) as session:
        ours, theirs = in_both(session, clock, replied, campaign, rival)
        open_one = make_offer(session, clock, campaign, ours, actor=sofia)
        make_offer(session, clock, rival, theirs, actor=sofia)
        accept_offer(session, clock, rival, theirs, actor="sofia", how="yes")
        with pytest.raises(Refused, match=r"another deal stands in its way.*denim-fall"):
            accept_offer(session, clock, campaign, ours, actor="sofia", how="yes")
        asked = make_offer(session, clock, campaign, ours, actor=sofia)
        assert (asked.status, asked.version) == ("drafted", open_one.version + 1)
        move(session, clock, theirs, Stage.DROPPED, actor="omar", reason="fell through")
        assert make_offer(session, clock, campaign, ours, actor=sofia, note="free again").status == "made"


def test_a_bond_that_came_after_the_agreement_is_told_to_legal(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, rival: Campaign, people: People, replied: Put,
    templates: Templates,
) -> None:  # fmt: skip
    sofia = people.named("sofia")
    with unit_of_work(sqlite_engine) as session:
        ours, theirs = in_both(session, clock, replied, campaign, rival)
        make_offer(session, clock, campaign, ours, actor=sofia)
        accept_offer(session, clock, campaign, ours, actor="sofia", how="yes")
        later = make_offer(session, clock, rival, theirs, actor=sofia)
        assert "our exclusivity (linen and other summer clothing) meets their deal with Aurelia Linen" in later.beyond
        approve_offer(session, clock, later.id or 0, by=people.named("olivia"))
        accept_offer(session, clock, rival, theirs, actor="sofia", how="yes")
        [grounds] = grounds_of(session, clock, [ours.id or 0])
        [told] = plan(grounds, templates=templates, on=clock.now().date()).conflicts
        assert "bound to Northgate Denim (denim-fall)" in told
