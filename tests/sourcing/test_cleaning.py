"""What values become: rates, handles, hostile text, columns that may not be known, times."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sourcing.importers import ImportReport
from sourcing.pool import Profile, open_pool

Load = Callable[..., ImportReport]


def profiles(folder: Path) -> dict[str, Profile]:
    pool = open_pool(folder)
    return {pool.profile(number).handle: pool.profile(number) for number in range(len(pool))}


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000} | other


@pytest.mark.parametrize(
    ("column", "values", "percents"),
    [
        ("er", ["0.042", "0.1", ""], [4.2, 10.0, None]),
        ("er", ["4.2", "0.1", ""], [4.2, 0.1, None]),
        ("engagement_rate", ["4.2%", "0.3 %", ""], [4.2, 0.3, None]),
        ("engagement_rate", ["4,2", "1", ""], [4.2, 1.0, None]),
        ("engagement_bps", ["542", "0", ""], [5.42, 0.0, None]),
    ],
)
def test_engagement_is_percent_whatever_the_column_means(
    load: Load, folder: Path, column: str, values: list[str], percents: list[float | None]
) -> None:
    load([good(f"u{place}", **{column: value}) for place, value in enumerate(values)])
    found = profiles(folder)
    assert [found[f"u{place}"].engagement_percent for place in range(3)] == percents


def test_a_rate_that_cannot_be_is_left_out_and_said(load: Load, folder: Path) -> None:
    report = load([good("ada", engagement_bps="NaN"), good("bob", engagement_bps=-5), good("cy", engagement_bps=1e9)])
    assert [found.engagement_percent for found in profiles(folder).values()] == [None, None, None]
    assert {reject.column for reject in report.rejects} == {"engagement_bps"}
    assert report.rejected == 0


@pytest.mark.parametrize(
    ("written", "handle"),
    [
        ("@Ada.Lovelace", "ada.lovelace"),
        ("https://www.instagram.com/Ada_L/?hl=de", "ada_l"),
        ("tiktok.com/@ada", "ada"),
        ("a\u200bd\u202ea\x07", "ada"),
        ("ＡＤＡ", "ada"),
        ("Straße", "strasse"),
        ("𝓐𝓭𝓪", "ada"),
        ("आदा", "आदा"),
    ],
)
def test_handles_have_one_form(load: Load, folder: Path, written: str, handle: str) -> None:
    load([good(written)])
    assert set(profiles(folder)) == {handle}


@pytest.mark.parametrize(
    "written", ["", "@", "\u200b", "a b", "../../etc", "a/b", "{{7*7}}", "<!channel>", "x" * 101, "…", "℀x"]
)
def test_what_is_no_handle_is_refused(load: Load, folder: Path, written: str) -> None:
    report = load([good("ada"), good(written)])
    assert set(profiles(folder)) == {"ada"}
    assert report.rejected == 1


def test_hostile_text_is_kept_as_data_and_capped(load: Load, folder: Path) -> None:
    name = "\u202eevil\u200b {{7*7}} =HYPERLINK(1)"
    load([good("ada", name=name, bio="ä" * 5_000, hashtags=["#" + "t" * 500, "#ok"], url="javascript:alert(1)")])
    ada = profiles(folder)["ada"]
    assert ada.name == name
    assert ada.bio is not None
    assert len(ada.bio) == 2_000
    assert ada.hashtags == ("ok",)
    assert ada.url is None


def test_columns_that_may_not_be_known_are_never_read(load: Load, folder: Path) -> None:
    report = load([good("ada", ethnicity="x", health="SECRET", Religion="y", political_view="z", race="q")])
    assert set(report.files[0].never_read) == {"ethnicity", "health", "Religion", "political_view", "race"}
    assert "SECRET" not in "".join(map(str, profiles(folder).values()))


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("2026-01-10", "2026-01-10T00:00:00Z"),
        ("2026-01-10T10:00:00Z", "2026-01-10T10:00:00Z"),
        ("2026-01-10T10:00:00+02:00", "2026-01-10T08:00:00Z"),
        ("2026-01-10 10:00:00.5-0330", "2026-01-10T13:30:00.5Z"),
        ("1768000000", "2026-01-09T23:06:40Z"),
        ("soon", None),
        ("2099-01-01", None),
        ("infinity", None),
    ],
)
def test_times_are_kept_in_utc_and_the_future_is_not_believed(
    load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch, written: str, seen: str | None
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    load([good("ada", last_seen=written)])
    ada = profiles(folder)["ada"]
    assert ada.last_seen == seen
    assert ada.fetched_at == (seen or "2026-11-20T09:30:00Z")
