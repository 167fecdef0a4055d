"""The first rows of a file, before anything of it goes in: which preset reads it, or what a guess makes of it.

Reads the head of a file where that is enough, so that a large one is looked at in a moment; keeps nothing of it.
"""

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from core.errors import BadInput
from sourcing.columns import Mapping, field_called, is_sensitive, map_columns, plain
from sourcing.dates import Order
from sourcing.formats import stage
from sourcing.handles import account_at
from sourcing.presets import store
from sourcing.presets.applying import by_second_row
from sourcing.presets.guessing import PER_ACCOUNT, Guessed, guess, shown, with_order
from sourcing.presets.posts import holds_posts
from sourcing.presets.preset import Preset
from sourcing.presets.values import kinds_of
from sourcing.presets.wording import named
from sourcing.readers import Opened, unreadable
from sourcing.unpacked import shown_name, unpacked

_HEAD, _ROWS = 1024 * 1024, 200
#: A header may take two rows.
_ROWS_OF_A_BOOK = _ROWS + 2
#: What is no name of a column, as a year may be.
_NUMBER = re.compile(r"\d{5,}|\d{1,3}([., ]\d{3})+|\d+([.,]\d+)? ?([KkMm]|Tsd\.?|Mio\.?)")
#: How those begin of which the first lines say too little: JSON arrays, pages, workbooks, Parquet, UTF-16.
_WHOLE = (b"[", b"<", b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Look:
    """What is known of a file beforehand: the preset that recognises it; or, where it has none, what its columns are
    taken for. `plain`: its header has the words that are always understood, so nobody need be asked.
    `said`: the format, in words; `unusable`: what is wrong with presets that were passed over; `posts`: whether its
    rows are posts and not accounts."""

    file: Path
    header: tuple[str, ...]
    recognised: store.Found | None
    guessed: Guessed
    plain: bool
    header_row: int
    said: str
    unusable: tuple[str, ...] = ()
    posts: bool = False


def look(file: Path, home: Path, *, platform: str = "", sheet: str | None = None) -> Look:
    """Raises BadInput for a file that cannot be read."""
    with TemporaryDirectory(prefix="greenroom-") as place, duckdb.connect() as db:
        db.execute("set memory_limit = '256MB'; set threads = 1")
        opened = _opened(file, Path(place), sheet)
        try:
            opened, row = with_real_header(opened, db)
            header = opened.columns(db)
            presets, unusable = store.sound(home)
            recognised = store.recognised(presets, header)
            rows = _rows(opened, db, header)
        except duckdb.Error as error:
            raise unreadable(error, opened.file, opened.staged) from None
    if opened.staged.format == "csv" and recognised is None:
        _insist_on_header(file, header)
    guessed = guess(header, rows, file=file.name, platform=platform)
    plain_one = _is_plain(header, guessed, platform)
    posts = holds_posts(guessed, rows)
    return Look(file, tuple(header), recognised, guessed, plain_one, row, opened.staged.said, unusable, posts)


def with_days(look: Look, order: Order) -> Look:
    """The same, where a person said how days such as 03/04/2026 are meant."""
    return replace(look, guessed=with_order(look.guessed, "day first" if order == "dmy" else "month first"))


def with_real_header(opened: Opened, db: duckdb.DuckDBPyConnection) -> tuple[Opened, int]:
    """The table by the names in its second row, where the first holds titles of groups; and which row names it."""
    if opened.staged.format != "csv" or len(opened.staged.header) < 2:
        return opened, 1
    second = by_second_row(opened, db)
    names = [name for name in second.staged.header if not re.fullmatch(r"column \d+", name)]
    if _known(names) < 2 or _known(names) <= _known(opened.staged.header) or any(name.isdigit() for name in names):
        return opened, 1
    return second, 2


def preset_of(guessed: Guessed, look: Look, *, title: str) -> Preset:
    """A guess as a preset that recognises the same header again."""
    several = guessed.several
    used = [one for one in guessed.columns if one.field and not one.protected]
    apart = [one for one in used if several and one.platform and one.field in PER_ACCOUNT]
    columns = {one.field: (one.column,) for one in used if one not in apart}
    accounts = []
    for platform in dict.fromkeys(one.platform for one in apart if one.field == "handle"):
        own = {one.field.partition("_")[0]: (one.column,) for one in apart if one.platform == platform}
        accounts.append({"platform": platform} | own)
    if several:
        columns.pop("platform", None)
    units = {one.field: one.unit for one in used if one.unit in ("thousands", "millions", "share")}
    if any(one.field == "engagement_percent" for one in apart):
        units["engagement"] = "percent"
    return Preset.model_validate(
        {
            "title": title,
            "platform": guessed.platform or None if not guessed.of("platform") and not several else None,
            "columns": columns, "accounts": accounts, "units": units,
            "dates": next((one.unit for one in used if one.unit in ("day first", "month first")), ""),
            "never_read": tuple(one.column for one in guessed.columns if one.protected),
            "recognised_by": look.header, "exactly": True, "header": look.header_row,
        }
    )  # fmt: skip


def _opened(file: Path, place: Path, sheet: str | None) -> Opened:
    head = _head(file)
    if head is None:
        staged = stage(file, place, on_bytes=lambda _count: None, sheet=sheet, rows=_ROWS_OF_A_BOOK)
        return Opened(shown_name(file), staged)
    (place / "head").mkdir()
    short = place / "head" / file.name
    short.write_bytes(head)
    try:
        return Opened(shown_name(file), stage(short, place, on_bytes=lambda _count: None, sheet=sheet))
    except BadInput as error:
        raise BadInput(error.message.replace(str(short), shown_name(file)), next_step=error.next_step) from None


def _head(file: Path) -> bytes | None:
    """The first whole lines of a table or of JSON lines; None for whatever has to be read as a whole."""
    try:
        with unpacked(file) as (stream, _):
            head = stream.read(_HEAD)
    except (OSError, EOFError, zlib.error):
        return None  # staging says what is wrong with it
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if len(head) < _HEAD or start.startswith(_WHOLE) or b"\0" in head[:4096]:
        return None
    if start[:1] == b"{":
        try:
            json.loads(start.partition(b"\n")[0])
        except ValueError:
            return None
    end = head.rfind(b"\n") + 1
    return head[:end] if end else None


def _rows(opened: Opened, db: duckdb.DuckDBPyConnection, header: Sequence[str]) -> list[dict[str, str]]:
    columns = [column for column in header if not is_sensitive(column)]
    if not columns:
        return []
    relation = opened.relation(Mapping({f"c{n}": column for n, column in enumerate(columns)}, (), ()))
    first = f"select * exclude (line, problem) from ({relation}) where problem is null limit {_ROWS}"
    return [dict(zip(columns, map(_text, row), strict=True)) for row in db.execute(first).fetchall()]


def _text(value: object) -> str:
    said = "" if value is None else str(value)[:2_000]
    # Objects may hold what may not be read.
    return "{…}" if said[:1] in ("{", "[") and "{" in said else said


def _comes_again(column: str) -> bool:
    """Whether it is the second of its name, and that is one that is understood: the values say which is meant."""
    again = re.fullmatch(r"(.+) \(\d+\)", column)
    return again is not None and bool(field_called(plain(again[1])))


def _known(cells: Sequence[str]) -> int:
    return sum(named(cell).how in ("exact", "close") for cell in cells if cell)


def _insist_on_header(file: Path, header: Sequence[str]) -> None:
    """Raise BadInput where the first row is one of a person already."""
    for cell in header:
        account = account_at(cell) or (kinds_of([cell])[:1] in (("email",), ("@handle",)) and not named(cell).field)
        if account or _NUMBER.fullmatch(cell):
            what = "an account" if account else "a number"
            raise BadInput(
                f"{file.name} has no header: {shown(cell)!r} in its first row is {what} already, not a column's name.",
                next_step="Write a row above it that says what the columns are, such as: handle,followers",
            )


def _is_plain(header: Sequence[str], guessed: Guessed, platform: str) -> bool:
    """Whether the importer understands the header by itself: account, followers, and the platform somehow."""
    meant = {field_called(plain(column)) for column in header if not is_sensitive(column)}
    if not {"handle", "followers"} <= meant or any(map(_comes_again, header)):
        return False
    told = platform or "platform" in meant or (guessed.of("handle") and "platform" not in guessed.missing
                                                and not guessed.platform)  # fmt: skip
    return bool(told) and "handle" in map_columns(list(header), file="", platform=platform or "x").fields
