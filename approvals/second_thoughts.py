"""Decisions that can be taken back for a while: taking them back, and carrying them out when that time is over.

Owns the second half of a decision that was put off; the first half is `service.decide`. Nothing follows from it before
its time, and it becomes final only by its effect: where that is refused, the question is open again and says why.
"""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from approvals.conversation import OURSELVES, explain
from approvals.requests import UNDECIDED, changed, is_pending, stopped_clock, the_request, title_of
from approvals.rights import DecisionRefused, check_actor, check_door
from approvals.service import AlreadyDecided, Decision, Effects, closed, instead, remember_refusal
from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.database import unit_of_work
from core.errors import Refused, TransientError
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.people import People, Person


def take_back(
    session: Session, clock: Clock, request_id: str, *, actor: Person, door: str, people: People, campaign: Campaign,
    terminal_may_sign_off: bool = False,
) -> Request:  # fmt: skip
    """The question is open again, its time running (or standing still) as if nobody had decided.

    By whoever decided, or whoever may decide it. Raises DecisionRefused where it cannot be taken back, or not by them.
    """
    request = the_request(session, request_id)
    if request.campaign != campaign.slug:
        raise ValueError(f"request {request.id} belongs to {request.campaign}, not {campaign.slug}")
    known = people.named(actor.id)
    if known.id != request.decided_by:
        check_actor(request, known, people=people, campaign=campaign, at=clock.now())
    check_door(request, door, terminal_may_sign_off=terminal_may_sign_off)
    taken = {"choice": request.choice, "decided_by": request.decided_by, "decided_at": str(request.decided_at)}
    still = is_pending() & (col(Request.effective_at) > clock.now())
    if not changed(session, request, still, _OPEN_AGAIN):
        raise _too_late(session, request, people, clock)
    _remember(session, clock, request, "request.taken_back", actor=known.id, door=door, **taken)
    return request


def take_back_now(
    engine: Engine, clock: Clock, request_id: str, *, actor: Person, door: str, people: People, campaign: Campaign,
    terminal_may_sign_off: bool = False,
) -> Request:  # fmt: skip
    """Take back in a transaction of its own; a refusal undoes that one and is noted in the audit log by a second."""
    try:
        with unit_of_work(engine) as session:
            return take_back(
                session, clock, request_id, actor=actor, door=door, people=people, campaign=campaign,
                terminal_may_sign_off=terminal_may_sign_off,
            )  # fmt: skip
    except Refused as refusal:
        with unit_of_work(engine) as session:
            remember_refusal(session, clock, request_id, refusal, actor=actor, door=door)
        raise


def apply(
    session: Session, clock: Clock, request_id: str, decided_at: datetime, *, effects: Effects, people: People
) -> Request | None:
    """Carry out the decision of that moment in the caller's transaction; None where it no longer stands.

    An effect that is refused leaves nothing behind, and the question is open again with the reason as a comment. What
    else an effect raises is the caller's to deal with, and the decision stays as it was. Raises TransientError where
    the decision can still be taken back.
    """
    request = the_request(session, request_id)
    now = clock.now()
    if request.effective_at is not None and request.decided_at == decided_at and now < request.effective_at:
        raise TransientError(f"{title_of(request)} can be taken back until {request.effective_at:%H:%M} UTC.")
    due = is_pending() & (col(Request.decided_at) == decided_at) & (col(Request.effective_at) <= now)
    if not changed(session, request, due, {"applied_at": now}):
        return None
    try:
        with session.begin_nested():
            _carry_out(session, clock, request, effects, people)
    except Refused as refusal:
        _reopen(session, clock, request, refusal)
        return request
    changed(session, request, col(Request.status) == "decided", stopped_clock(request, now))
    _remember(session, clock, request, "request.applied", actor=OURSELVES, choice=request.choice)
    return request


#: What an open request looks like; its moments and its clock were not touched by the decision.
_OPEN_AGAIN: dict[str, object] = {"status": "open", **UNDECIDED}


def _carry_out(session: Session, clock: Clock, request: Request, effects: Effects, people: People) -> None:
    decision = Decision(
        request_id=request.id,
        choice=request.choice or "",
        # Whoever has left since has no say any more; the question is asked again.
        actor=people.named(request.decided_by or ""),
        door=request.door or "",
        reason=request.reason,
        may_be_taken_back=True,
    )
    effects[request.kind, decision.choice](session, clock, request, decision)


def _reopen(session: Session, clock: Clock, request: Request, refusal: Refused) -> None:
    choice, by = request.choice, request.decided_by
    if not changed(session, request, col(Request.status) == "decided", _OPEN_AGAIN):
        raise ValueError(f"request {request.id} was changed by its own effect, which was rolled back")
    explain(session, clock, request, f"Asked again, because {choice!r} could not be carried out: {refusal}")
    _remember(session, clock, request, "request.reopened", actor=OURSELVES, why=type(refusal).__name__, choice=choice,
              decided_by=by)  # fmt: skip


def _too_late(session: Session, request: Request, people: People, clock: Clock) -> DecisionRefused:
    if request.status == "void":
        return closed(request, people, clock)
    if request.status == "open":
        return DecisionRefused(
            f"{title_of(request)} is open{_since(session, request, people)}: there is no decision to take back.",
            why="not decided",
            next_step="See: greenroom approvals list",
        )
    by, since = people.name_of(request.decided_by or ""), request.applied_at or request.effective_at
    return AlreadyDecided(
        f"{title_of(request)} can no longer be taken back: {request.choice}, by {by}, stands since "
        f"{since:%Y-%m-%d %H:%M} UTC.",
        why="too late to take back",
        next_step=instead(request) or f"See: greenroom approvals show {request.id[:8]}",
    )


def _since(session: Session, request: Request, people: People) -> str:
    """Who opened it again, where somebody did."""
    query = select(AuditEntry).where(
        AuditEntry.subject == f"request:{request.id}", AuditEntry.action == "request.taken_back"
    )
    last = session.exec(query.order_by(col(AuditEntry.seq).desc()).limit(1)).first()
    return f", taken back by {people.name_of(last.actor)} already" if last is not None else ""


def _remember(session: Session, clock: Clock, request: Request, action: str, *, actor: str, **detail: object) -> None:
    about = {"kind": request.kind, "about": request.subject, "content": request.content_sha256}
    audit.record(session, clock, actor=actor, action=action, subject=f"request:{request.id}", detail=about | detail)
