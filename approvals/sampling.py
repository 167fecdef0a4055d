"""What ran without a person, and which of it a person looks at: one in ten as it happens, and some each week (R48).

Owns which action is sampled. Where in each ten the sampled one stands is drawn by lot from campaign, kind and ten, so
it is the same whenever it is asked and nobody who does the work can count up to it. Knows nothing of what was done.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from approvals.kinds import Kind
from approvals.requests import Question
from core.campaign import Campaign
from core.cards import Card, Choice, Fact
from core.clock import Clock
from core.errors import Refused
from core.models.guardrails import AutomatedAction
from core.people import Person, Role

#: How subjects of the questions begin; the number of the action follows.
SAMPLED, WEEKLY = "sample", "spot-check"
FINE, PROBLEM = "fine", "problem"
_CHOICES = (
    Choice(id=FINE, label="Fine"),
    Choice(id=PROBLEM, label="Problem", needs_reason=True,
           reasons=("wrong facts", "wrong person", "off brand", "disclosure missing", "should not have been sent")),
)  # fmt: skip


def note(session: Session, clock: Clock, *, campaign: str, kind: str, subject: str) -> None:
    """Record that this was done without a person; noted again, nothing changes.

    Its number is its place among those of its campaign and kind, which the lot falls on or not (see `drawn`).
    """
    known = session.exec(
        select(AutomatedAction).where(AutomatedAction.kind == kind, AutomatedAction.subject == subject)
    ).first()
    if known is not None and known.campaign != campaign:
        raise ValueError(f"{kind} {subject} was noted for {known.campaign}, not {campaign}")
    if known is None:
        session.add(AutomatedAction(campaign=campaign, kind=kind, subject=subject, at=clock.now()))
        session.flush()


def is_sampled(campaign: str, kind: str, place: int, every: int) -> bool:
    """Whether the action at this place (from 0) of its campaign and kind is the one of its ten. Pure."""
    ten, within = divmod(place, every)
    return within == _lot(campaign, kind, ten) % every


def last_week(now: datetime) -> str:
    """The last week that is over, as `2026-W47`; weeks run from Monday 00:00 to Monday 00:00, UTC."""
    year, week, _ = (now.astimezone(UTC) - timedelta(days=7)).isocalendar()
    return f"{year}-W{week:02d}"


def spot_check(
    session: Session, clock: Clock, campaign: str, week: str, count: int = 5, *, every: int = 10
) -> Sequence[AutomatedAction]:
    """Those of a week's actions that a person looks at beside the regular sample and was not asked about yet.

    Drawn by lot from campaign and week, so run again it chooses the same and returns what is left to ask. Raises
    Refused for a week that is not over: what is still to come could not be chosen.
    """
    start = _start_of(week)
    end = start + timedelta(days=7)
    if clock.now() < end:
        raise Refused(f"Week {week} is not over.", next_step=f"The last one is {last_week(clock.now())}.")
    placed = _placed(session, campaign)
    query = select(AutomatedAction).where(
        AutomatedAction.campaign == campaign, AutomatedAction.at >= start, AutomatedAction.at < end
    )
    unseen = [one for one in session.exec(query) if not is_sampled(campaign, one.kind, placed[one.id or 0], every)]
    chosen = sorted(unseen, key=lambda one: _lot(campaign, week, one.kind, one.subject))[:count]
    return [one for one in chosen if one.request_id is None]


def drawn(session: Session, campaign: str, *, since: datetime, every: int = 10) -> Sequence[AutomatedAction]:
    """Those of a campaign's later actions that the lot fell on, and that nobody was asked about yet."""
    unasked = select(AutomatedAction.id).where(
        AutomatedAction.campaign == campaign, col(AutomatedAction.request_id).is_(None), AutomatedAction.at >= since
    )
    if session.exec(unasked.limit(1)).first() is None:
        return []
    placed = _placed(session, campaign)
    query = select(AutomatedAction).where(col(AutomatedAction.id).in_(unasked)).order_by(col(AutomatedAction.id))
    return [one for one in session.exec(query) if is_sampled(campaign, one.kind, placed[one.id or 0], every)]


def mark_asked(session: Session, action: AutomatedAction, request_id: str) -> None:
    """A person was asked about the action; the first question stays."""
    session.execute(
        update(AutomatedAction)
        .where(col(AutomatedAction.id) == action.id, col(AutomatedAction.request_id).is_(None))
        .values(request_id=request_id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(action)


def sample_card(
    action: AutomatedAction, *, what: str, facts: tuple[Fact, ...] = (), link: str = "", weekly: bool = False
) -> Card:
    """The question about one action. `what` says in a few words what was done; it was done already."""
    why = "drawn for this week's spot check" if weekly else "the one drawn of its ten"
    return Card(
        title=f"Looked right? {what}",
        subtitle=f"Done without a person on {action.at:%d %B %Y}; {why}",
        link=link,
        facts=(Fact(label="What", value=action.kind), Fact(label="About", value=action.subject), *facts),
        choices=_CHOICES,
    )


def sample_question(
    action: AutomatedAction, campaign: Campaign, card: Card, *, assignee: Person, weekly: bool = False
) -> Question:
    """The question to ops about an action; `mark_asked` belongs with it."""
    return Question(
        kind=Kind.SPOT_CHECK,
        subject=f"{WEEKLY if weekly else SAMPLED}:{action.id}",
        campaign=campaign.slug,
        card=card,
        role=Role.OPS,
        assignee=assignee,
        requested_by="greenroom",
        sla=campaign.sla,
    )


def _placed(session: Session, campaign: str) -> dict[int, int]:
    """Action → its place (from 0) among those of its campaign and kind."""
    place = func.row_number().over(partition_by=col(AutomatedAction.kind), order_by=col(AutomatedAction.id)) - 1
    rows = session.exec(select(AutomatedAction.id, place).where(AutomatedAction.campaign == campaign))
    return {number: at for number, at in rows if number is not None}


def _lot(*seed: object) -> int:
    return int.from_bytes(hashlib.sha256(json.dumps(seed).encode()).digest()[:8])


def _start_of(week: str) -> datetime:
    year, _, number = week.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise Refused(f"{week!r} is not a week.", next_step="Write it as 2026-W47.") from None
    return datetime.combine(monday, time.min, UTC)
