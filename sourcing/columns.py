"""Which column of somebody's file means what. Owns the known header words; reads no file."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from core.errors import BadInput

_SYNONYMS = {
    "handle": "handle username user_name account account_name profile user screen_name unique_id uniqueid",
    "name": "name fullname full_name display_name displayname nickname channel_title title",
    "bio": "bio signature biography description about bio_text",
    "followers": "followers follower_count followers_count followercount subscribers subscriber_count fans "
    "followed_by audience_size",
    "engagement_bps": "engagement_bps er_bps",
    "engagement_percent": "engagement_percent engagement_pct er_percent er_pct",
    "engagement": "engagement engagement_rate engagementrate er avg_engagement_rate",
    "country": "country country_code location region nation",
    "language": "language lang main_language",
    "verified": "verified is_verified isverified",
    "hashtags": "hashtags hashtag tags topics",
    "captions": "captions caption recent_captions posts_text",
    "email": "email e_mail mail contact_email business_email public_email",
    "platform": "platform network social_network channel_type",
    "last_seen": "last_seen lastseen fetched_at fetched updated_at last_updated crawled_at scraped_at",
    "url": "url profile_url link profile_link",
    "city": "city town location_city hometown",
    "category": "category vertical main_category category_name business_category business_category_name niche niches "
    "categories industry",
    "account_type": "account_type accounttype profile_type",
    "is_business": "is_business is_business_account is_business_profile isbusiness isbusinessaccount",
    "links": "links external_urls external_url website websites bio_links bio_link biolinks biolink link_in_bio "
    "external_links web_site homepage",
    "following": "following follows following_count follow_count followings friends_count followingcount",
    "posts": "media_count posts_count post_count posts total_posts total_videos video_count videos uploads",
    "comments_to_likes": "comments_to_likes comment_like_ratio comments_likes_ratio",
    "posted": "posted post_dates posted_at recent_post_dates post_days last_posts post_timestamps last_post_date "
    "last_post_at last_posted last_posted_at latest_post_date",
    "history": "history follower_history followers_history stat_history stats_history growth_history",
    "audience_countries": "audience_countries audience_country audience_geo_countries geo_countries audience_location",
    "audience_cities": "audience_cities audience_city audience_geo_cities geo_cities",
    "audience_ages": "audience_ages audience_age ages age_distribution",
    "audience_genders": "audience_genders audience_gender genders gender_distribution",
    "audience_languages": "audience_languages audience_language",
    "audience_interests": "audience_interests audience_interest",
    "credibility": "credibility audience_credibility credibility_score audience_quality_score",
    "paid_posts": "paid_posts sponsored_posts_count sponsored_posts sponsored_count paid_partnerships paid_posts_count "
    "sponsored_posts_amount",
    "paid_partners": "paid_partners partners brand_partners sponsors paid_brands past_brands sponsored_by "
    "past_partners",
    "source": "source data_source source_label",
    "expires_at": "expires_at expires delete_after",
    "email_basis": "email_basis lawful_basis legal_basis",
    "email_source": "email_source",
    # Read to leave out who is under age, and kept nowhere.
    "age": "age age_group agegroup age_range age_bucket",
}
_FIELD_OF = {word: meant for meant, words in _SYNONYMS.items() for word in words.split()}

# Article 9 GDPR: such columns are never read, whatever the file says about consent.
_SENSITIVE = re.compile(
    r"ethni|etnia|etnic|(^|_)(race|rasse|raza)s?$|racial|rassisch|relig|confession|konfession|faith$|glaube|politi|"
    r"parteizu|health|gesundheit|krank|illness|diagnos|salud|salute$|sante$|disab|behinder|discapac|handicap|"
    r"sexual|orientation$|orientacion|genetic|genetisch|biometr|trade_union|gewerkschaft|sindicat|pregnan|schwanger"
)


@dataclass(frozen=True)
class Mapping:
    """field → the file's own column name; `ignored` are not read, `sensitive` may not be.

    `choices`: the columns of a field in their order, where there are several or they are not its name; `rows` and
    `nested`: where in JSON the rows lie, and that columns are paths into them.
    """

    fields: dict[str, str]
    ignored: tuple[str, ...]
    sensitive: tuple[str, ...]
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    nested: bool = False

    def columns_of(self, one: str) -> tuple[str, ...]:
        return self.choices.get(one) or (self.fields[one],)


def map_columns(found: list[str], *, file: str, platform: str | None) -> Mapping:
    """Choose the columns to read. Where two columns mean the same, the first in the order of the synonyms wins.

    Raises BadInput that lists what was found and what is needed.
    """
    best: dict[str, tuple[int, str]] = {}
    sensitive = tuple(column for column in found if is_sensitive(column))
    for column in found:
        meant = _FIELD_OF.get(plain(column))
        if meant is None or column in sensitive:
            continue
        rank = _SYNONYMS[meant].split().index(plain(column))
        if meant not in best or rank < best[meant][0]:
            best[meant] = (rank, column)
    fields = {meant: column for meant, (_, column) in best.items()}
    insist_on_handle(fields, found, file=file, platform=platform)
    used = set(fields.values()) | set(sensitive)
    return Mapping(fields, tuple(column for column in found if column not in used), sensitive)


def field_called(word: str) -> str:
    """The field that a plain header means, "" where nobody knows it."""
    return _FIELD_OF.get(word, "")


def known_words() -> tuple[str, ...]:
    return tuple(_FIELD_OF)


def is_sensitive(column: str) -> bool:
    """Whether a column, or a part of a path into JSON, tells what Article 9 GDPR protects."""
    return any(_SENSITIVE.search(plain(part)) for part in re.split(r"[.\[\]]", column))


def plain(column: str) -> str:
    """A header as the synonyms are written: lower case without accents, with underscores."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", column) if not unicodedata.combining(c)).replace("ß", "ss")
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", bare.strip().lstrip("\ufeff"))
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def insist_on_handle(fields: Collection[str], found: Sequence[str], *, file: str, platform: str | None) -> None:
    """Raise BadInput, which lists the columns, where none says whose account a row is of."""
    if "handle" not in fields:
        missing = [one for one in ("handle", "followers") if one not in fields]
        raise _missing(missing + ([] if platform or "platform" in fields else ["platform"]), found, file)


def no_platform(found: Sequence[str], file: str) -> BadInput:
    """Nothing says which platform the accounts are on: no column, no flag, no address."""
    return _missing(["platform"], found, file)


def _missing(fields: Sequence[str], found: Sequence[str], file: str) -> BadInput:
    listed = ", ".join(repr(column[:40]) for column in found[:30]) or "none"
    words = "; ".join(f"{one} (called {', '.join(_SYNONYMS[one].split()[:4])} …)" for one in fields)
    flag = " The platform can also be given with --platform." if "platform" in fields else ""
    return BadInput(f"{file}: no column for {words}. Columns found: {listed}.", next_step=f"Rename the columns.{flag}")
