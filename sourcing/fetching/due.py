"""Which profiles of the pool run out soon: those that came from a source whose terms let us keep them for a time only.

Decided in columns over the whole pool. Who is useful is told by whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from core.errors import Refused
from sourcing.fetching.asking import Wanted
from sourcing.pool import Pool, open_pool
from sourcing.profiles import account_key
from sourcing.readers import parquet, text
from sourcing.segments import SOURCE

#: So many are looked at for the most useful; the rest comes when these are done.
_MOST = 200_000


@dataclass(frozen=True)
class Due:
    """An account to look up again, and when what we know of it runs out."""

    wanted: Wanted
    expires_at: datetime


def due_soon(
    folder: Path, *, platform: str, title: str, days_kept: int, by: datetime, useful: Mapping[str, int], limit: int
) -> list[Due]:  # fmt: skip
    """What runs out by then, of one platform and one source: the most useful first (`useful`: a rank by account key,
    the lowest first; who has none comes last), of these what runs out first. Empty for a pool never filled."""
    try:
        pool = open_pool(folder)
    except Refused:
        return []
    with duckdb.connect() as db:
        rows = db.execute(_query(db, pool, platform, title, days_kept, by)).fetchall()
    found = [
        Due(Wanted(platform, handle, page or "", followers), at.replace(tzinfo=UTC))
        for handle, page, followers, at in rows
    ]
    last = max(useful.values(), default=0) + 1
    found.sort(key=lambda one: (useful.get(account_key(platform, one.wanted.handle), last), one.expires_at))
    return found[:limit]


def _query(
    db: duckdb.DuckDBPyConnection, pool: Pool, platform: str, title: str, days_kept: int, by: datetime
) -> str:  # fmt: skip
    parts, first = [], 0
    for segment in pool.segments:
        whole = parquet(str(segment.place / SOURCE), rows=True)
        columns = {str(row[0]) for row in db.execute(f"describe select * from {whole}").fetchall()}
        kept = f"fetched_at + interval {timedelta(days=days_kept).days} day"
        at = f"coalesce(expires_at, {kept})" if "expires_at" in columns else kept
        parts.append(
            f"select file_row_number + {first} as row, handle, url, followers, ({at})::timestamp as ends from {whole} "
            f"where platform = {text(platform)} and contains(source, {text(title)})"
        )
        first += len(segment)
    db.register("dead_rows", {"row": pool.dead})
    return (
        f"select handle, url, followers, ends from ({' union all '.join(parts)}) anti join dead_rows using (row) "
        f"where ends <= timestamp {text(f'{by.astimezone(UTC):%Y-%m-%d %H:%M:%S}')} order by ends, handle limit {_MOST}"
    )
