"""From text columns to checked values, in columns: what a good handle, follower count, rate, country or date is.

Owns the rules of refusal and their words. Writes `typed`, of which rows with a reason do not go in.
"""

from collections.abc import Collection
from datetime import datetime

import duckdb

from sourcing import provenance
from sourcing.accounts import handle_fault, handle_sql, platform_fault, platform_sql, totals_fault, visible_sql
from sourcing.columns import Mapping
from sourcing.countries import country_names, language_codes, told_after_comma
from sourcing.details import LOST, STORED, prepared, read_details, spoken_of
from sourcing.handles import normal_handle
from sourcing.minors import minor_sql
from sourcing.provenance import Origin
from sourcing.quantities import (
    EARLIEST,
    MOST_FOLLOWERS,
    count_sql,
    moment_sql,
    nested_sql,
    nothing_sql,
    number_sql,
    within_sql,
)
from sourcing.readers import DOCUMENTS, FIELDS, LISTS, text
from sourcing.refusals import RATES
from sourcing.rows import TYPES

#: The reason of rows that are left out without a trace of their text.
MINOR = "is under age"
HIGHEST_ENGAGEMENT_PERCENT = 1_000
# A column whose 95th percentile lies under a half is a fraction (0.042): no set of creators has a 95th percentile
# under half a percent, and none has one above 50 percent.
FRACTION_BELOW = 0.5
LEAST_RATES = 30
# Without ICU DuckDB drops an offset such as +02:00 from a time, so it is taken off here; no zone means UTC.
_OFFSET = r"regexp_extract(last_seen, ':\d\d(?:\.\d+)?([+-])(\d\d):?(\d\d)?\s*$', {})"
_EAST = f"(case {_OFFSET.format(1)} when '-' then -1 else 1 end)"
_MINUTES_EAST = (
    f"{_EAST} * (coalesce(try_cast({_OFFSET.format(2)} as int), 0) * 60 + "
    f"coalesce(try_cast({_OFFSET.format(3)} as int), 0))"
)
#: What names are looked up in, by the field that holds the name.
_NAMED = {
    "country": r"""
        left join countries c1 on c1.key = strip_accents(lower(trim(judged.country)))
        left join countries c2 on c2.after_comma
            and c2.key = strip_accents(lower(trim(regexp_extract(judged.country, ',([^,]*)$', 1))))""",
    "language": r"""
        left join languages l1 on l1.key = strip_accents(lower(trim(judged.language)))
        left join languages l2
            on l2.key = regexp_extract(strip_accents(lower(trim(judged.language))), '^([a-z]+) *[-_(]', 1)""",
}
_TOWN = "case when c1.value is null and c2.value is not null then split_part(judged.country, ',', 1) end"
_EMAIL = """case when regexp_full_match(trim(email), '[^@\\s<>,;"()]+@[^@\\s<>,;"()]+\\.[^@\\s<>,;"().]+')
    and length(trim(email)) <= 254 then lower(trim(email)) end"""
_ADDRESS = """case when regexp_full_match(trim(url), 'https?://[^\\s<>"]+') and length(url) <= 500 then trim(url) end"""
_VERIFIED = (
    "case when lower(trim(verified)) in ('true', '1', 'yes', '1.0') then true "
    "when lower(trim(verified)) in ('false', '0', 'no', '0.0') then false end"
)


def _said(field: str, longest: int) -> str:
    return f"case when not {nested_sql(field)} then nullif(left(trim(replace({field}, chr(0), '')), {longest}), '') end"


def _hashtags() -> str:
    words = "regexp_extract_all(left(array_to_string(hashtags[:200], ' '), 20000), '[^\\s,;#\\[\\]\"'']+')"
    return f"nullif(list_filter({words}, lambda t: length(t) <= 100)[:100], [])"


def _captions() -> str:
    capped = "list_transform(captions[:50], lambda t: left(trim(replace(t, chr(0), '')), 2200))"
    return f"nullif(list_filter({capped}, lambda t: t <> ''), [])"


#: Column of the pool → SQL over what was read.
_STORED = {
    "platform": "p", "handle": "h", "name": _said("name", 200), "bio": _said("bio", 2000), "hashtags": _hashtags(),
    "captions": _captions(), "country": "place", "language": "tongue",
    "followers": "case when why is null then f end::bigint", "engagement_percent": "e", "verified": "sure",
    "email": "mail", "url": "web", "last_seen": "seen_at", "fetched_at": "coalesce(seen_at, {moment})",
}  # fmt: skip
#: Whatever fields a file has, these are filled.
_ALWAYS = ("platform", "handle", "followers", "fetched_at")

SCHEMA = """
create table typed (
    seq bigint, line bigint, raw varchar, reason_field varchar, reason varchar, lost varchar[], {columns});
create table countries (key varchar, value varchar, after_comma boolean);
create table languages (key varchar, value varchar);
"""


