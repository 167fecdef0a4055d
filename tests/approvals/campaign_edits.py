"""One edit of each key of a campaign file, each of the key's own kind, so that tests can try them all."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from core.campaign import Campaign
from core.campaign_offer import BonusStep, OfferTerms, Tier

#: Values of a form that no rule below can make.
_OWN: dict[str, Any] = {
    "bonuses": (BonusStep(tracked_sales=Decimal(2000), amount=Decimal(100)),),
    "tiers": (Tier(name="nano", followers_from=1_000, followers_to=10_000, stipend=Decimal(100)),),
    "disclosure_by_country": {"Austria": "Werbung"},
}


def edited(campaign: Campaign, keys: Iterable[str]) -> Campaign:
    """The campaign with another value at each of these `section.key`s."""
    for key in keys:
        section, _, name = key.rpartition(".")
        part: BaseModel = getattr(campaign, section) if section else campaign
        changed = part.model_copy(update={name: _other(part, name)})
        campaign = campaign.model_copy(update={section: changed}) if section else changed  # type: ignore[assignment]
    return campaign


def _other(part: BaseModel, name: str) -> Any:
    if name == "deliverables_in":
        return {"de": tuple(f"{piece} auf Deutsch" for piece in part.deliverables)}  # type: ignore[attr-defined]
    if isinstance(part, OfferTerms) and name == "cadence":
        return "monthly"
    return _OWN[name] if name in _OWN else _another(part, name)


def _another(part: BaseModel, name: str) -> Any:
    value, allowed = getattr(part, name), _words(type(part).model_fields[name].annotation)
    if allowed:
        return next(word for word in allowed if word != value)
    if value is None and int in get_args(type(part).model_fields[name].annotation):
        return 5
    match value:
        case Decimal() | int():
            return value + 1
        case float():
            return value / 2 + 0.01
        case date():
            return value + timedelta(days=1)
        case tuple():
            return value[:1] if len(value) > 1 else (*value, "other")
        case dict():
            return {} if value else {"other": 0.1}
        case _:
            return f"{value or ''}other"


def _words(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (tuple, dict):
        return ()
    return tuple(word for part in get_args(annotation) if part is not NoneType for word in _words(part))
