"""Offers to creators: making one, what the owner and the creator say to it, and what the creator asks instead.

Owns what becomes of an offer. Knows nothing of contracts, mails or how the owner is asked.
"""

from collections.abc import Mapping

from sqlmodel import Session

from contracts.budgets import Budget, bind, budget
from contracts.conflicts import conflicts
from contracts.from_campaign import followers_of, made_of, standard_draft
from contracts.limits import beyond
from contracts.offer_rows import (
    answered,
    check_negotiable,
    id_of,
    judged,
    latest,
    locked,
    next_version,
    recorded,
    replace,
    replace_former,
)
from contracts.terms import OfferDraft
from contracts.words import clean
from core.campaign import Campaign
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import Offer
from core.money import Money
from core.people import Person, Role, check_may
from core.stages import Stage, check_move
from core.store import move, name_of, snapshot_of

__all__ = ["Budget", "OfferDraft", "accept_offer", "approve_offer", "budget", "counter_offer", "decline_offer",
           "make_offer", "refuse_offer", "standard_for", "take_counter"]  # fmt: skip

_Changes = Mapping[str, object] | None


def make_offer(
    session: Session,
    clock: Clock,
    campaign: Campaign,
    candidate: Candidate,
    *,
    actor: Person,
    changes: _Changes = None,
    note: str = "",
) -> Offer:
    """Put the next version of an offer on the record; the campaign's standard one where nothing else is given.

    Inside the campaign's limits it is `made` at once, signed off by `actor`. Beyond them, or where a running deal
    stands in its way, it stays `drafted`, and `beyond` says why: the owner must decide, and an offer made before stays
    good meanwhile. The same offer again is the same version. Raises Refused for anybody but the campaign's sender,
    ops or owner, or at an impossible offer.
    """
    check_may(actor, campaign, Role.SENDER, Role.OPS, Role.OWNER, what="make offers")
    check_negotiable(session, candidate, what="offers")
    draft = _changed(session, campaign, candidate, changes or {})
    reasons, against = _reasons(session, campaign, candidate, draft)
    former = latest(session, candidate, "drafted", "made")
    same = former is not None and former.terms_sha256 == draft.sha256 and set(against) <= set(former.conflicts)
    if former is not None and same and (former.status == "made" or reasons):
        return former
    offer = next_version(
        session, clock, candidate, draft, actor=actor.id, reasons=reasons, conflicts=against, note=note
    )  # fmt: skip
    replace_former(session, clock, offer, actor=actor.id)
    _negotiating(session, clock, candidate, offer, actor=actor.id)
    return offer


def counter_offer(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, actor: Person, changes: _Changes,
    note: str = "",
) -> Offer:  # fmt: skip
    """What the creator asks instead, put down by `actor`: our open offer (else the standard one) with their changes.

    It binds nobody and our offer stays good; it waits for an offer of ours, or for `take_counter`. The kind of offer
    follows from what is asked to be paid. Raises Refused where nothing differs, or it is impossible.
    """
    check_may(actor, campaign, Role.SENDER, Role.OPS, Role.OWNER, what="record what a creator asks")
    check_negotiable(session, candidate, what="counter-offers")
    ours = latest(session, candidate, "made")
    base = OfferDraft.model_validate(ours.terms) if ours is not None else standard_for(session, campaign, candidate)
    asked = made_of(with_kind({name: getattr(base, name) for name in OfferDraft.model_fields} | dict(changes or {})))
    if asked == base:
        raise Refused(f"{name_of(session, candidate)} would ask for what we offer.",
                      next_step="Say what they ask for instead, such as --stipend 350.")  # fmt: skip
    former = latest(session, candidate, "countered")
    if former is not None and former.terms_sha256 == asked.sha256:
        return former
    offer = next_version(session, clock, candidate, asked, actor=actor.id, note=note, side="theirs")
    replace(session, clock, id_of(candidate), "countered", keep=offer, actor=actor.id)
    _negotiating(session, clock, candidate, offer, actor=actor.id)
    return offer


def take_counter(session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, actor: Person) -> Offer:
    """Take what the creator asks as our own offer: `made` inside the limits, else `drafted` until the owner decides.

    The same limits as for an offer of ours. Raises Refused where the creator asks for nothing.
    """
    check_may(actor, campaign, Role.SENDER, Role.OPS, Role.OWNER, what="take a counter-offer")
    check_negotiable(session, candidate, what="counter-offers")
    taken = latest(session, candidate, "made", "drafted")
    asked = latest(session, candidate, "countered")
    if asked is None and taken is not None and taken.side == "theirs":
        return taken
    if asked is None:
        raise Refused(f"{name_of(session, candidate)} has asked for nothing that is still open.",
                      next_step=f"See: greenroom deal show {candidate.campaign} CREATOR")  # fmt: skip
    reasons, against = _reasons(session, campaign, candidate, OfferDraft.model_validate(asked.terms))
    judged(asked, reasons, against, actor=actor.id)
    session.add(asked)
    session.flush()
    recorded(session, clock, asked, f"offer.{asked.status}", actor=actor.id)
    replace_former(session, clock, asked, actor=actor.id)
    return asked


def approve_offer(session: Session, clock: Clock, offer_id: int, *, by: Person) -> Offer:
    """The owner lets an offer go beyond a limit. Raises Refused when a newer version or an answer came first."""
    offer = _waiting(session, offer_id)
    offer.status, offer.approved_by = "made", by.id
    session.add(offer)
    recorded(session, clock, offer, "offer.approved", actor=by.id)
    replace_former(session, clock, offer, actor=by.id)
    return offer


