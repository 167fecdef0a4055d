"""What is known of an account after several sightings of it: value by value, the latest. Decided in columns.

A row is dated by its last_seen, or by the import where it has none. A file that lacks a column says nothing of it, so
what was known stays. What says nothing new is dropped, so importing a file again changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from sourcing import holders
from sourcing.disputes import disputed, noted, remembered
from sourcing.gathering import AUDIENCE, HISTORY, joined, paired, unpaired, with_last_sighting
from sourcing.pool import Pool
from sourcing.rows import COLUMNS, TYPES
from sourcing.stored import stored_rows

__all__ = ["COLUMNS", "LINES_PER_FILE", "Merged", "merge"]
_SAID = [name for name in TYPES if name not in ("platform", "handle", "fetched_at", "source")]
_OF_ADDRESS = ("email_basis", "email_source")
_TOGETHER = (*HISTORY, *AUDIENCE)
# What has a date of its own, and what is decided with what else was kept, is not filled by itself.
_FILLED = [name for name in _SAID if name not in ("last_seen", "expires_at", "disputes", "terms", *_OF_ADDRESS)]
_LONGEST_SOURCE = 200
_FEW = 5
LINES_PER_FILE = 1 << 40


@dataclass(frozen=True)
class Merged:
    """Counts of checked rows. `duplicates`: beaten by another row of the same import; `older`: by the pool's, with
    nothing said otherwise that it did not know of; `erased`: of people who asked to be forgotten, left out."""

    new: int
    updated: int
    unchanged: int
    older: int
    duplicates: int
    erased: int = 0

    @property
    def changes(self) -> bool:
        return bool(self.new or self.updated)


def merge(db: duckdb.DuckDBPyConnection, base: Pool | None, *, told: Mapping[int, frozenset[str]]) -> Merged:
    """Make the view `arriving`, the rows of `typed` that say something new, and the table `judged`, which says of each
    account what became of it and which row of the pool it replaces (`old_row`). Every account once. Of an older row
    only what it says otherwise is `noted`, on the pool's row.

    `told`: for each file, by the first `seq` of its rows, the fields it has a column for.
    """
    _view_old(db, base)
    db.execute(
        "create table winners as select max_by(seq, (fetched_at, seq)) as seq, count(*) as sightings, platform, handle "
        "from typed group by platform, handle"
    )
    if db.execute("select 1 from winners where sightings > 1 limit 1").fetchone():
        _fill_from_each_other(db)
    _view_filled(db, told)
    same = " and ".join(
        f"{field} is not distinct from old_{field}"
        for field in _SAID
        if field not in ("expires_at", "disputes", "terms")
    )
    # A row without a date says nothing of how long it may be kept when it comes again.
    same += " and (said_seen is null or (expires_at is not distinct from old_expires_at"
    same += " and terms is not distinct from old_terms))"
    db.execute(f"""
        create table judged as
        select seq, old_row, case when old_row is null then 'new' when {same} then 'unchanged'
            when noted is not null then 'updated' when dated > fetched_at then 'older' else 'updated' end as fate,
            case when fate = 'updated' then noted end as noted
        from (select *, {noted("old_disputes", "against")} as noted from filled)
    """)
    db.execute(f"""
        create view arriving as
        select {COLUMNS} from (select * replace ({with_last_sighting()}) from filled
            where seq in (select seq from judged where fate in ('new', 'updated') and noted is null))
        union all select {COLUMNS} from (
            select old.* replace (noted as disputes) from old join judged using (old_row) where noted is not null)
    """)
    return _counted(db)


def _view_filled(db: duckdb.DuckDBPyConnection, told: Mapping[int, frozenset[str]]) -> None:
    """The view `filled`: each row that won, with what of the pool's row stays beside it, and that row's values."""
    kept = {field: _kept(field, told) for field in [*_FILLED, "last_seen"] if field not in _TOGETHER}
    # A file that is silent on the size of an account does not make it unknown again.
    kept["followers"] = "(t.followers is null and o.followers is not null)"
    by_holders = ", ".join(f"{sql} as {name}" for name, sql in holders.columns(longest=_LONGEST_SOURCE).items())
    otherwise = disputed("", "old_", "t_source", "o_source")
    # Of an older row: what the pool's says otherwise.
    against = f"case when dated > fetched_at then {disputed('old_', '', 'o_source', 't_source')} end"
    db.execute(f"""
        create view filled as select * exclude (audience, holders) replace ({by_holders}), {unpaired()} from (
            select * exclude (t_points, o_points, t_days, t_keys, t_audience, o_audience, t_source, o_source,
                    t_terms, o_terms, said_bits, kept_bits)
                replace ({remembered("disputes", "old_disputes", otherwise)} as disputes), {against} as against,
                {joined()}, {holders.holders()} from (
                select t.seq, o.old_row, o.fetched_at as dated, o.fetched_at::date as old_day, {_filled(kept)},
                    t.source as t_source, o.source as o_source,
                    t.last_seen as said_seen, t.history_days as t_days, t.audience_keys as t_keys,
                    {paired("t")}, {paired("o")}, {holders.told(kept)}
                from typed t semi join winners using (seq)
                    left join old o on o.platform = t.platform and o.handle = t.handle))
    """)


def _counted(db: duckdb.DuckDBPyConnection) -> Merged:
    counts: dict[str, int] = dict(db.execute("select fate, count(*) from judged group by fate").fetchall())
    total = db.execute("select count(*) from typed").fetchone()
    duplicates = (int(total[0]) if total else 0) - sum(counts.values())
    new, updated, unchanged, older = (counts.get(fate, 0) for fate in ("new", "updated", "unchanged", "older"))
    return Merged(new=new, updated=updated, unchanged=unchanged, older=older, duplicates=duplicates)


def _view_old(db: duckdb.DuckDBPyConnection, base: Pool | None) -> None:
    """The views `living`, all living rows of the pool, each with its number, and `old`, those that are met again."""
    if base is None:
        db.execute(f"create view old as select {COLUMNS}, 0::bigint as old_row from typed limit 0")
        return
    rows, first = [], 0
    for segment in base.segments:
        whole = stored_rows(db, segment.place)
        rows.append(f"select {COLUMNS}, file_row_number + {first} as old_row from {whole}")
        first += len(segment)
    living = " union all ".join(rows)
    if len(base.dead):
        db.register("dead_rows", {"old_row": base.dead})
        db.execute("create table dead as select old_row from dead_rows")
        db.unregister("dead_rows")
        living = f"select * from ({living}) anti join dead using (old_row)"
    db.execute(f"create view living as {living}")
    told = db.execute("select count(*) from typed").fetchone()
    if told and told[0] * _FEW < base.profiles:
        # What few rows meet is read once; where it is much, reading it twice is less than holding it.
        db.execute("create table old as select living.* from living semi join typed using (platform, handle)")
    else:
        db.execute("create view old as select * from living")


def _fill_from_each_other(db: duckdb.DuckDBPyConnection) -> None:
    """Rows of one import about the same account: the latest has of the others what it lacks itself."""
    holders.share_terms(db)
    latest = ", ".join(f"max_by({field}, (fetched_at, seq)) as {field}" for field in _FILLED)
    of_address = "max_by({'b': email_basis, 's': email_source}, (fetched_at, seq)) filter (email is not null)"
    db.execute(
        f"create temp table gathered as select max_by(seq, (fetched_at, seq)) as seq, {latest}, {of_address} as said "
        "from typed "
        "semi join (from winners where sightings > 1) w using (platform, handle) group by platform, handle"
    )
    db.execute(
        "update typed set " + ", ".join(f"{field} = gathered.{field}" for field in _FILLED)
        + ", email_basis = said.b, email_source = said.s"
        + " from gathered where gathered.seq = typed.seq"
    )  # fmt: skip
    db.execute(
        f"update typed set disputes = nullif(entries, []) from (select w.seq, "
        f"list_distinct(flatten(list({disputed('w.', 't.', 'w.source', 't.source')}))) as entries from gathered "
        "join typed w using (seq) join typed t on t.platform = w.platform and t.handle = w.handle and t.seq <> w.seq "
        "group by w.seq) found where found.seq = typed.seq"
    )
    db.execute("drop table gathered")


def _kept(field: str, told: Mapping[int, frozenset[str]]) -> str:
    """Whether the pool's value stays where the new row has none: its file has no such column, or is not newer."""
    silent = [
        f"t.seq between {first} and {first + LINES_PER_FILE - 1}"
        for first, fields in told.items()
        if field not in fields
    ]
    return (
        f"(t.{field} is null and o.{field} is not null and ({' or '.join([*silent, 'o.fetched_at >= t.fetched_at'])}))"
    )


def _filled(kept: Mapping[str, str]) -> str:
    values = {name: f"t.{name}" for name in TYPES if name not in _TOGETHER}
    values |= {field: f"case when {stays} then o.{field} else t.{field} end" for field, stays in kept.items()}
    values |= _of_address(kept["email"])
    stays = " or ".join(kept.values())
    both = f"left(t.source || ', ' || o.source, {_LONGEST_SOURCE})"
    values["source"] = (
        f"case when not ({stays}) then t.source when contains(o.source, t.source) then o.source else {both} end"
    )
    return ", ".join(
        [f"{value} as {name}" for name, value in values.items()] + [f"o.{field} as old_{field}" for field in _SAID]
    )


def _of_address(stays: str) -> dict[str, str]:
    """Grounds and source of the address that is kept; of one that both rows have, the row that says more."""
    older = f"({stays}) or (t.email is not distinct from o.email and o.email is not null and t.email_basis is null)"
    return {
        "email_basis": f"case when {older} then o.email_basis else t.email_basis end",
        "email_source": f"case when {older} then coalesce(o.email_source, t.email_source) else t.email_source end",
    }
