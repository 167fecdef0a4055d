"""Which terms are possible, what follows from them, and that nothing of them is lost on the way to the record."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from contracts.displaying import FIELDS, displayed, promised, unsaid
from contracts.from_campaign import made_of, standard_draft
from contracts.terms import Bonus, OfferDraft, Terms
from core.campaign import Campaign
from core.errors import Refused
from core.money import Money

EURO = "EUR"
DAY = date(2026, 12, 1)
BASE: dict[str, object] = {
    "model": "hybrid", "stipend": Money(Decimal(200), EURO), "commission_percent": Decimal(10), "product": "a shirt",
    "deliverables": ("one Reel",), "usage_days": 30, "payment_days": 30, "clawback_days": 30, "post_from": DAY,
    "post_until": DAY + timedelta(days=60),
}  # fmt: skip


def euros(amount: int | str) -> Money:
    return Money(Decimal(amount), EURO)


def bonus(sales: int, amount: int) -> Bonus:
    return Bonus(tracked_sales=euros(sales), amount=euros(amount))


def draft(**changes: object) -> OfferDraft:
    return made_of(BASE | changes)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model": "seed"}, "product only"),
        ({"model": "seed", "stipend": euros(0), "commission_percent": Decimal(0), "bonuses": (bonus(1, 1),)},
         "product only, it has no bonuses"),
        ({"model": "seed", "stipend": euros(0), "commission_percent": Decimal(0), "exclusivity_days": 9,
          "exclusivity_scope": "linen"}, "must be paid"),
        ({"model": "bonus", "commission_percent": Decimal(0)}, "threshold of tracked sales"),
        ({"model": "bonus", "bonuses": (bonus(1, 1),)}, "no commission"),
        ({"model": "fee"}, "no commission"),
        ({"cadence": "once", "months": 3}, "not paid for months"),
        ({"cadence": "monthly"}, "a single month is paid once"),
        ({"bonuses": (bonus(2000, 100), bonus(2000, 200))}, "more tracked sales than the one before"),
        ({"bonuses": tuple(bonus(1000 * n, 10) for n in range(1, 7))}, "at most 5"),
        ({"bonuses": (Bonus(tracked_sales=Money(Decimal(9), "USD"), amount=euros(1)),)}, "a bonus is not"),
        ({"minimum_payout": Money(Decimal(9), "USD")}, "the minimum payout is not"),
        ({"minimum_payout": euros(0)}, "above zero"),
        ({"model": "fee", "commission_percent": Decimal(0), "minimum_payout": euros(20)}, "something that sales earn"),
        ({"usage_days": 0, "usage_channels": ("our Instagram",)}, "no days on which"),
        ({"exclusivity_days": 60}, "both its days and its scope"),
        ({"exclusivity_scope": "linen"}, "both its days and its scope"),
        ({"clauses": ("one-revision", "one-revision")}, "chosen twice"),
        ({"clauses": ("One Revision",)}, "clauses"),
    ],
)  # fmt: skip
def test_what_is_impossible_is_refused_in_plain_words(changes: dict[str, object], why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        draft(**changes)
    assert "pydantic" not in str(refused.value)


@pytest.mark.parametrize(
    ("sales", "amount"), [(0, 1), (1, 0), (-1, 1), (1, -1)]
)  # fmt: skip
def test_a_bonus_needs_a_sum_and_an_amount(sales: int, amount: int) -> None:
    with pytest.raises(ValueError, match="both above zero"):
        bonus(sales, amount)


def test_a_retainer_guarantees_every_month_and_says_so() -> None:
    retainer = draft(cadence="monthly", months=3, bonuses=(bonus(2000, 100), bonus(5000, 250)),
                     minimum_payout=euros(50), usage_channels=("our Instagram", "product pages"),
                     exclusivity_days=60, exclusivity_scope="linen and other summer clothing")  # fmt: skip
    assert (retainer.guaranteed, retainer.largest_bonus) == (euros(600), euros(350))
    fields = promised(retainer)
    assert (fields["pay.fee"], fields["pay.months"], fields["pay.total"]) == ("200.00 EUR", "3", "600.00 EUR")
    assert (fields["pay.monthly"], fields["pay.once"], fields["pay.minimum"]) == ("monthly", "", "50.00 EUR")
    assert fields["pay.bonuses"] == (
        "100.00 EUR once tracked sales reach 2,000.00 EUR",
        "a further 250.00 EUR once tracked sales reach 5,000.00 EUR",
    )
    assert fields["exclusivity"] == "60 days: linen and other summer clothing"
    assert (fields["exclusivity.days"], fields["exclusivity.none"]) == ("60", "")


def test_amounts_and_dates_read_in_the_language_of_the_template(terms_with: Callable[..., Terms]) -> None:
    paid = {"stipend": {"amount": "1200", "currency": "EUR"}, "commission_percent": "12.5"}
    german = displayed(terms_with(language="de", bonuses=[bonus(2000, 100)], **paid))
    assert (german["pay.fee"], german["pay.commission"]) == ("1.200,00 EUR", "12,5\u00a0%")
    assert german["posting.first"] == "1. Dezember 2026"
    assert german["pay.bonuses"] == ("100,00 EUR, sobald die erfassten Verkäufe 2.000,00 EUR erreichen",)
    spanish = displayed(terms_with(language="es", **paid))
    assert (spanish["pay.fee"], spanish["campaign.ends"]) == ("1.200,00 EUR", "31 de enero de 2027")
    assert spanish["exclusivity"] == "ninguna"


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_whatever_is_agreed_every_field_is_filled(language: str, terms_with: Callable[..., Terms]) -> None:
    terms = terms_with(language=language, exclusivity_days=9, exclusivity_scope="x", bonuses=[bonus(9, 1)])
    assert set(displayed(terms)) == FIELDS
    assert terms.exclusivity == "agreed"
    assert Terms.model_validate(terms.model_dump(mode="json")) == terms


def test_a_template_must_not_be_silent_on_what_was_agreed() -> None:
    asked = {"pay.fee", "pay.commission", "exclusivity", "deliverables"}
    assert unsaid(draft(), asked) == []
    agreed = draft(cadence="monthly", months=2, bonuses=(bonus(9, 1),), clauses=("one-revision",),
                   exclusivity_days=9, exclusivity_scope="linen")  # fmt: skip
    assert unsaid(agreed, asked) == ["bonuses", "payment by month", "the clauses chosen"]
    assert unsaid(agreed, asked | {"pay.bonuses", "pay.total", "clauses"}) == []


words = some.text(some.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=40)
money = some.integers(1, 10**9).map(lambda cents: Money.of_minor(cents, EURO))


@some.composite
def drafts(draw: some.DrawFn) -> OfferDraft:
    months, exclusive = draw(some.integers(1, 24)), draw(some.integers(0, 365))
    sums = sorted(draw(some.sets(some.integers(1, 10**9), max_size=5)))
    usage = draw(some.integers(0, 730))
    return draft(
        stipend=draw(money), commission_percent=draw(some.decimals("0.01", 80, places=2)), months=months,
        cadence="monthly" if months > 1 else "once", minimum_payout=draw(some.none() | money),
        bonuses=tuple(Bonus(tracked_sales=Money.of_minor(cents, EURO), amount=draw(money)) for cents in sums),
        product=draw(words), deliverables=tuple(draw(some.lists(words, min_size=1, max_size=5))),
        variants=draw(some.just("") | words), usage_days=usage,
        usage_channels=tuple(draw(some.lists(words, max_size=3))) if usage else (), exclusivity_days=exclusive,
        exclusivity_scope=draw(words) if exclusive else "",
    )  # fmt: skip


@given(drafts())
def test_terms_come_back_from_the_record_as_they_went_in(agreed: OfferDraft) -> None:
    stored = OfferDraft.model_validate(agreed.model_dump(mode="json"))
    assert stored == agreed
    assert stored.sha256 == agreed.sha256
    assert OfferDraft.model_validate_json(agreed.canonical) == agreed
    assert agreed.guaranteed.minor == agreed.stipend.minor * agreed.months
    assert set(promised(agreed)) < FIELDS


def test_a_creator_gets_the_offer_of_their_tier(campaign: Campaign) -> None:
    tiers = [
        {"name": "nano", "followers_from": 1_000, "followers_to": 10_000, "stipend": 100, "commission_percent": 8},
        {"name": "micro", "followers_from": 10_000, "followers_to": 50_000, "stipend": 300, "commission_percent": 12},
    ]
    offer = campaign.offer.model_validate(campaign.offer.model_dump() | {"tiers": tiers})
    tiered = campaign.model_copy(update={"offer": offer})
    for followers, fee, percent in ((999, 200, 10), (1_000, 100, 8), (9_999, 100, 8), (10_000, 300, 12),
                                    (50_000, 200, 10), (None, 200, 10)):  # fmt: skip
        standard = standard_draft(tiered, followers)
        assert (standard.stipend, int(standard.commission_percent)) == (euros(fee), percent), followers
