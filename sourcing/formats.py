"""What a file really is, by its content, and a clean local copy of it that can be read in columns.

Owns sizes, encodings and broken lines; knows nothing of creators. Memory stays at a few MiB whatever the file.
"""

import gzip
import shutil
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.errors import BadInput
from sourcing.encodings import AsUtf8, encoding_of
from sourcing.foreign import AS_CSV, is_foreign, refuse_foreign
from sourcing.headers import header_of
from sourcing.quotes import WholeRows
from sourcing.unpacked import CHUNK, Ahead, shown_name, unpacked

LONGEST_LINE = 4 * 1024 * 1024
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
    unit: str = "line"

    @property
    def place(self) -> str:
        """ "line 12", or "item 3" where the file is one JSON array."""
        return f"{self.unit} {self.line}"


@dataclass
class Staged:
    """A clean copy: valid UTF-8, LF line ends, no over-long line. A CSV row has the number of its first line in front;
    in JSON lines a refused one is left empty so that numbers stay true. What was a table of another kind is CSV here;
    `said` tells a person what it was, `unit` what its rows are counted in."""

    path: Path
    format: Format
    said: str = ""
    unit: str = "line"
    header: list[str] = field(default_factory=list)
    delimiter: str = ","
    rejects: list[Reject] = field(default_factory=list)
    rejected_lines: int = 0


MOST_REJECTS_KEPT = 10_000


