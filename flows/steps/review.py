"""Decisions of people, from whichever door, and the review queue."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from approvals import service as approvals
from approvals.service import Decision, the_request
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.people import Person
from core.reservations import release
from core.stages import Stage
from core.store import candidate_named, move, stored_campaign
from flows.effects import CANDIDATE, table_of_effects
from flows.steps.longlist import ask_reviewer
from flows.wiring import Wiring


def decide(w: Wiring, request_id: str, choice: str, *, actor: Person, door: str, reason: str = "") -> Request:
    """One person's answer to one request, with everything that follows from it."""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, the_request(session, request_id).campaign)
    return approvals.decide_now(
        w.engine,
        w.clock,
        Decision(request_id=request_id, choice=choice, actor=actor, door=door, reason=reason),
        people=w.people,
        campaign=campaign,
        effects=table_of_effects(w.archive),
        terminal_may_sign_off=w.settings.terminal_may_sign_off,
    )


def review_queue(session: Session, slug: str) -> Sequence[Request]:
    """Open questions about candidates of a campaign, best candidate first."""
    query = (
        select(Request)
        .join(Candidate, col(Candidate.id) == Request.candidate_id)
        .where(Request.campaign == slug, Request.kind == CANDIDATE, Request.status == "open")
        .order_by(col(Candidate.rank), col(Candidate.id))
    )
    return session.exec(query).all()


def latest_request(session: Session, *, kind: str, subject: str) -> Request:
    """The last question asked about a matter, open or not. Raises Refused where none was ever asked."""
    query = (
        select(Request)
        .where(Request.kind == kind, Request.subject == subject)
        .order_by(col(Request.status) != "open", col(Request.asked_at).desc())
        .limit(1)
    )
    request = session.exec(query).first()
    if request is None:
        raise Refused(f"Nobody was asked about {subject} yet.", next_step="Only creators in the queue are decided on.")
    return request


def return_held(w: Wiring, slug: str, creator: str, *, actor: str) -> Request:
    """Put a held creator back into the queue and ask again."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        return requeue(session, w, candidate, actor=actor)


def requeue(session: Session, w: Wiring, candidate: Candidate, *, actor: str) -> Request:
    """HELD → QUEUED with a new question, in the caller's transaction."""
    move(session, w.clock, candidate, Stage.QUEUED, actor=actor)
    ask_reviewer(session, w, stored_campaign(session, candidate.campaign), candidate, asked_by=actor)
    return latest_request(session, kind=CANDIDATE, subject=f"candidate:{candidate.id}")


def drop(w: Wiring, slug: str, creator: str, *, actor: str, reason: str) -> Candidate:
    """A person ends it, at any open stage: nothing more is asked about the creator, and bound budget is free again.

    Somebody who was never written to may be taken up by the brand's other campaigns at once; whoever was, only
    when the cool-down is over.
    """
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        was_approved = candidate.stage == Stage.APPROVED
        move(session, w.clock, candidate, Stage.DROPPED, actor=actor, reason=reason)
        if was_approved:
            release(session, w.clock, candidate)
        query = select(Request).where(Request.candidate_id == candidate.id, Request.status == "open")
        for request in session.exec(query).all():
            approvals.void(session, w.clock, kind=request.kind, subject=request.subject, why="the creator was dropped")
        return candidate
