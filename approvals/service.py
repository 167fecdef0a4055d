"""Requests for everybody else: ask a person, decide, withdraw, look up.

A decision is a compare-and-set on one row, so of many clicks the first wins and the others are told who decided. What
follows from it comes from a table that the wiring fills, and happens in the same transaction or not at all; where the
decision can be taken back, that comes when it no longer can. Nothing here knows what is decided about, and no decision
is ever made by time passing.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col

from approvals.kinds import UNDO_WINDOW, Kind
from approvals.requests import (
    Question,
    ask,
    ask_all,
    can_be_taken_back,
    changed,
    open_requests,
    stopped_clock,
    the_request,
    title_of,
    undo_until,
    void,
)
from approvals.rights import DecisionRefused, check_actor, check_choice, check_door, check_length, check_text
from core import audit, jobs
from core.campaign import Campaign
from core.clock import Clock
from core.database import unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.people import People, Person

__all__ = [
    "APPLY_JOB",
    "AlreadyDecided",
    "Decision",
    "DecisionRefused",
    "Effect",
    "Effects",
    "Question",
    "ask",
    "ask_all",
    "can_be_taken_back",
    "decide",
    "decide_now",
    "open_requests",
    "the_request",
    "title_of",
    "void",
]

#: Kind of the jobs that carry out a decision once it can no longer be taken back; key: request and moment of the
#: decision, payload: request, campaign, decided_at.
APPLY_JOB = "request.apply"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One person's answer. `door` is where it was given: terminal, slack, web.

    `content_sha256` is what the person saw, where the door knows it. `request_id` may be the start of an id.
    `may_be_taken_back`: nothing follows from it before the undo window of its kind, where it has one, is over.
    """

    request_id: str
    choice: str
    actor: Person
    door: str
    reason: str = ""
    content_sha256: str | None = None
    may_be_taken_back: bool = False


#: What follows from a choice. It works in the decision's transaction and never commits; if it raises, nothing happened.
Effect = Callable[[Session, Clock, Request, Decision], None]
#: By (kind of request, choice).
Effects = Mapping[tuple[str, str], Effect]


class AlreadyDecided(DecisionRefused):
    """Somebody else was first; says who, what and when."""


def decide(
    session: Session,
    clock: Clock,
    decision: Decision,
    *,
    people: People,
    campaign: Campaign,
    effects: Effects,
    terminal_may_sign_off: bool = False,
) -> Request:
    """Take the answer and carry out its effect in the caller's transaction, or put the effect off.

    Raises AlreadyDecided, DecisionRefused or whatever Refused the effect raises; LookupError where the wiring has no
    effect for the choice, before anything is decided.
    """
    request = the_request(session, decision.request_id)
    if request.campaign != campaign.slug:
        raise ValueError(f"request {request.id} belongs to {request.campaign}, not {campaign.slug}")
    if request.status != "open":
        raise closed(request, people, clock)
    _check(request, decision, people, campaign, at=clock.now(), terminal_may_sign_off=terminal_may_sign_off)
    try:
        effect = effects[request.kind, decision.choice]
    except KeyError:
        raise LookupError(f"nothing is wired for {request.kind} → {decision.choice}") from None
    window = UNDO_WINDOW[Kind(request.kind)] if decision.may_be_taken_back else timedelta(0)
    if not _settle(session, clock, request, decision, window):
        raise closed(request, people, clock)
    _remember(session, clock, request)
    if window:
        _put_off(session, clock, request)
    else:
        effect(session, clock, request, decision)
    return request


def decide_now(
    engine: Engine,
    clock: Clock,
    decision: Decision,
    *,
    people: People,
    campaign: Campaign,
    effects: Effects,
    terminal_may_sign_off: bool = False,
) -> Request:
    """Decide in a transaction of its own; a refusal undoes that one and is noted in the audit log by a second."""
    try:
        with unit_of_work(engine) as session:
            return decide(
                session,
                clock,
                decision,
                people=people,
                campaign=campaign,
                effects=effects,
                terminal_may_sign_off=terminal_may_sign_off,
            )
    except Refused as refusal:
        with unit_of_work(engine) as session:
            remember_refusal(session, clock, decision.request_id, refusal, actor=decision.actor, door=decision.door)
        raise


