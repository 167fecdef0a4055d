"""Dated things of a profile: earlier sightings (its history) and the days of its posts. Checked in columns.

A point in the future, or without followers, is not believed and left out.
"""

from collections.abc import Collection

import duckdb

from sourcing.quantities import EARLIEST, MOST_FOLLOWERS, count_sql, moment_sql, number_sql, within_sql
from sourcing.slices import slices

MOST_POINTS = 36
MOST_POSTS = 60
_DAYS = ("date", "day", "month", "time", "timestamp", "seen_at", "last_seen")
_FOLLOWERS = ("followers", "follower_count", "followers_count", "subscribers", "fans")
_HIGHEST_ENGAGEMENT_PERCENT = 1_000


def read_history(db: duckdb.DuckDBPyConnection, fields: Collection[str], *, moment: str) -> None:
    """Make the temp table `histories` (line, days, followers, engagement, lost) from the table `said`.

    A point is [date, followers, engagement in basis points, …] or an object that names them.
    """
    db.execute(
        "create or replace temp table histories "
        "(line bigint, days date[], followers bigint[], engagement double[], lost varchar[])"
    )
    if "history" not in fields:
        return
    db.execute(
        "create or replace temp table documents as select line, history as told from said "
        "where history is not null and json_valid(history) and json_type(history) = 'ARRAY'"
    )
    for lines in slices(db, "said"):
        db.execute(_history_sql(moment), lines)


def _history_sql(moment: str) -> str:
    days, followers = (", ".join(f"e.value ->> '{name}'" for name in names) for names in (_DAYS, _FOLLOWERS))
    rate = f"coalesce({number_sql('bps')} / 100, {number_sql('percent')}, 100 * {number_sql('likes')} / nullif(f, 0))"
    return f"""
        insert into histories
        with points as (
            select line, e.type = 'ARRAY' as bare, try_cast(e.key as bigint) as place,
                case when bare then e.value ->> 0 else coalesce({days}) end as day,
                case when bare then e.value ->> 1 else coalesce({followers}) end as followers,
                case when bare then e.value ->> 2 else e.value ->> 'engagement_bps' end as bps,
                coalesce(e.value ->> 'engagement_percent', e.value ->> 'engagement_rate') as percent,
                coalesce(e.value ->> 'avg_likes', e.value ->> 'avgLikes') as likes
            from documents, json_each(documents.told) e where line between $first and $last),
        read as (select *, {moment_sql("day")} as moment_said, {count_sql("followers")} as f from points),
        weighed as (
            select line, place, moment_said::date as day,
                case when {within_sql("f", MOST_FOLLOWERS)} then round(f)::bigint end as followers,
                case when {within_sql(rate, _HIGHEST_ENGAGEMENT_PERCENT)} then round({rate}, 6) end as engagement,
                coalesce({within_sql("f", MOST_FOLLOWERS)}
                    and moment_said between {EARLIEST} and {moment} + interval 1 day, false) as good
            from read),
        once as (
            select line, day, max_by(followers, place) as followers, max_by(engagement, place) as engagement
            from weighed where good group by line, day
            qualify row_number() over (partition by line order by day desc) <= {MOST_POINTS}),
        lines as (
            select line, list(day order by day) as days, list(followers order by day) as followers,
                list(engagement order by day) as engagement from once group by line),
        bad as (
            select line from weighed where not good union
            select line from said where line between $first and $last and trim(history) <> ''
                and line not in (select line from documents))
        select line, days, followers, engagement,
            case when bad.line is null then [] else ['history:has points in the future or without followers'] end
        from lines full join bad using (line)
    """


def posted_sql(column: str, moment: str) -> tuple[str, str]:
    """(days of posts, newest first; how many items are no past day) of a list of texts."""
    days = f"list_transform({column}, lambda t: {moment_sql('t')})"
    good = f"list_filter({days}, lambda t: t between {EARLIEST} and {moment} + interval 1 day)"
    newest = f"list_reverse_sort({good})[:{MOST_POSTS}]"
    return (
        f"nullif(list_transform({newest}, lambda t: t::date), [])",
        f"(len(list_filter({column}, lambda t: trim(t) <> '')) - len({good}))",
    )
