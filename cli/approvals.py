"""`greenroom approvals`: everything that waits for somebody, at the terminal."""

from typing import Annotated

import typer

from approvals.service import open_requests, the_request
from cli.cards import card_lines, request_document, request_row
from cli.options import ActorFlag, ReasonFlag
from cli.screen import JsonFlag, answer, table
from core.database import reading
from flows.steps import review, upkeep
from flows.wiring import wired

app = typer.Typer()


@app.command("list")
def list_open(
    campaign: Annotated[str | None, typer.Option(help="Only of this campaign.")] = None,
    person: Annotated[str | None, typer.Option("--for", help="Only what waits for this person.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """What waits for an answer, most urgent first."""
    with reading(wired().engine) as session:
        requests = open_requests(session, campaign=campaign, assignee=person)
    answer(
        [request_document(request) for request in requests],
        as_json=as_json,
        lines=[
            table(f"{len(requests)} open requests", ["request", "kind", "about", "waits for", "due (UTC)"],
                  map(request_row, requests)),
            "Look closer with: greenroom approvals show REQUEST",
        ],
    )  # fmt: skip


@app.command("show")
def show(request_id: Annotated[str, typer.Argument(metavar="REQUEST")], as_json: JsonFlag = False) -> None:
    """One request with its whole card."""
    with reading(wired().engine) as session:
        request = the_request(session, request_id)
    answer(request_document(request), as_json=as_json, lines=card_lines(request))


@app.command("decide")
def decide(
    request_id: Annotated[str, typer.Argument(metavar="REQUEST", help="Its id, or the start of it.")],
    choice: Annotated[str, typer.Argument(help="One of the choices on the card.")],
    reason: ReasonFlag = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Answer a request. The first answer counts; later ones are told who was first."""
    w = wired()
    request = review.decide(w, request_id, choice, actor=w.actor(actor), door="terminal", reason=reason)
    answer(request_document(request), as_json=as_json, lines=card_lines(request))


@app.command("remind")
def remind(as_json: JsonFlag = False) -> None:
    """Send the reminders that are due now; each goes out once, however often this is run."""
    sent = upkeep.remind(wired())
    answer({"reminders": sent}, as_json=as_json, lines=[f"{sent} reminders sent."])
