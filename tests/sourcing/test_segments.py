"""A pool of many segments says what a pool of one says; an import writes what is new and no more."""

import json
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.campaign import Campaign
from sourcing import service
from sourcing.compaction import Policy, Size, folded
from sourcing.pool import Pool, current_version, open_pool
from sourcing.words import fold, likeness, stem
from tests.sourcing.conftest import APART, CLOCK, TOGETHER, Adder

NICHES = ("linen dresses", "slow fashion", "tea", "vegan baking", "street football")
PLACES = ("Germany", "France", "Austria", "Japan")

Row = dict[str, Any]


def row(number: int, *, seen: str = "2026-01-01", **other: Any) -> Row:
    told = {
        "platform": ("instagram", "tiktok", "youtube")[number % 3], "handle": f"u{number:04}", "last_seen": seen,
        "followers": 6_000 + number * 7, "engagement_percent": 1 + number % 6,
        "bio": f"{NICHES[number % 5]} word{number}", "country": PLACES[number % 4],
        "language": ("de", "fr")[number % 2], "city": f"town {number % 11}",
        "category": NICHES[number % 5], "audience_countries": {PLACES[number % 4]: 0.5, "Italy": 0.01 * (number % 30)},
    }  # fmt: skip
    return told | other


def living(pool: Pool) -> dict[str, Any]:
    return {pool.profile(at).key: pool.profile(at) for at in range(len(pool)) if pool.alive[at]}


def said(pool: Pool, campaign: Campaign, tmp_path: Path) -> str:
    """All that is asked of a pool, as text."""
    folder = pool.place.parent.parent
    briefs = tmp_path / "briefs.json"
    asked = {"platform": "tiktok", "brief": "who likes tea", "keywords": ["baking"]}
    named = [(name, place) for name in NICHES for place in (None, "France")]
    briefs.write_text(
        json.dumps([asked | {"id": f"{name} {place}", "name": name, "country": place} for name, place in named])
    )
    limits = {"exclude_words": ("football", "word7"), "engagement_min_percent": 2.0}
    audience = campaign.audience.model_copy(update=limits)
    longlist = service.source(folder, campaign.model_copy(update={"audience": audience}))
    return json.dumps([asdict(longlist), list(service.rank(folder, briefs, CLOCK, limit=50))], default=str)


@pytest.mark.slow
def test_how_the_pool_is_cut_changes_nothing(add: Adder, campaign: Campaign, tmp_path: Path) -> None:
    rows = [row(number) for number in range(180)]
    newer = [row(number, seen="2026-02-01", bio="linen and tea", followers=9_000) for number in range(0, 170, 9)]
    steps = [rows[:120], rows[120:170], newer, rows[170:]]
    one, many = tmp_path / "one", tmp_path / "many"
    for step in steps:
        add(one, step, TOGETHER)
        add(many, step, APART)
    whole, apart = open_pool(one), open_pool(many)
    assert (len(whole.segments), len(apart.segments)) == (1, 4)
    assert (len(whole.dead), len(apart.dead)) == (0, len(newer))
    assert whole.version == apart.version
    assert living(whole) == living(apart)
    assert said(whole, campaign, tmp_path) == said(apart, campaign, tmp_path)


@pytest.mark.slow
def test_the_order_of_imports_changes_nothing_but_history(add: Adder, tmp_path: Path) -> None:
    rows = [row(number) for number in range(60)]
    for name, steps in (("a", [rows]), ("b", [rows[20:], rows[:20]]), ("c", [rows[:15], rows[15:]])):
        for step in steps:
            add(tmp_path / name, step)
    assert len({open_pool(tmp_path / name).version for name in "abc"}) == 1


