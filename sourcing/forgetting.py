"""Taking single profiles out of the pool: the segments that hold them are written anew without them.

Knows nothing of why somebody is to be forgotten; that they do not come back with the next import is seen to in
`sourcing.returning`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np

from sourcing.meanings import Before
from sourcing.pool import Pool, account_key, current_version
from sourcing.repair import Base, sound_base
from sourcing.rows import COLUMNS
from sourcing.segments import Segment
from sourcing.stored import stored_rows
from sourcing.versions import Rows, clear, compose, publish, write_segment
from sourcing.workshop import workshop


def forget(folder: Path, accounts: Iterable[tuple[str, str]], *, over: datetime | None = None) -> int:
    """Take these accounts (platform, handle) out; returns how many the pool had. Raises as an import does.

    No version before stays: nothing of them is left in the pool's folder, which is empty where they were all. With
    `over` only those go whose term is over by then, as somebody may have looked them up again meanwhile.
    """
    if not folder.is_dir() or current_version(folder) is None:
        return 0
    with workshop(folder) as (shop, db):
        base = sound_base(db, folder, shop, on_step=lambda _phase, _done, _total: None)
        if base.pool is None:
            return 0
        rows = _rows_of(base.pool, accounts)
        if over is not None:
            rows = rows[[_is_over(base.pool, row, over) for row in rows.tolist()]]
        _take_out(db, folder, shop, base.pool, rows)
        return len(rows)


def without(
    db: duckdb.DuckDBPyConnection, folder: Path, shop: Path, base: Base, accounts: Iterable[tuple[str, str]]
) -> tuple[Base, int]:
    """The base of an import without these accounts, and how many of them it had: they are out when this returns, before
    anything of the import is. Nobody may be left.
    """
    rows = _rows_of(base.pool, accounts) if base.pool else np.empty(0, np.int64)
    if base.pool is None or not len(rows):
        return base, 0
    name = _take_out(db, folder, shop, base.pool, rows)
    pool = Pool(folder / "versions" / name) if name else None
    return replace(base, name=name, pool=pool, guessed=False), len(rows)


def _rows_of(pool: Pool, accounts: Iterable[tuple[str, str]]) -> Rows:
    return pool.rows_of(account_key(platform, handle) for platform, handle in accounts)


def _take_out(db: duckdb.DuckDBPyConnection, folder: Path, shop: Path, pool: Pool, rows: Rows) -> str | None:
    """Switch to a version without these rows; its name, None where nobody is left."""
    if len(rows) == pool.profiles:
        clear(folder)
        return None
    if not len(rows):
        return pool.place.name
    name, _ = compose(shop, _without(db, shop, pool, rows), before=Before(pool.place, pool.manifest))
    publish(folder, shop, name, keep_previous=False)
    return name


def _is_over(pool: Pool, row: int, by: datetime) -> bool:
    until = pool.profile(row).expires_at
    return until is not None and datetime.fromisoformat(until) <= by


def _without(db: duckdb.DuckDBPyConnection, shop: Path, pool: Pool, rows: Rows) -> list[tuple[Segment, Rows]]:
    """The pool's segments with their dead rows; those that hold one of `rows` are new, and have none."""
    firsts = np.concatenate([[0], np.cumsum([len(segment) for segment in pool.segments])]).astype(np.int64)
    parts = []
    for segment, (first, last) in zip(pool.segments, pairwise(firsts.tolist()), strict=True):
        dead = pool.dead[(pool.dead >= first) & (pool.dead < last)] - first
        going = rows[(rows >= first) & (rows < last)] - first
        if not len(going):
            parts.append((segment, dead))
            continue
        gone = np.union1d(dead, going)
        if len(gone) < len(segment):
            parts.append((_written_anew(db, shop, segment, gone), np.empty(0, np.int64)))
    return parts


def _written_anew(db: duckdb.DuckDBPyConnection, shop: Path, segment: Segment, gone: Rows) -> Segment:
    db.register("gone_rows", {"file_row_number": gone})
    db.execute(
        f"create or replace view staying as select {COLUMNS} from {stored_rows(db, segment.place)} "
        "anti join gone_rows using (file_row_number)"
    )
    return write_segment(
        db, shop, "staying", rows=len(segment) - len(gone), on_step=lambda _phase, _done, _total: None,
        measured="staying",
    )  # fmt: skip
