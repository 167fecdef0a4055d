"""A card drawn for a terminal: what a person needs to decide, and nothing that could steer the terminal."""

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from cli.screen import plain
from core.cards import Card
from core.models.approvals import Request, RequestComment


def card_lines(request: Request) -> Iterator[str | Text]:
    """Title, facts with their evidence, risk, files, differences, and the ways to answer."""
    card = Card.model_validate(request.card)
    yield Text(plain(card.title), style="bold")
    for line in (card.subtitle, card.link):
        if line:
            yield Text(f"  {plain(line)}")
    for fact in card.facts:
        text = Text(f"  {plain(fact.label)}: {plain(fact.value)}")
        if fact.evidence:
            text.append(f"  ({plain(fact.evidence)})", style="dim")
        yield text
    if card.risk:
        yield Text(f"  To watch: {plain(card.risk)}", style="yellow")
    for difference in card.differences:
        yield Text(f"  Changed: {plain(difference)}")
    for file in card.files:
        yield Text(f"  File: {plain(file.path)}  (sha256 {file.sha256[:12]})")
    yield from _standing(request, card)


def comment_lines(said: Sequence[RequestComment]) -> Iterator[Text]:
    """What people said about it, in order."""
    for one in said:
        kind = "" if one.kind == "comment" else f" ({one.kind})"
        yield Text.assemble((f"  {plain(one.author)}{kind}, {one.at:%Y-%m-%d %H:%M} UTC: ", "dim"), plain(one.text))


def decision_lines(request: Request) -> Iterator[str | Text]:
    """Only what it was about and what became of it."""
    card = Card.model_validate(request.card)
    yield Text(plain(f"{card.title}  {card.subtitle}"), style="bold")
    yield from _standing(request, card)


def asked_line(request: Request) -> str:
    """Who is asked; where the same was asked and can still be taken back, who has answered."""
    said = f"{request.assignee} is asked"
    if request.status == "decided":
        said = f"{request.decided_by} has answered this ({request.choice}), and can still take it back"
    return f"{said}: greenroom approvals show {request.id[:8]}"


def request_row(request: Request, names: Mapping[int | None, str]) -> tuple[str, ...]:
    """One line of a list of requests; `names` holds what each candidate is called on the command line.

    Name and title share a column: in a narrow window the line breaks between them, and what is typed stays whole.
    """
    name = names.get(request.candidate_id, "")
    handle = name.partition(":")[2]
    title = Card.model_validate(request.card).title.removesuffix(f" (@{handle})")
    about = "  ".join(part for part in (name, title if title != handle else "") if part)
    if request.waits_for is not None:
        return (request.id[:8], about, f"{request.waits_for}, to answer", "stands still")
    return (request.id[:8], about, request.assignee, f"{request.due_at:%Y-%m-%d %H:%M}")


def _standing(request: Request, card: Card) -> Iterator[Text]:
    if request.status == "open":
        if request.waits_for is not None:
            yield Text(f"  Waits for an answer of {request.waits_for}; the time of {request.assignee} stands still",
                       style="dim")  # fmt: skip
        else:
            yield Text(f"  Waits for {request.assignee}, due {request.due_at:%Y-%m-%d %H:%M} UTC", style="dim")
        choices = ", ".join(choice.id + (" --reason …" if choice.needs_reason else "") for choice in card.choices)
        yield Text(f"  greenroom approvals decide {request.id[:8]} CHOICE   (CHOICE: {choices})", style="dim")
    elif request.status == "decided":
        when = f"{request.decided_at:%Y-%m-%d %H:%M} UTC" if request.decided_at else ""
        because = f": {plain(request.reason)}" if request.reason else ""
        yield Text(f"  Decided: {request.choice} by {request.decided_by}, {when}{because}", style="green")
        if request.applied_at is None and request.effective_at is not None:
            yield Text(f"  Nothing follows from it before {request.effective_at:%Y-%m-%d %H:%M} UTC; until then: "
                       f"greenroom approvals take-back {request.id[:8]}", style="dim")  # fmt: skip
    else:
        yield Text(f"  No longer asked: {plain(request.void_reason)}", style="dim")