def test_an_import_leaves_the_other_segments_as_they_are(add: Adder, folder: Path) -> None:
    add(folder, [row(number) for number in range(100)])
    (first,) = open_pool(folder).segments
    before = {path: path.stat().st_mtime_ns for path in first.place.rglob("*")}
    add(folder, [row(3, seen="2026-03-01", bio="new words"), row(500)])
    pool = open_pool(folder)
    assert [len(segment) for segment in pool.segments] == [100, 2]
    assert {path: path.stat().st_mtime_ns for path in first.place.rglob("*")} == before
    assert (len(pool), pool.profiles, int(pool.alive.sum())) == (102, 101, 101)


def test_dead_rows_are_never_found(add: Adder, folder: Path) -> None:
    add(folder, [row(number, bio="oldword zz+top") for number in range(30)])
    add(folder, [row(number, seen="2026-03-01", bio="newword") for number in range(10)])
    pool = open_pool(folder)
    assert len(pool.segments) == 2
    for found in (pool.index.rows_with("oldword"), pool.index.mentions("oldword").rows, pool.rows_holding("zz+top")):
        assert len(found) == 20
        assert pool.alive[found].all()
    assert pool.index.profiles == 30
    seen = pool.find("instagram", "u0003")
    assert seen is not None
    assert seen.bio == "newword"
    assert [pool.profile(int(at)).bio for at in pool.rows_of(["instagram:u0003", "instagram:nobody"])] == ["newword"]
    assert service.pool_info(folder).known["bio"] == 30


def test_codes_mean_the_same_in_every_segment(add: Adder, folder: Path) -> None:
    add(folder, [row(number, country="Japan", city="Osaka", category="Tea") for number in range(40)])
    add(folder, [row(number, country="Austria", city="Wien", category="Food") for number in range(40, 60)])
    add(folder, [row(99, country="Germany", city=None, category=None)])
    pool = open_pool(folder)
    assert len(pool.segments) == 3
    for at in range(len(pool)):
        profile = pool.profile(at)
        assert pool.countries[pool.numbers("country")[at]] == (profile.country or "")
        assert pool.languages[pool.numbers("language")[at]] == (profile.language or "")
        assert pool.cities[pool.numbers("city")[at]] == (profile.city or "")
        assert pool.categories[pool.numbers("category")[at]] == (profile.category or "")
    assert pool.cities == ["", "Osaka", "Wien"]


def test_the_same_content_again_has_the_same_version(add: Adder, folder: Path) -> None:
    first = add(folder, [row(1), row(2)])
    assert not add(folder, [row(2)]).changed
    assert open_pool(folder).version == first.version
    assert add(folder, [row(1, seen="2026-05-01")]).version != first.version


@pytest.mark.slow
def test_small_segments_are_merged_and_a_half_dead_one_is_written_anew(add: Adder, folder: Path) -> None:
    for number in range(5):
        add(folder, [row(number)], Policy())
    assert len(open_pool(folder).segments) == 1
    half_dead = Policy(small=0)
    add(folder, [row(number) for number in range(100, 200)], half_dead)
    add(folder, [row(number, seen="2026-02-01") for number in range(100, 120)], half_dead)
    assert len(open_pool(folder).dead) == 20
    add(folder, [row(number, seen="2026-02-01") for number in range(120, 140)], half_dead)
    pool = open_pool(folder)
    assert (len(pool.dead), pool.profiles) == (0, 105)


@pytest.mark.parametrize(
    ("sizes", "incoming", "taken"),
    [
        ([], 5, []),
        ([(1_000_000, 1_000_000)], 10_000, [False]),
        ([(1_000_000, 990_000), (10_000, 10_000)], 10_000, [False, True]),
        ([(1_000_000, 990_000), (20_000, 20_000)], 10_000, [False, False]),
        ([(1_000_000, 990_000), (20_000, 20_000), (10_000, 10_000)], 10_000, [False, True, True]),
        ([(1_000_000, 600_000), (300_000, 300_000)], 1, [True, True]),
        ([(1_000_000, 700_000), (300_000, 100_000)], 1, [False, True]),
        ([(500, 500), (8_000, 8_000)], 1, [True, True]),
        ([(100, 0)], 1, [True]),
        ([(1_048_576, 1_048_576), (600_000, 600_000)], 900_000, [False, False]),
        ([(500_000, 500_000), (1_000_000, 1_000_000)], 500_000, [True, False]),
        ([(500_000, 500_000)], 900_000, [False]),
        ([(100_000, 100_000)], 900_000, [True]),
        ([(1_000_000, 600_000), (400_000, 400_000)], 900_000, [True, True]),
        ([(10_000_000, 9_000_000)], 10_000, [False]),
    ],
)
def test_what_is_folded_into_the_new_segment(sizes: list[tuple[int, int]], incoming: int, taken: list[bool]) -> None:
    assert folded([Size(*size) for size in sizes], incoming=incoming, policy=Policy()) == taken


