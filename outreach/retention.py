"""Who has been kept for long enough: nothing came of it, and nobody was in touch for the months in the law's table.

Owns finding them, and expired facts. What forgetting is, is `outreach.erasing`'s; they may be found anew later, as no
one asked for anything.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from core.clock import Clock
from core.countries import code_of
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Creator
from core.models.outreach import Message, Reply
from core.models.privacy import ContactBasis, Erasure
from core.stages import FINAL, Stage
from core.store import move, same_person
from outreach import erasing
from outreach.law.policy import rule_of, rules
from outreach.persons import known_as

#: Months are taken as their longest: nobody is forgotten a day too early.
_MONTH = timedelta(days=31)
_WHY = "kept for long enough"
#: So many in one go: each is a transaction's work, and the sweep comes again.
_AT_ONCE = 100


def drop_expired(session: Session, clock: Clock) -> int:
    """Facts whose source lets them be kept no longer; those of a running deal stay. Returns how many went."""
    running = select(Candidate.id).where(col(Candidate.stage).in_(sorted(erasing.RUNNING)))
    gone = delete(Snapshot).where(col(Snapshot.expires_at) <= clock.now(), col(Snapshot.candidate_id).not_in(running))
    return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]


def forget_old(session: Session, clock: Clock, *, pepper: bytes) -> int:
    """Forget on the record those whose time is over; returns how many persons."""
    done: set[str] = set()
    for creator in _quiet(session, clock):
        if creator.id in done:
            continue
        done |= same_person(session, creator.id)
        known = known_as(session, creator)
        plan = erasing.plan_for(session, known, pepper=pepper)
        if not plan.agreed:
            for candidate in known.candidates:
                if candidate.stage not in FINAL:
                    move(session, clock, candidate, Stage.DROPPED, actor="greenroom", reason=_WHY)
            erasing.erase_rows(session, clock, plan, why=_WHY, actor="greenroom")
    return len(done)


def _quiet(session: Session, clock: Clock) -> list[Creator]:
    """Persons not erased yet whose last sign of any kind lies too far back."""
    soonest = clock.now() - _MONTH * min(rule.retention_months for rule in (*rules().values(), rule_of("")))
    # The candidate's last move is the sign that most have; the others are asked of few.
    old = select(Candidate.creator_id).group_by(col(Candidate.creator_id))
    old = old.having(func.max(Candidate.entered_stage_at) < soonest)
    erased = select(Erasure.creator_id)
    query = select(Creator).where(col(Creator.id).in_(old), col(Creator.id).not_in(erased), col(Creator.merged_into)
                                  .is_(None)).order_by(col(Creator.created_at)).limit(_AT_ONCE)  # fmt: skip
    return [creator for creator in session.exec(query) if _is_over(session, clock, creator)]


def _is_over(session: Session, clock: Clock, creator: Creator) -> bool:
    known = known_as(session, creator)
    if any(candidate.stage in erasing.RUNNING for candidate in known.candidates):
        return False
    months = rule_of(_country(session, known.candidate_ids)).retention_months
    return max(_signs(session, creator, known.candidate_ids)) < clock.now() - _MONTH * months


def _signs(session: Session, creator: Creator, ids: list[int]) -> list[datetime]:
    creators = sorted(same_person(session, creator.id))
    asked = [
        select(func.max(Candidate.entered_stage_at)).where(col(Candidate.id).in_(ids)),
        select(func.max(Message.created_at)).where(col(Message.candidate_id).in_(ids)),
        select(func.max(Message.sent_at)).where(col(Message.candidate_id).in_(ids)),
        select(func.max(Reply.received_at)).where(col(Reply.candidate_id).in_(ids)),
        select(func.max(ContactBasis.at)).where(
            col(ContactBasis.creator_id).in_(creators), col(ContactBasis.ended_at).is_(None)
        ),
    ]
    found = [session.exec(query).one() for query in asked]
    return [creator.created_at, *(moment for moment in found if moment is not None)]


def _country(session: Session, ids: list[int]) -> str:
    query = select(Snapshot.value).where(Snapshot.field == "country", col(Snapshot.candidate_id).in_(ids))
    told = session.exec(query.order_by(col(Snapshot.fetched_at).desc()).limit(1)).first()
    return code_of(told) if isinstance(told, str) else ""
