"""How much of a campaign's budget is bound by accepted offers.

Owns the commitments. Knows nothing of how an offer is made.
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, func, or_, select

from core.campaign import Campaign
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import BudgetCommitment, Contract, Offer, Signature
from core.money import Money
from core.stages import Stage


@dataclass(frozen=True)
class Budget:
    """What a campaign may guarantee its creators in this cycle, and how much accepted offers have bound of it."""

    total: Money
    committed: Money

    @property
    def left(self) -> Money:
        return self.total - self.committed


def bind(session: Session, clock: Clock, offer: Offer) -> None:
    """What an accepted offer guarantees is bound."""
    session.add(BudgetCommitment(offer_id=offer.id or 0, campaign=offer.campaign, amount_minor=offer.cost_minor,
                                 currency=offer.currency, at=clock.now()))  # fmt: skip


def budget(session: Session, campaign: Campaign) -> Budget:
    """How much of the campaign's budget is bound, in the campaign's cycle.

    The cost of a creator who was dropped or would not sign is free again, unless the contract was signed: then it is
    owed. Raises Refused on mixed currencies.
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
        .where(or_(col(Candidate.stage).not_in((Stage.DROPPED, Stage.DECLINED_BY_CREATOR)), signed))
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
