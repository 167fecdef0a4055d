"""Reading a template's source: plain text in which every line says what it is.

    key: value                 the head, up to the first clause: title, subject, language, layout, head, foot, local
    # …                        a note to whoever edits the source; it is not set
    [id]                       a clause begins; all words stand in one
    = …   == …   === …         title, line below it, heading without a number
    1. …   1.1 …   (1) …       numbered heading, numbered paragraph, numbered party; the numbers must be right
    - …                        a point of a list
    | label | words            a row of the table of terms; without a label it goes on in the row before
    | {%tr if field %}         a row that stands only where it applies
    sign | ours | theirs       who signs; then one row of lines to write on for each  line | …
    {%p if field %}            on a line of its own: words that stand only where they apply
    two spaces                 go on with the line before

Knows nothing of Word. Raises BadInput naming file and line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core.errors import BadInput

Kind = Literal[
    "title", "subtitle", "heading", "section", "clause", "party", "point", "words", "row", "more", "sign", "line",
    "control",
]  # fmt: skip
Layout = Literal["agreement", "compact", "sheet"]

_LAYOUTS: dict[str, Layout] = {"agreement": "agreement", "compact": "compact", "sheet": "sheet"}

_KEYS = ("title", "subject", "language", "layout", "head", "foot", "local")
_NEEDED = ("title", "language", "head", "foot")
#: What a clause may begin with: programs that forget where it ends still know its first paragraph.
_OPENERS = ("title", "subtitle", "heading", "section", "words")
_CLAUSE = re.compile(r"\[([a-z][a-z0-9-]*)\]")
_CONTROL = re.compile(r"\{%p? .*%\}")
_NUMBERED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("section", re.compile(r"(\d+)\. (.+)")),
    ("clause", re.compile(r"(\d+\.\d+) (.+)")),
    ("party", re.compile(r"\((\d+)\) (.+)")),
)
_MARKED: tuple[tuple[str, Kind], ...] = (
    ("=== ", "heading"),
    ("== ", "subtitle"),
    ("= ", "title"),
    ("- ", "point"),
)


@dataclass(frozen=True)
class Line:
    """One thing to be set: what it is, and its words (one per column in a table)."""

    kind: Kind
    cells: tuple[str, ...]

    @property
    def words(self) -> str:
        return self.cells[0]


@dataclass(frozen=True)
class Clause:
    """What is approved, locked and compared as one."""

    id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Source:
    """A whole template before it is set. `local` are the fields that others may edit in the finished document."""

    title: str
    subject: str
    language: str
    layout: Layout
    head: tuple[str, ...]
    foot: tuple[str, ...]
    local: frozenset[str]
    clauses: tuple[Clause, ...]


def read(text: str, *, name: str) -> Source:
    """The source of one template. `name` is what a refusal calls it."""
    head: dict[str, str] = {}
    clauses: list[tuple[str, list[Line]]] = []
    numbers = _Numbers()
    for number, line in _joined(text):
        where = f"{name}, line {number}"
        if found := _CLAUSE.fullmatch(line):
            if found[1] in [known for known, _ in clauses]:
                raise BadInput(f"{where}: there are two clauses {found[1]!r}.")
            clauses.append((found[1], []))
        elif clauses:
            clauses[-1][1].append(_line(line, numbers, where=where))
        else:
            key, colon, value = line.partition(": ")
            if not colon or key not in _KEYS:
                raise BadInput(f"{where}: {line[:60]!r} stands before the first clause.", next_step=_HEAD)
            head[key] = value.strip()
    if missing := [key for key in _NEEDED if not head.get(key)]:
        raise BadInput(f"{name} does not say its {', '.join(missing)}.", next_step=_HEAD)
    for known, lines in clauses:
        if not lines or lines[0].kind not in _OPENERS:
            raise BadInput(f"{name}: clause {known} must begin with a heading or words that always stand.")
    return _source(head, clauses, name=name)


def _source(head: dict[str, str], clauses: list[tuple[str, list[Line]]], *, name: str) -> Source:
    layout = head.get("layout", "agreement")
    if layout not in _LAYOUTS:
        raise BadInput(f"{name}: layout is {layout!r}.", next_step=f"Use {', '.join(_LAYOUTS)}.")
    return Source(
        title=head["title"],
        subject=head.get("subject", ""),
        language=head["language"],
        layout=_LAYOUTS[layout],
        head=_cells(head["head"]),
        foot=_cells(head["foot"]),
        local=frozenset(head.get("local", "").split()),
        clauses=tuple(Clause(known, tuple(lines)) for known, lines in clauses),
    )


class _Numbers:
    """Counts as the finished document will, so that a wrong number in a source is found and not set."""

    def __init__(self) -> None:
        self._section = self._clause = self._party = 0

    def next(self, kind: Kind) -> str:
        if kind == "section":
            self._section, self._clause = self._section + 1, 0
            return str(self._section)
        if kind == "clause":
            self._clause += 1
            return f"{self._section}.{self._clause}"
        self._party += 1
        return str(self._party)


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with what goes on below them, without notes and empty ones, each with its number."""
    begun: tuple[int, str] | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip() or raw.startswith("#"):
            continue
        if raw.startswith("  ") and begun is not None:
            begun = (begun[0], f"{begun[1]} {raw.strip()}")
            continue
        if begun is not None:
            yield begun
        begun = (number, raw.strip())
    if begun is not None:
        yield begun


def _line(line: str, numbers: _Numbers, *, where: str) -> Line:
    if line.startswith(("|", "sign |", "line |")):
        return _table_line(line, where=where)
    for kind, form in _NUMBERED:
        if found := form.fullmatch(line):
            if (due := numbers.next(kind)) != found[1]:
                raise BadInput(f"{where}: is numbered {found[1]}, but comes out as {due}.")
            return Line(kind, (found[2],))
    for mark, kind in _MARKED:
        if line.startswith(mark):
            return Line(kind, (line.removeprefix(mark),))
    return Line("control" if _CONTROL.fullmatch(line) else "words", (line,))


def _table_line(line: str, *, where: str) -> Line:
    mark, _, rest = line.partition("|")
    cells = _cells(rest)
    if not mark and len(cells) == 1 and cells[0].startswith("{%tr "):
        return Line("row", cells)
    if len(cells) != 2 or not cells[1]:
        raise BadInput(f"{where}: a row has two cells, and words in the second.", next_step="| label | words")
    if mark:
        return Line("sign" if mark == "sign " else "line", cells)
    return Line("row" if cells[0] else "more", cells)


def _cells(text: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in text.split("|"))


_HEAD = f"The head has {', '.join(_KEYS)}, as `key: value`; then clauses, each begun by [id]."
