"""What a campaign file must say by itself before anybody is asked to sign it off (R54 to R58).

Pure: reads the campaign. Knows no sign-off and no question.
"""

from dataclasses import dataclass

from core.campaign import Campaign
from core.errors import Refused


@dataclass(frozen=True)
class Item:
    """One line of the checklist. `missing` and `next_step` are sentences, "" where it is done."""

    requirement: str
    what: str
    done: bool
    missing: str = ""
    next_step: str = ""


def settled(campaign: Campaign, wrong_owners: Refused | None = None) -> tuple[Item, ...]:
    """One line each, in the order in which a team works through them.

    `wrong_owners`: what the people file says against those named, where it does.
    """
    return (_outcome(campaign), _ownership(campaign, wrong_owners), _compensation(campaign), _budget(campaign),
            _measurement(campaign))  # fmt: skip


def _outcome(campaign: Campaign) -> Item:
    lacks = " and no ".join(name for name in ("outcome", "signal") if not getattr(campaign.goal, name))
    return _item("R54", "outcome and least signal of success", lacks and f"The goal has no {lacks}.",
                 "Say it in [goal] of the campaign file.")  # fmt: skip


def _ownership(campaign: Campaign, wrong: Refused | None) -> Item:
    needed = {"brand_lead": "brand lead", "ops": "ops", "legal": "legal", "analytics": "analytics"}
    what = "named owners: brand lead, ops, legal, analytics"
    missing = [key for key in needed if not getattr(campaign.owners, key)]
    if not missing and wrong is not None:
        return _item("R55", what, wrong.message, wrong.next_step)
    return _item("R55", what, missing and f"Nobody is named as {' or '.join(needed[key] for key in missing)}.",
                 f"Add {' and '.join(missing)} to [owners] of the campaign file.")  # fmt: skip


def _compensation(campaign: Campaign) -> Item:
    offer = campaign.offer
    unpaid = (offer.model == "commission" and not offer.commission_percent) or (
        offer.model == "bonus" and not offer.bonuses
    )
    return _item("R56", "compensation model", unpaid and f"The offer is called {offer.model}, but pays none.",
                 "Give commission_percent or bonuses in [offer], or name another model.")  # fmt: skip


def _budget(campaign: Campaign) -> Item:
    offer = campaign.offer
    # Nobody knows yet of which size they will be; so every one is counted at what most of them would get.
    each = offer.guaranteed.amount
    needed = each * campaign.longlist.approved_target
    missing = ""
    if offer.per_creator_maximum > offer.budget:
        missing = f"One creator may cost {offer.per_creator_maximum} of a budget of {offer.budget} {offer.currency}."
    elif needed > offer.budget:
        missing = (
            f"{campaign.longlist.approved_target} creators at {each} cost {needed} {offer.currency}, "
            f"and the budget is {offer.budget}."
        )
    return _item("R57", "budget and most per creator", missing,
                 "Raise budget in [offer], or lower the stipend, per_creator_maximum or approved_target.")  # fmt: skip


def _measurement(campaign: Campaign) -> Item:
    words = {
        "tools": "by which tools",
        "method": "by which method",
        "reconciles": "who reconciles payouts at month end",
    }
    missing = [key for key in words if not getattr(campaign.measurement, key)]
    return _item("R58", "measurement tools and who reconciles payouts",
                 missing and f"It is not said {', '.join(words[key] for key in missing)}.",
                 f"Add {' and '.join(missing)} to [measurement] of the campaign file.")  # fmt: skip


def _item(requirement: str, what: str, missing: object, next_step: str) -> Item:
    return Item(requirement, what, False, str(missing), next_step) if missing else Item(requirement, what, done=True)
