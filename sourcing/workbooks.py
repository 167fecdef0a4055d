"""Rows of Excel workbooks that somebody sends us, one after the other, as text. Owns which sheet, and what a cell says.

Memory stays bounded whatever the size: the texts that cells share lie on disk. Knows nothing of creators; writing
workbooks is `workbook`'s.
"""

import re
import zipfile
import zlib
from array import array
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, Self, overload
from xml.etree.ElementTree import Element, ParseError

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.cell.text import Text
from openpyxl.reader.excel import SHARED_STRINGS, ExcelReader
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from core.errors import BadInput
from sourcing.headers import Row, below_title

#: A profile has some thirty fields; a sheet with more columns is no list of creators.
MOST_COLUMNS = 1_000
#: Spreadsheets pack 10 to 30 fold. Only what unpacks to more than `_SMALL` is held to the ratio.
_MOST_RATIO, _SMALL, _MOST_UNPACKED = 120, 50_000_000, 6_000_000_000
_MOST_PARTS = 5_000
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
#: Where a declaration may stand: before the first element, after comments at most.
_PROLOGUE = 64 * 1024
#: How a workbook writes characters that XML cannot hold.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SAVE_AGAIN = "Open it in Excel and save it as .xlsx or CSV."
#: What the library says of a workbook that is not as it should be: it has no error of its own.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError,
    NotImplementedError, IndexError, RuntimeError, OverflowError,
)  # fmt: skip


@contextmanager
def open_sheet(
    stream: IO[bytes], folder: Path, *, shown: str, sheet: str | None = None
) -> Iterator[tuple[str, Iterator[Row]]]:
    """(what is read, its rows with their numbers from 1) of the first sheet with a table, or of the one named.

    `folder` is for what must lie on disk meanwhile. Raises BadInput, also while the rows are read, where the file is
    no workbook, is damaged, or would unpack to far more than it should.
    """
    with ExitStack() as stack:
        try:
            with zipfile.ZipFile(stream) as archive:
                _check(archive, shown)
            book = _Book(stream, folder, stack)
            book.read()
            chosen = _chosen(book, shown, sheet)
        except BadInput:
            raise
        except _BROKEN as error:
            raise _damaged(shown, error) from None
        yield chosen


def _check(archive: zipfile.ZipFile, shown: str) -> None:
    """Refuse what is no workbook, and what is made to harm whoever opens it."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        what, step = _other(names)
        raise BadInput(f"{shown} is {what}, not an Excel workbook.", next_step=step)
    if any(name.endswith(".bin") and name.startswith("xl/workbook") for name in names):
        raise BadInput(f"{shown} is a binary workbook (.xlsb), which is not read.", next_step=_SAVE_AGAIN)
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    too_much = unpacked > _SMALL and unpacked > _MOST_RATIO * max(packed, 1)
    if too_much or len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED:
        raise BadInput(f"{shown} would unpack to {unpacked / 1e9:,.1f} GB in {len(parts):,} parts: no honest workbook "
                       "does, and it was not opened.", next_step="Ask whoever sent it for a CSV.")  # fmt: skip
    for part in parts:
        if part.flag_bits & 1:
            raise BadInput(f"{shown} is protected with a password.", next_step="Save it without one.")
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if _DECLARATION.search(stream.read(_PROLOGUE)):
                    raise BadInput(f"{shown} declares entities, which no workbook needs; it was not opened.",
                                   next_step="Ask whoever sent it for a CSV.")  # fmt: skip


def _other(names: set[str]) -> tuple[str, str]:
    """What a zip with these parts is, and what to do with it."""
    if "mimetype" in names:
        return "an OpenDocument file", _SAVE_AGAIN
    if any(name.endswith(".iwa") for name in names):
        return "a document of Apple's Numbers, Pages or Keynote", "In Numbers: File, Export To, CSV or Excel."
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        return "a Word or PowerPoint document", "Copy the table in it to a sheet and save that as CSV."
    return "a zip archive", "Unpack it and import the files in it."


def _chosen(book: "_Book", shown: str, wanted: str | None) -> tuple[str, Iterator[Row]]:
    sheets = [sheet for sheet in book.wb.worksheets if sheet.sheet_state == "visible" or sheet.title == wanted]
    titles = [sheet.title for sheet in sheets]
    if wanted is not None and wanted not in titles:
        listed = ", ".join(repr(title) for title in titles[:20])
        raise BadInput(f"{shown} has no sheet {wanted!r}.", next_step=f"Its sheets are {listed}.")
    for sheet in sheets:
        if wanted not in (None, sheet.title):
            continue
        # Some programs write down a size that is not the sheet's; without one every row is read.
        sheet.reset_dimensions()
        with closing(_rows(sheet, shown)) as first_rows:
            is_it = wanted is not None or _has_a_table(first_rows)
        if is_it:
            others = [title for title in titles if title != sheet.title]
            more = f"; not {', '.join(map(repr, others[:5]))}" if others else ""
            return f"Excel, sheet {sheet.title!r}{more}", below_title(_rows(sheet, shown))
    raise BadInput(f"{shown} has no sheet with rows in it.", next_step="Export it again with a header and rows.")


def _has_a_table(rows: Iterator[Row]) -> bool:
    filled = 0
    for number, cells in rows:
        filled += sum(map(bool, cells)) > 1
        if filled > 1 or number > 1_000:
            break
    return filled > 1


def _rows(sheet: Any, shown: str) -> Generator[Row, None, None]:
    try:
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            # Cells far to the right may have a colour and nothing in them.
            if any(cell.value is not None for cell in cells[MOST_COLUMNS:]):
                raise BadInput(f"{shown}, row {number}, has more than {MOST_COLUMNS:,} columns.", next_step=_SAVE_AGAIN)
            yield number, [_said(cell) for cell in cells[:MOST_COLUMNS]]
    except BadInput:
        raise
    except _BROKEN as error:
        raise _damaged(shown, error) from None


def _said(cell: Any) -> str:
    """What a cell says, as it would stand in a CSV file: never a formula, only what it came to."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, str):
        if "_x" in value:
            value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        return " ".join(value.split("\n")).replace("\r", " ") if "\n" in value or "\r" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, percent="%" in _format(cell))
    if isinstance(value, datetime):
        bare = value.time() == time()  # a day is kept as its midnight
        return value.date().isoformat() if bare else value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date | time) else _length(value)


