"""Questions on the record: asking, withdrawing and finding them.

Knows the card only as something to store and show; what it means is the business of the feature that wrote it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, update
from sqlmodel import Session, col, select

from approvals.kinds import Kind
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
    """Open the question; asked again with the same content, the open one stays; with other content, it is replaced.

    A decision that can still be taken back stands for an open question: of the same content it stays, of other content
    it is void and nothing ever follows from it. Raises ValueError for a kind that nobody knows.
    """
    return ask_all(session, clock, [question])[0]


def ask_all(session: Session, clock: Clock, questions: Sequence[Question]) -> list[Request]:
    """The same for several, in this order: one person's questions of one kind, each about another matter."""
    [kind] = {question.kind for question in questions}
    if kind not in set(Kind):
        raise ValueError(f"{kind!r} is no kind of request")
    known = _unsettled(session, kind, [question.subject for question in questions])
    for question in questions:
        former = known.get(question.subject)
        if former is not None and former.content_sha256 != question.content:
            _withdraw(session, clock, known.pop(question.subject), REPLACED)
    now = clock.now()
    ends = cache(partial(moments, now))  # the same for most of them, and found by walking through the days
    new = {
        one.subject: _request(now, one, ends(one.sla, one.assignee.calendar))
        for one in questions if one.subject not in known
    }  # fmt: skip
    if new:
        session.add_all(new.values())
        session.flush()
        [asker] = {request.requested_by for request in new.values()}
        audit.record_all(session, clock, [_asked(request) for request in new.values()], actor=asker)
    known |= new
    return [known[question.subject] for question in questions]


def void(session: Session, clock: Clock, *, kind: str, subject: str, why: str) -> Request | None:
    """Withdraw the open question about a matter, or a decision nothing has followed from yet; None where neither is."""
    request = _unsettled(session, kind, [subject]).get(subject)
    return request if request is not None and _withdraw(session, clock, request, why) else None


def open_requests(session: Session, *, campaign: str | None = None, assignee: str | None = None) -> Sequence[Request]:
    """Whatever waits for an answer, most urgent first."""
    query = select(Request).where(Request.status == "open").order_by(col(Request.due_at), col(Request.id))
    if campaign is not None:
        query = query.where(Request.campaign == campaign)
    if assignee is not None:
        query = query.where(Request.assignee == assignee)
    return session.exec(query).all()


def can_be_taken_back(
    session: Session, now: datetime, *, campaign: str | None = None, person: str | None = None
) -> Sequence[Request]:
    """Decisions that nothing has followed from and nothing will before their time is up, the next to be final first.

    `person` leaves out what neither was asked of them nor decided by them.
    """
    query = select(Request).where(is_pending(), col(Request.effective_at) > now)
    if campaign is not None:
        query = query.where(Request.campaign == campaign)
    if person is not None:
        query = query.where((col(Request.assignee) == person) | (col(Request.decided_by) == person))
    return session.exec(query.order_by(col(Request.effective_at), col(Request.id))).all()


def is_pending() -> ColumnElement[bool]:
    """Decided, and nothing has followed from it yet."""
    return (
        (col(Request.status) == "decided")
        & col(Request.applied_at).is_(None)
        & col(Request.effective_at).is_not(None)
    )  # fmt: skip


def undo_until(request: Request, now: datetime) -> datetime | None:
    """Until when the decision can be taken back; None where it cannot, or not any more."""
    ends = request.effective_at if request.status == "decided" and request.applied_at is None else None
    return ends if ends is not None and now < ends else None


def is_unsettled() -> ColumnElement[bool]:
    """Open, or decided in a way that can come open again: of one matter there is at most one such request."""
    return (col(Request.status) == "open") | is_pending()


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


def _request(now: datetime, question: Question, ends: tuple[datetime, datetime, datetime]) -> Request:
    sla, (first, second, due) = question.sla, ends
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


def changed(session: Session, request: Request, where: ColumnElement[bool], values: dict[str, object]) -> bool:
    """Compare-and-set on one row: True where it was still as `where` says; `request` is then as the record has it."""
    result = session.execute(
        update(Request)
        .where(col(Request.id) == request.id, where)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(request)
    return cast(CursorResult[Any], result).rowcount == 1


def stopped_clock(request: Request, at: datetime) -> dict[str, object]:
    """For a request that is over: nobody owes an answer any more, and a clock that stood still has used what it had."""
    started = request.clock_started_at if request.paused_at is None else at
    return {"waits_for": None, "paused_at": None, "clock_started_at": started}


#: What an open request has in place of a decision.
UNDECIDED: dict[str, object] = {
    "choice": None, "reason": "", "decided_by": None, "door": None, "decided_at": None, "effective_at": None,
    "applied_at": None,
}  # fmt: skip


def _unsettled(session: Session, kind: str, subjects: Sequence[str]) -> dict[str, Request]:
    """By their subjects."""
    query = select(Request).where(Request.kind == kind, col(Request.subject).in_(subjects), is_unsettled())
    return {request.subject: request for request in session.exec(query)}


def _asked(request: Request) -> audit.Happened:
    return audit.Happened("request.asked", f"request:{request.id}", {
        "kind": request.kind, "about": request.subject, "content": request.content_sha256, "role": request.role,
        "assignee": request.assignee,
    })  # fmt: skip


def _withdraw(session: Session, clock: Clock, request: Request, why: str) -> bool:
    """False where somebody's decision took effect meanwhile."""
    was = {"choice": request.choice, "decided_by": request.decided_by} if request.status == "decided" else {}
    values = {"status": "void", "void_reason": why, **UNDECIDED, **stopped_clock(request, clock.now())}
    if not changed(session, request, is_unsettled(), values):
        return False
    audit.record(
        session,
        clock,
        actor="greenroom",
        action="request.void",
        subject=f"request:{request.id}",
        detail={"kind": request.kind, "about": request.subject, "content": request.content_sha256, **was},
    )
    return True
