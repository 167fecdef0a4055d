"""Which account a row is of, in columns: its platform as files call it, its handle in one form, what is wrong with it.

Owns the words for platforms and the rules of refusal for both. What is seldom or hard is worked out in Python, once for
each such handle; the forms themselves are sourcing.handles'.
"""

import duckdb

from core.platforms import ADDRESSED, PLATFORMS
from sourcing.handles import HOSTS, NO_ACCOUNT, PROFILE_ADDRESS, mixes_alphabets, normal_handle
from sourcing.readers import text

_WORDS = {name: name for name in PLATFORMS} | {
    "ig": "instagram", "insta": "instagram", "tt": "tiktok", "tik tok": "tiktok", "yt": "youtube",
    "you tube": "youtube", "bsky": "bluesky", "blue sky": "bluesky", "twitter": "x", "x (twitter)": "x",
    "twitter/x": "x", "x/twitter": "x", "x.com": "x", "fb": "facebook", "meta": "facebook", "snap": "snapchat",
    "linked in": "linkedin", "pin": "pinterest", "blog": "website", "web": "website", "site": "website",
    "podcasts": "podcast", "tg": "telegram", "masto": "mastodon", "fediverse": "mastodon",
}  # fmt: skip
#: Emoji too: exports hold display names in place of handles, and an odd account is better than a lost one.
_HANDLE = r"[\p{L}\p{N}\p{M}\p{So}\p{Sk}._·-]+"
_ADDRESSED_HANDLE = r"[\p{L}\p{N}\p{M}._:@/~%+=-]+"
_LONGEST, _LONGEST_ADDRESS = 100, 500
_OWN_FORM = f"({', '.join(map(text, ADDRESSED))})"
# The addresses that most files hold, taken apart in columns.
_PLAIN_ADDRESS = (
    r"(?i)^(?:https?://)?(?:www\.|m\.)?(?:instagram\.com/|tiktok\.com/@|youtube\.com/@|threads\.(?:net|com)/@|x\.com/|"
    r"twitter\.com/|twitch\.tv/)([a-z0-9._-]+)/?(?:[?#].*)?$"
)
#: "Ada Linen (@ada.linen)": what stands in brackets with an @ is the account, what stands before it a name.
_NAMED_HANDLE = r"[^@()\[\]/]+[(\[] ?@([A-Za-z0-9._-]+) ?[)\]]"
_MOST_AT_ONCE = 10_000
#: What stands under a list in place of an account, with a figure beside it.
_TOTALS = (
    "total", "totals", "total:", "sum", "summe", "summe:", "gesamt", "gesamt:", "suma", "somme", "totale", "totaal",
    "razem", "average", "avg", "mean", "median", "durchschnitt", "mittelwert", "promedio", "moyenne", "media",
)  # fmt: skip
_LAST_ROWS = 3


def visible_sql(column: str) -> str:
    """Text without invisible signs and blanks around it."""
    return rf"trim(regexp_replace({column}, '\p{{C}}', '', 'g'))"


def platform_at(column: str) -> str:
    """The platform on whose address a text begins, or null."""
    host = f"lower(regexp_extract({column} || '/', '(?i){PROFILE_ADDRESS}', 1))"
    known = " ".join(f"when {text(name)} then {text(platform)}" for name, platform in HOSTS.items())
    return f"case when contains({column}, '/') then case {host} {known} when '' then null else 'pinterest' end end"


def platform_sql(given: str | None, *, said: str = "platform", shown: str = "visible") -> str:
    """The platform of a row: what it says itself, else `given` for the whole file, else what its address says."""
    known = " ".join(f"when {text(word)} then {text(name)}" for word, name in _WORDS.items())
    unsaid = text(given) if given else platform_at(shown)
    return f"case when coalesce(trim({said}), '') = '' then {unsaid} else case trim(lower({said})) {known} end end"


