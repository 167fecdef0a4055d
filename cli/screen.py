"""How the command line answers: one JSON document for programs, tables and sentences for people.

Answers go to stdout, progress and problems to stderr; colours appear on a terminal only. Text that came from
outside is printed as text, never as markup or terminal control codes.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

JsonFlag = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]

#: Columns where there is no terminal to ask, as in a pipe or a log file.
_WIDE = 160


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDE)


_out = _console(stderr=False)
_err = _console(stderr=True)


def answer(document: Any, *, as_json: bool, lines: Iterable[str | Text | Table]) -> None:
    """Print the document, or the lines that say the same to a person."""
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")
        return
    for line in lines:
        _out.print(line if isinstance(line, (Table, Text)) else Text(line), soft_wrap=not isinstance(line, Table))


def say(text: str, *, style: str = "") -> None:
    """A remark beside the answer."""
    _err.print(Text(plain(text), style=style), soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> Table:
    """A table of plain text; columns named in `right` hold numbers."""
    drawn = Table(title=Text(plain(title)), title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        drawn.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(plain(str(cell))) for cell in row))
    return drawn


def plain(text: str) -> str:
    """The same text without control characters: a creator's name must not steer somebody's terminal."""
    return "".join(character if character == "\n" or character.isprintable() else " " for character in text)


@contextmanager
def progress(label: str, unit: str = "") -> Iterator[Any]:
    """A bar with rate and time left, on a terminal only. Yields `step(done, total)`."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
                   TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), console=_err, transient=True,
                   disable=not _err.is_terminal)  # fmt: skip
    with bar:
        task = bar.add_task(label, total=None, rate="")

        def step(done: int, total: int | None, note: str = "") -> None:
            bar.update(task, completed=done, total=total, rate=note or (f"{done:,} {unit}".strip() if unit else ""))

        yield step
