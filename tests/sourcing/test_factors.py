"""The factors one by one, and how unknown ones count."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SystemClock
from sourcing.countries import country, country_names, language
from sourcing.evidence import evidence
from sourcing.factors.engagement import peer_words, standing
from sourcing.factors.followers import band_fit
from sourcing.factors.location import place_fit
from sourcing.factors.topic import query
from sourcing.fit import fit_of, sum_of, usual_of
from sourcing.importers import import_profiles
from sourcing.pool import Profile, open_pool
from sourcing.words import fold, fold_at_length, likeness, split, stem, telling


def test_the_middle_of_the_band_fits_best_by_ratio() -> None:
    fit = band_fit(np.array([5_000.0, 22_360.0, 100_000.0]), 5_000, 100_000)
    assert fit == pytest.approx([0.5, 1.0, 0.5], abs=1e-3)
    assert band_fit(np.array([5.0]), 5, 5).tolist() == [1.0]


def test_place_is_unknown_not_wrong_where_no_country_is_known() -> None:
    in_country, known = np.array([True, False, False]), np.array([True, True, False])
    assert place_fit(in_country, known, None).tolist()[:2] == [1.0, 0.0]
    assert math.isnan(place_fit(in_country, known, None)[2])
    named = place_fit(in_country, known, np.array([True, True, True]))
    assert named.tolist() == [1.0, 0.0, 1.0]
    assert place_fit(in_country, known, np.array([False] * 3))[0] == 0.5


def test_engagement_is_judged_among_accounts_of_the_same_platform_and_size() -> None:
    rates = np.concatenate([np.linspace(1, 3, 101), np.linspace(10, 30, 101)])
    platform = np.repeat([1, 2], 101)
    followers = np.full(202, 20_000.0)
    stands = standing(platform, followers, rates, np.array([50, 151, 0]))
    assert stands.rank == pytest.approx([0.5, 0.5, 0.005], abs=0.002)
    assert stands.median == pytest.approx([2, 20, 2])
    assert not stands.unusual.any()
    assert standing(platform, followers, rates, np.array([100])).unusual.all()
    assert peer_words(int(stands.peers[0])) == "10k to 50k"


def test_small_groups_borrow_the_platform_and_tiny_pools_say_nothing() -> None:
    rates, platform = np.full(40, 2.0), np.ones(40, dtype=np.int64)
    followers = np.array([2_000_000.0] + [20_000.0] * 39)
    assert standing(platform, followers, rates, np.array([0])).median.tolist() == [2.0]
    few = standing(platform[:5], followers[:5], rates[:5], np.array([0]))
    assert math.isnan(few.rank[0])
    assert math.isnan(few.median[0])


def test_an_unknown_rate_has_no_rank_but_its_peers_have_a_median() -> None:
    rates = np.append(np.linspace(1, 3, 50), np.nan)
    stands = standing(np.ones(51, dtype=np.int64), np.full(51, 20_000.0), rates, np.array([50]))
    assert math.isnan(stands.rank[0])
    assert stands.median[0] == pytest.approx(2.0)
    assert not stands.unusual[0]


def test_unknown_counts_as_usual_and_lowers_the_coverage() -> None:
    topic = np.array([0.9, 0.1, np.nan])
    rank = np.array([0.5, 0.5, 0.5])
    usual = {"topic": usual_of([sum_of(topic[:1]), sum_of(topic[1:])]), "engagement": usual_of([sum_of(rank)])}
    fit, coverage = fit_of({"topic": topic, "engagement": rank}, {"topic": 0.6, "engagement": 0.2}, usual)
    assert fit == pytest.approx([0.8, 0.2, 0.5])
    assert coverage == pytest.approx([1.0, 1.0, 0.25])


def test_somebody_with_nothing_known_does_not_break_the_sum() -> None:
    nothing = {"topic": usual_of([sum_of(np.array([np.nan]))])}
    fit, coverage = fit_of({"topic": np.array([np.nan])}, {"topic": 1.0}, nothing)
    assert (fit[0], coverage[0]) == (0.5, 0.0)
    empty, _ = fit_of({"topic": np.empty(0)}, {"topic": 1.0}, nothing)
    assert len(empty) == 0


@pytest.mark.parametrize(
    ("word", "found", "low", "high"),
    [
        ("bakers", "bakers", 1.0, 1.0),
        ("bakers", "homebaker", 0.4, 0.6),
        ("food", "veganfoodie", 0.3, 0.5),
        ("gym", "gymnast", 0.0, 0.0),
        ("gym", "gyms", 1.0, 1.0),
        ("photographers", "photography", 0.3, 0.7),
    ],
)
def test_relatives_of_a_word_count_by_how_much_they_share(word: str, found: str, low: float, high: float) -> None:
    assert low <= likeness(word, found, found.find(stem(word))) <= high


def test_words_are_folded_the_same_in_any_dress() -> None:
    assert split("Café 𝓕𝓪𝓼𝓱𝓲𝓸𝓷 ＬＩＮＥＮ #slow_food\u200b!") == ["cafe", "fashion", "linen", "slow", "food"]
    assert fold("ÄÖ") == "ao"
    assert fold("ΚΑΖΙΝΟΣ") == fold("καζινος")
    assert telling("A linen label wants calm outfits for the label") == ["linen", "calm", "outfits"]


def test_a_bio_says_more_than_a_hashtag_and_twice_is_enough(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    told: dict[str, dict[str, object]]
    told = {"a1": {"bio": "linen"}, "b2": {"hashtags": ["linen"]}, "c3": {"captions": ["linen"]},
            "d4": {"name": "linen"}, "e5": {"bio": "linen linen"}, "f6": {"bio": "linen " * 30}}  # fmt: skip
    file.write_text("\n".join(json.dumps({"handle": h, "followers": 1, **more}) for h, more in told.items()))
    import_profiles(tmp_path / "pool", [file], clock=SystemClock(), platform="tiktok")
    pool = open_pool(tmp_path / "pool")
    found = pool.index.mentions("linen")
    said = {pool.profile(int(row)).handle: strength for row, strength in zip(found.rows, found.strength, strict=True)}
    assert said == {"a1": 2.0, "b2": 0.5, "c3": 0.5, "d4": 1.0, "e5": 4.0, "f6": 4.0}


@pytest.mark.parametrize("written", ["de", "DE", "Germany", " germany ", "Deutschland"])
def test_countries_have_one_name(written: str) -> None:
    assert country(written) == "Germany"


def test_country_and_language_tables_are_whole() -> None:
    assert len(set(country_names().values())) == 249
    assert all(name and name == name.strip() for name in country_names().values())
    assert country("Atlantis") is None
    assert (language("German"), language("de-AT"), language("pt_BR"), language("Klingon")) == ("de", "de", "pt", None)


@pytest.mark.parametrize(
    ("bio", "quote"),
    [
        ("Mum of two 🌿 slow fashion & tea 🌿 Berlin", "slow fashion & tea"),
        ("coffee #slowfashion @slow.fashion slow.fashion@x.example", None),
        ("I sew. Slow fashion only! Mail me", "Slow fashion only"),
        (
            "eight nine ten my slow fashion for all of us and so on and so on until nobody can read on",
            "ten my slow fashion for all",
        ),
        ("\u202eslow\u200b fash\x07ion\r\nBcc: x", "slow fash ion"),
    ],
)
def test_a_bio_is_quoted_in_whole_pieces_of_prose(bio: str, quote: str | None) -> None:
    asked = query("slow fashion", (), "")
    found = evidence(_profile(bio=bio), asked).bio
    assert (found.quote if found else None) == quote


def _profile(*, bio: str) -> Profile:
    return Profile(
        platform="instagram", handle="ada", name=None, bio=bio, hashtags=(), captions=(), country=None, language=None,
        followers=1, engagement_percent=None, verified=None, email=None, url=None, last_seen=None,
        fetched_at="2026-11-01T00:00:00Z", source="x.csv",
    )  # fmt: skip


@given(
    said=st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(
                ["É", "e\u0301", "Σ", "ΑΣ", "İ", "ß", "각", "\u1100", "\u1161", "\u11a8", "𝓒", "Ⓐ", "👉🏽", "\r\n", "K"]
            ),
        )
    ).map("".join)
)
def test_a_text_is_folded_in_pieces_as_it_is_in_one_go(said: str) -> None:
    assert fold(said) == fold_at_length(said)
