"""Questions about longlists: why somebody stands where they stand, what changed between two runs, who is like whom.

Nothing here changes the record.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from sqlmodel import Session, col, select

from core.database import reading
from core.errors import Refused
from core.models.campaigns import CampaignAdoption
from core.models.sourcing import LonglistEntry, SourcingRun
from core.store import run_in_force, stored_campaign
from flows.steps.known import known_of
from flows.wiring import Wiring
from sourcing.comparing import Difference, Run, Standing, compare
from sourcing.explaining import Explanation, explain
from sourcing.filters import sift
from sourcing.handles import normal_handle
from sourcing.likeness import Alike, lookalikes
from sourcing.pool import PLATFORMS, Pool, account_key, open_pool


def explain_creator(w: Wiring, slug: str, name: str) -> tuple[Explanation, bool]:
    """(why this creator stands where, whether the pool is still the one the longlist in force was made of).

    Raises Refused for a creator that the pool does not hold.
    """
    pool = open_pool(w.settings.pool_folder)
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        known = known_of(session, w, campaign)
        run_id = run_in_force(session, slug)
        run = session.get(SourcingRun, run_id) if run_id else None
        size = run.inputs.get("wanted") if run is not None and run.inputs else None
        same = run is not None and run.pool_version == pool.version
    found = explain(pool, campaign, account_named(pool, name), known, size=size)
    assert found is not None, "account_named looked it up"
    return found, same


def compare_runs(
    w: Wiring, slug: str, before: str = "", after: str = ""
) -> tuple[SourcingRun, SourcingRun, Difference]:
    """The two runs and what differs; without names, the last two that are not the same.

    Raises Refused where there are not two, or one of them is unknown.
    """
    with reading(w.engine) as session:
        runs = _runs(session, slug)
        if len(runs) < 2 and not (before and after):
            raise Refused(f"{slug} has only one longlist so far.", next_step="Run: greenroom source CAMPAIGN.toml")
        new = _named(session, slug, after) if after else runs[0]
        old = _named(session, slug, before) if before else next(run for run in runs if run.run_id != new.run_id)
        return old, new, compare(_of_record(session, old), _of_record(session, new))


def look_alikes(w: Wiring, slug: str, names: Sequence[str], *, limit: int) -> tuple[Alike, ...]:
    """Who inside the campaign's limits is most like these creators."""
    pool = open_pool(w.settings.pool_folder)
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        known = known_of(session, w, campaign)
    accounts = [account_named(pool, name) for name in names]
    return lookalikes(pool, accounts, sift(pool, campaign, known.exclusions).rows, limit=limit)


def account_named(pool: Pool, name: str) -> tuple[str, str]:
    """The account of the pool that a person means by `platform:handle`, `handle` or `@handle`. Raises Refused."""
    platform, colon, rest = name.rpartition(":")
    handle = normal_handle(rest)
    asked = [platform.casefold()] if colon else list(PLATFORMS)
    found = [one for one in asked if one in PLATFORMS and len(pool.rows_of([account_key(one, handle)]))]
    if not found:
        near = get_close_matches(platform.casefold(), PLATFORMS, n=1) if colon else []
        hint = f"Did you mean {near[0]}:{handle}?" if near and near[0] != platform else "Names are as in the pool."
        raise Refused(f"The pool does not know {name}.", next_step=hint)
    if len(found) > 1:
        said = " or ".join(f"{one}:{handle}" for one in found)
        raise Refused(f"{name} is in the pool on {' and '.join(found)}.", next_step=f"Say which: {said}.")
    return found[0], handle


def _runs(session: Session, slug: str) -> list[SourcingRun]:
    """The campaign's runs in the order in which they came into force, the latest first, each once."""
    adopted = session.exec(
        select(CampaignAdoption.run_id)
        .where(CampaignAdoption.slug == slug, col(CampaignAdoption.run_id).is_not(None))
        .order_by(col(CampaignAdoption.id).desc())
    ).all()
    found = [session.get(SourcingRun, run_id) for run_id in dict.fromkeys(adopted)]
    return [run for run in found if run is not None]


def _named(session: Session, slug: str, name: str) -> SourcingRun:
    """The run whose id begins so."""
    found = [run for run in _runs(session, slug) if run.run_id.startswith(name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(run.run_id for run in _runs(session, slug)[:5])
    raise Refused(f"{slug} has {'no' if not found else 'more than one'} run {name}.", next_step=f"Known: {known}.")


def _of_record(session: Session, run: SourcingRun) -> Run:
    rows = session.exec(select(LonglistEntry).where(LonglistEntry.run_id == run.run_id)).all()
    inputs = run.inputs or {}
    places = [
        Standing(account_key(row.platform, row.handle), row.rank, row.fit, row.bench, dict(row.factors or []))
        for row in rows
    ]
    kept_off = {account_key(platform, handle): reason for platform, handle, _, reason in inputs.get("left_out", [])}
    return Run(run.run_id, run.pool_version, run.campaign_hash, inputs.get("code", ""), inputs.get("record", ""),
               inputs.get("model", ""), inputs.get("wanted", 0), places, kept_off)  # fmt: skip
