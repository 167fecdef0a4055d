"""Further fields of a profile: where it lives, what it is, its links, posts, past sightings, audience and paid work.

Owns their rules in columns; `cleaning` puts them beside the fields that every profile has. Lists and documents are
read for those rows alone that have them.
"""

from collections.abc import Collection

import duckdb

from sourcing.accounts import platform_at
from sourcing.gathering import AUDIENCE, HISTORY
from sourcing.handles import PROFILE_START
from sourcing.quantities import nested_sql, number_sql, whole_sql, within_sql
from sourcing.readers import DOCUMENTS
from sourcing.refusals import RATES
from sourcing.shares import DIMENSIONS, read_shares
from sourcing.sightings import posted_sql, read_history

_MOST_LINKS, _MOST_PARTNERS = 20, 50
_HIGHEST_RATIO = 1_000
_YES = "('true', '1', 'yes', '1.0')"
_KIND = "regexp_replace(lower(trim(account_type)), '[^a-z]|account$|profile$', '', 'g')"
_KINDS = (
    f"case when {_KIND} in ('creator', 'mediacreator', 'influencer', 'blogger') then 'creator' "
    f"when {_KIND} in ('business', 'brand', 'company', 'shop') then 'business' "
    f"when {_KIND} in ('regular', 'personal', 'private', 'normal') then 'regular' end"
)
_CITY = (
    f"case when not {nested_sql('city')} "
    r"then nullif(left(trim(regexp_replace(coalesce(city, town), '\p{C}', '', 'g')), 100), '') end"
)
_CATEGORY = r"nullif(left(trim(regexp_replace(category[1], '\p{C}', '', 'g')), 100), '')"

#: Names for what is worked out of the text of a row, before it is judged; the column of the pool that it is for.
_PREPARED_FOR = {
    "kind_of_account": "account_type", "follows": "following", "post_count": "posts", "ratio": "comments_to_likes",
    "paid_count": "paid_posts",
}  # fmt: skip
_PREPARED = {
    "kind_of_account": f"coalesce({_KINDS}, case when lower(trim(is_business)) in {_YES} then 'business' end)",
    "follows": whole_sql("following"),
    "post_count": whole_sql("posts"),
    "ratio": f"case when {within_sql(number_sql('comments_to_likes'), _HIGHEST_RATIO)} "
    f"then round({number_sql('comments_to_likes')}, 6) end",
    "paid_count": whole_sql("paid_posts"),
}
#: Column of the pool → SQL.
STORED = {
    "city": _CITY, "category": _CATEGORY, "account_type": "kind_of_account", "links": "addresses",
    "following": "follows", "posts": "post_count", "comments_to_likes": "ratio", "posted": "post_days",
    "history_days": "days", "history_followers": "follower_counts", "history_engagement": "rates",
    "audience_keys": "keys", "audience_shares": "shares", "credibility": "credible", "paid_posts": "paid_count",
    "paid_partners": "partners",
}  # fmt: skip
_LISTED = ("links", "posted", "paid_partners", "credibility")
#: Column of the pool → the fields of a file that speak of it, where that is not the field of its name.
_SPOKEN_OF_BY = {
    "engagement_percent": RATES, "city": ("city", "country"), "account_type": ("account_type", "is_business"),
    **dict.fromkeys(HISTORY, ("history",)), **dict.fromkeys(AUDIENCE, tuple(DIMENSIONS)),
}  # fmt: skip
#: `field` or `field:reason` → when its value is lost. A list where a number is asked is another thing, and no loss.
LOST = {
    "account_type": "kind_of_account is null and account_type is not null",
    "following": "follows is null and following is not null",
    "posts": "post_count is null and posts is not null and left(trim(posts), 1) not in ('[', '{')",
    "comments_to_likes": "ratio is null and comments_to_likes is not null",
    "paid_posts": "paid_count is null and paid_posts is not null and left(trim(paid_posts), 1) not in ('[', '{')",
}


def spoken_of(column: str, fields: Collection[str]) -> bool:
    """Whether a file with these fields can say anything of a column of the pool."""
    return not set(_SPOKEN_OF_BY.get(column, (column,))).isdisjoint(fields)


def prepared(fields: Collection[str]) -> dict[str, str]:
    """Name → SQL of what is worked out of the text of a row with these fields, before it is judged."""
    return {name: sql for name, sql in _PREPARED.items() if spoken_of(_PREPARED_FOR[name], fields)}


