"""From text columns to checked values, in columns: what a good handle, follower count, rate, country or date is.

Owns the rules of refusal and their words. Writes `typed`, of which rows with a reason do not go in.
"""

from datetime import datetime

import duckdb

from sourcing.columns import Mapping
from sourcing.countries import country_names, language_codes, told_after_comma
from sourcing.handles import PROFILE_ADDRESS, normal_handle
from sourcing.readers import FIELDS, LISTS, text
from sourcing.rows import TYPES

MOST_FOLLOWERS = 2_000_000_000
HIGHEST_ENGAGEMENT_PERCENT = 1_000
# A column whose 95th percentile lies under a half is a fraction (0.042): no set of creators has a 95th percentile
# under half a percent, and none has one above 50 percent.
FRACTION_BELOW = 0.5
LEAST_RATES = 30
#: What exports write where they know nothing. Namibia is lost by its code and kept by its name.
_MISSING = "('na', 'n/a', 'n.a.', 'nan', 'none', 'null', '-', '')"
_EARLIEST = "timestamp '1990-01-01'"

_VISIBLE = r"trim(regexp_replace(handle, '\p{C}', '', 'g'))"
_BARE = f"regexp_replace(visible, '(?i){PROFILE_ADDRESS}', '')"
_HANDLE_FORM = (
    "lower(trim(ltrim(case when bare <> visible then regexp_replace(bare, '[/?#].*$', '') else visible end, '@')))"
)
# Without ICU DuckDB drops an offset such as +02:00 from a time, so it is taken off here; no zone means UTC.
_OFFSET = r"regexp_extract(last_seen, ':\d\d(?:\.\d+)?([+-])(\d\d):?(\d\d)?\s*$', {})"
_EAST = f"(case {_OFFSET.format(1)} when '-' then -1 else 1 end)"
_SAID_TIME = (
    "case when regexp_full_match(trim(last_seen), '[0-9]{9,10}') then make_timestamp(last_seen::bigint * 1000000) "
    "when regexp_full_match(trim(last_seen), '[0-9]{12,13}') then make_timestamp(last_seen::bigint * 1000) "
    "else try_cast(trim(last_seen) as timestamp) end"
)
_MINUTES_EAST = (
    f"{_EAST} * (coalesce(try_cast({_OFFSET.format(2)} as int), 0) * 60 + "
    f"coalesce(try_cast({_OFFSET.format(3)} as int), 0))"
)
_NAMED = r"""
left join countries c1 on c1.key = strip_accents(lower(trim(judged.country)))
left join countries c2 on c2.after_comma
                and c2.key = strip_accents(lower(trim(regexp_extract(judged.country, ',([^,]*)$', 1))))
left join languages l1 on l1.key = strip_accents(lower(trim(judged.language)))
left join languages l2 on l2.key = regexp_extract(strip_accents(lower(trim(judged.language))), '^([a-z]+) *[-_(]', 1)
"""
#: Emoji too: exports hold display names in place of handles, and an odd account is better than a lost one.
_HANDLE = r"[\p{L}\p{N}\p{M}\p{So}\p{Sk}._·-]+"
_EMAIL = """case when regexp_full_match(trim(email), '[^@\\s<>,;"()]+@[^@\\s<>,;"()]+\\.[^@\\s<>,;"().]+')
    and length(trim(email)) <= 254 then lower(trim(email)) end"""
_ADDRESS = """case when regexp_full_match(trim(url), 'https?://[^\\s<>"]+') and length(url) <= 500 then trim(url) end"""
_VERIFIED = (
    "case when lower(trim(verified)) in ('true', '1', 'yes', '1.0') then true "
    "when lower(trim(verified)) in ('false', '0', 'no', '0.0') then false end"
)
_LOST = """list_filter([
    case when e is null and coalesce(engagement_bps, engagement_percent, engagement) is not null then 'engagement' end,
    case when seen_at is null and last_seen is not null then 'last_seen' end,
    case when place is null and country is not null then 'country' end,
    case when tongue is null and language is not null then 'language' end,
    case when sure is null and verified is not null then 'verified' end,
    case when mail is null and email is not null then 'email' end,
    case when web is null and url is not null then 'url' end], lambda field: field is not null)"""
_PLATFORMS = {
    "instagram": "instagram", "ig": "instagram", "insta": "instagram", "tiktok": "tiktok", "tt": "tiktok",
    "tik tok": "tiktok", "youtube": "youtube", "yt": "youtube",
}  # fmt: skip

SCHEMA = """
create table typed (
    seq bigint, line bigint, raw varchar, reason_field varchar, reason varchar, lost varchar[], {columns});
create table countries (key varchar, value varchar, after_comma boolean);
create table languages (key varchar, value varchar);
"""


