"""What a deal says: typed, frozen, and refused where it contradicts itself.

Owns the terms of offers and contracts, their hashes, and what follows from them in numbers. Does no I/O; knows neither
how terms read on paper (`displaying`) nor where they come from (`from_campaign`).

How often a fee is paid (`cadence`) is not a kind of offer of its own: a retainer is a hybrid, a bonus or a fee offer
that is paid monthly, and each rule of pay holds for it as for any other. What is guaranteed is always fee × months.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts.languages import Language, long_date
from contracts.words import MaybeWords, Passage, Words, clean, is_blank
from core.campaign_offer import MOST_BONUSES, Cadence
from core.money import Money

__all__ = ["Bonus", "Brief", "Model", "OfferDraft", "SwapText", "Terms", "clean", "is_blank"]

#: "fee" is what a creator may ask for and get; a campaign's own offer to everybody is one of the others.
Model = Literal["seed", "commission", "bonus", "hybrid", "fee"]


def _shortest(number: Decimal) -> Decimal:
    # 10, 10.0 and 1E+1 are one percentage and must have one hash.
    return Decimal(format(number.normalize(), "f"))


def _settled(money: Money) -> Money:
    return Money.of_minor(money.minor, money.currency)


Amount = Annotated[Money, AfterValidator(_settled)]
Percent = Annotated[Decimal, Field(ge=0, le=80, allow_inf_nan=False), AfterValidator(_shortest)]
ClauseId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Fields that terms did not always have: not in the hash while they say nothing, so that what was offered, signed
    #: off or signed before them keeps its hash.
    added_later: ClassVar[frozenset[str]] = frozenset()

    @property
    def canonical(self) -> str:
        """The same text for the same terms; what hashes are taken of."""
        unsaid = {name for name in self.added_later if getattr(self, name) == type(self).model_fields[name].default}
        content = self.model_dump(mode="json", exclude=unsaid)
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()


class Bonus(_Frozen):
    """A further amount, paid once, as soon as the creator's tracked sales of the campaign reach `tracked_sales`."""

    tracked_sales: Amount
    amount: Amount

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.tracked_sales.minor <= 0 or self.amount.minor <= 0:
            raise ValueError("a bonus needs a sum of tracked sales and an amount, both above zero")
        return self


class SwapText(_Frozen):
    """A clause from the approved list that stands in a contract in place of, or beside, the template's own."""

    id: ClauseId
    text: Passage
    approved_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _untouched(self) -> Self:
        if hashlib.sha256(self.text.encode()).hexdigest() != self.approved_sha256:
            raise ValueError(f"clause {self.id} does not read as it was approved")
        return self


class Brief(_Frozen):
    """What a brief and an onboarding sheet say beyond the contract; all of it may be left out."""

    objectives: tuple[Words, ...] = ()
    call_to_action: MaybeWords = ""
    landing: MaybeWords = ""
    checkout: MaybeWords = ""
    hooks: tuple[Words, ...] = ()
    formats: tuple[Words, ...] = ()
    hashtag: MaybeWords = ""
    kpi: MaybeWords = ""
    disclosure_examples: tuple[Words, ...] = ()


class OfferDraft(_Frozen):
    """What one version of an offer promises: all that the creator says yes to (R7, R86)."""

    added_later: ClassVar[frozenset[str]] = frozenset({
        "cadence", "months", "bonuses", "minimum_payout", "variants", "usage_channels", "exclusivity_days",
        "exclusivity_scope", "clauses",
    })  # fmt: skip

    model: Model
    stipend: Amount
    commission_percent: Percent
    cadence: Cadence = "once"
    months: int = Field(1, ge=1, le=24)
    bonuses: Annotated[tuple[Bonus, ...], Field(max_length=MOST_BONUSES)] = ()
    minimum_payout: Amount | None = None
    product: Words
    deliverables: Annotated[tuple[Words, ...], Field(min_length=1, max_length=20)]
    variants: MaybeWords = ""
    usage_days: int = Field(ge=0, le=730)
    usage_channels: Annotated[tuple[Words, ...], Field(max_length=10)] = ()
    exclusivity_days: int = Field(0, ge=0, le=365)
    exclusivity_scope: MaybeWords = ""
    clauses: Annotated[tuple[ClauseId, ...], Field(max_length=10)] = ()
    payment_days: int = Field(ge=1, le=120)
    clawback_days: int = Field(ge=0, le=120)
    post_from: date
    post_until: date

    @model_validator(mode="after")
    def _possible(self) -> Self:
        problem = _impossible_pay(self) or _impossible_bonuses(self) or _impossible_bonds(self)
        if problem:
            raise ValueError(problem)
        return self

    @property
    def guaranteed(self) -> Money:
        """What the creator is sure to get in money: the fee of every month together."""
        return Money(self.stipend.amount * self.months, self.stipend.currency)

    @property
    def largest_bonus(self) -> Money:
        """What all bonuses come to, should the creator reach the highest sum: each adds to those before it."""
        amounts = [bonus.amount.amount for bonus in self.bonuses]
        return Money(sum(amounts, Decimal(0)), self.stipend.currency)

    @property
    def pays(self) -> bool:
        """Whether money may be owed: then payment and tax data are needed."""
        return bool(self.stipend.amount or self.commission_percent or self.bonuses)


