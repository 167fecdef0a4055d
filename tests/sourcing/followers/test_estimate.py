"""What a sample says: points, types, evidence, words."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcing.followers.estimate import TYPES, estimate
from sourcing.followers.rules import picked, points_of
from sourcing.followers.sample import SIGNALS, Sample, joined, signals_of
from tests.sourcing.followers.audience import audience

NAN = float("nan")


def account(**known: float) -> Sample:
    ordinary = {"followers": 300.0, "following": 300.0, "posts": 40.0, "private": 0.0, "picture": 1.0, "digits": 0.0,
                "bio": 20.0, "label": NAN} | known  # fmt: skip
    return Sample(*(np.array([ordinary[field.name]]) for field in fields(Sample)))


def many(count: int, **known: float) -> list[Sample]:
    return [account(**known)] * count


@pytest.mark.parametrize(
    ("known", "signal"),
    [
        ({"followers": 10, "following": 500}, "extreme_ratio"),
        ({"followers": 50, "following": 350}, "high_ratio"),
        ({"followers": 0, "following": 49}, "high_ratio"),
        ({"posts": 0}, "no_posts"),
        ({"posts": 2}, "few_posts"),
        ({"picture": 0}, "no_picture"),
        ({"bio": 0, "following": 101}, "no_bio"),
        ({"followers": 29, "following": 29}, "few_followers"),
        ({"digits": 0.3}, "digits"),
    ],
)
def test_each_signal_at_its_edge(known: dict[str, float], signal: str) -> None:
    shown = signals_of(account(**known))
    assert shown[signal][0]
    assert not signals_of(account())[signal][0]


def test_unknown_shows_no_signal() -> None:
    nothing = Sample(*(np.array([NAN]) for _ in fields(Sample)))
    assert not any(flags[0] for flags in signals_of(nothing).values())
    assert points_of(nothing)[0] == 0


def test_every_signal_is_told_and_counted() -> None:
    assert set(signals_of(account())) == {signal.name for signal in SIGNALS}


def test_types_go_by_followings_then_followers_then_signals() -> None:
    ghost = {"followers": 2, "following": 900, "posts": 0}
    sample = joined(
        [*many(2, following=1_501, followers=9_000), *many(3, followers=5_001, following=1_500), *many(4, **ghost),
         *many(5, followers=5_000)]
    )  # fmt: skip
    found = estimate(sample)
    assert {kind.name: kind.count for kind in found.types} == dict(zip(TYPES, (2, 3, 4, 5), strict=True))
    assert sum(kind.share.share for kind in found.types) == pytest.approx(1, abs=1e-3)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 60), field=st.sampled_from(["picture", "posts", "digits"]))
def test_worse_signs_never_lower_the_share_and_order_is_nothing(seed: int, count: int, field: str) -> None:
    sample = audience(count, 0.4, seed=seed)
    found = estimate(sample)
    worse = replace(sample, **{field: np.full(count, 1.0 if field == "digits" else 0.0)})
    assert (points_of(worse) >= points_of(sample)).all()
    assert estimate(worse).likely.share >= found.likely.share
    shuffled = sample.rows(np.random.default_rng(seed).permutation(count))
    assert repr(estimate(shuffled)) == repr(found)


def test_the_words_name_share_range_and_signals_and_accuse_nobody() -> None:
    sample = joined([*many(60, picture=0, posts=0), *many(240)])
    words = estimate(sample).wording
    assert words.startswith("About ")
    assert " % (" in words
    assert (
        "of the sample of 300 followers look unattended or automated; most often: no posts (60), no picture (60)"
        in (words)
    )
    assert "nothing about any one follower" in words
    for accusing in ("fake", "bought", "fraud", "bot ", "bots", "cheat"):
        assert accusing not in words.lower()


def test_a_few_followers_are_said_to_be_few() -> None:
    found = estimate(joined(many(12)))
    assert "So few followers (12) say little" in found.wording
    assert found.likely.high > 0.5
    assert "fewer than 50" in found.notes[0]
    assert "1 follower look" in estimate(account()).wording
    assert not estimate(joined(many(200))).notes


def test_hardly_any_is_said_as_such() -> None:
    assert estimate(joined(many(5_000))).wording.startswith("Under 1 % (0 to ")


def test_all_private_without_counts_of_posts_is_a_sample_too() -> None:
    found = estimate(joined(many(80, private=1, posts=NAN, picture=NAN, bio=NAN, digits=NAN)))
    assert found.picked == 0
    assert (
        "how many posts they have, whether they have a picture, whether they have a bio, their handles"
        in found.notes[0]
    )


def test_four_points_are_enough() -> None:
    assert not picked(account(picture=0, posts=2))[0]
    assert picked(account(picture=0, posts=0))[0]
