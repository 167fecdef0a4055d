"""Audience overlap: thresholds, unknown dimensions, nonsense shares."""

import math
from typing import Any

import numpy as np
import pytest

from core.audience import Target
from sourcing.factors.audience import Columns, Overlap, overlap, shares_of, wanted, words

GERMAN_WOMEN = Target(countries={"Germany": 0.3}, genders={"female": 0.5})


def _overlap(target: Target, *profiles: dict[str, float], rows: list[int] | None = None) -> Overlap:
    keys = sorted({key for profile in profiles for key in profile})
    counts = [len(profile) for profile in profiles]
    columns = Columns(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array([keys.index(key) for profile in profiles for key in profile], dtype=np.uint16),
        np.array([share for profile in profiles for share in profile.values()], dtype=np.float32),
        keys,
    )
    return overlap(columns, np.array(range(len(profiles)) if rows is None else rows, dtype=np.int64), target)


@pytest.mark.parametrize(
    ("audience", "value", "known"),
    [
        ({"country:Germany": 0.3, "gender:female": 0.5}, 1.0, 1.0),
        ({"country:Germany": 0.9, "gender:female": 0.9}, 1.0, 1.0),
        ({"country:Germany": 0.15, "gender:female": 0.5}, 0.75, 1.0),
        ({"country:France": 0.6, "gender:female": 0.5}, 0.5, 1.0),
        # Nothing known of the genders: they are left out, not counted as nought.
        ({"country:Germany": 0.15}, 0.5, 0.5),
        ({"interest:Fashion": 0.5}, math.nan, 0.0),
        ({}, math.nan, 0.0),
        # Percent, sums of three, negatives, not a number.
        ({"country:Germany": 30.0, "country:France": 70.0, "gender:female": 50.0, "gender:male": 50.0}, 1.0, 1.0),
        ({"country:Germany": 0.9, "country:France": 1.1, "country:Italy": 1.0}, 1.0, 0.5),
        ({"country:Germany": -0.4, "gender:female": 0.25, "gender:male": 0.75}, 0.5, 0.5),
        ({"country:Germany": math.nan, "gender:female": math.inf}, math.nan, 0.0),
    ],
)
def test_half_of_what_is_asked_is_half_a_match(audience: dict[str, float], value: float, known: float) -> None:
    found = _overlap(GERMAN_WOMEN, audience)
    assert found.value[0] == pytest.approx(value, nan_ok=True, abs=1e-6)
    assert found.known[0] == known


def test_keys_of_a_dimension_count_by_how_much_of_them_is_wanted() -> None:
    target = Target(countries={"Germany": 0.6, "Austria": 0.2})
    found = _overlap(
        target, {"country:Austria": 0.2}, {"country:Germany": 0.6}, {"country:Germany": 0.3, "country:Austria": 0.1}
    )
    assert found.value == pytest.approx([0.25, 0.75, 0.5])
    assert list(found.parts) == ["country"]


def test_rows_are_read_in_the_order_asked_and_empty_ones_do_not_shift_them() -> None:
    profiles = [{"country:Germany": 0.3}, {}, {"country:Germany": 0.15}, {"country:France": 1.0}]
    found = _overlap(Target(countries={"Germany": 0.3}), *profiles, rows=[3, 1, 2, 0, 2])
    assert found.value == pytest.approx([0.0, math.nan, 0.5, 1.0, 0.5], nan_ok=True)


def test_only_what_is_known_can_lie_under_the_least() -> None:
    target = Target(countries={"Germany": 0.4}, at_least=0.5)
    found = _overlap(target, {"country:Germany": 0.1}, {"country:Germany": 0.2}, {}, {"gender:female": 0.9})
    assert found.below.tolist() == [True, False, False, False]


def test_places_and_languages_go_by_any_of_their_names() -> None:
    target = Target(
        countries={"DE": 0.5}, cities={"Munich": 0.1}, languages={"German": 0.5}, interests={"fashion": 0.2}
    )
    assert wanted(target)["country"] == {"Germany": 0.5}
    audience = {"country:Germany": 0.5, "city:München": 0.1, "language:de": 0.5, "interest:Fashion": 0.2}
    assert _overlap(target, audience).value[0] == pytest.approx(1.0, abs=1e-6)


def test_interests_overlap_so_they_may_add_up_to_more_than_a_whole() -> None:
    audience = {"interest:Fashion": 0.6, "interest:Travel": 0.6, "interest:Food": 0.6}
    assert _overlap(Target(interests={"Fashion": 0.6}), audience).value[0] == pytest.approx(1.0, abs=1e-6)
    assert shares_of({"interest:Fashion": 60.0, "interest:Food": 30.0}, "interest") == {"Fashion": 0.6, "Food": 0.3}


def test_no_target_and_an_empty_pool_know_nothing() -> None:
    assert np.isnan(_overlap(Target(), {"country:Germany": 0.3}).value[0])
    empty = Columns(np.zeros(3, dtype=np.int64), np.empty(0, np.uint16), np.empty(0, np.float32), [])
    found = overlap(empty, np.array([0, 1]), GERMAN_WOMEN)
    assert np.isnan(found.value).all()
    assert not found.below.any()
    assert len(overlap(empty, np.empty(0, np.int64), GERMAN_WOMEN).value) == 0


def test_a_column_is_the_same_as_one_profile_by_itself() -> None:
    rng = np.random.default_rng(5)
    target = Target(countries={"Germany": 0.3, "Austria": 0.1}, ages={"25-34": 0.3}, at_least=0.2)
    keys = ["country:Germany", "country:Austria", "country:France", "age:25-34", "age:18-24", "gender:female"]
    profiles: list[dict[str, Any]] = [
        {key: float(rng.random()) for key in keys if rng.random() < 0.6} for _ in range(200)
    ]
    found = _overlap(target, *profiles)
    for at, profile in enumerate(profiles):
        parts = []
        for dimension, asked in wanted(target).items():
            shares = shares_of(profile, dimension)
            if shares:
                whole = sum(ask * min(1.0, shares.get(key, 0.0) / ask) for key, ask in asked.items())
                parts.append(whole / sum(asked.values()))
        expected = sum(parts) / len(parts) if parts else math.nan
        assert found.value[at] == pytest.approx(expected, nan_ok=True, abs=1e-5)


def test_the_words_name_share_wish_and_what_is_not_known() -> None:
    audience = {"country:Germany": 0.42, "country:France": 0.2}
    assert words(audience, GERMAN_WOMEN) == "Audience: 42% in Germany (30% wanted); genders not known"
    assert words({}, GERMAN_WOMEN) == "Audience: not known"
    hostile = Target(interests={"=HYPERLINK(1)": 0.2})
    assert words({"interest:=HYPERLINK(1)": 0.3}, hostile) == "Audience: 30% into =HYPERLINK(1) (20% wanted)"
