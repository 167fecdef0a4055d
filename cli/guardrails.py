"""`greenroom guardrails`: what is looked at of all that runs by itself, and what that caught."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from approvals.guardrails import report as guardrails_report
from approvals.service import the_request
from cli.lookup import check_campaign, wired_for
from cli.options import CampaignName
from cli.screen import JsonFlag, answer, counted, table
from core.database import reading
from core.errors import WrongUsage
from flows.steps import guardrails
from flows.wiring import wired

app = typer.Typer()
_DAY = typer.Option(metavar="DAY", help="From this day on (UTC), such as 2026-11-01; left out: the last 30 days.")


@app.command("report")
def report(
    campaign: Annotated[str | None, typer.Argument(help="Only of this campaign.")] = None,
    since: Annotated[str, _DAY] = "",
    as_json: JsonFlag = False,
) -> None:
    """How much each guardrail looked at and caught; one that never catches anything is worth a look itself."""
    w = wired()
    start = _day(since) if since else w.clock.now() - timedelta(days=30)
    with reading(w.engine) as session:
        if campaign is not None:
            check_campaign(session, campaign)
        told = guardrails_report(session, campaign, start)
    rows = [
        (one.guardrail, one.looked_at, one.caught, ", ".join(f"{what} ({times})" for what, times in one.findings))
        for one in told
    ]
    columns = ["guardrail", "looked at", "caught", "most often"]
    title = f"Guardrails of {campaign or 'all campaigns'} since {start:%d %B %Y}"
    answer([asdict(one) for one in told], as_json=as_json, lines=[table(title, columns, rows, right=columns[1:3])])


@app.command("spot-check")
def spot_check(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """Ask ops about last week's share of what ran by itself; done by the clock too, and each is asked about once."""
    asked = guardrails.weekly_spot_check(wired_for(campaign), campaign)
    lines = [f"{counted(asked, 'spot check')} asked.", *(["See: greenroom approvals list"] if asked else [])]
    answer({"asked": asked}, as_json=as_json, lines=lines)


@app.command("affected")
def affected(request_id: Annotated[str, typer.Argument(metavar="REQUEST")], as_json: JsonFlag = False) -> None:
    """What else was done like what a spot check found wrong, so that it can be put right."""
    with reading(wired().engine) as session:
        found = guardrails.affected(session, the_request(session, request_id))
    rows = [(one.creator, one.campaign, one.what, one.status, one.at) for one in found]
    columns = ["creator", "campaign", "what", "stands", "when (UTC)"]
    answer([asdict(one) for one in found], as_json=as_json,
           lines=[table(f"Done alike: {counted(len(found), 'time')}", columns, rows)])  # fmt: skip


def _day(typed: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(typed), time(tzinfo=UTC))
    except ValueError:
        raise WrongUsage(f"{typed!r} is not a day.", next_step="Write it like 2026-11-01.") from None
