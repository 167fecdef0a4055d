"""`greenroom approvals bulk|take-back|apply`: many decisions at once, and the time in which they can be taken back."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from approvals.kinds import Kind
from approvals.service import can_be_taken_back, open_requests, title_of
from cli.cards import decision_lines
from cli.lookup import check_campaign
from cli.options import ActorFlag, ReasonFlag
from cli.screen import JsonFlag, Line, answer, counted, fields_of, say, table
from cli.undone import lines_of, undone
from core.database import reading
from core.errors import WrongUsage
from core.models.approvals import Request
from flows.effects import APPLY_JOB
from flows.steps import review
from flows.steps.review import Outcome
from flows.steps.work import wake
from flows.wiring import Wiring, wired

app = typer.Typer()


@app.command("bulk")
def bulk(
    choice: Annotated[str, typer.Argument(metavar="CHOICE", help="One of the choices on the cards.")],
    requests: Annotated[list[str] | None, typer.Argument(metavar="REQUEST...", help="Ids, or their starts.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is open of --campaign and --kind.")] = False,
    campaign: Annotated[str, typer.Option(help="With --all: of this campaign.")] = "",
    kind: Annotated[str, typer.Option(help="With --all: of this kind, such as candidate.")] = "",
    reason: ReasonFlag = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Answer many requests alike. Each counts by itself, and each can be taken back for ten minutes."""
    w = wired()
    names = _chosen(w, requests or [], campaign, kind) if everything else _named(requests or [], campaign, kind)
    outcomes = review.decide_many(w, names, choice, actor=w.actor(actor), door="terminal", reason=reason)
    answer([one.document for one in outcomes], as_json=as_json, lines=_outcome_lines(outcomes, choice))
    if any(one.refusal for one in outcomes):
        raise typer.Exit(1)


@app.command("take-back")
def take_back(
    request_id: Annotated[str, typer.Argument(metavar="REQUEST", help="Its id, or the start of it.")],
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Take back a decision from which nothing has followed yet; the question is open again."""
    w = wired()
    request = review.take_back(w, request_id, actor=w.actor(actor), door="terminal")
    answer(fields_of(request), as_json=as_json, lines=decision_lines(request))


@app.command("apply")
def apply(as_json: JsonFlag = False) -> None:
    """Carry out the decisions that can no longer be taken back, as `greenroom serve` does by itself."""
    w = wired()
    wake(w, APPLY_JOB)
    done = review.apply_due(w)
    with reading(w.engine) as session:
        left, waiting = undone(session, APPLY_JOB), can_be_taken_back(session, w.clock.now())
    parts = {
        "applied": [r for r in done if r.status == "decided"],
        "asked_again": [r for r in done if r.status == "open"],
    }
    document: dict[str, object] = {name: [fields_of(request) for request in part] for name, part in parts.items()}
    lines = [f"{counted(len(parts['applied']), 'decision')} carried out."]
    lines += [_asked_again(request) for request in parts["asked_again"]]
    lines += [until_when(waiting)] if waiting else []
    answer(document | {"undone": [asdict(one) for one in left]}, as_json=as_json, lines=[*lines, *lines_of(left)])
    if any(one.failed for one in left):
        raise typer.Exit(3)


def carry_out_due(w: Wiring, campaign: str) -> None:
    """For commands that build on decisions: what is due is done first, and what is not due yet is said."""
    for request in review.apply_due(w):
        if request.status == "open":
            say(_asked_again(request))
    with reading(w.engine) as session:
        waiting = can_be_taken_back(session, w.clock.now(), campaign=campaign)
    if waiting:
        say(until_when(waiting))


def until_when(decided: Sequence[Request], *, time_zone: str = "UTC") -> str:
    """Until when these decisions can be taken back, where the reader lives; '' where none can."""
    ends = [request.effective_at for request in decided if request.effective_at and request.applied_at is None]
    if not ends:
        return ""
    last = f"{max(ends).astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M} ({time_zone})"
    return (f"{counted(len(ends), 'decision')} can still be taken back, the last until {last}; nothing follows before. "
            "Take back: greenroom approvals take-back REQUEST; which: greenroom approvals list")  # fmt: skip


def table_of_pending(requests: Sequence[Request]) -> Line:
    rows = [
        (request.kind, request.id[:8], _title(request), request.choice, request.decided_by,
         f"{request.effective_at:%Y-%m-%d %H:%M}")
        for request in requests
    ]  # fmt: skip
    columns = ["kind", "request", "about", "decided", "by", "until (UTC)"]
    return table(f"{counted(len(rows), 'decision')} can still be taken back", columns, rows)


def _chosen(w: Wiring, named: Sequence[str], campaign: str, kind: str) -> list[str]:
    if named or not campaign or not kind:
        raise WrongUsage(
            "--all takes --campaign and --kind, and no request.",
            next_step="Write: greenroom approvals bulk CHOICE --all --campaign X --kind candidate",
        )
    if kind not in set(Kind):
        raise WrongUsage(f"There is no kind of request {kind!r}.", next_step=f"Kinds: {', '.join(Kind)}.")
    with reading(w.engine) as session:
        check_campaign(session, campaign)
        return [request.id for request in open_requests(session, campaign=campaign) if request.kind == kind]


def _named(named: Sequence[str], campaign: str, kind: str) -> Sequence[str]:
    if not named or campaign or kind:
        raise WrongUsage("Name the requests, or choose them with --all, --campaign and --kind.",
                         next_step="See: greenroom approvals list")  # fmt: skip
    return named


def _outcome_lines(outcomes: Sequence[Outcome], choice: str) -> list[Line]:
    decided = [one.request for one in outcomes if one.request is not None]
    rows = [_row(one) for one in outcomes]
    title = f"{len(decided)} of {counted(len(outcomes), 'request')} decided: {choice}"
    lines: list[Line] = [table(title, ["request", "about", "outcome", "take back until (UTC)"], rows)]
    return [*lines, until_when(decided)] if decided else lines


def _row(one: Outcome) -> tuple[str, str, str, str]:
    name, title = one.request_id[:8], one.title.rpartition(" (request ")[0]
    if one.request is None:
        return name, title, f"refused: {one.refusal}", ""
    until = f"{one.request.effective_at:%Y-%m-%d %H:%M}" if one.request.effective_at else ""
    return name, title, one.request.choice or "", until


def _title(request: Request) -> str:
    return title_of(request).rpartition(" (request ")[0]


def _asked_again(request: Request) -> str:
    return f"{title_of(request)} is asked again; see why: greenroom approvals show {request.id[:8]}"
