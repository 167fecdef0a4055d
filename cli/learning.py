"""`greenroom learning`: let the ranking learn from reviewers, see what it learnt, and go back."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli.cards import card_lines
from cli.lookup import wired_for
from cli.options import ActorFlag, CampaignName
from cli.screen import JsonFlag, Line, answer, fields_of, table
from core.models.learning import LearntModel, ModelAdoption
from flows.steps import learning

app = typer.Typer()


@app.command("propose")
def propose(campaign: CampaignName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Learn from the decisions so far, and ask the campaign's owner whether it may rank."""
    w = wired_for(campaign)
    model, request = learning.propose(w, campaign, actor=w.actor(actor))
    document = {"model": request.content_sha256, "precision": asdict(model.precision), "request": fields_of(request)}
    lines: list[Line] = [*card_lines(request), "Nothing changes until that is approved."]
    answer(document, as_json=as_json, lines=lines)


@app.command("show")
def show(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """What ranks the campaign now, what it is worth, and how it came to that."""
    from sourcing.learning.card import markdown

    w = wired_for(campaign)
    now = learning.standing(w, campaign)
    document: dict[str, Any] = {
        "in_force": now.sha256,
        "problem": now.problem,
        "card": markdown(now.model) if now.model else "",
        "proposed": [fields_of(row) for row in now.proposals],
        "history": [fields_of(row) for row in now.history],
    }
    own = f"{campaign} is ranked by its own weights; no learnt model is in force."
    lines: list[Line] = [document["card"] or now.problem or own]
    if now.proposals:
        columns = ["model", "made (UTC)", "by", "approvals", "declines", "borrowed", "precision without", "with"]
        lines.append(table("Proposed", columns, [_proposal(row) for row in now.proposals]))
    if now.history:
        columns = ["when (UTC)", "what", "model in force then", "by", "why"]
        lines.append(table("What changed", columns, [_change(row) for row in now.history]))
    answer(document, as_json=as_json, lines=lines)


@app.command("revert")
def revert(
    campaign: CampaignName,
    reason: Annotated[str, typer.Option(help="Why, in a few words.")],
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Go back to the model before the one in force, or to the campaign's own weights."""
    w = wired_for(campaign)
    change = learning.revert(w, campaign, actor=w.actor(actor), reason=reason)
    stands = f"the model {change.sha256[:12]}" if change.sha256 else "its own weights alone"
    lines = [f"From the next longlist on, {campaign} is ranked by {stands}.", "Next: greenroom source CAMPAIGN.toml"]
    answer(fields_of(change), as_json=as_json, lines=lines)


def _proposal(row: LearntModel) -> tuple[str, ...]:
    return (
        row.sha256[:12], f"{row.made_at:%Y-%m-%d %H:%M}", row.actor, str(row.approved), str(row.declined),
        str(row.borrowed), f"{row.precision_without:.0%} at {row.precision_at}", f"{row.precision_with:.0%}",
    )  # fmt: skip


def _change(row: ModelAdoption) -> tuple[str, ...]:
    stands = row.sha256[:12] if row.sha256 else "none"
    return (f"{row.at:%Y-%m-%d %H:%M}", row.what, stands, row.actor, row.reason)
