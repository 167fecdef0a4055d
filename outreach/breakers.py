"""When a sender's marketing mails stand still by themselves: too many came back, too many were refused because of us,
or somebody complained.

Bounds as the large mailbox providers set them for bulk senders. A stop is on record until a person lifts it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from core import audit
from core.clock import Clock
from core.errors import Refused
from core.models.outreach import Message, Reply, SendAttempt
from core.models.sending import SenderStop
from outreach.entries import MACHINE, MARKETING, Outcome

BOUNCE, COMPLAINT = "bounce", "complaint"
#: What happened longer ago says nothing about the sender today.
WITHIN = timedelta(days=30)
#: One complaint is a pause of a day; until a thousand mails went out it is more than one in a thousand.
PAUSE = timedelta(hours=24)
_PAUSE_COMPLAINTS, _STOP_COMPLAINTS = 0.001, 0.003
_WARN_BOUNCES, _STOP_BOUNCES = 0.02, 0.05
#: Below these, shares are chance: one of ten is a tenth.
_LEAST_COMPLAINTS, _LEAST_BOUNCES = 2, 3


@dataclass(frozen=True)
class Counted:
    """A sender's last 30 days, or since the last stop was lifted: mails that a server took or refused, those that came
    back or found no mailbox, and those that were refused because of us."""

    sent: int
    bounces: int
    complaints: int
    last_complaint: datetime | None = None
    refused: int = 0


@dataclass(frozen=True)
class Verdict:
    """`level` is "", "warn", "pause" (until a moment) or "stop" (until a person lifts it)."""

    level: str = ""
    why: str = ""
    until: datetime | None = None


def judge(counted: Counted, now: datetime) -> Verdict:
    """Stop at 3 complaints in a thousand or 5 bounces or refusals in a hundred; pause a day above 1 complaint in a
    thousand; warn above 2 bounces or refusals in a hundred."""
    sent = max(counted.sent, 1)
    complained = counted.complaints / sent
    bad = [(counted.bounces, "came back"), (counted.refused, "were refused because of us")]
    if counted.complaints >= _LEAST_COMPLAINTS and complained >= _STOP_COMPLAINTS:
        return Verdict("stop", f"{counted.complaints} of {counted.sent} mails complained about")
    for many, what in bad:
        if many >= _LEAST_BOUNCES and many / sent > _STOP_BOUNCES:
            return Verdict("stop", f"{many} of {counted.sent} mails {what}")
    until = counted.last_complaint + PAUSE if counted.last_complaint else now
    if complained > _PAUSE_COMPLAINTS and until > now:
        return Verdict("pause", f"{counted.complaints} of {counted.sent} mails complained about", until)
    for many, what in bad:
        if many >= _LEAST_BOUNCES - 1 and many / sent > _WARN_BOUNCES:
            return Verdict("warn", f"{many} of {counted.sent} mails {what}")
    return Verdict()


def check(session: Session, clock: Clock, senders: Collection[str]) -> dict[str, Verdict]:
    """Judge each sender and stop whom that asks for; of senders with nothing to say of them there is no entry."""
    stopped, found = open_stops(session), {}
    troubled = _troubled(session, clock.now() - WITHIN)
    for sender in sorted(set(senders) & (troubled | stopped.keys())):
        if sender in stopped:
            found[sender] = Verdict("stop", stopped[sender])
            continue
        verdict = judge(count(session, clock, sender), clock.now())
        if verdict.level == "stop":
            stop_sender(session, clock, sender, why=verdict.why, actor=MACHINE)
        if verdict.level:
            found[sender] = verdict
    return found


def count(session: Session, clock: Clock, sender: str) -> Counted:
    """What the record says of a sender's marketing mails. One that was refused counts among those that were tried."""
    lifted = session.exec(select(func.max(SenderStop.lifted_at)).where(SenderStop.sender == sender)).one()
    since = max(clock.now() - WITHIN, lifted) if lifted else clock.now() - WITHIN
    sent = select(func.count()).select_from(Message).where(Message.sender == sender, Message.category == MARKETING)
    back = (
        select(Reply.kind, func.count(func.distinct(Reply.message_id)), func.max(Reply.received_at))
        .join(Message, col(Message.id) == Reply.message_id)
        .where(Message.sender == sender, Message.category == MARKETING, col(Reply.received_at) > since)
        .where(col(Reply.kind).in_((BOUNCE, COMPLAINT)))
        .group_by(Reply.kind)
    )
    came_back = {kind: (many, last) for kind, many, last in session.exec(back)}
    # What came back without having gone out found no mailbox, or the provider gave it up.
    found_nobody = (col(Reply.kind) == BOUNCE) & (col(Reply.received_at) > since) & col(Message.sent_at).is_(None)
    gone = select(func.count(func.distinct(Message.id))).join(Reply, col(Reply.message_id) == Message.id)
    gone = gone.where(Message.sender == sender, Message.category == MARKETING, found_nobody)
    refused = select(func.count(func.distinct(Message.id))).join(SendAttempt, _refused_since(since))
    refused = refused.where(Message.sender == sender, Message.category == MARKETING)
    unsent = session.exec(gone).one(), session.exec(refused).one()
    complaints, last_complaint = came_back.get(COMPLAINT, (0, None))
    return Counted(
        session.exec(sent.where(col(Message.sent_at) > since)).one() + sum(unsent),
        came_back.get(BOUNCE, (0, None))[0],
        complaints,
        last_complaint,
        refused=unsent[1],
    )


