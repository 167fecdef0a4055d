"""`greenroom outreach allow`: on what grounds a creator may be written to."""

from typing import Annotated

import typer

from cli.lookup import wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, answer
from core.errors import WrongUsage
from flows.steps import person as steps
from outreach.grounds import NAMES

app = typer.Typer()


@app.command("allow")
def allow(
    campaign: CampaignName,
    creator: CreatorName,
    basis: Annotated[str, typer.Option(help="consent, published (for business, by them) or decided (by legal).")],
    evidence: Annotated[str, typer.Option(help="Where and when that was given or seen.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="It holds no more: they took it back.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Record why a creator may be written to, or that it holds no more. It counts in every campaign."""
    if basis not in NAMES:
        raise WrongUsage(f"{basis!r} are no grounds.", next_step=f"Use one of {', '.join(NAMES)}.")
    w = wired_for(campaign)
    done = steps.set_grounds(w, campaign, creator, NAMES[basis], evidence=evidence, withdraw=withdraw,
                             actor=w.actor(actor))  # fmt: skip
    lines = [f"{creator}: {NAMES[basis]} is {'withdrawn' if withdraw else 'on record'}."]
    if done.allowed:
        lines.append(f"They may be written to: {done.why}.")
    else:
        lines += [f"They may not be written to by a machine: {done.why}.", done.next_step]
    document = {"basis": NAMES[basis], "withdrawn": withdraw, "may_be_written_to": done.allowed, "why": done.why}
    answer(document, as_json=as_json, lines=lines)
