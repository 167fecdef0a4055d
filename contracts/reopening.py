"""Talking again about what was agreed: until it is signed a deal can be opened, and its contract is void then.

What was accepted becomes the offer that stands, so that the creator may still say yes to it; its budget is free until
then. Works in the caller's transaction and never commits.
"""

from sqlmodel import Session, col, select

from contracts.offer_rows import recorded
from contracts.register import current_contract
from contracts.register import locked as contract_locked
from contracts.register import recorded as contract_recorded
from contracts.words import clean
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import BudgetCommitment, Contract, Offer
from core.stages import Stage, check_move
from core.store import move, name_of


def reopen(session: Session, clock: Clock, candidate: Candidate, *, actor: str, reason: str) -> Contract | None:
    """An agreed deal is talked about again: NEGOTIATING. Returns the contract that is void with it, if there is one.

    Raises Refused for a deal that is signed, or was never agreed, and where nobody says why.
    """
    if not clean(reason):
        raise Refused(f"Nobody says why the deal with {name_of(session, candidate)} is opened again.",
                      next_step="Add --reason, such as: asks for 300 EUR, mail of 3 May.")  # fmt: skip
    session.refresh(candidate, with_for_update=True)
    check_move(Stage(candidate.stage), Stage.NEGOTIATING, who=name_of(session, candidate))
    offer, contract = _accepted(session, candidate), current_contract(session, candidate)
    if offer is None:
        raise Refused(f"{name_of(session, candidate)} has agreed to nothing yet.", next_step="Make an offer.")
    if contract is not None:
        contract, _ = contract_locked(session, contract.id or 0)
        contract.status = "void"
        session.add(contract)
        contract_recorded(session, clock, contract, "contract.voided", actor=actor)
    offer.status, offer.answer, offer.answered_at = "made", "", None
    session.add(offer)
    for bound in session.exec(select(BudgetCommitment).where(BudgetCommitment.offer_id == offer.id)).all():
        session.delete(bound)
    session.flush()
    recorded(session, clock, offer, "offer.reopened", actor=actor)
    move(session, clock, candidate, Stage.NEGOTIATING, actor=actor, reason=clean(reason))
    return contract


def _accepted(session: Session, candidate: Candidate) -> Offer | None:
    """The offer that the creator said yes to."""
    query = select(Offer).where(Offer.candidate_id == candidate.id, Offer.status == "accepted")
    return session.exec(query.order_by(col(Offer.version).desc()).limit(1)).first()
