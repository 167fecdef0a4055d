"""Each preset that ships, on a file as its vendor makes it."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from sourcing.importers import FileReport, import_profiles
from sourcing.presets import store
from sourcing.presets.looking import look
from tests.sourcing.conftest import NOW, living

Read = Callable[..., tuple[FileReport, dict[str, dict[str, Any]]]]

SEARCH = {
    "error": False, "total": 2, "lookalikes": [{"userId": "3", "profile": {
        "username": "cy", "url": "https://www.tiktok.com/@cy", "followers": 900, "engagementRate": 0.1}}],
    "directs": [{"userId": "1", "profile": {
        "fullname": "Ada L", "username": "ada", "url": "https://www.instagram.com/ada", "followers": 12000,
        "engagementRate": 0.025}}],
}  # fmt: skip
REPORT = {
    "profile": {
        "profile": {"fullname": "Ada L", "username": "ada", "url": "https://www.instagram.com/ada", "followers": 12000,
                    "engagementRate": 0.025},
        "hashtags": [{"tag": "linen", "weight": 0.9}], "contacts": [{"type": "phone", "value": "1"},
                                                                     {"type": "email", "value": "Ada@x.example"}],
        "country": "DE", "city": "Berlin", "language": {"code": "de", "name": "German"}, "isVerified": True,
        "bio": "slow fashion", "postsCount": 321, "ageGroup": "25-34",
        "recentPosts": [{"text": "hello #linen", "created": "2026-11-01T10:00:00Z"}],
        "statHistory": [{"month": "2026-08", "followers": 11000, "avgLikes": 5}],
    },
    "audience": {
        "credibility": 0.82, "geoCountries": [{"name": "Germany", "code": "DE", "weight": 0.6}],
        "genders": [{"code": "FEMALE", "weight": 0.7}, {"code": "MALE", "weight": 0.3}],
        "ethnicities": [{"code": "white", "weight": 0.5}],
    },
}  # fmt: skip
HYPE = {
    "result": {
        "search_results": [
            {
                "basic": {"username": "ada", "title": "Ada L"},
                "metrics": {"er": {"value": 2.5}, "subscribers_count": {"value": 12000}},
            }
        ]
    }
}

FILES: list[tuple[str, str, str | None, dict[str, dict[str, Any]]]] = [
    ("modash-search", json.dumps(SEARCH, indent=1), None,
     {"ada": {"platform": "instagram", "followers": 12_000, "engagement_percent": 2.5, "source": "Modash search",
              "expires_at": "2027-11-20T09:30:00Z"},
      "cy": {"platform": "tiktok", "engagement_percent": 10.0}}),
    ("modash-report", json.dumps(REPORT), None,
     {"ada": {"email": "ada@x.example", "email_basis": "vendor", "email_source": "Modash report", "country": "Germany",
              "city": "Berlin", "language": "de", "hashtags": ("linen",), "captions": ("hello #linen",), "posts": 321,
              "posted": ("2026-11-01",), "credibility": 0.82, "verified": True, "engagement_percent": 2.5,
              "audience": {"country:Germany": 0.6, "gender:female": 0.7, "gender:male": 0.3}}}),
    ("modash-csv", "Username,Profile URL,Followers,Avg likes,Engagement rate,Email,Ethnicity\n"
     "ada,https://www.instagram.com/ada,\"12,000\",300,2.5%,a@x.example,x\n", None,
     {"ada": {"followers": 12_000, "engagement_percent": 2.5, "email_basis": "vendor"}}),
    ("hypeauditor", json.dumps(HYPE), "instagram", {"ada": {"name": "Ada L", "engagement_percent": 2.5}}),
    ("upfluence", "influencer_id,media_url,profile_name,email,shipping_address.city,shipping_address.country_code\n"
     "1,https://www.instagram.com/ada/,Ada,a@x.example,Berlin,DE\n", None,
     {"ada": {"platform": "instagram", "followers": None, "city": "Berlin", "country": "Germany"}}),
    ("aspire", "email,instagram,tiktok,youtube,pinterest,city,postalcode,country\n"
     "a@x.example,ada,ada_tok,https://www.youtube.com/@adatube,,Berlin,1,DE\nb@x.example,,,,,,,\n", None,
     {"ada": {"platform": "instagram", "email": "a@x.example"}, "ada_tok": {"platform": "tiktok"},
      "adatube": {"platform": "youtube", "followers": None}}),
    ("refersion", "Affiliate ID,Name,Email,Instagram,Instagram followers,Website\n"
     "7,Ada,a@x.example,@ada,12000,https://ada.example/shop\n", None,
     {"ada": {"followers": 12_000}, "ada.example": {"platform": "website", "followers": None}}),
    ("evaluation", json.dumps({"platform": "instagram", "username": "ada", "fullname": "Ada", "followers": 12000,
                               "engagement_bps": 250, "first_seen": "2026-01-01", "last_seen": "2026-10-01",
                               "location": "Mexico", "history": [["2026-01-01", 9000, 300, 0.1]]}) + "\n", None,
     {"ada": {"engagement_percent": 2.5, "country": "Mexico", "last_seen": "2026-10-01T00:00:00Z"}}),
    ("evaluation-tiktok", "username,signature,bioLink,commerceUser,commerceCategory,region,language,total_videos,"
     "following,followers,verified\nada,linen,,False,none,ZA,English,158,10,1590,False\n", None,
     {"ada": {"platform": "tiktok", "bio": "linen", "country": "South Africa", "posts": 158, "verified": False}}),
    ("evaluation-youtube", "handle,channelID,followers,language,has_signature,tot_videos\n"
     "@Ada-Sews,UCUoU4vEp-fmuQp2201PU0Cg,637000.0,French,True,12\n", None,
     {"ada-sews": {"platform": "youtube", "followers": 637_000, "language": "fr", "posts": 12}}),
]  # fmt: skip


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reader(name: str, text: str, platform: str | None) -> tuple[FileReport, dict[str, dict[str, Any]]]:
        file = tmp_path / f"{name}.txt"
        file.write_text(text)
        found = store.load(tmp_path, name)
        done = import_profiles(
            tmp_path / "pool", [file], clock=FixedClock(NOW), platform=platform, presets={file: found.preset}
        )  # fmt: skip
        return done.files[0], {handle: asdict(one) for handle, one in living(tmp_path / "pool").items()}

    return reader


@pytest.mark.parametrize(("name", "text", "platform", "expected"), FILES, ids=[one[0] for one in FILES])
def test_a_vendors_file_gives_the_profiles_it_holds(
    read: Read, name: str, text: str, platform: str | None, expected: dict[str, dict[str, Any]]
) -> None:
    report, profiles = read(name, text, platform)
    assert set(profiles) == set(expected)
    for handle, values in expected.items():
        assert {key: profiles[handle][key] for key in values} == values
    assert not any("ethnic" in theirs.casefold() for theirs in report.columns.values())
    if "thnicit" in text:
        assert any("thnicit" in column for column in report.never_read)


@pytest.mark.parametrize(("name", "text"), [(one[0], one[1]) for one in FILES if one[0] != "hypeauditor"])
def test_a_vendors_file_is_recognised_by_its_header(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / "unnamed"
    file.write_text(text)
    looked = look(file, tmp_path)
    assert looked.recognised is not None
    assert looked.recognised.name == name


def test_every_shipped_preset_is_tried_here(tmp_path: Path) -> None:
    assert set(store.names(tmp_path)) == {one[0] for one in FILES} | {"customers"}


def test_a_row_without_any_account_is_refused_by_its_own_line(read: Read, tmp_path: Path) -> None:
    read("aspire", FILES[5][1], None)
    with (tmp_path / "pool" / "rejects.csv").open() as stream:
        assert [line.split(",")[1:4] for line in stream][1:] == [["3", "", "names no account"]]


def test_a_saved_answer_over_many_lines_is_one_document(read: Read) -> None:
    report, profiles = read("modash-search", json.dumps(SEARCH, indent=4) + "\n" + json.dumps(SEARCH, indent=4), None)
    assert (report.read, set(profiles)) == (4, {"ada", "cy"})
