"""The versions of an offer beside one another: what each says, and what it says otherwise than the one before.

Pure. Knows neither the terminal nor how versions come about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.displaying import promised
from contracts.summary import LABELS
from contracts.terms import OfferDraft
from core.models.deals import Offer

#: What versions differ in, in the order in which people talk about it. The words are those of a contract's table, but
#: for two that only an offer has.
_ORDER = (
    "model", "pay.fee", "pay.months", "pay.total", "pay.commission", "pay.bonuses", "bonus.total", "pay.minimum",
    "pay.days", "pay.refund_days", "product", "deliverables", "variants", "posting.first", "posting.last",
    "usage.days", "usage.channels", "exclusivity", "clauses",
)  # fmt: skip
_OF_OFFERS = {"model": "Kind of offer", "bonus.total": "Bonuses at most"}
_LABELS = {name: _OF_OFFERS.get(name) or LABELS[name] for name in _ORDER}


@dataclass(frozen=True)
class Row:
    """One term in every version, and whether they differ."""

    label: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


def rows(offers: Sequence[Offer]) -> list[Row]:
    """Every term that at least one of the versions has, in the order in which people talk about them."""
    said = [values_of(OfferDraft.model_validate(offer.terms)) for offer in offers]
    found = [Row(label, tuple(one[name] or "–" for one in said)) for name, label in _LABELS.items()]
    return [row for row in found if set(row.values) != {"–"}]


def changed(before: Offer, after: Offer) -> list[str]:
    """What one version says otherwise than another, in words."""
    then, now = (values_of(OfferDraft.model_validate(offer.terms)) for offer in (before, after))
    return [
        f"{label}: {then[name] or 'none'} → {now[name] or 'none'}"
        for name, label in _LABELS.items()
        if then[name] != now[name]
    ]


def called(offer: Offer) -> str:
    """What a version is called above its column."""
    return f"{offer.version} {offer.side}, {offer.status}"


def values_of(draft: OfferDraft) -> Mapping[str, str]:
    """Each term in words; "" where it does not apply."""
    fields = promised(draft) | {
        "model": draft.model,
        "bonus.total": str(draft.largest_bonus) if draft.bonuses else "",
    }
    return {name: value if isinstance(value := fields[name], str) else "; ".join(value) for name in _ORDER}
