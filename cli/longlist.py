"""`greenroom source`, `rank` and `longlist`: make a longlist, rank for many briefs, look at what came out."""

import csv
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from cli.lookup import check_campaign, stages_of
from cli.options import ActorFlag, CampaignFile, CampaignName
from cli.screen import JsonFlag, answer, counted, fields_of, heard, table
from core.database import reading
from core.errors import Refused
from core.models.sourcing import LonglistEntry, SourcingRun
from core.settings import Settings
from core.store import run_in_force
from flows.steps import longlist as steps
from flows.wiring import wired
from sourcing import service as sourcing

app = typer.Typer()


def source(
    campaign_file: CampaignFile,
    out: Annotated[Path | None, typer.Option(help="Folder for the longlist files (else var/runs/RUN).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Another size than the campaign's.")] = None,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Rank the pool for a campaign, write longlist.{jsonl,csv,xlsx,html}, and queue the best for review."""
    w = wired()
    # A longlist decides nothing, so it may be made by nobody in particular; but not by somebody who does not exist.
    person = w.actor(actor).id if actor or w.settings.actor else "terminal"
    made = steps.source_campaign(w, campaign_file, actor=person, out=out, limit=limit)
    queued = steps.fill_queue(w, made.campaign, actor=person)
    lines = [
        f"{made.longlisted} longlisted for {made.campaign} (run {made.run_id}), {made.new_candidates} of them new.",
        *made.notes,
        f"{counted(queued, 'creator')} put in front of a reviewer.",
        f"Look at {made.folder}/longlist.html",
        f"Next: greenroom review list {made.campaign}",
    ]
    answer(asdict(made) | {"queued": queued}, as_json=as_json, lines=lines)


def rank(
    briefs: Annotated[Path, typer.Argument(help="JSON list of briefs: id, platform, name, brief, keywords, country.")],
    limit: Annotated[int, typer.Option(min=1, help="How many creators per brief.")] = 300,
    as_json: JsonFlag = False,
) -> None:
    """Rank the pool for many briefs; prints brief, rank and username, separated by tabs."""
    rows = sourcing.rank(Settings().pool_folder, briefs, limit=limit)
    if as_json:
        answer([row._asdict() for row in rows], as_json=True, lines=[])
        return
    writer = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    with heard():
        writer.writerows((row.brief_id, row.rank, row.username) for row in rows)


@app.command("show")
def show(
    campaign: CampaignName,
    limit: Annotated[int, typer.Option(min=1, help="How many places.")] = 25,
    as_json: JsonFlag = False,
) -> None:
    """The latest longlist of a campaign, with where each creator stands now."""
    with reading(wired().engine) as session:
        check_campaign(session, campaign)
        run_id = run_in_force(session, campaign)
        if run_id is None:
            raise Refused(f"{campaign} has no longlist yet.", next_step="Run: greenroom source CAMPAIGN.toml")
        run = session.get_one(SourcingRun, run_id)
        places = session.exec(
            select(LonglistEntry)
            .where(LonglistEntry.run_id == run.run_id, col(LonglistEntry.bench).is_(False))
            .order_by(col(LonglistEntry.rank))
        ).all()
        # By account: whoever was longlisted before this run keeps the candidate of then.
        stages = stages_of(session, campaign)
    shown = places[:limit]
    rows = [
        (p.rank, p.handle, p.platform, f"{p.fit:.1f}", stages.get((p.platform, p.handle), ""), p.reasons[0])
        for p in shown
    ]
    columns = ["rank", "creator", "platform", "fit", "stands", "first reason"]
    answer(
        {"run": fields_of(run),
         "places": [fields_of(p) | {"stage": stages.get((p.platform, p.handle))} for p in shown]},
        as_json=as_json,
        lines=[table(f"Longlist of {campaign}, run {run.run_id}, {run.at:%Y-%m-%d %H:%M} UTC: {len(shown)} of "
                     f"{len(places)}", columns, rows, right=["rank", "fit"])],
    )  # fmt: skip
