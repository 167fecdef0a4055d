"""`greenroom review`: the reviewer's queue at the terminal. The same requests as every other door."""

from typing import Annotated

import typer
from sqlmodel import Session, col, select

from approvals.conversation import comments
from approvals.kinds import Kind
from approvals.service import the_request
from cli.cards import card_lines, decision_lines, request_row
from cli.lookup import check_campaign, names_of, wired_for
from cli.options import ActorFlag, CampaignName, CreatorName, ReasonFlag
from cli.review_screen import Place, end_lines, talk_lines
from cli.review_session import go_through
from cli.screen import JsonFlag, Line, answer, counted, fields_of, table
from cli.second_thoughts import carry_out_due, until_when
from cli.terminal import TerminalKeyboard, terminal_is_there
from core.database import reading
from core.errors import Refused
from core.models.approvals import Request
from core.models.candidates import Candidate, StageChange
from core.stages import Stage
from core.store import candidate_named, the_candidate
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
    w = wired_for(campaign)
    carry_out_due(w, campaign)
    with reading(w.engine) as session:
        requests = review.review_queue(session, campaign)
        names = names_of(session, (request.candidate_id for request in requests))
    document = [fields_of(request) for request in requests]
    if cards:
        answer(document, as_json=as_json, lines=[line for request in requests for line in card_lines(request)])
        return
    title = f"{counted(len(requests), 'creator waits', 'creators wait')} for review in {campaign}"
    lines: list[Line] = [
        table(title, ["request", "creator", "waits for", "due (UTC)"], [request_row(r, names) for r in requests]),
        f"Look closer: greenroom review list {campaign} --cards",
        f"Decide: greenroom review approve|decline|hold {campaign} CREATOR",
    ]
    answer(document, as_json=as_json, lines=lines if requests else lines[:1])


@app.command("go")
def go(campaign: CampaignName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Go through the queue by keyboard, one creator a screen. For ten minutes an answer can be taken back: key u."""
    w = wired_for(campaign)
    person = w.actor(actor)
    carry_out_due(w, campaign)
    with reading(w.engine) as session:
        queue = review.review_queue(session, campaign)
    if not terminal_is_there():
        raise Refused(
            "Going through the queue takes a terminal with a keyboard.",
            next_step=f"Without one: greenroom review list {campaign} --cards",
        )
    keyboard = TerminalKeyboard()
    session_done = go_through(
        queue, keyboard, time_zone=person.calendar.time_zone,
        decide=lambda request, choice, reason: review.decide(
            w, request.id, choice, actor=person, door="terminal", reason=reason, may_be_taken_back=True),
        take_back=lambda request: review.take_back(w, request.id, actor=person, door="terminal"),
        talk=lambda request: _talk(w, request.id),
    )  # fmt: skip
    left = len(queue) - len(session_done.decided)
    place = Place(len(session_done.decided), len(queue), session_done.answered)
    keyboard.clear()
    answer(
        {"decided": [fields_of(request) for request in session_done.decided], "left": left},
        as_json=as_json, lines=[end_lines(place, left, f"greenroom review go {campaign}", undo=until_when(
            session_done.decided, time_zone=person.calendar.time_zone))],
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
    w = wired_for(campaign)
    request = review.return_held(w, campaign, creator, actor=w.actor(actor))
    answer(fields_of(request), as_json=as_json, lines=card_lines(request))


@app.command("drop")
def drop(
    campaign: CampaignName,
    creator: CreatorName,
    reason: Annotated[str, typer.Option(help="Why, in a few words.")],
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """End it with a creator, at whatever stage: nothing more is asked, sent or drafted."""
    w = wired_for(campaign)
    candidate = review.drop(w, campaign, creator, actor=w.actor(actor), reason=reason)
    answer(fields_of(candidate), as_json=as_json, lines=[f"{creator} is now {candidate.stage}: {reason}"])


def _decide(campaign: str, creator: str, choice: str, reason: str, actor: str, as_json: bool) -> None:
    w = wired()
    person = w.actor(actor)
    request = review.decide(w, _request_about(w, campaign, creator), choice, actor=person, door="terminal",
                            reason=reason)  # fmt: skip
    with reading(w.engine) as session:
        candidate = the_candidate(session, request.candidate_id or 0)
        stands = _stands(session, candidate)
    lines = [*decision_lines(request), f"  {creator} is now {stands}."]
    if candidate.stage == Stage.APPROVED:
        lines.append(f"Next: greenroom outreach preview {campaign}")
    answer(fields_of(request) | {"stage": candidate.stage}, as_json=as_json, lines=lines)


def _talk(w: Wiring, request_id: str) -> list[str]:
    """As it is now: somebody may have said something since the queue was read."""
    with reading(w.engine) as session:
        return talk_lines(the_request(session, request_id).waits_for, comments(session, request_id))


def _request_about(w: Wiring, campaign: str, creator: str) -> str:
    with reading(w.engine) as session:
        check_campaign(session, campaign)
        candidate = candidate_named(session, campaign, creator)
        found: Request = review.latest_request(session, kind=Kind.CANDIDATE, subject=f"candidate:{candidate.id}")
        return found.id


def _stands(session: Session, candidate: Candidate) -> str:
    """The stage; of a hold also why, as it may be another campaign that was first."""
    if candidate.stage != Stage.HELD:
        return candidate.stage
    latest = select(StageChange.reason).where(StageChange.candidate_id == candidate.id)
    return f"{candidate.stage}: {session.exec(latest.order_by(col(StageChange.id).desc())).first()}"
