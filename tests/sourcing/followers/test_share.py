"""From accounts picked out to a share: the interval, and what may move it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcing.followers import rules
from sourcing.followers.share import Tried, likely_share, wilson
from tests.sourcing.followers.audience import audience

TRIED = (Tried(80, 100, 40, 400), Tried(45, 60, 9, 150))
trials = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 200)).map(
        lambda n: Tried(n[0], n[0] + n[1], n[2], n[2] + n[3])
    ),
    max_size=3,
)


@given(followers=st.integers(1, 5_000), part=st.floats(0, 1), tried=trials)
def test_the_interval_holds_its_point_and_more_picked_out_is_never_less(
    followers: int, part: float, tried: list[Tried]
) -> None:
    fewer = int(part * followers)
    before, after = (likely_share(min(count, followers), followers, tried) for count in (fewer, fewer + 1))
    assert 0 <= before.low <= before.share <= before.high <= 1
    assert before.share <= after.share
    assert before.low <= after.low
    assert before.high <= after.high


@given(total=st.integers(1, 10_000), part=st.floats(0, 1))
def test_a_counted_share_lies_in_its_interval(total: int, part: float) -> None:
    counted = wilson(int(part * total), total)
    assert 0 <= counted.low <= counted.share <= counted.high <= 1


def test_nobody_counted_is_nothing_known() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_a_handful_leaves_nearly_everything_open() -> None:
    assert likely_share(1, 3).high - likely_share(1, 3).low > 0.7
    assert likely_share(0, 1, TRIED).high > 0.8


def test_a_larger_sample_narrows_only_what_chance_left_open() -> None:
    widths = [one.high - one.low for one in (likely_share(n // 5, n, TRIED) for n in (20, 200, 2_000, 200_000))]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > 0.05


def test_trials_that_agree_narrow_the_interval_and_trials_that_differ_widen_it() -> None:
    alike = likely_share(60, 300, [Tried(90, 100, 5, 100)] * 4)
    apart = likely_share(60, 300, [Tried(90, 100, 2, 100), Tried(40, 100, 30, 100)] * 2)
    alone = likely_share(60, 300, [Tried(90, 100, 5, 100)])
    assert alike.high - alike.low < min(apart.high - apart.low, alone.high - alone.low)


def test_a_classifier_that_tells_nothing_apart_leaves_everything_open() -> None:
    useless = likely_share(150, 300, [Tried(50, 100, 50, 100), Tried(50, 100, 50, 100)])
    assert useless.high - useless.low > 0.7


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2, 0.5, 0.9])
def test_the_interval_holds_a_known_share_of_an_audience_that_differs(share: float) -> None:
    """The rates were counted on two audiences, the samples come from a third whose people follow more."""
    trials = [_tried(seed, shift) for seed, shift in ((1, -0.3), (2, 0.3))]
    held = [0, 0]
    for seed in range(100):
        sample = audience(300, share, seed=1_000 + seed, shift=0.6)
        count = int(rules.picked(sample).sum())
        for place, tried in enumerate((trials, ())):
            likely = likely_share(count, len(sample), tried)
            held[place] += likely.low <= share <= likely.high
    assert min(held) >= 90


def _tried(seed: int, shift: float) -> Tried:
    sample = audience(2_000, 0.3, seed=seed, shift=shift)
    picked, fake = rules.picked(sample), sample.label == 1
    return Tried(
        int(np.sum(picked & fake)), int(fake.sum()), int(np.sum(picked & ~fake)), int((~fake).sum())
    )  # fmt: skip
