"""The review queue: how many places are free, who gets them, and which reviewer is asked.

Knows nothing of how a longlist is made. The pool is loaded where it is read: most who ask here do not need it.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from approvals import service as approvals
from approvals.service import Question
from core.campaign import Campaign
from core.cards import Card
from core.errors import BadInput, Refused
from core.models.candidates import Candidate, StageChange
from core.models.sourcing import LonglistEntry
from core.people import Person, Role
from core.stages import Stage
from core.store import account_of, run_in_force
from flows.effects import CANDIDATE
from flows.wiring import Wiring

#: Stages in which a candidate takes no place in the review queue.
_OUT_OF_PLAY = (Stage.LONGLISTED, Stage.HELD, Stage.DECLINED_BY_US, Stage.DROPPED, Stage.CLOSED_BY_OPT_OUT)
#: Stages in which a candidate does not count towards the approved target (an ended one makes room for another).
_NOT_APPROVED = (*_OUT_OF_PLAY, Stage.QUEUED)
#: One named reviewer per so many candidates (R22).
_PER_REVIEWER = 25
#: Why a creator is in the queue whose rank alone would not have brought them there.
EXPLORING = "to learn from"


def ask_reviewer(session: Session, w: Wiring, campaign: Campaign, candidate: Candidate, *, asked_by: str) -> None:
    """Open the question whether this creator may be invited."""
    question = Question(
        kind=CANDIDATE,
        subject=f"candidate:{candidate.id}",
        campaign=campaign.slug,
        candidate_id=candidate.id,
        card=_card(session, candidate),
        role=Role.REVIEWER,
        assignee=_reviewer(session, w, campaign),
        requested_by=asked_by,
        sla=campaign.sla,
    )
    approvals.ask(session, w.clock, question)


def room_for(session: Session, campaign: Campaign) -> int:
    """Places of the first twenty-five that declines freed, or what the approved target needs beyond them."""
    approved = _count(session, campaign, without=_NOT_APPROVED)
    missing = campaign.longlist.approved_target - approved
    if missing <= 0:
        return 0
    queued = _count(session, campaign, without=tuple(stage for stage in Stage if stage is not Stage.QUEUED))
    freed = campaign.longlist.queue - _count(session, campaign, without=_OUT_OF_PLAY)
    return max(0, freed, min(campaign.longlist.queue - queued, missing - queued))


def in_turn(
    session: Session, w: Wiring, campaign: Campaign, room: int
) -> tuple[list[Candidate], frozenset[int | None]]:
    """(who is queued next, which of them are there to learn from).

    The best come first, but some places of a queue go to creators that the ranking is unsure of.
    """
    waiting = list(longlisted(session, campaign))
    explored = session.exec(
        select(func.count()).select_from(StageChange).join(Candidate, col(Candidate.id) == StageChange.candidate_id)
        .where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
        .where(StageChange.went_to == Stage.QUEUED, StageChange.reason == EXPLORING)
    ).one()  # fmt: skip
    asked = _count(session, campaign, without=(Stage.LONGLISTED,)) + room
    places = asked * campaign.longlist.explore // campaign.longlist.queue - explored
    if places <= 0 or not waiting:
        return waiting, frozenset()
    from sourcing.learning import explore
    from sourcing.pool import open_pool

    try:
        pool = open_pool(w.settings.pool_folder)
    except (BadInput, Refused):
        # The best are on the record; a pool that is gone or damaged keeps nobody waiting for the next question.
        return waiting, frozenset()
    found = [pool.find(account.platform, account.handle) for account in (account_of(session, c) for c in waiting)]
    known = [(candidate, profile) for candidate, profile in zip(waiting, found, strict=True) if profile is not None]
    unsure = explore([profile for _, profile in known], min(places, room), size=len(known), seed=waiting[0].run_id,
                     taken=range(room))  # fmt: skip
    chosen = {known[at][0].id for at in unsure}
    best = [candidate for candidate in waiting if candidate.id not in chosen]
    explorers = [candidate for candidate in waiting if candidate.id in chosen]
    first = room - len(explorers)
    return [*best[:first], *explorers, *best[first:]], frozenset(chosen)


def longlisted(session: Session, campaign: Campaign) -> Sequence[Candidate]:
    """Whoever is on the longlist in force and was not queued yet, best first."""
    query = (
        select(Candidate)
        .where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
        .where(Candidate.run_id == run_in_force(session, campaign.slug, cycle=campaign.cycle))
        .where(Candidate.stage == Stage.LONGLISTED)
        .order_by(col(Candidate.rank), col(Candidate.id))
    )
    return session.exec(query).all()


def _count(session: Session, campaign: Campaign, *, without: tuple[Stage, ...]) -> int:
    query = (
        select(func.count())
        .select_from(Candidate)
        .where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
        .where(col(Candidate.stage).not_in(without))
    )
    return session.exec(query).one()


def _reviewer(session: Session, w: Wiring, campaign: Campaign) -> Person:
    """Reviewers who are there take turns, twenty-five candidates each."""
    asked = _count(session, campaign, without=(Stage.LONGLISTED,))
    reviewers = w.people.holders(campaign, Role.REVIEWER, w.clock.now())
    return reviewers[max(0, asked - 1) // _PER_REVIEWER % len(reviewers)]


def _card(session: Session, candidate: Candidate) -> Card:
    entry = session.exec(
        select(LonglistEntry).where(LonglistEntry.run_id == candidate.run_id, LonglistEntry.rank == candidate.rank)
    ).one()
    return Card.model_validate(entry.card)
