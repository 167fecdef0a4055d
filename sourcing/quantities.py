"""How people and vendors write counts, rates and moments, as DuckDB expressions over text; and what is no such text but
JSON. Only text of SQL is made."""

from sourcing.sqltext import text

MOST_FOLLOWERS = 2_000_000_000
EARLIEST = "timestamp '1990-01-01'"


#: What exports and people write where they know nothing. Namibia is lost by its code and kept by its name.
MISSING = (
    "", "na", "n/a", "n.a.", "nan", "none", "null", "-", "--", "–", "—", "?", "#n/a", "#nv", "#ref!", "#value!",
    "#div/0!", "k.a.", "k. a.", "n.v.",
)  # fmt: skip
_LONGEST_MISSING = 16
#: Figures of other scripts and what is written around them; what stands at the same place below is meant.
FOREIGN_FIGURES = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯０１２３４５６７８９٫٬٪％\u00a0\u2007\u2009\u202f"
OUR_FIGURES = "0123456789" * 5 + ".,%%" + " " * 4
_THOUSAND, _MILLION = "k|tsd|tys|тыс|thousands?", "m|mn|mio|mln|млн|millions?|millionen"
_SCALES = {_THOUSAND: "1e3", _MILLION: "1e6", "b|bn|mrd|billions?": "1e9", "lakhs?|lacs?": "1e5", "crores?|cr": "1e7"}
_AROUND = r"^(?:~|≈|ca\.?|circa|approx\.?|about) ?| ?(?:\+|followers?|abonnenten|subscribers?|subs|fans)$"


def nothing_sql(column: str) -> str:
    """Whether a text is a word for nothing, blanks around it or not; longer texts are not looked at."""
    return f"strlen({column}) < {_LONGEST_MISSING} and lower(trim({column})) in ({', '.join(map(text, MISSING))})"


def our_figures_sql(column: str) -> str:
    """The same with figures of every script as 0 to 9; text of ASCII, as most is, costs nothing."""
    told = f"translate({column}, '{FOREIGN_FIGURES}', '{OUR_FIGURES}')"
    return f"case when strlen({column}) = length({column}) then {column} else {told} end"


def count_sql(column: str) -> str:
    """12,345 and 12.345 and 12 345 are thousands, 12.4K and 1,2 Mio. are rounded; "12,4" is no number of people."""
    said = f"regexp_replace(lower(trim({column})), '[\\s\u00a0\u2009\u202f]+', ' ', 'g')"
    said = f"regexp_replace({said}, '{_AROUND}', '', 'g')"
    scaled = rf"(\d+(?:\.\d+|,\d\d?)?) ?({'|'.join(_SCALES)})\.?"
    number = f"replace(regexp_extract({said}, '^{scaled}$', 1), ',', '.')::double"
    unit = f"regexp_extract({said}, '^{scaled}$', 2)"
    scale = " ".join(f"when regexp_full_match({unit}, '{words}') then {times}" for words, times in _SCALES.items())
    return (
        rf"case when regexp_full_match({column}, '[0-9]{{1,15}}') then {column}::double "
        rf"when regexp_full_match({said}, '{scaled}') then round({number} * case {scale} end) "
        rf"when regexp_full_match({said}, '\d{{1,3}}(\.\d{{3}})+(,\d+)?') "
        rf"then replace(replace({said}, '.', ''), ',', '.')::double "
        rf"when regexp_full_match({said}, '\d{{1,3}}([ ’'']\d{{3}})+') "
        rf"then regexp_replace({said}, '[^\d]', '', 'g')::double "
        rf"when regexp_full_match({said}, '(\d{{1,3}}(,\d{{3}})+|\d{{1,2}}(,\d{{2}})+,\d{{3}})(\.\d+)?') "
        rf"then replace({said}, ',', '')::double "
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
