"""Offers to creators: versions, who signed them off, and the budget that accepted ones bind.

Owns the offer table and the commitments. Knows nothing of contracts, mails or how the owner is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from contracts.from_campaign import standard_draft
from contracts.terms import OfferDraft
from contracts.words import clean
from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import BudgetCommitment, Contract, Offer, Signature
from core.money import Money
from core.people import Person, Role, check_may
from core.stages import Stage, check_move
from core.store import move, name_of, the_candidate

__all__ = ["Budget", "OfferDraft", "accept_offer", "approve_offer", "budget", "decline_offer", "make_offer",
           "refuse_offer"]  # fmt: skip

#: Of the stages, those in which terms may still be talked about.
_NEGOTIABLE = frozenset({Stage.REPLIED, Stage.NEGOTIATING})


@dataclass(frozen=True)
class Budget:
    """What a campaign may guarantee its creators in this cycle, and how much accepted offers have bound of it."""

    total: Money
    committed: Money

    @property
    def left(self) -> Money:
        return self.total - self.committed


def make_offer(
    session: Session,
    clock: Clock,
    campaign: Campaign,
    candidate: Candidate,
    *,
    actor: Person,
    stipend: Decimal | None = None,
    commission_percent: Decimal | None = None,
    note: str = "",
) -> Offer:
    """Put the next version of an offer on the record; the campaign's standard one where nothing else is given.

    Inside the campaign's limits it is `made` at once, signed off by `actor`. Beyond them it stays `drafted`, and
    `beyond` says why: the owner must decide, and an offer made before stays good meanwhile. The same offer again is
    the same version. Raises Refused for anybody but the campaign's sender, ops or owner, or at an impossible offer.
    """
    check_may(actor, campaign, Role.SENDER, Role.OPS, Role.OWNER, what="make offers")
    session.refresh(candidate, with_for_update=True)
    if candidate.stage not in _NEGOTIABLE:
        raise Refused(
            f"{name_of(session, candidate)} is {candidate.stage}; offers follow an answer.",
            next_step="An offer can be made once the creator has replied and until one is accepted.",
        )
    draft = _drafted(campaign, stipend, commission_percent)
    reasons = _beyond(session, campaign, draft)
    former = _latest(session, candidate, "drafted", "made")
    if former is not None and former.terms_sha256 == draft.sha256 and (former.status == "made" or reasons):
        return former
    offer = _next_version(session, clock, candidate, draft, actor=actor, reasons=reasons, note=note)
    _replace_former(session, clock, offer, actor=actor.id)
    if candidate.stage == Stage.REPLIED:
        move(session, clock, candidate, Stage.NEGOTIATING, actor=actor.id, reason=f"offer {offer.version}")
    return offer


def approve_offer(session: Session, clock: Clock, offer_id: int, *, by: Person) -> Offer:
    """The owner lets an offer go beyond a limit. Raises Refused when a newer version or an answer came first."""
    offer = _locked(session, offer_id)
    if offer.status != "drafted":
        raise Refused(f"Offer {offer.version} to candidate {offer.candidate_id} is {offer.status} by now.")
    offer.status, offer.approved_by = "made", by.id
    session.add(offer)
    _recorded(session, clock, offer, "offer.approved", actor=by.id)
    _replace_former(session, clock, offer, actor=by.id)
    return offer


def refuse_offer(session: Session, clock: Clock, offer_id: int, *, by: Person, reason: str) -> Offer:
    """The owner does not let an offer go beyond a limit; what was offered before stays good."""
    offer = _locked(session, offer_id)
    if offer.status != "drafted":
        raise Refused(f"Offer {offer.version} to candidate {offer.candidate_id} is {offer.status} by now.")
    offer.status, offer.answer, offer.answered_at = "refused", clean(reason), clock.now()
    session.add(offer)
    _recorded(session, clock, offer, "offer.refused", actor=by.id)
    return offer


def accept_offer(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, actor: str, how: str
) -> Offer:
    """The creator says yes to the offer that is open: AGREED, and its cost is bound, in one transaction.

    The budget is counted again, so however many creators accept at once it is not overrun, save by offers whose
    approval was the decision to do so. Raises Refused, and nothing is bound, otherwise. A draft that waits for the
    owner is replaced: there is nothing left to approve.
    """
    session.refresh(candidate, with_for_update=True)
    check_move(Stage(candidate.stage), Stage.AGREED, who=name_of(session, candidate))
    offer = _latest(session, candidate, "made")
    if offer is None or offer.id is None:
        if _latest(session, candidate, "drafted") is not None:
            raise Refused(
                f"The offer to {name_of(session, candidate)} waits for the owner's decision.",
                next_step="See: greenroom approvals list",
            )
        raise Refused(
            f"{name_of(session, candidate)} has no offer to accept.",
            next_step=f"Make one: greenroom deal offer {candidate.campaign} CREATOR",
        )
    cost = Money.of_minor(offer.cost_minor, offer.currency)
    # Counted inside the writing unit of work: writers take turns, so nobody binds budget between this and our commit.
    left = budget(session, campaign).left
    if cost > left and not offer.over_budget:
        raise Refused(
            f"Accepting {cost} for {name_of(session, candidate)} would overrun the budget: {left} is left.",
            next_step="The owner can raise the budget, or approve a new offer that goes beyond it.",
        )
    _answered(session, clock, offer, "accepted", actor=actor, words=how)
    session.add(BudgetCommitment(offer_id=offer.id, campaign=campaign.slug, amount_minor=offer.cost_minor,
                                 currency=offer.currency, at=clock.now()))  # fmt: skip
    _replace(session, clock, _id_of(candidate), "drafted", actor=actor)
    move(session, clock, candidate, Stage.AGREED, actor=actor, reason=clean(how))
    return offer


def decline_offer(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, actor: str, reason: str = ""
) -> None:
    """The creator says no: DECLINED_BY_CREATOR, and the open offer is declined with it.

    A draft that waits for the owner is replaced: the creator never saw it, and there is nothing left to approve.
    """
    move(session, clock, candidate, Stage.DECLINED_BY_CREATOR, actor=actor, reason=clean(reason))
    if (offer := _latest(session, candidate, "made")) is not None:
        _answered(session, clock, offer, "declined", actor=actor, words=reason)
    _replace(session, clock, _id_of(candidate), "drafted", actor=actor)


def budget(session: Session, campaign: Campaign) -> Budget:
    """How much of the campaign's budget is bound, in the campaign's cycle.

    A dropped creator's cost is free again, unless the contract was signed: then it is owed. Raises Refused on mixed
    currencies.
    """
    signed = (
        select(Signature.contract_id)
        .join(Contract, col(Contract.id) == Signature.contract_id)
        .where(Contract.offer_id == Offer.id)
        .exists()
    )
    bound = session.exec(
        select(BudgetCommitment.currency, func.sum(BudgetCommitment.amount_minor))
        .join(Offer, col(Offer.id) == BudgetCommitment.offer_id)
        .join(Candidate, col(Candidate.id) == Offer.candidate_id)
        .where(BudgetCommitment.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
        .where(or_(Candidate.stage != Stage.DROPPED, signed))
        .group_by(col(BudgetCommitment.currency))
    ).all()
    total = Money(campaign.offer.budget, campaign.offer.currency)
    committed = Money(Decimal(0), total.currency)
    for currency, minor in bound:
        if currency != total.currency:
            raise Refused(
                f"{campaign.slug} has offers accepted in {currency}, but its budget is in {total.currency}.",
                next_step="Start a new cycle for another currency.",
            )
        committed += Money.of_minor(int(minor), currency)
    return Budget(total, committed)


def _drafted(campaign: Campaign, stipend: Decimal | None, commission_percent: Decimal | None) -> OfferDraft:
    changes: dict[str, object] = {}
    if stipend is not None:
        try:
            changes["stipend"] = Money(stipend, campaign.offer.currency)
        except ValueError as error:
            raise Refused(f"This offer cannot be made: {error}.") from None
    if commission_percent is not None:
        changes["commission_percent"] = commission_percent
    return standard_draft(campaign, **changes)


def _beyond(session: Session, campaign: Campaign, draft: OfferDraft) -> Mapping[str, str]:
    reasons = {}
    maximum = Money(campaign.offer.per_creator_maximum, campaign.offer.currency)
    left = budget(session, campaign).left
    standard = campaign.offer.commission_percent
    if draft.stipend > maximum:
        reasons["maximum"] = f"{draft.stipend} is above the {maximum} that one creator may be guaranteed"
    if draft.stipend > left:
        reasons["budget"] = f"{draft.stipend} is more than the {left} left of the budget"
    if draft.commission_percent > standard:
        reasons["commission"] = f"a commission of {draft.commission_percent}% is above the campaign's {standard}%"
    return reasons


def _next_version(
    session: Session, clock: Clock, candidate: Candidate, draft: OfferDraft, *, actor: Person,
    reasons: Mapping[str, str], note: str,
) -> Offer:  # fmt: skip
    last = session.exec(select(func.max(Offer.version)).where(Offer.candidate_id == candidate.id)).one()
    offer = Offer(
        candidate_id=_id_of(candidate),
        campaign=candidate.campaign,
        version=(last or 0) + 1,
        status="drafted" if reasons else "made",
        terms=draft.model_dump(mode="json"),
        terms_sha256=draft.sha256,
        cost_minor=draft.stipend.minor,
        currency=draft.stipend.currency,
        beyond="; ".join(reasons.values()),
        over_budget="budget" in reasons,
        note=clean(note),
        offered_by=actor.id,
        approved_by=None if reasons else actor.id,
        created_at=clock.now(),
    )
    session.add(offer)
    session.flush()
    _recorded(session, clock, offer, f"offer.{offer.status}", actor=actor.id)
    return offer


def _replace_former(session: Session, clock: Clock, offer: Offer, *, actor: str) -> None:
    # While a draft waits for the owner, what the creator already holds stays good: they may still say yes to it.
    ended = ("drafted", "made") if offer.status == "made" else ("drafted",)
    _replace(session, clock, offer.candidate_id, *ended, before=offer.version, actor=actor)


def _replace(
    session: Session, clock: Clock, candidate_id: int, *statuses: str, actor: str, before: int | None = None
) -> None:
    former = select(Offer).where(Offer.candidate_id == candidate_id, col(Offer.status).in_(statuses))
    if before is not None:
        former = former.where(Offer.version < before)
    for old in session.exec(former).all():
        old.status = "replaced"
        session.add(old)
        _recorded(session, clock, old, "offer.replaced", actor=actor)


def _answered(session: Session, clock: Clock, offer: Offer, status: str, *, actor: str, words: str) -> None:
    offer.status, offer.answer, offer.answered_at = status, clean(words), clock.now()
    session.add(offer)
    session.flush()
    _recorded(session, clock, offer, f"offer.{status}", actor=actor)


def _latest(session: Session, candidate: Candidate, *statuses: str) -> Offer | None:
    query = select(Offer).where(Offer.candidate_id == candidate.id, col(Offer.status).in_(statuses))
    return session.exec(query.order_by(col(Offer.version).desc()).limit(1)).first()


def _locked(session: Session, offer_id: int) -> Offer:
    known = session.get(Offer, offer_id)
    if known is None:
        raise Refused(f"There is no offer {offer_id}.")
    # The candidate first, as everywhere: whoever makes, approves or accepts for one creator waits in one line.
    session.refresh(the_candidate(session, known.candidate_id), with_for_update=True)
    session.refresh(known, with_for_update=True)
    return known


def _recorded(session: Session, clock: Clock, offer: Offer, action: str, *, actor: str) -> None:
    audit.record(session, clock, actor=actor, action=action, subject=f"offer:{offer.id}",
                 detail={"candidate": offer.candidate_id, "version": offer.version, "terms": offer.terms_sha256,
                         "cost_minor": offer.cost_minor})  # fmt: skip


def _id_of(candidate: Candidate) -> int:
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it gets an offer")
    return candidate.id
