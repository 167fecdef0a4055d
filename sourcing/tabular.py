"""Tables that are no text: workbooks, and pages that hold one. Writes each as CSV, one line for each row of the sheet.

Owns how a row becomes a line: blank rows stay, so that a line's number is its row's, and cells that a row leaves out at
its end are empty. Knows nothing of creators.
"""

import csv
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from core.errors import BadInput
from sourcing.headers import Row
from sourcing.unpacked import CHUNK, Ahead
from sourcing.webtables import is_table, table_rows
from sourcing.workbooks import open_sheet

_ZIP = b"PK\x03\x04"
_MARK = b"\xef\xbb\xbf"


def is_tabular(head: bytes) -> bool:
    """Whether a file that begins so is a zip, which a workbook is, or a page or XML with a table."""
    return head.startswith(_ZIP) or (head.removeprefix(_MARK).lstrip()[:1] == b"<" and is_table(head))


def as_csv(
    whole: Ahead, head: bytes, folder: Path, target: Path, *, shown: str, sheet: str | None, most: int | None
) -> str:
    """Write the rows, or the first `most` that hold something, to `target`, and return what they were, for a person.

    Raises BadInput where the file is damaged, or made to harm whoever opens it.
    """
    original = folder / "original"
    with original.open("wb") as out:  # a workbook is read from its end; a pipe or gzip cannot be
        shutil.copyfileobj(whole, out, CHUNK)
    with ExitStack() as stack:
        stream = stack.enter_context(original.open("rb"))
        if head.startswith(_ZIP):
            said, rows = stack.enter_context(open_sheet(stream, folder, shown=shown, sheet=sheet))
        elif sheet is not None:
            raise BadInput(f"{shown} is a page or Excel's XML of 2003, of which the first table is read: none by name.",
                           next_step="Leave --sheet out, or save it in Excel as .xlsx.")  # fmt: skip
        else:
            said, rows = table_rows(stream, head, shown=shown)
        _write(rows, target, most)
    original.unlink()
    return said


def _write(rows: Iterable[Row], target: Path, most: int | None) -> None:
    with target.open("w", encoding="utf-8", errors="replace", newline="") as out:
        written, line, width, filled = csv.writer(out, lineterminator="\n"), 1, 0, 0
        for number, cells in rows:
            out.write("\n" * (number - line))
            line = number + 1
            said = [one.replace("\n", " ").replace("\r", " ").replace("\0", "") for one in cells]
            while len(said) > width and not said[-1]:
                said.pop()
            if any(said):
                filled += 1
                width = width or len(said)  # the first row is the header
                written.writerow(said + [""] * (width - len(said)))
                if filled == most:
                    break
            else:
                out.write("\n")