def prepare(db: duckdb.DuckDBPyConnection) -> None:
    db.execute(SCHEMA.format(columns=", ".join(f"{name} {kind}" for name, kind in TYPES.items())))
    after_comma = told_after_comma()
    countries, languages = country_names(), language_codes()
    db.execute(
        "insert into countries select unnest($1), unnest($2), unnest($3)",
        [list(countries), list(countries.values()), [key in after_comma for key in countries]],
    )
    db.execute("insert into languages select unnest($1), unnest($2)", [list(languages), list(languages.values())])


def engagement_factor(db: duckdb.DuckDBPyConnection, mapping: Mapping) -> tuple[int, str]:
    """(100 where the rate column holds fractions, else 1; a note that says so): by the whole column, not by value."""
    if "engagement" not in mapping.fields:
        return 1, ""
    row = db.execute(
        f"select quantile_cont(rate, 0.95), count(*) from (select {number_sql('engagement')} as rate, engagement "
        f"from said) where rate > 0 and isfinite(rate) and engagement not like '%\\%%' escape '\\'"
    ).fetchone()
    highest, known = (row[0], int(row[1])) if row else (None, 0)
    column = f"column {mapping.fields['engagement']!r}"
    if highest is None or highest >= FRACTION_BELOW:
        return 1, f"{column} was read as percent"
    if known < LEAST_RATES:
        return 1, f"{column} has too few values ({known}) to tell fractions from percent: it was read as percent"
    return 100, f"{column} was read as fractions (0.042 is 4.2 %)"


def type_rows(
    db: duckdb.DuckDBPyConnection, fields: Collection[str], *, first_seq: int, platform: str | None,
    factor: int, origin: Origin, now: datetime,
) -> None:  # fmt: skip
    """Append the rows of `said`, which has these fields, to `typed`.

    Columns of the pool that no field of the file speaks of are left out of the statement, and so is all they are worked
    out of: reading a statement takes the longer the more it says, whatever there is to do.
    """
    moment = f"timestamp {text(now.strftime('%Y-%m-%d %H:%M:%S'))}"
    given = platform_sql(platform, said="platform" if "platform" in fields else "null", shown="handle")
    detailed = read_details(db, fields, moment=moment, platform=given)
    stored = {name: sql for name, sql in (_STORED | STORED).items() if name in _ALWAYS or spoken_of(name, fields)}
    stored |= provenance.stored(origin, fields, moment=moment)
    names = ["seq", "line", "raw", "reason_field", "reason", "lost", *stored]
    values = [
        f"{first_seq} + line", "line", f"case when why is not null or lost <> [] then {_shown(fields)} end",
        "split_part(why, ':', 1)", "substr(why, strpos(why, ':') + 1)", "lost", *stored.values(),
    ]  # fmt: skip
    values = [value.replace("{moment}", moment) for value in values]
    steps = _steps(fields, platform_sql(platform), factor=factor, moment=moment, this_year=now.year, detailed=detailed)
    db.execute(f"insert into typed ({', '.join(names)}) {steps} select {', '.join(values)} from told")
    db.execute("drop table said")
    if detailed:
        db.execute("drop table details")


def _steps(fields: Collection[str], platform: str, *, factor: int, moment: str, this_year: int, detailed: bool) -> str:
    """WITH clauses from `said` to `told`: each row read, then judged, then with what it names looked up.

    `platform`: SQL for that of a row; `detailed`: whether there is a table of `details`.
    """
    details = "left join details d using (line)" if detailed else ""
    return f"""
        with shown as (select *, {_absent(fields)}, {visible_sql("handle")} as visible from said),
        bare as (select *, {platform} as p,
                {_if_told("last_seen", fields, moment_sql("last_seen"))} as said_at
            from shown),
        read as (
            select *, {handle_sql()} as h, {count_sql("followers")} as f,
                {_if_told("engagement_percent", fields, _engagement(factor))} as e,
                {_if_told("email", fields, _EMAIL)} as mail, {_if_told("url", fields, _ADDRESS)} as web,
                {_if_told("verified", fields, _VERIFIED)} as sure,
                {_if_told("last_seen", fields, _seen(moment))} as seen
            from bare),
        judged as (
            select *, {_reason(fields, this_year)} as why,
                case when seen between {EARLIEST} and {moment} + interval 1 day then seen end as seen_at
            from read),
        named as (
            select judged.*, {_if_told("country", fields, "coalesce(c1.value, c2.value)")} as place,
                {_if_told("language", fields, "coalesce(l1.value, l2.value)")} as tongue,
                {_if_told("country", fields, _TOWN)} as town
            from judged {" ".join(joined for field, joined in _NAMED.items() if field in fields)}),
        weighed as (
            select named.*{"".join(f", {sql} as {name}" for name, sql in prepared(fields).items())}
                {", d.* exclude (line)" if detailed else ""}
            from named {details}),
        told as (select *, case when why is null then {_lost(fields, detailed)} else [] end as lost from weighed)
    """


