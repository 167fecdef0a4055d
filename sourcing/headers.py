"""Where the header of a table stands, below titles and notes, and what separates its cells. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from core.errors import BadInput
from sourcing.foreign import no_text

#: The number of a row or of the line that it ends in, and its cells.
Row = tuple[int, list[str]]
_LONGEST_HEADER = 256 * 1024
_TITLE_ROWS = 10


def header_of(file: str, head: bytes, *, marks: str) -> tuple[str, list[str], int]:
    """(delimiter, column names, lines up to the end of the header): the delimiter that gives the most columns.

    Blank lines before it are passed over, and so are titles; the `sep=;` that Excel reads names the delimiter.
    """
    start = head.removeprefix(b"\xef\xbb\xbf")
    bare = start.lstrip(b" \r\n")
    lines = start.count(b"\n", 0, len(start) - len(bare))
    if told := re.match(rb"sep=([,;|\t])\r?\n", bare, re.IGNORECASE):
        marks, bare, lines = told.group(1).decode(), bare[told.end() :], lines + 1
    try:
        tops = {mark: _top(bare, mark) for mark in marks}
    except UnicodeDecodeError:
        raise no_text(file) from None
    except csv.Error as error:
        raise BadInput(f"The first row of {file} is not a CSV header: {error}.") from None
    delimiter = max(tops, key=lambda mark: tops[mark].worth)
    return delimiter, named_once(tops[delimiter].header), lines + tops[delimiter].until


def named_once(cells: Iterable[str]) -> list[str]:
    """Names of columns: on one line, each another; one without a name is called by its number."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return names


def below_title(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows without those above the header that hold a title or a note, one cell each."""
    held: list[Row] = []
    walking = iter(rows)
    for number, cells in walking:
        held.append((number, cells))
        if sum(map(bool, cells)) > 1:
            yield number, cells
            break
        if len(held) > _TITLE_ROWS:
            yield from held
            break
    else:
        yield from held
    yield from walking


@dataclass(frozen=True)
class _Top:
    """What stands first of a table by one delimiter. `worth`: a first row of several names is better than one below
    titles, and that than a single name; then the more columns the better."""

    header: list[str]
    until: int
    worth: tuple[int, int]


def _top(text: bytes, delimiter: str) -> _Top:
    """Raises where the first row is not UTF-8 or no CSV."""
    rows = _rows(text, delimiter)
    until, first = next(rows)
    # A single name that is not in the first cell is that of a column, beside one of numbers without a name.
    if sum(map(bool, first)) < 2 and (first[0] or not any(first)):
        (line, header), *rest = list(below_title(islice(rows, 2 * _TITLE_ROWS))) or [(until, first)]
        # A title with the empty cells that spreadsheets write beside it is one; of one without, the rows below the
        # header must tell, as a text may hold a comma.
        as_many = bool(rest) and all(len(cells) == len(header) for _, cells in rest if any(cells))
        if sum(map(bool, header)) > 1 and (len(first) > 1 or as_many):
            return _Top(header, line, (1, len(header)))
    return _Top(first, until, (2 if sum(map(bool, first)) > 1 else 0, len(first)))


def _rows(text: bytes, delimiter: str) -> Iterator[Row]:
    """Ends where a row that is not the first is no text or no CSV."""
    lines = (line.decode() for line in io.BytesIO(text[:_LONGEST_HEADER]))
    reader = csv.reader(lines, delimiter=delimiter)
    first = [cell.strip() for cell in next(reader, [""])]
    yield reader.line_num, first
    with suppress(UnicodeDecodeError, csv.Error):
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
