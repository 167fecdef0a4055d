"""Engagement: where a rate stands among accounts of the same platform and size. Unit: 0..1, a rank. Source: the rate.

What is normal is taken from the pool itself, by ranks and medians: rates have long tails, and tables age. Size counts
smoothly: the accounts of a platform are cut into groups of equal number by followers, and an account stands between
the middles of the two groups around it. Rates of the highest hundredth are no better than very good ones: bought
engagement looks like that. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SIZES = (0, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000)
LEAST_PEERS = 30
_GROUP = 400
_MOST_GROUPS = 32
_UNUSUAL = 0.99
#: From here on a higher rank is worth no more, and from _UNUSUAL on much less.
_BEST = 0.95
_UNUSUAL_WORTH = 0.6
_ANY_SIZE = -2

Floats = npt.NDArray[np.float64]
Small = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Standing:
    """Per profile: rank among its peers (NaN unknown), the peers' median in percent, the peers' size as `peer_words`
    reads it, whether the rate is in the highest hundredth, and the factor's value (see `worth`)."""

    rank: Floats
    median: Floats
    peers: npt.NDArray[np.int8]
    unusual: Flags
    value: Floats

    def of(self, places: Whole) -> "Standing":
        """The same of these places alone."""
        return Standing(
            self.rank[places], self.median[places], self.peers[places], self.unusual[places], self.value[places]
        )

    @staticmethod
    def joined(parts: "Sequence[Standing]") -> "Standing":
        """All of these, one after the other."""
        return Standing(
            *(np.concatenate(column) for column in zip(*(vars(part).values() for part in parts), strict=True))
        )


@dataclass(frozen=True)
class Norms:
    """What is normal for every profile of a pool; made once per pool, in its order."""

    rank: Small
    median: Small
    peers: npt.NDArray[np.int8]
    value: Small


def prepare(
    platform: npt.NDArray[np.integer],
    followers: npt.NDArray[np.number],
    rate: npt.NDArray[np.floating],
    counted: Flags | None = None,
) -> Norms:
    """Norms of a whole pool: columns of all profiles, `rate` in percent, NaN (or nonsense below 0) unknown, `followers`
    below 0 unknown.

    Only profiles in `counted` (all, where it is None) say what is normal. The order of the profiles does not matter.
    """
    rates = np.asarray(rate, dtype=np.float64)
    known = np.isfinite(rates) & (rates >= 0) & (np.asarray(followers) >= 0)
    size = np.log1p(np.maximum(np.asarray(followers, dtype=np.float64), 0))
    rank = np.full(len(rates), np.nan, dtype=np.float32)
    median, peers = rank.copy(), np.full(len(rates), -1, dtype=np.int8)
    bands = (np.searchsorted(SIZES, followers, side="right") - 1).astype(np.int8)
    for number in np.unique(platform).tolist():
        here = np.flatnonzero(platform == number)
        normal = here[known[here] if counted is None else known[here] & counted[here]]
        if len(normal) < LEAST_PEERS:
            continue
        middles, groups = _groups(size[normal], rates[normal])
        rank[here], median[here] = _place((size[here], np.where(known[here], rates[here], np.nan)), middles, groups)
        one_size = len(groups) > 1 or len(np.unique(bands[normal])) == 1
        peers[here] = bands[here] if one_size else _ANY_SIZE
    return Norms(rank, median, peers, worth(rank).astype(np.float32))


def apply(norms: Norms, rows: Whole) -> Standing:
    """Where each of `rows` stands."""
    rank = norms.rank[rows]
    return Standing(
        rank.astype(np.float64),
        norms.median[rows].astype(np.float64),
        norms.peers[rows],
        rank > _UNUSUAL,
        norms.value[rows].astype(np.float64),
    )


def standing(platform: Whole, followers: Floats, rate: Floats, rows: Whole) -> Standing:
    """Both steps, for whoever asks once."""
    return apply(prepare(platform, followers, rate), rows)


def worth(rank: npt.NDArray[np.floating]) -> Floats:
    """The factor's value of a rank: the rank itself up to 0.95, then level, and falling in the highest hundredth."""
    value: Floats = np.interp(rank, [0.0, _BEST, _UNUSUAL, 1.0], [0.0, _BEST, _BEST, _UNUSUAL_WORTH])
    value[np.isnan(rank)] = np.nan
    return value


def peer_words(group: int) -> str:
    """The size of an account's peers: "10k to 50k"."""
    if group < 0:
        return "any size"
    size = group % len(SIZES)
    if size == 0:
        return f"under {_short(SIZES[1])}"
    if size == len(SIZES) - 1:
        return f"over {_short(SIZES[-1])}"
    return f"{_short(SIZES[size])} to {_short(SIZES[size + 1])}"


def _groups(size: Floats, rate: Floats) -> tuple[Floats, list[Floats]]:
    """(the middle size of each group, its rates in order): groups of equal number, no size cut in two."""
    wanted = int(np.clip(len(size) // _GROUP, 1, _MOST_GROUPS))
    cuts = np.unique(np.quantile(size, np.linspace(0, 1, wanted + 1)[1:-1])) if wanted > 1 else np.empty(0)
    group = np.searchsorted(cuts, size, side="right")
    middles, rates = [], []
    for number in range(len(cuts) + 1):
        inside = group == number
        if inside.sum() >= LEAST_PEERS:
            middles.append(float(np.median(size[inside])))
            rates.append(np.sort(rate[inside]))
    return (np.array(middles), rates) if rates else (np.zeros(1), [np.sort(rate)])


def _place(asked: tuple[Floats, Floats], middles: Floats, groups: list[Floats]) -> tuple[Floats, Floats]:
    """(rank, median): between the two groups around each size, by how near their middles are."""
    size, rate = asked
    above = np.clip(np.searchsorted(middles, size), 1, max(len(middles) - 1, 1))
    below = above - 1
    above = np.minimum(above, len(middles) - 1)
    gap = middles[above] - middles[below]
    share = np.clip(np.divide(size - middles[below], gap, out=np.zeros(len(size)), where=gap > 0), 0.0, 1.0)
    medians = np.array([np.median(rates) for rates in groups])
    rank = np.zeros(len(size))
    order = np.argsort(below, kind="stable")
    edges = np.searchsorted(below[order], np.arange(len(groups) + 1))
    for number in range(len(groups)):
        rows = order[edges[number] : edges[number + 1]]
        # In order, the searches below walk through memory instead of jumping in it: five times as fast.
        rows = rows[np.argsort(rate[rows])]
        upper = groups[min(number + 1, len(groups) - 1)]
        near = share[rows]
        rank[rows] = (1.0 - near) * _rank(groups[number], rate[rows]) + near * _rank(upper, rate[rows])
    return rank, medians[below] * (1.0 - share) + medians[above] * share


def _rank(ordered: Floats, values: Floats) -> Floats:
    """Share of peers below, ties counted half; NaN stays NaN."""
    low, high = np.searchsorted(ordered, values, side="left"), np.searchsorted(ordered, values, side="right")
    rank: Floats = np.where(np.isnan(values), np.nan, (low + high) / 2 / len(ordered))
    return rank


def _short(number: int) -> str:
    return f"{number // 1_000_000}M" if number >= 1_000_000 else f"{number // 1_000}k"
