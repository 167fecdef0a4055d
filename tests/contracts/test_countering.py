"""What a creator asks instead of our offer, and how both sides come to one."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from contracts.changes import Changes
from contracts.from_campaign import standard_draft
from contracts.limits import beyond
from contracts.offers import accept_offer, approve_offer, counter_offer, make_offer, take_counter
from contracts.side_by_side import changed, rows
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
from core.stages import Stage

Put = Callable[..., Candidate]


def versions(session: Session) -> list[tuple[int, str, str]]:
    offers = session.exec(select(Offer).order_by(Offer.version)).all()  # type: ignore[arg-type]
    return [(offer.version, offer.side, offer.status) for offer in offers]


def asks(**changes: object) -> dict[str, object]:
    return Changes(**changes).values("EUR")  # type: ignore[arg-type]


def test_what_the_creator_asks_binds_nobody_and_is_answered_by_an_offer(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    sofia = people.named("sofia")
    with unit_of_work(engine) as session:
        candidate = replied(session)
        first = make_offer(session, clock, campaign, candidate, actor=sofia)
        asked = counter_offer(session, clock, campaign, candidate, actor=sofia, note="her mail of 3 December",
                              changes=asks(stipend=Decimal(350), usage_days=14))  # fmt: skip
        again = counter_offer(session, clock, campaign, candidate, actor=sofia,
                              changes=asks(stipend=Decimal(350), usage_days=14))  # fmt: skip
        assert again.id == asked.id
        assert (asked.status, asked.approved_by, asked.offered_by) == ("countered", None, "sofia")
        assert asked.note == "her mail of 3 December"
        assert changed(first, asked) == [
            "Fixed fee: 200.00 EUR → 350.00 EUR",
            "Guaranteed in all: 200.00 EUR → 350.00 EUR",
            "Use of content, days: 30 → 14",
        ]
        assert {row.label for row in rows([first, asked]) if row.differs} == {
            "Fixed fee", "Guaranteed in all", "Use of content, days",
        }  # fmt: skip
        assert versions(session) == [(1, "ours", "made"), (2, "theirs", "countered")]
        make_offer(session, clock, campaign, candidate, actor=sofia, changes=asks(stipend=Decimal(300)))
    with reading(engine) as session:
        assert versions(session) == [(1, "ours", "replaced"), (2, "theirs", "answered"), (3, "ours", "made")]
        assert session.exec(select(BudgetCommitment)).all() == []
        assert audit.verify(session).problem == ""


def test_inside_the_limits_theirs_is_taken_at_once(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    sofia = people.named("sofia")
    with unit_of_work(engine) as session:
        candidate = replied(session)
        counter_offer(session, clock, campaign, candidate, actor=sofia, changes=asks(stipend=Decimal(350)))
        assert candidate.stage == Stage.NEGOTIATING
        taken = take_counter(session, clock, campaign, candidate, actor=sofia)
        assert (taken.status, taken.approved_by) == ("made", "sofia")
        accept_offer(session, clock, campaign, candidate, actor="sofia", how="we said yes")
    with reading(engine) as session:
        assert versions(session) == [(1, "theirs", "accepted")]
        assert session.exec(select(BudgetCommitment.amount_minor)).all() == [35_000]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"stipend": Decimal(150), "months": 3}, "450.00 EUR (150.00 EUR for 3 months) is above the 400.00 EUR"),
        ({"commission_percent": Decimal(15)}, "a commission of 15% is above"),
        ({"bonuses": ((Decimal(1000), Decimal(50)),)}, "bonuses of 50.00 EUR at 1,000.00 EUR"),
        ({"payment_days": 7}, "paid within 7 days, the campaign's are 30"),
        ({"clawback_days": 0}, "refunds are reversed for 0 days"),
        ({"usage_days": 14}, "content may be used for 14 days"),
        ({"deliverables": ("one Story",)}, "it asks for one Story"),
    ],
)
def test_beyond_a_limit_theirs_waits_for_the_owner_as_ours_would(
    changes: dict[str, object], why: str, sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People,
    replied: Put,
) -> None:  # fmt: skip
    sofia = people.named("sofia")
    with unit_of_work(sqlite_engine) as session:
        candidate = replied(session)
        make_offer(session, clock, campaign, candidate, actor=sofia)
        counter_offer(session, clock, campaign, candidate, actor=sofia, changes=asks(**changes))
        taken = take_counter(session, clock, campaign, candidate, actor=sofia)
        assert (taken.status, taken.approved_by) == ("drafted", None)
        assert why in taken.beyond
        assert take_counter(session, clock, campaign, candidate, actor=sofia).id == taken.id
        # What they hold of us stays good meanwhile.
        assert versions(session)[0] == (1, "ours", "made")
        approve_offer(session, clock, taken.id or 0, by=people.named("olivia"))
        accepted = accept_offer(session, clock, campaign, candidate, actor="sofia", how="yes")
        assert (accepted.version, accepted.approved_by) == (2, "olivia")
        assert accepted.cost_minor == OfferDraft.model_validate(accepted.terms).guaranteed.minor


def test_a_narrower_scope_and_other_variants_go_beyond_what_was_signed_off(campaign: Campaign) -> None:
    bound = standard_draft(campaign, exclusivity_days=60, exclusivity_scope="linen", variants="two openings")
    left = Money(Decimal(1000), "EUR")
    narrower = bound.model_copy(update={"exclusivity_scope": "linen shirts", "variants": ""})
    assert beyond(campaign, narrower, bound, left=left) == {
        "scope": "exclusive from linen shirts, the campaign says linen",
        "variants": "its variants are none, the campaign's are two openings",
    }
    free = standard_draft(campaign)
    assert beyond(campaign, bound, free, left=left) == {}
    assert set(beyond(campaign, free, bound, left=left)) == {"exclusivity", "variants"}


def test_the_kind_of_offer_follows_from_what_they_ask(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    sofia = people.named("sofia")
    with unit_of_work(sqlite_engine) as session:
        candidate = replied(session)
        for changes, model in (
            ({"commission_percent": Decimal(0)}, "fee"),
            ({"stipend": Decimal(0)}, "commission"),
            ({"stipend": Decimal(0), "commission_percent": Decimal(0)}, "seed"),
            ({"commission_percent": Decimal(0), "bonuses": ((Decimal(9), Decimal(1)),)}, "bonus"),
        ):
            asked = counter_offer(session, clock, campaign, candidate, actor=sofia, changes=asks(**changes))
            assert asked.terms["model"] == model
        assert [status for _, _, status in versions(session)] == ["replaced"] * 3 + ["countered"]


def test_nothing_is_recorded_of_who_asks_for_nothing(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    sofia = people.named("sofia")
    with unit_of_work(sqlite_engine) as session:
        candidate = replied(session)
        make_offer(session, clock, campaign, candidate, actor=sofia)
        with pytest.raises(Refused, match="would ask for what we offer"):
            counter_offer(session, clock, campaign, candidate, actor=sofia, changes={})
        with pytest.raises(Refused, match="asked for nothing that is still open"):
            take_counter(session, clock, campaign, candidate, actor=sofia)
        with pytest.raises(Refused, match=r"Lena.* may not record what a creator asks"):
            counter_offer(session, clock, campaign, candidate, actor=people.named("lena"), changes={})
        with pytest.raises(Refused, match="more digits"):
            asks(stipend=Decimal("0.001"))
        accept_offer(session, clock, campaign, candidate, actor="sofia", how="yes")
        with pytest.raises(Refused, match="counter-offers follow an answer"):
            counter_offer(session, clock, campaign, candidate, actor=sofia, changes=asks(usage_days=9))


def test_an_offer_for_months_binds_all_of_them(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    monthly = campaign.offer.model_copy(update={"stipend": Decimal(100), "cadence": "monthly", "months": 3})
    retainer = campaign.model_copy(update={"offer": monthly})
    with unit_of_work(engine) as session:
        candidate = replied(session)
        offer = make_offer(session, clock, retainer, candidate, actor=people.named("sofia"))
        assert (offer.status, offer.cost_minor) == ("made", 30_000)
        accept_offer(session, clock, retainer, candidate, actor="sofia", how="yes")
        assert session.exec(select(BudgetCommitment.amount_minor)).all() == [30_000]


def test_the_offer_made_is_that_of_their_tier(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put
) -> None:
    tiers = [{"name": "mid", "followers_from": 50_000, "followers_to": 200_000, "stipend": 800,
              "commission_percent": 15}]  # fmt: skip
    tiered = campaign.model_copy(
        update={"offer": campaign.offer.model_validate(campaign.offer.model_dump() | {"tiers": tiers})}
    )
    with unit_of_work(sqlite_engine) as session:
        small = make_offer(session, clock, tiered, replied(session, "bo"), actor=people.named("sofia"))
        large = make_offer(
            session, clock, tiered, replied(session, "cy", followers=60_000), actor=people.named("sofia")
        )
        assert (small.cost_minor, small.status) == (20_000, "made")
        # Their tier's commission was signed off with the campaign; its fee is above what one creator may be guaranteed.
        assert (large.cost_minor, large.status) == (80_000, "drafted")
        assert large.beyond == "800.00 EUR is above the 400.00 EUR that one creator may be guaranteed"
