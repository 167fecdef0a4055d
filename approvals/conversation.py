"""What is said about a request before it is decided: comments, questions that stop the clock, handing it on.

Owns when the clock stands still and how it goes on. A question or a comment never decides anything, and a request
that waits for information may be decided at any time.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from approvals.rights import LONGEST, check_length, check_text, has_words, may_be_handed
from approvals.sla import elapsed, moments
from core import audit
from core.campaign import Sla
from core.clock import Clock
from core.errors import Refused
from core.models.approvals import Request, RequestComment
from core.people import People, Person, Role, WorkCalendar

COMMENT, QUESTION, ANSWER = "comment", "question", "answer"
#: Who says what no person said.
OURSELVES = "greenroom"


def comment(session: Session, clock: Clock, request: Request, *, actor: Person, text: str, door: str) -> RequestComment:
    """A remark that everybody sees who sees the request."""
    said = _say(session, clock, request, COMMENT, author=actor.id, text=text, door=door)
    _keep(session, clock, request, "request.commented", actor=actor.id, comment=said.id)
    return said


def explain(session: Session, clock: Clock, request: Request, text: str) -> RequestComment:
    """Tell whoever sees the request what became of it without anybody's doing."""
    return _say(session, clock, request, COMMENT, author=OURSELVES, text=text[:LONGEST], door=OURSELVES)


def ask_for_information(
    session: Session, clock: Clock, request: Request, *, actor: Person, of: Person, text: str, door: str,
    calendar: WorkCalendar,
) -> RequestComment:  # fmt: skip
    """Ask somebody for what is missing; the clock stands still until they answer. `calendar` is the assignee's."""
    _check_open(request)
    if request.waits_for is not None:
        raise Refused(f"This request already waits for an answer of {request.waits_for}.",
                      next_step="Wait for it, or decide with what is known.")  # fmt: skip
    if of.id == actor.id:
        raise Refused(f"{actor.name} cannot ask themself.", next_step="Name somebody who knows.")
    said = _say(session, clock, request, QUESTION, author=actor.id, text=text, door=door)
    request.used_seconds += _used(request, clock, calendar)
    request.paused_at, request.waits_for = clock.now(), of.id
    _keep(session, clock, request, "request.paused", actor=actor.id, waits_for=of.id)
    return said


def answer(
    session: Session, clock: Clock, request: Request, *, actor: Person, text: str, door: str, calendar: WorkCalendar
) -> RequestComment:
    """The answer, from whomever it comes; the assignee has as much time left as when the clock stopped."""
    _check_open(request)
    if request.waits_for is None:
        raise Refused("This request waits for no information.", next_step="Write a comment instead.")
    said = _say(session, clock, request, ANSWER, author=actor.id, text=text, door=door)
    _go_on(request, clock, calendar)
    _keep(session, clock, request, "request.resumed", actor=actor.id)
    return said


def reassign(
    session: Session, clock: Clock, request: Request, *, to: Person, actor: Person, people: People,
    calendar: WorkCalendar,
) -> Request:  # fmt: skip
    """Hand it to somebody else who may decide it; the time that is used up stays used up.

    `calendar` is that of whoever had it. Raises Refused for who neither has the role nor stands in for who has,
    or asked and may not answer too.
    """
    _check_open(request)
    if not may_be_handed(Role(request.role), to, people=people, at=clock.now()):
        raise Refused(f"{to.name} is not {request.role} and cannot decide this.",
                      next_step=f"Name somebody whose roles in the people file include {request.role}, or who stands "
                                "in for such a person.")  # fmt: skip
    if request.four_eyes and to.id == request.requested_by:
        raise Refused(f"{to.name} asked this question and cannot answer it too.", next_step="Name somebody else.")
    if request.paused_at is None:
        request.used_seconds += _used(request, clock, calendar)
    before, request.assignee = request.assignee, to.id
    if request.paused_at is None:
        _go_on(request, clock, to.calendar)
    _keep(session, clock, request, "request.reassigned", actor=actor.id, came_from=before, went_to=to.id)
    return request


def comments(session: Session, request_id: str) -> Sequence[RequestComment]:
    """All that was said, in order."""
    query = select(RequestComment).where(RequestComment.request_id == request_id)
    return session.exec(query.order_by(col(RequestComment.id))).all()


def _used(request: Request, clock: Clock, calendar: WorkCalendar) -> int:
    return int(elapsed(request.clock_started_at, clock.now(), _sla(request), calendar).total_seconds())


def _go_on(request: Request, clock: Clock, calendar: WorkCalendar) -> None:
    now, used = clock.now(), timedelta(seconds=request.used_seconds)
    request.waits_for, request.paused_at, request.clock_started_at = None, None, now
    request.first_reminder_at, request.second_reminder_at, request.due_at = moments(
        now, _sla(request), calendar, used=used
    )


def _sla(request: Request) -> Sla:
    return Sla.model_validate({"hours": request.sla_hours, "clock": request.sla_clock})


def _check_open(request: Request) -> None:
    if request.status != "open":
        raise Refused("This request is no longer open.", next_step="See: greenroom approvals list")


def _say(
    session: Session, clock: Clock, request: Request, kind: str, *, author: str, text: str, door: str
) -> RequestComment:
    check_text(text, what=kind)
    text = text.strip()
    if not has_words(text):
        raise Refused(f"There are no words in this {kind}.", next_step="Write what you want to say.")
    check_length(text, what=kind)
    said = RequestComment(request_id=request.id, kind=kind, author=author, text=text, door=door, at=clock.now())
    session.add(said)
    session.flush()
    return said


def _keep(session: Session, clock: Clock, request: Request, action: str, *, actor: str, **detail: object) -> None:
    session.add(request)
    session.flush()
    audit.record(session, clock, actor=actor, action=action, subject=f"request:{request.id}", detail=detail)
