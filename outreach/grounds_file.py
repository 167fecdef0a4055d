"""A table of grounds that somebody kept elsewhere (a form's export, a spreadsheet): its rows, and which cannot be used
and why. Pure.

Owns the columns, the days and the words for grounds. Knows nobody on record.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import BadInput
from outreach.grounds import NAMES
from outreach.law.policy import Basis

#: Our name of a column → how people head it.
_HEADINGS = {
    "creator": ("creator", "account", "profile"),
    "platform": ("platform",),
    "handle": ("handle", "username"),
    "address": ("address", "email", "e-mail", "mail", "mail address", "email address"),
    "ground": ("ground", "grounds", "basis"),
    "source": ("source", "evidence"),
    "date": ("date", "day"),
}
_FORM = "creator,ground,source,date (creator as platform:handle; or platform and handle; or address)"
_GROUNDS: Mapping[str, Basis] = NAMES | {str(basis): basis for basis in NAMES.values()}
_DAY = re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:[T ].*)?|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4})")
#: How tables of ours keep a spreadsheet from taking a cell for a formula.
_GUARDED = re.compile(r"'(?=[=+\-@\t\r\n＝＋－＠])")


@dataclass(frozen=True)
class Row:
    """One line: whom it is about (by account as written, by address, or both), which grounds, where and when."""

    line: int
    creator: str
    platform: str
    handle: str
    address: str
    basis: Basis
    evidence: str

    @property
    def who(self) -> str:
        """As the file has them."""
        return self.creator or ":".join(filter(None, (self.platform, self.handle))) or self.address


@dataclass(frozen=True)
class Unusable:
    """A line that was not recorded; `who` as the file has them."""

    line: int
    who: str
    why: str


@dataclass(frozen=True)
class Listed:
    """A whole file; `ignored` are columns that nothing was made of."""

    rows: tuple[Row, ...]
    unusable: tuple[Unusable, ...]
    ignored: tuple[str, ...]


def read(text: str, *, today: date) -> Listed:
    """Every line of the table. Raises BadInput where it is none, or lacks a column: then nothing of it can be used."""
    header, lines = _table(text)
    columns, ignored = _columns(header)
    rows: list[Row] = []
    unusable: list[Unusable] = []
    for number, cells in lines:
        told = {name: _plain(cells[at]) for name, at in columns.items() if at < len(cells)}
        made = (
            _row(number, told, today)
            if len(cells) <= len(header)
            else Unusable(number, told.get("creator", ""), "it has more cells than the first line has columns")
        )
        if isinstance(made, Row):
            rows.append(made)
        else:
            unusable.append(made)
    if not rows and not unusable:
        raise BadInput("The file has a first line but no rows.", next_step="Export it again.")
    return Listed(tuple(rows), tuple(unusable), ignored)


def _table(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """(the first line, the others with the number of the line on which each begins)."""
    first = text.lstrip("\ufeff\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader, begins = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter), 1
    found: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"Line {begins} of the file cannot be read as a table: {error}.") from None
    if not found:
        raise BadInput("The file is empty.", next_step=f"Its first line names the columns: {_FORM}")
    return found[0][1], found[1:]


def _columns(header: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    named = {heading: name for name, headings in _HEADINGS.items() for heading in headings}
    found: dict[str, int] = {}
    ignored: list[str] = []
    for at, cell in enumerate(header):
        name = named.get(" ".join(cell.casefold().replace("_", " ").split()))
        if name is None:
            ignored.append(cell.strip())
        elif name in found:
            raise BadInput(f"Two columns of the file are for the {name}: {header[found[name]]!r} and {cell!r}.",
                           next_step="Leave one of them out.")  # fmt: skip
        else:
            found[name] = at
    lacking = [name for name in ("ground", "source", "date") if name not in found]
    if not {"creator", "handle", "address"} & found.keys():
        lacking.insert(0, "creator")
    if lacking:
        raise BadInput(f"The file has no column for the {' and the '.join(lacking)}.",
                       next_step=f"Its first line names the columns: {_FORM}")  # fmt: skip
    return found, tuple(filter(None, ignored))


def _row(number: int, told: Mapping[str, str], today: date) -> Row | Unusable:
    creator, address = told.get("creator", ""), told.get("address", "")
    platform, handle = told.get("platform", ""), told.get("handle", "")
    if "@" in creator.lstrip("@") and "/" not in creator and ":" not in creator and not address:
        creator, address = "", creator
    if creator and platform and not handle:
        creator, handle = "", creator
    who = creator or ":".join(filter(None, (platform, handle))) or address
    wrong = "; ".join(_faults(told, who, creator if handle else "", today))
    if wrong:
        return Unusable(number, who, wrong)
    day = _day(told["date"])
    evidence = f"{told['source']}, {day}"
    return Row(number, creator, platform, handle, address, _GROUNDS[told["ground"].casefold()], evidence)


def _faults(told: Mapping[str, str], who: str, besides: str, today: date) -> Iterator[str]:
    ground, day = told.get("ground", ""), _day(told.get("date", ""))
    if not who:
        yield "nobody is named"
    if besides:
        yield "it names an account twice: as creator and as handle"
    if ground.casefold() not in _GROUNDS:
        yield f"{ground!r} are no grounds (use {', '.join(NAMES)})" if ground else "it names no grounds"
    if not told.get("source"):
        yield "nothing says where that was given or seen"
    if not told.get("date"):
        yield "nothing says when"
    elif day is None:
        yield f"{told['date']!r} is no day (use 2026-05-03 or 3.5.2026)"
    elif day > today:
        yield f"{day} is yet to come"


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(found[name] or found[f"{name}2"]) for name in ("y", "m", "d")))
    except ValueError:
        return None


def _plain(cell: str) -> str:
    """One line, without what guards it from being taken for a formula."""
    return _GUARDED.sub("", " ".join(cell.split()), count=1) if cell.startswith("'") else " ".join(cell.split())
