"""What a contract drafted now would say: the accepted offer, the template that can say it, and the terms.

Owns what may be drafted, and what a batch may (R41). Fills nothing, keeps nothing, and moves nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import cast

from contracts.clauses import Clauses
from contracts.conflicts import told
from contracts.displaying import Displayed, promised, unsaid
from contracts.from_campaign import followers_of, standard_draft, terms_for
from contracts.grounds import Agreed, Grounds
from contracts.languages import Language, unspoken
from contracts.straightforward import Deal, LeftToAPerson, objections
from contracts.summary import LABELS
from contracts.templates import Template, Templates
from contracts.terms import OfferDraft, Terms
from contracts.wording import Outline, Paragraph, fields_of
from core.campaign import Campaign
from core.errors import Refused
from core.models.deals import Contract, Offer
from core.money import Money

#: What must not be printed with nothing in it: a sentence would promise an amount or a time and not say which.
_NEVER_BLANK = frozenset({
    "pay.fee", "pay.total", "pay.months", "pay.commission", "pay.minimum", "pay.refund_days", "usage.days",
    "exclusivity.days", "exclusivity.scope",
})  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What drafting would put on paper now. `standard` is the campaign's offer to a creator like this one; `conflicts`
    are running deals that came into the way of the offer after it was made, each in words."""

    grounds: Grounds
    offer: Offer
    offered: OfferDraft
    standard: OfferDraft
    template: Template
    terms: Terms
    conflicts: Sequence[str]

    @property
    def former(self) -> Contract | None:
        """The version it would replace."""
        return self.grounds.former

    @property
    def changes_nothing(self) -> bool:
        """Whether the former version says all of it already."""
        return self.former is not None and self.terms.version == self.former.version


def plan(grounds: Grounds, *, templates: Templates, on: date, sender_name: str = "") -> Plan:
    """What a contract drafted now would say, and from which template.

    Raises Refused when the stage, the template or the terms forbid it.
    """
    campaign, former, agreed = grounds.campaign, grounds.former, _agreed(grounds)
    offered = OfferDraft.model_validate(agreed.offer.terms)
    template = _paper(templates, campaign, offered, spend=_cost(agreed.offer), on=on)
    terms = _terms(
        grounds, agreed, offered, template, clauses=Clauses(templates.folder), on=on, sender_name=sender_name
    )
    if former is not None and (former.terms_sha256, former.template_sha256) != (terms.sha256, template.sha256):
        terms = terms.model_copy(update={"version": former.version + 1})
    standard = standard_draft(campaign, followers_of(grounds.snapshot))
    since = [words for words in told(grounds.running, campaign, offered) if words not in agreed.offer.conflicts]
    return Plan(grounds, agreed.offer, offered, standard, template, terms, since)


def check_straightforward(due: Plan) -> None:
    """Raises LeftToAPerson, with the reasons in words, where a batch must not draft it (R41)."""
    deal = Deal(
        offered=due.offered,
        standard=due.standard,
        beyond=due.offer.beyond,
        swaps=[clause for clause in due.offered.clauses if clause not in due.standard.clauses],
        conflicts=tuple(dict.fromkeys([*due.offer.conflicts, *due.conflicts])),
        former=due.former.version if due.former is not None else 0,
    )
    if why := objections(deal):
        slug, creator = due.grounds.campaign.slug, due.grounds.called
        raise LeftToAPerson(
            f"The contract with {creator} in {slug} is left to a person: {'; '.join(why)}.",
            next_step=f"Draft it by itself: greenroom contracts draft {slug} {creator}",
        )


def check_paper(templates: Templates, campaign: Campaign, offer: Offer, *, on: date) -> Template:
    """The template that this offer can be put on paper with.

    It is approved for it, silent on nothing that was agreed, and without a blank for what was not. Raises Refused
    where there is none: nobody should agree to what cannot be drafted.
    """
    draft = OfferDraft.model_validate(offer.terms)
    return _paper(templates, campaign, draft, spend=_cost(offer), on=on)


def _cost(offer: Offer) -> Money:
    return Money.of_minor(offer.cost_minor, offer.currency)


def _paper(templates: Templates, campaign: Campaign, draft: OfferDraft, *, spend: Money, on: date) -> Template:
    template = templates.usable(campaign.contract.template, spend=spend, on=on)
    Clauses(templates.folder).usable(draft.clauses, language=_language(template), on=on)
    missing = unsaid(draft, template.fields)
    if campaign.contract.nda_years and "nda.years" not in template.fields:
        missing.append("years of secrecy")
    if missing:
        raise Refused(
            f"Template {template.id} does not say {', '.join(missing)}, which this offer has.",
            next_step="Name a template that does in [contract] of the campaign file, or leave it out of the offer.",
        )
    if blank := _wrongly_blank(template, draft):
        raise Refused(
            f"Template {template.id} always says {', '.join(LABELS.get(name, name) for name in sorted(blank))}, which "
            "this offer does not have.",
            next_step="Name a template that does not in [contract] of the campaign file, or put it into the offer.",
        )
    return template


@lru_cache(maxsize=64)  # of a batch nearly all offers are the same
def _wrongly_blank(template: Template, draft: OfferDraft) -> frozenset[str]:
    return _NEVER_BLANK & _blank(template.outline, promised(draft))


def _blank(content: Outline, said: Displayed) -> set[str]:
    """The fields that would be printed with nothing in them. What an offer cannot tell counts as filled in."""
    found: set[str] = set()
    for item in content:
        if isinstance(item, Paragraph):
            found |= {name for name in fields_of((item,)) if said.get(name, "known") == ""}
        elif said.get(item.field, "known"):
            found |= _blank(item.content, said)
    return found


def _agreed(grounds: Grounds) -> Agreed:
    if grounds.agreed is None:
        candidate = grounds.candidate
        raise Refused(
            f"{grounds.called} in {candidate.campaign} is {candidate.stage}: there is nothing to draft.",
            next_step="A contract follows an accepted offer and is final once signed.",
        )
    return grounds.agreed


def _terms(
    grounds: Grounds,
    agreed: Agreed,
    offered: OfferDraft,
    template: Template,
    *,
    clauses: Clauses,
    on: date,
    sender_name: str,
) -> Terms:
    language = _language(template)
    # Terms hold what the document says and no more: another sender must not make another version of it.
    says_sender = "sender.name" in template.fields
    return terms_for(grounds.campaign, offered, agreed.link, account=grounds.account, snapshot=grounds.snapshot,
                     version=grounds.former.version if grounds.former else grounds.voided + 1,
                     language=language, sender_name=sender_name if says_sender else "",
                     swap_texts=clauses.usable(offered.clauses, language=language, on=on))  # fmt: skip


def _language(template: Template) -> Language:
    said = template.approval.language
    if why := unspoken(said):
        raise Refused(f"Template {template.id} {why}.",
                      next_step="Name a template in one of them in [contract] of the campaign file.")  # fmt: skip
    return cast(Language, said)
