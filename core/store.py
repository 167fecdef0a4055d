"""The one place where a candidate changes its stage, and the look-ups every room needs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from sqlalchemy import insert
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from core import audit
from core.campaign import Campaign, restore_campaign
from core.clock import Clock
from core.errors import Refused
from core.models.campaigns import CampaignAdoption, CampaignVersion
from core.models.candidates import Candidate, Snapshot, StageChange
from core.models.creators import Account, Creator
from core.persons import following_merges, is_called
from core.platforms import account_said
from core.stages import FINAL, MOVES, NEEDS_REASON, Stage, check_move


def move(
    session: Session,
    clock: Clock,
    candidate: Candidate,
    to: Stage,
    *,
    actor: str,
    reason: str = "",
    request_id: str | None = None,
    held_until: datetime | None = None,
) -> None:
    """Move a candidate, with who, when, why and the audit entry in the caller's transaction.

    Raises IllegalMove when `core.stages` does not allow it. The row is locked and read again first, so of two
    movers that saw the same stage one is refused.
    """
    session.refresh(candidate, with_for_update=True)
    change = _moved(session, clock.now(), candidate, to, actor=actor, reason=reason, request_id=request_id)
    candidate.held_until = held_until if to is Stage.HELD else None
    _remember(session, clock, [change])


def move_all(session: Session, clock: Clock, reasons: Mapping[int, str], to: Stage, *, actor: str) -> None:
    """The same for many, by candidate with the reason of each; one that must not move keeps all from moving."""
    candidates, now = the_candidates(session, list(reasons)), clock.now()
    changes = [
        _moved(session, now, one, to, actor=actor, reason=reason)
        for one, reason in zip(candidates, reasons.values(), strict=True)
    ]
    _remember(session, clock, changes)


def enter(session: Session, clock: Clock, candidate: Candidate, *, actor: str) -> Candidate:
    """Put a new candidate on the record as LONGLISTED, with its first stage change."""
    return enter_all(session, clock, [candidate], actor=actor)[0]


def enter_all(session: Session, clock: Clock, candidates: Sequence[Candidate], *, actor: str) -> Sequence[Candidate]:
    """The same for many at once, in this order."""
    now = clock.now()
    for candidate in candidates:
        candidate.stage = Stage.LONGLISTED
        candidate.entered_stage_at = now
    session.add_all(candidates)
    session.flush()
    session.add_all(
        StageChange(candidate_id=_id_of(candidate), went_to=Stage.LONGLISTED, at=now, actor=actor)
        for candidate in candidates
    )
    told = {"from": None, "to": Stage.LONGLISTED, "request": None}
    audit.record_all(
        session, clock, [audit.Happened("candidate.moved", f"candidate:{one.id}", told) for one in candidates],
        actor=actor,
    )  # fmt: skip
    return candidates


def keep_campaign(
    session: Session, clock: Clock, campaign: Campaign, *, actor: str = "greenroom", run_id: str | None = None
) -> str:
    """Store this exact content once and put it in force for its cycle, with the run made of it; returns its hash."""
    if session.get(CampaignVersion, campaign.hash) is None:
        session.add(
            CampaignVersion(
                hash=campaign.hash,
                slug=campaign.slug,
                brand=campaign.brand,
                content=campaign.canonical,
                stored_at=clock.now(),
            )
        )
        session.flush()
    in_force = _adopted(session, campaign.slug, campaign.cycle)
    if in_force is None or in_force.hash != campaign.hash or run_id is not None:
        session.add(
            CampaignAdoption(
                slug=campaign.slug, cycle=campaign.cycle, hash=campaign.hash, run_id=run_id, actor=actor, at=clock.now()
            )
        )
        session.flush()
        audit.record(session, clock, actor=actor, action="campaign.adopted", subject=f"campaign:{campaign.slug}",
                     detail={"hash": campaign.hash, "cycle": campaign.cycle, "run": run_id})  # fmt: skip
    return campaign.hash


def stored_campaign(session: Session, slug: str, *, cycle: int | None = None) -> Campaign:
    """The content that is in force for a campaign (for its latest sourced cycle where none is named).

    Raises Refused where the campaign was never run.
    """
    adopted = _adopted(session, slug, cycle)
    if adopted is None:
        raise Refused(f"There is no campaign {slug!r} on record.", next_step="Run: greenroom source CAMPAIGN.toml")
    return restore_campaign(session.get_one(CampaignVersion, adopted.hash).content)


def in_force_since(session: Session, slug: str, *, cycle: int | None = None) -> datetime:
    """Since when exactly this content has been in force, however often it was adopted again meanwhile."""
    adopted = session.exec(_adoptions(slug, cycle).limit(None)).all()
    if not adopted:
        raise Refused(f"There is no campaign {slug!r} on record.", next_step="Run: greenroom source CAMPAIGN.toml")
    streak = takewhile(lambda adoption: adoption.hash == adopted[0].hash, adopted)
    return min(adoption.at for adoption in streak)


def campaign_of(session: Session, candidate: Candidate) -> Campaign:
    """The content in force for the candidate's own cycle."""
    return stored_campaign(session, candidate.campaign, cycle=candidate.cycle)


def run_in_force(session: Session, slug: str, *, cycle: int | None = None) -> str | None:
    """The run whose longlist counts: the last one made."""
    query = _adoptions(slug, cycle).where(col(CampaignAdoption.run_id).is_not(None))
    adopted = session.exec(query).first()
    return adopted.run_id if adopted else None


