"""What is normal in a pool is kept with its version, and is what would be worked out from its columns."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import pytest

from core.campaign import Campaign
from core.clock import FixedClock
from core.errors import BadInput
from sourcing import norms
from sourcing.compaction import Policy
from sourcing.importers import import_profiles
from sourcing.longlist import make_longlist
from sourcing.pool import Pool, open_pool
from sourcing.upkeep import rebuild_pool
from tests.sourcing.conftest import NOW, Row, write_jsonl


def _rows(draw: Random, numbers: range) -> Iterator[Row]:
    for number in numbers:
        yield {"platform": ("instagram", "tiktok")[number % 2], "handle": f"u{number:04}", "bio": "linen dresses",
               "followers": draw.randrange(6_000, 90_000), "country": "Germany", "language": "de",
               "engagement_percent": draw.choice([None, draw.uniform(0.1, 9)]),
               "comments_to_likes": draw.choice([None, draw.uniform(0, 0.1)])}  # fmt: skip


@pytest.fixture
def pool(folder: Path, tmp_path: Path) -> Pool:
    """Of two segments, and some rows of the first are dead."""
    draw = Random(3)
    for numbers in (range(400), range(350, 500)):
        file = write_jsonl(tmp_path / "rows.jsonl", _rows(draw, numbers))
        import_profiles(folder, [file], clock=FixedClock(NOW), policy=Policy(small=0, most_dead=1.0))
    return open_pool(folder)


def _made_anew(pool: Pool) -> norms.Norms:
    return norms.norms([segment.numbers for segment in pool.segments], pool.alive)


def _same(one: norms.Norms, other: norms.Norms) -> bool:
    pairs = zip(one.columns(), other.columns(), strict=True)
    return all(a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs)


def is_mapped(column: npt.NDArray[np.float64]) -> bool:
    """Whether it is a file in memory and no copy of one."""
    base: object = column
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, mmap.mmap)


def test_what_is_kept_is_what_would_be_worked_out(pool: Pool) -> None:
    assert (len(pool.segments), len(pool.dead)) == (2, 50)
    assert all(is_mapped(part.norms.comments) for part in pool.parts(1))
    assert _same(pool.norms, _made_anew(pool))
    # Those who are dead say nothing of what is normal.
    everybody = norms.norms([segment.numbers for segment in pool.segments], np.ones(len(pool), np.bool_))
    assert not _same(pool.norms, everybody)


def test_a_version_of_a_program_that_kept_none_or_others_is_ranked_the_same(pool: Pool, small: Campaign) -> None:
    now = make_longlist(pool, small)
    assert len(now.entries) > 100
    for told in (None, "another"):
        old = Pool(pool.place)
        old.manifest[norms.NORMS] = told
        assert make_longlist(old, small).as_record() == now.as_record()
        assert not is_mapped(old.norms.comments)


def test_what_was_damaged_of_it_is_told_and_made_again(pool: Pool, folder: Path, small: Campaign) -> None:
    now = make_longlist(pool, small)
    name = f"{norms.NORMS}/{pool.segments[0].place.name}-rank.npy"
    file = pool.place / name
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(BadInput, match=f"{name} is missing or cut"):
        make_longlist(open_pool(folder), small)
    assert rebuild_pool(folder).mended == (f"what is normal in it: {name} is missing or cut",)
    assert make_longlist(open_pool(folder), small).as_record() == now.as_record()


def test_some_segments_are_read_from_their_own_files(pool: Pool, tmp_path: Path) -> None:
    whole, cuts = pool.norms, [(segment.place.name, len(segment)) for segment in pool.segments]
    norms.write_norms(tmp_path, whole, cuts)
    (one, first), (other, _) = cuts
    assert _same(norms.read_norms(tmp_path, [one, other]), whole)
    assert _same(norms.read_norms(tmp_path, [other]), whole.of(slice(first, None)))
    assert is_mapped(norms.read_norms(tmp_path, [other]).comments)
    written = {f"{norms.NORMS}/{path.name}" for path in (tmp_path / norms.NORMS).iterdir()}
    assert set(norms.files_of([one])) < written
    assert set(norms.files_of([one, other])) == written
