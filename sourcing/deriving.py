"""What is derived from the profiles of a segment: their lines of JSON, their numbers, their words. Block by block.

Owns the expressions behind the numbers. Everything here can be made again from profiles.parquet, and from the same
profiles it comes out the same to the byte.
"""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from sourcing.arrays import ArrayFile, save_array
from sourcing.indexing import build_block, cut_blocks, join_blocks
from sourcing.profiles import PLATFORMS
from sourcing.readers import text
from sourcing.rows import ENDS, KEY, known_sql, line_sql
from sourcing.segments import CODED, RECORDS
from sourcing.signals import SIGNALS
from sourcing.stored import stored_rows
from sourcing.wordcounts import NO_WORDS, Words
from sourcing.words import FIELDS

RECORD, NUMBER, WORD = "records", "numbers", "words"
ALL_PARTS = frozenset({RECORD, NUMBER, WORD})
#: Bytes of text, told by the headers of strings alone.
TEXT_SIZE = (
    "strlen(handle) + coalesce(strlen(name), 0) + coalesce(strlen(bio), 0) + "
    "coalesce(list_sum(list_transform(hashtags, lambda t: strlen(t))), 0)::bigint + "
    "coalesce(list_sum(list_transform(captions, lambda t: strlen(t))), 0)::bigint"
)
_WORKERS = 2
_SQL_TYPES = {
    "float32": "float", "float64": "double", "bool": "boolean", "uint8": "utinyint", "uint16": "usmallint",
    "uint32": "uinteger", "uint64": "ubigint", "int8": "tinyint", "int16": "smallint", "int32": "integer",
    "int64": "bigint",
}  # fmt: skip

Array = npt.NDArray[Any]
Step = Callable[[int], None]


def _columns() -> dict[str, tuple[str, str]]:
    """Number → (SQL over `block`, numpy dtype)."""
    platforms = "list_position([" + ", ".join(text(name) for name in PLATFORMS) + "], platform)"
    plain = {
        "platform": (platforms, "uint8"),
        "country": ("code_country.number", "uint16"),
        "language": ("code_language.number", "uint16"),
        "city": ("code_city.number", "uint32"),
        "category": ("code_category.number", "uint32"),
        "followers": ("coalesce(followers, -1)", "int64"),
        "engagement": ("engagement_percent", "float64"),
        "has_text": ("coalesce(bio, '') <> '' or hashtags is not null or captions is not null", "bool"),
        "key": (KEY, "uint64"),
        "content": ("md5_number_lower(line)", "uint64"),
        "known": (known_sql(), "uint32"),
        "ends": (ENDS, "uint32"),
    }
    return plain | {signal.name: (signal.sql, signal.dtype) for signal in SIGNALS}


@dataclass(frozen=True)
class _Piece:
    """What one block gives; empty for parts that were not asked."""

    rows: int
    sizes: Array
    numbers: dict[str, Array]
    audience: tuple[Array, Array, Array]
    words: Words


def derive(
    db: duckdb.DuckDBPyConnection, place: Path, *, parts: frozenset[str] = ALL_PARTS, block_rows: int, on_rows: Step
) -> dict[str, list[str]]:
    """Write the asked parts beside `place`/profiles.parquet; returns the names behind the codes, {} without numbers.

    `on_rows` is told how many rows are done.
    """
    source = stored_rows(db, place)
    sizes = db.execute(f"select {TEXT_SIZE} as v from {source} order by file_row_number").fetchnumpy()["v"]
    starts = cut_blocks(np.ma.getdata(sizes).astype(np.int64), longest=block_rows)
    names = _names(db, source) if NUMBER in parts else {}
    blocks = list(enumerate(pairwise([*starts, len(sizes)])))

    def one(block: tuple[int, tuple[int, int]]) -> _Piece:
        with db.cursor() as cursor:
            return _derive_block(cursor, place, block, (source, parts))

    done, words = 0, list[Words]()
    with ExitStack() as stack:
        sink = _Sink(stack, place, parts, rows=len(sizes))
        threads = stack.enter_context(ThreadPoolExecutor(_WORKERS))
        for number, piece in enumerate(threads.map(one, blocks)):
            sink.take(piece, place / f"piece-{number:05}")
            done += piece.rows
            on_rows(done)
            words.append(piece.words)
        sink.finish()
    if WORD in parts:
        join_blocks(place / "words", starts, words)
    return names


