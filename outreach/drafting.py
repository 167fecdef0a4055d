"""A first version of an answer, in words that were approved, for a person to read, change and send. Pure.

Owns what the words are filled with and when a price is one that may be talked about. Sends nothing.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast, get_args

from core.campaign import Campaign
from core.errors import BadInput
from core.money import Money
from core.people import Person
from outreach import amounts, render, words
from outreach.amounts import PERCENT
from outreach.phrases import ReplyKind
from outreach.swap_language import SwapLanguage, filled, language_of


@dataclass(frozen=True)
class Standing:
    """What was offered and may be said: the terms of the latest offer, else of the campaign.

    `stipend` is the fee, of each month where it is paid for `months` above 1; `bonuses` are (amount, tracked sales).
    """

    stipend: Money
    commission_percent: Decimal
    payment_days: int
    usage_days: int
    months: int = 1
    bonuses: tuple[tuple[Money, Money], ...] = ()
    exclusivity_days: int = 0
    exclusivity_scope: str = ""

    @property
    def agreed(self) -> Set[tuple[Decimal, str]]:
        """Every amount of the offer, that of all months together included."""
        money = [self.stipend, Money(self.stipend.amount * self.months, self.stipend.currency)]
        money += [amount for bonus in self.bonuses for amount in bonus]
        return {*((one.amount, one.currency) for one in money), (self.commission_percent, PERCENT)}


@dataclass(frozen=True)
class Asked:
    """What a creator wrote, and who they are."""

    kind: str
    text: str
    name: str
    handle: str


@dataclass(frozen=True)
class Draft:
    """`source` says which approved words it is made of, and the sha256 of their file; both "" where there is none."""

    text: str = ""
    source: str = ""


def draft_for(
    asked: Asked, campaign: Campaign, sender: Person, standing: Standing, language: SwapLanguage, *, locale: str
) -> Draft:
    """What might be answered. Raises Refused where something that the words need is not known."""
    if asked.kind not in set(ReplyKind):
        raise BadInput(f"{asked.kind!r} is no kind of answer.")
    offer = campaign.offer
    fields = {
        "greeting": render.greeting_for(asked.name, asked.handle),
        "sender_name": sender.name,
        "sender_first_name": sender.name.split()[0],
        "brand": campaign.brand,
        "campaign": campaign.name,
        "deliverables": words.listed(campaign.deliverables_in(locale) or offer.deliverables, _spoken(locale)),
        "usage_days": str(standing.usage_days),
        "payment_days": str(standing.payment_days),
        "starts_on": _day(campaign.starts_on, locale),
        "ends_on": _day(campaign.ends_on, locale),
        "terms": _terms(language, standing, locale),
        "paid": _paid(language, standing),
        "exclusivity": _exclusivity(language, standing),
    }
    possible = possible_price(asked.text, campaign) if asked.kind == ReplyKind.PRICE_TALK else None
    return Draft(*language.draft(asked.kind, asked.text, fields, possible=possible))


def left_to_translate(text: str, source: str, campaign: Campaign) -> tuple[str, ...]:
    """What stands in a draft (or what became of it) in the words of the campaign file, which are in another language.

    `source` is the draft's. A mail is written in the campaign's language alone, an answer in the creator's.
    """
    language = language_of(source)
    if not language or language == campaign.outreach.locale:
        return ()
    pieces = () if campaign.deliverables_in(language) else campaign.offer.deliverables
    scope = campaign.offer.exclusivity_scope
    return tuple(piece for piece in (*pieces, *([scope] if scope else [])) if piece in text)


def possible_price(text: str, campaign: Campaign) -> bool | None:
    """Whether what they name is inside what one creator may cost; None where they name no amount of money.

    What cannot be read, or is in another currency, is for somebody else to decide.
    """
    named = [amount for amount in amounts.amounts_in(text) if amount.unit != PERCENT]
    if not named:
        return None
    most, currency = campaign.offer.per_creator_maximum, campaign.offer.currency
    return all(amount.value is not None and amount.value <= most and amount.unit in (currency, "") for amount in named)


def _terms(language: SwapLanguage, standing: Standing, locale: str) -> str:
    spoken = _spoken(locale)
    stipend = words.money(standing.stipend, spoken) if standing.stipend.amount else ""
    share = words.decimal(standing.commission_percent, spoken) if standing.commission_percent else ""
    bonuses = [(words.money(amount, spoken), words.money(sales, spoken)) for amount, sales in standing.bonuses]
    months = str(standing.months) if standing.months > 1 else ""
    parts = language.terms.parts(stipend=stipend, months=months, commission=share, bonuses=bonuses)
    return words.listed(parts, spoken)


def _paid(language: SwapLanguage, standing: Standing) -> str:
    """When which of it is paid, as mails and contract say it: by the month as soon as the fee is."""
    said, fee, share = language.terms, bool(standing.stipend.amount), bool(standing.commission_percent)
    if (fee and standing.months > 1) or (standing.bonuses and not fee and not share):
        text = said.paid_monthly
    elif fee and share:
        text = said.paid_both
    else:
        text = said.paid_fee if fee else said.paid_commission if share else said.paid_nothing
    return filled(text, {"payment_days": str(standing.payment_days)})


def _exclusivity(language: SwapLanguage, standing: Standing) -> str:
    if not standing.exclusivity_days:
        return language.terms.not_exclusive
    days, scope = str(standing.exclusivity_days), standing.exclusivity_scope
    return filled(language.terms.exclusive, {"days": days, "scope": scope})


def _day(day: date, locale: str) -> str:
    """As our mails say it, else in figures, which every language reads in this order."""
    return words.long_date(day, _spoken(locale)) if locale in get_args(words.Locale) else f"{day:%d/%m/%Y}"


def _spoken(locale: str) -> words.Locale:
    return cast(words.Locale, locale if locale in get_args(words.Locale) else "en")
