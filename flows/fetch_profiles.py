"""When profiles are fetched: on demand, each hour what waited for a quota, and each night what runs out, before the
day's quota ends unused."""

import asyncio
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from core.errors import Refused, WrongUsage
from flows.steps import fetching
from flows.steps.fetching import Fetched
from flows.wiring import wired
from sourcing.fetching.asking import Order


@task(cache_policy=NO_CACHE, task_run_name="fetch-{source}")
async def fetch(source: str, query: str, limit: int, platform: str, actor: str) -> Fetched:
    order = Order(source, query=query, limit=limit, platform=platform)
    return await asyncio.to_thread(fetching.fetch, wired(), order, actor=actor)


@task(cache_policy=NO_CACHE, task_run_name="refresh-{source}")
async def refresh(source: str, within_days: int, limit: int, actor: str) -> Fetched | None:
    return await asyncio.to_thread(
        fetching.refresh, wired(), source, within_days=within_days, limit=limit, actor=actor
    )  # fmt: skip


@task(cache_policy=NO_CACHE, task_run_name="go-on")
async def go_on(actor: str) -> list[Fetched]:
    return await asyncio.to_thread(fetching.go_on, wired(), actor=actor)


@flow(name="resume-fetches")
async def resume_fetches(actor: str = "schedule") -> dict[str, object]:
    """Go on with what waits for a quota that there is again; what costs money waits for a person."""
    return {found.run: _told(found) for found in await go_on(actor)}


@flow(name="fetch-profiles")
async def fetch_profiles(
    source: str, query: str, limit: int = 200, platform: str = "", actor: str = "schedule"
) -> dict[str, object]:
    """Search a platform and put what comes into the pool; run again, it goes on where it stopped."""
    return _told(await fetch(source, query, limit, platform, actor))


@flow(name="refresh-profiles")
async def refresh_profiles(within_days: int = 7, limit: int = 500, actor: str = "schedule") -> dict[str, Any]:
    """Look up again what runs out soon, of every source that costs nothing and has its credentials."""
    if within_days < 0 or limit < 1:
        raise WrongUsage("A refresh needs a number of days and a limit.")
    done: dict[str, Any] = {}
    for name in fetching.refreshable(wired()):
        try:
            found = await refresh(name, within_days, limit, actor)
        except Refused as error:
            # Another process is at it, say; the other sources have quotas of their own that end tonight.
            done[name] = {"status": "refused", "why": str(error)}
            continue
        if found is not None:
            done[name] = _told(found)
    return done


def _told(found: Fetched) -> dict[str, object]:
    return {"run": found.run, "status": found.status, "why": found.why, "profiles": found.profiles,
            "pages": found.pages, "missing": list(found.missing)}  # fmt: skip
