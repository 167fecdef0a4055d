"""How the command line answers: one JSON document for programs, tables and sentences for people.

Answers go to stdout, progress, logs and problems to stderr; colours appear on a terminal only. Text that came from
outside is printed as text, never as markup or terminal control codes.
"""

import io
import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Annotated, Any, TextIO

import typer
from pydantic import BaseModel
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

JsonFlag = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]

#: What an answer to a person is made of.
Line = str | Text | Group
#: Columns where there is no terminal to ask: in a pipe or a file a line is never folded.
_ENDLESS = 100_000
#: In emoji and in Persian these join letters; they steer nothing.
_JOINERS = "\u200c\u200d"
#: What no reader sees but a terminal obeys, and halves of characters, which no encoding takes.
_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=_ENDLESS)


_out = _console(stderr=False)
_err = _console(stderr=True)


def answer(document: Any, *, as_json: bool, lines: Iterable[Line]) -> None:
    """Print the document, or the lines that say the same to a person."""
    if as_json:
        print_out(as_document(document))
        return
    with _out.capture() as drawn:
        for line in lines:
            _out.print(Text(plain(line)) if isinstance(line, str) else line, soft_wrap=not isinstance(line, Group))
    text = drawn.get()
    # Tables are filled up with spaces to their full width, which in a pipe is the width of the longest line.
    print_out(text if _out.is_terminal else re.sub(" +\n", "\n", text))


def as_document(document: Any) -> str:
    """JSON that any terminal and any encoding can take. Moments as ISO 8601, amounts of money and paths as text."""
    text = json.dumps(document, ensure_ascii=not _speaks_unicode(sys.stdout), indent=2, default=_as_text)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def print_out(text: str) -> None:
    """Write to stdout, at once. Whoever stops reading, as `head` does, is not a failure."""
    with heard():
        sys.stdout.write(text)


@contextmanager
def heard() -> Iterator[None]:
    """For what is written to stdout inside: a reader that went away ends it in silence, a full disk does not."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        # What could not be written is still waiting, and would fail once more when the program ends.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


def say(text: str, *, style: str = "") -> None:
    """A remark beside the answer; where nobody hears it, the work goes on."""
    with _err.capture() as drawn:
        _err.print(Text(plain(text), style=style), soft_wrap=True)
    with suppress(OSError):
        sys.stderr.write(drawn.get())
        sys.stderr.flush()


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = (),
    whole: Sequence[str] = (),
) -> Group:  # fmt: skip
    """A title and a table of plain text below it, if there are rows; columns named in `right` hold numbers,
    and what is in those named in `whole` stays on one line, to be copied.

    A column in which no row has anything is left out: in a narrow window the others need its place.
    """
    cells = [[plain(str(cell)).replace("\n", " ") for cell in row] for row in rows]
    filled = [at for at, _ in enumerate(columns) if any(row[at] for row in cells)]
    drawn = Table(header_style="bold", box=None, pad_edge=False)
    for at in filled:
        drawn.add_column(columns[at], justify="right" if columns[at] in right else "left", overflow="fold",
                         no_wrap=columns[at] in whole)  # fmt: skip
    for row in cells:
        drawn.add_row(*(Text(row[at]) for at in filled))
    heading = Text(plain(title), style="italic")
    return Group(heading, drawn) if drawn.row_count else Group(heading)


def plain(text: str) -> str:
    """The same text without control characters: a creator's name must not steer somebody's terminal."""
    return "".join(c if c == "\n" or c in _JOINERS or c.isprintable() else " " for c in text)


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 mail", "2 mails"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def fields_of(row: BaseModel) -> dict[str, Any]:
    """A row of the record for programs, its fields in the order in which they are declared."""
    dumped = row.model_dump(mode="json")
    return {name: dumped[name] for name in type(row).model_fields if name in dumped}


def never_choke(*streams: TextIO) -> None:
    """Print what the terminal's encoding cannot take as an escape, rather than fail."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def hear_logs() -> None:
    """What the rooms have to say while they work, as remarks."""
    log = logging.getLogger("greenroom")
    if not log.handlers:
        log.addHandler(_Remarks(logging.WARNING))


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


class _Remarks(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(self.format(record), style="dim")


def _speaks_unicode(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
