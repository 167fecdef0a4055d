"""`greenroom person`: one creator across campaigns, the copy they may ask for, and how they are forgotten."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ActorFlag, ReasonFlag
from cli.screen import JsonFlag, Line, answer, counted, table
from core.errors import Refused, WrongUsage
from core.files import write_atomically
from flows.steps import person as steps
from flows.wiring import wired

if TYPE_CHECKING:
    from sourcing.identity import Suggestion

app = typer.Typer()

Who = Annotated[str, typer.Argument(help="platform:handle, a mail address, or a creator's id (its first 8 letters).")]
Evidence = Annotated[str, typer.Option(help="How that is known.")]


@app.command("show")
def show(who: Who, as_json: JsonFlag = False) -> None:
    """Everything that happened between us and one person, in every campaign, newest last."""
    told = steps.look_up(wired(), who)
    rows = [(f"{one.at:%Y-%m-%d %H:%M}", one.campaign, one.what, one.by) for one in told.happenings]
    lines: list[Line] = [
        f"{told.name} ({told.creator_id[:8]}): {', '.join(told.accounts) or 'no account'}",
        f"Mail: {', '.join(told.addresses) or 'none on record'}",
        *(["They are on the list of those who are never written to."] if told.suppressed else []),
        *(f"{campaign}: {stage}" for campaign, stage in told.stages),
        *(f"Grounds: {one}" for one in told.grounds),
        table("What happened (UTC)", ["when", "campaign", "what", "by"], rows),
    ]
    answer(asdict(told), as_json=as_json, lines=lines)


@app.command("export")
def export(
    who: Who,
    out: Annotated[Path, typer.Option("--out", help="The JSON file to write; the same to read lies beside it.")],
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Write down everything we hold of a person who asks for it (GDPR articles 15 and 20)."""
    w, readable = wired(), out.with_suffix(".txt")
    if readable == out:
        raise WrongUsage(f"{out} is the name of the copy to read, which lies beside the JSON file.",
                         next_step=f"Use --out {out.with_suffix('.json')}.")  # fmt: skip
    document, text = steps.export(w, who, actor=w.actor(actor))
    _write(out, json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")
    _write(readable, text)
    lines = [
        f"Written: {out} and {readable}. Delete both when they are handed over.",
        "Give it only to the person themselves: have them answer from an address on record, or show it in the account.",
        "It is due within one month of their asking (GDPR article 12(3)).",
    ]
    rows = {name: len(rows) for name, rows in document.items()}
    answer({"file": out, "readable": readable, "rows": rows}, as_json=as_json, lines=lines)


@app.command("erase")
def erase(
    who: Who,
    reason: ReasonFlag = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and touch nothing.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Forget a person for good: they are never written to nor found again. Only the owner or legal may."""
    from flows.steps import forgetting  # the pool takes time to load and nothing else here needs it

    w = wired()
    done = forgetting.forget(w, who, why=reason, actor=w.actor(actor), dry_run=dry_run)
    verb = "Erased" if done.done else "Would go"
    rows = [(name.replace("_", " "), number) for name, number in done.rows.items()]
    lines: list[Line] = [
        f"{verb}: {counted(sum(done.rows.values()), 'row')}, {counted(len(done.files), 'file')}, "
        f"{counted(done.profiles, 'profile')} of the pool, "
        f"{counted(done.customers, 'entry', 'entries')} in lists of own customers.",
        table("Rows that went or were emptied" if done.done else "Rows", ["table", "rows"], rows, right=["rows"]),
        *(f"  {name}" for name in done.files),
        *(f"Crossed out in the log {name}" if done.done else f"Named in the log {name}" for name in done.logs),
        *(f"Stays: {line}" for line in done.held),
        *(f"Left to you: {line}" for line in done.by_hand),
        "Kept: hashes of addresses and accounts, so that they are never written to or found again."
        if done.done
        else f"To do it: greenroom person erase {who} --reason WHY --as YOUR-ID",
    ]
    answer(asdict(done), as_json=as_json, lines=lines)


@app.command("suggestions")
def suggestions(
    campaign: Annotated[str, typer.Option(help="Only where one of the two is a candidate of this campaign.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Accounts on record that may be one person's, the surest first. Nothing is merged."""
    from flows.steps import same_person  # it reads the pool, as above

    found = same_person.suggested(wired(), campaign=campaign)
    rows = [(one.one, one.other, f"{one.sure:.0%}", _said(one)) for one in found]
    lines: list[Line] = [
        f"{counted(len(found), 'pair')} of accounts may be one person each." if found
        else "No two accounts on record look like one person's.",
        table("How sure, and why", ["account", "and", "sure", "evidence"], rows, right=["sure"]) if found else "",
        *(["If one is right: greenroom person merge ACCOUNT OTHER-ACCOUNT --suggested --as YOUR-ID"] if found else []),
    ]  # fmt: skip
    answer([asdict(one) for one in found], as_json=as_json, lines=[line for line in lines if line])


def _said(one: "Suggestion") -> str:
    return (
        f"NEVER ON A SUGGESTION: {one.warning}; {', '.join(one.evidence)}" if one.warning else ", ".join(one.evidence)
    )


@app.command("merge")
def merge(
    who: Who,
    into: Who,
    evidence: Evidence = "",
    suggested: Annotated[bool, typer.Option("--suggested", help="On the evidence of `person suggestions`.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Two creators on record are one person: the first is known as the second from now on."""
    if suggested:
        _accept(who, into, evidence, actor=actor, as_json=as_json)
        return
    w = wired()
    person, split_by = steps.merge(w, who, into, evidence=evidence, actor=w.actor(actor))
    lines = [f"{who} and {into} are one person: {person.name} ({person.id[:8]}).",
             f"If that was wrong: greenroom person split {split_by} --evidence WHY"]  # fmt: skip
    answer({"person": person.id, "name": person.name, "split_by": split_by}, as_json=as_json, lines=lines)


def _accept(who: str, into: str, evidence: str, *, actor: str, as_json: bool) -> None:
    if evidence:
        raise WrongUsage("--suggested brings its own evidence.", next_step="Use either --suggested or --evidence.")
    w = wired()
    done = steps.accept(w, who, into, actor=w.actor(actor))
    told = {"person": done.person.id, "name": done.person.name, "evidence": done.evidence, "split_by": done.split_by}
    answer(told, as_json=as_json, lines=[done.told])


@app.command("split")
def split(who: Who, evidence: Evidence = "", actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """They are two people after all; whoever opted out stays so."""
    w = wired()
    person = steps.split(w, who, evidence=evidence, actor=w.actor(actor))
    lines = [f"{who} stands alone again: {person.name} ({person.id[:8]})."]
    answer({"person": person.id, "name": person.name}, as_json=as_json, lines=lines)


def _write(path: Path, content: str) -> None:
    """For the eyes of whoever asked for it only. Raises Refused where it cannot be written."""
    try:
        write_atomically(path, content, mode=0o600)
    except OSError as error:
        raise Refused(f"The copy cannot be written to {path}: {error.strerror}.",
                      next_step="Name another file with --out.") from None  # fmt: skip