def test_ten_thousand_small_imports_keep_few_segments() -> None:
    sizes: list[Size] = [Size(1_000_000, 1_000_000)]
    written = 0
    for _ in range(10_000):
        fold = folded(sizes, incoming=1_000, policy=Policy())
        merged = 1_000 + sum(size.living for size, taken in zip(sizes, fold, strict=True) if taken)
        sizes = [size for size, taken in zip(sizes, fold, strict=True) if not taken] + [Size(merged, merged)]
        written += merged
        full = sum(size.rows for size in sizes) / Policy().largest
        assert len(sizes) <= full + 16
    assert written < 10_000 * 1_000 * 16


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_any_row_of_imports_gives_what_a_dictionary_gives(add: Adder, folder: Path, seed: int) -> None:
    draw = Random(seed)
    expected: dict[int, int] = {}
    for step in range(7):
        numbers = draw.sample(range(80), draw.choice([3, 12, 40]))
        day = f"2026-{step + 1:02}-01"
        rows = [row(number, seen=day, bio=f"step{step}") for number in numbers]
        add(folder, rows, draw.choice([APART, Policy(small=5), Policy(small=5, largest=8)]))
        expected |= dict.fromkeys(numbers, step)
        pool = open_pool(folder)
        found = {int(profile.handle[1:]): int((profile.bio or "")[4:]) for profile in living(pool).values()}
        assert found == expected
        assert pool.profiles == len(expected)
        for past in range(step + 1):
            assert len(pool.index.rows_with(f"step{past}")) == list(expected.values()).count(past)


def test_a_reader_that_is_late_takes_the_version_of_now(add: Adder, folder: Path) -> None:
    add(folder, [row(1)])
    named = current_version(folder)
    add(folder, [row(2)])
    add(folder, [row(3)])
    assert not (folder / "versions" / str(named)).exists()
    assert open_pool(folder).profiles == 3


WORDS = (
    "linen",
    "baking",
    "fashion",
    "tea",
    "cat",
    "art",
    "veganism",
    "photography",
    "straße",
    "größe",
    "美食",
    "ab",
    "x",
)


def test_words_are_found_as_if_all_were_looked_at_one_by_one(add: Adder, folder: Path) -> None:
    draw = Random(5)
    parts = [*WORDS, "linens", "bakery", "photographer", "photos", "fashionista", "teatime", "catwalk", "artisan"]
    said = ["".join(draw.choices(parts, k=draw.choice([1, 2, 3]))) for _ in range(400)]
    add(folder, [row(number, bio=words) for number, words in enumerate(said)])
    index = open_pool(folder).index
    words = (open_pool(folder).segments[0].place / "words" / "vocabulary.txt").read_text().split("\n")[1:-1]
    for asked in (fold(word) for word in WORDS):
        expected: dict[int, float] = {}
        for number, found in enumerate(words):
            spots = [at for at in range(len(found)) if found.startswith(stem(asked), at)]
            best = max((likeness(asked, found, at) for at in spots), default=0.0)
            expected |= {number: best} if best else {}
        ids, likenesses = index._segments[0]._relatives(asked)
        assert dict(zip(ids.tolist(), likenesses.tolist(), strict=True)) == expected
