"""What a campaign offers its creators and what its contracts say: the [offer], [contract] and
[brief] parts of its file.

Owns these parts, the bands of followers that get other amounts, and what an offer guarantees at most. Knows nothing of
creators on record, of contracts or of how an offer is made.
"""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core.audience import Line, Part
from core.countries import code_of
from core.money import Money

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Language = Literal["en", "de", "es", "fr"]
Cadence = Literal["once", "monthly"]
#: More steps than this nobody can keep in mind, and no page of a contract should hold.
MOST_BONUSES = 5
_Percent = Annotated[Decimal, Field(ge=0, le=80, allow_inf_nan=False)]
_AboveZero = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
_FromZero = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


class BonusStep(Part):
    """A further amount, paid once, as soon as the creator's tracked sales reach a sum (R40)."""

    tracked_sales: _AboveZero
    amount: _AboveZero


class Tier(Part):
    """What creators of one band of followers are offered instead (R83): `followers_from` counts in, `followers_to`
    does not, so that one band begins where the other ends."""

    name: Line
    followers_from: int = Field(ge=0)
    followers_to: int = Field(ge=1)
    stipend: _FromZero = Decimal(0)
    commission_percent: _Percent = Decimal(0)


class OfferTerms(Part):
    """The offer every creator gets first, and the band inside which no further sign-off is needed (R56, R57)."""

    model: Literal["seed", "commission", "bonus", "hybrid"] = "hybrid"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    stipend: _FromZero = Decimal(0)
    commission_percent: _Percent = Decimal(0)
    cadence: Cadence = "once"
    months: int = Field(1, ge=1, le=24)
    bonuses: Annotated[tuple[BonusStep, ...], Field(max_length=MOST_BONUSES)] = ()
    tiers: Annotated[tuple[Tier, ...], Field(max_length=10)] = ()
    minimum_payout: Annotated[_FromZero, AfterValidator(lambda amount: amount or Decimal(0))] = Decimal(0)
    product: Line
    deliverables: Annotated[tuple[Line, ...], Field(min_length=1)]
    deliverables_in: dict[Language, tuple[Line, ...]] = Field(default_factory=dict)
    variants: Line | None = None
    usage_days: int = Field(30, ge=0, le=730)
    usage_channels: Annotated[tuple[Line, ...], Field(max_length=10)] = ()
    exclusivity_days: int = Field(0, ge=0, le=365)
    exclusivity_scope: Line | None = None
    competitors: tuple[Line, ...] = ()
    payment_days: int = Field(30, ge=1, le=120)
    per_creator_maximum: _AboveZero
    budget: _AboveZero

    @model_validator(mode="after")
    def _affordable(self) -> Self:
        amounts = [self.stipend, self.per_creator_maximum, self.budget, self.minimum_payout]
        amounts += [amount for step in self.bonuses for amount in (step.tracked_sales, step.amount)]
        for amount in amounts + [tier.stipend for tier in self.tiers]:
            Money(amount, self.currency)
        if self.stipend * self.months > self.per_creator_maximum:
            raise ValueError(
                "stipend is above per_creator_maximum"
                if self.months == 1
                else f"stipend for {self.months} months is above per_creator_maximum"
            )
        pay = [
            (self.stipend, self.commission_percent),
            *((each.stipend, each.commission_percent) for each in self.tiers),
        ]
        for fee, commission in pay:
            if self.model == "hybrid" and not (fee and commission):
                raise ValueError("a hybrid offer needs both stipend and commission_percent (R10)")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.cadence == "monthly") != (self.months > 1):
            raise ValueError('months above 1 and cadence = "monthly" belong together')
        if any(lower.tracked_sales >= upper.tracked_sales for lower, upper in pairwise(self.bonuses)):
            raise ValueError("bonuses must ask for more tracked sales from one to the next")
        if bool(self.exclusivity_days) != bool(self.exclusivity_scope):
            raise ValueError("exclusivity_days and exclusivity_scope belong together: for how long, and from what")
        if self.usage_channels and not self.usage_days:
            raise ValueError("usage_channels need usage_days: nothing is used for no days")
        return self

    @model_validator(mode="after")
    def _in_bands(self) -> Self:
        for tier in self.tiers:
            if tier.followers_to <= tier.followers_from:
                raise ValueError(f"tiers: {tier.name} ends before it begins")
        for lower, upper in pairwise(self.tiers):
            if upper.followers_from < lower.followers_to:
                raise ValueError(f"tiers: {upper.name} begins before {lower.name} ends; name them from small to large")
        return self

    @model_validator(mode="after")
    def _said_in_whole(self) -> Self:
        for language, said in self.deliverables_in.items():
            if len(said) != len(self.deliverables):
                raise ValueError(f"deliverables_in.{language} has {len(said)} pieces, deliverables has "
                                 f"{len(self.deliverables)}: say each of them")  # fmt: skip
        return self

    @property
    def stipend_money(self) -> Money:
        return Money(self.stipend, self.currency)

    @property
    def guaranteed(self) -> Money:
        """What one creator is sure to get: the fee of every month together."""
        return Money(self.stipend * self.months, self.currency)

    def for_followers(self, followers: int | None) -> Self:
        """The offer as it is for a creator of that size: with the amounts of their band, else as it stands."""
        tier = self.tier_of(followers)
        if tier is None:
            return self
        return self.model_copy(update={"stipend": tier.stipend, "commission_percent": tier.commission_percent})

    def tier_of(self, followers: int | None) -> Tier | None:
        """The band a creator of that size is in; None where there is none, or nobody knows the size."""
        if followers is None:
            return None
        return next((tier for tier in self.tiers if tier.followers_from <= followers < tier.followers_to), None)


