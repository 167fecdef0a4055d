"""`greenroom contracts templates`: which may be used, what changed in one, and approving it."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from cli.screen import JsonFlag, Line, answer, counted, table
from contracts import approving
from contracts.approving import Difference, Standing
from contracts.templates import MANIFEST
from core.database import unit_of_work
from core.errors import WrongUsage
from core.money import Money
from flows.wiring import wired

app = typer.Typer()

TemplateName = Annotated[str, typer.Argument(help="Id of a template, such as creator-agreement-en.")]


@app.callback()
def templates() -> None:
    """Contract templates: which may be used, what changed, and approving one."""


@app.command("check")
def check(as_json: JsonFlag = False) -> None:
    """Read every template again: may it be used today, and if not, why?"""
    w = wired()
    found = approving.standings(w.contract_templates, on=w.clock.now().date())
    wrong = [one for one in found if one.problems]
    rows = [
        (one.id, one.state, f"v{one.approval.version}" if one.approval else "", *_approved(one), len(one.clauses))
        for one in found
    ]
    columns = ["template", "stands", "version", "approved by", "until", "up to", "clauses"]
    lines: list[Line] = [table(counted(len(found), "template"), columns, rows, right=["clauses"])]
    lines += [f"{one.id}: {problem}" for one in wrong for problem in one.problems]
    lines += [f"See: greenroom contracts templates diff {one.id}" for one in wrong if one.state.startswith("changed")]
    answer([_fields(one) for one in found], as_json=as_json, lines=lines)
    if wrong or any(one.state != "approved" for one in found):
        raise typer.Exit(1)


@app.command("approve")
def approve(
    template: TemplateName,
    by: Annotated[str, typer.Option(help="Who read it and approves it: an id from the people file.")],
    until: Annotated[str, typer.Option(help="The last day it may be used without being read again: 2027-12-31.")],
    max_spend: Annotated[str, typer.Option(help='The highest fee one contract may guarantee: "500 EUR".')],
    as_json: JsonFlag = False,
) -> None:
    """Approve a template as it lies there.

    Hash, version, fields and clauses are read from the file.
    """
    w = wired()
    # No setting guards this as it guards sign-offs: every contract still waits for legal, and whoever sits at this
    # terminal could write the manifest in an editor. Here it is at least noted who is said to have done it.
    person, day, limit = w.actor(by), _day(until), _money(max_spend)
    with unit_of_work(w.engine) as session:
        approval = approving.approve(
            session, w.clock, w.contract_templates, w.archive, template, by=person, until=day, limit=limit
        )
    lines = [
        f"{template} version {approval.version} is approved until {approval.valid_until}, for up to {approval.limit}.",
        f"{counted(len(approval.clauses), 'clause')} and {counted(len(approval.variables), 'field')} are noted in "
        f"{w.contract_templates.folder / MANIFEST}.",
    ]
    if not approval.clauses:
        lines.append("It has no named clauses, so a later change can only be told as a whole.")
    answer({"template": template} | approval.model_dump(mode="json"), as_json=as_json, lines=lines)


@app.command("diff")
def diff(template: TemplateName, as_json: JsonFlag = False) -> None:
    """What reads otherwise than when it was approved.

    Clause by clause, as text that went and text that came.
    """
    w = wired()
    found = approving.difference(w.contract_templates, w.archive, template)
    answer(asdict(found), as_json=as_json, lines=_told(template, found))


def _told(template: str, found: Difference) -> Iterator[Line]:
    if not found.changes and not found.whole:
        yield f"{template} is, byte for byte, as it was approved."
    for change in found.changes:
        yield f"{change.id}: {change.what}" if change.id else change.what.capitalize()
        yield from (f"  - {line}" for line in change.before)
        yield from (f"  + {line}" for line in change.after)
    yield from found.whole


def _approved(one: Standing) -> tuple[str, str, str]:
    approval = one.approval
    if approval is None:
        return "", "", ""
    return f"{approval.approved_by}, {approval.approved_on}", str(approval.valid_until), str(approval.limit)


def _fields(one: Standing) -> dict[str, Any]:
    approval = one.approval.model_dump(mode="json") if one.approval else None
    return asdict(one) | {"approval": approval}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"{text!r} is not a day.", next_step="Write it as 2027-12-31.") from None


def _money(text: str) -> Money:
    amount, _, currency = text.strip().partition(" ")
    try:
        return Money(Decimal(amount.replace(",", "")), currency.strip().upper())
    except (InvalidOperation, ValueError):
        raise WrongUsage(f"{text!r} is not an amount of money.", next_step='Write it as "500 EUR".') from None
