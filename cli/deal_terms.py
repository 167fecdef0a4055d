"""The options in which terms of a deal are typed, and its versions beside one another."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Annotated

import typer

from cli.screen import Line, table
from contracts.side_by_side import called, changed, rows
from core.errors import WrongUsage
from core.models.deals import Offer

#: More columns than these nobody compares on a screen.
SHOWN = 4

Kind = Annotated[str | None, typer.Option("--model", help="seed, commission, bonus, hybrid or fee.")]
Stipend = Annotated[str | None, typer.Option(help="The fee, once or of each month.")]
Commission = Annotated[str | None, typer.Option(help="Commission on tracked sales, in percent.")]
Months = Annotated[int | None, typer.Option(min=1, help="Paid monthly for so many months; 1: once.")]
Bonus = Annotated[list[str] | None, typer.Option(help="SALES:AMOUNT, such as 2000:100; repeat it; none: no bonus.")]
Minimum = Annotated[str | None, typer.Option(help="Commission below it is carried over; 0: none is.")]
Product = Annotated[str | None, typer.Option(help="Another product, as it reads in a sentence.")]
Deliverable = Annotated[list[str] | None, typer.Option(help="A piece that is asked for; repeat it.")]
Variants = Annotated[str | None, typer.Option(help="Versions of a piece that are asked for.")]
UsageDays = Annotated[int | None, typer.Option(min=0, help="For so many days the content may be used.")]
Channel = Annotated[list[str] | None, typer.Option(help="Where it may be used; repeat it.")]
ExclusiveDays = Annotated[int | None, typer.Option(min=0, help="Exclusive for so many days from the first post on.")]
ExclusiveFor = Annotated[str | None, typer.Option(help="From what, such as: linen clothing.")]
Clause = Annotated[list[str] | None, typer.Option(help="Id of an approved swap clause; repeat it; none: no clause.")]
PaymentDays = Annotated[int | None, typer.Option(min=1, help="Paid within so many days.")]
ClawbackDays = Annotated[int | None, typer.Option(min=0, help="Commission is reversed for refunds within so many.")]


def number(text: str | None) -> Decimal | None:
    """An amount or a share as it is typed."""
    if text is None:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise WrongUsage(f"{text!r} is not a number.", next_step="Write it as 250 or 250.00.")
    return found


def steps(texts: Sequence[str] | None) -> tuple[tuple[Decimal, Decimal], ...] | None:
    """Bonuses as they are typed; () for the word none."""
    if not texts:
        return None
    if list(texts) == ["none"]:
        return ()
    found = []
    for text in texts:
        sales, colon, paid = text.partition(":")
        one, other = number(sales), number(paid) if colon else None
        if one is None or other is None:
            raise WrongUsage(f"{text!r} is no bonus.", next_step="Write it as SALES:AMOUNT, such as 2000:100.")
        found.append((one, other))
    return tuple(sorted(found))


def listed(texts: Sequence[str] | None) -> tuple[str, ...] | None:
    """Repeated words as they are typed; () for the word none, None where nothing was."""
    if not texts:
        return None
    return () if list(texts) == ["none"] else tuple(texts)


def side_by_side(offers: Sequence[Offer]) -> list[Line]:
    """The latest versions in columns; a term in which they differ is marked."""
    shown = offers[-SHOWN:]
    if not shown:
        return []
    cells = [(f"{'* ' if row.differs else ''}{row.label}", *row.values) for row in rows(shown)]
    left_out = f", {len(offers) - SHOWN} older left out" if len(offers) > SHOWN else ""
    lines: list[Line] = [table(f"Terms by version (* differs){left_out}", ["term", *map(called, shown)], cells)]
    for before, after in pairwise(shown):
        differences = changed(before, after) or ["nothing"]
        lines.append(f"{called(after)}, against {before.version}: {'; '.join(differences)}.")
    return lines
