"""Further fields: what vendors call them, in which forms they come, and what of them is not believed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sourcing.importers import ImportReport
from sourcing.pool import Sighting, open_pool
from tests.sourcing.conftest import Imported
from tests.sourcing.conftest import living as profiles

Load = Callable[..., ImportReport]
Once = Callable[..., Imported]


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000} | other


TOLD = {
    "username": "ada", "platform": "instagram", "followers": "20000", "location": "Berlin, Germany",
    "category": ["Fashion", "Home"], "is_business": "true", "externalUrl": "linktr.ee/ada", "follows": "1,200",
    "media_count": "300", "comments_to_likes": "0.02", "post_dates": ["2026-01-03", "2026-01-01T10:00:00Z"],
    "history": [["2025-01-01", 1000, 500, 0.1], ["2025-02-01", 2000, None, None]],
    "audience_countries": {"DE": 0.6, "Österreich": 0.2}, "audience_genders": {"FEMALE": 0.7, "m": 0.3},
    "audience_ages": [{"code": "25-34", "weight": 0.5}, {"code": "65-", "weight": 0.1}],
    "credibility": "0.83", "sponsored_posts": "5", "partners": ["Zalando", {"name": "Otto"}],
}  # fmt: skip


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_every_format_gives_the_same_details(load: Load, folder: Path, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"one.{kind}"
    file.write_text(json.dumps(TOLD))
    if kind == "parquet":
        file = tmp_path / "table"
        duckdb.execute(f"copy (select * from read_json('{tmp_path}/one.parquet')) to '{file}' (format parquet)")
    elif kind == "csv":
        cells = [value if isinstance(value, str) else json.dumps(value) for value in TOLD.values()]
        quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
        file.write_text(",".join(TOLD) + "\n" + ",".join(quoted) + "\n")
    report = load(file)
    ada = profiles(folder)["ada"]
    assert report.rejects == ()
    assert (ada.city, ada.country, ada.category, ada.account_type) == ("Berlin", "Germany", "Fashion", "business")
    assert ada.links == ("https://linktr.ee/ada",)
    assert (ada.following, ada.posts, ada.comments_to_likes) == (1_200, 300, 0.02)
    assert ada.posted == ("2026-01-03", "2026-01-01")
    assert ada.history == (Sighting("2025-01-01", 1_000, 5.0), Sighting("2025-02-01", 2_000, None))
    assert ada.audience == {
        "age:25-34": 0.5, "age:65+": 0.1, "country:Austria": 0.2, "country:Germany": 0.6, "gender:female": 0.7,
        "gender:male": 0.3,
    }  # fmt: skip
    assert (ada.credibility, ada.paid_posts, ada.paid_partners) == (0.83, 5, ("Zalando", "Otto"))


SHARES: list[tuple[object, dict[str, float], str]] = [
        ({"DE": 60, "AT": 20}, {"Germany": 0.6, "Austria": 0.2}, ""),
        ([{"code": "DE", "weight": "60%"}, {"name": "IT", "share": "4,5 %"}], {"Germany": 0.6, "Italy": 0.045}, ""),
        ({"DE": 0.3, "Germany": 0.2, "Atlantis": 0.1}, {"Germany": 0.5}, ""),
        ({"DE": 0.7, "FR": 0.33}, {"Germany": 0.7, "France": 0.33}, ""),
        ({"DE": 1, "FR": 1, "US": 1}, {}, "adds up to more than the whole audience"),
        ({"DE": 200, "FR": 100}, {}, "adds up to more than the whole audience"),
        ({"DE": 0.7, "FR": -0.1}, {}, "has a share that is negative or no number"),
        ({"DE": "NaN"}, {}, "has a share that is negative or no number"),
        ({"DE": "inf"}, {}, "has a share that is negative or no number"),
        ({"DE": {"x": 1}}, {}, "has a share that is negative or no number"),
        ({"Atlantis": 1}, {}, "names nothing that is known"),
        ("mostly German", {}, "has a share that is negative or no number"),
        ('{"DE": 0.5', {}, "has a share that is negative or no number"),
        ({}, {}, ""),
        (None, {}, ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def audiences(import_once: Once) -> Imported:
    rows = [
        good(f"u{n}", audience_countries=shares, audience_genders={"f": 0.5}) for n, (shares, *_) in enumerate(SHARES)
    ]
    return import_once([*rows, good("bob")])


@pytest.mark.parametrize(("shares", "kept", "reason"), SHARES)
def test_audience_shares_are_shares_or_left_out(
    audiences: Imported, shares: object, kept: dict[str, float], reason: str
) -> None:
    case = SHARES.index((shares, kept, reason))
    ada = audiences.profiles[f"u{case}"]
    assert ada.audience == {f"country:{name}": share for name, share in kept.items()} | {"gender:female": 0.5}
    said = [(one.column, one.reason.partition(":")[0]) for one in audiences.report.rejects if one.line == case + 1]
    assert said == ([("audience_countries", reason)] if reason else [])
    assert audiences.report.rejected == 0
    assert audiences.profiles["bob"].audience == {}


def test_a_column_of_percentages_is_known_by_its_other_profiles(load: Load, folder: Path) -> None:
    load([good(f"u{n}", audience_countries={"DE": 60, "AT": 30}) for n in range(30)]
         + [good("few", audience_countries={"IT": 1.2})])  # fmt: skip
    assert profiles(folder)["few"].audience == {"country:Italy": 0.012}


def test_interests_may_overlap(load: Load, folder: Path) -> None:
    load(
        [
            good(
                "ada",
                audience_interests={"Beauty": 0.9, "Travel": 0.8},
                audience_languages={"de-DE": 0.5, "French": 0.2},
            )
        ]
    )
    assert profiles(folder)["ada"].audience == {
        "interest:Beauty": 0.9, "interest:Travel": 0.8, "language:de": 0.5, "language:fr": 0.2,
    }  # fmt: skip


def test_what_may_not_be_known_of_an_audience_is_never_read(load: Load, folder: Path) -> None:
    report = load(
        [good("ada", audience_ethnicities={"x": 1}, audience_health={"SECRET": 1}, audience_religion={"y": 1})]
    )
    assert set(report.files[0].never_read) == {"audience_ethnicities", "audience_health", "audience_religion"}
    assert profiles(folder)["ada"].audience == {}


VALUES: list[tuple[str, object, object]] = [
    ("account_type", "MEDIA_CREATOR", "creator"),
    ("account_type", "Business account", "business"),
    ("account_type", "personal", "regular"),
    ("account_type", "robot", None),
    ("following", -5, None),
    ("following", "many", None),
    ("posts", 1e12, None),
    ("comments_to_likes", -0.1, None),
    ("credibility", 2_000, None),
    ("credibility", "83%", 0.83),
    ("credibility", 83, 0.83),
    ("paid_posts", "1.5e400", None),
]


@pytest.fixture(scope="module")
def values(import_once: Once) -> Imported:
    """A file for each case, as a column of percentages is known by all its values."""
    return import_once(*([good(f"u{n}", **{field: written})] for n, (field, written, _) in enumerate(VALUES)))


@pytest.mark.parametrize(("field", "written", "known"), VALUES)
def test_a_value_that_cannot_be_is_left_out_and_said(
    values: Imported, field: str, written: object, known: object
) -> None:
    case = VALUES.index((field, written, known))
    assert getattr(values.profiles[f"u{case}"], field) == known
    said = [one.column for one in values.report.rejects if Path(one.file).name.startswith(f"{case}-")]
    assert said == ([field] if known is None else [])


def test_links_are_addresses_and_not_the_profile_itself(load: Load, folder: Path) -> None:
    report = load([
        good("ada", website="https://a.example/x,https://b.example | linktr.ee/ada https://www.instagram.com/Ada/"),
        good("bob", website="https://instagram.com/bob"),
        good("cy", website="javascript:alert(1)"),
    ])  # fmt: skip
    found = profiles(folder)
    assert found["ada"].links == ("https://a.example/x", "https://b.example", "https://linktr.ee/ada")
    assert found["bob"].links == found["cy"].links == ()
    assert [(reject.line, reject.column) for reject in report.rejects] == [(3, "website")]


def test_the_future_is_not_believed_and_what_is_left_counts(load: Load, folder: Path) -> None:
    history = [
        ["2099-01-01", 5],
        ["2025-01-01", 7],
        ["soon", 7],
        ["2025-02-01", -1],
        {"month": "2025-03", "fans": "2k"},
    ]
    report = load([good("ada", history=history, post_dates=["2026-01-01", "2031-01-01", 1767225600])])
    ada = profiles(folder)["ada"]
    assert ada.history == (Sighting("2025-01-01", 7, None), Sighting("2025-03-01", 2_000, None))
    assert ada.posted == ("2026-01-01", "2026-01-01")
    assert {reject.column for reject in report.rejects} == {"history", "post_dates"}
    assert report.files[0].notes[0].startswith("column 'history': 1 value could not be used")


def test_only_so_much_is_kept(load: Load, folder: Path) -> None:
    points = [[f"20{10 + n // 12}-{n % 12 + 1:02}-01", n] for n in range(60)]
    cities, partners = {f"c{n}": 0.001 for n in range(300)}, [f"p{n}" for n in range(80)]
    load([good("ada", posted=["2026-01-01"] * 90, history=points, audience_cities=cities, partners=partners)])
    ada = profiles(folder)["ada"]
    assert (len(ada.posted), len(ada.history), len(ada.audience), len(ada.paid_partners)) == (60, 36, 50, 50)
    assert ada.history[-1].followers == 59


@pytest.mark.slow
def test_a_new_sighting_puts_the_old_one_into_the_history(load: Load, folder: Path) -> None:
    first = good("ada", er=3, last_seen="2026-01-01", history=[["2025-06-01", 9_000]])
    second = good("ada", followers=21_000, er=4, last_seen="2026-03-01")
    third = good(
        "ada", followers=22_000, last_seen="2026-04-01", history=[["2025-06-01", 9_500], ["2025-07-01", 9_900]]
    )
    for rows in (first, second, second, third, third):
        report = load([rows])
    assert report.merged.unchanged == 1
    assert profiles(folder)["ada"].history == (
        Sighting("2025-06-01", 9_500, None), Sighting("2025-07-01", 9_900, None), Sighting("2026-01-01", 20_000, 3.0),
        Sighting("2026-03-01", 21_000, 4.0),
    )  # fmt: skip
    load([good("ada", followers=23_000, last_seen="2026-04-01")])
    assert len(profiles(folder)["ada"].history) == 4, "two sightings of one day are one"


def test_audiences_are_completed_by_dimension(load: Load, folder: Path) -> None:
    load([good("ada", audience_countries={"DE": 0.6}, audience_genders={"f": 0.5}, last_seen="2026-01-01")])
    load([good("ada", audience_countries={"FR": 0.4}, last_seen="2026-02-01")])
    assert profiles(folder)["ada"].audience == {"country:France": 0.4, "gender:female": 0.5}
    assert load([good("ada", audience_countries={"FR": 0.4}, last_seen="2026-02-01")]).merged.unchanged == 1


def test_the_columns_of_an_audience_say_the_same_as_its_profiles(load: Load, folder: Path) -> None:
    load([good(f"u{n}", audience_countries={"DE": 0.1 * n, "FR": 0.05}) for n in range(1, 8)])
    load([good("v", audience_countries={"AT": 0.5}), good("w")])
    pool = open_pool(folder)
    columns = pool.audience
    for row in range(len(pool)):
        codes = columns.codes[columns.starts[row] : columns.starts[row + 1]]
        shares = columns.shares[columns.starts[row] : columns.starts[row + 1]]
        told = {columns.keys[code]: round(float(share), 6) for code, share in zip(codes, shares, strict=True)}
        assert told == pytest.approx(pool.profile(row).audience)
