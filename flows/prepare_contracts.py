"""When contracts are drafted and sent out: whenever an agreement or a sign-off left a job."""

import asyncio

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.retrying import is_transient
from flows.steps import deals
from flows.wiring import wired


@task(cache_policy=NO_CACHE, task_run_name="draft-contracts")
async def draft_agreed() -> int:
    return await asyncio.to_thread(deals.draft_contracts, wired())


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[30, 300], retry_condition_fn=is_transient,
      task_run_name="send-contracts")  # fmt: skip
async def send_signed_off() -> int:
    return await asyncio.to_thread(deals.send_contracts, wired())


@flow(name="contracts")
async def prepare_contracts() -> dict[str, int]:
    """Draft a contract for every agreement and ask legal; send out what legal signed off."""
    drafted = await draft_agreed()
    return {"drafted": drafted, "sent_for_signature": await send_signed_off()}
