"""Taking single profiles out of the pool: the segments that hold them are written anew without them.

Knows nothing of why somebody is to be forgotten; that they do not come back with the next import is seen to in
`sourcing.returning`.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np

from core.errors import Refused
from sourcing.meanings import Before
from sourcing.pool import Pool, account_key, current_version
from sourcing.repair import sound_base
from sourcing.rows import COLUMNS
from sourcing.segments import Segment
from sourcing.stored import stored_rows
from sourcing.versions import Rows, clear, compose, publish, write_segment
from sourcing.workshop import workshop


def forget(folder: Path, accounts: Iterable[tuple[str, str]], *, over: datetime | None = None) -> int:
    """Take these accounts (platform, handle) out; returns how many the pool had. Raises as an import does.

    No version before stays: nothing of them is left in the pool's folder. With `over` only those go whose term is over
    by then, as somebody may have looked them up again meanwhile; and all of them, where nobody is left.
    """
    if not folder.is_dir() or current_version(folder) is None:
        return 0
    with workshop(folder) as (shop, db):
        base = sound_base(db, folder, shop, on_step=lambda _phase, _done, _total: None)
        if base.pool is None:
            return 0
        pool = base.pool
        rows = pool.rows_of(account_key(platform, handle) for platform, handle in accounts)
        if over is not None:
            rows = rows[[_is_over(pool, row, over) for row in rows.tolist()]]
        if len(rows) == pool.profiles and over is not None:
            clear(folder)
        elif len(rows) == pool.profiles:
            raise Refused("Nobody would be left in the pool.", next_step="Delete the pool's folder instead.")
        elif len(rows):
            parts = _without(db, shop, pool, rows)
            name, _ = compose(shop, parts, before=Before(pool.place, pool.manifest))
            publish(folder, shop, name, keep_previous=False)
        return len(rows)


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
    source = stored_rows(db, segment.place)
    # Named as an import names what it read: the writer sizes its blocks by it.
    db.execute(
        f"create or replace view typed as select {COLUMNS} from {source} anti join gone_rows using (file_row_number)"
    )
    return write_segment(db, shop, "typed", rows=len(segment) - len(gone), on_step=lambda _phase, _done, _total: None)
