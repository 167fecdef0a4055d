"""How a new answer of a creator becomes somebody's work, in the transaction that records it."""

from collections.abc import Callable

from sqlmodel import Session

from core.models.candidates import Candidate
from core.models.outreach import Reply
from core.store import campaign_of
from flows.wiring import Wiring
from outreach import answering


def take_up(w: Wiring) -> Callable[[Session, Reply, Candidate | None], None]:
    """What is done with each new reply, in the transaction that records it: it becomes somebody's work."""

    def opened(session: Session, reply: Reply, candidate: Candidate | None) -> None:
        campaign = campaign_of(session, candidate) if candidate is not None else None
        answering.open_item(session, w.clock, reply, candidate, campaign, w.people, templates=w.settings.templates)

    return opened
