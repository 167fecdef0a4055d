"""From the names that people type to the record, and back to names that can be typed."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePath

from sqlmodel import Session, col, select

from core.database import reading
from core.errors import Refused
from core.models.campaigns import CampaignVersion
from core.models.candidates import Candidate
from core.models.creators import Account
from flows.wiring import Wiring, wired


def wired_for(campaign: str) -> Wiring:
    """The wiring, once the campaign is known to be on record; raises Refused with the nearest name."""
    w = wired()
    with reading(w.engine) as session:
        check_campaign(session, campaign)
    return w


def check_campaign(session: Session, slug: str) -> None:
    """Raises Refused, with the nearest known name: a misspelt campaign is not shown as one without creators."""
    known = session.exec(select(CampaignVersion.slug).distinct().order_by(CampaignVersion.slug)).all()
    if slug in known:
        return
    if not known:
        step = "Run: greenroom source CAMPAIGN.toml"
    elif near := get_close_matches(PurePath(slug).stem, known, n=1):
        step = f"Did you mean {near[0]}?"
    else:
        step = f"Known: {', '.join(known)}. A new one starts with: greenroom source CAMPAIGN.toml"
    raise Refused(f"There is no campaign {slug!r} on record.", next_step=step)


def names_of(session: Session, candidates: Iterable[int | None]) -> dict[int | None, str]:
    """Candidate → `platform:handle`, as every command takes it; a handle alone may stand for two accounts."""
    wanted = [number for number in set(candidates) if number is not None]
    query = select(Candidate.id, Account.platform, Account.handle).join(
        Account, col(Account.id) == Candidate.account_id
    )
    rows = session.exec(query.where(col(Candidate.id).in_(wanted))).all()
    return {number: f"{platform}:{handle}" for number, platform, handle in rows}


def stages_of(session: Session, campaign: str) -> dict[tuple[str, str], str]:
    """Where everybody of a campaign stands, by (platform, handle); of several cycles the latest counts."""
    query = (
        select(Account.platform, Account.handle, Candidate.stage)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(Candidate.campaign == campaign)
        .order_by(col(Candidate.cycle))
    )
    return {(platform, handle): stage for platform, handle, stage in session.exec(query).all()}
