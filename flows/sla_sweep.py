"""When decisions take effect, people are reminded and queues refilled: every fifteen minutes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.retrying import is_transient
from flows.steps import (
    brief_mails,
    deal_conflicts,
    deal_news,
    guardrails,
    longlist,
    review,
    sign_offs,
    signing_rounds,
    upkeep,
)
from flows.wiring import wired

log = logging.getLogger("greenroom.sweep")


@task(cache_policy=NO_CACHE, task_run_name="apply-decisions")
async def apply_decisions() -> dict[str, int]:
    return {"applied": len(await asyncio.to_thread(review.apply_due, wired()))}


@task(cache_policy=NO_CACHE, task_run_name="refill-queues")
async def refill_queues() -> dict[str, int]:
    return {"queued": await asyncio.to_thread(longlist.refill_queues, wired())}


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[30, 300], retry_condition_fn=is_transient,
      task_run_name="remind")  # fmt: skip
async def remind() -> dict[str, int]:
    return {"reminders": await asyncio.to_thread(upkeep.remind, wired())}


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[30, 300], retry_condition_fn=is_transient,
      task_run_name="send-digests")  # fmt: skip
async def send_digests() -> dict[str, int]:
    return {"digests": await asyncio.to_thread(upkeep.send_digests, wired())}


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[30, 300], retry_condition_fn=is_transient,
      task_run_name="tell-ends")  # fmt: skip
async def tell_ends() -> dict[str, int]:
    return {"ends_told": await asyncio.to_thread(upkeep.tell_ends, wired())}


@task(cache_policy=NO_CACHE, task_run_name="tidy")
async def tidy() -> dict[str, int]:
    return await asyncio.to_thread(upkeep.tidy, wired())


@task(cache_policy=NO_CACHE, task_run_name="sign-offs")
async def keep_sign_offs() -> dict[str, int]:
    withdrawn = await asyncio.to_thread(sign_offs.withdraw_outdated, wired())
    return {"withdrawn": withdrawn, "sign_offs_asked": await asyncio.to_thread(sign_offs.ask_next, wired())}


@task(cache_policy=NO_CACHE, task_run_name="spot-check")
async def spot_check() -> dict[str, int]:
    return {"spot_checks": await asyncio.to_thread(guardrails.weekly_spot_check, wired())}


@task(cache_policy=NO_CACHE, task_run_name="first-mails")
async def first_mails() -> dict[str, int]:
    return {"first_mails_asked": await asyncio.to_thread(guardrails.look_at_first_mails, wired())}


@task(cache_policy=NO_CACHE, task_run_name="signatures")
async def recall_contracts() -> dict[str, int]:
    unsigned = await asyncio.to_thread(signing_rounds.remind_unsigned, wired())
    posts = await asyncio.to_thread(signing_rounds.remind_of_posts, wired())
    return {"unsigned_recalled": unsigned, "posts_recalled": posts}


@task(cache_policy=NO_CACHE, task_run_name="briefs")
async def mail_briefs() -> dict[str, int]:
    return {"briefs_mailed": await asyncio.to_thread(brief_mails.send_due, wired())}


@task(cache_policy=NO_CACHE, task_run_name="deal-conflicts")
async def look_for_conflicts() -> dict[str, int]:
    return {"deals_in_conflict": await asyncio.to_thread(deal_conflicts.note, wired())}


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[30, 300], retry_condition_fn=is_transient,
      task_run_name="deal-news")  # fmt: skip
async def tell_of_deals() -> dict[str, int]:
    return {"deal_news": await asyncio.to_thread(deal_news.send_news, wired())}


@flow(name="sla-sweep")
async def sweep_approvals() -> dict[str, int]:
    """Carry out what can no longer be taken back, refill queues after declines, go on with sign-offs, ask for spot
    checks, recall what is unsigned or due, mail briefs, look for deals in each other's way, tell the team of deals,
    remind, send the day's digests, tell what runs out of deals, return ended holds, and anchor the audit log."""
    return await one_after_another(
        apply_decisions, refill_queues, keep_sign_offs, spot_check, first_mails, recall_contracts, mail_briefs,
        look_for_conflicts, tell_of_deals, remind, send_digests, tell_ends, tidy,
    )  # fmt: skip


async def one_after_another(*duties: Callable[[], Awaitable[Mapping[str, int]]]) -> dict[str, int]:
    """What each did. One that fails keeps none of the others from their turn; then the first failure is raised."""
    done: dict[str, int] = {}
    failed: list[Exception] = []
    for duty in duties:
        try:
            done |= await duty()
        except Exception as error:
            # Each is an entry point of its own: a bug in one must not silence the reminders for good.
            log.exception("a duty of the sweep failed; the others go on")
            failed.append(error)
    if failed:
        raise failed[0]
    return done
