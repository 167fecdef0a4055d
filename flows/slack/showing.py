"""A request of the record as the value that Slack cards are drawn from: names instead of ids, times where it is read.

Reads, and changes nothing. Knows no layout.
"""

from sqlmodel import Session, func, select

from approvals.conversation import QUESTION, comments
from approvals.requests import the_request, undo_until
from approvals.slack.shown import Shown
from core.cards import Card
from core.clock import Clock
from core.errors import Refused
from core.models.approvals import Request, RequestComment
from core.people import People


def shown_of(
    session: Session, clock: Clock, people: People, request: Request, *, zone: str = "", said: int | None = None
) -> Shown:
    """`zone` is where whoever reads it works; without one, it is the assignee's, as in a channel.

    `said` counts what was said about it, where that is known already.
    """
    return Shown(
        request_id=request.id,
        kind=request.kind,
        campaign=request.campaign,
        card=Card.model_validate(request.card),
        content_sha256=request.content_sha256,
        assignee=people.name_of(request.assignee),
        due_at=request.due_at,
        zone=zone or zone_of(people, request.assignee),
        status=request.status,
        choice=request.choice or "",
        reason=request.reason,
        decided_by=people.name_of(request.decided_by) if request.decided_by else "",
        decided_at=request.decided_at,
        void_reason=request.void_reason,
        comments=_comments(session, request) if said is None else said,
        undo_until=undo_until(request, clock.now()),
        waits_for=people.name_of(request.waits_for or "") if _waits(request) else "",
        question=_question(session, request) if _waits(request) else "",
    )


def shown_named(session: Session, clock: Clock, people: People, request_id: str, *, zone: str = "") -> Shown:
    """Raises Refused where there is no such request."""
    return shown_of(session, clock, people, the_request(session, request_id), zone=zone)


def zone_of(people: People, person_id: str) -> str:
    """Where they work; UTC for somebody who has left the people file."""
    try:
        return people.named(person_id).calendar.time_zone
    except Refused:
        return "UTC"


def _comments(session: Session, request: Request) -> int:
    return session.exec(
        select(func.count()).select_from(RequestComment).where(RequestComment.request_id == request.id)
    ).one()


def _waits(request: Request) -> bool:
    return request.waits_for is not None and request.status == "open"


def _question(session: Session, request: Request) -> str:
    asked = [said.text for said in comments(session, request.id) if said.kind == QUESTION]
    return asked[-1] if asked else ""
