"""Dates as countries and programs write them, turned into ISO 8601 before anything else looks at them. In columns.

3.4.2026, 03/04/2026, April 3, 2026, 2026年4月3日, 20260403 and Excel's 46115 are one day. Whether a day or
a month comes first a whole file tells, or nobody: then such dates are left as they are, and said to be unclear. That
the year comes first in 26/04/03 no file tells: a preset does.
"""

from collections.abc import Collection, Iterator
from typing import Literal

import duckdb

from sourcing.columns import Mapping
from sourcing.lexicon.months import MONTHS

Order = Literal["dmy", "mdy", "ymd"]
#: Fields that hold dates: one in each row, and a list of them.
_ONE, _LIST = ("last_seen", "expires_at"), "posted"
DATED = (*_ONE, _LIST)

_BLANKS = r"[\s\x{a0}\x{202f}]+"
_TIME = r"(?:(?: |, |t)(\d{1,2}:.*))?"
#: Name → pattern; its groups are named by `_PARTS`: year, month (a number or a word), day, time.
_FORMS = {
    "year_first": rf"^(\d{{4}}) ?[./年] ?(\d{{1,2}}) ?[./月] ?(\d{{1,2}})[.日]?{_TIME}$",
    "compact": r"^((?:19|20)\d\d)(\d\d)(\d\d)()$",
    "day_month": rf"^(?:\p{{L}}+[.,]? )?(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?[ -]*(?:de |of |d'')?(\p{{L}}{{3,}})\.?"
    rf"[ ,./-]+(?:de |del )?(\d{{4}}|\d\d)(?: ?г\.?)?{_TIME}$",
    "month_day": rf"^(?:\p{{L}}+, )?(\p{{L}}{{3,}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}$",
}
_PARTS = {"year_first": "y m d time", "compact": "y m d time", "day_month": "d m y time", "month_day": "m d y time"}
_NUMBERS = rf"^(\d{{1,2}}) ?([./-]) ?(\d{{1,2}}) ?[./-] ?(\d{{4}}|\d\d)\.?{_TIME}$"
#: Excel counts days; these are those from 1954 to 2118.
_SERIAL = r"^([2-7]\d{4})(?:\.\d+)?$"
_CLOCK = r"^(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)? ?([ap])?\.?(?:m\.?)? ?([+-]\d\d:?\d\d|z|utc|gmt)?$"
_KNOWN = r"^\s*(\d{4}-\d\d|\d{9,10}\s*$|\d{12,13}\s*$)"


def settle_dates(db: duckdb.DuckDBPyConnection, mapping: Mapping, *, order: Order | None = None) -> list[str]:
    """Rewrite the dates in `said` that are not in ISO 8601; returns what a person should know of it.

    `order` is what a person or a preset says of 03/04/2026; without it, it is what the file itself shows.
    """
    fields = [field for field in DATED if field in mapping.fields]
    if not fields or not _take_others(db, fields):
        return []
    row = db.execute("""
        select coalesce(sum(n) filter (a > 12 and b <= 12), 0), coalesce(sum(n) filter (b > 12 and a <= 12), 0),
            coalesce(sum(n) filter (a <= 12 and b <= 12 and a <> b), 0),
            count(*) filter (regexp_matches(t, '[ap]\\.?m\\.?$')) from parted where mark in ('/', '-')
    """).fetchone()
    assert row is not None
    day_first, month_first, unclear, american = map(int, row)
    found = order or _order(day_first, month_first, american)
    _rewrite(db, fields, found)
    mixed = bool(day_first and month_first)
    return list(_notes(mapping, fields, found, given=order, unclear=unclear, mixed=mixed))


def _take_others(db: duckdb.DuckDBPyConnection, fields: Collection[str]) -> bool:
    """Make `parted`: each way a date is written that is not known already, once, taken apart as numbers."""
    every = " union all ".join(f"select {_each(field)} as said from said" for field in fields)
    plain = f"regexp_replace(strip_accents(lower(trim(said))), '{_BLANKS}', ' ', 'g')"
    db.execute(f"""
        create or replace temp table parted as
        select said, n, t, try_cast(p.a as int) as a, p.mark as mark, try_cast(p.b as int) as b, p.y as y,
            p.time as time
        from (select *, regexp_extract(t, '{_NUMBERS}', ['a', 'mark', 'b', 'y', 'time']) as p
            from (select said, count(*) as n, {plain} as t from ({every})
                where said <> '' and not regexp_matches(said, '{_KNOWN}') group by said))
    """)
    return db.execute("select 1 from parted limit 1").fetchone() is not None


