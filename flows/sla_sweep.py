"""When decisions take effect, people are reminded and queues refilled: every fifteen minutes."""

import asyncio

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.retrying import is_transient
from flows.steps import guardrails, longlist, review, sign_offs, upkeep
from flows.wiring import wired


@task(cache_policy=NO_CACHE, task_run_name="apply-decisions")
async def apply_decisions() -> int:
    return len(await asyncio.to_thread(review.apply_due, wired()))


@task(cache_policy=NO_CACHE, task_run_name="refill-queues")
async def refill_queues() -> int:
    return await asyncio.to_thread(longlist.refill_queues, wired())


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[30, 300], retry_condition_fn=is_transient,
      task_run_name="remind")  # fmt: skip
async def remind() -> int:
    return await asyncio.to_thread(upkeep.remind, wired())


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[30, 300], retry_condition_fn=is_transient,
      task_run_name="send-digests")  # fmt: skip
async def send_digests() -> int:
    return await asyncio.to_thread(upkeep.send_digests, wired())


@task(cache_policy=NO_CACHE, task_run_name="tidy")
async def tidy() -> dict[str, int]:
    return await asyncio.to_thread(upkeep.tidy, wired())


@task(cache_policy=NO_CACHE, task_run_name="sign-offs")
async def keep_sign_offs() -> dict[str, int]:
    withdrawn = await asyncio.to_thread(sign_offs.withdraw_outdated, wired())
    return {"withdrawn": withdrawn, "sign_offs_asked": await asyncio.to_thread(sign_offs.ask_next, wired())}


@task(cache_policy=NO_CACHE, task_run_name="spot-check")
async def spot_check() -> int:
    return await asyncio.to_thread(guardrails.weekly_spot_check, wired())


@flow(name="sla-sweep")
async def sweep_approvals() -> dict[str, int]:
    """Carry out what can no longer be taken back, refill queues after declines, go on with sign-offs, ask for spot
    checks, remind, send the day's digests, return ended holds, and anchor the audit log."""
    done = {"applied": await apply_decisions(), "queued": await refill_queues(), **await keep_sign_offs()}
    asked = await spot_check()
    return {**done, "spot_checks": asked, "reminders": await remind(), "digests": await send_digests(), **await tidy()}
