"""`greenroom pool`: bring creator profiles in, and see what is there."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.screen import JsonFlag, Line, answer, counted, progress, table
from core.clock import SystemClock
from core.settings import Settings
from sourcing import service as sourcing

if TYPE_CHECKING:
    from sourcing.importers import FileReport, ImportReport

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
    document = asdict(done) | {"rejects": [asdict(reject) for reject in done.rejects[:100]]}
    answer(document, as_json=as_json, lines=_told(done))


@app.command("info")
def info(as_json: JsonFlag = False) -> None:
    """How many profiles there are, of which platforms, and how much is known of them."""
    found = sourcing.pool_info(Settings().pool_folder)
    known = [(field, f"{count:,}", f"{count / max(1, found.profiles):.0%}") for field, count in found.known.items()]
    answer(
        asdict(found),
        as_json=as_json,
        lines=[
            f"{counted(found.profiles, 'profile')}, version {found.version}, {found.bytes / 2**20:,.0f} MiB",
            table("By platform", ["platform", "profiles"], [(name, f"{n:,}") for name, n in found.platforms.items()],
                  right=["profiles"]),
            table("Known", ["field", "profiles", "share"], known, right=["profiles", "share"]),
        ],
    )  # fmt: skip


def _told(done: "ImportReport") -> Iterator[Line]:
    for file in done.files:
        yield from _of_file(file)
    merged = done.merged
    counts = [(merged.new, "new"), (merged.updated, "updated"), (merged.unchanged, "unchanged"),
              (merged.older, "older than what is known"), (merged.duplicates, "twice in the files")]  # fmt: skip
    yield ", ".join(f"{count:,} {what}" for count, what in counts if count) + "."
    if done.rejected:
        usable = counted(done.rejected, "row was not usable", "rows were not usable")
        yield f"{usable}; why, line by line: {done.rejects_file}"
    yield from done.notes
    yield f"{'Now' if done.changed else 'As before'} {counted(done.profiles, 'profile')} in the pool ({done.version})."
    yield "Next: greenroom source CAMPAIGN.toml"


def _of_file(file: "FileReport") -> Iterator[str]:
    """What was made of its columns: a guess, for a person to see."""
    yield f"{file.file}: {counted(file.read, 'row')} read as {file.format}"
    yield f"  columns: {', '.join(f'{ours} from {theirs}' for ours, theirs in file.columns.items())}"
    if file.ignored:
        yield f"  not used: {', '.join(file.ignored)}"
    if file.never_read:
        yield f"  never read, as they tell what the law protects: {', '.join(file.never_read)}"
    yield from (f"  {note}" for note in file.notes)
