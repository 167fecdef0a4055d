"""How people and vendors write counts, rates and moments, as DuckDB expressions over text; and what is no such text but
JSON. Only text of SQL is made."""

MOST_FOLLOWERS = 2_000_000_000
EARLIEST = "timestamp '1990-01-01'"


def count_sql(column: str) -> str:
    """12,345 and 12.345 and 12 345 are thousands, 12.4K and 1,2 Mio. are rounded; "12,4" is no number of people."""
    said = f"regexp_replace(lower(trim({column})), '[\\s\u00a0\u2009\u202f]+', ' ', 'g')"
    scaled = r"(\d+(?:\.\d+|,\d\d?)?) ?(k|tsd\.?|m|mn|mio\.?|million|millions|b|bn|mrd\.?)"
    number = f"replace(regexp_extract({said}, '^{scaled}$', 1), ',', '.')::double"
    unit = f"left(regexp_extract({said}, '^{scaled}$', 2), 2)"
    scale = f"case when {unit} in ('k', 'ts') then 1e3 when {unit} in ('b', 'bn', 'mr') then 1e9 else 1e6 end"
    return (
        rf"case when regexp_full_match({column}, '[0-9]{{1,15}}') then {column}::double "
        rf"when regexp_full_match({said}, '{scaled}') then round({number} * {scale}) "
        rf"when regexp_full_match({said}, '\d{{1,3}}(\.\d{{3}})+|\d{{1,3}}([ ’'']\d{{3}})+') "
        rf"then regexp_replace({said}, '[^\d]', '', 'g')::double "
        rf"when regexp_full_match({said}, '\d{{1,3}}(,\d{{3}})+(\.\d+)?') then replace({said}, ',', '')::double "
        rf"when regexp_full_match({said}, '[-+]?(\d+(\.\d*)?(e[-+]?\d+)?|inf|infinity)') "
        rf"then try_cast({said} as double) end"
    )


def whole_sql(column: str) -> str:
    """A count that some account can have, else null."""
    return f"case when {within_sql(count_sql(column), MOST_FOLLOWERS)} then floor({count_sql(column)})::bigint end"


def number_sql(column: str) -> str:
    """A decimal number with point or comma; a percent sign is passed over."""
    return f"try_cast(replace(replace(trim({column}), '%', ''), ',', '.') as double)"


def nested_sql(said: str) -> str:
    """Whether a text is an object of JSON or a list of them: nobody knows what stands in there, so nothing keeps it."""
    return (
        f"case when left(trim({said}), 1) in ('{{', '[') then contains({said}, '{{') and json_valid({said}) "
        f"else false end"
    )


def within_sql(number: str, most: float) -> str:
    return f"(isfinite({number}) and {number} between 0 and {most})"


def moment_sql(said: str) -> str:
    """A timestamp without its offset: ISO 8601, a month such as 2026-03, or seconds or milliseconds since 1970."""
    return (
        f"case when regexp_full_match(trim({said}), '[0-9]{{9,10}}') "
        f"then make_timestamp(try_cast({said} as bigint) * 1000000) "
        f"when regexp_full_match(trim({said}), '[0-9]{{12,13}}') "
        f"then make_timestamp(try_cast({said} as bigint) * 1000) "
        f"when regexp_full_match(trim({said}), '[0-9]{{4}}-[0-9]{{2}}') "
        f"then try_cast(trim({said}) || '-01' as timestamp) "
        f"else try_cast(trim({said}) as timestamp) end"
    )
