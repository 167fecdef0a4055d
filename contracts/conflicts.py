"""Deals of one creator that stand in each other's way: exclusivity, theirs and ours, and competing brands.

Reads accepted offers of the same person. Nothing is decided here: what a scope covers only a person can tell, so each
conflict is named and the owner may let it pass.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from contracts.languages import long_date
from contracts.terms import OfferDraft
from core.campaign import Campaign
from core.many import campaigns_of
from core.models.candidates import Candidate
from core.models.deals import Offer
from core.persons import merged_persons, persons_of
from core.stages import Stage

#: Of whoever accepted an offer, those to whom nothing binds any more.
_ENDED = (Stage.DROPPED, Stage.DECLINED_BY_CREATOR, Stage.DECLINED_BY_US, Stage.CLOSED_BY_OPT_OUT)


@dataclass(frozen=True)
class RunningDeal:
    """A deal the same person has with a campaign, ours or of another brand here."""

    campaign: Campaign
    terms: OfferDraft
    offer_id: int = 0

    @property
    def called(self) -> str:
        return f"{self.campaign.brand} ({self.campaign.slug})"

    @property
    def bound_until(self) -> date:
        """The last day on which their exclusivity may bind."""
        return bound_until(self.terms)


def bound_until(terms: OfferDraft) -> date:
    # It runs from the first post, which may come as late as the last day for posts.
    return terms.post_until + timedelta(days=terms.exclusivity_days)


def conflicts(session: Session, candidate: Candidate, campaign: Campaign, draft: OfferDraft) -> list[str]:
    """What running deals of this person speak against the offer, each in a sentence with brand, campaign and day."""
    return told(running_deals(session, [candidate])[candidate.id or 0], campaign, draft)


def told(deals: Sequence[RunningDeal], campaign: Campaign, draft: OfferDraft) -> list[str]:
    """What these deals speak against the offer."""
    return [words for deal in deals for words in against(deal, campaign, draft)]


def since_agreed(
    session: Session, candidate: Candidate, campaign: Campaign, offer: Offer
) -> list[tuple[RunningDeal, list[str]]]:
    """The running deals that came into the way of an accepted offer after it was made, each with how it does."""
    draft = OfferDraft.model_validate(offer.terms)
    found = [
        (deal, [words for words in against(deal, campaign, draft) if words not in offer.conflicts])
        for deal in running_deals(session, [candidate])[candidate.id or 0]
    ]
    return [(deal, words) for deal, words in found if words]


def against(deal: RunningDeal, campaign: Campaign, draft: OfferDraft) -> Iterator[str]:
    """How one running deal and an offer get in each other's way. Deals of one brand do not."""
    theirs, ours = deal.terms, campaign.brand.casefold()
    if deal.campaign.brand.casefold() == ours:
        return
    if theirs.exclusivity_days and draft.post_from <= deal.bound_until:
        yield (f"they are bound to {deal.called} until {long_date(deal.bound_until)} at the latest: nothing for others "
               f"of {theirs.exclusivity_scope}")  # fmt: skip
    together = draft.post_from <= theirs.post_until and theirs.post_from <= bound_until(draft)
    if draft.exclusivity_days and together:
        yield (f"our exclusivity ({draft.exclusivity_scope}) meets their deal with {deal.called}, who may be posted "
               f"for until {long_date(theirs.post_until)}")  # fmt: skip
    rivals = {name.casefold() for name in campaign.offer.competitors}
    ours_is_theirs = ours in {name.casefold() for name in deal.campaign.offer.competitors}
    if (deal.campaign.brand.casefold() in rivals or ours_is_theirs) and draft.post_from <= deal.bound_until:
        yield (f"{deal.called} competes with {campaign.brand}, and they may post for it until "
               f"{long_date(theirs.post_until)}")  # fmt: skip


def may_conflict(session: Session) -> list[tuple[Candidate, Offer]]:
    """Running deals of whoever has more than one: only they can be in conflict. Of all others only ids are read."""
    merged = merged_persons(session)
    query = select(Offer.id, Candidate.creator_id).join(Candidate, col(Candidate.id) == Offer.candidate_id)
    query = query.where(Offer.status == "accepted", col(Candidate.stage).not_in(_ENDED))
    by_person: dict[str, list[int]] = defaultdict(list)
    for offer_id, creator in session.exec(query):
        by_person[merged.get(creator, creator)].append(offer_id or 0)
    offers = sorted(one for found in by_person.values() if len(found) > 1 for one in found)
    found = [session.get_one(Offer, one) for one in offers]
    return [(session.get_one(Candidate, offer.candidate_id), offer) for offer in found]


def running_deals(session: Session, candidates: Sequence[Candidate]) -> dict[int, list[RunningDeal]]:
    """By candidate: the other deals of the same person that still bind somebody."""
    persons = persons_of(session, {one.creator_id for one in candidates})
    query = (
        select(Offer, Candidate)
        .join(Candidate, col(Candidate.id) == Offer.candidate_id)
        .where(col(Candidate.creator_id).in_(sorted(set().union(*persons.values()))))
        .where(Offer.status == "accepted", col(Candidate.stage).not_in(_ENDED))
        .order_by(col(Offer.id))
    )
    rows = session.exec(query).all()
    found: dict[int, list[RunningDeal]] = {}
    for one in candidates:
        theirs = [(offer, other) for offer, other in rows
                  if other.creator_id in persons[one.creator_id] and other.id != one.id]  # fmt: skip
        campaigns = campaigns_of(session, [other for _, other in theirs])
        found[one.id or 0] = [RunningDeal(campaign, OfferDraft.model_validate(offer.terms), offer.id or 0)
                              for campaign, (offer, _) in zip(campaigns, theirs, strict=True)]  # fmt: skip
    return found