def stage(
    file: Path, folder: Path, *, on_bytes: Callable[[int], None], sheet: str | None = None, rows: int | None = None
) -> Staged:
    """Copy `file` into `folder`, unpacked and clean. Raises BadInput that says what the file is instead.

    `on_bytes` gets the number of bytes of the original read so far. `sheet` names the one to read of a workbook;
    without it, it is the first that holds a table. `rows`: a workbook or a page is read no further than so many.
    """
    shown = shown_name(file)
    try:
        with unpacked(file) as (stream, raw), ExitStack() as stack:
            whole = Ahead(shown, stream, lambda: on_bytes(raw.tell()))
            return _copy(shown, _as_text(shown, whole, folder, (sheet, rows), stack), folder / "staged")
    except FileNotFoundError:
        raise BadInput(f"There is no file {shown}.") from None
    except PermissionError:
        raise BadInput(f"{shown} may not be read.", next_step="Change its permissions.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(f"{shown} is a damaged or cut gzip file ({error}).", next_step="Fetch it again.") from None


@dataclass(frozen=True)
class _Text:
    """A file on its way, as UTF-8 or Parquet; what it was before, where that was something else."""

    whole: Ahead
    said: str = ""
    rows: bool = False


def _as_text(shown: str, whole: Ahead, folder: Path, part: tuple[str | None, int | None], stack: ExitStack) -> _Text:
    """`part`: which sheet of a workbook, and how many rows of it."""
    from sourcing.tabular import as_csv, is_tabular  # workbooks and pages alone need what it loads

    head = whole.peek()
    if is_tabular(head):
        table = folder / "table"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the library, about parts that are not read
            said = as_csv(whole, head, folder, table, shown=shown, sheet=part[0], most=part[1])
        return _Text(Ahead(shown, stack.enter_context(table.open("rb")), lambda: None), said, rows=True)
    if is_foreign(head):
        return _Text(whole)
    if part[0] is not None:
        raise BadInput(f"{shown} is no workbook: it has no sheets, so it has none called {part[0]!r}.",
                       next_step="Leave --sheet out.")  # fmt: skip
    if head.startswith(b"PAR1"):
        return _Text(whole)
    codec, said = encoding_of(head)
    if codec == "utf-8":
        return _Text(whole)
    return _Text(Ahead(shown, AsUtf8(whole, codec), lambda: None), said)


def _copy(shown: str, text: _Text, target: Path) -> Staged:
    whole = text.whole
    head = whole.peek()
    kind = _format_of(shown, head)
    staged = Staged(target, kind, unit="row" if text.rows else "item" if kind == "json array" else "line")
    staged.said = text.said if text.rows else f"{kind} in {text.said}" if text.said else kind
    with target.open("wb") as out:
        if kind in ("parquet", "json array"):
            shutil.copyfileobj(whole, out, CHUNK)
            return staged
        whole.lines_end_in_cr = b"\r" in head and b"\n" not in head
        if kind == "jsonl":
            _copy_lines(shown, whole, out.write, staged)
            return staged
        staged.delimiter, staged.header, lines = header_of(shown, whole.peek(), marks="," if text.rows else ",;\t|")

        def refuse(line: int, _: bytes, why: str, count: int) -> None:
            staged.rejected_lines += count - 1
            _refuse(
                staged, Reject(shown, line, "", why + (f" ({count:,} lines)" if count > 1 else ""), "", staged.unit)
            )

        rows = WholeRows(out, refuse, delimiter=staged.delimiter, columns=len(staged.header), header_lines=lines)
        _copy_lines(shown, whole, rows.write, staged)
        rows.finish()
    return staged


def _format_of(file: str, head: bytes) -> Format:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise BadInput(f"{file} is empty.", next_step="Export it again with a header and rows.")
    if head[:4] == b"PAR1":
        return "parquet"
    refuse_foreign(file, head)
    if text[:1] == b"{" or _mostly_objects(text):
        return "jsonl"
    if text[:1] == b"[":
        return "json array"
    if text[:1] == b"<":
        raise BadInput(f"{file} is a web page or XML without a table.", next_step=AS_CSV)
    return "csv"


def _mostly_objects(text: bytes) -> bool:
    """JSON lines whose first is broken: of the next twenty more than half are an object each."""
    lines = [line.strip() for line in text.splitlines()[1:21] if line.strip()]
    return sum(line[:1] == b"{" and line[-1:] == b"}" for line in lines) > len(lines) / 2


def _copy_lines(shown: str, source: Ahead, write: Callable[[bytes], object], staged: Staged) -> None:
    line = 1
    for block, too_long in _blocks(source):
        if line == 1:
            block = block.removeprefix(b"\xef\xbb\xbf")
        if too_long:
            _refuse(staged, Reject(shown, line, "", f"line of more than {LONGEST_LINE >> 20} MiB", ""))
            block = b"\n"
        elif _fault(block, staged.format):
            block = _without_bad_lines(shown, block, (line, staged))
        if b"\r" in block:
            # What is left of them stands inside a line, where it would end one.
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b" ")
        write(block)
        line += block.count(b"\n")


def _blocks(source: Ahead) -> Iterator[tuple[bytes, bool]]:
    """Runs of whole lines; an over-long line comes as (nothing, True)."""
    rest = b""
    skipping = False
    while chunk := source.read(CHUNK):
        if skipping:
            end = chunk.find(b"\n")
            if end < 0:
                continue
            chunk, skipping = chunk[end + 1 :], False
        rest += chunk
        if len(rest) > LONGEST_LINE and (end := rest.find(b"\n")) > LONGEST_LINE:
            yield b"", True
            rest = rest[end + 1 :]
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield rest[:cut], False
            rest = rest[cut:]
        if len(rest) > LONGEST_LINE:
            yield b"", True
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


def _without_bad_lines(shown: str, block: bytes, place: tuple[int, Staged]) -> bytes:
    first, staged = place
    kept = []
    for offset, line in enumerate(block.split(b"\n")):
        if reason := _fault(line, staged.format):
            _refuse(staged, Reject(shown, first + offset, "", reason, ""))
            line = b""
        kept.append(line)
    return b"\n".join(kept)


def _refuse(staged: Staged, reject: Reject) -> None:
    """Count a line that is lost. Its text is not kept: nobody can tell which of its cells may be shown."""
    staged.rejected_lines += 1
    if len(staged.rejects) < MOST_REJECTS_KEPT:
        staged.rejects.append(reject)
