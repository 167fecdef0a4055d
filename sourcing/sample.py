"""An invented pool of creators, for the demo, the tests and the benchmark; nobody in it exists.

Owns how people, accounts and numbers are drawn. The same (profiles, seed) give the same file byte for byte, and a
smaller pool is the beginning of a larger one. Must not know how a pool is imported, kept or ranked.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, islice
from math import log, pow
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple, TypedDict

from core.errors import WrongUsage
from core.files import atomic_writer
from sourcing.sample_draw import Person, Wheel, draw_person, pick, some_captions, some_hashtags, write_bio
from sourcing.sample_figures import (
    category,
    code_caption,
    draw_account_type,
    draw_audience,
    draw_history,
    draw_links,
    draw_paid,
    draw_posted,
)

Platform = Literal["instagram", "tiktok", "youtube"]


class SampleProfile(TypedDict):
    """One line of the file: the fields of a usual export, and `generated`, so that no line can pass for a person."""

    platform: str
    username: str
    fullname: str
    bio: str
    location: str  # English country name; empty: unknown
    language: str  # two letters
    followers: int
    engagement_bps: int | None  # (likes + comments) / followers in 1/100 percent; None: unknown
    comments_to_likes: float | None
    verified: bool
    hashtags: list[str]
    captions: list[str]
    email: str | None  # only at domains reserved for examples (RFC 2606)
    first_seen: str  # ISO dates in 2026
    last_seen: str
    city: str | None
    category: str | None
    account_type: str | None  # creator, business or regular
    links: list[str]
    following: int | None
    posts: int | None
    posted: list[str]  # newest first
    history: list[list[str | int | float | None]]  # [date, followers, engagement_bps, comments_to_likes], oldest first
    audience_countries: dict[str, float] | None  # shares 0..1
    audience_cities: dict[str, float] | None
    audience_ages: dict[str, float] | None
    audience_genders: dict[str, float] | None
    audience_languages: dict[str, float] | None
    credibility: float | None  # share of followers that a vendor takes for real
    paid_posts: int | None
    paid_partners: list[str]
    generated: bool


class _Platform(NamedTuple):
    """How an audience behaves there: median engagement at 10,000 followers, its slope with size, its spread."""

    name: Platform
    size: float
    engagement_bps: float
    slope: float
    spread: float


# Names that real pools hold and that break what is careless with them: formulas, mail headers, markup, direction.
HOSTILE_NAMES: tuple[str, ...] = (
    "🌿🌿🌿",
    "\u202eannA\u202c",
    "{{7*7}}",
    '=HYPERLINK("x")',
    "<!channel>",
    "\u200fمريم | ستايل\u200f",
    "Le\u200ba Hoff\u200bmann",
    "<script>alert(1)</script>",
    "Tom\r\nBcc: everyone@example.com",
    "'; DROP TABLE creators; --",
    "%s {0} ${x} *bold* _it_ <@U1>",
    "+1+1 | @SUM(A1)",
    "Z̷o̷e̷ 𝓁𝒾𝓃𝑒𝓃",
    "Maximiliane " * 12 + "von und zu",
)

_FEWEST, _MOST = 800, 3_000_000
_MEDIAN_FOLLOWERS, _FOLLOWER_SPREAD = 22_000, 1.45
_DAYS = tuple((date(2026, 1, 1) + timedelta(days=day)).isoformat() for day in range(319))  # to 15 November
_HOSTILE_EVERY, _HOSTILE_FIRST = 150, 17
_SECOND_ACCOUNTS = 0.03
_LINES_PER_WRITE = 500
_PLATFORMS = Wheel(
    {
        _Platform("instagram", 1.0, 380.0, -0.22, 0.75): 60.0,
        _Platform("tiktok", 1.1, 900.0, -0.06, 0.6): 30.0,
        _Platform("youtube", 1.4, 450.0, -0.15, 0.7): 10.0,
    }
)


def write_sample(path: Path, *, profiles: int = 20_000, seed: int = 7) -> int:
    """Write gzipped JSON lines to `path`, whole or not at all; returns how many profiles it holds."""
    if profiles < 1:
        raise WrongUsage(f"A sample pool of {profiles} profiles is empty.", next_step="Ask for at least one.")
    with (
        atomic_writer(path) as raw,
        # No name and no time in the gzip header: they would make two equal pools differ.
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=4, mtime=0) as packed,
    ):
        return _write_lines(packed, islice(sample_profiles(seed=seed), profiles))


def sample_profiles(*, seed: int = 7) -> Iterator[SampleProfile]:
    """Profiles without end, in bounded memory; each (platform, username) comes once."""
    rng = Random(seed)
    handles = _Handles()
    for number in count():
        person = draw_person(rng, followers=_draw_followers(rng), claim=handles.claim)
        turn, rest = divmod(number, _HOSTILE_EVERY)
        if rest == _HOSTILE_FIRST:
            person = person._replace(fullname=HOSTILE_NAMES[turn % len(HOSTILE_NAMES)])
        platform = _PLATFORMS.spin(rng)
        yield _profile(rng, person, platform)
        if rng.random() < _SECOND_ACCOUNTS:
            yield _second_account(rng, person, platform)


class _Handles:
    """Remembers handles in a fixed 8 MiB, whatever the size of the pool: rarely, a new one is taken for a used one."""

    _BITS = 26

    def __init__(self) -> None:
        self._seen = bytearray(1 << (self._BITS - 3))
        self._repeats = 0

    def claim(self, handle: str) -> str:
        place = zlib.crc32(handle.encode()) >> (32 - self._BITS)
        byte, bit = place >> 3, 1 << (place & 7)
        if self._seen[byte] & bit:
            # No drawn handle ends in a dot and three digits, so the numbered ones cannot meet them or each other.
            self._repeats += 1
            return f"{handle[:20].rstrip('._')}.{self._repeats + 100}"
        self._seen[byte] |= bit
        return handle


def _profile(rng: Random, person: Person, platform: _Platform) -> SampleProfile:
    followers = min(_MOST, int(person.followers * platform.size))
    engagement = _draw_engagement(rng, person, platform, followers)
    first_seen = int(rng.random() * 300)
    last_seen = 318 - int(rng.random() ** 2 * (318 - first_seen))
    comments = None if engagement is None else _draw_comments(rng, person)
    captions = some_captions(rng, person)
    coupon = code_caption(rng, person)
    history, leapt = draw_history(rng, _DAYS, (first_seen, last_seen), (followers, engagement, comments))
    audience, paid, chance = draw_audience(rng, person, leapt=leapt), draw_paid(rng, person), rng.random()
    return {
        "platform": platform.name,
        "username": person.username,
        "fullname": person.fullname,
        "bio": write_bio(rng, person),
        "location": person.location,
        "language": person.words.language,
        "followers": followers,
        "engagement_bps": engagement,
        "comments_to_likes": comments,
        "verified": rng.random() < 0.004 + 0.3 * min(1.0, followers / 1_000_000),
        "hashtags": some_hashtags(rng, person),
        "captions": [coupon, *captions[:3]] if coupon else captions,
        "email": person.email,
        "first_seen": _DAYS[first_seen],
        "last_seen": _DAYS[last_seen],
        "city": person.city if person.location and chance < 0.6 else None,
        "category": category(person.niche.key) if chance > 0.4 else None,
        "account_type": None if platform.name == "youtube" else draw_account_type(rng, person),
        "links": draw_links(rng, person),
        "following": None if platform.name == "youtube" else _draw_following(rng),
        "posts": int(8 * 300**chance),
        "posted": draw_posted(rng, _DAYS, last_seen),
        "history": history,
        "audience_countries": audience.countries,
        "audience_cities": audience.cities,
        "audience_ages": audience.ages,
        "audience_genders": audience.genders,
        "audience_languages": audience.languages,
        "credibility": audience.credibility,
        "paid_posts": paid.posts,
        "paid_partners": paid.partners,
        "generated": True,
    }


def _second_account(rng: Random, person: Person, first: _Platform) -> SampleProfile:
    others = [platform for platform in _PLATFORMS.options if platform is not first]
    followers = max(_FEWEST, min(_MOST, int(person.followers * rng.lognormvariate(-0.4, 0.8))))
    return _profile(rng, person._replace(followers=followers), pick(rng, others))


def _draw_followers(rng: Random) -> int:
    while True:
        followers = int(rng.lognormvariate(log(_MEDIAN_FOLLOWERS), _FOLLOWER_SPREAD))
        if _FEWEST <= followers <= _MOST:
            return followers


def _draw_engagement(rng: Random, person: Person, platform: _Platform, followers: int) -> int | None:
    if rng.random() < 0.04:
        return None
    usual = platform.engagement_bps * pow(followers / 10_000, platform.slope)
    drawn = usual * rng.lognormvariate(0.0, platform.spread) * person.kind.engagement
    return max(1, min(6_000, round(drawn)))


def _draw_comments(rng: Random, person: Person) -> float:
    return round(min(0.9, rng.lognormvariate(log(0.03), 0.9) * person.kind.engagement), 6)


def _draw_following(rng: Random) -> int:
    """Mostly some hundreds; a few follow thousands to be followed back."""
    chance = rng.random()
    return int(2_000 + 5_000 * rng.random()) if chance < 0.03 else int(60 * 25**chance)


def _write_lines(packed: gzip.GzipFile, profiles: Iterator[SampleProfile]) -> int:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    written = 0
    while lines := [encode(profile) for profile in islice(profiles, _LINES_PER_WRITE)]:
        packed.write(("\n".join(lines) + "\n").encode())
        written += len(lines)
    return written