class ContractChoice(Part):
    """Which approved template, and what fills the local places of it."""

    template: Slug = "creator-agreement-en"
    governing_law: Line
    disclosure: Line
    disclosure_by_country: dict[Line, Line] = Field(default_factory=dict)
    clawback_days: int = Field(30, ge=0, le=120)
    filming_angles: Line = "your choice"
    clauses: Annotated[tuple[Slug, ...], Field(max_length=10)] = ()
    nda_years: int = Field(0, ge=0, le=10)

    def disclosure_for(self, country: str) -> str:
        """The words a post must open with where the creator lives; those of the campaign where no others are named."""
        wanted = code_of(country)
        words = (said for known, said in self.disclosure_by_country.items() if wanted and code_of(known) == wanted)
        return next(words, self.disclosure)

    @model_validator(mode="after")
    def _countries_known(self) -> Self:
        if strange := next((name for name in self.disclosure_by_country if not code_of(name)), ""):
            raise ValueError(f"disclosure_by_country: {strange!r} is no country that we know")
        return self


class BriefWords(Part):
    """What a content brief and an onboarding sheet say beyond the offer; what is left out follows from the rest of the
    campaign (R42, R43, R88)."""

    objectives: Annotated[tuple[Line, ...], Field(max_length=6)] = ()
    call_to_action: Annotated[str, Field(max_length=200)] = ""
    landing: Annotated[str, Field(max_length=200)] = ""
    checkout: Annotated[str, Field(max_length=200)] = ""
    hooks: Annotated[tuple[Line, ...], Field(max_length=6)] = ()
    formats: Annotated[tuple[Line, ...], Field(max_length=6)] = ()
    hashtag: Annotated[str, Field(pattern=r"^(#\w{1,60})?$")] = ""
    disclosure_examples: Annotated[tuple[Line, ...], Field(max_length=4)] = ()


#: Keys that campaign files did not always have. Left out of what is hashed while they say nothing, so that whatever
#: was signed off or sourced under the hash of a file stays so.
ADDED_LATER: dict[str, frozenset[str]] = {
    "offer": frozenset({
        "cadence", "months", "bonuses", "tiers", "minimum_payout", "deliverables_in", "variants", "usage_channels",
        "exclusivity_days", "exclusivity_scope", "competitors",
    }),
    "contract": frozenset({"disclosure_by_country", "clauses", "nda_years"}),
    "brief": frozenset(BriefWords.model_fields),
}  # fmt: skip


def says_nothing(key: str, value: object) -> bool:
    """Whether this is a key added later (as `section.key`) that still has its default, as JSON knows it."""
    section, _, name = key.partition(".")
    if name not in ADDED_LATER.get(section, ()):
        return False
    return value in (None, 0, "0", "", [], {}) or (name, value) in (("cadence", "once"), ("months", 1))