class Terms(OfferDraft):
    """Everything one contract says: the accepted offer, who the parties are, and how sales are tracked."""

    added_later: ClassVar[frozenset[str]] = OfferDraft.added_later | {
        "language", "swap_texts", "nda_years", "sender_name", "brief"
    }  # fmt: skip

    language: Language = "en"
    reference: Words
    version: int = Field(ge=1)
    creator_name: Words
    creator_account: Words
    brand: Words
    company_name: Words
    company_address: Words
    company_contact: Words
    campaign_name: Words
    starts_on: date
    ends_on: date
    #: Whether there is any; always said, as the contracts drafted before there could be one say "none".
    exclusivity: Literal["none", "agreed"] = "none"
    disclosure: Words
    governing_law: Words
    code: Words
    link: Words
    filming_angles: Words
    swap_texts: tuple[SwapText, ...] = ()
    nda_years: int = Field(0, ge=0, le=10)
    sender_name: MaybeWords = ""
    brief: Brief = Brief()

    @model_validator(mode="before")
    @classmethod
    def _bound_or_not(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return given | {"exclusivity": "agreed" if given.get("exclusivity_days") else "none"}
        return given

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.post_from < self.starts_on or self.post_until > self.ends_on:
            posts = f"{long_date(self.post_from)} to {long_date(self.post_until)}"
            runs = f"{long_date(self.starts_on)} to {long_date(self.ends_on)}"
            raise ValueError(f"the offer lets posts go live from {posts}, but the campaign runs from {runs}")
        if not self.link.startswith("https://") or " " in self.link or " " in self.code:
            raise ValueError(f"{self.link!r} with code {self.code!r} cannot track a sale")
        if tuple(swap.id for swap in self.swap_texts) != self.clauses:
            raise ValueError(f"the clauses agreed on are {', '.join(self.clauses) or 'none'}, others are filled in")
        return self


def _impossible_pay(draft: OfferDraft) -> str:
    model, fee, commission = draft.model, bool(draft.stipend.amount), bool(draft.commission_percent)
    rules = {
        "seed": (fee or commission, "a seeding offer is product only, it has neither fee nor commission"),
        "commission": (fee or not commission,
                       "a commission offer has a commission and no fee; with a fee it is a hybrid one"),
        "hybrid": (not (fee and commission), "a hybrid offer has both a fee and a commission"),
        "bonus": (commission or not draft.bonuses,
                  "a bonus offer has a threshold of tracked sales with an amount, and no commission; with one it is a "
                  "commission or hybrid offer that may have bonuses too"),
        "fee": (commission or not fee, "a fee offer has a fee and no commission; with one it is a hybrid one"),
    }  # fmt: skip
    broken, why = rules[model]
    if draft.stipend.amount < 0:
        return "the fee is below zero"
    if broken:
        return why
    return _impossible_cadence(draft)


def _impossible_cadence(draft: OfferDraft) -> str:
    if draft.cadence == "once" and draft.months != 1:
        return "what is paid once is not paid for months"
    if draft.cadence == "monthly" and draft.months == 1:
        return "paid monthly means for two months or more; a single month is paid once"
    if draft.cadence == "monthly" and draft.model == "seed":
        return "a seeding offer is product only, nothing of it is paid monthly"
    return ""


def _impossible_bonuses(draft: OfferDraft) -> str:
    currency = draft.stipend.currency
    for bonus in draft.bonuses:
        if {bonus.tracked_sales.currency, bonus.amount.currency} != {currency}:
            return f"the fee is in {currency}, a bonus is not"
    if any(upper.tracked_sales <= lower.tracked_sales for lower, upper in pairwise(draft.bonuses)):
        return "each bonus must ask for more tracked sales than the one before it"
    if draft.model == "seed" and draft.bonuses:
        return "a seeding offer is product only, it has no bonuses"
    least = draft.minimum_payout
    if least is None:
        return ""
    if least.currency != currency:
        return f"the fee is in {currency}, the minimum payout is not"
    if least.minor <= 0:
        return "a minimum payout is above zero; leave it out where nothing waits"
    if not (draft.commission_percent or draft.bonuses):
        return "a minimum payout needs something that sales earn: a commission or a bonus"
    return ""


def _impossible_bonds(draft: OfferDraft) -> str:
    if draft.post_until < draft.post_from:
        return "the posting window ends before it begins"
    if draft.usage_channels and not draft.usage_days:
        return "it names channels, but no days on which the content may be used there"
    if bool(draft.exclusivity_days) != (not is_blank(draft.exclusivity_scope)):
        return "exclusivity needs both its days and its scope: for how long, and from what"
    if draft.model == "seed" and draft.exclusivity_days:
        return "a seeding offer binds to nothing: whoever is to work for nobody else must be paid"
    if len(set(draft.clauses)) != len(draft.clauses):
        return "a clause is chosen twice"
    return ""