def read_details(db: duckdb.DuckDBPyConnection, fields: Collection[str], *, moment: str, platform: str) -> bool:
    """Make the temp table `details` from `said`: a row for each line that has lists, documents or a credibility.

    `platform`: SQL for the platform of a row of `said`. False, and no table, where the file has no such field.
    """
    if {*DOCUMENTS, *_LISTED}.isdisjoint(fields):
        return False
    read_history(db, fields, moment=moment)
    read_shares(db, fields)
    _read_lists(db, fields, moment=moment, platform=platform)
    db.execute("""
        create or replace temp table details as
        select line, days, h.followers as follower_counts, engagement as rates, keys, shares, addresses, post_days,
            partners, credible, list_concat(coalesce(h.lost, []), coalesce(a.lost, []), coalesce(s.lost, []))
                as lost_details
        from histories h full join audiences a using (line) full join lists s using (line)
    """)
    db.execute("drop table histories; drop table audiences; drop table lists")
    return True


def _read_lists(db: duckdb.DuckDBPyConnection, fields: Collection[str], *, moment: str, platform: str) -> None:
    columns = {"addresses": "null::varchar[]", "post_days": "null::date[]", "partners": "null::varchar[]",
               "credible": "null::double"}  # fmt: skip
    lost: list[str] = []
    if "links" in fields:
        columns["addresses"] = _links(platform)
        lost.append("case when addresses is null and own is null and len(links) > 0 then 'links' end")
    if "posted" in fields:
        columns["post_days"], bad = posted_sql("posted", moment)
        lost.append(f"case when {bad} > 0 then 'posted:has days in the future or no days' end")
    if "paid_partners" in fields:
        names = "list_transform(paid_partners, lambda t: left(trim(regexp_replace(t, '\\p{C}', '', 'g')), 100))"
        columns["partners"] = f"nullif(list_filter({names}, lambda t: t <> '')[:{_MOST_PARTNERS}], [])"
    if "credibility" in fields:
        columns["credible"] = _credibility(db)
        lost.append("case when credible is null and credibility is not null then 'credibility' end")
    asked = [field for field in _LISTED if field in fields]
    there = " or ".join(f"{field} is not null" for field in asked) or "false"
    own = _own(platform) if "links" in fields else "null"
    picked = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    entries = f"list_filter([{', '.join(lost)}], lambda e: e is not null)" if lost else "[]::varchar[]"
    db.execute(
        f"create or replace temp table lists as select line, addresses, post_days, partners, credible, "
        f"{entries} as lost from (select *, {picked}, {own} as own from said where {there})"
    )


def _links(platform: str) -> str:
    """Addresses with http or https in front, each once, without the account's own profile."""
    found = r"regexp_extract_all(replace(array_to_string(links, ' '), ',http', ' http'), '[^\s;|<>\"]+')"
    whole = (
        f"list_transform({found}, lambda t: case when regexp_full_match(t, '(?i)https?://[^/]+[.].+') then t "
        r"when regexp_full_match(t, '(?i)([a-z0-9-]+[.])+[a-z]{2,}(/\S*)?') then 'https://' || t end)"
    )
    good = f"list_filter({whole}, lambda t: length(t) <= 500 and not {_is_own('t', platform)})"
    once = f"list_filter({good}, lambda t, place: list_position({good}, t) = place)"
    return f"nullif({once}[:{_MOST_LINKS}], [])"


def _own(platform: str) -> str:
    """Not null where a link is the account's own profile: dropping it loses nothing."""
    return f"case when len(list_filter(links, lambda t: {_is_own('t', platform)})) > 0 then true end"


def _is_own(link: str, platform: str) -> str:
    """The same handle on another platform is another account, and what shows best whose it is."""
    bare = f"regexp_replace({link}, '(?i){PROFILE_START}', '')"
    there = f"coalesce({platform_at(link)} = {platform}, true)"
    handle = f"lower(ltrim(trim(regexp_replace(handle, '(?i){PROFILE_START}', '')), '@'))"
    return f"({bare} <> {link} and {there} and lower(regexp_replace({bare}, '[/?#].*$', '')) = {handle})"


def _credibility(db: duckdb.DuckDBPyConnection) -> str:
    """A share 0..1: percent where the whole column says so, as one per cent and the whole look alike."""
    value = number_sql("credibility")
    row = db.execute(
        f"select max({value}) from said where credibility is not null and {within_sql(value, 100)}"
    ).fetchone()
    percent = bool(row and row[0] is not None and row[0] > 1)
    unit = "100.0" if percent else "case when contains(credibility, '%') then 100.0 else 1.0 end"
    return f"case when {within_sql(f'{value} / {unit}', 1)} then round({value} / {unit}, 6) end"
