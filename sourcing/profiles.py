"""A profile as the rest of the program sees it: one account as last seen, from its stored record.

Knows nothing of files.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from core.platforms import PLATFORMS

__all__ = ["KINDS", "PLATFORMS", "Profile", "Sighting", "account_key", "key_number", "profile_of"]

# How each value came to be known; measured = counted by the platform, reported = written by the creator, estimated =
# inferred by whoever sold or made the file.
KINDS = {
    "followers": "measured", "engagement_percent": "measured", "verified": "measured", "handle": "reported",
    "name": "reported", "bio": "reported", "hashtags": "reported", "captions": "reported", "email": "reported",
    "url": "reported", "country": "estimated", "language": "estimated", "city": "estimated", "category": "reported",
    "account_type": "reported", "links": "reported", "following": "measured", "posts": "measured",
    "comments_to_likes": "measured", "posted": "measured", "history": "measured", "audience": "estimated",
    "credibility": "estimated", "paid_posts": "measured", "paid_partners": "reported",
}  # fmt: skip
_LISTS = ("hashtags", "captions", "links", "posted", "paid_partners", "disputes")


@dataclass(frozen=True)
class Sighting:
    """What an account had on an earlier day; `engagement_percent` None where it is not known."""

    day: str
    followers: int
    engagement_percent: float | None


@dataclass(frozen=True)
class Profile:
    """One account as last seen. `engagement_percent` 4.1 means 4.1 %; None is unknown; times are ISO 8601 in UTC.

    `posted` are the days of recent posts, newest first; `history` earlier sightings, oldest first; `audience` shares
    0..1 by keys such as "country:Germany"; `credibility` a vendor's share 0..1 of followers it takes for real. After
    `expires_at` it may not be kept; `email_basis` is why the address may be had (one of BASES), `email_source` where
    it was read; `disputes` what sources disagree on, see sourcing.disputes.
    """

    platform: str
    handle: str
    name: str | None
    bio: str | None
    hashtags: tuple[str, ...]
    captions: tuple[str, ...]
    country: str | None
    language: str | None
    followers: int | None
    engagement_percent: float | None
    verified: bool | None
    email: str | None
    url: str | None
    last_seen: str | None
    fetched_at: str
    source: str
    city: str | None = None
    category: str | None = None
    account_type: str | None = None
    links: tuple[str, ...] = ()
    following: int | None = None
    posts: int | None = None
    comments_to_likes: float | None = None
    posted: tuple[str, ...] = ()
    history: tuple[Sighting, ...] = ()
    audience: dict[str, float] = field(default_factory=dict)
    credibility: float | None = None
    paid_posts: int | None = None
    paid_partners: tuple[str, ...] = ()
    expires_at: str | None = None
    email_basis: str | None = None
    email_source: str | None = None
    disputes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return account_key(self.platform, self.handle)


_OPTIONAL = (
    "name", "bio", "country", "language", "followers", "engagement_percent", "verified", "email", "url", "last_seen",
    "expires_at",
)  # fmt: skip


def profile_of(record: dict[str, Any]) -> Profile:
    """Build a profile from its stored record. Raises TypeError, KeyError or ValueError where it is none."""
    told: dict[str, Any] = dict.fromkeys(_OPTIONAL) | record
    told.pop("terms", None)  # whose term is whose, only a merge asks
    for name in _LISTS:
        told[name] = tuple(told.get(name) or ())
    for name in ("last_seen", "fetched_at", "expires_at"):
        told[name] = told[name] and told[name].replace(" ", "T") + "Z"
    days, followers, rates = (told.pop(f"history_{name}", ()) for name in ("days", "followers", "engagement"))
    told["history"] = tuple(Sighting(*one) for one in zip(days, followers, rates, strict=True))
    told["audience"] = dict(zip(told.pop("audience_keys", ()), told.pop("audience_shares", ()), strict=True))
    return Profile(**told)


def account_key(platform: str, handle: str) -> str:
    return f"{platform}:{handle}"


def key_number(key: str) -> int:
    """64 bits of the key's md5, as DuckDB's md5_number_lower gives them; only a way to find a row, never trusted."""
    return int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest()[8:], "little")