def refuse_offer(session: Session, clock: Clock, offer_id: int, *, by: Person, reason: str) -> Offer:
    """The owner does not let an offer go beyond a limit; what was offered before stays good."""
    offer = _waiting(session, offer_id)
    answered(session, clock, offer, "refused", actor=by.id, words=reason)
    return offer


def accept_offer(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, actor: str, how: str
) -> Offer:
    """The creator says yes to the offer that is open: AGREED, and its cost is bound, in one transaction.

    The budget is counted again, so however many creators accept at once it is not overrun, save by offers whose
    approval was the decision to do so; and running deals are looked at again. Raises Refused, and nothing is bound,
    otherwise. A draft that waits for the owner is replaced: there is nothing left to approve.
    """
    session.refresh(candidate, with_for_update=True)
    check_move(Stage(candidate.stage), Stage.AGREED, who=name_of(session, candidate))
    offer = _open(session, candidate)
    cost = Money.of_minor(offer.cost_minor, offer.currency)
    # Counted inside the writing unit of work: writers take turns, so nobody binds budget between this and our commit.
    left = budget(session, campaign).left
    if cost > left and not offer.over_budget:
        raise Refused(
            f"Accepting {cost} for {name_of(session, candidate)} would overrun the budget: {left} is left.",
            next_step="The owner can raise the budget, or approve a new offer that goes beyond it.",
        )
    new = set(conflicts(session, candidate, campaign, OfferDraft.model_validate(offer.terms))) - set(offer.conflicts)
    if new:
        raise Refused(
            f"Since the offer to {name_of(session, candidate)} was made another deal stands in its way: "
            f"{'; '.join(sorted(new))}.",
            next_step="Make the offer again: the owner is then asked whether it may pass.",
        )
    answered(session, clock, offer, "accepted", actor=actor, words=how)
    bind(session, clock, offer)
    replace(session, clock, id_of(candidate), "drafted", "countered", actor=actor)
    move(session, clock, candidate, Stage.AGREED, actor=actor, reason=clean(how))
    return offer


def decline_offer(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, actor: str, reason: str = ""
) -> None:
    """The creator says no: DECLINED_BY_CREATOR, and the open offer is declined with it.

    A draft that waits for the owner is replaced: the creator never saw it, and there is nothing left to approve.
    """
    move(session, clock, candidate, Stage.DECLINED_BY_CREATOR, actor=actor, reason=clean(reason))
    if (offer := latest(session, candidate, "made")) is not None:
        answered(session, clock, offer, "declined", actor=actor, words=reason)
    replace(session, clock, id_of(candidate), "drafted", "countered", actor=actor)


def standard_for(session: Session, campaign: Campaign, candidate: Candidate) -> OfferDraft:
    """The campaign's offer to this creator, by how many followers they had when longlisted."""
    return standard_draft(campaign, followers_of(snapshot_of(session, candidate)))


def with_kind(values: Mapping[str, object]) -> dict[str, object]:
    """The same with the kind of offer that fits what is paid: nobody who asks for money names it."""
    stipend = values["stipend"]
    fee, commission = isinstance(stipend, Money) and bool(stipend.amount), bool(values["commission_percent"])
    kinds = {(True, True): "hybrid", (False, True): "commission", (True, False): "fee", (False, False): "seed"}
    kind = kinds[fee, commission]
    return dict(values) | {"model": "bonus" if values["bonuses"] and not commission else kind}


def _changed(session: Session, campaign: Campaign, candidate: Candidate, changes: Mapping[str, object]) -> OfferDraft:
    return standard_draft(campaign, followers_of(snapshot_of(session, candidate)), **changes)


def _reasons(
    session: Session, campaign: Campaign, candidate: Candidate, draft: OfferDraft
) -> tuple[dict[str, str], list[str]]:
    """Why the owner must be asked, and the running deals among that."""
    standard = standard_for(session, campaign, candidate)
    found = conflicts(session, candidate, campaign, draft)
    reasons = beyond(campaign, draft, standard, left=budget(session, campaign).left)
    return reasons | ({"conflict": "; ".join(found)} if found else {}), found


def _open(session: Session, candidate: Candidate) -> Offer:
    offer = latest(session, candidate, "made")
    if offer is not None:
        return offer
    if latest(session, candidate, "drafted") is not None:
        raise Refused(
            f"The offer to {name_of(session, candidate)} waits for the owner's decision.",
            next_step="See: greenroom approvals list",
        )
    raise Refused(
        f"{name_of(session, candidate)} has no offer to accept.",
        next_step=f"Make one: greenroom deal offer {candidate.campaign} CREATOR",
    )


def _waiting(session: Session, offer_id: int) -> Offer:
    offer = locked(session, offer_id)
    if offer.status != "drafted":
        raise Refused(f"Offer {offer.version} to candidate {offer.candidate_id} is {offer.status} by now.")
    return offer


def _negotiating(session: Session, clock: Clock, candidate: Candidate, offer: Offer, *, actor: str) -> None:
    if candidate.stage == Stage.REPLIED:
        what = "offer" if offer.side == "ours" else "counter-offer"
        move(session, clock, candidate, Stage.NEGOTIATING, actor=actor, reason=f"{what} {offer.version}")
