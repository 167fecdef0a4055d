"""When profiles leave the pool because their source lets them be kept no longer: each night, after what could be looked
up again was."""

import asyncio

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.retrying import is_transient
from flows.steps import retention
from flows.wiring import wired


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[30, 300], retry_condition_fn=is_transient,
      task_run_name="purge")  # fmt: skip
async def purge(actor: str) -> dict[str, int]:
    done = await asyncio.to_thread(retention.purge, wired(), actor=actor)
    return {"profiles": done.profiles, "kept_for_deals": len(done.kept)}


@flow(name="purge-profiles")
async def purge_profiles(actor: str = "schedule") -> dict[str, int]:
    """Take out of the pool whose term is over and whom nobody looked up again; those in a running deal stay."""
    return await purge(actor)
