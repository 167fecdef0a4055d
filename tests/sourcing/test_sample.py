"""The sample pool: equal from run to run, shaped like an export, rich enough for the example campaign."""

import gzip
import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from email_validator import validate_email

from core.campaign import load_campaign
from core.errors import WrongUsage
from sourcing.lexicon.shopping import AFFILIATE_LINK
from sourcing.sample import HOSTILE_NAMES, SampleProfile, sample_profiles, write_sample
from sourcing.sample_words import COUNTRIES, VOCABULARIES

PROJECT = Path(__file__).parents[2]
ON_TOPIC = re.compile(
    r"slow ?fashion|minimalstyle|capsule ?wardrobe|sustainable ?fashion|nachhaltige ?mode|duurzame ?mode|mode ?durable"
    r"|\blin(en|nen|o)?\b|\bleinen"
)

FIELDS: dict[str, tuple[type, ...]] = {
    "platform": (str,),
    "username": (str,),
    "fullname": (str,),
    "bio": (str,),
    "location": (str,),
    "language": (str,),
    "followers": (int,),
    "engagement_bps": (int, type(None)),
    "comments_to_likes": (float, type(None)),
    "verified": (bool,),
    "hashtags": (list,),
    "captions": (list,),
    "email": (str, type(None)),
    "first_seen": (str,),
    "last_seen": (str,),
    "city": (str, type(None)),
    "category": (str, type(None)),
    "account_type": (str, type(None)),
    "links": (list,),
    "following": (int, type(None)),
    "posts": (int,),
    "posted": (list,),
    "history": (list,),
    "audience_countries": (dict, type(None)),
    "audience_cities": (dict, type(None)),
    "audience_ages": (dict, type(None)),
    "audience_genders": (dict, type(None)),
    "audience_languages": (dict, type(None)),
    "credibility": (float, type(None)),
    "paid_posts": (int, type(None)),
    "paid_partners": (list,),
    "generated": (bool,),
}


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> list[SampleProfile]:
    path = tmp_path_factory.mktemp("sample") / "creators.jsonl.gz"
    assert write_sample(path) == 20_000
    return _read(path)


def _read(path: Path) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().split("\n")[:-1]]


def test_two_runs_write_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        write_sample(tmp_path / name, profiles=1_500, seed=seed)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()
    flags, written_at = (tmp_path / "one").read_bytes()[3], (tmp_path / "one").read_bytes()[4:8]
    assert (flags, written_at) == (0, bytes(4)), "a name or a time in the gzip header differs from run to run"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other", "two"]


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    code = "import sys, pathlib, sourcing.sample as s; s.write_sample(pathlib.Path(sys.argv[1]), profiles=1500, seed=3)"
    digests = set()
    for hash_seed in ("1", "2"):
        path = tmp_path / hash_seed
        subprocess.run(
            [sys.executable, "-c", code, str(path)], cwd=PROJECT, env={"PYTHONHASHSEED": hash_seed}, check=True
        )
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.slow
def test_a_smaller_pool_is_the_beginning_of_a_larger_one(tmp_path: Path, pool: list[SampleProfile]) -> None:
    assert write_sample(tmp_path / "small", profiles=701) == 701
    assert _read(tmp_path / "small") == pool[:701]
    assert list(islice(sample_profiles(seed=7), 701)) == pool[:701]


@pytest.mark.parametrize("profiles", [0, -1])
def test_an_empty_pool_is_refused_and_leaves_no_file(tmp_path: Path, profiles: int) -> None:
    with pytest.raises(WrongUsage):
        write_sample(tmp_path / "none", profiles=profiles)
    assert not list(tmp_path.iterdir())


def test_every_record_has_the_same_fields_and_says_that_it_is_generated(pool: list[SampleProfile]) -> None:
    assert len(pool) == 20_000
    for profile in pool:
        assert list(profile) == list(FIELDS)
        assert all(isinstance(value, FIELDS[field]) for field, value in profile.items()), profile
        assert profile["generated"] is True
        assert 800 <= profile["followers"] <= 3_000_000
        assert 2 <= len(profile["captions"]) <= 4
        assert all(caption.strip() for caption in profile["captions"])
        assert all(tag.startswith("#") and " " not in tag and len(tag) > 1 for tag in profile["hashtags"])
        assert (profile["engagement_bps"] is None) == (profile["comments_to_likes"] is None)
        assert 1 <= (profile["engagement_bps"] or 1) <= 6_000
        first, last = date.fromisoformat(profile["first_seen"]), date.fromisoformat(profile["last_seen"])
        assert date(2026, 1, 1) <= first <= last <= date(2026, 11, 15)