def _each(field: str) -> str:
    return f"unnest({field})" if field == _LIST else field


def _order(day_first: int, month_first: int, american: int) -> Order | None:
    if day_first and not month_first:
        return "dmy"
    return "mdy" if not day_first and (month_first or american) else None


def _rewrite(db: duckdb.DuckDBPyConnection, fields: Collection[str], order: Order | None) -> None:
    names = ", ".join(f"('{name}', {number})" for name, number in MONTHS.items())
    taken = ", ".join(f"regexp_extract(t, '{form}', {_PARTS[name].split()}) as {name}" for name, form in _FORMS.items())
    first = " ".join(
        f"when {name}.y <> '' then {{'y': {name}.y, 'm': {name}.m, 'd': {name}.d, 'time': {name}.time}}"
        for name in _FORMS
    )
    # What cannot be a month is none, whatever the file does elsewhere; with points the day comes first everywhere.
    turned = "mark <> '.' and a <= 12" if order == "mdy" else "mark <> '.' and b > 12"
    certain = "true" if order in ("dmy", "mdy") else "mark = '.' or a > 12 or b > 12 or a = b"
    # A year of four figures at the end stands first for nobody.
    year_first = "mark <> '' and length(y) = 2" if order == "ymd" else "false"
    db.execute(f"""
        create or replace temp table written as
        with taken as (select *, {taken} from parted),
        one as (
            select said, t, case when {year_first} then
                    {{'y': printf('%02d', a), 'm': b::varchar, 'd': y, 'time': time}}
                when mark <> '' and ({certain}) then
                    {{'y': y, 'm': (case when {turned} then a else b end)::varchar,
                      'd': (case when {turned} then b else a end)::varchar, 'time': time}} {first} end as p
            from taken),
        timed as (
            select said, t, p, coalesce(try_cast(p.m as int), months.number) as m,
                regexp_extract(p.time, '{_CLOCK}', ['h', 'min', 's', 'half', 'zone']) as c
            from one left join (values {names}) months(name, number) on months.name = p.m)
        select said, case
            when regexp_matches(t, '{_SERIAL}')
                then (date '1899-12-30' + regexp_extract(t, '{_SERIAL}', 1)::int)::varchar
            else case when length(p.y) = 2 then case when try_cast(p.y as int) < 70 then '20' else '19' end else '' end
                || p.y || '-' || printf('%02d', m) || '-' || printf('%02d', try_cast(p.d as int))
                || {_clock()} end as iso
        from timed
    """)
    for field in fields:
        _put_back(db, field)
    db.execute("drop table parted; drop table written")


def _clock() -> str:
    """The time after a date, with a blank before it; "" where there is none."""
    hour = "try_cast(c.h as int)"
    hours = (
        f"case when c.half = 'p' and {hour} < 12 then {hour} + 12 when c.half = 'a' and {hour} = 12 then 0 "
        f"else {hour} end"
    )
    return (
        f"case when c.h <> '' then ' ' || printf('%02d', {hours}) || ':' || c.min || ':' || "
        f"coalesce(nullif(c.s, ''), '00') || regexp_replace(c.zone, 'z|utc|gmt', '') else '' end"
    )


def _put_back(db: duckdb.DuckDBPyConnection, field: str) -> None:
    if field in _ONE:
        db.execute(f"update said set {field} = iso from written where written.said = {field} and iso is not null")
        return
    db.execute(f"""
        create or replace temp table relisted as
        select line, list(coalesce(iso, one) order by place) as days
        from (select line, unnest({field}) as one, generate_subscripts({field}, 1) as place from said)
        left join written on written.said = one group by line
    """)
    db.execute(f"update said set {field} = days from relisted where relisted.line = said.line")
    db.execute("drop table relisted")


def _notes(
    mapping: Mapping, fields: Collection[str], found: Order | None, *, given: Order | None, unclear: int, mixed: bool
) -> Iterator[str]:
    columns = " and ".join(f"column {mapping.fields[field]!r}" for field in fields)
    if found is None and unclear:
        why = "days and months stand first in turns" if mixed else "03/04 may be a day in March or in April"
        dates = "1 date" if unclear == 1 else f"{unclear:,} dates"
        yield f"{columns}: {dates} could not be read, as {why}; say which with --dates dmy or --dates mdy"
    elif found and not given:
        yield f"{columns}: dates were read with the {'day' if found == 'dmy' else 'month'} first"
