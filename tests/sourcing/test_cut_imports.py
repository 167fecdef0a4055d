"""A large import is written as several segments of bounded size, cut by ranges of the key."""

import json
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from core.campaign import Campaign
from core.settings import PROJECT
from sourcing import upkeep
from sourcing.compaction import Policy, Size, folded
from sourcing.pool import current_version, open_pool
from sourcing.progress import Step
from tests.sourcing.conftest import TOGETHER, Adder
from tests.sourcing.test_segments import living, row, said


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
