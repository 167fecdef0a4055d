"""How terms read on paper: every field a template may ask for, in the template's language.

Pure. Owns the names of the fields (`FIELDS`, `LISTS`) and which of them a template must not leave out (`unsaid`).
Knows neither Word nor where terms come from.
"""

from collections.abc import Collection, Mapping

from contracts.languages import Language, amount, long_date, percent, word
from contracts.terms import OfferDraft, Terms

Displayed = dict[str, str | tuple[str, ...]]

#: The names of all fields.
FIELDS = frozenset({
    "document.reference", "document.version", "creator.name", "creator.account", "brand", "company.name",
    "company.address", "company.contact", "sender.name", "campaign.name", "campaign.starts", "campaign.ends",
    "posting.first", "posting.last", "product", "deliverables", "variants",
    "pay.fee", "pay.commission", "pay.any", "pay.none", "pay.days", "pay.refund_days", "pay.bonuses", "pay.monthly",
    "pay.once", "pay.months", "pay.minimum", "pay.total",
    "usage.days", "usage.none", "usage.channels", "exclusivity", "exclusivity.days", "exclusivity.scope",
    "exclusivity.none", "clauses", "nda.years", "disclosure", "law", "tracking.code", "tracking.link", "filming.angles",
    "brief.objectives", "brief.call_to_action", "brief.landing", "brief.checkout", "brief.hooks", "brief.formats",
    "brief.hashtag", "brief.kpi", "brief.disclosure_examples",
})  # fmt: skip
#: Those that hold several values and are looped over.
LISTS = frozenset({
    "deliverables", "pay.bonuses", "usage.channels", "clauses", "brief.objectives", "brief.hooks", "brief.formats",
    "brief.disclosure_examples",
})  # fmt: skip
#: What may not be agreed on and then be missing on paper: what it is, the field that tells whether it applies, and the
#: fields of which a template must ask for one.
_WEIGHTY: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "a fee": ("pay.fee", ("pay.fee",)),
    "a commission": ("pay.commission", ("pay.commission",)),
    "bonuses": ("pay.bonuses", ("pay.bonuses",)),
    "payment by month": ("pay.months", ("pay.months", "pay.total")),
    "a minimum payout": ("pay.minimum", ("pay.minimum",)),
    "the channels for the content": ("usage.channels", ("usage.channels",)),
    "days of exclusivity": ("exclusivity.days", ("exclusivity.days", "exclusivity")),
    "what exclusivity is for": ("exclusivity.scope", ("exclusivity.scope", "exclusivity")),
    "variants": ("variants", ("variants",)),
    "the clauses chosen": ("clauses", ("clauses",)),
    "years of secrecy": ("nda.years", ("nda.years",)),
}


def displayed(terms: Terms) -> Displayed:
    """Every field a template may ask for, as it reads on paper. An empty one counts as "does not apply"."""
    language = terms.language
    return {
        "document.reference": terms.reference,
        "document.version": str(terms.version),
        "creator.name": terms.creator_name,
        "creator.account": terms.creator_account,
        "brand": terms.brand,
        "company.name": terms.company_name,
        "company.address": terms.company_address,
        "company.contact": terms.company_contact,
        "sender.name": terms.sender_name,
        "campaign.name": terms.campaign_name,
        "campaign.starts": long_date(terms.starts_on, language),
        "campaign.ends": long_date(terms.ends_on, language),
        "nda.years": str(terms.nda_years) if terms.nda_years else "",
        "disclosure": terms.disclosure,
        "law": terms.governing_law,
        "tracking.code": terms.code,
        "tracking.link": terms.link,
        "filming.angles": terms.filming_angles,
        **promised(terms, language),
        "clauses": tuple(swap.text for swap in terms.swap_texts),
        **_brief(terms),
    }


def promised(offer: OfferDraft, language: Language = "en") -> Displayed:
    """The fields that an offer alone can fill: what is asked of the creator and what they get; clauses by their ids."""
    return {
        "posting.first": long_date(offer.post_from, language),
        "posting.last": long_date(offer.post_until, language),
        "product": offer.product,
        "deliverables": offer.deliverables,
        "variants": offer.variants,
        "clauses": offer.clauses,
        **_pay(offer, language),
        **_bonds(offer, language),
    }


def unsaid(offer: OfferDraft, asked: Collection[str]) -> list[str]:
    """What was agreed on and would be missing in a template that asks for these fields, in words."""
    fields = displayed(offer) if isinstance(offer, Terms) else promised(offer)
    fields["usage.channels"] = offer.usage_channels  # our own channels go without saying, as in older templates
    return [
        what
        for what, (applies, says_it) in _WEIGHTY.items()
        if fields.get(applies) and not any(name in asked for name in says_it)
    ]


def _pay(offer: OfferDraft, language: Language) -> Displayed:
    fee, monthly = bool(offer.stipend.amount), offer.cadence == "monthly"
    commission = percent(offer.commission_percent, language) if offer.commission_percent else ""
    return {
        "pay.fee": amount(offer.stipend, language) if fee else "",
        "pay.commission": commission,
        "pay.bonuses": tuple(
            word("further bonus" if number else "bonus", language).format(
                amount(bonus.amount, language), amount(bonus.tracked_sales, language)
            )
            for number, bonus in enumerate(offer.bonuses)
        ),
        "pay.any": word("paid", language) if offer.pays else "",
        "pay.none": "" if offer.pays else word("unpaid", language),
        "pay.monthly": word("monthly", language) if offer.pays and monthly else "",
        "pay.once": word("once", language) if offer.pays and not monthly else "",
        "pay.months": str(offer.months) if offer.pays and monthly else "",
        "pay.total": amount(offer.guaranteed, language) if fee else "",
        "pay.minimum": amount(offer.minimum_payout, language) if offer.minimum_payout else "",
        "pay.days": str(offer.payment_days),
        "pay.refund_days": str(offer.clawback_days) if commission and offer.clawback_days else "",
    }


def _bonds(offer: OfferDraft, language: Language) -> Displayed:
    days, scope, none = str(offer.exclusivity_days), offer.exclusivity_scope, word("none", language)
    exclusive = bool(offer.exclusivity_days)
    return {
        "usage.days": str(offer.usage_days) if offer.usage_days else "",
        "usage.none": "" if offer.usage_days else word("no use", language),
        "usage.channels": offer.usage_channels or ((word("our channels", language),) if offer.usage_days else ()),
        "exclusivity": word("exclusive", language).format(days, scope) if exclusive else none,
        "exclusivity.days": days if exclusive else "",
        "exclusivity.scope": scope if exclusive else "",
        "exclusivity.none": "" if exclusive else none,
    }


def _brief(terms: Terms) -> Displayed:
    brief = terms.brief
    return {
        "brief.objectives": brief.objectives,
        "brief.call_to_action": brief.call_to_action,
        "brief.landing": brief.landing,
        "brief.checkout": brief.checkout,
        "brief.hooks": brief.hooks,
        "brief.formats": brief.formats,
        "brief.hashtag": brief.hashtag,
        "brief.kpi": brief.kpi,
        "brief.disclosure_examples": brief.disclosure_examples,
    }
