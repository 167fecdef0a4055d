"""What follows from a creator's signature, through whichever door it came: in the transaction that records it.

Knows nothing of how it was given, nor of mails to the creator.
"""

from sqlmodel import Session

from approvals import service as approvals
from approvals.kinds import Kind
from core.models.deals import Contract, Signature
from flows.steps import deal_news
from flows.steps.countersigning import ask_countersigner
from flows.wiring import Wiring


def follow(session: Session, w: Wiring, contract: Contract, signature: Signature) -> None:
    """Legal is not left being asked about another text that came back before, the team hears of it, and whoever signs
    for the company is asked."""
    approvals.void(
        session, w.clock, kind=Kind.RETURNED, subject=f"contract:{contract.id}", why="the contract was signed"
    )
    deal_news.tell(session, w, contract, deal_news.SIGNED)
    ask_countersigner(session, w, contract, signature)