def candidate_named(session: Session, campaign: str, name: str) -> Candidate:
    """The candidate a person means by `platform:handle`, `handle` or `@handle`.

    Of several cycles the one that is under way counts: past the longlist and not ended; else the latest.
    """
    platform, rest = account_said(name)
    handle = rest.lstrip("@")
    if not handle.strip():
        raise Refused("No creator is named.", next_step=f"Name one of: greenroom longlist show {campaign}")
    idle = col(Candidate.stage).in_((Stage.LONGLISTED, *FINAL))
    query = (
        select(Candidate)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(Candidate.campaign == campaign, is_called(platform, handle))
        .order_by(idle, col(Candidate.cycle).desc())
    )
    found = session.exec(query).all()
    if not found:
        raise Refused(f"{name} is not a candidate of {campaign}.", next_step=f"See: greenroom longlist show {campaign}")
    platforms = sorted({account_of(session, candidate).platform for candidate in found})
    if len(platforms) > 1:
        raise Refused(
            f"{name} is a candidate of {campaign} on {' and '.join(platforms)}.",
            next_step=f"Say which: {' or '.join(f'{each}:{handle}' for each in platforms)}.",
        )
    return found[0]


def the_candidate(session: Session, candidate_id: int) -> Candidate:
    candidate = session.get(Candidate, candidate_id)
    if candidate is None:
        raise Refused(f"There is no candidate {candidate_id}.")
    return candidate


def the_candidates(session: Session, ids: Sequence[int]) -> list[Candidate]:
    """In this order, read anew and kept from others until the unit of work ends. Raises Refused for one unknown."""
    query = select(Candidate).where(col(Candidate.id).in_(ids)).order_by(col(Candidate.id)).with_for_update()
    found = {one.id: one for one in session.exec(query.execution_options(populate_existing=True))}
    if missing := [number for number in ids if number not in found]:
        raise Refused(f"There is no candidate {missing[0]}.")
    return [found[number] for number in ids]


def name_of(session: Session, candidate: Candidate) -> str:
    """How messages name a candidate: the account and the campaign."""
    return f"{account_name(session, candidate)} in {candidate.campaign}"


def account_name(session: Session, candidate: Candidate) -> str:
    """How commands name a candidate, as `platform:handle`: `candidate_named` finds it by that."""
    account = account_of(session, candidate)
    return f"{account.platform}:{account.handle}"


def came_to(session: Session, slug: str, *, cycle: int | None = None) -> dict[str, int]:
    """How many candidates of a campaign (or of one cycle of it) ever came to each stage."""
    query = (
        select(StageChange.went_to, func.count(col(StageChange.candidate_id).distinct()))
        .join(Candidate, col(Candidate.id) == StageChange.candidate_id)
        .where(Candidate.campaign == slug)
        .group_by(StageChange.went_to)
    )
    if cycle is not None:
        query = query.where(Candidate.cycle == cycle)
    return dict(session.exec(query).all())


def account_of(session: Session, candidate: Candidate) -> Account:
    return session.exec(select(Account).where(Account.id == candidate.account_id)).one()


def creator_of(session: Session, candidate: Candidate) -> Creator:
    """The person, following merges."""
    return following_merges(session, session.get_one(Creator, candidate.creator_id))


def snapshot_of(session: Session, candidate: Candidate) -> dict[str, Snapshot]:
    """What was known of the creator when longlisted, by field."""
    rows = session.exec(select(Snapshot).where(Snapshot.candidate_id == candidate.id))
    return {row.field: row for row in rows}


def _adoptions(slug: str, cycle: int | None) -> SelectOfScalar[CampaignAdoption]:
    query = select(CampaignAdoption).where(CampaignAdoption.slug == slug)
    if cycle is not None:
        query = query.where(CampaignAdoption.cycle == cycle)
    return query.order_by(col(CampaignAdoption.id).desc()).limit(1)


def _adopted(session: Session, slug: str, cycle: int | None) -> CampaignAdoption | None:
    return session.exec(_adoptions(slug, cycle)).first()


def _moved(
    session: Session, now: datetime, candidate: Candidate, to: Stage, *, actor: str, reason: str,
    request_id: str | None = None,
) -> StageChange:  # fmt: skip
    current = Stage(candidate.stage)
    if to not in MOVES[current] or to in NEEDS_REASON:  # their name is asked for by a refusal alone
        check_move(current, to, who=name_of(session, candidate), reason=reason)
    candidate.returns_to = current if to is Stage.HELD else None
    candidate.held_until = None
    candidate.stage = to
    candidate.entered_stage_at = now
    session.add(candidate)
    return StageChange(candidate_id=_id_of(candidate), came_from=current, went_to=to, at=now, actor=actor,
                       reason=reason, request_id=request_id)  # fmt: skip


def _remember(session: Session, clock: Clock, changes: Sequence[StageChange]) -> None:
    """Moves of one actor."""
    # Nobody asks for their ids, so all are one statement.
    session.execute(insert(StageChange), [change.model_dump(exclude={"id"}) for change in changes])
    told = [
        audit.Happened("candidate.moved", f"candidate:{change.candidate_id}",
                       {"from": change.came_from, "to": change.went_to, "request": change.request_id})
        for change in changes
    ]  # fmt: skip
    audit.record_all(session, clock, told, actor=changes[0].actor)


def _id_of(candidate: Candidate) -> int:
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it moves")
    return candidate.id
