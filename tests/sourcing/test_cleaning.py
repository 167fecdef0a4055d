"""What values become: rates, handles, hostile text, columns that may not be known, times."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sourcing.countries import language
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
        ("er", ["0.042", "0.1", ""] + ["0.03"] * 28, [4.2, 10.0, None]),
        ("er", ["0.042", "0.1", ""] + ["0.03"] * 27, [0.042, 0.1, None]),
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
    report = load([good("ada", engagement_bps="inf"), good("bob", engagement_bps=-5), good("cy", engagement_bps=1e9)])
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
        ("-infinity", None),
        ("0044-03-15 (BC)", None),
        ("1989-12-31", None),
        ("290309-12-22 (BC) 00:00:00 +15:00", None),
        ("294247-01-10 04:00:54.775-15:00", None),
        ("1768000000000", "2026-01-09T23:06:40Z"),
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


def test_a_few_rates_are_read_as_written_and_the_note_says_so(load: Load) -> None:
    report = load([good(f"u{place}", er="0.05") for place in range(29)])
    assert "too few values (29)" in report.files[0].notes[0]
    report = load([good(f"u{place}", er="0.05") for place in range(30)])
    assert "fractions" in report.files[0].notes[0]


@pytest.mark.parametrize(
    ("written", "followers"),
    [
        ("12.000", 12_000),
        ("1.234.567", 1_234_567),
        ("12,345", 12_345),
        ("1,234,567", 1_234_567),
        ("12 345", 12_345),
        ("12\u00a0345", 12_345),
        ("12\u202f345", 12_345),
        ("12’345", 12_345),
        ("8.2M", 8_200_000),
        ("4.1K", 4_100),
        ("12.4 K", 12_400),
        ("12,4k", 12_400),
        ("1,2 Mio.", 1_200_000),
        ("1.1 million", 1_100_000),
        ("12000.0", 12_000),
        (12_000, 12_000),
        ("12,4", None),
        ("1,5", None),
        ("1_000", None),
        ("0x10", None),
        ("12,34,56", None),
    ],
)
def test_follower_counts_in_the_ways_people_write_them(
    load: Load, folder: Path, written: object, followers: int | None
) -> None:
    load([good("always"), good("ada", followers=written)])
    found = profiles(folder)
    assert (found["ada"].followers if "ada" in found else None) == followers


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Los Angeles, CA", None),
        ("Wilmington, DE", None),
        ("Indianapolis, IN", None),
        ("Atlanta, Georgia", None),
        ("Georgia", "Georgia"),
        ("DE", "Germany"),
        ("Berlin, Germany", "Germany"),
        ("Graz, Österreich", "Austria"),
        ("Austin, TX, USA", "United States"),
        ("London, UK", "United Kingdom"),
        ("NA", None),
        ("Namibia", "Namibia"),
    ],
)
def test_a_state_is_no_country(load: Load, folder: Path, written: str, known: str | None) -> None:
    load([good("ada", location=written)])
    assert profiles(folder)["ada"].country == known


@pytest.mark.parametrize("nothing", ["NA", "n/a", "NaN", "None", "null", "-", " - "])
def test_words_for_nothing_are_missing_values_everywhere(load: Load, folder: Path, nothing: str) -> None:
    text = "platform,username,followers,name,bio,country,language,er,email,hashtags,captions,last_seen,verified\n"
    report = load(text + f"instagram,ada,5000{f',{nothing}' * 10}\ninstagram,{nothing},5000{',' * 10}\n")
    assert [(reject.line, reject.column, reject.reason) for reject in report.rejects] == [(3, "username", "is empty")]
    ada = profiles(folder)["ada"]
    assert (ada.name, ada.bio, ada.country, ada.language, ada.engagement_percent) == (None,) * 5
    assert (ada.email, ada.hashtags, ada.captions, ada.last_seen, ada.verified) == (None, (), (), None, None)


@pytest.mark.parametrize(
    ("written", "code"),
    [("no data", None), ("is unknown", None), ("no", "no"), ("zh-Hans", "zh"), ("pt_BR", "pt"), ("English (US)", "en"),
     ("German", "de"), ("de-", "de")],
)  # fmt: skip
def test_a_language_is_known_by_its_code_name_or_locale(load: Load, folder: Path, written: str, code: str) -> None:
    load([good("ada", language=written)])
    assert profiles(folder)["ada"].language == code
    assert language(written) == code


def test_hashtags_may_be_objects_and_what_is_neither_is_dropped(load: Load, folder: Path, tmp_path: Path) -> None:
    tags = [{"name": "#slow"}, {"title": "linen"}, {"id": 5}, ["nested"], "sewing", 7]
    load([good("ada", hashtags=tags, captions=[{"x": 1}, "words"]), good("bob", hashtags={"x": 1})])
    assert profiles(folder)["ada"].hashtags == ("slow", "linen", "sewing", "7")
    assert profiles(folder)["ada"].captions == ("words",)
    assert profiles(folder)["bob"].hashtags == ()
    file = tmp_path / "year=2026" / "one.parquet"
    file.parent.mkdir()
    duckdb.execute(
        "copy (select 'instagram' as platform, 'cy' as username, 5 as followers, [{'name': 'slow'}] as hashtags, "
        f"[['x']] as captions, encode('größe') as bio, 9 as file_row_number) to '{file}' (format parquet)"
    )
    report = load(file)
    cy = profiles(folder)["cy"]
    assert (cy.hashtags, cy.captions, cy.bio) == (("slow",), (), "größe")
    assert report.files[0].ignored == ("file_row_number",)


def test_every_value_that_is_left_out_is_said(load: Load, folder: Path) -> None:
    report = load([
        good("ada", er="lots", last_seen="yesterday", country="Atlantis", email="nope", language="Klingon",
             verified="maybe", url="javascript:x"), good("bob", country="Nowhere"), good("cy", followers=-1),
    ])  # fmt: skip
    assert report.rejected == 1
    assert report.rejects[0].line == 3, "rows that are lost come first"
    assert {reject.column for reject in report.rejects[1:]} == {
        "er", "last_seen", "country", "email", "language", "verified", "url",
    }  # fmt: skip
    assert "column 'country': 2 values could not be used and were left out, the rows went in" in report.files[0].notes
    assert set(profiles(folder)) == {"ada", "bob"}
