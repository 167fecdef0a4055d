"""`greenroom review`: the reviewer's queue at the terminal. The same requests as every other door."""

from typing import Annotated

import typer

from cli.cards import card_lines, request_document, request_row
from cli.options import ActorFlag, CampaignName, CreatorName, ReasonFlag
from cli.screen import JsonFlag, answer, table
from core.database import reading
from core.models.approvals import Request
from core.store import candidate_named
from flows.steps import review
from flows.wiring import Wiring, wired

app = typer.Typer()


@app.command("list")
def list_queue(
    campaign: CampaignName,
    cards: Annotated[bool, typer.Option("--cards", help="Show the whole card of each.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Who waits for a decision, best first."""
    with reading(wired().engine) as session:
        requests = review.review_queue(session, campaign)
    if cards:
        lines = [line for request in requests for line in card_lines(request)]
        answer([request_document(request) for request in requests], as_json=as_json, lines=lines)
        return
    answer(
        [request_document(request) for request in requests],
        as_json=as_json,
        lines=[
            table(f"{len(requests)} wait for review in {campaign}", ["request", "kind", "creator", "waits for", "due"],
                  map(request_row, requests)),
            "Look closer with --cards; decide with: greenroom review approve|decline|hold CAMPAIGN HANDLE",
        ],
    )  # fmt: skip


@app.command("approve")
def approve(campaign: CampaignName, creator: CreatorName, reason: ReasonFlag = "", actor: ActorFlag = "",
            as_json: JsonFlag = False) -> None:  # fmt: skip
    """Approve a creator: they may be invited, and are kept from the brand's other campaigns."""
    _decide(campaign, creator, "approve", reason, actor, as_json)


@app.command("decline")
def decline(
    campaign: CampaignName,
    creator: CreatorName,
    reason: ReasonFlag = "",
    wrong_audience: Annotated[bool, typer.Option("--wrong-audience", help="Right words, wrong audience.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Decline a creator, with the reason; the next best takes the place."""
    _decide(campaign, creator, "wrong_audience" if wrong_audience else "decline", reason, actor, as_json)


@app.command("hold")
def hold(campaign: CampaignName, creator: CreatorName, reason: ReasonFlag = "", actor: ActorFlag = "",
         as_json: JsonFlag = False) -> None:  # fmt: skip
    """Put a creator aside, with the reason."""
    _decide(campaign, creator, "hold", reason, actor, as_json)


@app.command("unhold")
def unhold(campaign: CampaignName, creator: CreatorName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Put a held creator back into the queue."""
    w = wired()
    request = review.return_held(w, campaign, creator, actor=w.actor(actor).id)
    answer(request_document(request), as_json=as_json, lines=card_lines(request))


def _decide(campaign: str, creator: str, choice: str, reason: str, actor: str, as_json: bool) -> None:
    w = wired()
    request_id = _request_about(w, campaign, creator)
    request = review.decide(w, request_id, choice, actor=w.actor(actor), door="terminal", reason=reason)
    answer(request_document(request), as_json=as_json, lines=card_lines(request))


def _request_about(w: Wiring, campaign: str, creator: str) -> str:
    with reading(w.engine) as session:
        candidate = candidate_named(session, campaign, creator)
        found: Request = review.latest_request(session, kind="candidate", subject=f"candidate:{candidate.id}")
        return found.id
