"""What values become: rates, handles, hostile text, columns that may not be known, times."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sourcing.countries import language
from sourcing.importers import ImportReport
from tests.sourcing.conftest import Imported
from tests.sourcing.conftest import living as profiles

Load = Callable[..., ImportReport]
Once = Callable[..., Imported]


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000} | other


RATES = [
    ("er", ["0.042", "0.1", ""] + ["0.03"] * 28, [4.2, 10.0, None]),
    ("er", ["0.042", "0.1", ""] + ["0.03"] * 27, [0.042, 0.1, None]),
    ("er", ["4.2", "0.1", ""], [4.2, 0.1, None]),
    ("engagement_rate", ["4.2%", "0.3 %", ""], [4.2, 0.3, None]),
    ("engagement_rate", ["4,2", "1", ""], [4.2, 1.0, None]),
    ("engagement_bps", ["542", "0", ""], [5.42, 0.0, None]),
]


@pytest.fixture(scope="module")
def rates(import_once: Once) -> Imported:
    """A file for each case, as what a rate is hangs on its column."""
    return import_once(*(
        [good(f"u{case}x{place}", **{column: value}) for place, value in enumerate(values)]
        for case, (column, values, _) in enumerate(RATES)
    ))  # fmt: skip


@pytest.mark.parametrize(("column", "values", "percents"), RATES)
def test_engagement_is_percent_whatever_the_column_means(
    rates: Imported, column: str, values: list[str], percents: list[float | None]
) -> None:
    case = RATES.index((column, values, percents))
    assert [rates.profiles[f"u{case}x{place}"].engagement_percent for place in range(3)] == percents


def test_a_rate_that_cannot_be_is_left_out_and_said(load: Load, folder: Path) -> None:
    report = load([good("ada", engagement_bps="inf"), good("bob", engagement_bps=-5), good("cy", engagement_bps=1e9)])
    assert [found.engagement_percent for found in profiles(folder).values()] == [None, None, None]
    assert {reject.column for reject in report.rejects} == {"engagement_bps"}
    assert report.rejected == 0


HANDLES = [
    ("@Ada.Lovelace", "ada.lovelace"),
    ("https://www.instagram.com/Ada_L/?hl=de", "ada_l"),
    ("instagram.com/bea", "bea"),
    ("d\u200bo\u202era\x07", "dora"),
    ("ＥＶＡ", "eva"),
    ("Straße", "strasse"),
    ("𝓘𝓭𝓪", "ida"),
    ("आदा", "आदा"),
]


@pytest.fixture(scope="module")
def handles(import_once: Once) -> Imported:
    """The number of followers tells which row a profile comes from."""
    return import_once([good(written, followers=number) for number, (written, _) in enumerate(HANDLES)])


@pytest.mark.parametrize(("written", "handle"), HANDLES)
def test_handles_have_one_form(handles: Imported, written: str, handle: str) -> None:
    assert handles.profiles[handle].followers == HANDLES.index((written, handle))
    assert set(handles.profiles) == {known for _, known in HANDLES}


NO_HANDLES = ["", "@", "\u200b", "a b", "../../etc", "a/b", "{{7*7}}", "<!channel>", "x" * 101, "…", "℀x",
              "https://www.tiktok.com/@bea", "https://instagram.com/p/C1x/", "https://netflix.com/bea"]  # fmt: skip


@pytest.fixture(scope="module")
def refused(import_once: Once) -> Imported:
    return import_once([good("ada"), *map(good, NO_HANDLES)])


@pytest.mark.parametrize("written", NO_HANDLES)
def test_what_is_no_handle_is_refused(refused: Imported, written: str) -> None:
    assert (NO_HANDLES.index(written) + 2, "handle") in {(one.line, one.column) for one in refused.report.rejects}
    assert set(refused.profiles) == {"ada"}
    assert refused.report.rejected == len(NO_HANDLES)


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


TIMES = [
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
]


@pytest.fixture(scope="module")
def times(import_once: Once) -> Imported:
    """Imported by somebody in New York."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        return import_once([good(f"u{number}", last_seen=written) for number, (written, _) in enumerate(TIMES)])


@pytest.mark.parametrize(("written", "seen"), TIMES)
def test_times_are_kept_in_utc_and_the_future_is_not_believed(times: Imported, written: str, seen: str | None) -> None:
    found = times.profiles[f"u{TIMES.index((written, seen))}"]
    assert found.last_seen == seen
    assert found.fetched_at == (seen or "2026-11-20T09:30:00Z")


def test_a_few_rates_are_read_as_written_and_the_note_says_so(load: Load) -> None:
    report = load([good(f"u{place}", er="0.05") for place in range(29)])
    assert "too few values (29)" in report.files[0].notes[0]
    report = load([good(f"u{place}", er="0.05") for place in range(30)])
    assert "fractions" in report.files[0].notes[0]


