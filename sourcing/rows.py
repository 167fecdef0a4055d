"""The row of a profile as the pool stores it: its columns in Parquet, its line of JSON, the numbers that name it.

Owns names and types; knows nothing of how values are read, merged or ranked. Only text of SQL is made here.
"""

#: Until when a source lets be kept what it told of a profile (null: for good), and what that is: the bits of HELD.
TERM = "struct(source varchar, until timestamp, holds ubigint)"
TYPES = {
    "platform": "varchar", "handle": "varchar", "name": "varchar", "bio": "varchar", "hashtags": "varchar[]",
    "captions": "varchar[]", "country": "varchar", "language": "varchar", "followers": "bigint",
    "engagement_percent": "double", "verified": "boolean", "email": "varchar", "url": "varchar",
    "last_seen": "timestamp", "fetched_at": "timestamp", "source": "varchar",
    "city": "varchar", "category": "varchar", "account_type": "varchar", "links": "varchar[]",
    "following": "bigint", "posts": "bigint", "comments_to_likes": "double", "posted": "date[]",
    "history_days": "date[]", "history_followers": "bigint[]", "history_engagement": "double[]",
    "audience_keys": "varchar[]", "audience_shares": "double[]", "credibility": "double",
    "paid_posts": "bigint", "paid_partners": "varchar[]", "expires_at": "timestamp", "email_basis": "varchar",
    "email_source": "varchar", "disputes": "varchar[]", "terms": f"{TERM}[]",
}  # fmt: skip
COLUMNS = ", ".join(TYPES)
#: What a source may have told of a profile. Its place is its bit in stored terms: new fields only come to the end.
HELD = (
    "name", "bio", "hashtags", "captions", "country", "language", "followers", "engagement_percent", "verified",
    "email", "url", "city", "category", "account_type", "links", "following", "posts", "comments_to_likes", "posted",
    "credibility", "paid_posts", "paid_partners", "last_seen", "audience",
)  # fmt: skip
#: 64 bits by which a row is found, whichever segment it stands in; rows of a segment are sorted by it.
KEY = "md5_number_lower(platform || ':' || handle)"
ORDER = f"{KEY}, platform, handle"
#: The second, since 1970 and rounded up, from which a row may be kept no longer; NEVER where no source set one.
NEVER = 0xFFFFFFFF
ENDS = f"least(ceil(epoch(expires_at)), {NEVER})"
#: Fields whose known values `greenroom pool info` counts, a bit of the number `known` each.
COUNTED = (
    "bio", "hashtags", "captions", "country", "language", "engagement_percent", "email", "last_seen", "city",
    "category", "account_type", "links", "following", "posts", "comments_to_likes", "posted", "history_days",
    "audience_keys", "credibility", "paid_posts", "paid_partners", "followers", "expires_at", "email_basis",
    "email_source",
)  # fmt: skip


def line_sql() -> str:
    """The row as one line of JSON, without what is not known: most exports know little of most fields."""
    members = ", ".join(f"case when {name} is not null then '\"{name}\":' || to_json({name}) end" for name in TYPES)
    return f"'{{' || concat_ws(',', {members}) || '}}'"


def known_sql() -> str:
    """The bits of `COUNTED` as one number."""
    bits = " + ".join(f"({name} is not null)::int * {1 << place}" for place, name in enumerate(COUNTED))
    return f"({bits})::uinteger"
