"""From text columns to checked values, in columns: what a good handle, follower count, rate, country or date is.

Owns the rules of refusal and their words. Writes `typed`, of which rows with a reason do not go in.
"""

from datetime import datetime

import duckdb

from sourcing.columns import Mapping
from sourcing.countries import country_names, language_codes
from sourcing.handles import PROFILE_ADDRESS, normal_handle
from sourcing.readers import text

MOST_FOLLOWERS = 2_000_000_000
HIGHEST_ENGAGEMENT_PERCENT = 1_000
# A column whose 95th percentile lies under a half is a fraction (0.042): no set of creators has a 95th percentile
# under half a percent, and none has one above 50 percent.
FRACTION_BELOW = 0.5

_VISIBLE = r"trim(regexp_replace(handle, '\p{C}', '', 'g'))"
_BARE = f"regexp_replace(visible, '(?i){PROFILE_ADDRESS}', '')"
_HANDLE_FORM = (
    "lower(trim(ltrim(case when bare <> visible then regexp_replace(bare, '[/?#].*$', '') else visible end, '@')))"
)
# Without ICU DuckDB drops an offset such as +02:00 from a time, so it is taken off here; no zone means UTC.
_OFFSET = r"regexp_extract(last_seen, ':\d\d(?:\.\d+)?([+-])(\d\d):?(\d\d)?\s*$', {})"
_EAST = f"(case {_OFFSET.format(1)} when '-' then -1 else 1 end)"
_SEEN = (
    "case when regexp_full_match(trim(last_seen), '[0-9]{9,10}') then make_timestamp(last_seen::bigint * 1000000) "
    f"else try_cast(trim(last_seen) as timestamp) - to_minutes({_EAST} * "
    f"(coalesce(try_cast({_OFFSET.format(2)} as int), 0) * 60 + coalesce(try_cast({_OFFSET.format(3)} as int), 0))) end"
)
_NAMED = r"""
left join countries c1 on c1.key = strip_accents(lower(trim(judged.country)))
left join countries c2
                on c2.key = strip_accents(lower(trim(regexp_extract(judged.country, ',([^,]*)$', 1))))
left join languages l1 on l1.key = strip_accents(lower(trim(judged.language)))
left join languages l2 on l2.key = lower(regexp_extract(judged.language, '^[A-Za-z]+'))
"""
#: Emoji too: exports hold display names in place of handles, and an odd account is better than a lost one.
_HANDLE = r"[\p{L}\p{N}\p{M}\p{So}\p{Sk}._·-]+"
_PLATFORMS = {
    "instagram": "instagram", "ig": "instagram", "insta": "instagram", "tiktok": "tiktok", "tt": "tiktok",
    "tik tok": "tiktok", "youtube": "youtube", "yt": "youtube",
}  # fmt: skip

SCHEMA = """
create table typed (
    seq bigint, line bigint, raw varchar, reason_field varchar, reason varchar, lost_field varchar, platform varchar,
    handle varchar, name varchar, bio varchar, hashtags varchar[], captions varchar[], country varchar,
    language varchar, followers bigint, engagement_percent double, verified boolean, email varchar, url varchar,
    last_seen timestamp, fetched_at timestamp, source varchar);
create table countries (key varchar, value varchar);
create table languages (key varchar, value varchar);
"""


def prepare(db: duckdb.DuckDBPyConnection) -> None:
    db.execute(SCHEMA)
    for table, names in (("countries", country_names()), ("languages", language_codes())):
        values = ", ".join(f"({text(key)}, {text(value)})" for key, value in names.items())
        db.execute(f"insert into {table} values {values}")


def engagement_factor(db: duckdb.DuckDBPyConnection, relation: str, mapping: Mapping) -> int:
    """100 where the rate column holds fractions, else 1; decided by the whole column, not value by value."""
    if "engagement" not in mapping.fields:
        return 1
    row = db.execute(
        f"select quantile_cont(rate, 0.95) from (select {_number('engagement')} as rate, engagement from ({relation})) "
        f"where rate > 0 and isfinite(rate) and engagement not like '%\\%%' escape '\\'"
    ).fetchone()
    return 100 if row and row[0] is not None and row[0] < FRACTION_BELOW else 1


def type_rows(
    db: duckdb.DuckDBPyConnection, relation: str, *, first_seq: int, platform: str | None, factor: int,
    source: str, now: datetime,
) -> None:  # fmt: skip
    """Append the rows of `relation` to `typed`."""
    moment = text(now.strftime("%Y-%m-%d %H:%M:%S"))
    # A table first: of a bare file DuckDB knows no size, and then may hold all its rows in memory for the joins.
    db.execute(f"create or replace temp table said as {relation}")
    db.execute(f"""
        insert into typed
        with shown as (select *, {_VISIBLE} as visible from said),
        bare as (select *, {_BARE} as bare from shown),
        read as (
            select *, {_HANDLE_FORM} as h, {_followers()} as f, {_engagement(factor)} as e,
                {_platform(platform)} as p,
                {_SEEN} as seen
            from bare),
        judged as (
            select *, {_reason()} as why,
                case when e is null and coalesce(engagement_bps, engagement_percent, engagement, '') <> ''
                        then 'engagement'
                    when seen is null and coalesce(last_seen, '') <> '' then 'last_seen' end as lost,
                case when seen <= {moment}::timestamp + interval 1 day then seen end as seen_at
            from read)
        select {first_seq} + line, line,
            case when why is not null or lost is not null then raw end,
            split_part(why, ':', 1), substr(why, strpos(why, ':') + 1), case when why is null then lost end,
            p, h, {_said("name", 200)}, {_said("bio", 2000)}, {_hashtags()}, {_captions()},
            coalesce(c1.value, c2.value), coalesce(l1.value, l2.value), case when why is null then f end::bigint, e,
            case when lower(trim(verified)) in ('true', '1', 'yes') then true
                when lower(trim(verified)) in ('false', '0', 'no') then false end,
            case when regexp_full_match(trim(email), '[^@\\s<>,;"()]+@[^@\\s<>,;"()]+\\.[^@\\s<>,;"().]+')
                and length(trim(email)) <= 254 then lower(trim(email)) end,
            case when regexp_full_match(trim(url), 'https?://[^\\s<>"]+') and length(url) <= 500 then trim(url) end,
            seen_at, coalesce(seen_at, {moment}::timestamp), {text(source)}
        from judged {_NAMED}
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
    plain = r"replace(regexp_replace(trim(followers), '^(\d+),(\d\d?)([kKmM])$', '\1.\2\3'), ',', '')"
    return (
        rf"case when regexp_full_match({plain}, '[\d.]+[kK]') then try_cast({plain}[:-2] as double) * 1000 "
        rf"when regexp_full_match({plain}, '[\d.]+[mM]') then try_cast({plain}[:-2] as double) * 1000000 "
        rf"else try_cast({plain} as double) end"
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
