"""`greenroom pool`: bring creator profiles in, and see what is there."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.screen import JsonFlag, answer, progress, table
from core.clock import SystemClock
from core.settings import Settings
from sourcing import service as sourcing

app = typer.Typer()


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="CSV, JSON lines or Parquet, plain or gzipped.")],
    platform: Annotated[str | None, typer.Option(help="Where the accounts are, if no column says so.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make the profiles of files part of the pool. Bad rows go to a rejects file, the rest goes in."""
    with progress("Importing") as step:

        def show(done: int, total: int, rows: int) -> None:
            step(done, total, f"{rows:,} profiles")

        done = sourcing.import_files(
            Settings().pool_folder, files, SystemClock(), platform=platform, on_progress=show
        )  # fmt: skip
    lines = [
        f"{done.profiles:,} profiles in the pool ({'now' if done.changed else 'as before'} version {done.version})."
    ]
    lines += [f"{done.merged.new:,} new, {done.merged.updated:,} updated, {done.merged.unchanged:,} unchanged."]
    if done.rejected:
        lines += [f"{done.rejected:,} rows were not usable; each with its reason in {done.rejects_file}"]
    document = asdict(done) | {"rejects": [asdict(reject) for reject in done.rejects[:100]]}
    answer(document, as_json=as_json, lines=[*lines, "Next: greenroom source CAMPAIGN.toml"])


@app.command("info")
def info(as_json: JsonFlag = False) -> None:
    """How many profiles there are, of which platforms, and how much is known of them."""
    found = sourcing.pool_info(Settings().pool_folder)
    known = [(field, f"{count:,}", f"{count / max(1, found.profiles):.0%}") for field, count in found.known.items()]
    answer(
        asdict(found),
        as_json=as_json,
        lines=[
            f"{found.profiles:,} profiles, version {found.version}, {found.bytes / 2**20:,.0f} MiB",
            table("By platform", ["platform", "profiles"], [(name, f"{n:,}") for name, n in found.platforms.items()],
                  right=["profiles"]),
            table("Known", ["field", "profiles", "share"], known, right=["profiles", "share"]),
        ],
    )  # fmt: skip
