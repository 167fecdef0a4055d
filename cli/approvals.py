"""`greenroom approvals`: everything that waits for somebody, at the terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from approvals.breaches import Line as Late
from approvals.breaches import breaches
from approvals.conversation import comments
from approvals.reminders import REMINDER_JOB
from approvals.service import can_be_taken_back, open_requests, the_request
from cli import conversation, second_thoughts
from cli.cards import card_lines, comment_lines, decision_lines, request_row
from cli.lookup import check_campaign, names_of
from cli.options import ActorFlag, ReasonFlag
from cli.screen import JsonFlag, Line, answer, counted, fields_of, table
from cli.undone import lines_of, undone
from core.database import reading
from flows.steps import review, upkeep
from flows.steps.work import wake
from flows.wiring import wired

app = typer.Typer()
app.add_typer(conversation.app)
app.add_typer(second_thoughts.app)


@app.command("list")
def list_open(
    campaign: Annotated[str | None, typer.Option(help="Only of this campaign.")] = None,
    person: Annotated[str | None, typer.Option("--for", help="Only what waits for this person.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """What waits for an answer, most urgent first; then what was decided and can still be taken back."""
    w = wired()
    assignee = w.people.named(person).id if person is not None else None
    with reading(w.engine) as session:
        if campaign is not None:
            check_campaign(session, campaign)
        requests = open_requests(session, campaign=campaign, assignee=assignee)
        pending = can_be_taken_back(session, w.clock.now(), campaign=campaign, person=assignee)
        names = names_of(session, (request.candidate_id for request in requests))
    rows = [(request.kind, *request_row(request, names)) for request in requests]
    columns = ["kind", "request", "about", "waits for", "due (UTC)"]
    lines: list[Line] = [
        table(counted(len(requests), "open request"), columns, rows),
        "Look closer: greenroom approvals show REQUEST",
    ]
    lines = lines if requests else lines[:1]
    if pending:
        lines += [second_thoughts.table_of_pending(pending), "Take back: greenroom approvals take-back REQUEST"]
    answer([fields_of(request) for request in (*requests, *pending)], as_json=as_json, lines=lines)


@app.command("show")
def show(request_id: Annotated[str, typer.Argument(metavar="REQUEST")], as_json: JsonFlag = False) -> None:
    """One request with its whole card."""
    with reading(wired().engine) as session:
        request = the_request(session, request_id)
        said = comments(session, request.id)
    document = fields_of(request) | {"comments": [fields_of(one) for one in said]}
    answer(document, as_json=as_json, lines=[*card_lines(request), *comment_lines(said)])


@app.command("decide")
def decide(
    request_id: Annotated[str, typer.Argument(metavar="REQUEST", help="Its id, or the start of it.")],
    choice: Annotated[str, typer.Argument(metavar="CHOICE", help="One of the choices on the card.")],
    reason: ReasonFlag = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Answer a request. The first answer counts; later ones are told who was first."""
    w = wired()
    request = review.decide(w, request_id, choice, actor=w.actor(actor), door="terminal", reason=reason)
    answer(fields_of(request), as_json=as_json, lines=decision_lines(request))


@app.command("remind")
def remind(as_json: JsonFlag = False) -> None:
    """Send the reminders that are due now, to whoever is in their office hours; each goes out once."""
    w = wired()
    wake(w, REMINDER_JOB)
    sent = upkeep.remind(w)
    with reading(w.engine) as session:
        left = undone(session, REMINDER_JOB)
    where = f" as files in {w.settings.outbox_folder} (dry run)" if sent and w.settings.dry_run else ""
    document = {"reminders": sent, "undone": [asdict(one) for one in left]}
    told = f"{counted(sent, 'reminder')} sent{where}."
    told += "" if sent else " Reminders come in the office hours of whoever gets them, at most every two hours."
    answer(document, as_json=as_json, lines=[told, *lines_of(left)])
    if any(one.failed for one in left):
        raise typer.Exit(3)


@app.command("late")
def late(
    campaign: Annotated[str | None, typer.Option(help="Only of this campaign.")] = None, as_json: JsonFlag = False
) -> None:
    """Which decisions come late: by person, by kind, and by what the contracts departed in."""
    w = wired()
    with reading(w.engine) as session:
        if campaign is not None:
            check_campaign(session, campaign)
        found = breaches(session, w.clock, w.people, campaign=campaign)
    parts = {"by person": found.people, "by kind": found.kinds, "by clause of the contract": found.clauses}
    document = {title.split()[1]: [_late_fields(line) for line in lines] for title, lines in parts.items()}
    answer(document, as_json=as_json, lines=[_late_table(title, lines) for title, lines in parts.items() if lines]
           or ["Nobody was asked anything yet."])  # fmt: skip


def _late_table(title: str, lines: Sequence[Late]) -> Line:
    columns = ["name", "asked", "late", "open and late", "hours over (median)", "hours over (longest)"]
    return table(f"Late {title}", columns, [tuple(_late_fields(line).values()) for line in lines], right=columns[1:])


def _late_fields(line: Late) -> dict[str, object]:
    """For programs and for people: times in working hours."""
    return {
        "name": line.name,
        "asked": line.asked,
        "late": line.late,
        "open_late": line.open_late,
        "median_hours_over": round(line.median_over.total_seconds() / 3600, 1),
        "longest_hours_over": round(line.longest_over.total_seconds() / 3600, 1),
    }
