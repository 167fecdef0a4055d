"""Which column of somebody's file means what. Owns the known header words; reads no file."""

import re
from dataclasses import dataclass

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
}
_FIELD_OF = {word: field for field, words in _SYNONYMS.items() for word in words.split()}

# Article 9 GDPR: such columns are never read, whatever the file says about consent.
_SENSITIVE = re.compile(
    r"ethnic|race$|racial|religio|politic|health|disabilit|sexual|orientation|genetic|biometric|trade_union"
)


@dataclass(frozen=True)
class Mapping:
    """field → the file's own column name; `ignored` are not read, `sensitive` may not be."""

    fields: dict[str, str]
    ignored: tuple[str, ...]
    sensitive: tuple[str, ...]


def map_columns(found: list[str], *, file: str, platform: str | None) -> Mapping:
    """Choose the columns to read. Where two columns mean the same, the first in the order of the synonyms wins.

    Raises BadInput that lists what was found and what is needed.
    """
    best: dict[str, tuple[int, str]] = {}
    sensitive = tuple(column for column in found if _SENSITIVE.search(plain(column)))
    for column in found:
        field = _FIELD_OF.get(plain(column))
        if field is None or column in sensitive:
            continue
        rank = _SYNONYMS[field].split().index(plain(column))
        if field not in best or rank < best[field][0]:
            best[field] = (rank, column)
    fields = {field: column for field, (_, column) in best.items()}
    _insist(fields, found, file=file, platform=platform)
    used = set(fields.values()) | set(sensitive)
    return Mapping(fields, tuple(column for column in found if column not in used), sensitive)


def plain(column: str) -> str:
    """A header as the synonyms are written: lower case with underscores."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column.strip().lstrip("\ufeff"))
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def _insist(fields: dict[str, str], found: list[str], *, file: str, platform: str | None) -> None:
    needed = ["handle", "followers"] + ([] if platform else ["platform"])
    missing = [field for field in needed if field not in fields]
    if not missing:
        return
    listed = ", ".join(repr(column[:40]) for column in found[:30]) or "none"
    words = "; ".join(f"{field} (called {', '.join(_SYNONYMS[field].split()[:4])} …)" for field in missing)
    flag = " The platform can also be given with --platform." if "platform" in missing else ""
    raise BadInput(f"{file}: no column for {words}. Columns found: {listed}.", next_step=f"Rename the columns.{flag}")
