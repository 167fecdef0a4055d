"""`greenroom outreach direct`: the messages that a person sends on a platform, and the word that one was sent."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from cli.given import text_given
from cli.lookup import wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, Line, answer, counted, fields_of, plain
from core.database import reading
from core.stages import Stage
from flows.steps import desk
from outreach import direct as messages

app = typer.Typer()


@app.command("direct")
def direct(campaign: CampaignName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Show the direct messages to send by hand, for those whom no mail can reach. Sends nothing."""
    w = wired_for(campaign)
    person = w.actor(actor)
    prepared = desk.direct_messages(w, campaign, actor=person)
    with reading(w.engine) as session:
        today = messages.sent_today(session, w.clock, person)
    lines: list[Line] = []
    for draft in prepared.drafts:
        lines += [Text(f"{plain(draft.who)}  {draft.link}", style="bold"), Text(plain(draft.text))]
        lines += [Text(f"  said of them: {plain(one['shown'])}, from {plain(one['source'])}", style="dim")
                  for one in draft.facts]  # fmt: skip
        lines.append("")
    lines.append(f"{counted(len(prepared.drafts), 'message')} to send by hand; you have sent {today} today.")
    lines += [f"Left for you to write: {left.handle}: {left.reason}" for left in prepared.left]
    if prepared.drafts:
        lines.append(f"Once one is sent: greenroom outreach direct-sent {campaign} CREATOR")
    document = {"drafts": [asdict(one) for one in prepared.drafts], "left": [asdict(one) for one in prepared.left],
                "sent_today": today}  # fmt: skip
    answer(document, as_json=as_json, lines=lines)


@app.command("direct-sent")
def direct_sent(
    campaign: CampaignName,
    creator: CreatorName,
    text: Annotated[str, typer.Option("--text", help="File with what you sent, or -; else the draft as it is.")] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Record that you sent the direct message to a creator yourself: they count as invited."""
    w = wired_for(campaign)
    person = w.actor(actor)
    draft = desk.draft_of(w, campaign, creator)
    said = text_given(text) if text else draft.text
    message = desk.direct_sent(w, campaign, draft.id or 0, said, actor=person, to=draft.candidate_id)
    lines = [
        f"{creator} is now {Stage.INVITED}.",
        f"Next, when they answer you: greenroom inbox record {campaign} {creator} KIND --note WORDS",
    ]
    answer(fields_of(message), as_json=as_json, lines=lines)