def _troubled(session: Session, since: datetime) -> set[str]:
    query = select(Message.sender).distinct().join(Reply, col(Reply.message_id) == Message.id)
    back = session.exec(query.where(col(Reply.kind).in_((BOUNCE, COMPLAINT)), col(Reply.received_at) > since))
    refused = session.exec(select(Message.sender).distinct().join(SendAttempt, _refused_since(since)))
    return {*back, *refused}


def _refused_since(since: datetime) -> ColumnElement[bool]:
    of_message = col(SendAttempt.message_id) == Message.id
    return of_message & (col(SendAttempt.outcome) == Outcome.REFUSED) & (col(SendAttempt.ended_at) > since)


def last_sign(session: Session) -> tuple[int, int]:
    """The newest bounce or complaint, and how many stops are open: while both are the same, nobody stands worse."""
    back = select(func.max(Reply.id)).where(col(Reply.kind).in_((BOUNCE, COMPLAINT)))
    stops = select(func.count(col(SenderStop.id))).where(col(SenderStop.lifted_at).is_(None))
    newest, stopped = session.exec(select(back.scalar_subquery(), stops.scalar_subquery())).one()
    return newest or 0, stopped or 0


def open_stops(session: Session) -> dict[str, str]:
    """Senders whose marketing mails stand still until somebody lifts that, and why."""
    query = select(SenderStop).where(col(SenderStop.lifted_at).is_(None)).order_by(col(SenderStop.id))
    return {stop.sender: stop.why for stop in session.exec(query)}


def stop_sender(session: Session, clock: Clock, sender: str, *, why: str, actor: str) -> None:
    """From now on no marketing mail of this sender goes, in any campaign; stopped again, the first stop stays."""
    if sender in open_stops(session):
        return
    session.add(SenderStop(sender=sender, why=why[:500], at=clock.now()))
    session.flush()
    audit.record(session, clock, actor=actor, action="sender.stopped", subject=f"sender:{sender}")


def lift_stop(session: Session, clock: Clock, sender: str, *, actor: str) -> None:
    """A person lets a sender go on; what came back before is not counted again. Raises Refused where none is open."""
    query = select(SenderStop).where(SenderStop.sender == sender, col(SenderStop.lifted_at).is_(None))
    stops = session.exec(query.with_for_update()).all()
    if not stops:
        raise Refused(f"The mails of {sender} do not stand still.", next_step="See: greenroom outreach status CAMPAIGN")
    for stop in stops:
        stop.lifted_at, stop.lifted_by = clock.now(), actor
        session.add(stop)
    session.flush()
    audit.record(session, clock, actor=actor, action="sender.goes_on", subject=f"sender:{sender}")
