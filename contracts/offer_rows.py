"""The offer rows: which version counts, putting the next one down, and writing what became of it.

Owns how offers are locked and told of in the audit log. Decides nothing.
"""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, func, select

from contracts.terms import OfferDraft
from contracts.words import clean
from core import audit
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import Offer
from core.stages import Stage
from core.store import name_of, the_candidate

#: Of the stages, those in which terms may still be talked about.
_NEGOTIABLE = frozenset({Stage.REPLIED, Stage.NEGOTIATING})


def check_negotiable(session: Session, candidate: Candidate, *, what: str) -> None:
    """Lock the candidate. Raises Refused where they have not answered yet, or an offer is accepted."""
    session.refresh(candidate, with_for_update=True)
    if candidate.stage not in _NEGOTIABLE:
        raise Refused(
            f"{name_of(session, candidate)} is {candidate.stage}; {what} follow an answer.",
            next_step="An offer can be made once the creator has replied and until one is accepted. What was agreed "
            f"and is not signed can be opened again: greenroom deal reopen {candidate.campaign} CREATOR --reason WHY",
        )


def next_version(
    session: Session, clock: Clock, candidate: Candidate, draft: OfferDraft, *, actor: str, note: str,
    reasons: Mapping[str, str] | None = None, conflicts: Sequence[str] = (), side: str = "ours",
) -> Offer:  # fmt: skip
    """The next version on record: `countered` where it is theirs; else `drafted` where there are reasons to ask the
    owner, and `made` by this actor where there are none."""
    last = session.exec(select(func.max(Offer.version)).where(Offer.candidate_id == candidate.id)).one()
    offer = Offer(
        candidate_id=id_of(candidate),
        campaign=candidate.campaign,
        version=(last or 0) + 1,
        status="countered",
        terms=draft.model_dump(mode="json"),
        terms_sha256=draft.sha256,
        cost_minor=draft.guaranteed.minor,
        currency=draft.stipend.currency,
        side=side,
        note=clean(note),
        offered_by=actor,
        created_at=clock.now(),
    )
    if side == "ours":
        judged(offer, reasons or {}, conflicts, actor=actor)
    session.add(offer)
    session.flush()
    recorded(session, clock, offer, f"offer.{offer.status}", actor=actor)
    return offer


def judged(offer: Offer, reasons: Mapping[str, str], conflicts: Sequence[str], *, actor: str) -> None:
    """Whether an offer is made, signed off by this actor, or has to wait for the owner."""
    offer.status = "drafted" if reasons else "made"
    offer.beyond = "; ".join(reasons.values())
    offer.over_budget = "budget" in reasons
    offer.conflicts = list(conflicts)
    offer.approved_by = None if reasons else actor


def replace_former(session: Session, clock: Clock, offer: Offer, *, actor: str) -> None:
    """End what this offer takes the place of.

    While a draft waits for the owner, what the creator already holds stays good: they may still say yes to it. What
    they asked for is answered by an offer that is made.
    """
    made = offer.status == "made"
    replace(
        session, clock, offer.candidate_id, *(("drafted", "made") if made else ("drafted",)), keep=offer, actor=actor
    )
    if made:
        replace(session, clock, offer.candidate_id, "countered", to="answered", keep=offer, actor=actor)


def replace(
    session: Session, clock: Clock, candidate_id: int, *statuses: str, actor: str, keep: Offer | None = None,
    to: str = "replaced",
) -> None:  # fmt: skip
    """End the offers of these statuses, but one."""
    query = select(Offer).where(Offer.candidate_id == candidate_id, col(Offer.status).in_(statuses))
    for old in session.exec(query).all():
        if keep is None or old.id != keep.id:
            old.status = to
            session.add(old)
            recorded(session, clock, old, f"offer.{to}", actor=actor)


def answered(session: Session, clock: Clock, offer: Offer, status: str, *, actor: str, words: str) -> None:
    """What the creator, or the owner, said to an offer."""
    offer.status, offer.answer, offer.answered_at = status, clean(words), clock.now()
    session.add(offer)
    session.flush()
    recorded(session, clock, offer, f"offer.{status}", actor=actor)


def latest(session: Session, candidate: Candidate, *statuses: str) -> Offer | None:
    """The newest version of these statuses."""
    query = select(Offer).where(Offer.candidate_id == candidate.id, col(Offer.status).in_(statuses))
    return session.exec(query.order_by(col(Offer.version).desc()).limit(1)).first()


def locked(session: Session, offer_id: int) -> Offer:
    """The offer, read anew and kept from others until the unit of work ends."""
    known = session.get(Offer, offer_id)
    if known is None:
        raise Refused(f"There is no offer {offer_id}.")
    # The candidate first, as everywhere: whoever makes, approves or accepts for one creator waits in one line.
    session.refresh(the_candidate(session, known.candidate_id), with_for_update=True)
    session.refresh(known, with_for_update=True)
    return known


def recorded(session: Session, clock: Clock, offer: Offer, action: str, *, actor: str) -> None:
    """The audit entry of what happened to an offer: ids, hashes and the cost only."""
    audit.record(session, clock, actor=actor, action=action, subject=f"offer:{offer.id}",
                 detail={"candidate": offer.candidate_id, "version": offer.version, "terms": offer.terms_sha256,
                         "cost_minor": offer.cost_minor})  # fmt: skip


def id_of(candidate: Candidate) -> int:
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it gets an offer")
    return candidate.id
