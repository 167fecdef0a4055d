"""`greenroom audit`: prove that the log of what happened is whole, and read it."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from cli.screen import JsonFlag, answer, counted, fields_of, table
from core import audit
from core.database import reading
from core.models.audit import AuditEntry
from flows.wiring import wired

app = typer.Typer()


@app.command("verify")
def verify(
    anchors: Annotated[Path | None, typer.Option(help="A copy of the anchors file kept elsewhere.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Walk the whole log; exit 1 where anything was changed, removed or cut off."""
    w = wired()
    with reading(w.engine) as session:
        verdict = audit.verify(session, anchors or w.anchors)
    document = {"ok": not verdict.problem, "entries": verdict.entries, "head": verdict.head, "problem": verdict.problem}
    if verdict.problem:
        lines = [f"The log is NOT whole: {verdict.problem}.", "Keep the file as it is and restore a backup beside it."]
    else:
        lines = [f"The log is whole: {verdict.entries} entries, head {verdict.head[:12]}."]
    answer(document, as_json=as_json, lines=lines)
    if verdict.problem:
        raise typer.Exit(1)


@app.command("show")
def show(
    subject: Annotated[str, typer.Argument(help="For example candidate:12; empty shows the latest.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 40,
    as_json: JsonFlag = False,
) -> None:
    """The latest entries, newest first."""
    query = select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(limit)
    if subject:
        query = query.where(AuditEntry.subject == subject)
    with reading(wired().engine) as session:
        entries = session.exec(query).all()
    title = f"{counted(len(entries), 'entry', 'entries')}{f' about {subject}' if subject else ''}, newest first"
    rows = [(entry.seq, entry.at[:19], entry.actor, entry.action, entry.subject, entry.detail) for entry in entries]
    answer(
        {"entries": [fields_of(entry) for entry in entries]},
        as_json=as_json,
        lines=[table(title, ["no.", "when (UTC)", "who", "what", "about", "detail"], rows, right=["no."])],
    )
