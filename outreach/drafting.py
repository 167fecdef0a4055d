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
from outreach.swap_language import SwapLanguage, language_of


@dataclass(frozen=True)
class Standing:
    """What was offered and may be said: the fee and the commission of the latest offer, else of the campaign."""

    stipend: Money
    commission_percent: Decimal

    @property
    def agreed(self) -> Set[tuple[Decimal, str]]:
        return {(self.stipend.amount, self.stipend.currency), (self.commission_percent, PERCENT)}


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
        "usage_days": str(offer.usage_days),
        "payment_days": str(offer.payment_days),
        "starts_on": _day(campaign.starts_on, locale),
        "ends_on": _day(campaign.ends_on, locale),
        "terms": _terms(language, standing, locale),
    }
    possible = possible_price(asked.text, campaign) if asked.kind == ReplyKind.PRICE_TALK else None
    return Draft(*language.draft(asked.kind, asked.text, fields, possible=possible))


def left_to_translate(text: str, source: str, campaign: Campaign) -> tuple[str, ...]:
    """What stands in a draft (or what became of it) in the words of the campaign file, which are in another language.

    `source` is the draft's. A mail is written in the campaign's language alone, an answer in the creator's.
    """
    language = language_of(source)
    if not language or campaign.deliverables_in(language):
        return ()
    return tuple(piece for piece in campaign.offer.deliverables if piece in text)


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
    return language.terms.said(stipend=stipend, commission=share)


def _day(day: date, locale: str) -> str:
    """As our mails say it, else in figures, which every language reads in this order."""
    return words.long_date(day, _spoken(locale)) if locale in get_args(words.Locale) else f"{day:%d/%m/%Y}"


def _spoken(locale: str) -> words.Locale:
    return cast(words.Locale, locale if locale in get_args(words.Locale) else "en")
