"""What of earlier sightings stays beside the latest: the history of an account, and its audience by dimension.

Owns how two of each become one. Only text of SQL is made: `t` is the new row, `o` the pool's.
"""

from sourcing.sightings import MOST_POINTS

HISTORY = ("history_days", "history_followers", "history_engagement")
AUDIENCE = ("audience_keys", "audience_shares")


def paired(row: str) -> str:
    """The lists of a row as one list of points and one of shares, null where there are none."""
    history, audience = (", ".join(f"{row}.{name}" for name in names) for names in (HISTORY, AUDIENCE))
    return (
        f"case when {row}.history_days is not null then list_zip({history}) end as {row}_points, "
        f"case when {row}.audience_keys is not null then list_zip({audience}) end as {row}_audience"
    )


def joined() -> str:
    """`points` of both, the new row's where both know a day; `audience`, the new row's where both know a dimension.

    In one order whatever the order of imports was, so that a file that is imported again says nothing new.
    """
    older = "list_filter(o_points, lambda p: not list_contains(t_days, p[1]))"
    dimension = "split_part({}, ':', 1)"
    told = f"list_transform(t_keys, lambda k: {dimension.format('k')})"
    others = f"list_filter(o_audience, lambda p: not list_contains({told}, {dimension.format('p[1]')}))"
    return (
        f"case when t_points is null then o_points when o_points is null then t_points "
        f"else list_sort(list_concat(t_points, {older}))[-{MOST_POINTS}:] end as points, "
        f"case when t_audience is null then o_audience when o_audience is null then t_audience "
        f"else list_sort(list_concat(t_audience, {others})) end as audience"
    )


def unpaired() -> str:
    """The columns of the pool again."""
    parts = [(name, "points", place) for place, name in enumerate(HISTORY, start=1)]
    parts += [(name, "audience", place) for place, name in enumerate(AUDIENCE, start=1)]
    return ", ".join(f"list_transform({pairs}, lambda p: p[{place}]) as {name}" for name, pairs, place in parts)


def with_last_sighting() -> str:
    """History columns to which the pool's row itself is added, where it is of an earlier day than the new one."""
    point = "(old_day, old_followers, old_engagement_percent)"
    known = "coalesce(list_contains(history_days, old_day), false)"
    adds = f"old_day < fetched_at::date and old_followers is not null and not {known}"
    both = f"list_sort(list_append(coalesce(points, []), {point}))[-{MOST_POINTS}:]"
    return ", ".join(
        f"case when {adds} then list_transform({both}, lambda p: p[{place}]) else {name} end as {name}"
        for place, name in enumerate(HISTORY, start=1)
    )