def _format(cell: Any) -> str:
    # Cells without a format of their own, most by far, are told apart without looking it up.
    return str(cell.number_format) if isinstance(cell, ReadOnlyCell) and cell._style_id else ""


def _number(value: float, *, percent: bool) -> str:
    # Excel keeps 15 digits; what is beyond them is the machine's.
    if percent:
        return f"{value * 100:.15g}%"
    return str(value) if isinstance(value, int) else f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"


def _length(value: object) -> str:
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)


def _damaged(shown: str, error: Exception) -> BadInput:
    words = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
    return BadInput(f"{shown} is a damaged Excel workbook ({words}).", next_step=_SAVE_AGAIN)


class _Book(ExcelReader):  # type: ignore[misc] # the library has no types
    """The library's reader, with the texts that cells share on disk: a million bios would fill the memory."""

    def __init__(self, stream: IO[bytes], folder: Path, stack: ExitStack) -> None:
        super().__init__(stream, read_only=True, data_only=True, keep_links=False)
        self._folder, self._stack = folder, stack
        stack.enter_context(self.archive)

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as stream:
                self.shared_strings = self._stack.enter_context(_OnDisk(_texts(stream), self._folder / "texts"))

    # Nothing of these is read; parts that are broken or huge must not stop an import.
    def read_properties(self) -> None:
        pass

    def read_custom(self) -> None:
        pass

    def read_theme(self) -> None:
        pass


def _texts(stream: IO[bytes]) -> Iterator[str]:
    root: Element | None = None
    for event, element in iterparse(stream, events=("start", "end")):
        if root is None:
            root = element
        elif event == "end" and element.tag == f"{{{SHEET_MAIN_NS}}}si":
            yield Text.from_tree(element).content
            root.clear()


class _OnDisk(Sequence[str]):
    """Texts by number, of which only where each begins is in memory."""

    def __init__(self, texts: Iterable[str], path: Path) -> None:
        self._starts = array("Q", [0])
        with path.open("wb") as out:
            for text in texts:
                self._starts.append(self._starts[-1] + out.write(text.encode("utf-8", "replace")))
        self._stream = path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(f"a cell names text {at} of {len(self)}")
        start, end = self._starts[at], self._starts[at + 1]
        self._stream.seek(start)
        return self._stream.read(end - start).decode()
