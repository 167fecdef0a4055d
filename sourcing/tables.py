"""CSV cells that a spreadsheet cannot take for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO

# The wide forms as well: spreadsheets in East Asia read them as the plain ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> object:
    """Text that could start a formula gets a leading quote (OWASP, CSV injection); numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def write_rows(stream: IO[bytes], rows: Iterable[Sequence[object]]) -> None:
    """UTF-8 with CRLF, as RFC 4180 has it."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()
