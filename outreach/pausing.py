"""A campaign whose outreach stands still: nothing of it is sent until a person goes on.

Owns the pause and its entries in the audit log. Knows nothing of who may pause, nor why.
"""

from sqlmodel import Session

from core import audit
from core.clock import Clock
from core.models.campaigns import OutreachPause
from outreach.reporting import how_many_ready


def pause(session: Session, clock: Clock, campaign: str, *, actor: str) -> int:
    """From now on nothing is sent but mails of running deals; returns how many mails that holds back.

    Paused again, the first pause stays.
    """
    if pause_of(session, campaign) is None:
        session.add(OutreachPause(campaign=campaign, by=actor, at=clock.now()))
        session.flush()
        audit.record(session, clock, actor=actor, action="outreach.paused", subject=f"campaign:{campaign}")
    return how_many_ready(session, campaign)


def go_on(session: Session, clock: Clock, campaign: str, *, actor: str) -> bool:
    """Mails may go again; False where nothing was paused."""
    known = pause_of(session, campaign)
    if known is None:
        return False
    session.delete(known)
    session.flush()
    audit.record(session, clock, actor=actor, action="outreach.resumed", subject=f"campaign:{campaign}")
    return True


def pause_of(session: Session, campaign: str) -> OutreachPause | None:
    return session.get(OutreachPause, campaign, populate_existing=True)
