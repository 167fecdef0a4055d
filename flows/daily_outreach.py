"""When creators are written to: every few minutes, as it is morning somewhere; or one campaign when somebody asks."""

import asyncio

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from core.errors import TransientError
from flows.retrying import is_transient
from flows.steps import outreach as steps
from flows.steps import review, rounds
from flows.steps.outreach import Due
from flows.wiring import wired
from outreach.service import SendReport


@task(cache_policy=NO_CACHE, task_run_name="apply-decisions")
async def apply_decisions() -> int:
    return len(await asyncio.to_thread(review.apply_due, wired()))


@task(cache_policy=NO_CACHE, task_run_name="close-unanswered-{campaign}")
async def close_unanswered(campaign: str) -> int:
    return await asyncio.to_thread(steps.close_unanswered, wired(), campaign)


@task(cache_policy=NO_CACHE, task_run_name="write-{campaign}")
async def write_due(campaign: str) -> Due:
    return await asyncio.to_thread(steps.write_due, wired(), campaign)


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[30, 300], retry_condition_fn=is_transient,
      task_run_name="send-{campaign}")  # fmt: skip
async def send_batch(campaign: str) -> SendReport:
    report = await asyncio.to_thread(steps.send_due, wired(), campaign)
    if report.trouble:
        raise TransientError(f"The batch of {campaign} stopped: {report.trouble}")
    return report


@task(cache_policy=NO_CACHE, task_run_name="round")
async def round_of_all() -> dict[str, int]:
    return await asyncio.to_thread(rounds.outreach_round, wired())


@flow(name="outreach-round")
async def outreach_round() -> dict[str, int]:
    """What is due in every campaign that runs: follow-ups written, mails sent, and who never answered closed."""
    await apply_decisions()
    return await round_of_all()


@flow(name="daily-outreach")
async def daily_outreach(campaign: str) -> dict[str, int]:
    """Write to approved creators who have not been written to and to those who have not answered, and send what the
    day's cap allows. Who let all mails go by is closed as "no answer".

    Whoever's approval can no longer be taken back is among them.
    """
    await apply_decisions()
    unanswered = await close_unanswered(campaign)
    written = await write_due(campaign)
    report = await send_batch(campaign)
    return {
        "no_answer": unanswered,
        "written": len(written.invitations.written),
        "follow_ups_written": len(written.follow_ups.written),
        "left_for_a_person": len(written.left),
        "sent": len(report.sent),
        "failed": len(report.failed),
        "unknown": len(report.unknown),
        "left": report.left,
    }
