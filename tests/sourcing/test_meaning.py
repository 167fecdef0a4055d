"""What a pool's words have to do with one another: learnt, kept over imports, mended; and look-alikes by it.

One generated pool of 1,200 profiles, made once; tests that write work on copies.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from core.campaign import Campaign
from core.clock import FixedClock
from core.errors import BadInput, Refused
from sourcing import meanings, service
from sourcing.compaction import Policy
from sourcing.filters import sift
from sourcing.fit import Scored
from sourcing.importers import import_profiles
from sourcing.known import Exclusions
from sourcing.likeness import lookalikes
from sourcing.longlist import near_words
from sourcing.meaning import DIMENSIONS, LEAST_PROFILES, Part, Said, directions, learn, sampled, words_towards
from sourcing.objections import Objections
from sourcing.pool import Pool, current_version, open_pool
from sourcing.sample import sample_profiles, write_sample
from sourcing.words import split
from tests.sourcing.conftest import NOW, write_jsonl

PROJECT = Path(__file__).resolve().parents[2]
PROFILES = 1_200
APART, TOGETHER = Policy(small=0), Policy(small=1_000_000)


def add(folder: Path, rows: Iterable[Any], place: Path, policy: Policy | None = None) -> Pool:
    import_profiles(folder, [write_jsonl(place / "more.jsonl", rows)], clock=FixedClock(NOW), policy=policy)
    return open_pool(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("meaning")
    write_sample(place / "sample.jsonl.gz", profiles=PROFILES)
    import_profiles(place / "pool", [place / "sample.jsonl.gz"], clock=FixedClock(NOW))
    return place / "pool"


@pytest.fixture(scope="module")
def pool(made: Path) -> Pool:
    return open_pool(made)


@pytest.fixture
def copied(made: Path, folder: Path) -> Path:
    shutil.copytree(made, folder)
    return folder


def listed(folder: Path, campaign: Campaign) -> str:
    return json.dumps(asdict(service.source(folder, campaign, limit=20)))


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("linen", "ethicalfashion", "sourdough"),
        ("vegan", "mealprep", "speedrun"),
        ("gaming", "speedrun", "skincareroutine"),
        ("baking", "sourdough", "parkrun"),
        ("running", "parkrun", "capsule"),
    ],
)
def test_words_that_stand_in_the_same_profiles_lie_near(pool: Pool, word: str, near: str, far: str) -> None:
    meaning = pool.meaning
    assert meaning is not None
    at = {name: meaning.vectors[meaning.numbers[name]] for name in (word, near, far)}

    def cosine(one: str, other: str) -> float:
        return float(at[one] @ at[other] / np.linalg.norm(at[one]) / np.linalg.norm(at[other]))

    assert cosine(word, near) > 0.3
    assert cosine(word, far) < 0.2


def test_the_words_shown_of_somebody_are_the_nearest_of_all_they_say(pool: Pool) -> None:
    meaning = pool.meaning
    assert meaning is not None
    shown = 0
    # Each direction twice: what was heard before is the same.
    for word in ("linen", "vegan", "linen", "vegan"):
        way = meaning.vectors[meaning.numbers[word]]
        scored = cast(Scored, SimpleNamespace(way=SimpleNamespace(direction=way)))
        for row in range(60):
            one = pool.profile(row)
            said = split(" ".join([one.handle, one.name or "", one.bio or "", *one.hashtags]))
            near = tuple(found for found, _ in words_towards(meaning, said, way)[:3])
            assert near_words(pool, scored, one) == near
            shown += len(near)
    assert shown > 100


def test_somebody_who_never_says_the_word_is_found_by_what_they_say(copied: Path, campaign: Campaign,
                                                                  tmp_path: Path) -> None:  # fmt: skip
    usual = {"platform": "instagram", "country": "DE", "followers": 20_000, "last_seen": "2026-11-01"}
    quietly = usual | {"handle": "quietly", "hashtags": ["#modaconsciente", "#wearwhatyouhave"]}
    pool = add(copied, [quietly, usual | {"handle": "elsewhere", "hashtags": ["#speedrun", "#retrogaming"]}], tmp_path)
    assert pool.find("instagram", "quietly") is not None
    made = service.source(copied, campaign, limit=2_000)
    topics = {entry.handle: dict(entry.factors)["topic"] for entry in made.entries + made.bench}
    assert (topics["quietly"] or 0) > 0.02
    assert topics["elsewhere"] == 0.0
    quiet = next(entry for entry in made.entries if entry.handle == "quietly")
    assert "wearwhatyouhave" in dict(quiet.evidence)["topic"]


@pytest.mark.slow
def test_another_process_learns_the_same_to_the_byte(made: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import datetime; from core.clock import FixedClock; "
        "from sourcing.importers import import_profiles; "
        f"import_profiles(Path(sys.argv[1]), [Path({str(made.parent / 'sample.jsonl.gz')!r})], "
        f"clock=FixedClock(datetime.fromisoformat({NOW.isoformat()!r})))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "other")], cwd=PROJECT, check=True,
        env=os.environ | {"PYTHONHASHSEED": "11", "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    # The second half of the name is a hash over all files of the version: words, vectors of words and of profiles.
    assert current_version(tmp_path / "other") == current_version(made)


@pytest.mark.slow
def test_an_import_keeps_what_was_learnt_and_only_the_new_segment_gets_vectors(
    made: Path, copied: Path, tmp_path: Path, campaign: Campaign
) -> None:
    before = open_pool(copied)
    (old,) = (before.place / meanings.ABOUT).iterdir()
    kept = {path.name: path.stat().st_ino for path in (*(before.place / meanings.MEANING).iterdir(), old)}
    more = list(islice(sample_profiles(), PROFILES, PROFILES + 300))
    after = add(copied, more, tmp_path, APART)
    assert after.profiles == PROFILES + 300
    assert after.version != before.version
    assert after.meaning_name == before.meaning_name
    files = {path.name: path.stat().st_ino for path in (after.place / meanings.MEANING).iterdir()}
    files |= {path.name: path.stat().st_ino for path in (after.place / meanings.ABOUT).iterdir()}
    assert len(files) == len(kept) + 1
    assert {name: files[name] for name in kept} == kept
    assert after.vectors(np.arange(len(after))).any(axis=1).mean() > 0.9
    # Cut another way, with the same meaning, the list is the same.
    shutil.copytree(made, tmp_path / "other")
    together = add(tmp_path / "other", more, tmp_path, TOGETHER)
    assert (len(together.segments), len(after.segments)) == (1, 2)
    assert listed(tmp_path / "other", campaign) == listed(copied, campaign)


@pytest.mark.slow
def test_too_small_a_pool_has_none_and_one_that_has_outgrown_it_learns_anew(
    made: Path, folder: Path, tmp_path: Path, campaign: Campaign
) -> None:
    rows = list(islice(sample_profiles(), 1_200))
    small = add(tmp_path / "small", rows[: LEAST_PROFILES - 1], tmp_path, APART)
    assert (small.meaning, small.meaning_name) == (None, "")
    assert not small.vectors(np.arange(5)).any()
    assert service.source(tmp_path / "small", campaign, limit=5).entries
    first = add(folder, rows[:600], tmp_path, APART)
    assert first.manifest["meaning"]["learnt_from"] == 600
    second = add(folder, rows[600:950], tmp_path, APART)
    assert second.meaning_name == first.meaning_name
    third = add(folder, rows[950:], tmp_path, APART)
    assert third.manifest["meaning"]["learnt_from"] == 1_200
    assert third.meaning_name != first.meaning_name
    # Those are the profiles of the pool of the other tests: cut otherwise, they teach the same.
    whole = open_pool(made)
    assert third.meaning_name == whole.meaning_name
    assert len(third.segments) > len(whole.segments)


def test_a_pool_that_always_says_the_same_teaches_nothing() -> None:
    said_by = np.arange(700, dtype=np.uint16)
    every = Said(np.zeros(1, np.uint32), np.array([0, 700]), said_by, np.ones(700, np.float32), 700)
    assert learn([Part(["linen"], [(every, np.arange(700, dtype=np.uint64), np.ones(700, np.bool_))])], 700) is None
    assert learn([], 700) is None


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def flip(raw: bytes) -> bytes:
    return raw[: len(raw) // 2] + bytes([raw[len(raw) // 2] ^ 1]) + raw[len(raw) // 2 + 1 :]


@pytest.mark.parametrize(("name", "how"), [("meaning/vectors.npy", cut), ("about", flip)])
def test_damage_is_found_and_mended_and_the_longlist_is_the_same_again(
    copied: Path, campaign: Campaign, name: str, how: Callable[[bytes], bytes]
) -> None:
    whole = listed(copied, campaign)
    place = open_pool(copied).place
    file = next((place / "about").iterdir()) if name == "about" else place / name
    raw = how(file.read_bytes())
    file.unlink()  # a link: what the other copy has stays whole
    file.write_bytes(raw)
    with pytest.raises(BadInput) as seen:
        listed(copied, campaign)
    assert seen.value.next_step == "greenroom pool rebuild"
    assert any("learnt of its words" in fault for fault in service.check_pool(copied).faults)
    assert service.rebuild_pool(copied).mended
    assert service.check_pool(copied).faults == ()
    assert listed(copied, campaign) == whole


def test_what_another_program_learnt_is_refused_and_learnt_anew(copied: Path, campaign: Campaign) -> None:
    manifest = open_pool(copied).place / "manifest.json"
    told = json.loads(manifest.read_text())
    assert not meanings.is_stale(told)
    assert meanings.is_stale(told | {"meaning": told["meaning"] | {"stamp": "0" * 16}})
    assert not meanings.is_stale(told | {"meaning": None})


def test_those_that_are_learnt_from_are_told_by_their_keys_alone() -> None:
    keys = np.random.default_rng(3).integers(0, 2**64, 50_000, dtype=np.uint64)
    flags = sampled(keys, 600_000)
    assert 0.09 < flags.mean() < 0.11
    order = np.argsort(keys)
    assert (sampled(keys[order], 600_000) == flags[order]).all()
    assert sampled(keys, 100).all()


def test_diversity_brings_up_whoever_is_unlike_those_above(made: Path, campaign: Campaign) -> None:
    def means(diversity: float) -> tuple[float, float]:
        """(how alike neighbours are, mean fit) of the best 40."""
        longlist = campaign.longlist.model_copy(update={"diversity": diversity})
        places = service.source(made, campaign.model_copy(update={"longlist": longlist}), limit=40).entries
        pool = open_pool(made)
        rows = [pool.rows_of([f"{one.platform}:{one.handle}"])[0] for one in places]
        vectors = pool.vectors(np.array(rows)).astype(np.float64)
        unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
        return float((unit @ unit.T).mean()), float(np.mean([one.fit for one in places]))

    plain, mixed = means(0.0), means(0.6)
    assert mixed[0] < plain[0] / 2
    assert mixed[1] < plain[1]


def test_lookalikes_speak_of_the_same_and_are_no_examples(pool: Pool, campaign: Campaign) -> None:
    rows = sift(pool, campaign, Exclusions()).rows
    best = service.source(pool.place.parent.parent, campaign, limit=3).entries
    examples = [(one.platform, one.handle) for one in best]
    found = lookalikes(pool, examples, rows, limit=30)
    assert [one.rank for one in found] == list(range(1, 31))
    assert [one.likeness for one in found] == sorted((one.likeness for one in found), reverse=True)
    assert not {(one.platform, one.handle) for one in found} & set(examples)
    assert sum(bool(one.shared) for one in found) > 20
    for one in found:
        profile = pool.find(one.platform, one.handle)
        assert profile is not None
        said = " ".join([profile.name or "", profile.bio or "", *profile.hashtags, *profile.captions]).lower()
        assert all(word in said for word in one.shared)
    # Whom something speaks against is nobody to suggest.
    gone = Exclusions(fingerprints=frozenset({f"{found[0].platform}:{found[0].handle}"}),
                      fingerprints_of=lambda key, email: (key,))  # fmt: skip
    others = lookalikes(pool, examples, rows, limit=200, objections=Objections(campaign, gone))
    keys = {(one.platform, one.handle) for one in others}
    assert (found[0].platform, found[0].handle) not in keys
    assert len(keys & {(one.platform, one.handle) for one in found[1:]}) > 10
    # Neither the order of the examples nor that of the rows counts.
    assert lookalikes(pool, examples[::-1], rows[::-1], limit=30) == found


def test_lookalikes_of_nobody_known_or_of_the_silent_are_refused(pool: Pool, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="knows none of nobody"):
        lookalikes(pool, [("instagram", "nobody")], np.arange(10), limit=5)
    silent = [{"platform": "instagram", "handle": f"u{n}", "followers": 9} for n in range(3)]
    mute = add(folder, silent, tmp_path)
    with pytest.raises(Refused, match="say nothing") as refused:
        lookalikes(mute, [("instagram", "u1")], np.arange(3), limit=5)
    assert "bio" in refused.value.next_step


def test_the_directions_are_those_that_the_library_finds() -> None:
    from scipy.sparse import random as random_table
    from sklearn.utils.extmath import randomized_svd

    table = random_table(900, 700, 0.02, format="csr", dtype=np.float32, random_state=1)
    mine = directions(table)
    _, _, theirs = randomized_svd(table, DIMENSIONS, n_iter=3, random_state=0)
    either_way = np.sign((mine * theirs.T).sum(axis=0))
    assert np.allclose(mine, theirs.T * either_way, atol=1e-4)
