"""Requests for everybody else: ask a person, decide, withdraw, look up.

A decision is a compare-and-set on one row, so of many clicks the first wins and the others are told who decided. What
follows from it comes from a table that the wiring fills, and happens in the same transaction or not at all. Nothing
here knows what is decided about, and no decision is ever made by time passing.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, update
from sqlmodel import Session, col

from approvals.requests import Question, ask, open_requests, the_request, title_of, void
from approvals.rights import DecisionRefused, check_actor, check_choice, check_door, check_text
from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.database import unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.people import People, Person

__all__ = [
    "AlreadyDecided",
    "Decision",
    "DecisionRefused",
    "Effect",
    "Effects",
    "Question",
    "ask",
    "decide",
    "decide_now",
    "open_requests",
    "the_request",
    "title_of",
    "void",
]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One person's answer. `door` is where it was given: terminal, slack, web.

    `content_sha256` is what the person saw, where the door knows it. `request_id` may be the start of an id.
    """

    request_id: str
    choice: str
    actor: Person
    door: str
    reason: str = ""
    content_sha256: str | None = None


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
    """Take the answer and carry out its effect in the caller's transaction.

    Raises AlreadyDecided, DecisionRefused or whatever Refused the effect raises; LookupError where the wiring has no
    effect for the choice, before anything is decided.
    """
    request = the_request(session, decision.request_id)
    if request.campaign != campaign.slug:
        raise ValueError(f"request {request.id} belongs to {request.campaign}, not {campaign.slug}")
    if request.status != "open":
        raise _closed(request, people)
    _check(request, decision, people=people, campaign=campaign, terminal_may_sign_off=terminal_may_sign_off)
    try:
        effect = effects[request.kind, decision.choice]
    except KeyError:
        raise LookupError(f"nothing is wired for {request.kind} → {decision.choice}") from None
    if not _settle(session, clock, request, decision):
        session.refresh(request)
        raise _closed(request, people)
    session.refresh(request)
    _remember(session, clock, request)
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
            _remember_refusal(session, clock, decision, refusal)
        raise


def _check(
    request: Request, decision: Decision, *, people: People, campaign: Campaign, terminal_may_sign_off: bool
) -> None:
    actor = people.named(decision.actor.id)
    check_actor(request, actor, people=people, campaign=campaign)
    check_door(request, decision.door, terminal_may_sign_off=terminal_may_sign_off)
    check_choice(request, decision.choice, decision.reason.strip())
    check_text(decision.reason, what="reason")
    if decision.content_sha256 not in (None, request.content_sha256):
        raise DecisionRefused(
            f"{title_of(request)} has changed since {actor.name} saw it.",
            why="content changed",
            next_step="Look at it again, then decide.",
        )


def _settle(session: Session, clock: Clock, request: Request, decision: Decision) -> bool:
    """The compare-and-set: True for the one decision that found the request open."""
    result = session.execute(
        update(Request)
        .where(col(Request.id) == request.id, col(Request.status) == "open")
        .values(
            status="decided",
            choice=decision.choice,
            reason=decision.reason.strip(),
            decided_by=decision.actor.id,
            door=decision.door,
            decided_at=clock.now(),
            applied_at=clock.now(),  # its effect runs in this transaction, or none of this happened
        )
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], result).rowcount == 1


def _closed(request: Request, people: People) -> DecisionRefused:
    if request.status == "void":
        return DecisionRefused(
            f"{title_of(request)} is no longer asked: {request.void_reason}.",
            why="void",
            next_step="See: greenroom approvals list",
        )
    name = next((person.name for person in people if person.id == request.decided_by), request.decided_by)
    when = f"{request.decided_at:%Y-%m-%d %H:%M} UTC"
    return AlreadyDecided(
        f"{title_of(request)} was already decided: {request.choice}, by {name} on {when} ({request.door}).",
        why="already decided",
    )


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


def _remember_refusal(session: Session, clock: Clock, decision: Decision, refusal: Refused) -> None:
    try:
        request = the_request(session, decision.request_id)
    except Refused:
        return  # a mistyped id concerns no request
    why = refusal.why if isinstance(refusal, DecisionRefused) else type(refusal).__name__
    audit.record(
        session,
        clock,
        actor=decision.actor.id,
        action="request.refused",
        subject=f"request:{request.id}",
        detail={"kind": request.kind, "about": request.subject, "door": decision.door, "why": why},
    )
