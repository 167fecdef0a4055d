"""Where terms come from: a campaign's standard offer, what was negotiated, and what the record knows of a creator.

Pure. Knows neither how terms read on paper nor how offers and contracts are kept.
"""

from collections.abc import Mapping

from pydantic import ValidationError

from contracts.languages import Language, word
from contracts.terms import Bonus, OfferDraft, SwapText, Terms
from contracts.words import clean, is_blank
from core.campaign import Campaign
from core.errors import Refused
from core.models.candidates import Snapshot
from core.models.creators import Account
from core.models.tracking import TrackingLink
from core.money import Money
from core.platforms import platform_name


def standard_draft(campaign: Campaign, followers: int | None = None, /, **changes: object) -> OfferDraft:
    """The campaign's offer to a creator of that size, with what was negotiated. Raises Refused if impossible."""
    offer = campaign.offer.for_followers(followers)
    currency = offer.currency
    standard: dict[str, object] = {
        "model": offer.model,
        "stipend": offer.stipend_money,
        "commission_percent": offer.commission_percent,
        "cadence": offer.cadence,
        "months": offer.months,
        "bonuses": tuple(
            Bonus(tracked_sales=Money(step.tracked_sales, currency), amount=Money(step.amount, currency))
            for step in offer.bonuses
        ),
        "minimum_payout": Money(offer.minimum_payout, currency) if offer.minimum_payout else None,
        "product": offer.product,
        "deliverables": offer.deliverables,
        "variants": offer.variants or "",
        "usage_days": offer.usage_days,
        "usage_channels": offer.usage_channels,
        "exclusivity_days": offer.exclusivity_days,
        "exclusivity_scope": offer.exclusivity_scope or "",
        "clauses": campaign.contract.clauses,
        "payment_days": offer.payment_days,
        "clawback_days": campaign.contract.clawback_days,
        "post_from": campaign.starts_on,
        "post_until": campaign.ends_on,
    }
    return made_of(standard | changes)


def made_of(values: Mapping[str, object]) -> OfferDraft:
    """An offer of these values. Raises Refused, saying what contradicts what."""
    try:
        return OfferDraft.model_validate(values)
    except ValidationError as error:
        raise _refusal("This offer", error, next_step="Change the amounts, or the campaign's [offer].") from None


def terms_for(
    campaign: Campaign, offer: OfferDraft, link: TrackingLink, *, account: Account, snapshot: Mapping[str, Snapshot],
    version: int, language: Language = "en", swap_texts: tuple[SwapText, ...] = (), sender_name: str = "",
) -> Terms:  # fmt: skip
    """The terms of one candidate's contract. Raises Refused, naming the candidate, where they contradict themselves."""
    platform = platform_name(account.platform)
    facts = {
        "language": language,
        "reference": f"{campaign.slug}-{campaign.cycle}-{link.candidate_id}",
        "version": version,
        "creator_name": _name(snapshot, account),
        "creator_account": f"@{account.handle} {word('on', language)} {platform}",
        "brand": campaign.brand,
        "company_name": campaign.company.legal_name,
        "company_address": campaign.company.postal_address,
        "company_contact": campaign.company.contact_email,
        "campaign_name": campaign.name,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "disclosure": campaign.contract.disclosure_for(_said(snapshot, "country")),
        "governing_law": campaign.contract.governing_law,
        "code": link.code,
        "link": link.url,
        "filming_angles": campaign.contract.filming_angles,
        "swap_texts": swap_texts,
        "nda_years": campaign.contract.nda_years,
        "sender_name": sender_name,
    }
    try:
        return Terms.model_validate({name: getattr(offer, name) for name in OfferDraft.model_fields} | facts)
    except ValidationError as error:
        raise _refusal(f"The contract for {account.handle} in {campaign.slug}", error,
                       next_step="Correct the campaign or agree on a new offer.") from None  # fmt: skip


def followers_of(snapshot: Mapping[str, Snapshot]) -> int | None:
    """How many followers the creator had when longlisted; None where nobody knew."""
    known = snapshot.get("followers")
    return known.value if known is not None and isinstance(known.value, int) else None


def _name(snapshot: Mapping[str, Snapshot], account: Account) -> str:
    name = clean(_said(snapshot, "name"))
    return account.handle if is_blank(name) else name


def _said(snapshot: Mapping[str, Snapshot], field: str) -> str:
    known = snapshot.get(field)
    return str(known.value) if known is not None and isinstance(known.value, str) else ""


def _refusal(what: str, error: ValidationError, *, next_step: str) -> Refused:
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"]).replace("_", " ")
    message = problem["msg"].removeprefix("Value error, ")
    return Refused(f"{what} cannot be made: {where + ': ' if where else ''}{message}.", next_step=next_step)
