"""One card of the queue as a whole screen: what is asked, what speaks for and against it, which keys answer. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich import box
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.screen import counted, plain
from core.cards import Card, Choice
from core.models.approvals import RequestComment

#: Wider lines than this are hard to read, however wide the terminal is.
WIDEST = 100
_BAR = 24
#: Keys that always mean the same; a choice never takes one of them.
LATER, BACK, UNDO, QUIT = "s", "b", "u", "q"
_STYLES = {"approve": "bold green", "sign_off": "bold green", "decline": "bold red", "wrong_audience": "bold red"}


@dataclass(frozen=True)
class Place:
    """Where in the queue: the how-manieth of how many, and what was answered so far, by label of the choice."""

    at: int
    of: int
    answered: Mapping[str, int]


def keys_of(card: Card) -> dict[str, Choice]:
    """A key for each choice: the first letter of its label that is still free."""
    keys: dict[str, Choice] = {}
    for choice in card.choices:
        letters = [letter for letter in choice.label.casefold() if letter.isascii() and letter.isalpha()]
        free = (
            letter
            for letter in [*letters, *"abcdefghijklmnoprtvwxyz"]
            if letter not in (*keys, LATER, BACK, UNDO, QUIT)
        )
        keys[next(free)] = choice
    return keys


def screen(card: Card, place: Place, *, due_at: datetime, time_zone: str, remark: str = "",
           talk: Sequence[str] = ()) -> RenderableType:  # fmt: skip
    """The whole screen of one question; times where the reader lives. `remark` says what became of the last key.

    `talk` says what people said about it, a line each.
    """
    inside: list[RenderableType] = [Text(plain(card.subtitle), style="bold")]
    inside += [Text(plain(card.link), style="cyan")] if card.link else []
    inside += [Text(), _facts(card)]
    if card.risk:
        inside += [Text(), Text.assemble(("To watch  ", "bold yellow"), (plain(card.risk), "yellow"))]
    inside += [Text(f"Changed  {plain(difference)}") for difference in card.differences]
    inside += [Text(f"File  {plain(file.path)}  (sha256 {file.sha256[:12]})", style="dim") for file in card.files]
    inside += [Text(), *(Text(plain(line), style="cyan") for line in talk)] if talk else []
    title = Text(plain(card.title), style="bold default")
    due = f"due {due_at.astimezone(ZoneInfo(time_zone)):%A %d %B, %H:%M} ({time_zone})"
    body = Panel(Group(*inside), title=title, title_align="left", subtitle=Text(due),
                 subtitle_align="right", box=box.ROUNDED, padding=(0, 2), border_style="bright_black")  # fmt: skip
    # Once more beside the keys: of a card longer than the window, the top has scrolled away.
    about = Padding(Text(plain(card.title), style="bold", no_wrap=True, overflow="ellipsis"), (0, 1))
    parts: list[RenderableType] = [_progress(place), body, about, *_keys(card)]
    if remark:
        parts.append(Padding(Text(plain(remark), style="italic"), (0, 1)))
    return Group(*parts)


def talk_lines(waits_for: str | None, said: Sequence[RequestComment]) -> list[str]:
    """Whose answer it waits for, how much was said, and the last of it."""
    lines = [f"Waits for an answer of {waits_for}"] if waits_for else []
    if said:
        last = said[-1]
        kind = "" if last.kind == "comment" else f" ({last.kind})"
        lines.append(f"{counted(len(said), 'comment')}, the last of {last.author}{kind}: {' '.join(last.text.split())}")
    return lines


def reasons_screen(choice: Choice, about: str) -> RenderableType:
    """The reasons to choose from by number, and the way to write another. `about` is the title of the card."""
    lines = [Text(f"{plain(choice.label)} {plain(about)}: why?", style="bold")]
    lines += [Text.assemble((f" {n} ", "reverse"), f" {plain(reason)}") for n, reason in enumerate(choice.reasons, 1)]
    lines += [Text.assemble((" t ", "reverse"), " type a reason    ", (" Esc ", "reverse"), " not yet")]
    return Padding(Group(*lines), (0, 1))


def reason_for(choice: Choice, key: str) -> str | None:
    """The reason that a number stands for."""
    at = int(key) - 1 if key.isascii() and key.isdigit() else -1
    return choice.reasons[at] if 0 <= at < len(choice.reasons) else None


def end_lines(place: Place, left: int, resume: str, *, undo: str = "") -> Group:
    """What was done, how long that can be taken back, and how to go on."""
    done = _tally(place.answered) or "nothing was decided"
    lines = [Text(f"{done[0].upper()}{done[1:]}.", style="bold")]
    lines += [Text(undo)] if undo else []
    lines.append(Text(f"{left} still wait. Go on with: {resume}" if left else "Nobody waits any more."))
    return Group(*lines)


def _progress(place: Place) -> RenderableType:
    full = round(_BAR * (place.at - 1) / max(1, place.of))
    bar = Text.assemble(("█" * full, "green"), ("░" * (_BAR - full), "dim"), no_wrap=True)
    line = Table.grid(padding=(0, 2))
    line.add_row(Text(f"{place.at} of {place.of}", style="bold", no_wrap=True), bar, Text(_tally(place.answered)))
    return Padding(line, (0, 1))


def _tally(answered: Mapping[str, int]) -> str:
    return ", ".join(f"{count} × {label.casefold()}" for label, count in answered.items() if count)


def _facts(card: Card) -> Table:
    # The source of most is said once, below: a short card is read whole, and fits a small window.
    sources = Counter(fact.evidence for fact in card.facts if fact.evidence)
    usual = next((source for source, times in sources.most_common(1) if times > 1 or len(sources) == 1), "")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for fact in card.facts:
        value = Text(plain(fact.value))
        if fact.evidence and fact.evidence != usual:
            value.append(f"  ({plain(fact.evidence)})", style="dim")
        table.add_row(Text(plain(fact.label)), value)
    if usual:
        table.add_row(Text("Source", style="dim"), Text(plain(usual), style="dim"))
    return table


def _keys(card: Card) -> list[RenderableType]:
    """What can be answered, and below it the ways around."""
    answers = ((key, choice.label, _STYLES.get(choice.id, "bold")) for key, choice in keys_of(card).items())
    around = ((LATER, "Later", "dim"), (BACK, "Back", "dim"), (UNDO, "Take back", "dim"), (QUIT, "Stop", "dim"))
    return [_key_line(answers), _key_line(around)]


def _key_line(keys: Iterable[tuple[str, str, str]]) -> RenderableType:
    texts = [Text.assemble((f" {key} ", "reverse"), " ", (plain(label), style)) for key, label, style in keys]
    return Padding(Columns(texts, padding=(0, 3)), (0, 1))