def prepare(db: duckdb.DuckDBPyConnection) -> None:
    db.execute(SCHEMA.format(columns=", ".join(f"{name} {kind}" for name, kind in TYPES.items())))
    countries = ", ".join(
        f"({text(key)}, {text(name)}, {key in told_after_comma()})" for key, name in country_names().items()
    )
    languages = ", ".join(f"({text(key)}, {text(code)})" for key, code in language_codes().items())
    db.execute(f"insert into countries values {countries}; insert into languages values {languages}")


def engagement_factor(db: duckdb.DuckDBPyConnection, relation: str, mapping: Mapping) -> tuple[int, str]:
    """(100 where the rate column holds fractions, else 1; a note that says so): by the whole column, not by value."""
    if "engagement" not in mapping.fields:
        return 1, ""
    row = db.execute(
        f"select quantile_cont(rate, 0.95), count(*) from (select {_number('engagement')} as rate, engagement "
        f"from ({relation})) where rate > 0 and isfinite(rate) and engagement not like '%\\%%' escape '\\'"
    ).fetchone()
    highest, known = (row[0], int(row[1])) if row else (None, 0)
    column = f"column {mapping.fields['engagement']!r}"
    if highest is None or highest >= FRACTION_BELOW:
        return 1, f"{column} was read as percent"
    if known < LEAST_RATES:
        return 1, f"{column} has too few values ({known}) to tell fractions from percent: it was read as percent"
    return 100, f"{column} was read as fractions (0.042 is 4.2 %)"


def type_rows(
    db: duckdb.DuckDBPyConnection, relation: str, *, first_seq: int, platform: str | None, factor: int,
    source: str, now: datetime,
) -> None:  # fmt: skip
    """Append the rows of `relation` to `typed`."""
    moment = f"timestamp {text(now.strftime('%Y-%m-%d %H:%M:%S'))}"
    known = [f"case when lower(trim({field})) in {_MISSING} then null else {field} end as {field}" for field in FIELDS
             if field not in LISTS]  # fmt: skip
    known += [
        f"case when len({field}) = 1 and lower(trim({field}[1])) in {_MISSING} then null else {field} end as {field}"
        for field in LISTS
    ]
    # A table first: of a bare file DuckDB knows no size, and then may hold all its rows in memory for the joins.
    db.execute(f"create or replace temp table said as select * replace ({', '.join(known)}) from ({relation})")
    db.execute(f"""
        insert into typed
        with shown as (select *, {_VISIBLE} as visible from said),
        bare as (select *, {_BARE} as bare, {_SAID_TIME} as said_at from shown),
        read as (
            select *, {_HANDLE_FORM} as h, {_followers()} as f, {_engagement(factor)} as e,
                {_platform(platform)} as p, {_EMAIL} as mail, {_ADDRESS} as web, {_VERIFIED} as sure,
                case when said_at between {_EARLIEST} and {moment} + interval 2 day
                    then said_at - to_minutes({_MINUTES_EAST}) end as seen
            from bare),
        judged as (
            select *, {_reason()} as why,
                case when seen between {_EARLIEST} and {moment} + interval 1 day then seen end as seen_at
            from read),
        named as (
            select judged.*, coalesce(c1.value, c2.value) as place, coalesce(l1.value, l2.value) as tongue
            from judged {_NAMED}),
        weighed as (select *, case when why is null then {_LOST} else [] end as lost from named)
        select {first_seq} + line, line,
            case when why is not null or lost <> [] then raw end,
            split_part(why, ':', 1), substr(why, strpos(why, ':') + 1), lost,
            p, h, {_said("name", 200)}, {_said("bio", 2000)}, {_hashtags()}, {_captions()}, place, tongue,
            case when why is null then f end::bigint, e, sure, mail, web,
            seen_at, coalesce(seen_at, {moment}), {text(source)}{", null" * 16}
        from weighed
    """)
    db.execute("drop table said")


