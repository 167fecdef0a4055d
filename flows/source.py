"""When a longlist is made: on demand, for one campaign file."""

import asyncio
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.steps import longlist
from flows.wiring import wired


@task(cache_policy=NO_CACHE, task_run_name="longlist-{campaign_file}")
async def make_longlist(campaign_file: str, actor: str) -> longlist.Sourced:
    return await asyncio.to_thread(longlist.source_campaign, wired(), Path(campaign_file), actor=actor)


@task(cache_policy=NO_CACHE, task_run_name="queue-{campaign}")
async def queue_the_best(campaign: str, actor: str) -> int:
    return await asyncio.to_thread(longlist.fill_queue, wired(), campaign, actor=actor)


@flow(name="source")
async def source(campaign_file: str, actor: str = "schedule") -> dict[str, object]:
    """Rank the pool for a campaign, keep the longlist and put the best in front of a reviewer."""
    made = await make_longlist(campaign_file, actor)
    queued = await queue_the_best(made.campaign, actor)
    return {"run": made.run_id, "longlisted": made.longlisted, "queued": queued}
