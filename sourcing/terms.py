"""How fresh the pool is, and how long it may be kept: ages, terms and sources of its profiles, and whose term is over.

Decided in columns over the whole pool. Knows nothing of who is needed although a term is over.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from core.errors import Refused
from sourcing.disputes import part
from sourcing.pool import Pool, open_pool
from sourcing.readers import text
from sourcing.stored import stored_rows

#: Days since a profile was last seen, up to each of these; who is older comes after the last.
AGES = (30, 90, 180, 365)
#: Days until a term is over.
SOON = (7, 30)
_MOST_SOURCES = 50
_MEMORY = "256MB"
_DISPUTES = f"""
    select {part(1)} as field, {part(3)} as won, {part(5)} as lost, count(*),
        min(platform || ':' || handle || ': ' || {part(2)} || ', not ' || {part(4)})
    from (select platform, handle, unnest(disputes) as entry from ({{living}}) where disputes is not null)
    group by field, won, lost order by count(*) desc, field, won, lost limit {_MOST_SOURCES}
"""


@dataclass(frozen=True)
class SourceTold:
    """Profiles that one source (or several together, as they are written) told of; moments are ISO 8601 in UTC."""

    source: str
    profiles: int
    seen_first: str
    seen_last: str
    term_over: int
    term_soon: int


@dataclass(frozen=True)
class Conflict:
    """A field on which one source was believed and another was not, of so many profiles; `example` is one of them."""

    field: str
    won: str
    lost: str
    profiles: int
    example: str


@dataclass(frozen=True)
class Terms:
    """`ages`: profiles by days since they were last seen ("30" up to thirty, … "older"). `ends`: by when their term is
    over ("over", "7" within seven days, "30" within thirty, "later", "none" where no source set one)."""

    ages: dict[str, int]
    ends: dict[str, int]
    sources: tuple[SourceTold, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True)
class Ended:
    """A profile whose term is over."""

    platform: str
    handle: str
    source: str


def terms_of(folder: Path, now: datetime) -> Terms:
    """Raises Refused for an empty pool, BadInput for a damaged one."""
    pool, moment = open_pool(folder), _moment(now)
    ages = {str(days): f"seen > {_moment(now - timedelta(days=days))}" for days in AGES} | {"older": "true"}
    ends = {"over": f"expires_at <= {moment}"}
    ends |= {str(days): f"expires_at <= {_moment(now + timedelta(days=days))}" for days in SOON}
    ends |= {"later": "expires_at is not null", "none": "true"}
    counted = [*_apart(ages), *_apart(ends)]
    with duckdb.connect() as db:
        db.execute(f"set memory_limit = '{_MEMORY}'")
        rows = db.execute(
            f"select source, count(*), min(seen)::varchar, max(seen)::varchar, {', '.join(counted)} from "
            f"(select *, coalesce(last_seen, fetched_at) as seen from ({_living(db, pool)})) "
            "group by source order by count(*) desc, source"
        ).fetchall()
        disputes = db.execute(_DISPUTES.format(living=_living(db, pool))).fetchall()
    columns = list(zip(*(row[4:] for row in rows), strict=True))
    sums = [sum(map(int, column)) for column in columns]
    cut = len(ages)
    return Terms(
        dict(zip(ages, sums[:cut], strict=True)), dict(zip(ends, sums[cut:], strict=True)),
        tuple(
            SourceTold(str(row[0] or ""), int(row[1]), _iso(row[2]), _iso(row[3]), int(row[4 + cut]),
                       sum(map(int, row[5 + cut : 5 + cut + len(SOON)])))
            for row in rows[:_MOST_SOURCES]
        ),
        tuple(Conflict(field, won, lost, int(many), example) for field, won, lost, many, example in disputes),
    )  # fmt: skip


def ended(folder: Path, now: datetime) -> list[Ended]:
    """Everybody in the pool whose term is over, in order; nobody for a pool never filled."""
    try:
        pool = open_pool(folder)
    except Refused:
        return []
    with duckdb.connect() as db:
        db.execute(f"set memory_limit = '{_MEMORY}'")
        rows = db.execute(
            f"select platform, handle, source from ({_living(db, pool)}) where expires_at <= {_moment(now)} "
            "order by platform, handle"
        ).fetchall()
    return [Ended(str(platform), str(handle), str(source or "")) for platform, handle, source in rows]


def _living(db: duckdb.DuckDBPyConnection, pool: Pool) -> str:
    parts, first = [], 0
    for segment in pool.segments:
        parts.append(
            f"select file_row_number + {first} as row, platform, handle, source, last_seen, fetched_at, expires_at, "
            "disputes "
            f"from {stored_rows(db, segment.place)}"
        )
        first += len(segment)
    db.register("dead_rows", {"row": pool.dead})
    return f"select * from ({' union all '.join(parts)}) anti join dead_rows using (row)"


def _apart(cases: dict[str, str]) -> list[str]:
    """Counts of which each row is in one: the first whose condition holds."""
    found, before = [], list[str]()
    for when in cases.values():
        others = "".join(f" and not coalesce({one}, false)" for one in before)
        found.append(f"count(*) filter (({when}){others})")
        before.append(when)
    return found


def _moment(at: datetime) -> str:
    return f"timestamp {text(f'{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}')}"


def _iso(said: str | None) -> str:
    return said.replace(" ", "T") + "Z" if said else ""
