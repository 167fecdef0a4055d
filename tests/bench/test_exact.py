"""The weighted score and the exact lists, by hand."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from bench.brief import Brief, asked_words, band, best, folded, read_brief, weighted, write_brief
from bench.exact import exact_lists

LINEN = Brief("linen", ("linen",), ("instagram",), ("Germany",), (1_000, 100_000), 1.0, (0.5, 0.3, 0.2), 10)


def _profile(name: str, bio: str, **changes: object) -> dict[str, object]:
    return {
        "platform": "instagram", "username": name, "fullname": "", "bio": bio, "location": "Germany",
        "followers": 10_000, "engagement_bps": 400, "hashtags": [], "captions": [],
    } | changes  # fmt: skip


def _lists(folder: Path, profiles: list[dict[str, object]]) -> list[str]:
    pool = folder / "pool.jsonl.gz"
    with gzip.open(pool, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(profile) + "\n" for profile in profiles)
    return exact_lists(pool, [LINEN])[0]


def test_words_are_folded_and_one_that_is_said_twice_counts_twice() -> None:
    assert folded("Füße_im #Leinen-Kleid 2x") == ["fuße", "im", "leinen", "kleid", "2x"]
    assert asked_words(["Slow fashion", "slow living"]) == ("slow", "fashion", "slow", "living")


def test_the_band_is_a_half_at_both_ends_and_one_in_the_middle() -> None:
    assert band(np.array([1_000.0, 100_000.0]), LINEN) == pytest.approx([0.5, 0.5])
    middle = np.expm1((np.log1p(1_000) + np.log1p(100_000)) / 2)
    assert band(np.array([middle]), LINEN) == pytest.approx([1.0])


def test_the_score_takes_text_relative_to_the_best() -> None:
    middle = float(np.expm1((np.log1p(1_000) + np.log1p(100_000)) / 2))
    score = weighted(np.array([2.0, 1.0]), np.array([0.5, 1.0]), np.array([middle, middle]), LINEN)
    assert score == pytest.approx([0.5 + 0.15 + 0.2, 0.25 + 0.3 + 0.2])


def test_equal_scores_are_ordered_by_key() -> None:
    assert best(np.array(["b", "a", "c"]), np.array([1.0, 1.0, 2.0]), 2) == ["c", "a"]


def test_the_exact_list_keeps_every_limit(tmp_path: Path) -> None:
    found = _lists(
        tmp_path,
        [
            _profile("ada", "linen and more linen"),
            _profile("bo", "nothing of it"),
            _profile("cy", "linen", location="France"),
            _profile("di", "linen", followers=999),
            _profile("ed", "linen", engagement_bps=99),
            _profile("flo", "linen", platform="tiktok"),
            _profile("gil", "so much to say about linen and about dresses", engagement_bps=None),
        ],
    )
    assert found == ["instagram:ada", "instagram:gil", "instagram:bo"]


def test_a_brief_is_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    write_brief(LINEN, tmp_path / "brief.json")
    assert read_brief(tmp_path / "brief.json") == LINEN
