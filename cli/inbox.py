"""`greenroom inbox`: read the answers that came."""

from dataclasses import asdict

import typer

from cli.screen import JsonFlag, answer, table
from flows.steps import outreach as steps
from flows.wiring import wired

app = typer.Typer()


@app.callback()
def _group() -> None:
    """Answers of creators."""


@app.command("poll")
def poll(as_json: JsonFlag = False) -> None:
    """Read new answers from the inbox folder; an opt-out is honoured at once."""
    w = wired()
    read = steps.read_replies(w)
    rows = [(reply.handle or reply.sender, reply.kind, reply.because, reply.stage) for reply in read]
    answer(
        [asdict(reply) for reply in read],
        as_json=as_json,
        lines=[
            table(f"{len(read)} new answers in {w.settings.inbox_folder}", ["from", "means", "because", "stands"], rows)
        ],
    )
