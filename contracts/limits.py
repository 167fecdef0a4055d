"""What of an offer goes beyond what the campaign's sign-off covers, so that the owner must be asked (R56, R57).

Pure: compares an offer, ours or what a creator asks, with the campaign's own offer to a creator of that size.
"""

from decimal import Decimal

from contracts.terms import Bonus, OfferDraft
from core.campaign import Campaign
from core.money import Money


def beyond(campaign: Campaign, draft: OfferDraft, standard: OfferDraft, *, left: Money) -> dict[str, str]:
    """Limit → in words how the offer exceeds it; {} where nobody needs to be asked."""
    return _money(campaign, draft, standard, left) | _bonds(draft, standard)


def _money(campaign: Campaign, draft: OfferDraft, standard: OfferDraft, left: Money) -> dict[str, str]:
    reasons = {}
    maximum = Money(campaign.offer.per_creator_maximum, campaign.offer.currency)
    sure = draft.guaranteed
    called = str(sure) if draft.months == 1 else f"{sure} ({draft.stipend} for {draft.months} months)"
    if sure > maximum:
        reasons["maximum"] = f"{called} is above the {maximum} that one creator may be guaranteed"
    if sure > left:
        reasons["budget"] = f"{called} is more than the {left} left of the budget"
    if draft.commission_percent > standard.commission_percent:
        reasons["commission"] = (
            f"a commission of {draft.commission_percent}% is above the campaign's {standard.commission_percent}%"
        )
    for bonus in draft.bonuses:
        due, known = _due(draft.bonuses, at=bonus.tracked_sales), _due(standard.bonuses, at=bonus.tracked_sales)
        if due > known:
            reasons["bonuses"] = (
                f"bonuses of {Money(due, sure.currency)} at {bonus.tracked_sales} of tracked sales are above the "
                f"campaign's {Money(known, sure.currency)}"
            )
    return reasons


def _bonds(draft: OfferDraft, standard: OfferDraft) -> dict[str, str]:
    """What the creator would owe less, or we sooner, than the campaign's terms that were signed off."""
    less = {
        "payment": (draft.payment_days < standard.payment_days,
                    f"paid within {draft.payment_days} days, the campaign's are {standard.payment_days}"),
        "clawback": (bool(draft.commission_percent) and draft.clawback_days < standard.clawback_days,
                     f"refunds are reversed for {draft.clawback_days} days, the campaign's are "
                     f"{standard.clawback_days}"),
        "usage": (draft.usage_days < standard.usage_days,
                  f"content may be used for {draft.usage_days} days, the campaign's are {standard.usage_days}"),
        "channels": (draft.usage_channels != standard.usage_channels,
                     f"content may be used on {_listed(draft.usage_channels)}, the campaign says "
                     f"{_listed(standard.usage_channels)}"),
        "exclusivity": (draft.exclusivity_days < standard.exclusivity_days,
                        f"exclusive for {draft.exclusivity_days} days, the campaign's are "
                        f"{standard.exclusivity_days}"),
        "scope": (bool(draft.exclusivity_days and standard.exclusivity_days)
                  and draft.exclusivity_scope != standard.exclusivity_scope,
                  f"exclusive from {draft.exclusivity_scope}, the campaign says {standard.exclusivity_scope}"),
        "variants": (bool(standard.variants) and draft.variants != standard.variants,
                     f"its variants are {draft.variants or 'none'}, the campaign's are {standard.variants}"),
        "deliverables": (draft.deliverables != standard.deliverables,
                         f"it asks for {'; '.join(draft.deliverables)}, the campaign for "
                         f"{'; '.join(standard.deliverables)}"),
        "product": (draft.product != standard.product,
                    f"the product is {draft.product}, the campaign's is {standard.product}"),
    }  # fmt: skip
    return {name: words for name, (worse, words) in less.items() if worse}


def _due(bonuses: tuple[Bonus, ...], *, at: Money) -> Decimal:
    return sum((bonus.amount.amount for bonus in bonuses if bonus.tracked_sales <= at), Decimal(0))


def _listed(channels: tuple[str, ...]) -> str:
    return ", ".join(channels) or "our own channels"