def handle_sql() -> str:
    """The handle of `visible` on platform `p`; what cannot be told in columns stays, for `mend_odd_handles`."""
    address = f"lower(regexp_extract(visible, '{_PLAIN_ADDRESS}', 1))"
    pages = ", ".join(map(text, sorted(NO_ACCOUNT)))
    return f"""case
        when p in {_OWN_FORM} or p = 'youtube' and regexp_full_match(visible, '@?UC[A-Za-z0-9_-]{{22}}') then visible
        when regexp_full_match(visible, '@*[A-Za-z0-9._-]+') then case
            when p = 'facebook' then replace(lower(ltrim(visible, '@')), '.', '')
            when p = 'bluesky' and not contains(visible, '.') then lower(ltrim(visible, '@')) || '.bsky.social'
            else lower(ltrim(visible, '@')) end
        when contains(visible, '@') and p not in ('facebook', 'bluesky')
            and regexp_full_match(visible, '{_NAMED_HANDLE}')
            then lower(regexp_extract(visible, '{_NAMED_HANDLE}', 1))
        when contains(visible, '/') and {address} <> '' and {address} not in ({pages}) and p = {platform_at("visible")}
            then {address}
        else left(visible, {_LONGEST_ADDRESS}) end"""


def handle_fault() -> str:
    """`when` clauses of what is wrong with the handle `h`, as `handle:words`."""
    return f"""when coalesce(h, '') = '' then 'handle:is empty'
        when length(h) > {_LONGEST} and not contains(h, '/') then 'handle:has more than {_LONGEST} characters'
        when regexp_full_match(h, '[ -~]*') and not contains(h, '/') and coalesce(p, '') not in ('bluesky', 'mastodon',
            'podcast', 'website') and not (regexp_full_match(h, '@*{_HANDLE}') and regexp_matches(h, '[A-Za-z0-9]'))
            then 'handle:is no handle'"""


def totals_fault() -> str:
    """A `when` clause for a row of totals: one of the last of `said`, of which nothing is said but figures, as an
    account may be called so."""
    return f"""when lower(trim(handle)) in ({", ".join(map(text, _TOTALS))})
            and coalesce(followers, engagement, engagement_percent) is not null
            and coalesce(name, bio, email, url) is null and line > (select max(line) from said) - {_LAST_ROWS}
            then 'handle:is a row of totals, not an account'"""


def platform_fault() -> str:
    """`when` clauses of what is wrong with the platform `p`."""
    return f"""when p is null and coalesce(trim(platform), '') = '' then 'platform:is missing'
        when p is null then 'platform:is none of {", ".join(PLATFORMS)}'"""


def says_platform(db: duckdb.DuckDBPyConnection) -> bool:
    """Whether any handle of `said` is an address on a platform."""
    return (
        db.execute(f"select 1 from said where {platform_at('trim(handle)')} is not null limit 1").fetchone() is not None
    )


def mend_odd_handles(db: duckdb.DuckDBPyConnection, first_seq: int) -> int:
    """The one form of the few handles of `typed`, from that row on, that are not plain: NFKC, case-folding, addresses.

    Returns how many of them mix letters of alphabets that look alike.
    """
    odd = (
        f"seq >= {first_seq} and reason is null and (platform in {_OWN_FORM} "
        "or not regexp_full_match(handle, '[a-z0-9._-]+'))"
    )
    db.execute("create or replace temp table odd (platform varchar, handle varchar, mended varchar)")
    cursor, mixed = db.cursor(), 0
    cursor.execute(f"select distinct platform, handle from typed where {odd}")
    while rows := cursor.fetchmany(_MOST_AT_ONCE):
        mended = [normal_handle(handle, platform) for platform, handle in rows]
        mixed += sum(map(mixes_alphabets, mended))
        db.execute(
            "insert into odd select unnest($1), unnest($2), unnest($3)",
            [[row[0] for row in rows], [row[1] for row in rows], mended],
        )
    if not db.execute("select 1 from odd limit 1").fetchone():
        return 0
    # Two patterns that stand fast: one that is chosen by row is built anew for each.
    sound = (
        f"length(mended) between 1 and {_LONGEST} and regexp_matches(mended, '[\\p{{L}}\\p{{N}}]') and "
        f"case when odd.platform in ('bluesky', 'mastodon', 'podcast', 'website') "
        f"then regexp_full_match(mended, '{_ADDRESSED_HANDLE}') else regexp_full_match(mended, '{_HANDLE}') end"
    )
    mine = f"odd.handle = typed.handle and odd.platform = typed.platform and seq >= {first_seq} and reason is null"
    db.execute(
        f"update typed set reason_field = 'handle', reason = case when typed.platform = 'mastodon' and mended = '' "
        f"then 'needs its server, as in ada@mastodon.social' else 'is no handle of ' || typed.platform end, "
        f"raw = coalesce(raw, typed.handle) from odd where {mine} and not ({sound})"
    )
    db.execute(f"update typed set handle = mended from odd where {mine}")
    return mixed