def mend_odd_handles(db: duckdb.DuckDBPyConnection) -> None:
    """NFKC and case-folding for the few handles that are not ASCII; DuckDB has neither."""
    odd = "reason is null and not regexp_full_match(handle, '[ -~]*')"
    db.execute("create or replace temp table odd (handle varchar, mended varchar)")
    cursor = db.cursor()
    cursor.execute(f"select distinct handle from typed where {odd}")
    while rows := cursor.fetchmany(10_000):
        pairs = ", ".join(f"({text(raw)}, {text(normal_handle(raw))})" for (raw,) in rows)
        db.execute(f"insert into odd values {pairs}")
    if not db.execute("select 1 from odd limit 1").fetchone():
        return
    db.execute(
        f"update typed set reason_field = 'handle', reason = 'is no handle', raw = coalesce(raw, typed.handle) "
        f"from odd where odd.handle = typed.handle and {odd.replace('handle,', 'typed.handle,')} "
        f"and not (regexp_full_match(mended, '{_HANDLE}') and regexp_matches(mended, '[\\p{{L}}\\p{{N}}]'))"
    )
    db.execute("update typed set handle = mended from odd where odd.handle = typed.handle and reason is null")


def _platform(given: str | None) -> str:
    known = " ".join(f"when {text(word)} then {text(name)}" for word, name in _PLATFORMS.items())
    named = f"case trim(lower(platform)) {known} end"
    return f"case when coalesce(trim(platform), '') = '' then {text(given) if given else 'null'} else {named} end"


def _followers() -> str:
    """12,345 and 12.345 and 12 345 are thousands, 12.4K and 1,2 Mio. are rounded; "12,4" is no number of people."""
    said = "regexp_replace(lower(trim(followers)), '[\\s\u00a0\u2009\u202f]+', ' ', 'g')"
    scaled = r"(\d+(?:\.\d+|,\d\d?)?) ?(k|tsd\.?|m|mn|mio\.?|million|millions|b|bn|mrd\.?)"
    number = f"replace(regexp_extract({said}, '^{scaled}$', 1), ',', '.')::double"
    unit = f"left(regexp_extract({said}, '^{scaled}$', 2), 2)"
    scale = f"case when {unit} in ('k', 'ts') then 1e3 when {unit} in ('b', 'bn', 'mr') then 1e9 else 1e6 end"
    return (
        rf"case when regexp_full_match({said}, '{scaled}') then round({number} * {scale}) "
        rf"when regexp_full_match({said}, '\d{{1,3}}(\.\d{{3}})+|\d{{1,3}}([ ’'']\d{{3}})+') "
        rf"then regexp_replace({said}, '[^\d]', '', 'g')::double "
        rf"when regexp_full_match({said}, '\d{{1,3}}(,\d{{3}})+(\.\d+)?') then replace({said}, ',', '')::double "
        rf"when regexp_full_match({said}, '[-+]?(\d+(\.\d*)?(e[-+]?\d+)?|inf|infinity)') "
        rf"then try_cast({said} as double) end"
    )


def _number(column: str) -> str:
    return rf"try_cast(replace(replace(trim({column}), '%', ''), ',', '.') as double)"


def _engagement(factor: int) -> str:
    rate = (
        f"coalesce({_number('engagement_bps')} / 100, {_number('engagement_percent')}, "
        f"{_number('engagement')} * case when engagement like '%\\%%' escape '\\' then 1 else {factor} end)"
    )
    return f"case when isfinite({rate}) and {rate} between 0 and {HIGHEST_ENGAGEMENT_PERCENT} then round({rate}, 6) end"


def _reason() -> str:
    """`field:words`, or null for a row that goes in."""
    return f"""case
        when problem is not null then ':' || problem
        when coalesce(h, '') = '' then 'handle:is empty'
        when length(h) > 100 then 'handle:has more than 100 characters'
        when regexp_full_match(h, '[ -~]*') and not (regexp_full_match(h, '{_HANDLE}') and h ~ '.*[a-z0-9].*')
            then 'handle:is no handle'
        when p is null and coalesce(trim(platform), '') = '' then 'platform:is missing'
        when p is null then 'platform:is not instagram, tiktok or youtube'
        when coalesce(trim(followers), '') = '' then 'followers:is empty'
        when f is null then 'followers:is not a number'
        when isnan(f) or isinf(f) then 'followers:is not a finite number'
        when f < 0 then 'followers:is negative'
        when f > {MOST_FOLLOWERS} then 'followers:is more than any account has'
        when f <> floor(f) then 'followers:is not a whole number' end"""


def _said(field: str, longest: int) -> str:
    return f"nullif(left(trim(replace({field}, chr(0), '')), {longest}), '')"


def _hashtags() -> str:
    words = "regexp_extract_all(left(array_to_string(hashtags[:200], ' '), 20000), '[^\\s,;#\\[\\]\"'']+')"
    return f"nullif(list_filter({words}, lambda t: length(t) <= 100)[:100], [])"


def _captions() -> str:
    capped = "list_transform(captions[:50], lambda t: left(trim(replace(t, chr(0), '')), 2200))"
    return f"nullif(list_filter({capped}, lambda t: t <> ''), [])"
