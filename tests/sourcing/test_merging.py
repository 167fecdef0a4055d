"""What is known of an account that was seen more than once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from sourcing.importers import ImportReport, import_profiles
from sourcing.pool import Profile, open_pool

Load = Callable[..., ImportReport]
HEADER = "platform,username,followers,bio\n"


def profiles(folder: Path) -> dict[str, Profile]:
    pool = open_pool(folder)
    return {pool.profile(number).handle: pool.profile(number) for number in range(len(pool))}


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000} | other


def test_a_file_with_fewer_columns_erases_nothing(load: Load, folder: Path) -> None:
    load([good("ada", bio="slow fashion", email="a@b.example", hashtags=["#linen"], er=3, last_seen="2026-11-01")])
    report = load("username,followers\nada,21000\n", platform="instagram", name="refresh.csv")
    ada = profiles(folder)["ada"]
    assert (report.merged.updated, ada.followers) == (1, 21_000)
    assert (ada.bio, ada.email, ada.hashtags, ada.engagement_percent) == ("slow fashion", "a@b.example", ("linen",), 3)
    assert ada.source == "0-refresh.csv, 0-profiles.txt"
    assert load("username,followers\nada,21000\n", platform="instagram", name="refresh.csv").merged.unchanged == 1


def test_an_empty_cell_erases_only_where_it_is_newer(load: Load, folder: Path) -> None:
    load([good("ada", bio="old", last_seen="2026-10-01")])
    load([good("ada", bio=None, name="A", last_seen="2026-10-01")])
    assert (profiles(folder)["ada"].bio, profiles(folder)["ada"].name) == ("old", "A")
    load([good("ada", bio=None, name="A", last_seen="2026-11-01")])
    assert profiles(folder)["ada"].bio is None


def test_files_of_one_import_complete_each_other(load: Load, folder: Path) -> None:
    load([good("ada", bio="slow", last_seen="2026-10-02")], [good("ada", email="a@b.example", last_seen="2026-10-01")])
    ada = profiles(folder)["ada"]
    assert (ada.bio, ada.email, ada.last_seen) == ("slow", "a@b.example", "2026-10-02T00:00:00Z")


@pytest.mark.parametrize(
    ("first", "second", "kept", "count"),
    [
        ({"last_seen": "2026-01-01", "bio": "old"}, {"last_seen": "2026-02-01", "bio": "new"}, "new", "updated"),
        ({"last_seen": "2026-02-01", "bio": "new"}, {"last_seen": "2026-01-01", "bio": "old"}, "new", "older"),
        ({"bio": "first"}, {"bio": "second"}, "second", "updated"),
        ({"last_seen": "2026-02-01", "bio": "same"}, {"last_seen": "2026-02-01", "bio": "same"}, "same", "unchanged"),
    ],
)
def test_the_latest_sighting_wins_in_one_file_and_across_imports(
    load: Load, folder: Path, first: dict[str, str], second: dict[str, str], kept: str, count: str
) -> None:
    together = load([good("@Ada", **first), good("ada", **second)])
    assert together.merged.duplicates == 1
    assert profiles(folder)["ada"].bio == kept
    for file in folder.rglob("*"):
        file.unlink() if file.is_file() else None
    load([good("ada", **first)])
    assert getattr(load([good("ADA", **second)]).merged, count) == 1
    assert profiles(folder)["ada"].bio == kept


def test_importing_again_changes_nothing(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    rows = [good("ada", bio="one"), good("bob", last_seen="2026-01-01"), good("ada", bio="two")]
    file.write_text("\n".join(map(json.dumps, rows)))
    versions = [
        import_profiles(folder, [file], clock=FixedClock(datetime(2026, 11, day, tzinfo=UTC))).version
        for day in (1, 2, 3)
    ]
    assert len(set(versions)) == 1
