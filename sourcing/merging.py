"""Which of several sightings of an account counts: the latest, else the one read last. Decided in columns.

A row is dated by its last_seen, or by the import where it has none. What says nothing new is dropped, so importing a
file again changes nothing.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from sourcing.readers import text

COLUMNS = (
    "platform, handle, name, bio, hashtags, captions, country, language, followers, engagement_percent, verified, "
    "email, url, last_seen, fetched_at, source"
)
_SAID = [c.strip() for c in COLUMNS.split(",") if c.strip() not in ("platform", "handle", "fetched_at", "source")]


@dataclass(frozen=True)
class Merged:
    """Counts of checked rows. `duplicates`: beaten by another row of the same import; `older`: by the pool's."""

    new: int
    updated: int
    unchanged: int
    older: int
    duplicates: int

    @property
    def changes(self) -> bool:
        return bool(self.new or self.updated)


def merge(db: duckdb.DuckDBPyConnection, folder: Path, version: str | None) -> Merged:
    """Make `merged`, the pool with the rows of `typed` in it; every account once."""
    old = (
        f"read_parquet({text(str(folder / 'versions' / version / 'profiles.parquet'))})" if version else "typed limit 0"
    )
    db.execute(f"create view old as select {COLUMNS} from {old}")
    db.execute(
        "create table winners as select max_by(seq, (fetched_at, seq)) as seq from typed group by platform, handle"
    )
    same = " and ".join(f"t.{column} is not distinct from o.{column}" for column in _SAID)
    db.execute(f"""
        create table judged as
        select t.seq, t.platform, t.handle, case when o.handle is null then 'new' when {same} then 'unchanged'
            when o.fetched_at > t.fetched_at then 'older' else 'updated' end as fate
        from typed t semi join winners using (seq)
            left join old o on o.platform = t.platform and o.handle = t.handle
    """)
    db.execute(f"""
        create view merged as
        select {COLUMNS} from typed where seq in (select seq from judged where fate in ('new', 'updated'))
        union all
        select {COLUMNS} from old where not exists (select 1 from judged j
            where j.platform = old.platform and j.handle = old.handle and j.fate = 'updated')
    """)
    counts: dict[str, int] = dict(db.execute("select fate, count(*) from judged group by fate").fetchall())
    total = db.execute("select count(*) from typed").fetchone()
    duplicates = (int(total[0]) if total else 0) - sum(counts.values())
    return Merged(
        new=counts.get("new", 0),
        updated=counts.get("updated", 0),
        unchanged=counts.get("unchanged", 0),
        older=counts.get("older", 0),
        duplicates=duplicates,
    )
