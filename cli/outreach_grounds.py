"""`greenroom outreach allow`: on what grounds a creator may be written to, one by one or by a table of many."""

import io
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.given import text_given
from cli.lookup import wired_for
from cli.options import ActorFlag
from cli.screen import JsonFlag, Line, answer, counted, table
from core.errors import Refused, WrongUsage
from core.files import write_atomically
from flows.steps import grounds_listed
from flows.steps import person as steps
from flows.steps.grounds_listed import Done
from flows.wiring import wired
from outreach.grounds import NAMES
from outreach.law.policy import Basis
from sourcing.tables import write_rows

app = typer.Typer()


@app.command("allow")
def allow(
    campaign: Annotated[str, typer.Argument(help="The campaign's slug; with --file it may be left out.")] = "",
    creator: Annotated[str, typer.Argument(help="handle, @handle or platform:handle; not with --file.")] = "",
    basis: Annotated[str, typer.Option(help="consent, published (for business, by them) or decided (by legal).")] = "",
    evidence: Annotated[str, typer.Option(help="Where and when that was given or seen.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="It holds no more: they took it back.")] = False,
    file: Annotated[
        str, typer.Option(help="A CSV of many, - for what is typed: creator (or address), ground, source, date.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --file: say what would be recorded.")] = False,
    unusable: Annotated[Path | None, typer.Option(help="With --file: a CSV for the lines that are left out.")] = None,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Record why a creator may be written to, or that it holds no more. It counts in every campaign.

    Of a file the lines that can be used are recorded and the others named; then the exit code is 1. The same file
    again changes nothing.
    """
    if file:
        if creator or basis or evidence or withdraw:
            raise WrongUsage("With --file the file names creators, grounds and where they were given.",
                             next_step="Leave out the creator, --basis, --evidence and --withdraw.")  # fmt: skip
        _allow_listed(file, campaign, unusable, actor=actor, dry_run=dry_run, as_json=as_json)
        return
    if not campaign or not creator or dry_run or unusable is not None:
        raise WrongUsage("One creator of one campaign, or a file of many, is wanted.",
                         next_step="Name both, or: greenroom outreach allow --file FILE.csv")  # fmt: skip
    if basis not in NAMES:
        raise WrongUsage(f"{basis!r} are no grounds." if basis else "No grounds are named.",
                         next_step=f"Use --basis with one of {', '.join(NAMES)}.")  # fmt: skip
    _allow_one(campaign, creator, NAMES[basis], evidence, withdraw=withdraw, actor=actor, as_json=as_json)


def _allow_one(
    campaign: str, creator: str, basis: Basis, evidence: str, *, withdraw: bool, actor: str, as_json: bool
) -> None:
    w = wired_for(campaign)
    done = steps.set_grounds(w, campaign, creator, basis, evidence=evidence, withdraw=withdraw,
                             actor=w.actor(actor))  # fmt: skip
    lines = [f"{creator}: {basis} is {'withdrawn' if withdraw else 'on record'}."]
    if done.allowed:
        lines.append(f"They may be written to: {done.why}.")
    else:
        lines += [f"They may not be written to by a machine: {done.why}.", done.next_step]
    document = {"basis": basis, "withdrawn": withdraw, "may_be_written_to": done.allowed, "why": done.why}
    answer(document, as_json=as_json, lines=lines)


def _allow_listed(file: str, campaign: str, unusable: Path | None, *, actor: str, dry_run: bool, as_json: bool) -> None:
    text = text_given(file)
    w = wired_for(campaign) if campaign else wired()
    done = grounds_listed.allow_listed(w, text, slug=campaign, actor=w.actor(actor), dry_run=dry_run)
    if unusable is not None and done.unusable:
        _write_unusable(unusable, done)
    answer(asdict(done), as_json=as_json, lines=_told(done, unusable))
    if done.unusable:
        raise typer.Exit(1)


def _told(done: Done, unusable: Path | None) -> list[Line]:
    verb = "recorded" if done.done else "would be recorded"
    counts = [f"{counted(len(done.recorded), 'line')} {verb}"]
    counts += [f"{done.known:,} on record before"] if done.known else []
    counts += [f"{len(done.unusable):,} left out"] if done.unusable else []
    barred = [one for one in done.recorded if not one.may_be_written_to]
    lines: list[Line] = [", ".join(counts) + "."]
    if done.ignored:
        lines.append(f"Columns that were not used: {', '.join(done.ignored)}")
    if done.recorded:
        rows = [(str(one.line), one.creator, one.basis, one.evidence) for one in done.recorded]
        lines.append(table(verb.capitalize(), ["line", "creator", "grounds", "where and when"], rows, right=["line"]))
    if barred:
        still = dict.fromkeys((one.creator, one.campaign, one.why) for one in barred)
        lines.append(table("May not be written to all the same", ["creator", "campaign", "why"], still))
    if done.unusable:
        left = [(str(one.line), one.who, one.why) for one in done.unusable]
        lines.append(table("Left out", ["line", "who", "why"], left, right=["line"]))
        lines.append("Mend these lines and give the same file again: what is on record is not recorded twice.")
    if done.unusable and unusable is not None:
        lines.append(f"The lines left out, as a table: {unusable}")
    if not done.done:
        lines.append("Nothing was recorded: leave out --dry-run to do it.")
    return lines


def _write_unusable(path: Path, done: Done) -> None:
    stream = io.BytesIO()
    write_rows(stream, [("line", "who", "why"), *((one.line, one.who, one.why) for one in done.unusable)])
    try:
        write_atomically(path, stream.getvalue())
    except OSError as error:
        told = f"What could be used is {'on record' if done.done else 'not recorded'}; the other lines"
        raise Refused(f"{told} cannot be written to {path}: {error.strerror}.",
                      next_step="Name another file: the same again changes nothing.") from None  # fmt: skip
