"""On what grounds a creator may be written to: a consent, an address published for business, a person's decision.

Owns the rows of that. What they are enough for is decided in `outreach.law.policy`.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core import audit
from core.clock import Clock
from core.errors import BadInput, Refused
from core.models.candidates import Candidate
from core.models.privacy import ContactBasis
from core.persons import same_person
from core.store import name_of
from outreach.law.policy import Basis

#: What people type → the grounds.
NAMES = {"consent": Basis.CONSENT, "published": Basis.PUBLISHED, "decided": Basis.DECIDED}


def grounds_of(session: Session, creator_id: str) -> Sequence[ContactBasis]:
    """Everything recorded of this person, merges included, oldest first; what was withdrawn has an end."""
    query = select(ContactBasis).where(col(ContactBasis.creator_id).in_(sorted(same_person(session, creator_id))))
    return session.exec(query.order_by(col(ContactBasis.id))).all()


def allow(
    session: Session, clock: Clock, candidate: Candidate, basis: Basis, *, evidence: str, actor: str
) -> ContactBasis:
    """Record it; the same with the same evidence again changes nothing. Raises BadInput without evidence."""
    if not evidence.strip():
        raise BadInput(
            "Nothing says where that was given or seen.",
            next_step="Add --evidence, such as: 'her mail of 3 May' or 'instagram.com/ada, seen 3 May'.",
        )
    told = _kept(evidence)
    known = [row for row in _standing(session, candidate, basis) if row.evidence == told]
    if known:
        return known[0]
    row = ContactBasis(creator_id=candidate.creator_id, basis=basis, evidence=told, by=actor, at=clock.now())
    session.add(row)
    session.flush()
    audit.record(session, clock, actor=actor, action="grounds.recorded", subject=f"candidate:{candidate.id}",
                 detail={"grounds": row.id, "basis": basis})  # fmt: skip
    return row


def is_on_record(session: Session, candidate: Candidate, basis: Basis, evidence: str) -> bool:
    """Whether exactly this is recorded and holds."""
    return any(row.evidence == _kept(evidence) for row in _standing(session, candidate, basis))


def withdraw(session: Session, clock: Clock, candidate: Candidate, basis: Basis, *, actor: str) -> int:
    """It counts no more from now on; returns how many rows. Raises Refused where there was none."""
    rows = _standing(session, candidate, basis)
    if not rows:
        raise Refused(f"No {basis} of {name_of(session, candidate)} is on record.",
                      next_step=f"See: greenroom person show {candidate.creator_id}")  # fmt: skip
    for row in rows:
        row.ended_at = clock.now()
        session.add(row)
        audit.record(session, clock, actor=actor, action="grounds.withdrawn", subject=f"candidate:{candidate.id}",
                     detail={"grounds": row.id, "basis": basis})  # fmt: skip
    session.flush()
    return len(rows)


def _standing(session: Session, candidate: Candidate, basis: Basis) -> list[ContactBasis]:
    return [row for row in grounds_of(session, candidate.creator_id) if row.ended_at is None and row.basis == basis]


def _kept(evidence: str) -> str:
    return evidence.strip()[:1_000].strip()