def leave_out_minors(db: duckdb.DuckDBPyConnection, first_seq: int) -> tuple[int, set[tuple[str, str]]]:
    """Drop the rows of `typed`, from that one on, of people who say in any of them that they are under age.

    Returns how many rows, and their accounts, for those whom the pool took in before they said so.
    """
    said = f"seq >= {first_seq} and reason = {text(MINOR)}"
    rows = db.execute(f"select platform, handle from typed where {said}").fetchall()
    if not rows:
        return 0, set()
    accounts = {(platform, normal_handle(handle or "", platform)) for platform, handle in rows if platform}
    # Another row of theirs that is silent on it may hold a value that would be listed.
    also = db.execute(
        f"delete from typed using (select unnest($1) as p, unnest($2) as h) m where seq >= {first_seq} "
        f"and reason is distinct from {text(MINOR)} and platform = m.p and handle = m.h",
        [[platform for platform, _ in accounts], [handle for _, handle in accounts]],
    ).fetchone()
    db.execute(f"delete from typed where {said}")
    return len(rows) + (int(also[0]) if also else 0), accounts


def take(db: duckdb.DuckDBPyConnection, relation: str, fields: Collection[str]) -> None:
    """Make `said`: the text of the file's fields, without the words for nothing.

    A table, as of a bare file DuckDB knows no size, and then may hold all its rows in memory for the joins.
    """
    known = [
        f"case when len({field}) = 1 and {nothing_sql(f'{field}[1]')} then null else {field} end as {field}"
        if field in LISTS
        else f"case when {nothing_sql(field)} then null else {field} end as {field}"
        for field in sorted(fields)
    ]
    db.execute(f"create or replace temp table said as select * replace ({', '.join(known)}) from ({relation})")


def _if_told(column: str, fields: Collection[str], sql: str) -> str:
    """The expression for a column of the pool, or nothing where the file has no field that speaks of it."""
    return sql if spoken_of(column, fields) else "null"


def _seen(moment: str) -> str:
    return (
        f"case when said_at between {EARLIEST} and {moment} + interval 2 day "
        f"then said_at - to_minutes({_MINUTES_EAST}) end"
    )


def _shown(fields: Collection[str]) -> str:
    """The start of what the known columns hold, to find the row again. Other columns may hold what may not be read."""
    cells = ", ".join(
        f"case when {nested_sql(field)} then '{{…}}' else left({field}, 80) end"
        for field in fields
        if field not in {*LISTS, *DOCUMENTS, "age"}
    )
    return f"case when problem is null then left(concat_ws(', ', {cells}), 200) end"


def _absent(fields: Collection[str]) -> str:
    """Fields that the file has no column for: constants, which cost nothing."""
    return ", ".join(
        f"null::{'varchar[]' if field in LISTS else 'varchar'} as {field}" for field in FIELDS if field not in fields
    )


def _engagement(factor: int) -> str:
    rate = (
        f"coalesce({number_sql('engagement_bps')} / 100, {number_sql('engagement_percent')}, "
        f"{number_sql('engagement')} * case when engagement like '%\\%%' escape '\\' then 1 else {factor} end)"
    )
    return f"case when {within_sql(rate, HIGHEST_ENGAGEMENT_PERCENT)} then round({rate}, 6) end"


def _reason(fields: Collection[str], this_year: int) -> str:
    """`field:words`, or null for a row that goes in."""
    return f"""case
        when {minor_sql(fields, this_year=this_year)} then ':{MINOR}'
        when problem is not null then ':' || problem
        when {nested_sql("handle")} then 'handle:is no handle'
        {totals_fault()}
        {handle_fault()}
        {platform_fault()}
        when coalesce(trim(followers), '') <> '' and f is null then 'followers:is not a number'
        when isnan(f) or isinf(f) then 'followers:is not a finite number'
        when f < 0 then 'followers:is negative'
        when f > {MOST_FOLLOWERS} then 'followers:is more than any account has'
        when f <> floor(f) then 'followers:is not a whole number' end"""


def _lost(fields: Collection[str], detailed: bool) -> str:
    """`field` or `field:reason` of each value that is there and cannot be used."""
    cases = (
        {
            "engagement": "e is null and coalesce(engagement_bps, engagement_percent, engagement) is not null",
            "last_seen": "seen_at is null and last_seen is not null",
            "country": "place is null and country is not null",
            "language": "tongue is null and language is not null",
            "verified": "sure is null and verified is not null",
            "email": "mail is null and email is not null",
            "url": "web is null and url is not null",
        }
        | LOST
        | provenance.lost()
    )
    if not set(RATES).isdisjoint(fields):
        fields = {*fields, "engagement"}
    entries = ", ".join(f"case when {case} then '{entry}' end" for entry, case in cases.items() if entry in fields)
    listed = f"list_filter([{entries}]::varchar[], lambda entry: entry is not null)"
    return f"list_concat({listed}, coalesce(lost_details, []))" if detailed else listed
