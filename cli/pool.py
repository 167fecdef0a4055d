"""`greenroom pool`: bring creator profiles in, see what is there, and keep it whole."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.screen import JsonFlag, Line, answer, counted, progress, table
from core.settings import Settings
from flows.steps import importing
from flows.wiring import wired
from sourcing import service as sourcing

if TYPE_CHECKING:
    from sourcing.importers import FileReport, ImportReport
    from sourcing.progress import Progress, Step

app = typer.Typer()


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="CSV, JSON lines or Parquet, plain or gzipped.")],
    platform: Annotated[str | None, typer.Option(help="Where the accounts are, if no column says so.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make the profiles of files part of the pool. Bad rows go to a rejects file, the rest goes in."""
    with progress("Importing") as step:
        done = importing.import_files(wired(), files, platform=platform, on_progress=shown(step))
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
            f"{counted(found.profiles, 'profile')}, version {found.version}, {found.bytes / 2**20:,.0f} MiB "
            f"in {counted(found.segments, 'segment')}",
            table("By platform", ["platform", "profiles"], [(name, f"{n:,}") for name, n in found.platforms.items()],
                  right=["profiles"]),
            table("Known", ["field", "profiles", "share"], known, right=["profiles", "share"]),
        ],
    )  # fmt: skip


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


def shown(step: Callable[..., None]) -> "Progress":
    """Puts a step of an import on a bar: what is being done, how much of it, how much a second."""
    began: dict[str, float] = {}

    def show(at: "Step") -> None:
        seconds = time.monotonic() - began.setdefault(at.label, time.monotonic())
        done, unit = (at.size / 2**20, "MB") if at.size else (float(at.rows), "profiles")
        rate = f", {done / seconds:,.0f}/s" if done and seconds >= 1 else ""
        step(at.share, 1.0, f"{at.label}: {done:,.0f} {unit}{rate}" if done else at.label)

    return show


def _told(done: "ImportReport") -> Iterator[Line]:
    for file in done.files:
        yield from _of_file(file)
    merged = done.merged
    counts = [(merged.new, "new"), (merged.updated, "updated"), (merged.unchanged, "unchanged"),
              (merged.older, "older than what is known"), (merged.duplicates, "twice in the files")]  # fmt: skip
    yield ", ".join(f"{count:,} {what}" for count, what in counts if count) + "."
    if merged.erased:
        yield (f"{counted(merged.erased, 'row is', 'rows are')} of people who asked to be forgotten (person erase): "
               "left out.")  # fmt: skip
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
