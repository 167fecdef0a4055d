"""The one place where a candidate changes its stage, and the look-ups every room needs."""

from datetime import datetime

from sqlmodel import Session, col, select

from core import audit
from core.campaign import Campaign, restore_campaign
from core.clock import Clock
from core.errors import Refused
from core.models.campaigns import CampaignVersion
from core.models.candidates import Candidate, Snapshot, StageChange
from core.models.creators import Account, Creator
from core.stages import Stage, check_move


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
    current = Stage(candidate.stage)
    check_move(current, to, who=f"Candidate {candidate.id} of {candidate.campaign}", reason=reason)
    now = clock.now()
    candidate.returns_to = current if to is Stage.HELD else None
    candidate.held_until = held_until if to is Stage.HELD else None
    candidate.stage = to
    candidate.entered_stage_at = now
    session.add(candidate)
    _remember(session, clock, candidate, came_from=current, actor=actor, reason=reason, request_id=request_id)


def enter(session: Session, clock: Clock, candidate: Candidate, *, actor: str) -> Candidate:
    """Put a new candidate on the record as LONGLISTED, with its first stage change."""
    candidate.stage = Stage.LONGLISTED
    candidate.entered_stage_at = clock.now()
    session.add(candidate)
    session.flush()
    _remember(session, clock, candidate, came_from=None, actor=actor, reason="", request_id=None)
    return candidate


def keep_campaign(session: Session, clock: Clock, campaign: Campaign) -> str:
    """Store this exact campaign content once; returns its hash."""
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
        audit.record(session, clock, actor="greenroom", action="campaign.stored", subject=f"campaign:{campaign.slug}",
                     detail={"hash": campaign.hash})  # fmt: skip
    return campaign.hash


def stored_campaign(session: Session, slug: str) -> Campaign:
    """The newest stored content of a campaign. Raises Refused where the campaign was never run."""
    row = session.exec(
        select(CampaignVersion)
        .where(CampaignVersion.slug == slug)
        .order_by(col(CampaignVersion.stored_at).desc())
        .limit(1)
    ).first()
    if row is None:
        raise Refused(f"There is no campaign {slug!r} on record.", next_step="Run: greenroom source CAMPAIGN.toml")
    return restore_campaign(row.content)


def candidate_named(session: Session, campaign: str, name: str) -> Candidate:
    """The candidate a person means by `platform:handle`, `handle` or `@handle`; the latest cycle wins."""
    platform, _, rest = name.rpartition(":")
    handle = rest.lstrip("@").casefold()
    query = (
        select(Candidate)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(Candidate.campaign == campaign, Account.handle == handle)
        .order_by(col(Candidate.cycle).desc())
    )
    if platform:
        query = query.where(Account.platform == platform.casefold())
    found = session.exec(query).all()
    if not found:
        raise Refused(f"{name} is not a candidate of {campaign}.", next_step=f"See: greenroom longlist show {campaign}")
    if len({candidate.account_id for candidate in found}) > 1:
        raise Refused(f"{name} stands for accounts on several platforms.", next_step="Write platform:handle.")
    return found[0]


def the_candidate(session: Session, candidate_id: int) -> Candidate:
    candidate = session.get(Candidate, candidate_id)
    if candidate is None:
        raise Refused(f"There is no candidate {candidate_id}.")
    return candidate


def account_of(session: Session, candidate: Candidate) -> Account:
    return session.exec(select(Account).where(Account.id == candidate.account_id)).one()


def creator_of(session: Session, candidate: Candidate) -> Creator:
    """The person, following merges."""
    creator = session.get_one(Creator, candidate.creator_id)
    while creator.merged_into is not None:
        creator = session.get_one(Creator, creator.merged_into)
    return creator


def snapshot_of(session: Session, candidate: Candidate) -> dict[str, Snapshot]:
    """What was known of the creator when longlisted, by field."""
    rows = session.exec(select(Snapshot).where(Snapshot.candidate_id == candidate.id))
    return {row.field: row for row in rows}


def _remember(
    session: Session,
    clock: Clock,
    candidate: Candidate,
    *,
    came_from: Stage | None,
    actor: str,
    reason: str,
    request_id: str | None,
) -> None:
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it moves")
    session.add(
        StageChange(
            candidate_id=candidate.id,
            came_from=came_from,
            went_to=candidate.stage,
            at=clock.now(),
            actor=actor,
            reason=reason,
            request_id=request_id,
        )
    )
    audit.record(
        session,
        clock,
        actor=actor,
        action="candidate.moved",
        subject=f"candidate:{candidate.id}",
        detail={"from": came_from, "to": candidate.stage, "request": request_id},
    )
