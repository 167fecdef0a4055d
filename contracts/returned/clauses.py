"""Which clause each line of the document we sent belongs to. Pure.

A template names its clauses; where it does not, its headings do.
"""

import re
import unicodedata
from collections.abc import Sequence

from contracts.returned.findings import Clause
from contracts.returned.lines import Line
from contracts.returned.sections import FOOTER, HEADER
from contracts.returned.wordwise import plain

_LONGEST = 60
WHOLE = Clause("document", "The file as a whole")
_AROUND = {HEADER: Clause("header", "Page header"), FOOTER: Clause("footer", "Page footer")}


def clauses_of(lines: Sequence[Line]) -> list[Clause]:
    """The clause of every line, in order."""
    named = any(line.clause for line in lines)
    headings = _headings(lines) if named else {}
    result: list[Clause] = []
    current = Clause("beginning", "Before the first clause")
    for at, line in enumerate(lines):
        around = around_the_text(line)
        if around is not None:
            result.append(around)
            continue
        if line.clause:
            current = headings[line.clause]
        elif (at == 0 or (line.heading and not line.cell)) and plain(line.text):
            current = Clause(_slug(plain(line.text)), _short(plain(line.text)), line.number)
        elif named and at and lines[at - 1].clause:
            current = Clause(f"after-{lines[at - 1].clause}", f"After {headings[lines[at - 1].clause].name}")
        result.append(current)
    return result


def around_the_text(line: Line) -> Clause | None:
    """The header or footer a line stands in; None for the text itself."""
    return _AROUND.get(line.region.partition(":")[0])


def _headings(lines: Sequence[Line]) -> dict[str, Clause]:
    found: dict[str, Clause] = {}
    for line in lines:
        text = plain(line.text)
        if line.clause and text and line.clause not in found:
            found[line.clause] = Clause(line.clause, _short(text), line.number)
        elif line.clause and line.clause not in found:
            found[line.clause] = Clause(line.clause, line.clause)
    return found


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]}…"


def _slug(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:40] or "clause"
