"""What the record holds of deals that are to be put on paper, read for many of them at once.

Owns the reading, and that it is of one moment: the candidates are kept from others until the unit of work ends. Judges
nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from contracts.conflicts import RunningDeal, running_deals
from core.campaign import Campaign
from core.clock import Clock
from core.many import accounts_of_all, campaigns_of, snapshots_of
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account
from core.models.deals import Contract, Offer
from core.models.tracking import TrackingLink
from core.stages import Stage
from core.store import the_candidates
from core.tracking import mint_all

#: In these a contract is drafted, the first one or a new version that voids the one before.
_DRAFTABLE = (Stage.AGREED, Stage.CONTRACT_DRAFTED, Stage.SIGNED_OFF, Stage.OUT_FOR_SIGNATURE)


@dataclass(frozen=True)
class Agreed:
    """What there is to draft: the offer that the creator said yes to, and the code they got for it."""

    offer: Offer
    link: TrackingLink


@dataclass(frozen=True)
class Grounds:
    """All that a contract is made of. `agreed` is None where there is nothing to draft; `former` is the version on
    record that counts, `voided` the number of the last that counts no more; `running` are other deals of the person."""

    campaign: Campaign
    candidate: Candidate
    account: Account
    snapshot: Mapping[str, Snapshot]
    agreed: Agreed | None
    former: Contract | None
    voided: int
    running: Sequence[RunningDeal]

    @property
    def called(self) -> str:
        """How messages and commands name the creator."""
        return f"{self.account.platform}:{self.account.handle}"


def grounds_of(session: Session, clock: Clock, candidates: Sequence[int]) -> list[Grounds]:
    """Of each candidate, in this order; where something is to be drafted a code is minted for whoever has none.

    Raises Refused for a candidate or campaign that is not on record.
    """
    found = the_candidates(session, candidates)
    campaigns = campaigns_of(session, found)
    accounts, snapshots = accounts_of_all(session, found), snapshots_of(session, found)
    offers, former, voided = _offers(session, candidates), _former(session, candidates), _voided(session, candidates)
    running = running_deals(session, found)
    ready = [(campaign, one) for campaign, one in zip(campaigns, found, strict=True)
             if one.id in offers and one.stage in _DRAFTABLE]  # fmt: skip
    links = {link.candidate_id: link for link in mint_all(session, clock, ready)}
    return [
        Grounds(
            campaign=campaign, candidate=one, account=accounts[one.account_id], snapshot=snapshots[number],
            agreed=Agreed(offers[number], links[number]) if number in links else None,
            former=former.get(number), voided=voided.get(number, 0), running=running[number],
        )
        for number, campaign, one in zip(candidates, campaigns, found, strict=True)
    ]  # fmt: skip


def _offers(session: Session, candidates: Sequence[int]) -> dict[int, Offer]:
    """The latest that each said yes to."""
    query = select(Offer).where(col(Offer.candidate_id).in_(candidates), Offer.status == "accepted")
    return {offer.candidate_id: offer for offer in session.exec(query.order_by(col(Offer.version)))}


def _former(session: Session, candidates: Sequence[int]) -> dict[int, Contract]:
    """The newest version of each that is not void."""
    query = select(Contract).where(col(Contract.candidate_id).in_(candidates), Contract.status != "void")
    return {contract.candidate_id: contract for contract in session.exec(query.order_by(col(Contract.version)))}


def _voided(session: Session, candidates: Sequence[int]) -> dict[int, int]:
    """The number of the last version of each that is void: numbers are never given twice."""
    query = select(Contract.candidate_id, func.max(Contract.version)).group_by(col(Contract.candidate_id))
    query = query.where(col(Contract.candidate_id).in_(candidates), Contract.status == "void")
    return dict(session.exec(query).all())
