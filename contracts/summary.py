"""What a contract says, as a table; and what it says otherwise than its former version, its template, our standard.

Pure: turns terms into words for cards, pages and exports. Asks nobody, sends nothing.
"""

from datetime import date

from contracts.displaying import Displayed, displayed
from contracts.languages import long_date, word
from contracts.terms import Bonus, OfferDraft, Terms
from core.models.deals import Contract

#: Field → what people call it, the weightiest first: a card shows the first ten or so at once.
LABELS = {
    "pay.fee": "Fixed fee",
    "pay.months": "Paid monthly, for months",
    "pay.total": "Guaranteed in all",
    "pay.commission": "Commission",
    "pay.bonuses": "Bonuses",
    "deliverables": "Deliverables",
    "posting.first": "Posts from",
    "posting.last": "Posts until",
    "usage.days": "Use of content, days",
    "usage.channels": "Use of content, where",
    "exclusivity": "Exclusivity",
    "clauses": "Clauses from the approved list",
    "disclosure": "Disclosure",
    "pay.refund_days": "Commission reversed for refunds within days",
    "pay.days": "Paid within days",
    "law": "Governing law",
    "product": "Product",
    "nda.years": "Secrecy, years",
    "pay.minimum": "Paid out from",
    "variants": "Variants",
    "creator.name": "Creator",
    "creator.account": "Account",
    "tracking.code": "Code",
    "tracking.link": "Link",
    "filming.angles": "Filming angles",
    "company.name": "Company",
    "campaign.name": "Campaign",
}
#: Said elsewhere on a card, derived from another field, or of no weight to a reader.
_UNSAID = frozenset({
    "document.reference", "document.version", "brand", "company.address", "company.contact", "campaign.starts",
    "campaign.ends", "pay.any", "pay.none", "pay.monthly", "pay.once", "usage.none", "exclusivity.none",
    "exclusivity.days", "exclusivity.scope", "sender.name",
})  # fmt: skip
#: Passages of a template that stand only where they apply.
_OPTIONAL = {
    "pay.fee": "a fixed fee",
    "pay.commission": "a commission",
    "pay.refund_days": "reversal of commission after refunds",
    "usage.days": "use of the content on our channels",
}
#: What an offer may change of a campaign's standard, as an offer has it.
_OF_OFFER = {
    "model": "Model",
    "stipend": "Fixed fee",
    "commission_percent": "Commission, %",
    "cadence": "Paid",
    "months": "Months",
    "product": "Product",
    "deliverables": "Deliverables",
    "variants": "Variants",
    "clauses": "Clauses from the approved list",
    "usage_days": "Use of content, days",
    "usage_channels": "Use of content, where",
    "payment_days": "Paid within days",
    "clawback_days": "Refunds reversed within days",
    "exclusivity_days": "Exclusivity, days",
    "exclusivity_scope": "Exclusivity, of what",
    "bonuses": "Bonuses",
    "minimum_payout": "Paid out from",
    "post_from": "Posts from",
    "post_until": "Posts until",
}


def table(terms: Terms) -> list[tuple[str, str, str]]:
    """The terms to read: (field, what people call it, value); what does not apply is left out."""
    values = _values(terms)
    known = [name for name in LABELS if name in values]
    # A field that is new and has no name yet is shown by its own: nothing agreed is kept from a reader.
    others = sorted(set(values) - set(LABELS) - _UNSAID)
    others = [name for name in others if not name.startswith("brief.")]
    return [(name, LABELS.get(name, name), one_line(values[name])) for name in (*known, *others) if values[name]]


def against_template(terms: Terms) -> str:
    """What stands otherwise than in the template, in words. A document with any other word is never drafted: see
    `documents.check`."""
    values = displayed(terms)
    left_out = [what for name, what in _OPTIONAL.items() if name in values and not values[name]]
    said = ["Nothing but its blanks is filled in."]
    said += [f"Left out, as it does not apply: {', '.join(left_out)}."] if left_out else []
    said += [f"Swap clause “{swap.id}” of the approved list: “{swap.text}”" for swap in terms.swap_texts]
    said += [f"A wish of our own: “{terms.filming_angles}”."] if terms.filming_angles else []
    return " ".join(said)


def against_standard(agreed: OfferDraft, standard: OfferDraft) -> list[str]:
    """What this creator's offer says otherwise than the campaign's standard one, in words; [] where nothing."""
    return [
        f"{_OF_OFFER.get(name, name)}: {_plain(getattr(standard, name))} → {_plain(getattr(agreed, name))}"
        for name in OfferDraft.model_fields
        if getattr(standard, name) != getattr(agreed, name)
    ]


def differences(former: Contract, contract: Contract) -> list[str]:
    """What a version says otherwise than the one before, field by field; ids that differ always are left out."""
    old, new = _values(Terms.model_validate(former.terms)), _values(Terms.model_validate(contract.terms))
    changed = [
        f"{LABELS.get(name, name)}: {one_line(old[name])} → {one_line(new[name])}"
        for name in new
        if name not in _UNSAID and old[name] != new[name]
    ]
    # Of these a reader sees no line in the table, but a change of them is one all the same.
    changed += [
        f"{name.replace('.', ' ')}: {one_line(old[name])} → {one_line(new[name])}"
        for name in ("company.address", "company.contact", "brand", "campaign.starts", "campaign.ends")
        if old[name] != new[name]
    ]
    if former.template_sha256 != contract.template_sha256:
        changed.append(
            f"Template: {former.template} version {_version(former)} ({former.template_sha256[:12]}) → "
            f"{contract.template} version {_version(contract)} ({contract.template_sha256[:12]})"
        )
    return changed


def one_line(value: str | tuple[str, ...]) -> str:
    return (value if isinstance(value, str) else "; ".join(value)) or "none"


def window(terms: OfferDraft) -> str:
    """When posts go live, in words."""
    return f"{long_date(terms.post_from)} to {long_date(terms.post_until)}"


def _values(terms: Terms) -> Displayed:
    values = displayed(terms)
    return values | {"pay.total": ""} if terms.months == 1 else values  # then it is the fee


def _version(contract: Contract) -> object:
    return contract.template_approval.get("version", "?")


def _plain(value: object) -> str:
    if isinstance(value, Bonus):
        return word("bonus", "en").format(value.amount, value.tracked_sales)
    if isinstance(value, tuple):
        return "; ".join(_plain(one) for one in value) or "none"
    if isinstance(value, date):
        return long_date(value)
    return "none" if value in (None, "", 0) else str(value)
