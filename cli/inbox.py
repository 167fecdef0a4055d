"""`greenroom inbox`: read the answers that came, and work on them."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from cli import inbox_desk
from cli.lookup import names_of, wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, answer, counted, fields_of, table
from core.database import reading
from core.stages import Stage
from core.store import candidate_named
from flows.steps import outreach as steps
from flows.wiring import wired
from outreach.answering import WORK
from outreach.service import ReadReply, ReplyKind

app = typer.Typer()
app.add_typer(inbox_desk.app)


@app.command("poll")
def poll(as_json: JsonFlag = False) -> None:
    """Read new answers from the inbox folder and the mailbox; an opt-out is honoured at once."""
    w = wired()
    read = steps.read_replies(w)
    with reading(w.engine) as session:
        names = names_of(session, (reply.candidate_id for reply in read))
    rows = [
        (
            names.get(reply.candidate_id) or reply.sender or "nobody we know",
            reply.campaign,
            reply.kind,
            reply.because,
            reply.stage,
        )
        for reply in read
    ]
    mailbox = f" and the mailbox {w.settings.imap_user}" if w.settings.imap_host else ""
    title = f"{counted(len(read), 'new answer')} in {w.settings.inbox_folder}{mailbox}"
    columns = ["from", "campaign", "means", "because", "stands"]
    answer([asdict(reply) for reply in read], as_json=as_json, lines=[table(title, columns, rows), *_next(read)])


@app.command("record")
def record(
    campaign: CampaignName,
    creator: CreatorName,
    kind: Annotated[str, typer.Argument(help=f"What they meant: {', '.join(ReplyKind)}.")],
    note: Annotated[str, typer.Option(help="Their words, or where they said it.")] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Record what a creator answered elsewhere, such as in a direct message."""
    w = wired_for(campaign)
    reply = steps.record_answer(w, campaign, creator, actor=w.actor(actor), kind=kind, note=note)
    with reading(w.engine) as session:
        stage = candidate_named(session, campaign, creator).stage
    answer(fields_of(reply) | {"stage": stage}, as_json=as_json, lines=[f"{creator} is now {stage}."])


def _next(read: list[ReadReply]) -> Iterator[str]:
    if any(reply.kind in WORK for reply in read):
        yield "Next, to answer them: greenroom inbox list"
    if any(reply.stage == Stage.REPLIED for reply in read):
        yield "Then, for those who are interested: greenroom deal offer CAMPAIGN CREATOR"