COUNTS: list[tuple[object, int | None]] = [
    ("12.000", 12_000),
    ("1.234.567", 1_234_567),
    ("12,345", 12_345),
    ("1,234,567", 1_234_567),
    *dict.fromkeys(["12 345", "12\u00a0345", "12\u202f345", "12’345"], 12_345).items(),
    ("8.2M", 8_200_000),
    ("4.1K", 4_100),
    ("12.4 K", 12_400),
    ("12,4k", 12_400),
    ("1,2 Mio.", 1_200_000),
    ("1.1 million", 1_100_000),
    ("12000.0", 12_000),
    *{"12.345,00": 12_345, "1,23,456": 123_456, "2.3 lakh": 230_000, "1.2 Cr": 12_000_000, "45 тыс.": 45_000}.items(),
    *{"12 tys.": 12_000, "~12k": 12_000, "10K+": 10_000, "12.4K followers": 12_400, "١٢٬٣٤٥": 12_345}.items(),
    ("12.345,50", None),
    (12_000, 12_000),
    ("12,4", None),
    ("1,5", None),
    ("1_000", None),
    ("0x10", None),
    ("12,34,56", None),
]


@pytest.fixture(scope="module")
def counts(import_once: Once) -> Imported:
    return import_once([good(f"u{number}", followers=written) for number, (written, _) in enumerate(COUNTS)])


@pytest.mark.parametrize(("written", "followers"), COUNTS)
def test_follower_counts_in_the_ways_people_write_them(
    counts: Imported, written: object, followers: int | None
) -> None:
    found = counts.profiles.get(f"u{COUNTS.index((written, followers))}")
    assert (found.followers if found else None) == followers


COUNTRIES = [
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
]


@pytest.fixture(scope="module")
def places(import_once: Once) -> Imported:
    return import_once([good(f"u{number}", location=written) for number, (written, _) in enumerate(COUNTRIES)])


@pytest.mark.parametrize(("written", "known"), COUNTRIES)
def test_a_state_is_no_country(places: Imported, written: str, known: str | None) -> None:
    assert places.profiles[f"u{COUNTRIES.index((written, known))}"].country == known


NOTHING = ["NA", "n/a", "NaN", "None", "null", "-", " - "]


@pytest.fixture(scope="module")
def nothings(import_once: Once) -> Imported:
    """Two rows for each word: one that knows nothing but whose it is, one that does not even know that."""
    text = "platform,username,followers,name,bio,country,language,er,email,hashtags,captions,last_seen,verified\n"
    rows = (f"instagram,u{n},5000{f',{no}' * 10}\ninstagram,{no},5000{',' * 10}\n" for n, no in enumerate(NOTHING))
    return import_once(text + "".join(rows))


@pytest.mark.parametrize("nothing", NOTHING)
def test_words_for_nothing_are_missing_values_everywhere(nothings: Imported, nothing: str) -> None:
    case = NOTHING.index(nothing)
    told = {reject.line: (reject.column, reject.reason) for reject in nothings.report.rejects}
    assert told.pop(3 + 2 * case) == ("username", "is empty")
    assert 2 + 2 * case not in told
    ada = nothings.profiles[f"u{case}"]
    assert (ada.name, ada.bio, ada.country, ada.language, ada.engagement_percent) == (None,) * 5
    assert (ada.email, ada.hashtags, ada.captions, ada.last_seen, ada.verified) == (None, (), (), None, None)


LANGUAGES = [("no data", None), ("is unknown", None), ("no", "no"), ("zh-Hans", "zh"), ("pt_BR", "pt"),
             ("English (US)", "en"), ("German", "de"), ("de-", "de")]  # fmt: skip


@pytest.fixture(scope="module")
def tongues(import_once: Once) -> Imported:
    return import_once([good(f"u{number}", language=written) for number, (written, _) in enumerate(LANGUAGES)])


@pytest.mark.parametrize(("written", "code"), LANGUAGES)
def test_a_language_is_known_by_its_code_name_or_locale(tongues: Imported, written: str, code: str | None) -> None:
    assert tongues.profiles[f"u{LANGUAGES.index((written, code))}"].language == code
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


def test_what_lies_inside_an_object_is_neither_kept_nor_listed(load: Load, folder: Path) -> None:
    faith = {"religion": "quaker"}
    report = load([
        good("ada", bio=faith, name=[faith], city=faith, country={"politics": "quaker"}),
        good("x") | {"handle": faith}, good("x") | {"handle": {"ü": "quaker"}},
        good("bob", bio="{linen} & [tea]", name="[Bob]"),
    ])  # fmt: skip
    ada, bob = profiles(folder)["ada"], profiles(folder)["bob"]
    assert (ada.bio, ada.name, ada.city, ada.country) == (None, None, None, None)
    assert (bob.bio, bob.name) == ("{linen} & [tea]", "[Bob]")
    assert [(one.line, one.column, "{…}" in one.raw) for one in report.rejects] == [
        (2, "handle", True), (3, "handle", True), (1, "country", True),
    ]  # fmt: skip
    assert b"quaker" not in b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


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
