"""`greenroom campaign`: what must be settled and signed off around a campaign, and asking for it."""

from dataclasses import asdict

import typer

from cli.cards import asked_line, card_lines
from cli.lookup import wired_for
from cli.options import ActorFlag, CampaignName
from cli.screen import JsonFlag, Line, answer, fields_of, table
from core.models.approvals import Request
from flows.steps import sign_offs

app = typer.Typer()


@app.command("gate")
def gate(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """What must be settled before the first creator is written to: what is, what is not, and what to do."""
    standing = sign_offs.standing(wired_for(campaign), campaign)
    rows = [
        (item.what, "done" if item.done else "missing", f"{item.missing} {item.next_step}".strip())
        for item in standing.items
    ]
    verdict = "creators may be written to" if standing.complete else f"{len(standing.missing)} missing"
    document = {"campaign": campaign, "complete": standing.complete, "items": [asdict(item) for item in standing.items]}
    columns = ["what", "stands", "next"]
    answer(document, as_json=as_json, lines=[table(f"Before outreach of {campaign}: {verdict}", columns, rows)])


@app.command("sign-offs")
def ask(campaign: CampaignName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Ask for the sign-off whose turn it is: the creative brief, then the tracking setup, which is asked by itself."""
    w = wired_for(campaign)
    sign_offs.ask_next(w)
    asked = sign_offs.ask_sign_offs(w, campaign, actor=w.actor(actor))
    lines: list[Line] = [line for request in asked for line in _asked(request)]
    signed = f"Brief and tracking setup are signed off. See: greenroom campaign gate {campaign}"
    answer([fields_of(request) for request in asked], as_json=as_json, lines=lines or [signed])


@app.command("measurement")
def measurement(campaign: CampaignName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Put what the campaign came to before the analyst, to sign off."""
    w = wired_for(campaign)
    request = sign_offs.ask_measurement(w, campaign, actor=w.actor(actor))
    answer(fields_of(request), as_json=as_json, lines=_asked(request))


def _asked(request: Request) -> list[Line]:
    return [*card_lines(request), asked_line(request)]
