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
from core.platforms import account_said
from core.store import run_in_force, stored_campaign
from flows.steps.known import known_of
from flows.wiring import Wiring
from sourcing.comparing import Difference, Run, Standing, compare
from sourcing.explaining import Explanation, explain
from sourcing.filters import sift
from sourcing.handles import normal_handle
from sourcing.likeness import Alike, lookalikes
from sourcing.objections import Objections
from sourcing.pool import PLATFORMS, Pool, account_key, open_pool


def explain_creator(w: Wiring, slug: str, name: str) -> tuple[Explanation, bool]:
    """(why this creator stands where, whether pool and campaign are still those the longlist in force was made of).

    Raises Refused for a creator that the pool does not hold.
    """
    pool = open_pool(w.settings.pool_folder)
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        known = known_of(session, w, campaign)
        run_id = run_in_force(session, slug)
        run = session.get(SourcingRun, run_id) if run_id else None
        listed = _handles(session, run_id)
        size = run.inputs.get("wanted") if run is not None and run.inputs else None
        same = run is not None and (run.pool_version, run.campaign_hash) == (pool.version, campaign.hash)
    found = explain(pool, campaign, account_named(pool, name, listed), known, size=size)
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
        old = _named(session, slug, before) if before else _before(runs, new)
        return old, new, compare(_of_record(session, old), _of_record(session, new))


def _before(runs: Sequence[SourcingRun], new: SourcingRun) -> SourcingRun:
    """The run that was in force before this one."""
    earlier = [run.run_id for run in runs].index(new.run_id) + 1
    if earlier == len(runs):
        raise Refused(f"Before run {new.run_id} there was none.", next_step="Name two runs: --before RUN --after RUN.")
    return runs[earlier]


def look_alikes(w: Wiring, slug: str, names: Sequence[str], *, limit: int) -> tuple[Alike, ...]:
    """Who inside the campaign's limits, and could get a place, is most like these creators."""
    pool = open_pool(w.settings.pool_folder)
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        known = known_of(session, w, campaign)
        listed = _handles(session, run_in_force(session, slug))
    accounts = [account_named(pool, name, listed) for name in names]
    return lookalikes(pool, accounts, sift(pool, campaign, known.exclusions).rows, limit=limit,
                      objections=Objections(campaign, known.exclusions))  # fmt: skip


def account_named(pool: Pool, name: str, listed: Sequence[str] = ()) -> tuple[str, str]:
    """The account of the pool that a person means by `platform:handle`, `handle` or `@handle`.

    Raises Refused, with the nearest of the handles in `listed`: those are the ones that people ask about.
    """
    platform, rest = account_said(name)
    handle = normal_handle(rest, platform)
    asked = [platform] if platform else list(PLATFORMS)
    found = [
        one for one in asked if one in PLATFORMS and len(pool.rows_of([account_key(one, normal_handle(rest, one))]))
    ]
    if not found:
        near = get_close_matches(platform, PLATFORMS, n=1) if platform else []
        hint = "Write the handle as the platform does, such as instagram:some.handle."
        if near and near[0] != platform:
            hint = f"Did you mean {near[0]}:{handle}?"
        elif alike := get_close_matches(handle, listed, n=1, cutoff=0.75):
            hint = f"Did you mean {alike[0]}?"
        raise Refused(f"The pool does not know {name}.", next_step=hint)
    if len(found) > 1:
        said = " or ".join(f"{one}:{handle}" for one in found)
        raise Refused(f"{name} is in the pool on {' and '.join(found)}.", next_step=f"Say which: {said}.")
    return found[0], normal_handle(rest, found[0])


def _handles(session: Session, run_id: str | None) -> list[str]:
    """The handles of a run's list and reserve, best first."""
    query = select(LonglistEntry.handle).where(LonglistEntry.run_id == run_id).order_by(col(LonglistEntry.rank))
    return list(session.exec(query))


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
    if not _runs(session, slug):
        raise Refused(f"{slug} has no longlist yet.", next_step="Run: greenroom source CAMPAIGN.toml")
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
               inputs.get("model", ""), inputs.get("wanted", 0), places, kept_off,
               inputs.get("meaning", ""))  # fmt: skip
