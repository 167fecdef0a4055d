"""One creator, two campaigns of a brand: the first approval keeps the creator until the cool-down ends."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from core.clock import Clock
from core.models.candidates import Candidate, Reservation
from core.models.creators import Account, AccountLink, Creator
from core.persons import accounts_of_person, same_person
from core.stages import FINAL, Stage
from core.store import move


def held_by_another(session: Session, clock: Clock, candidate: Candidate) -> Reservation | None:
    """The reservation that keeps this creator from this campaign now, if any.

    It holds for the cool-down, and as long as the other campaign's matter is under way. The person's rows are locked
    first, so of two approvals at the same moment one sees the other.
    """
    person = sorted(same_person(session, candidate.creator_id))
    session.exec(select(Creator).where(col(Creator.id).in_(person)).order_by(col(Creator.id)).with_for_update()).all()
    query = _in_force(clock, candidate.brand, campaign=candidate.campaign)
    return session.exec(query.where(col(Reservation.creator_id).in_(person)).limit(1)).first()


def reserve(session: Session, clock: Clock, candidate: Candidate, *, days: int, actor: str) -> list[Candidate]:
    """Keep the creator for this candidate and put the brand's other queued candidates of the same person on hold.

    Returns those held. Approved or later candidates are left: they were first, and this call must not be made then.
    """
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it is reserved")
    until = clock.now() + timedelta(days=days)
    session.add(
        Reservation(brand=candidate.brand, creator_id=candidate.creator_id, candidate_id=candidate.id, until=until)
    )
    rivals = session.exec(
        select(Candidate).where(
            Candidate.brand == candidate.brand,
            col(Candidate.creator_id).in_(sorted(same_person(session, candidate.creator_id))),
            Candidate.id != candidate.id,
            Candidate.stage == Stage.QUEUED,
        )
    ).all()
    for rival in rivals:
        reason = f"approved for {candidate.campaign} first"
        move(session, clock, rival, Stage.HELD, actor=actor, reason=reason, held_until=until)
    return list(rivals)


def release(session: Session, clock: Clock, candidate: Candidate) -> None:
    """The candidate was let go before anybody wrote to them: other campaigns of the brand may have the creator now."""
    reservation = session.exec(select(Reservation).where(Reservation.candidate_id == candidate.id)).first()
    if reservation is not None and reservation.released_at is None:
        reservation.released_at = clock.now()
        session.add(reservation)


def reserved_accounts(session: Session, clock: Clock, *, brand: str, campaign: str) -> set[tuple[str, str]]:
    """(platform, key) of the accounts whose creators other campaigns of the brand hold now; sourcing skips them."""
    held = _in_force(clock, brand, campaign=campaign).subquery()
    query = (
        select(Account.platform, Account.key)
        .join(AccountLink, col(AccountLink.account_id) == Account.id)
        .join(held, held.c.creator_id == col(AccountLink.creator_id))
    )
    found = {(platform, key) for platform, key in session.exec(query)}
    merged = select(Creator.id).where(col(Creator.merged_into).is_not(None)).limit(1)
    if session.exec(merged).first() is not None:
        for creator in set(session.exec(select(held.c.creator_id))):
            found |= set(accounts_of_person(session, creator))
    return found


def held_for(session: Session, candidate: Candidate) -> Sequence[Candidate]:
    """Candidates of the same creator and brand that are on hold; after a release they may be asked about again."""
    query = select(Candidate).where(
        Candidate.brand == candidate.brand,
        col(Candidate.creator_id).in_(sorted(same_person(session, candidate.creator_id))),
        Candidate.id != candidate.id,
        Candidate.stage == Stage.HELD,
        col(Candidate.held_until).is_not(None),
    )
    return session.exec(query).all()


def _in_force(clock: Clock, brand: str, *, campaign: str) -> SelectOfScalar[Reservation]:
    """Reservations of the brand's other campaigns that count now."""
    return (
        select(Reservation)
        .join(Candidate, col(Candidate.id) == Reservation.candidate_id)
        .where(
            Reservation.brand == brand,
            Candidate.campaign != campaign,
            col(Reservation.released_at).is_(None),
            or_(Reservation.until > clock.now(), col(Candidate.stage).not_in(FINAL)),
        )
    )
