"""Questions on the record: asking, withdrawing and finding them.

Knows the card only as something to store and show; what it means is the business of the feature that wrote it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from approvals.sla import moments
from core import audit
from core.campaign import Sla
from core.cards import Card
from core.clock import Clock
from core.errors import Refused
from core.models.approvals import Request
from core.people import Person, Role

#: Ids are UUIDs; anything else never reaches the database.
_ID = re.compile(r"[0-9a-f-]{1,36}")
REPLACED = "replaced by newer content"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is to be asked, of whom, about which exact content.

    `subject` is the matter, as `kind:id`. `content_sha256` names the bytes decided on where they are not the card
    itself (a contract's document, say); empty means the card.
    """

    kind: str
    subject: str
    campaign: str
    card: Card
    role: Role
    assignee: Person
    requested_by: str
    sla: Sla
    content_sha256: str = ""
    candidate_id: int | None = None
    four_eyes: bool = False

    @property
    def content(self) -> str:
        return self.content_sha256 or self.card.sha256


def ask(session: Session, clock: Clock, question: Question) -> Request:
    """Open the question; asked again with the same content, the open one stays; with other content, it is replaced."""
    known = _open_one(session, question.kind, question.subject)
    if known is not None and known.content_sha256 == question.content:
        return known
    if known is not None:
        _withdraw(session, clock, known, REPLACED)
    request = _request(clock, question)
    session.add(request)
    session.flush()
    audit.record(
        session,
        clock,
        actor=question.requested_by,
        action="request.asked",
        subject=f"request:{request.id}",
        detail={
            "kind": request.kind,
            "about": request.subject,
            "content": request.content_sha256,
            "role": request.role,
            "assignee": request.assignee,
        },
    )
    return request


def void(session: Session, clock: Clock, *, kind: str, subject: str, why: str) -> Request | None:
    """Withdraw the open question about a matter; None where none is open."""
    request = _open_one(session, kind, subject)
    if request is not None:
        _withdraw(session, clock, request, why)
    return request


def open_requests(session: Session, *, campaign: str | None = None, assignee: str | None = None) -> Sequence[Request]:
    """Whatever waits for an answer, most urgent first."""
    query = select(Request).where(Request.status == "open").order_by(col(Request.due_at), col(Request.id))
    if campaign is not None:
        query = query.where(Request.campaign == campaign)
    if assignee is not None:
        query = query.where(Request.assignee == assignee)
    return session.exec(query).all()


def the_request(session: Session, name: str) -> Request:
    """The request with that id, or the only one whose id begins so. Raises Refused."""
    name = name.strip().lower()
    if not name:
        raise Refused("A request needs an id.", next_step="See: greenroom approvals list")
    found: Sequence[Request] = []
    if _ID.fullmatch(name):
        exact = session.get(Request, name)
        if exact is not None:
            return exact
        found = session.exec(select(Request).where(col(Request.id).startswith(name)).limit(2)).all()
    if not found:
        raise Refused(f"There is no request {name!r}.", next_step="See: greenroom approvals list")
    if len(found) > 1:
        raise Refused(f"Several requests begin with {name!r}.", next_step="Write more of the id.")
    return found[0]


def title_of(request: Request) -> str:
    """What the request is about, with the start of its id, for messages and mails."""
    return f"{Card.model_validate(request.card).title} (request {request.id[:8]})"


def _request(clock: Clock, question: Question) -> Request:
    now, sla = clock.now(), question.sla
    first, second, due = moments(now, sla, question.assignee.calendar)
    return Request(
        kind=question.kind,
        subject=question.subject,
        campaign=question.campaign,
        candidate_id=question.candidate_id,
        content_sha256=question.content,
        card=question.card.content(),
        role=question.role,
        assignee=question.assignee.id,
        requested_by=question.requested_by,
        four_eyes=question.four_eyes,
        asked_at=now,
        first_reminder_at=first,
        second_reminder_at=second,
        due_at=due,
        sla_hours=sla.hours,
        sla_clock=sla.clock,
        clock_started_at=now,
    )


def _open_one(session: Session, kind: str, subject: str) -> Request | None:
    query = select(Request).where(Request.kind == kind, Request.subject == subject, Request.status == "open")
    return session.exec(query).first()


def _withdraw(session: Session, clock: Clock, request: Request, why: str) -> None:
    request.status, request.void_reason = "void", why
    session.add(request)
    session.flush()
    audit.record(
        session,
        clock,
        actor="greenroom",
        action="request.void",
        subject=f"request:{request.id}",
        detail={"kind": request.kind, "about": request.subject, "content": request.content_sha256},
    )
