"""`greenroom source`, `rank` and `longlist`: make a longlist, rank for many briefs, look at what came out."""

import csv
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import col, select

from cli.lookup import check_campaign, stages_of, wired_for
from cli.options import ActorFlag, CampaignFile, CampaignName, CreatorName
from cli.screen import JsonFlag, Line, answer, counted, fields_of, heard, table
from core.clock import SystemClock
from core.database import reading
from core.errors import Refused
from core.models.sourcing import LonglistEntry, SourcingRun
from core.settings import Settings
from core.store import run_in_force
from flows.steps import longlist as steps
from flows.steps import questions
from flows.wiring import wired
from sourcing import service as sourcing
from sourcing.comparing import Change
from sourcing.explaining import Explanation
from sourcing.glossary import factor_name

app = typer.Typer()


def source(
    campaign_file: CampaignFile,
    out: Annotated[Path | None, typer.Option(help="Folder for the longlist files (else var/runs/RUN).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Another size than the campaign's.")] = None,
    on: Annotated[
        str,
        typer.Option(
            help="Dask scheduler whose workers rank (tcp://HOST:8786), or a number of processes here (docs/scale.md)."
        ),
    ] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Rank the pool for a campaign, write longlist.{jsonl,csv,xlsx,html}, and queue the best for review."""
    w = wired()
    # A longlist decides nothing, so it may be made by nobody in particular; but not by somebody who does not exist.
    person = w.actor(actor).id if actor or w.settings.actor else "terminal"
    if on or w.settings.workers:
        # What goes wrong is told here, once and in our words.
        for name in ("PREFECT_LOGGING_LEVEL", "DASK_LOGGING__DISTRIBUTED"):
            os.environ.setdefault(name, "CRITICAL")
        from flows import apart  # loads Prefect, which takes seconds

        made = apart.source_from_here(w, campaign_file, on, actor=person, out=out, limit=limit)
    else:
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
    rows = sourcing.rank(Settings().pool_folder, briefs, SystemClock(), limit=limit)
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
    bench: Annotated[bool, typer.Option("--reserve", help="The next best in place of the list.")] = False,
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
            .where(LonglistEntry.run_id == run.run_id, col(LonglistEntry.bench).is_(bench))
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
         "places": [_shown(p) | {"stage": stages.get((p.platform, p.handle))} for p in shown]},
        as_json=as_json,
        lines=[table(f"{'Reserve' if bench else 'Longlist'} of {campaign}, run {run.run_id}, "
                     f"{run.at:%Y-%m-%d %H:%M} UTC: {len(shown)} of {len(places)}",
                     columns, rows, right=["rank", "fit"])],
    )  # fmt: skip


@app.command("explain")
def explain(campaign: CampaignName, creator: CreatorName, as_json: JsonFlag = False) -> None:
    """Why a creator stands where they stand, why not higher, and what would change it."""
    found, same_pool = questions.explain_creator(wired_for(campaign), campaign, creator)
    answer(asdict(found) | {"pool_is_that_of_the_run": same_pool}, as_json=as_json,
           lines=_explained(found, campaign, same_pool))  # fmt: skip


@app.command("diff")
def diff(
    campaign: CampaignName,
    before: Annotated[str, typer.Option(help="An earlier run's id (else the one before the latest).")] = "",
    after: Annotated[str, typer.Option(help="A later run's id (else the latest).")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many of those who moved.")] = 10,
    as_json: JsonFlag = False,
) -> None:
    """Who came onto the longlist, who left it and who moved between two runs, and why."""
    old, new, found = questions.compare_runs(wired_for(campaign), campaign, before, after)
    columns = ["creator", "before", "after", "why"]

    def rows(changes: Sequence[Change]) -> list[tuple[object, ...]]:
        return [(c.account, c.before or "", c.after or "", c.why) for c in changes]

    answer(
        {"before": fields_of(old), "after": fields_of(new)} | asdict(found),
        as_json=as_json,
        lines=[
            f"{campaign}: run {old.run_id} of {old.at:%Y-%m-%d %H:%M} against {new.run_id} of {new.at:%Y-%m-%d %H:%M} "
            "UTC.",
            *found.inputs,
            table(f"Entered: {len(found.entered)}", columns, rows(found.entered), right=["before", "after"]),
            table(f"Left: {len(found.left)}", columns, rows(found.left), right=["before", "after"]),
            table(f"Moved: {len(found.moved)} (stayed: {found.stayed})", columns, rows(found.moved[:limit]),
                  right=["before", "after"]),
        ],
    )  # fmt: skip


@app.command("like")
def like(
    campaign: CampaignName,
    creators: Annotated[list[str], typer.Argument(help="Creators to find others like: handle or platform:handle.")],
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 25,
    as_json: JsonFlag = False,
) -> None:
    """Creators inside the campaign's limits who are most like the ones you name."""
    found = questions.look_alikes(wired_for(campaign), campaign, creators, limit=limit)
    rows = [(a.rank, a.handle, a.platform, f"{a.followers:,}", f"{a.likeness:.0f}", ", ".join(a.shared)) for a in found]
    answer(
        [asdict(one) for one in found],
        as_json=as_json,
        lines=[table(f"Like {', '.join(creators)}, for {campaign}",
                     ["rank", "creator", "platform", "followers", "alike", "words in common"], rows,
                     right=["rank", "followers", "alike"])],
    )  # fmt: skip


def _shown(place: LonglistEntry) -> dict[str, Any]:
    """A place without what is kept for later."""
    return {name: value for name, value in fields_of(place).items() if name != "snapshot"}


def _explained(found: Explanation, campaign: str, same_pool: bool) -> Iterator[Line]:
    where = f"place {found.rank} of {found.wanted}" if found.rank else "no place"
    if found.rank and found.rank > found.wanted:
        where = f"place {found.rank}, in reserve (the list ends at {found.wanted})"
    yield f"{found.account} in {campaign}: {where}. Fit {found.fit:.1f}, {found.coverage:.0%} of it known; " + (
        f"{found.by_fit:,} of {found.inside:,} by fit alone."
    )
    if not same_pool:
        yield "The pool or the campaign has changed since the longlist was made: this is how it would be now."
    yield table(
        "What the fit is made of",
        ["factor", "value", "usual", "points", "of", "rests on"],
        [
            (factor_name(f.name), "not known" if f.value is None else f"{f.value:.2f}", f"{f.usual:.2f}",
             f"{f.points:.1f}", f"{f.most:.1f}", f.evidence)
            for f in found.factors
        ],
        right=["value", "usual", "points", "of"],
    )  # fmt: skip
    yield from found.advice
