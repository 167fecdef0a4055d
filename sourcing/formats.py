"""What a file really is, by its content, and a clean local copy of it that can be read in columns.

Owns gzip, sizes, encodings and broken lines; knows nothing of creators. Memory stays at a few MiB whatever the file.
"""

import csv
import gzip
import io
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, cast

from core.errors import BadInput
from sourcing.quotes import WholeRows

LONGEST_LINE = 4 * 1024 * 1024
_CHUNK = 1024 * 1024
_SHOWN = 200
_MOST_BRACKETS = 100_000

Format = Literal["csv", "jsonl", "json array", "parquet"]


@dataclass(frozen=True)
class Reject:
    """One row, or one value of it, that did not go in."""

    file: str
    line: int
    column: str
    reason: str
    raw: str


@dataclass
class Staged:
    """A clean copy: valid UTF-8, LF line ends, no over-long line; a refused line is left empty so numbers stay true."""

    path: Path
    format: Format
    header: list[str] = field(default_factory=list)
    delimiter: str = ","
    rejects: list[Reject] = field(default_factory=list)
    rejected_lines: int = 0


MOST_REJECTS_KEPT = 10_000
_OPEN_QUOTE = "has a quote that is not closed, or is longer than 1 MiB"


def stage(file: Path, folder: Path, *, on_bytes: Callable[[int], None]) -> Staged:
    """Copy `file` into `folder`, unpacked and clean. Raises BadInput that says what the file is instead.

    `on_bytes` gets the number of bytes of the original read so far.
    """
    if file.exists() and not file.is_file():
        raise BadInput(f"{file} is a folder or a device, not a file.", next_step="Name the files inside it.")
    try:
        with _unpacked(file) as (stream, raw):
            head = stream.read(_CHUNK)
            kind = _format_of(file, head)
            staged = Staged(folder / "staged", kind)
            with staged.path.open("wb") as out:
                whole = _Ahead(head, stream, lambda: on_bytes(raw.tell()))
                if kind in ("parquet", "json array"):
                    shutil.copyfileobj(whole, out, _CHUNK)
                else:
                    _copy_lines(file, whole, out, staged)
    except FileNotFoundError:
        raise BadInput(f"There is no file {file}.") from None
    except PermissionError:
        raise BadInput(f"{file} may not be read.", next_step="Change its permissions.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(f"{file} is a damaged or cut gzip file ({error}).", next_step="Fetch it again.") from None
    if kind == "csv":
        staged.delimiter, staged.header = _header(file, staged.path)
    return staged


@contextmanager
def _unpacked(file: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    with file.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield raw, raw
            return
        with gzip.GzipFile(fileobj=raw) as stream:
            yield cast(IO[bytes], stream), raw


class _Ahead(io.RawIOBase):
    """A stream whose first bytes were read already; tells how far it is after each chunk."""

    def __init__(self, head: bytes, rest: IO[bytes], tell: Callable[[], None]) -> None:
        self._head, self._rest, self._tell = head, rest, tell

    def read(self, size: int = -1) -> bytes:
        chunk, self._head = self._head or self._rest.read(size), b""
        self._tell()
        return chunk


def _format_of(file: Path, head: bytes) -> Format:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise BadInput(f"{file} is empty.", next_step="Export it again with a header and rows.")
    if head[:4] == b"PAR1":
        return "parquet"
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise BadInput(f"{file} is {what}, not CSV, JSON lines or Parquet.", next_step="Export it as CSV.")
    if head[:4096].count(0) > len(head[:4096]) // 10:
        raise BadInput(f"{file} is binary or UTF-16 text, which is not read.", next_step="Save it as UTF-8 CSV.")
    if text[:1] == b"{":
        return "jsonl"
    if text[:1] == b"[":
        return "json array"
    if text[:1] == b"<":
        raise BadInput(f"{file} is a web page or XML, not CSV, JSON lines or Parquet.", next_step="Export it as CSV.")
    return "csv"


_FOREIGN = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"SQLite format 3": "an SQLite database",
    b"\x1f\x8b": "packed twice with gzip",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
}


def _copy_lines(file: Path, source: _Ahead, out: IO[bytes], staged: Staged) -> None:
    rows = WholeRows(out, lambda at, raw: _refuse(staged, Reject(str(file), at, "", _OPEN_QUOTE, _shown(raw))))
    write = rows.write if staged.format == "csv" else out.write
    line = 1
    for block, too_long in _blocks(source):
        if line == 1:
            block = block.removeprefix(b"\xef\xbb\xbf")
        if too_long:
            _refuse(staged, Reject(str(file), line, "", f"line of more than {LONGEST_LINE >> 20} MiB", _shown(block)))
            block = b"\n"
        elif _fault(block, staged.format):
            block = _without_bad_lines(file, block, (line, staged))
        block = block.replace(b"\r\n", b"\n")
        if b"\n" not in block and b"\r" in block:
            block = block.replace(b"\r", b"\n")
        write(block)
        line += block.count(b"\n")
    rows.finish()


def _blocks(source: _Ahead) -> Iterator[tuple[bytes, bool]]:
    """Runs of whole lines; an over-long line comes as (its start, True) and the rest of it is skipped."""
    rest = b""
    skipping = False
    while chunk := source.read(_CHUNK):
        if skipping:
            end = chunk.find(b"\n")
            if end < 0:
                continue
            chunk, skipping = chunk[end + 1 :], False
        rest += chunk
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield rest[:cut], False
            rest = rest[cut:]
        if len(rest) > LONGEST_LINE:
            yield rest[:_SHOWN], True
            rest, skipping = b"", True
    if rest:
        yield rest, False


def _fault(block: bytes, kind: Format) -> str | None:
    """What is wrong with these lines, without saying with which."""
    try:
        block.decode()
    except UnicodeDecodeError:
        return "not valid UTF-8"
    if b"\0" in block or (kind == "jsonl" and b"\x1f" in block):
        return "holds control characters"
    # A line that is nothing but brackets takes hundreds of MiB to parse.
    if kind == "jsonl" and block.count(b"[") + block.count(b"{") > _MOST_BRACKETS:
        return "is nested too deep"
    return None


def _without_bad_lines(file: Path, block: bytes, place: tuple[int, Staged]) -> bytes:
    first, staged = place
    kept = []
    for offset, line in enumerate(block.split(b"\n")):
        if reason := _fault(line, staged.format):
            _refuse(staged, Reject(str(file), first + offset, "", reason, _shown(line)))
            line = b""
        kept.append(line)
    return b"\n".join(kept)


def _refuse(staged: Staged, reject: Reject) -> None:
    staged.rejected_lines += 1
    if len(staged.rejects) < MOST_REJECTS_KEPT:
        staged.rejects.append(reject)


def _shown(line: bytes) -> str:
    return line[:_SHOWN].decode(errors="replace").strip()


def _header(file: Path, path: Path) -> tuple[str, list[str]]:
    """(delimiter, column names): the delimiter that splits the first row into the most columns."""
    with path.open(encoding="utf-8", newline="") as stream:
        start = stream.read(65_536).lstrip("\n")
    try:
        rows = {mark: next(csv.reader(io.StringIO(start), delimiter=mark), [""]) for mark in ",;\t|"}
    except csv.Error as error:
        raise BadInput(f"The first row of {file} is not a CSV header: {error}.") from None
    delimiter = max(rows, key=lambda mark: len(rows[mark]))
    names: list[str] = []
    for number, name in enumerate(rows[delimiter], start=1):
        name = name.strip() or f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return delimiter, names