def test_handles_are_handles_and_come_once_per_platform(pool: list[SampleProfile]) -> None:
    assert all(re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", profile["username"]) for profile in pool)
    assert max(len(profile["username"]) for profile in pool) <= 30
    assert len({(profile["platform"], profile["username"]) for profile in pool}) == len(pool)


def test_some_people_have_a_second_account_with_the_same_name_and_address(pool: list[SampleProfile]) -> None:
    owners: dict[str, set[tuple[str, str | None]]] = {}
    for profile in pool:
        owners.setdefault(profile["username"], set()).add((profile["fullname"], profile["email"]))
    assert 300 < len(pool) - len(owners) < 1_000
    assert all(len(found) == 1 for found in owners.values())


def test_addresses_are_the_handle_at_a_domain_that_nobody_can_own(pool: list[SampleProfile]) -> None:
    for profile in pool:
        if profile["email"] is not None:
            name, _, domain = profile["email"].partition("@")
            assert name == profile["username"]
            assert domain in {"example.com", "example.org", "example.net"}
        written = f"{profile['bio']} {profile['captions']}"
        assert set(re.findall(r"[\w.]+@[\w.]+\w", written)) <= {profile["email"]}
    for profile in pool[:2_000]:
        if profile["email"]:
            validate_email(profile["email"], check_deliverability=False, test_environment=True)


def test_shares_are_what_a_real_pool_has(pool: list[SampleProfile]) -> None:
    platforms = Counter(profile["platform"] for profile in pool)
    assert platforms["instagram"] / 20_000 == pytest.approx(0.6, abs=0.03)
    assert platforms["tiktok"] / 20_000 == pytest.approx(0.3, abs=0.03)
    assert platforms["youtube"] / 20_000 == pytest.approx(0.1, abs=0.03)
    assert _share(pool, lambda profile: profile["email"] is not None) == pytest.approx(0.6, abs=0.03)
    assert _share(pool, lambda profile: 3_000 <= profile["followers"] <= 150_000) > 0.75
    assert _share(pool, lambda profile: profile["location"] == "") == pytest.approx(0.06, abs=0.02)
    assert _share(pool, lambda profile: profile["engagement_bps"] is None) == pytest.approx(0.04, abs=0.02)
    assert _share(pool, lambda profile: profile["bio"] == "") == pytest.approx(0.09, abs=0.03)
    assert {profile["location"] for profile in pool} == {country.name for country in COUNTRIES} | {""}


def test_engagement_falls_with_size_and_differs_by_platform(pool: list[SampleProfile]) -> None:
    def median(platform: str, low: int, high: int) -> int:
        drawn = [p["engagement_bps"] for p in pool if p["platform"] == platform and low <= p["followers"] < high]
        known = sorted(bps for bps in drawn if bps is not None)
        return known[len(known) // 2]

    for platform in ("instagram", "tiktok", "youtube"):
        assert median(platform, 800, 10_000) > median(platform, 100_000, 3_000_001)
    assert median("tiktok", 10_000, 100_000) > 1.5 * median("instagram", 10_000, 100_000)


def test_half_have_an_audience_that_is_at_home_where_they_are(pool: list[SampleProfile]) -> None:
    known = [profile for profile in pool if profile["audience_countries"]]
    assert len(known) / 20_000 == pytest.approx(0.5, abs=0.03)
    for profile in known:
        for name in (field for field in FIELDS if field.startswith("audience_")):
            shares = dict(profile).get(name)
            assert isinstance(shares, dict)
            assert all(0 < share <= 1 for share in shares.values())
            assert sum(shares.values()) <= 1.002
        countries, credibility = profile["audience_countries"], profile["credibility"]
        assert countries is not None
        assert max(countries, key=lambda name: countries[name]) == (profile["location"] or "United States")
        assert credibility is not None
        assert 0.3 < credibility < 1
    assert all(profile["credibility"] is None for profile in pool if not profile["audience_countries"])
    mothers = [profile["audience_genders"] or {} for profile in known if profile["category"] == "Parenting"]
    players = [profile["audience_genders"] or {} for profile in known if profile["category"] == "Gaming"]
    assert sum(one["female"] for one in mothers) / len(mothers) > 0.7
    assert sum(one["female"] for one in players) / len(players) < 0.4


def test_posts_and_sightings_are_dated_before_the_last_one(pool: list[SampleProfile]) -> None:
    for profile in pool:
        posted, history = profile["posted"], profile["history"]
        assert posted == sorted(posted, reverse=True)
        assert all("2026-01-01" <= day <= profile["last_seen"] for day in posted)
        days = [str(seen[0]) for seen in history]
        assert days == sorted(set(days))
        assert all(profile["first_seen"] <= day for day in days)
        if history:
            assert history[-1] == [
                profile["last_seen"], profile["followers"], profile["engagement_bps"], profile["comments_to_likes"]
            ]  # fmt: skip
            assert all(isinstance(seen[1], int) and seen[1] > 0 for seen in history)
    assert _share(pool, lambda profile: len(profile["posted"]) > 1) == pytest.approx(0.72, abs=0.05)
    assert _share(pool, lambda profile: len(profile["history"]) > 2) == pytest.approx(0.22, abs=0.08)
    counts = [[int(str(seen[1])) for seen in profile["history"]] for profile in pool]
    leapt = [found for found in counts if any(later > 1.35 * before for before, later in pairwise(found))]
    assert 40 < len(leapt) < 400


def test_some_sell_with_codes_links_and_partners_of_their_own(pool: list[SampleProfile]) -> None:
    coded = [profile for profile in pool if re.search(r"[A-Z]{3,}(10|15|20)\b", " ".join(profile["captions"]))]
    assert len(coded) / 20_000 == pytest.approx(0.07, abs=0.02)
    assert len({profile["language"] for profile in coded}) == len(VOCABULARIES)
    assert _share(pool, lambda profile: bool(profile["links"])) == pytest.approx(0.5, abs=0.03)
    affiliates = _share(pool, lambda profile: bool(AFFILIATE_LINK.found_in(" ".join(profile["links"]))))
    assert affiliates == pytest.approx(0.11, abs=0.02)
    for profile in pool:
        paid = profile["paid_posts"]
        assert len(profile["paid_partners"]) == min(paid or 0, 3)
        assert len(set(profile["paid_partners"])) == len(profile["paid_partners"])
        assert (profile["account_type"] is None) == (profile["following"] is None) == (profile["platform"] == "youtube")
    assert 0.1 < _share(pool, lambda profile: (profile["paid_posts"] or 0) > 0) < 0.25


def test_cities_are_in_the_country(pool: list[SampleProfile]) -> None:
    cities = {country.name: set(country.cities) for country in COUNTRIES}
    assert all(profile["city"] in cities[profile["location"]] for profile in pool if profile["city"])
    assert _share(pool, lambda profile: profile["city"] is not None) == pytest.approx(0.56, abs=0.04)


def test_creators_write_in_their_own_language(pool: list[SampleProfile]) -> None:
    languages = Counter(profile["language"] for profile in pool)
    assert set(languages) == set(VOCABULARIES)
    assert min(languages[code] for code in ("en", "de", "fr", "es", "it", "pt", "nl", "pl")) > 500
    german = [profile for profile in pool if profile["language"] == "de"]
    assert _share(german, lambda profile: profile["location"] in {"Germany", "Austria", "Switzerland", ""}) == 1
    assert _share(german, lambda profile: bool(re.search(r"\b(und|für|mit|ein|der|die|das)\b", _text(profile)))) > 0.6
    arabic = [profile for profile in pool if profile["language"] == "ar"]
    assert all(any(unicodedata.bidirectional(letter) == "AL" for letter in _text(profile)) for profile in arabic)


def test_every_place_in_a_frame_is_filled(pool: list[SampleProfile]) -> None:
    assert not [profile for profile in pool if re.search(r"\{(a|b|e|city)\}|  ", _text(profile))]


def test_the_example_campaign_finds_more_than_a_longlist(pool: list[SampleProfile]) -> None:
    audience = load_campaign(PROJECT / "campaigns" / "linen-summer.toml").audience
    allowed = [
        profile
        for profile in pool
        if profile["platform"] in audience.platforms
        and profile["location"] in audience.countries
        and audience.followers_min <= profile["followers"] <= audience.followers_max
        and (profile["engagement_bps"] or 0) >= audience.engagement_min_percent * 100
        and not any(word in _text(profile).lower() for word in audience.exclude_words)
    ]
    fitting = [profile for profile in allowed if ON_TOPIC.search(_text(profile).lower())]
    assert 600 <= len(fitting) < len(allowed) / 3
    assert sum(profile["email"] is not None for profile in fitting) >= len(fitting) / 3
    assert {profile["location"] for profile in fitting} == set(audience.countries)


def test_a_few_profiles_say_what_a_brand_excludes(pool: list[SampleProfile]) -> None:
    assert 20 < sum("betting" in profile["bio"] or "casino" in profile["bio"] for profile in pool) < 400


def test_names_that_break_careless_programs_are_in_it_whole(pool: list[SampleProfile]) -> None:
    names = Counter(profile["fullname"] for profile in pool)
    assert all(names[name] >= 3 for name in HOSTILE_NAMES)
    assert {"{{7*7}}", '=HYPERLINK("x")', "<!channel>"} <= set(HOSTILE_NAMES)
    text = "".join(HOSTILE_NAMES)
    assert all(mark in text for mark in ("\u202e", "\u200f", "\u200b", "\r\n"))


def _share(pool: list[SampleProfile], has: Callable[[SampleProfile], bool]) -> float:
    return sum(has(profile) for profile in pool) / len(pool)


def _text(profile: SampleProfile) -> str:
    return " ".join([profile["bio"], *profile["hashtags"], *profile["captions"]])
