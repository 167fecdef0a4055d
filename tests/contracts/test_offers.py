from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from contracts.cards import offer_card
from contracts.changes import Changes
from contracts.offers import (
    accept_offer,
    approve_offer,
    budget,
    decline_offer,
    make_offer,
    refuse_offer,
)
from contracts.terms import OfferDraft
from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import BudgetCommitment, Offer
from core.money import Money
from core.people import People
from core.stages import IllegalMove, Stage
from core.store import the_candidate

Put = Callable[..., Candidate]


def offers(session: Session) -> list[tuple[int, str]]:
    return [(offer.version, offer.status) for offer in session.exec(select(Offer).order_by(Offer.version)).all()]  # type: ignore[arg-type]


def asks(**changes: object) -> dict[str, object]:
    return Changes(**changes).values("EUR")  # type: ignore[arg-type]


def with_budget(campaign: Campaign, amount: str) -> Campaign:
    return campaign.model_copy(update={"offer": campaign.offer.model_copy(update={"budget": Decimal(amount)})})


def test_the_standard_offer_is_made_and_signed_off_by_whoever_made_it(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    with unit_of_work(engine) as session:
        candidate = replied(session)
        offer = make_offer(session, clock, campaign, candidate, actor=people.named("sofia"))
    with reading(engine) as session:
        kept = session.get_one(Offer, offer.id)
        assert (kept.version, kept.status, kept.approved_by, kept.beyond) == (1, "made", "sofia", "")
        assert (kept.cost_minor, kept.currency, kept.created_at) == (20_000, "EUR", clock.now())
        draft = OfferDraft.model_validate(kept.terms)
        assert draft.sha256 == kept.terms_sha256
        assert draft.commission_percent == 10
        assert the_candidate(session, 1).stage == Stage.NEGOTIATING
        assert audit.verify(session).problem == ""


def test_a_newer_offer_replaces_the_open_one_and_the_same_offer_is_none(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    sofia = people.named("sofia")
    with unit_of_work(engine) as session:
        candidate = replied(session)
        make_offer(session, clock, campaign, candidate, actor=sofia)
        make_offer(session, clock, campaign, candidate, actor=sofia)
        newer = make_offer(session, clock, campaign, candidate, actor=sofia, changes=asks(stipend=Decimal("250.00")))
        again = make_offer(session, clock, campaign, candidate, actor=sofia, changes=asks(stipend=Decimal(250)))
        assert newer.id == again.id
    with reading(engine) as session:
        assert offers(session) == [(1, "replaced"), (2, "made")]


@pytest.mark.parametrize(("stipend", "spare", "why"), [
    ("400.01", "6000", "above the 400.00 EUR that one creator"),
    ("300", "299.99", "more than the 299.99 EUR left"),
    ("500", "450", "above the 400.00 EUR that one creator may be guaranteed; 500.00 EUR is more than"),
])  # fmt: skip
def test_an_offer_beyond_a_limit_waits_for_the_owner(
    stipend: str, spare: str, why: str, engine: Engine, clock: FixedClock, campaign: Campaign, people: People,
    replied: Put,
) -> None:  # fmt: skip
    small = with_budget(campaign, spare)
    with unit_of_work(engine) as session:
        candidate = replied(session)
        offer = make_offer(
            session, clock, small, candidate, actor=people.named("sofia"), changes=asks(stipend=Decimal(stipend))
        )
        assert (offer.status, offer.approved_by) == ("drafted", None)
        assert why in offer.beyond
        with pytest.raises(Refused, match="waits for the owner"):
            accept_offer(session, clock, small, candidate, actor="sofia", how="yes")
        card = offer_card(offer, campaign=small, creator="ada.linen", left=budget(session, small).left)
        assert card.risk == offer.beyond
        assert [choice.id for choice in card.choices] == ["approve", "decline"]
        approve_offer(session, clock, offer.id or 0, by=people.named("olivia"))
        accept_offer(session, clock, small, candidate, actor="sofia", how="yes")
    with reading(engine) as session:
        assert session.exec(select(BudgetCommitment.amount_minor)).all() == [int(Decimal(stipend) * 100)]
        assert session.get_one(Offer, offer.id).approved_by == "olivia"


def test_a_commission_above_the_campaigns_waits_for_the_owner(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    sofia = people.named("sofia")
    with unit_of_work(engine) as session:
        candidate = replied(session)
        for percent in ("10.00", "9.5"):
            offer = make_offer(
                session, clock, campaign, candidate, actor=sofia, changes=asks(commission_percent=Decimal(percent))
            )
            assert (offer.status, offer.beyond) == ("made", "")
        offer = make_offer(
            session, clock, campaign, candidate, actor=sofia, changes=asks(commission_percent=Decimal("10.01"))
        )
        assert (offer.status, offer.approved_by) == ("drafted", None)
        assert offer.beyond == "a commission of 10.01% is above the campaign's 10%"
        assert not offer.over_budget
        both = make_offer(session, clock, campaign, candidate, actor=sofia,
                          changes=asks(stipend=Decimal(401), commission_percent=Decimal(80)))  # fmt: skip
        assert "401.00 EUR is above" in both.beyond
        assert "a commission of 80% is above the campaign's 10%" in both.beyond
        assert offer_card(both, campaign=campaign, creator="ada", left=budget(session, campaign).left).risk


def test_amounts_with_many_digits_fit(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    rupiah = {"currency": "IDR", "stipend": Decimal(25_000_000), "per_creator_maximum": Decimal(30_000_000),
              "budget": Decimal(500_000_000_000)}  # fmt: skip
    indonesian = campaign.model_copy(update={"offer": campaign.offer.model_copy(update=rupiah)})
    with unit_of_work(engine) as session:
        for handle in ("ayu", "dewi"):
            candidate = replied(session, handle)
            offer = make_offer(session, clock, indonesian, candidate, actor=people.named("sofia"))
            assert offer.cost_minor == 2_500_000_000
            accept_offer(session, clock, indonesian, candidate, actor="sofia", how="ya")
    with reading(engine) as session:
        assert budget(session, indonesian).committed == Money(Decimal(50_000_000), "IDR")


def test_what_was_offered_stays_good_while_the_owner_thinks(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    sofia, olivia = people.named("sofia"), people.named("olivia")
    with unit_of_work(engine) as session:
        candidate = replied(session)
        make_offer(session, clock, campaign, candidate, actor=sofia)
        second = make_offer(session, clock, campaign, candidate, actor=sofia, changes=asks(stipend=Decimal(450)))
        assert offers(session) == [(1, "made"), (2, "drafted")]
        refuse_offer(session, clock, second.id or 0, by=olivia, reason="too much")
        third = make_offer(session, clock, campaign, candidate, actor=sofia, changes=asks(stipend=Decimal(420)))
        accept_offer(session, clock, campaign, candidate, actor="sofia", how="takes the first one")
        with pytest.raises(Refused, match="is replaced by now"):
            approve_offer(session, clock, third.id or 0, by=olivia)
    with reading(engine) as session:
        assert offers(session) == [(1, "accepted"), (2, "refused"), (3, "replaced")]
        assert budget(session, campaign).committed == Money(Decimal(200), "EUR")


def test_only_those_who_run_the_campaign_make_offers(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    with unit_of_work(sqlite_engine) as session:
        candidate = replied(session)
        for name in ("rosa", "lena"):
            with pytest.raises(Refused, match="may not make offers"):
                make_offer(session, clock, campaign, candidate, actor=people.named(name))
        assert make_offer(session, clock, campaign, candidate, actor=people.named("omar")).approved_by == "omar"


def test_impossible_offers_leave_nothing(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put,
    longlisted: Put,
) -> None:  # fmt: skip
    sofia = people.named("sofia")
    with unit_of_work(sqlite_engine) as session:
        candidate = replied(session)
        for stipend, percent in (("-1", None), ("NaN", None), ("Infinity", None), ("0.001", None), (None, "81"),
                                 (None, "NaN"), ("0", None)):  # fmt: skip
            with pytest.raises(Refused):
                make_offer(session, clock, campaign, candidate, actor=sofia,
                           changes=asks(stipend=Decimal(stipend) if stipend else None,
                                        commission_percent=Decimal(percent) if percent else None))  # fmt: skip
        with pytest.raises(Refused, match="LONGLISTED; offers follow an answer"):
            make_offer(session, clock, campaign, longlisted(session, "bo"), actor=sofia)
        assert offers(session) == []
        assert candidate.stage == Stage.REPLIED


def test_accepting_binds_the_budget_once(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    with unit_of_work(engine) as session:
        candidate = replied(session)
        with pytest.raises(IllegalMove):
            accept_offer(session, clock, campaign, candidate, actor="sofia", how="yes")
        make_offer(session, clock, campaign, candidate, actor=people.named("sofia"))
        accept_offer(session, clock, campaign, candidate, actor="sofia", how="wrote\r\n\x00 yes")
        with pytest.raises(IllegalMove):
            accept_offer(session, clock, campaign, candidate, actor="sofia", how="yes again")
        with pytest.raises(Refused, match="AGREED; offers follow an answer"):
            make_offer(session, clock, campaign, candidate, actor=people.named("sofia"))
    with reading(engine) as session:
        state = budget(session, campaign)
        assert (state.committed, state.left) == (Money(Decimal(200), "EUR"), Money(Decimal(5800), "EUR"))
        assert session.exec(select(Offer.answer)).one() == "wrote  yes"
        # The renewal of the campaign has its own money.
        assert budget(session, campaign.model_copy(update={"cycle": 2})).committed == Money(Decimal(0), "EUR")
        dollars = campaign.model_copy(update={"offer": campaign.offer.model_copy(update={"currency": "USD"})})
        with pytest.raises(Refused, match="accepted in EUR, but its budget is in USD"):
            budget(session, dollars)


def test_offers_accepted_at_once_do_not_overrun_the_budget(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    small = with_budget(campaign, "1100")  # room for five of eight
    with unit_of_work(engine) as session:
        ids = [replied(session, f"creator{number}").id for number in range(8)]
        for candidate_id in ids:
            make_offer(session, clock, small, the_candidate(session, candidate_id or 0), actor=people.named("sofia"))
    together = Barrier(len(ids))

    def accept(candidate_id: int | None) -> str:
        together.wait()
        try:
            with unit_of_work(engine) as session:
                candidate = the_candidate(session, candidate_id or 0)
                accept_offer(session, clock, small, candidate, actor="sofia", how="yes")
        except Refused as refused:
            return refused.message
        return "accepted"

    with ThreadPoolExecutor(len(ids)) as threads:
        results = list(threads.map(accept, ids))
    assert results.count("accepted") == 5
    assert sum("would overrun the budget: 100.00 EUR is left" in result for result in results) == 3
    with reading(engine) as session:
        assert budget(session, small).committed == Money(Decimal(1000), "EUR")
        stages = [the_candidate(session, candidate_id or 0).stage for candidate_id in ids]
        assert (stages.count(Stage.AGREED), stages.count(Stage.NEGOTIATING)) == (5, 3)
        assert audit.verify(session).problem == ""


def test_a_creator_who_declines_ends_what_was_open(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    with unit_of_work(engine) as session:
        candidate = replied(session)
        make_offer(session, clock, campaign, candidate, actor=people.named("sofia"))
        make_offer(session, clock, campaign, candidate, actor=people.named("sofia"), changes=asks(stipend=Decimal(999)))
        drafted = make_offer(
            session, clock, campaign, candidate, actor=people.named("sofia"), changes=asks(stipend=Decimal(450))
        )
        decline_offer(session, clock, campaign, candidate, actor="sofia", reason="no time")
        with pytest.raises(Refused, match="is replaced by now"):
            approve_offer(session, clock, drafted.id or 0, by=people.named("olivia"))
    with reading(engine) as session:
        # The creator never saw what waited for the owner, so it is not theirs to decline.
        assert offers(session) == [(1, "declined"), (2, "replaced"), (3, "replaced")]
        assert the_candidate(session, 1).stage == Stage.DECLINED_BY_CREATOR
        assert budget(session, campaign).committed == Money(Decimal(0), "EUR")
