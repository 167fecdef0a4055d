"""What a deal says: typed, frozen, and put into words in one place.

Owns the terms of offers and contracts and how amounts, dates and names read on paper. Does no I/O and knows
neither Word nor tables that hold contracts.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.campaign import Campaign
from core.errors import Refused
from core.models.candidates import Snapshot
from core.models.creators import Account
from core.models.tracking import TrackingLink
from core.money import Money

Model = Literal["seed", "commission", "bonus", "hybrid"]

_PLATFORMS = {"instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube"}
#: Spelled out here because the names of `strftime` depend on the machine's language.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def clean(text: str) -> str:
    """Text as it may stand in a document: line breaks and tabs become a space, control characters vanish.

    Also removed: what XML cannot hold (lone surrogates, U+FFFE, U+FFFF), and the marks that turn the direction of
    what follows them (U+202A to U+202E, U+2066 to U+2069): in a name they could make an amount read backwards.
    Everything else, other scripts, emoji, zero-width joiners and mark-up included, stays as it is.
    """
    return "".join(character for character in _BREAKS.sub(" ", text) if not _unfit(character)).strip()


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen: spaces and zero-width characters alone."""
    return all(unicodedata.category(character) in _UNSEEN for character in text)


def _visible(text: str) -> str:
    if is_blank(text):
        raise ValueError("is empty")
    return text


def _shortest(number: Decimal) -> Decimal:
    # 10, 10.0 and 1E+1 are one percentage and must have one hash.
    return Decimal(format(number.normalize(), "f"))


def _settled(money: Money) -> Money:
    return Money.of_minor(money.minor, money.currency)


