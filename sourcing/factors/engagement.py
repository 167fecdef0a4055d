"""Engagement: where a rate stands among accounts of the same platform and size. Unit: 0..1, a rank. Source: the rate.

What is normal is taken from the pool itself, by ranks and medians: rates have long tails, and tables age.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SIZES = (0, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000)
LEAST_PEERS = 30
_UNUSUAL = 0.99

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Standing:
    """Per profile: rank among its peers (NaN unknown), the peers' median in percent, the peer group's number, and
    whether the rate is in the highest hundredth."""

    rank: Floats
    median: Floats
    peers: Whole
    unusual: npt.NDArray[np.bool_]


def standing(platform: Whole, followers: Floats, rate: Floats, rows: Whole) -> Standing:
    """Where each of `rows` stands; the first three are columns of the whole pool, `rate` in percent with NaN.

    A group of fewer than 30 known rates is too small to be normal: all sizes of the platform stand in, and below that
    nothing is said.
    """
    size = np.searchsorted(SIZES, followers, side="right") - 1
    group = platform * len(SIZES) + size
    rank, median = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    peers = np.full(len(rows), -1, dtype=np.int64)
    known = ~np.isnan(rate)
    for number in np.unique(group[rows]).tolist():
        here = group[rows] == number
        values, named = rate[known & (group == number)], number
        if len(values) < LEAST_PEERS:
            values, named = rate[known & (platform == number // len(SIZES))], -2
        if len(values) < LEAST_PEERS:
            continue
        rank[here] = _rank(np.sort(values), rate[rows[here]])
        median[here] = np.median(values)
        peers[here] = named
    return Standing(rank, median, peers, rank > _UNUSUAL)


def peer_words(group: int) -> str:
    """The size part of a group's name: "10k to 50k"."""
    if group < 0:
        return "any size"
    size = group % len(SIZES)
    if size == 0:
        return f"under {_short(SIZES[1])}"
    if size == len(SIZES) - 1:
        return f"over {_short(SIZES[-1])}"
    return f"{_short(SIZES[size])} to {_short(SIZES[size + 1])}"


def _rank(ordered: Floats, values: Floats) -> Floats:
    """Share of peers below, ties counted half; NaN stays NaN."""
    low, high = np.searchsorted(ordered, values, side="left"), np.searchsorted(ordered, values, side="right")
    rank: Floats = np.where(np.isnan(values), np.nan, (low + high) / 2 / len(ordered))
    return rank


def _short(number: int) -> str:
    return f"{number // 1_000_000}M" if number >= 1_000_000 else f"{number // 1_000}k"
