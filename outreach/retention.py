"""Who has been kept for long enough: nothing came of it, and nobody was in touch for the months in the law's table.

Owns finding them, and expired facts. What forgetting is, is `outreach.erasing`'s; they may be found anew later, as no
one asked for anything.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from core.clock import Clock
from core.countries import code_of
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Creator
from core.models.deals import Contract, Signature
from core.models.outreach import Message, Reply
from core.models.privacy import ContactBasis, Erasure
from core.persons import same_person
from core.stages import FINAL, Stage
from core.store import move
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
    forgotten = 0
    for creator in _quiet(session, clock):
        known = known_as(session, creator)
        plan = erasing.plan_for(session, known, pepper=pepper)
        if plan.agreed:
            continue
        for candidate in known.candidates:
            if candidate.stage not in FINAL:
                move(session, clock, candidate, Stage.DROPPED, actor="greenroom", reason=_WHY)
        erasing.erase_rows(session, clock, plan, why=_WHY, actor="greenroom")
        forgotten += 1
        if forgotten == _AT_ONCE:
            break
    return forgotten


def _quiet(session: Session, clock: Clock) -> Iterator[Creator]:
    """Persons not erased yet whose last sign of any kind lies too far back, the longest ago first.

    Those who stay are passed over by a few questions for all of them: however many they are, the others' turn comes.
    """
    soonest = clock.now() - _MONTH * min(rule.retention_months for rule in (*rules().values(), rule_of("")))
    # A candidate's last move is the sign that most have; the others, and those of merged creators, are asked of few.
    last = func.coalesce(func.max(Candidate.entered_stage_at), Creator.created_at)
    persons = select(Creator.id, last).where(col(Creator.merged_into).is_(None))
    old = persons.join(Candidate, col(Candidate.creator_id) == Creator.id, isouter=True)
    old = old.group_by(col(Creator.id), col(Creator.created_at)).having(last < soonest)
    mine = col(Contract.candidate_id) == Candidate.id
    signed = (
        select(Candidate.creator_id).join(Contract, mine).join(Signature, col(Signature.contract_id) == Contract.id)
    )
    passed = {*session.exec(select(Erasure.creator_id)), *session.exec(signed)}
    countries = _countries(session)
    for number, moved in sorted(session.exec(old).all(), key=lambda row: (row[1], row[0])):
        if number in passed or moved >= _kept_since(clock, countries.get(number, "")):
            continue
        creator = session.get_one(Creator, number)
        if _is_over(session, clock, creator):
            yield creator


def _is_over(session: Session, clock: Clock, creator: Creator) -> bool:
    known = known_as(session, creator)
    if any(candidate.stage in erasing.RUNNING for candidate in known.candidates):
        return False
    since = _kept_since(clock, _country(session, known.candidate_ids))
    return max(_signs(session, creator, known.candidate_ids)) < since


def _kept_since(clock: Clock, country: str) -> datetime:
    """Whoever gave no sign since then was kept for as long as their country lets us."""
    return clock.now() - _MONTH * rule_of(country).retention_months


def _signs(session: Session, creator: Creator, ids: list[int]) -> list[datetime]:
    creators = sorted(same_person(session, creator.id))
    mails = select(func.max(Message.created_at), func.max(Message.sent_at)).where(col(Message.candidate_id).in_(ids))
    standing = col(ContactBasis.creator_id).in_(creators), col(ContactBasis.ended_at).is_(None)
    found = [
        session.exec(select(func.max(Candidate.entered_stage_at)).where(col(Candidate.id).in_(ids))).one(),
        session.exec(select(func.max(Reply.received_at)).where(col(Reply.candidate_id).in_(ids))).one(),
        session.exec(select(func.max(ContactBasis.at)).where(*standing)).one(),
        *session.exec(mails).one(),
    ]
    return [creator.created_at, *(moment for moment in found if moment is not None)]


def _countries(session: Session) -> dict[str, str]:
    """Creator → country, as far as anybody told."""
    told = select(Candidate.creator_id, Snapshot.value).join(Candidate, col(Candidate.id) == Snapshot.candidate_id)
    rows = session.exec(told.where(Snapshot.field == "country").order_by(col(Snapshot.fetched_at))).all()
    return {creator: code_of(country) for creator, country in rows if isinstance(country, str)}


def _country(session: Session, ids: list[int]) -> str:
    query = select(Snapshot.value).where(Snapshot.field == "country", col(Snapshot.candidate_id).in_(ids))
    told = session.exec(query.order_by(col(Snapshot.fetched_at).desc()).limit(1)).first()
    return code_of(told) if isinstance(told, str) else ""
