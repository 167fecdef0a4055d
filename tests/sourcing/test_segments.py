"""A pool of many segments says what a pool of one says; an import writes what is new and no more."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.campaign import Campaign
from core.clock import FixedClock
from sourcing import service, upkeep
from sourcing.compaction import Policy, Size, folded
from sourcing.importers import ImportReport, import_profiles
from sourcing.pool import Pool, current_version, open_pool
from sourcing.progress import Step
from sourcing.words import fold, likeness, stem

#: Never merge but for what weighs no more than the import itself; always merge.
APART, TOGETHER = Policy(small=0, most_dead=1.0), Policy(small=1_000_000)
NICHES = ("linen dresses", "slow fashion", "tea", "vegan baking", "street football")
CLOCK = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
PLACES = ("Germany", "France", "Austria", "Japan")
PROJECT = Path(__file__).resolve().parent.parent.parent

Row = dict[str, Any]
Adder = Callable[..., ImportReport]


def row(number: int, *, seen: str = "2026-01-01", **other: Any) -> Row:
    told = {
        "platform": ("instagram", "tiktok", "youtube")[number % 3], "handle": f"u{number:04}", "last_seen": seen,
        "followers": 6_000 + number * 7, "engagement_percent": 1 + number % 6,
        "bio": f"{NICHES[number % 5]} word{number}", "country": PLACES[number % 4],
        "language": ("de", "fr")[number % 2], "city": f"town {number % 11}",
        "category": NICHES[number % 5], "audience_countries": {PLACES[number % 4]: 0.5, "Italy": 0.01 * (number % 30)},
    }  # fmt: skip
    return told | other


@pytest.fixture
def add(tmp_path: Path) -> Adder:
    def adder(folder: Path, rows: Sequence[Row], policy: Policy = APART, **other: Any) -> ImportReport:
        file = tmp_path / "rows.jsonl"
        file.write_text("\n".join(map(json.dumps, rows)))
        return import_profiles(folder, [file], clock=CLOCK, policy=policy, **other)

    return adder


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
        assert len(sizes) <= 2 * sum(size.rows for size in sizes) / Policy().largest + 6
    assert written < 10_000 * 1_000 * 16


@pytest.mark.parametrize("incoming", [40_000, 300_000, 700_000, 2_500_000])
def test_imports_of_any_size_keep_the_segments_bounded(incoming: int) -> None:
    """At most two segments for each full one, and the few that are still small."""
    policy, sizes = Policy(), list[Size]()
    for _ in range(200):
        fold = folded(sizes, incoming=incoming, policy=policy)
        merged = incoming + sum(size.living for size, taken in zip(sizes, fold, strict=True) if taken)
        pieces = policy.pieces(merged)
        sizes = [size for size, taken in zip(sizes, fold, strict=True) if not taken]
        sizes += [Size(merged // pieces, merged // pieces)] * pieces
        assert max(size.rows for size in sizes) <= policy.largest
        assert len(sizes) <= 2 * sum(size.rows for size in sizes) / policy.largest + 6


@pytest.mark.slow
def test_a_large_import_is_cut_and_says_the_same(add: Adder, campaign: Campaign, tmp_path: Path) -> None:
    rows = [row(number) for number in range(230)]
    newer = [row(number, seen="2026-02-01", bio="linen and tea", followers=9_000) for number in range(0, 200, 2)]
    one, many, cut = tmp_path / "one", tmp_path / "many", Policy(small=0, largest=50)
    told: list[Step] = []
    add(one, rows, TOGETHER)
    add(many, rows, cut, on_progress=told.append)
    whole, apart = open_pool(one), open_pool(many)
    assert (len(whole.segments), len(apart.segments)) == (1, 5)
    assert max(map(len, apart.segments)) <= 60
    assert sum(map(len, apart.segments)) == 230
    assert (whole.version, living(whole)) == (apart.version, living(apart))
    assert said(whole, campaign, tmp_path) == said(apart, campaign, tmp_path)
    keys = [segment.numbers("key") for segment in apart.segments]
    assert all(before.max() < after.min() for before, after in pairwise(keys))
    for label in ("Writing", "Indexing"):
        counted = [step.rows for step in told if step.label == label]
        assert (counted, counted[-1]) == (sorted(counted), 230)
        assert len(set(counted)) >= 5
    assert [step.share for step in told] == sorted(step.share for step in told)
    add(one, newer, TOGETHER)
    add(many, newer, cut)
    whole, apart = open_pool(one), open_pool(many)
    assert max(map(len, apart.segments)) <= 60
    assert whole.version == apart.version
    assert said(whole, campaign, tmp_path) == said(apart, campaign, tmp_path)


def test_what_is_cut_is_cut_the_same_again_and_a_rebuild_keeps_it(add: Adder, tmp_path: Path) -> None:
    rows, cut = [row(number) for number in range(100)], Policy(largest=30)
    add(tmp_path / "a", rows, cut)
    add(tmp_path / "b", rows[::-1], cut)
    names = [[segment.place.name for segment in open_pool(tmp_path / name).segments] for name in "ab"]
    assert names[0] == names[1]
    assert len(names[0]) == 4
    (tmp_path / "a" / "segments" / names[0][2] / "records.jsonl").write_bytes(b"")
    assert upkeep.rebuild_pool(tmp_path / "a").mended
    assert [segment.place.name for segment in open_pool(tmp_path / "a").segments] == names[0]


@pytest.mark.slow
def test_many_imports_that_are_cut_keep_few_segments(add: Adder, folder: Path) -> None:
    for step in range(12):
        add(folder, [row(number) for number in range(step * 25, step * 25 + 25)], Policy(small=5, largest=40))
        pool = open_pool(folder)
        assert max(map(len, pool.segments)) <= 48
        assert len(pool.segments) <= 2 * pool.profiles / 40 + 2
    assert pool.profiles == 300


KILLED = """
import os, signal, sys
from pathlib import Path
from core.clock import SystemClock
from sourcing.compaction import Policy
from sourcing.importers import import_profiles

def stop(step):
    if step.label == sys.argv[3] and step.rows > 60:
        os.kill(os.getpid(), signal.SIGKILL)

cut = Policy(largest=50)
import_profiles(Path(sys.argv[1]), [Path(sys.argv[2])], clock=SystemClock(), on_progress=stop, policy=cut)
"""


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["Writing", "Indexing"])
def test_killed_between_two_segments_nothing_is_left(add: Adder, folder: Path, tmp_path: Path, phase: str) -> None:
    add(folder, [row(1)])
    before = current_version(folder)
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join(json.dumps(row(number)) for number in range(200)))
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(file), phase], check=False, cwd=PROJECT)
    assert killed.returncode == -signal.SIGKILL
    assert (current_version(folder), open_pool(folder).profiles) == (before, 1)
    add(folder, [row(2)])
    assert not list(folder.glob(".building-*"))
    assert open_pool(folder).profiles == 2


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
