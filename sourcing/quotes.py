"""Where the rows of a CSV file end. A quote opens a cell only at its start; one that is not closed costs its own line.

Hands each row on with the number of its first line before it, so that every line of the file is either part of a row
or refused by number. Reads no value; memory stays at a few MiB.
"""

import re
from collections.abc import Callable
from itertools import count
from typing import IO

from core.errors import BadInput

LONGEST_ROW = 1024 * 1024
OPEN_QUOTE = "has a quote that is not closed, or is longer than 1 MiB"
AFTER_QUOTE = "has text after a closing quote"
SWALLOWED = "holds rows of their own inside a quote: a quote before them is not closed"
# Reading on after each open quote may look at the same bytes again; no honest file comes near this.
_MOST_READ_AGAIN = 1 << 30

Refuse = Callable[[int, bytes, str, int], None]


class WholeRows:
    """Writes whole rows on, each with its line number in front. `refuse` gets (line, its bytes, why, how many lines).

    A row over several lines is believed only where its quotes close as they should and it has as many cells as the
    header; else its first line alone is refused and reading goes on at the next.
    """

    def __init__(self, out: IO[bytes], refuse: Refuse, *, delimiter: str, columns: int, header_lines: int) -> None:
        mark = re.escape(delimiter.encode())
        self._out, self._refuse, self._delimiter = out, refuse, delimiter.encode()
        self._columns, self._skip, self._line = columns, header_lines, 1
        self._waiting, self._read_again = b"", 0
        quoted = rb'"[^"\n]*+(?:""[^"\n]*+)*+"'
        self._on_one_line = re.compile(
            rb"(?:%s|(?!\")[^%s\n]*+)(?:%s(?:%s|(?!\")[^%s\n]*+))*+" % (quoted, mark, mark, quoted, mark)
        )
        self._quoted = re.compile(rb'"[^"]*+(?:""[^"]*+)*+"')
        self._plain = re.compile(rb"[^%s\n]*+" % mark)

    def write(self, block: bytes) -> None:
        """Take more lines, all of them whole."""
        if self._skip:
            block = self._without_header(block)
        if not block:
            return
        if self._waiting or b'"' in block or len(block) > LONGEST_ROW:
            lines = self._waiting + block
            self._waiting = lines[self._by_row(lines, at_end=False) :]
        else:
            self._pass_on(block)

    def finish(self) -> None:
        """No more lines come."""
        last, self._waiting = self._waiting, b""
        self._by_row(last, at_end=True)

    def _without_header(self, block: bytes) -> bytes:
        place = 0
        while self._skip:
            place = block.find(b"\n", place) + 1
            self._skip -= 1
            self._line += 1
            if not place:
                self._skip = 0
                return b""
        return block[place:]

    def _pass_on(self, lines: bytes) -> None:
        """Lines that are a row each; blank ones are none, and neither are those of empty cells."""
        mark, empty = self._delimiter, b" " + self._delimiter
        rows = lines.removesuffix(b"\n").split(b"\n")
        self._out.write(
            b"".join([b"%d%b%b\n" % (n, mark, row) for n, row in zip(count(self._line), rows) if row.strip(empty)])
        )
        self._line += len(rows)

    def _by_row(self, lines: bytes, *, at_end: bool) -> int:
        """Pass on or refuse what is whole; returns where the rest begins."""
        start, plain_from = 0, 0
        while start < len(lines):
            end = lines.find(b"\n", start)
            end = len(lines) if end < 0 else end
            if end - start <= LONGEST_ROW and self._on_one_line.fullmatch(lines, start, end):
                start = end + 1
                continue
            if plain_from < start:
                self._pass_on(lines[plain_from:start])
            stop, why, cells = self._row_end(lines, start)
            if why == OPEN_QUOTE and not at_end and len(lines) - start <= LONGEST_ROW and end - start <= LONGEST_ROW:
                return start
            start = plain_from = self._settle(lines, (start, end, stop), why, cells)
        if plain_from < len(lines):
            self._pass_on(lines[plain_from:])
        return len(lines)

    def _row_end(self, lines: bytes, start: int) -> tuple[int, str, list[tuple[int, int]]]:
        """(where the row ends, why it is none or '', its cells as far as they were read)."""
        cells: list[tuple[int, int]] = []
        place = start
        while True:
            quoted = lines[place : place + 1] == b'"'
            cell = (self._quoted if quoted else self._plain).match(lines, place)
            if cell is None or cell.end() - start > LONGEST_ROW:
                return cell.end() if cell else len(lines), OPEN_QUOTE, cells
            place = cell.end()
            cells.append(cell.span())
            after = lines[place : place + 1]
            if after in (b"\n", b""):
                return place, "", cells
            if after != self._delimiter:
                return place, AFTER_QUOTE, cells
            place += 1

    def _settle(self, lines: bytes, row: tuple[int, int, int], why: str, cells: list[tuple[int, int]]) -> int:
        """Pass the row on, or refuse what of it is lost; returns where reading goes on."""
        start, end, stop = row
        inside = lines.count(b"\n", start, stop)
        if not why and inside and len(cells) != self._columns:
            why = OPEN_QUOTE
        if not why and inside and self._holds_rows(lines, cells):
            self._refuse(self._line, lines[start:end], SWALLOWED, inside + 1)
        elif not why:
            self._out.write(b"%d%b%b\n" % (self._line, self._delimiter, lines[start:stop]))
        else:
            self._read_again += stop - start
            if self._read_again > _MOST_READ_AGAIN:
                raise BadInput(f"Too many quotes are not closed, the latest in line {self._line}.")
            why = OPEN_QUOTE if why == AFTER_QUOTE and inside else why
            self._refuse(self._line, lines[start:end], why, 1)
            self._line += 1
            return end + 1
        self._line += inside + 1
        return stop + 1

    def _holds_rows(self, lines: bytes, cells: list[tuple[int, int]]) -> bool:
        """Whether a line inside a cell looks like this row: as many cells, and figures in the same columns."""
        figures = [place for place, (start, end) in enumerate(cells) if lines[start:end].strip(b'"').isdigit()]
        if not figures:
            return False
        for number, (start, end) in enumerate(cells):
            inner = lines[start:end].split(b"\n")[1:]
            if number == 0 and inner:
                # The end of a first cell and the cells after it are as many as those of a row.
                inner.pop()
            elif inner:
                line_end = lines.find(b"\n", end)
                inner[-1] += lines[end : line_end if line_end >= 0 else len(lines)]
            for line in inner:
                found = line.split(self._delimiter)
                if len(found) == self._columns and all(found[place].isdigit() for place in figures):
                    return True
        return False
