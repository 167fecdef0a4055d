"""Which sources still have a value in a profile, and until when each of them lets it be kept. Only text of SQL is made.

A source that says its profile anew replaces its own term and no other's, and without a word on it frees nothing that it
told before; one whose values were all replaced by others counts no more. The history of followers is nobody's: it stays
as long as the profile does.
"""

from collections.abc import Mapping

import duckdb

from sourcing.rows import HELD, TERM

_ALL = (1 << len(HELD)) - 1
_AUDIENCE = "audience"
_NOBODY = f"[]::{TERM}[]"


def told(kept: Mapping[str, str]) -> str:
    """Columns of the new row `t` and the pool's `o`: the terms of both, the fields that `t` says (`said_bits`) and
    those that stay as they were (`kept_bits`). `kept`: for each field of HELD but the audience, when the old value
    stays.

    They are null where nothing is to be reckoned: for what is new and of one source, and where no term is set.
    """
    at_stake = "(t.terms is not null or (o.old_row is not null and coalesce(t.expires_at, o.expires_at) is not null))"
    dimensions = "list_transform(coalesce({}.audience_keys, []), lambda k: split_part(k, ':', 1))"
    stays = {**kept, _AUDIENCE: f"not list_has_all({dimensions.format('t')}, {dimensions.format('o')})"}
    said = {field: f"t.{_column(field)} is not null" for field in HELD}
    known = f"case when o.old_row is null then {_NOBODY} else coalesce(o.terms, {_only('o')}) end"
    return (
        f"case when {at_stake} then coalesce(t.terms, {_only('t')}) end as t_terms, "
        f"case when {at_stake} then {known} end as o_terms, "
        f"case when {at_stake} then {_bits(said)} end as said_bits, "
        f"case when {at_stake} then {_bits(stays)} end as kept_bits"
    )


def holders() -> str:
    """`holders`: of the columns that `told` makes, who has a value in the profile from now on, the newest first."""
    before = "list_filter(o_terms, lambda b: b.source = e.source and b.holds & kept_bits <> 0)[1]"
    holds = f"(e.holds & said_bits) | (coalesce({before}.holds, 0::ubigint) & kept_bits)"
    now = _each("t_terms", holds, until=f"coalesce(e.until, {before}.until)")
    still = "list_filter(o_terms, lambda e: len(list_filter(t_terms, lambda b: b.source = e.source)) = 0)"
    return f"list_filter(list_concat({now}, {_each(still, 'e.holds & kept_bits')}), lambda e: e.holds <> 0) as holders"


def columns(*, longest: int) -> dict[str, str]:
    """Column of the pool → SQL over `holders`: the shortest term, the sources by name, and each one's term where there
    are several. A name that stands in another one is not said twice."""
    names = "list_transform(holders, lambda e: e.source)"
    once = f"list_filter({names}, lambda n: len(list_filter({names}, lambda m: contains(m, n))) = 1)"
    untils = "list_filter(list_transform(holders, lambda e: e.until), lambda u: u is not null)"
    several = f"len(holders) > 1 and len({untils}) > 0"
    return {
        "expires_at": f"case when len(holders) > 0 then list_min({untils}) else expires_at end",
        "source": f"case when len(holders) > 0 then left(array_to_string({once}, ', '), {longest}) else source end",
        "terms": f"case when {several} then list_sort(holders) end",
    }


def share_terms(db: duckdb.DuckDBPyConnection) -> None:
    """Several rows of `typed` on one account are about to become one, which `winners` names: it gets the terms of the
    sources whose values it has from then on."""
    if not db.execute("select 1 from typed where expires_at is not null limit 1").fetchone():
        return
    latest = ", ".join(
        f"max_by(seq, (fetched_at, seq)) filter (where {_column(field)} is not null) as of_{field}" for field in HELD
    )
    bits = _bits({field: f"coalesce(of_{field} = t.seq, false)" for field in HELD})
    db.execute(f"""
        create temp table told_apart as
        select platform, handle, source, fetched_at, t.seq, expires_at, {bits} as holds from typed t join (
            select platform, handle, {latest} from typed semi join (from winners where sightings > 1)
            using (platform, handle) group by platform, handle having count(expires_at) > 0) using (platform, handle)
    """)
    until = (
        "coalesce(max_by({'at': expires_at}, (fetched_at, seq)).at, "
        "max_by(expires_at, (fetched_at, seq)) filter (where holds <> 0))"
    )
    entry = f"{{'source': source, 'until': until, 'holds': bits}}::{TERM}"
    db.execute(f"""
        update typed set terms = entries from (
            select w.seq, list({entry} order by latest desc) as entries from (
                select platform, handle, source, max((fetched_at, seq)) as latest, bit_or(holds) as bits,
                    {until} as until
                from told_apart group by platform, handle, source)
            join winners w using (platform, handle) where bits <> 0 group by w.seq) found
        where found.seq = typed.seq
    """)
    db.execute("drop table told_apart")


def _column(field: str) -> str:
    return "audience_keys" if field == _AUDIENCE else field


def _only(row: str) -> str:
    """What a row of one source says: that all of it is that one's."""
    return f"[{{'source': {row}.source, 'until': {row}.expires_at, 'holds': {_ALL}}}::{TERM}]"


def _each(terms: str, holds: str, until: str = "e.until") -> str:
    entry = f"{{'source': e.source, 'until': {until}, 'holds': ({holds})::ubigint}}::{TERM}"
    return f"list_transform({terms}, lambda e: {entry})"


def _bits(cases: Mapping[str, str]) -> str:
    """A number with the bit of each field whose case holds."""
    return (
        "(" + " + ".join(f"({cases[field]})::int::ubigint * {1 << at}" for at, field in enumerate(HELD)) + ")::ubigint"
    )
