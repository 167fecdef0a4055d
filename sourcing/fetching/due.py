"""Which profiles of the pool run out soon, and what is said of them again where a platform says that nothing changed.

Decided in columns over the whole pool. Who is useful is told by whoever asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from core.errors import Refused
from sourcing.fetching.asking import Row, Source, Wanted
from sourcing.fetching.reading import profile_row
from sourcing.pool import Pool, open_pool
from sourcing.profiles import account_key
from sourcing.readers import parquet, text
from sourcing.segments import SOURCE

#: So many are looked at for the most useful; the rest comes when these are done.
_MOST = 200_000
_SELDOM = timedelta(days=7)
_SAID = (
    "name", "bio", "hashtags", "captions", "country", "language", "followers", "engagement_percent", "verified",
    "email", "email_basis", "email_source", "url", "city", "category", "account_type", "links", "following", "posts",
    "comments_to_likes", "posted", "credibility", "paid_posts", "paid_partners",
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """An account to look up again, and when what we know of it runs out."""

    wanted: Wanted
    expires_at: datetime


def due_soon(
    folder: Path, *, source: Source, platform: str, now: datetime, within_days: int, useful: Mapping[str, int],
    limit: int,
) -> list[Due]:  # fmt: skip
    """What runs out by then, of one platform and one source: the most useful first (`useful`: a rank by account key,
    the lowest first; who has none comes last), of these what runs out first. Empty for a pool never filled."""
    try:
        pool = open_pool(folder)
    except Refused:
        return []
    with duckdb.connect() as db:
        rows = db.execute(_query(db, pool, source, platform, now, within_days)).fetchall()
    found = [
        Due(Wanted(platform, handle, page or "", followers), at.replace(tzinfo=UTC))
        for handle, page, followers, at in rows
    ]
    last = max(useful.values(), default=0) + 1
    found.sort(key=lambda one: (useful.get(account_key(platform, one.wanted.handle), last), one.expires_at))
    return found[:limit]


def said_before(folder: Path, source: Source) -> Callable[[Wanted, datetime], Row | None]:
    """A function that says again what the pool has of an account, as its source said it; None where it has nothing, or
    knows something from elsewhere: that is not the source's to confirm."""
    try:
        pool = open_pool(folder)
    except Refused:
        return lambda _wanted, _now: None

    def say(wanted: Wanted, now: datetime) -> Row | None:
        profile = pool.find(wanted.platform, wanted.handle)
        if profile is None or profile.source != source.title or profile.audience:
            return None
        told = {name: getattr(profile, name) for name in _SAID}
        lists = {name: list(value) for name, value in told.items() if isinstance(value, tuple)}
        return profile_row(profile.platform, profile.handle, source=source.title, now=now, days_kept=source.days_kept,
                           **{**told, **lists})  # fmt: skip

    return say


def _query(
    db: duckdb.DuckDBPyConnection, pool: Pool, source: Source, platform: str, now: datetime, within_days: int
) -> str:  # fmt: skip
    parts, first = [], 0
    days, by = int(source.days_kept or 0), now + timedelta(days=within_days)
    # Where an older program had several sources' words, only the earliest date is known: asked again and again it stays
    # the same.
    lately = now - min(_SELDOM, timedelta(days=days) / 3)
    for segment in pool.segments:
        whole = parquet(str(segment.place / SOURCE), rows=True)
        columns = {str(row[0]) for row in db.execute(f"describe select * from {whole}").fetchall()}
        kept = f"fetched_at + interval {days} day"
        at = f"coalesce(expires_at, {kept})" if "expires_at" in columns else kept
        if "terms" in columns:
            own = f"list_filter(terms, lambda e: e.source = {text(source.title)})"
            at = f"case when len({own}) > 0 then coalesce({own}[1].until, {kept}) else {at} end"
        parts.append(
            f"select file_row_number + {first} as row, handle, url, followers, ({at})::timestamp as ends from {whole} "
            f"where platform = {text(platform)} and contains(source, {text(source.title)}) "
            f"and fetched_at <= {_moment(lately)}"
        )
        first += len(segment)
    db.register("dead_rows", {"row": pool.dead})
    return (
        f"select handle, url, followers, ends from ({' union all '.join(parts)}) anti join dead_rows using (row) "
        f"where ends <= {_moment(by)} order by ends, handle limit {_MOST}"
    )


def _moment(at: datetime) -> str:
    return f"timestamp {text(f'{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}')}"
