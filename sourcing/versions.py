"""Writing a version of the pool and making it the current one: new segments, what they replace, the switch.

Owns the files of versions and which of them are kept. What is derived inside a segment is sourcing.deriving's.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from core.files import write_atomically
from sourcing.arrays import save_array
from sourcing.compaction import Policy, Size, folded
from sourcing.deriving import TEXT_SIZE, derive
from sourcing.indexing import BLOCK, BLOCK_TEXT
from sourcing.meanings import Before, keep_meaning
from sourcing.norms import NORMS, norms, stamp, write_norms
from sourcing.pool import EMPTIED, Pool, current_version
from sourcing.profiles import KINDS
from sourcing.progress import watched
from sourcing.readers import text
from sourcing.rows import COLUMNS, KEY, ORDER
from sourcing.sealing import install, seal, sync
from sourcing.segments import RECORDS, SOURCE, Segment, read_manifest, signals_stamp

# Rows of a Parquet file are held in memory by the group; a group is a block of the word index.
_SMALLEST_GROUP = 2_048
_LITTLE = "64MB"
#: Bits of a key that large imports are cut by: so many numbers are counted, whatever the size of an import.
_CUT_BITS = 16
_NO_ROWS = np.empty(0, np.int64)
Rows = npt.NDArray[np.int64]
Told = Callable[[str, int, int], None]


def write_version(
    db: duckdb.DuckDBPyConnection, shop: Path, base: Pool | None, *, incoming: int, policy: Policy, on_step: Told
) -> tuple[str, int]:
    """Write the next version into `shop`: (name, living profiles).

    `arriving` are the rows that are new or better than what the pool has, `incoming` of them; `judged.old_row` are the
    rows of `base` that they replace. `on_step` gets ("writing" or "indexing", rows done, rows in all).
    """
    segments = base.segments if base else []
    replaced = db.execute("select old_row from judged where fate = 'updated'").fetchnumpy()["old_row"]
    gone = np.union1d(base.dead if base else np.empty(0, np.int64), np.ma.getdata(replaced).astype(np.int64))
    firsts = np.concatenate([[0], np.cumsum([len(segment) for segment in segments])]).astype(np.int64)
    dead = [gone[np.searchsorted(gone, a) : np.searchsorted(gone, b)] - a for a, b in pairwise(firsts)]
    sizes = [Size(len(segment), len(segment) - len(rows)) for segment, rows in zip(segments, dead, strict=True)]
    fold = folded(sizes, incoming=incoming, policy=policy)
    ranges = [(int(first), int(last)) for (first, last), taken in zip(pairwise(firsts), fold, strict=True) if taken]
    rows = incoming + sum(size.living for size, taken in zip(sizes, fold, strict=True) if taken)
    relation = _with_folded(ranges)
    pieces = _cut(db, relation, rows=rows, pieces=policy.pieces(rows))
    new = _write(db, shop, relation, pieces, on_step=on_step, let_go="typed")
    # Learning what words mean takes memory too, and the database gives back what it holds beyond a new, lower limit.
    db.execute(f"set memory_limit = '{_LITTLE}'")
    kept = [(segment, rows) for segment, rows, taken in zip(segments, dead, fold, strict=True) if not taken]
    before = Before(base.place, base.manifest) if base else None
    return compose(shop, [*kept, *((segment, _NO_ROWS) for segment in new)], before=before)


def write_segment(
    db: duckdb.DuckDBPyConnection, shop: Path, relation: str, *, rows: int, on_step: Told, measured: str = "typed",
) -> Segment:  # fmt: skip
    """Write the profiles of `relation` as one sealed segment below `shop`. `measured`: what the length of their texts
    is guessed from, which decides how many go into a block."""
    (segment,) = _write(db, shop, relation, [_Piece("true", rows)], on_step=on_step, measured=measured)
    return segment


class _Piece(NamedTuple):
    """A part of what is written that becomes a segment: which rows, as a condition, and how many."""

    condition: str
    rows: int


def _cut(db: duckdb.DuckDBPyConnection, relation: str, *, rows: int, pieces: int) -> list[_Piece]:
    """About equal ranges of keys, by how many keys begin with the same bits: the same rows are cut the same."""
    if pieces == 1:
        return [_Piece("true", rows)]
    found = db.execute(
        f"select ({KEY} >> {64 - _CUT_BITS})::bigint as start, count(*)::bigint as told from {relation} group by start"
    ).fetchnumpy()
    counts = np.zeros(1 << _CUT_BITS, np.int64)
    counts[np.ma.getdata(found["start"])] = np.ma.getdata(found["told"])
    below = np.cumsum(counts)
    goals = [rows * piece / pieces for piece in range(1, pieces)]
    edges = sorted({0, *(int(edge) + 1 for edge in np.searchsorted(below, goals)), len(counts)})
    held = np.concatenate([[0], below])
    width = 64 - _CUT_BITS
    return [
        _Piece(f"{KEY} between {first << width} and {(last << width) - 1}", int(held[last] - held[first]))
        for first, last in pairwise(edges)
        if held[last] > held[first]
    ]


def _write(
    db: duckdb.DuckDBPyConnection, shop: Path, relation: str, pieces: Sequence[_Piece], *, on_step: Told,
    measured: str = "typed", let_go: str = "",
) -> list[Segment]:  # fmt: skip
    """Write each piece as a sealed segment; first the profiles of all, so that `let_go`, a table that nobody needs once
    they are written, is gone before anything is derived. Each is sorted by itself, which needs less memory."""
    group = _group_rows(db, measured)
    starts = [0, *accumulate(piece.rows for piece in pieces)]
    rows, places = starts[-1], [shop / "segments" / f"new-{number}" for number in range(len(pieces))]
    on_step("writing", 0, rows)
    for place, piece, before in zip(places, pieces, starts, strict=False):
        place.mkdir(parents=True)
        tell = _beyond(before, rows, "writing", on_step)
        with watched(db, _of_rows(piece.rows, tell)):
            db.execute(
                f"copy (select {COLUMNS} from {relation} where {piece.condition} order by {ORDER}) "
                f"to {text(str(place / SOURCE))} (format parquet, compression zstd, row_group_size {group})"
            )
        tell(piece.rows)
    if let_go:
        db.execute(f"drop table {let_go}")
    segments = []
    for place, piece, before in zip(places, pieces, starts, strict=False):
        names = derive(db, place, block_rows=group, on_rows=_beyond(before, rows, "indexing", on_step))
        segments.append(Segment(seal(place, {"rows": piece.rows, "signals": signals_stamp(), "names": names})))
    return segments


def _beyond(before: int, rows: int, phase: str, on_step: Told) -> Callable[[int], None]:
    """Tells how far the phase is when so many rows of one piece are done."""
    return lambda done: on_step(phase, before + done, rows)


def _of_rows(rows: int, tell: Callable[[int], None]) -> Callable[[float], None]:
    return lambda share: tell(int(rows * share))


def compose(shop: Path, segments: Sequence[tuple[Segment, Rows]], *, before: Before | None) -> tuple[str, int]:
    """Write the version that is made of these segments without their dead rows: (its name, living profiles).

    The first half of the name stands for the living content, however it is cut; the second for the cut. `before` is
    the version it grows out of, None where nothing of that may be used.
    """
    dead, listed, first, living, content = [], [], 0, 0, 0
    for segment, rows in segments:
        hashes = np.asarray(segment.numbers("content"))
        content += int(hashes.sum(dtype=np.uint64)) - int(hashes[rows].sum(dtype=np.uint64))
        living += len(segment) - len(rows)
        dead.append(rows + first)
        first += len(segment)
        files = segment.files
        listed.append(
            {"name": segment.place.name, "rows": len(segment)} | {name: files[name] for name in (SOURCE, RECORDS)}
        )
    version = hashlib.sha256(f"{living} {content % (1 << 64)}".encode()).hexdigest()[:16]
    place = shop / "versions" / "new"
    place.mkdir(parents=True)
    save_array(place / "dead.npy", np.concatenate([_NO_ROWS, *dead]))
    told: dict[str, Any] = {"version": version, "profiles": living, "segments": listed, "kinds": KINDS}
    told["meaning"] = keep_meaning(place, segments, living, before=before)
    told[NORMS] = _keep_norms(place, [segment for segment, _ in segments], np.concatenate([_NO_ROWS, *dead]))
    return seal(place, told, prefix=f"{version}-", digits=8).name, living


def _keep_norms(place: Path, segments: Sequence[Segment], dead: Rows) -> str:
    alive = np.ones(sum(len(segment) for segment in segments), np.bool_)
    alive[dead] = False
    found = norms([segment.numbers for segment in segments], alive)
    write_norms(place, found, [(segment.place.name, len(segment)) for segment in segments])
    return stamp()


def publish(folder: Path, shop: Path, version: str, *, keep_others: bool = False, keep_previous: bool = True) -> bool:
    """Move what was built to its place and flip CURRENT; True where another version is current now.

    `keep_others`: delete nothing, because what older versions hold could not all be read. Without `keep_previous` the
    version before goes too, which otherwise stays for whoever reads it at this moment.
    """
    previous = readable_name(folder)
    for segment in sorted((shop / "segments").glob("*")):
        install(segment, folder / "segments")
    if (shop / "versions" / version).exists():
        install(shop / "versions" / version, folder / "versions")
    if previous == version:
        return False
    write_atomically(folder / "CURRENT", version + "\n")
    sync(folder)
    if not keep_others:
        _sweep(folder, {version, previous} if keep_previous else {version})
    return True


def clear(folder: Path) -> None:
    """Leave nobody in the pool. Killed on the way it is emptied all the same, and no version is gone back to: what is
    left goes with whoever works on the pool next. Only for the holder of the import lock."""
    write_atomically(folder / "CURRENT", EMPTIED + "\n")
    sync(folder)
    for place in ("versions", "segments"):
        if (folder / place).exists():
            shutil.rmtree(folder / place)  # what cannot be deleted is an error, and CURRENT goes on saying so
    (folder / "CURRENT").unlink()
    sync(folder)


def readable_name(folder: Path) -> str | None:
    try:
        return current_version(folder)
    except BadInput:
        return None


def remove_leftovers(folder: Path) -> None:
    """What imports left behind that were killed. Only for the holder of the import lock."""
    current = folder / "CURRENT"
    if current.is_file() and current.read_bytes().strip() == EMPTIED.encode():
        clear(folder)
    for left in folder.glob(".building-*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in folder.glob(".*.part"):
        left.unlink(missing_ok=True)


def _sweep(folder: Path, kept: set[str | None]) -> None:
    """Delete versions that are not kept, and segments that no kept version names."""
    named: set[str] = set()
    for place in list((folder / "versions").iterdir()):
        if place.name not in kept:
            shutil.rmtree(place, ignore_errors=True)
            continue
        try:
            named |= {str(listed["name"]) for listed in read_manifest(place, {"segments": list})["segments"]}
        except BadInput:
            return
    for place in list((folder / "segments").iterdir()):
        if place.name not in named:
            shutil.rmtree(place, ignore_errors=True)


def _with_folded(ranges: Sequence[tuple[int, int]]) -> str:
    """The arriving rows and the living rows of the segments that are folded in."""
    if not ranges:
        return "arriving"
    inside = " or ".join(f"old_row between {first} and {last - 1}" for first, last in ranges)
    return (
        f"(select {COLUMNS} from arriving union all select {COLUMNS} from living where ({inside}) and not exists "
        "(select 1 from judged where judged.old_row = living.old_row and judged.fate = 'updated'))"
    )


def _group_rows(db: duckdb.DuckDBPyConnection, measured: str) -> int:
    """As many rows as have three quarters of a block's text, so that few blocks are cut shorter than a group.

    Guessed from what was read: rows that are folded in may be longer, then blocks are cut where they must be.
    """
    row = db.execute(f"select avg({TEXT_SIZE}) from {measured}").fetchone()
    size = max(float(row[0] or 1) if row else 1.0, 1.0)
    rows = int(min(BLOCK, BLOCK_TEXT * 0.75 / size))
    return max(_SMALLEST_GROUP, rows // _SMALLEST_GROUP * _SMALLEST_GROUP)
