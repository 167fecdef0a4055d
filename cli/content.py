"""`greenroom content`: drafts of creators, held against what was agreed and put before ops."""

from pathlib import Path
from typing import Annotated

import typer

from cli.cards import asked_line, card_lines
from cli.lookup import wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, answer, counted, fields_of
from core.errors import BadInput, WrongUsage
from core.platforms import PLATFORMS
from flows.steps import content

app = typer.Typer()


@app.callback()
def content_commands() -> None:
    """Drafts of creators, held against what was agreed and put before ops."""


@app.command("submit")
def submit(
    campaign: CampaignName,
    creator: CreatorName,
    file: Annotated[Path, typer.Option(exists=True, dir_okay=False, readable=True, help="The caption, as text.")],
    platform: Annotated[str, typer.Option(help="Where it is to be posted, if not where the creator is known.")] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Scan a draft caption and ask ops to approve it or ask for changes."""
    if platform and platform not in PLATFORMS:
        raise WrongUsage(f"Nothing is known of {platform!r}.", next_step=f"Platforms: {', '.join(PLATFORMS)}.")
    w = wired_for(campaign)
    try:
        caption = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{file} is not UTF-8 text.", next_step="Save it as UTF-8 and try again.") from None
    request, verdict = content.submit_draft(w, campaign, creator, caption, actor=w.actor(actor), platform=platform)
    document = fields_of(request) | {
        "flags": [
            {"rule": flag.rule, "words": flag.words, "found": flag.found, "at": flag.at} for flag in verdict.flags
        ]
    }
    flagged = counted(len(verdict.flags), "flag") if verdict.flags else "Nothing was flagged"
    told = f"{flagged}. {asked_line(request)}"
    answer(document, as_json=as_json, lines=[*card_lines(request), told])
