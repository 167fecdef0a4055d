"""`greenroom authenticity`: what a sample of a creator's followers says, and learning from audits of one's own."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.screen import JsonFlag, Line, answer, counted, table
from core.settings import Settings
from flows.wiring import wired
from sourcing.followers import service as followers
from sourcing.followers.estimate import as_percent

if TYPE_CHECKING:
    from sourcing.followers.reading import ReadSample

app = typer.Typer()
_SHOWN = 5


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="Followers of one creator: CSV, JSON lines or Parquet.")],
    creator: Annotated[str | None, typer.Option(help="platform:handle; keeps the result for sourcing.")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="Standard rules even where a model was trained.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Estimate how many of a creator's followers look unattended or automated, from a sample drawn at random."""
    done = followers.check_sample(
        Settings().home, file, wired().clock, creator=creator, standard_rules=rules
    )  # fmt: skip
    document = asdict(done.found) | {
        "file": _file(done.read), "creator": done.audit.key if done.audit else None, "kept_in": done.kept_in,
    }  # fmt: skip
    answer(document, as_json=as_json, lines=_told(done))


@app.command("train")
def train(
    files: Annotated[list[Path], typer.Argument(help="Followers somebody judged, one file per creator or audit.")],
    label_column: Annotated[str, typer.Option(help="The column that says yes for whoever is not real.")] = "fake",
    as_json: JsonFlag = False,
) -> None:
    """Learn from your own audits. The model is used by `check` from then on; remove its file to go back."""
    done = followers.train(Settings().home, files, wired().clock, label=label_column)
    trials = [asdict(one) for one in done.forest.tried]
    rows = [(f"{one.hits:,} of {one.fakes:,}", f"{one.alarms:,} of {one.reals:,}") for one in done.forest.tried]
    answer(
        {"model": done.forest.name, "stored_in": done.stored_in, "tried": trials,
         "files": [_file(read) for read in done.read]},
        as_json=as_json,
        lines=[
            *(line for read in done.read for line in _of_file(read)),
            table("Tried on accounts it had not seen", ["not real, picked out", "real, picked out wrongly"], rows,
                  right=["not real, picked out", "real, picked out wrongly"]),
            *(["Only one trial: how it does on followers of another kind is unknown."] if len(rows) == 1 else []),
            f"Stored in {done.stored_in}; move the file away to go back to the standard rules.",
            "Next: greenroom authenticity check FILE",
        ],
    )  # fmt: skip


def _told(done: followers.Checked) -> Iterator[Line]:
    found = done.found
    yield from _of_file(done.read)
    yield found.wording
    yield table("Types of followers, as counted", ["type", "followers", "share"],
                [(kind.name, f"{kind.count:,}", as_percent(kind.share)) for kind in found.types],
                right=["followers", "share"])  # fmt: skip
    yield table("What they show", ["signal", "followers", "of those picked out"],
                [(one.words, f"{one.count:,}", f"{one.of_picked:,}") for one in found.evidence],
                right=["followers", "of those picked out"])  # fmt: skip
    yield f"Picked out: {found.picked:,} of {found.followers:,}, by: {found.model}."
    yield from (f"Mind: {note}." for note in found.notes)
    if done.audit is not None:
        yield f"Kept for {done.audit.key}: {done.kept_in}"
    else:
        yield "Not kept. Add --creator platform:handle to use it in sourcing."


def _of_file(read: "ReadSample") -> Iterator[str]:
    yield f"{read.file}: {counted(len(read.sample), 'follower')} read"
    yield f"  columns: {', '.join(f'{ours} from {theirs}' for ours, theirs in read.columns.items())}"
    if read.ignored:
        yield f"  not used: {', '.join(read.ignored)}"
    yield from (f"  {note}" for note in read.notes)
    if read.refused:
        yield f"  {counted(read.refused, 'row was not usable', 'rows were not usable')}:"
        yield from (f"    {r.place}: {f'{r.column} {r.reason}'.strip()}" for r in read.rejects[:_SHOWN])
        if read.refused > _SHOWN:
            yield "    … (the first 100 with --json)"


def _file(read: "ReadSample") -> dict[str, object]:
    return {
        "file": read.file, "read": len(read.sample), "columns": read.columns, "ignored": read.ignored,
        "notes": read.notes, "refused": read.refused,
        "rejects": [{"place": r.place, "column": r.column, "reason": r.reason} for r in read.rejects[:100]],
    }  # fmt: skip
