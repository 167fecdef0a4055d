"""`greenroom pool`: bring creator profiles in, see what is there, and keep it whole."""

from dataclasses import asdict
from typing import Annotated

import typer

from cli import pool_fetch, pool_told, presets
from cli.bars import shown
from cli.customers import list_customers
from cli.options import ActorFlag
from cli.pool_import import import_files
from cli.screen import JsonFlag, answer, counted, progress, table
from core.errors import WrongUsage
from core.settings import Settings
from flows.steps import retention
from flows.wiring import wired
from sourcing import service as sourcing

app = typer.Typer()


app.command("import")(import_files)
app.add_typer(pool_fetch.app)
app.command("customers")(list_customers)
app.add_typer(presets.app, name="presets", help="How files of vendors are read, to see, copy and change.")


@app.command("info")
def info(as_json: JsonFlag = False) -> None:
    """How many profiles there are and how fresh, what is known of them, from whom, and how long they may be kept."""
    w = wired()
    found = sourcing.pool_info(w.settings.pool_folder)
    terms = sourcing.pool_terms(w.settings.pool_folder, w.clock)
    known = [(field, f"{count:,}", f"{count / max(1, found.profiles):.0%}") for field, count in found.known.items()]
    answer(
        asdict(found) | asdict(terms),
        as_json=as_json,
        lines=[
            f"{counted(found.profiles, 'profile')}, version {found.version}, {found.bytes / 2**20:,.0f} MiB "
            f"in {counted(found.segments, 'segment')}",
            table("By platform", ["platform", "profiles"], [(name, f"{n:,}") for name, n in found.platforms.items()],
                  right=["profiles"]),
            table("Known", ["field", "profiles", "share"], known, right=["profiles", "share"]),
            *pool_told.tables(terms),
        ],
    )  # fmt: skip


@app.command("purge")
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who would go; touch nothing.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Take out the profiles that their source lets us keep no longer; those of a running deal stay until it ends."""
    w = wired()
    done = retention.purge(w, actor=pool_fetch.person(w, actor), dry_run=dry_run)
    answer(asdict(done), as_json=as_json, lines=pool_told.purged(done))


@app.command("check")
def check(as_json: JsonFlag = False) -> None:
    """Whether every byte of the pool is as it was written; what is not."""
    found = sourcing.check_pool(Settings().pool_folder)
    whole = f"{counted(found.profiles, 'profile')} in {counted(found.segments, 'segment')}: every byte is whole."
    damaged = [f"Damaged or stale: {fault}" for fault in found.faults]
    lines = [*damaged, "Next: greenroom pool rebuild"] if damaged else [whole]
    answer(asdict(found), as_json=as_json, lines=lines)
    if damaged:
        raise typer.Exit(1)


@app.command("rebuild")
def rebuild(as_json: JsonFlag = False) -> None:
    """Make again what of the pool is damaged, or was indexed by another version of this program."""
    with progress("Rebuilding") as step:
        done = sourcing.rebuild_pool(Settings().pool_folder, on_progress=shown(step))
    counts = f"{counted(done.profiles, 'profile')} in the pool ({done.version})."
    lines = [f"Made again: {what}" for what in done.mended] or ["Nothing had to be made again."]
    answer(asdict(done), as_json=as_json, lines=[*lines, counts])


@app.command("publish")
def publish(
    store: Annotated[str, typer.Argument(help="Path that all machines see, or a store: s3://BUCKET/POOL, gs://...; "
                                              "without it GREENROOM_POOL_STORE.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Copy what is there already too.")] = False,
    only_current: Annotated[bool, typer.Option("--only-current", help="Take the version before away at once, with all "
                                                                      "whom it still held.")] = False,
    as_json: JsonFlag = False,
) -> None:  # fmt: skip
    """Bring the pool to where workers on other machines find it; stopped on the way, it goes on there."""
    settings = Settings()
    address = store or settings.pool_store
    if not address:
        raise WrongUsage("No store is named.", next_step="Name one, or set GREENROOM_POOL_STORE.")
    with progress("Publishing") as step:
        done = sourcing.publish(
            settings.pool_folder, address, again=again, keep_previous=not only_current,
            on_step=lambda at, total: step(at, total, f"Publishing: {at / 2**20:,.0f} of {total / 2**20:,.0f} MiB"),
        )  # fmt: skip
    answer(
        asdict(done),
        as_json=as_json,
        lines=[
            f"{counted(done.profiles, 'profile')} are in {done.address} (version {done.version}).",
            f"{counted(done.copied, 'file')} of {done.files:,} copied, {done.copied_bytes / 2**20:,.0f} MiB; "
            f"{counted(done.swept, 'old folder')} taken away.",
        ],
    )