def _check(
    request: Request, decision: Decision, people: People, campaign: Campaign, *, at: datetime,
    terminal_may_sign_off: bool,
) -> None:  # fmt: skip
    actor = people.named(decision.actor.id)
    check_actor(request, actor, people=people, campaign=campaign, at=at)
    check_door(request, decision.door, terminal_may_sign_off=terminal_may_sign_off)
    check_choice(request, decision.choice, decision.reason.strip())
    check_text(decision.reason, what="reason")
    check_length(decision.reason.strip(), what="reason")
    if decision.content_sha256 not in (None, request.content_sha256):
        raise DecisionRefused(
            f"{title_of(request)} has changed since {actor.name} saw it.",
            why="content changed",
            next_step="Look at it again, then decide.",
        )


def _settle(session: Session, clock: Clock, request: Request, decision: Decision, window: timedelta) -> bool:
    """The compare-and-set: True for the one decision that found the request open."""
    now = clock.now()
    values: dict[str, object] = {
        "status": "decided",
        "choice": decision.choice,
        "reason": decision.reason.strip(),
        "decided_by": decision.actor.id,
        "door": decision.door,
        "decided_at": now,
    }
    if window:
        values |= {"effective_at": now + window}  # the clock of who owes an answer is left: it may have to go on
    else:
        values |= {"applied_at": now, **stopped_clock(request, now)}  # the effect runs in this transaction
    return changed(session, request, col(Request.status) == "open", values)


def _put_off(session: Session, clock: Clock, request: Request) -> None:
    at = decided_at(request).isoformat()
    payload = {"request": request.id, "campaign": request.campaign, "decided_at": at}
    key = f"{request.id}:{at}"
    jobs.start(session, clock, kind=APPLY_JOB, key=key, payload=payload, not_before=request.effective_at)


def decided_at(request: Request) -> datetime:
    if request.decided_at is None:
        raise ValueError(f"request {request.id} is not decided")
    return request.decided_at


def closed(request: Request, people: People, clock: Clock) -> DecisionRefused:
    """Why a request that is not open cannot be answered."""
    if request.status == "void":
        return DecisionRefused(
            f"{title_of(request)} is no longer asked: {request.void_reason}.",
            why="void",
            next_step="See: greenroom approvals list",
        )
    name = people.name_of(request.decided_by or "")
    when = f"{request.decided_at:%Y-%m-%d %H:%M} UTC"
    until, step = undo_until(request, clock.now()), instead(request)
    if until is not None:
        step = f"Until {until:%H:%M} UTC it can be taken back: greenroom approvals take-back {request.id[:8]}"
    return AlreadyDecided(
        f"{title_of(request)} was already decided: {request.choice}, by {name} on {when} ({request.door}).",
        why="already decided",
        next_step=step,
    )


def instead(request: Request) -> str:
    """What to do where a decision is final; "" where nothing can be done."""
    if request.kind == Kind.CANDIDATE and request.choice == "hold":
        return f"Put them back into the queue: greenroom review unhold {request.campaign} CREATOR"
    return ""


def _remember(session: Session, clock: Clock, request: Request) -> None:
    audit.record(
        session,
        clock,
        actor=request.decided_by or "",
        action="request.decided",
        subject=f"request:{request.id}",
        detail={
            "kind": request.kind,
            "about": request.subject,
            "content": request.content_sha256,
            "choice": request.choice,
            "door": request.door,
            "reason_sha256": hashlib.sha256(request.reason.encode()).hexdigest() if request.reason else "",
        },
    )


def remember_refusal(
    session: Session, clock: Clock, request_id: str, refusal: Refused, *, actor: Person, door: str
) -> None:
    """Note in the audit log that somebody was told no."""
    try:
        request = the_request(session, request_id)
    except Refused:
        return  # a mistyped id concerns no request
    why = refusal.why if isinstance(refusal, DecisionRefused) else type(refusal).__name__
    audit.record(
        session,
        clock,
        actor=actor.id,
        action="request.refused",
        subject=f"request:{request.id}",
        detail={"kind": request.kind, "about": request.subject, "door": door, "why": why},
    )