Words = Annotated[
    str,
    BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value),
    Field(max_length=500),
    AfterValidator(_visible),
]
Amount = Annotated[Money, AfterValidator(_settled)]
Percent = Annotated[Decimal, Field(ge=0, le=80, allow_inf_nan=False), AfterValidator(_shortest)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def canonical(self) -> str:
        """The same text for the same terms; what hashes are taken of."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()


class OfferDraft(_Frozen):
    """What one version of an offer promises: all that the creator says yes to (R7, R86)."""

    model: Model
    stipend: Amount
    commission_percent: Percent
    product: Words
    deliverables: Annotated[tuple[Words, ...], Field(min_length=1, max_length=20)]
    usage_days: int = Field(ge=0, le=730)
    payment_days: int = Field(ge=1, le=120)
    clawback_days: int = Field(ge=0, le=120)
    post_from: date
    post_until: date

    @model_validator(mode="after")
    def _possible(self) -> Self:
        problem = _impossible_pay(self.model, fee=bool(self.stipend.amount), commission=bool(self.commission_percent))
        if self.stipend.amount < 0:
            problem = "the fee is below zero"
        if self.post_until < self.post_from:
            problem = "the posting window ends before it begins"
        if problem:
            raise ValueError(problem)
        return self


class Terms(OfferDraft):
    """Everything one contract says: the accepted offer, who the parties are, and how sales are tracked."""

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
    exclusivity: Literal["none"] = "none"
    disclosure: Words
    governing_law: Words
    code: Words
    link: Words
    filming_angles: Words

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.post_from < self.starts_on or self.post_until > self.ends_on:
            raise ValueError(
                f"the offer lets posts go live from {in_words(self.post_from)} to {in_words(self.post_until)}, but the "
                f"campaign runs from {in_words(self.starts_on)} to {in_words(self.ends_on)}"
            )
        if not self.link.startswith("https://") or " " in self.link or " " in self.code:
            raise ValueError(f"{self.link!r} with code {self.code!r} cannot track a sale")
        return self


def standard_draft(campaign: Campaign, **changes: object) -> OfferDraft:
    """The campaign's offer to everybody, with what was negotiated for one creator. Raises Refused if impossible."""
    offer = campaign.offer
    standard: dict[str, object] = {
        "model": offer.model,
        "stipend": offer.stipend_money,
        "commission_percent": offer.commission_percent,
        "product": offer.product,
        "deliverables": offer.deliverables,
        "usage_days": offer.usage_days,
        "payment_days": offer.payment_days,
        "clawback_days": campaign.contract.clawback_days,
        "post_from": campaign.starts_on,
        "post_until": campaign.ends_on,
    }
    try:
        return OfferDraft.model_validate(standard | changes)
    except ValidationError as error:
        raise _refusal("This offer", error, next_step="Change the amounts, or the campaign's [offer].") from None


def terms_for(
    campaign: Campaign,
    offer: OfferDraft,
    link: TrackingLink,
    *,
    account: Account,
    snapshot: Mapping[str, Snapshot],
    version: int,
) -> Terms:
    """The terms of one candidate's contract. Raises Refused, naming the candidate, where they contradict themselves."""
    who = f"The contract for {account.handle} in {campaign.slug}"
    facts = {
        "reference": f"{campaign.slug}-{campaign.cycle}-{link.candidate_id}",
        "version": version,
        "creator_name": _name(snapshot, account),
        "creator_account": f"@{account.handle} on {_PLATFORMS.get(account.platform, account.platform)}",
        "brand": campaign.brand,
        "company_name": campaign.company.legal_name,
        "company_address": campaign.company.postal_address,
        "company_contact": campaign.company.contact_email,
        "campaign_name": campaign.name,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "disclosure": campaign.contract.disclosure,
        "governing_law": campaign.contract.governing_law,
        "code": link.code,
        "link": link.url,
        "filming_angles": campaign.contract.filming_angles,
    }
    try:
        return Terms.model_validate({name: getattr(offer, name) for name in OfferDraft.model_fields} | facts)
    except ValidationError as error:
        raise _refusal(who, error, next_step="Correct the campaign or agree on a new offer.") from None


def displayed(terms: Terms) -> dict[str, str | tuple[str, ...]]:
    """Every field a template may ask for, as it reads on paper. An empty one counts as "does not apply"."""
    commission = f"{terms.commission_percent}%" if terms.commission_percent else ""
    return {
        "document.reference": terms.reference,
        "document.version": str(terms.version),
        "creator.name": terms.creator_name,
        "creator.account": terms.creator_account,
        "brand": terms.brand,
        "company.name": terms.company_name,
        "company.address": terms.company_address,
        "company.contact": terms.company_contact,
        "campaign.name": terms.campaign_name,
        "campaign.starts": in_words(terms.starts_on),
        "campaign.ends": in_words(terms.ends_on),
        "posting.first": in_words(terms.post_from),
        "posting.last": in_words(terms.post_until),
        "product": terms.product,
        "deliverables": terms.deliverables,
        "pay.fee": str(terms.stipend) if terms.stipend.amount else "",
        "pay.commission": commission,
        "pay.any": "paid" if terms.stipend.amount or commission else "",
        "pay.none": "" if terms.stipend.amount or commission else "unpaid",
        "pay.days": str(terms.payment_days),
        "pay.refund_days": str(terms.clawback_days) if commission and terms.clawback_days else "",
        "usage.days": str(terms.usage_days) if terms.usage_days else "",
        "usage.none": "" if terms.usage_days else "no use",
        "exclusivity": terms.exclusivity,
        "disclosure": terms.disclosure,
        "law": terms.governing_law,
        "tracking.code": terms.code,
        "tracking.link": terms.link,
        "filming.angles": terms.filming_angles,
    }


#: The names of all those fields.
FIELDS = frozenset({
    "document.reference", "document.version", "creator.name", "creator.account", "brand", "company.name",
    "company.address", "company.contact", "campaign.name", "campaign.starts", "campaign.ends", "posting.first",
    "posting.last", "product", "deliverables", "pay.fee", "pay.commission", "pay.any", "pay.none", "pay.days",
    "pay.refund_days", "usage.days", "usage.none", "exclusivity", "disclosure", "law", "tracking.code", "tracking.link",
    "filming.angles",
})  # fmt: skip
#: Those that hold several values and are looped over.
LISTS = frozenset({"deliverables"})


def in_words(day: date) -> str:
    """A date that nobody can misread: 1 December 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _unfit(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs") or character in _TURNING or (ord(character) & 0xFFFE) == 0xFFFE
    )


def _impossible_pay(model: Model, *, fee: bool, commission: bool) -> str:
    if model == "seed" and (fee or commission):
        return "a seeding offer is product only, it has neither fee nor commission"
    if model == "commission" and (fee or not commission):
        return "a commission offer has a commission and no fee; with a fee it is a hybrid one"
    if model == "hybrid" and not (fee and commission):
        return "a hybrid offer has both a fee and a commission"
    if model == "bonus":
        return "a bonus offer needs a threshold and an amount, which no contract template states yet"
    return ""


def _name(snapshot: Mapping[str, Snapshot], account: Account) -> str:
    known = snapshot.get("name")
    name = clean(str(known.value)) if known is not None and isinstance(known.value, str) else ""
    return account.handle if is_blank(name) else name


def _refusal(what: str, error: ValidationError, *, next_step: str) -> Refused:
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"]).replace("_", " ")
    message = problem["msg"].removeprefix("Value error, ")
    return Refused(f"{what} cannot be made: {where + ': ' if where else ''}{message}.", next_step=next_step)
