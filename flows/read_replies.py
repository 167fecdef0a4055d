"""When answers are read: every few minutes."""

import asyncio
from collections import Counter

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.steps import outreach
from flows.wiring import wired


@task(cache_policy=NO_CACHE, task_run_name="read-inbox")
async def read_inbox() -> dict[str, int]:
    replies = await asyncio.to_thread(outreach.read_replies, wired())
    return dict(Counter(str(reply.kind) for reply in replies))


@flow(name="read-replies")
async def read_replies() -> dict[str, int]:
    """Read new answers, honour opt-outs at once, and say how many of which kind came."""
    return await read_inbox()
