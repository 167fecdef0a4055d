"""Audience shares as vendors write them, checked in columns: {"DE": 0.6} or a list of {code or name, weight or share}.

Owns the keys ("country:Germany", "age:25-34") and what makes the shares of a dimension unusable. A dimension is one of
country, city, age, gender, language and interest.
"""

from collections.abc import Collection

import duckdb

from sourcing.quantities import number_sql
from sourcing.readers import text
from sourcing.slices import slices

#: Field of a file → dimension.
DIMENSIONS = {
    "audience_countries": "country", "audience_cities": "city", "audience_ages": "age",
    "audience_genders": "gender", "audience_languages": "language", "audience_interests": "interest",
}  # fmt: skip
# Rounded shares may add up to a little more than the whole.
MOST = 1.05
# Percentages are told by their sum; a column of them also by half of its profiles, as one may list a single country.
PERCENT_ABOVE = 1.5
_LEAST_PROFILES = 30
_LARGEST_KEPT = 50
_NAMED_BY = {"country": ("code", "name"), "language": ("code", "name")}
_SHARES = ("weight", "share", "value", "percent", "percentage", "pct")
_USUAL = """
        create or replace temp table usual as select field, median(total) as usual, count(*) as profiles
        from (select field, sum(share) as total from stated group by line, field) group by field
    """
_AUDIENCES = f"""
        insert into audiences
        with few as (select * from stated where line between $first and $last),
        sums as (
            select line, field, sum(share) as total, max(share) as highest,
                count(*) filter (share is null or not isfinite(share) or share < 0) as bad, count(key) as named
            from few group by line, field),
        read as (
            select line, field, bad, named, total, highest, case when
                total > {PERCENT_ABOVE} and highest > 1 or usual > {PERCENT_ABOVE} and profiles >= {_LEAST_PROFILES}
                then 100.0 else 1.0 end as unit
            from sums join usual using (field)),
        judged as (
            select *, case when bad > 0 then 'has a share that is negative or no number'
                when named = 0 then 'names nothing that is known'
                when case field when 'audience_interests' then highest else total end / unit > {MOST}
                    then 'adds up to more than the whole audience' end as reason
            from read),
        merged as (
            select line, field, key, round(sum(share) / any_value(unit), 6) as share
            from few join judged using (line, field)
            where reason is null and key is not null group by line, field, key having sum(share) > 0),
        largest as (
            select line, key, share from merged where share > 0
            qualify row_number() over (partition by line, field order by share desc, key) <= {_LARGEST_KEPT}),
        kept as (select line, list({{'key': key, 'share': share}} order by key) as entries from largest group by line),
        lost as (select line, list(field || ':' || reason order by field) as lost from judged
            where reason is not null group by line)
        select line, list_transform(entries, lambda e: e.key), list_transform(entries, lambda e: least(e.share, 1.0)),
            coalesce(lost, [])
        from kept full join lost using (line)
    """


def read_shares(db: duckdb.DuckDBPyConnection, fields: Collection[str]) -> None:
    """Make the temp table `audiences` (line, keys, shares, lost) from the table `said`; `lost` is field:reason."""
    db.execute("create or replace temp table audiences (line bigint, keys varchar[], shares double[], lost varchar[])")
    asked = {field: dimension for field, dimension in DIMENSIONS.items() if field in fields}
    if not asked:
        return
    db.execute("create or replace temp table stated (line bigint, field varchar, key varchar, share double)")
    for field, dimension in asked.items():
        _state(db, field, dimension)
    db.execute(_USUAL)
    for lines in slices(db, "stated"):
        db.execute(_AUDIENCES, lines)
    db.execute("drop table stated; drop table usual")


def _state(db: duckdb.DuckDBPyConnection, field: str, dimension: str) -> None:
    """Append the entries of one column to `stated`; what is no JSON has one entry without key and share."""
    # A table, so that no text that is no JSON is ever taken apart.
    db.execute(
        f"create or replace temp table documents as select line, {field} as told from said "
        f"where {field} is not null and json_valid({field}) and json_type({field}) in ('OBJECT', 'ARRAY')"
    )
    names = ", ".join(f"e.value ->> '{name}'" for name in _NAMED_BY.get(dimension, ("name", "code", "key", "label")))
    shares = ", ".join(f"e.value ->> '{name}'" for name in _SHARES)
    share = f"case e.type when 'OBJECT' then coalesce({shares}) else e.value ->> '$' end"
    name = f"case e.type when 'OBJECT' then coalesce({names}, case when json_type(told) = 'OBJECT' then e.key end) "
    name += "when 'ARRAY' then null else case when json_type(told) = 'OBJECT' then e.key end end"
    number = f"{number_sql('share')} / case when contains(share, '%') then 100 else 1 end"
    db.execute(f"""
        insert into stated
        with entries as (select line, {name} as name, {share} as share from documents, json_each(documents.told) e)
        select line, {text(field)}, {_key(dimension)} as key, {number}
        from entries {_joined(dimension)}
        union all
        select line, {text(field)}, null, null from said where {field} is not null and trim({field}) <> ''
            and line not in (select line from documents)
    """)


def _joined(dimension: str) -> str:
    if dimension == "country":
        return "left join countries c on c.key = strip_accents(lower(trim(entries.name)))"
    if dimension == "language":
        return (
            "left join languages l on l.key = "
            "regexp_extract(strip_accents(lower(trim(entries.name))), '^([a-z ]+?) *([-_(].*)?$', 1)"
        )
    return ""


def _key(dimension: str) -> str:
    """The entry's key, null where its name is not known."""
    said = r"nullif(left(trim(regexp_replace(entries.name, '\p{C}', '', 'g')), 60), '')"
    low = f"lower({said})"
    ages = (
        rf"case when regexp_matches({said}, '\d+\D+\d+') then "
        rf"regexp_replace({said}, '^\D*(\d+)\D+(\d+).*$', '\1-\2') "
        rf"when regexp_matches({said}, '\d') then regexp_replace({said}, '^\D*(\d+).*$', '\1+') end"
    )
    genders = (
        f"case when {low} in ('f', 'female', 'females', 'woman', 'women') then 'female' "
        f"when {low} in ('m', 'male', 'males', 'man', 'men') then 'male' else {low} end"
    )
    value = {"country": "c.value", "language": "l.value", "age": ages, "gender": genders}.get(dimension, said)
    return f"'{dimension}:' || {value}"