def _derive_block(
    db: duckdb.DuckDBPyConnection, place: Path, block: tuple[int, tuple[int, int]], what: tuple[str, frozenset[str]]
) -> _Piece:
    (number, (first, end)), (source, parts) = block, what
    wanted = f"*, {line_sql()} as line" if RECORD in parts or NUMBER in parts else ", ".join(FIELDS)
    db.execute(
        f"create temp table block as select {wanted}, file_row_number - {first} as i "
        f"from {source} where file_row_number >= {first} and file_row_number < {end} order by file_row_number"
    )
    nothing = np.empty(0, np.int64)
    sizes, numbers, audience = nothing, {}, (nothing, nothing, nothing)
    if RECORD in parts or NUMBER in parts:
        sizes = np.ma.getdata(db.execute("select strlen(line) + 1 as v from block order by i").fetchnumpy()["v"])
    if RECORD in parts:
        piece = text(str(place / f"piece-{number:05}"))
        db.execute(
            f"copy (select line from block order by i) to {piece} "
            "(format csv, header false, quote '', escape '', delimiter '\x1f')"
        )
    if NUMBER in parts:
        numbers, audience = _numbers(db), _audience(db)
    if RECORD in parts or NUMBER in parts:
        db.execute("alter table block drop column line")  # as large as all the rest
    words = build_block(db, place / "words" / f"{number:05}", end - first) if WORD in parts else NO_WORDS
    return _Piece(end - first, sizes, numbers, audience, words)


def _numbers(db: duckdb.DuckDBPyConnection) -> dict[str, Array]:
    columns = _columns()
    picked = ", ".join(f"try_cast({sql} as {_SQL_TYPES[dtype]}) as {name}" for name, (sql, dtype) in columns.items())
    joined = " ".join(f"left join names_{name} code_{name} on code_{name}.told = block.{name}" for name in CODED)
    found = db.execute(f"select {picked} from block {joined} order by i").fetchnumpy()
    unknown = {name: np.nan if dtype.startswith("float") else 0 for name, (_, dtype) in columns.items()}
    return {name: np.ma.filled(found[name], unknown[name]).astype(columns[name][1], copy=False) for name in columns}


def _audience(db: duckdb.DuckDBPyConnection) -> tuple[Array, Array, Array]:
    counts = db.execute("select coalesce(len(audience_keys), 0) as v from block order by i").fetchnumpy()["v"]
    if not np.ma.getdata(counts).any():
        return np.ma.getdata(counts), np.empty(0, np.int64), np.empty(0, np.float32)
    found = db.execute(
        "select number, share::float as share from (select i, generate_subscripts(audience_keys, 1) as place, "
        "unnest(audience_keys) as told, unnest(audience_shares) as share from block) "
        "join names_audience using (told) order by i, place"
    ).fetchnumpy()
    return np.ma.getdata(counts), np.ma.getdata(found["number"]), np.ma.getdata(found["share"])


def _names(db: duckdb.DuckDBPyConnection, source: str) -> dict[str, list[str]]:
    """The names behind the codes, in the order of the words; also as tables for the columns. Code 0 is unknown."""
    names = {}
    for column in (*CODED, "audience"):
        value = "unnest(audience_keys)" if column == "audience" else column
        first = 0 if column == "audience" else 1
        db.execute(
            f"create or replace table names_{column} as select told, row_number() over (order by told) - 1 + {first} "
            f"as number from (select distinct {value} as told from {source}) where told is not null"
        )
        rows = db.execute(f"select told from names_{column} order by number").fetchall()
        names[column] = [""] * first + [str(row[0]) for row in rows]
    return names


class _Sink:
    """Takes the pieces in order and writes them on, so that memory holds a block or two whatever the pool's size."""

    def __init__(self, stack: ExitStack, place: Path, parts: frozenset[str], *, rows: int) -> None:
        self._place, self._ends = place, 0
        self._files: dict[str, ArrayFile] = {}
        self._audience: list[tuple[Array, Array, Array]] = []
        self._records = stack.enter_context((place / RECORDS).open("wb")) if RECORD in parts else None
        if NUMBER in parts:
            (place / "numbers").mkdir()
            columns = {name: dtype for name, (_, dtype) in _columns().items()}
            for name, dtype in columns.items():
                self._files[name] = self._open(stack, name, dtype, rows)
            self._starts = self._open(stack, "starts", "int64", rows + 1)
            self._starts.write(np.zeros(1, np.int64))

    def take(self, piece: _Piece, lines: Path) -> None:
        if self._records is not None:
            with lines.open("rb") as written:
                shutil.copyfileobj(written, self._records, 1 << 20)
            lines.unlink()
        for name, file in self._files.items():
            file.write(piece.numbers[name])
        if self._files:
            starts = self._ends + np.cumsum(piece.sizes)
            self._starts.write(starts)
            self._ends = int(starts[-1])
            self._audience.append(piece.audience)

    def finish(self) -> None:
        if not self._files:
            return
        counts, codes, shares = (np.concatenate([piece[part] for piece in self._audience]) for part in range(3))
        small = codes.astype(np.uint16 if codes.max(initial=0) < 1 << 16 else np.uint32)
        folder = self._place / "numbers"
        save_array(folder / "audience_starts.npy", np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
        save_array(folder / "audience_codes.npy", small)
        save_array(folder / "audience_shares.npy", shares.astype(np.float32))

    def _open(self, stack: ExitStack, name: str, dtype: str, rows: int) -> ArrayFile:
        return stack.enter_context(ArrayFile(self._place / "numbers" / f"{name}.npy", dtype, rows))
