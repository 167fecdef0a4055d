"""Rows of what calls itself .xls and is none: a web page with a table, or Excel's XML of 2003. As text, one by one.

Memory stays bounded: what was read is let go. Knows nothing of creators.
"""

import re
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from core.errors import BadInput
from sourcing.headers import Row, below_title
from sourcing.workbooks import MOST_COLUMNS

_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_DECLARATION = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_TABLE = re.compile(rb"<(table|tr)[\s>]", re.IGNORECASE)
_WIDEST_SPAN = 100


def is_table(head: bytes) -> bool:
    """Whether a page that begins so holds a table, or is a workbook in XML."""
    return _2003 in head or _TABLE.search(head) is not None


def table_rows(stream: IO[bytes], head: bytes, *, shown: str) -> tuple[str, Iterator[Row]]:
    """(what was read, its rows with their numbers from 1). `head` are the first bytes of `stream`.

    Raises BadInput, also while rows are read, where it is damaged or declares entities.
    """
    if _DECLARATION.search(head):
        raise BadInput(f"{shown} declares entities, which no table needs; it was not read.",
                       next_step="Ask whoever sent it for a CSV.")  # fmt: skip
    if _2003 in head:
        return "Excel's XML of 2003, first sheet", below_title(_named(_of_2003(stream), shown))
    return "a web page's table", below_title(_named(_of_page(stream), shown))


def _named(rows: Iterator[list[str]], shown: str) -> Iterator[Row]:
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            if len(cells) > MOST_COLUMNS:
                raise BadInput(f"{shown}, row {number}, has more than {MOST_COLUMNS:,} columns.",
                               next_step="Export it as CSV.")  # fmt: skip
            yield number, cells
    except etree.LxmlError as error:
        raise BadInput(f"{shown} is damaged after row {number} ({str(error)[:200]}).",
                       next_step="Export it again, as CSV.") from None  # fmt: skip


def _of_page(stream: IO[bytes]) -> Iterator[list[str]]:
    """The rows of the first table that has a row of two cells or more; tables inside its cells are their text."""
    held: list[list[str]] = []
    found = False
    for _, row in etree.iterparse(stream, events=("end",), tag=("tr", "table"), html=True, huge_tree=False):
        inside = sum(1 for one in row.iterancestors("table"))
        if row.tag == "table":
            if found and inside == 0:
                return
            held.clear()
        elif inside <= 1:
            cells = [said for cell in row if cell.tag in ("td", "th") for said in _spanned(cell)]
            found = found or len(cells) > 1
            held.append(cells)
            if found:
                yield from held
                held.clear()
        if inside <= 1:
            _let_go(row)


def _spanned(cell: Any) -> list[str]:
    """What a cell says, and nothing for the columns that it covers beside its own."""
    span = str(cell.get("colspan", "1")).strip()
    width = min(int(span), _WIDEST_SPAN) if span.isdecimal() and int(span) else 1
    # Excel notes the number beside the text that shows it.
    exact = str(cell.get("x:num") or "").strip()
    return [exact or " ".join("".join(cell.itertext()).split()), *[""] * (width - 1)]


def _of_2003(stream: IO[bytes]) -> Iterator[list[str]]:
    space = f"{{{_2003.decode()}}}"
    due, filled = 1, False
    tags = (f"{space}Row", f"{space}Worksheet")
    walk = etree.iterparse(stream, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False)
    for _, element in walk:
        if element.tag == f"{space}Worksheet":
            if filled:
                return
            due = 1
            continue
        for _ in range(due, _at(element, space, due, most=1_048_576)):
            due += 1
            yield []
        cells = _cells(element, space)
        filled = filled or len(cells) > 1
        due += 1
        yield cells
        _let_go(element)


def _cells(row: Any, space: str) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{space}Cell"):
        cells += [""] * (_at(cell, space, len(cells) + 1, most=MOST_COLUMNS + 1) - len(cells) - 1)
        data = cell.find(f"{space}Data")
        said = "" if data is None else " ".join("".join(data.itertext()).split())
        kind = "" if data is None else data.get(f"{space}Type", "")
        cells.append("" if kind == "Error" else said.replace("T00:00:00.000", "") if kind == "DateTime" else said)
        across = str(cell.get(f"{space}MergeAcross", "0"))
        cells += [""] * min(int(across) if across.isdecimal() else 0, _WIDEST_SPAN)
    return cells


def _at(element: Any, space: str, due: int, *, most: int) -> int:
    """The place that an element names for itself, where it skips some; never before what is due."""
    said = str(element.get(f"{space}Index", ""))
    return max(due, min(int(said), most)) if said.isdecimal() else due


def _let_go(element: Any) -> None:
    element.clear(keep_tail=False)
    while (before := element.getprevious()) is not None:
        before.getparent().remove(before)
