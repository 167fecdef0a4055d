"""From how many accounts were picked out to the share that is likely not real, with an interval. Pure.

What a classifier picks out is not the share: it misses some and picks out some wrongly. With hit rate h and false alarm
rate a, a share s shows as p = a + s (h - a) (Gart and Buck 1966; Forman's adjusted count 2008). For each plausible pair
(h, a) the share has a posterior under a flat prior; these are averaged, and the sample is not allowed to change what is
believed of h and a, because an audience that differs from the audits would then be explained away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist

import numpy as np

from sourcing.followers.rules import ASSUMED_ALARMS, ASSUMED_HITS
from sourcing.followers.sample import Floats

LEVEL = 0.95
FEW = 50
_Z = 1.959964
_SHARES = np.linspace(0.0, 1.0, 401)
_STEPS = (np.arange(16) + 0.5) / 16
_LEAST_GAP = 0.02


@dataclass(frozen=True)
class Tried:
    """How a classifier did on labelled accounts it had not seen: picked out of those not real, and of those real."""

    hits: int
    fakes: int
    alarms: int
    reals: int


@dataclass(frozen=True)
class Share:
    """A share 0..1 with the ends of its 95 % interval; `low <= share <= high`."""

    share: float
    low: float
    high: float


def likely_share(picked: int, followers: int, tried: Sequence[Tried] = ()) -> Share:
    """The share of accounts that are likely not real where `picked` of `followers` were picked out.

    `tried` holds one trial per set of audits; without any the assumed bounds of the standard rules are used. Never
    falls when more are picked out.
    """
    hits, alarms = _tried_rates(tried) if tried else _assumed_rates()
    seen = alarms[:, None] + _SHARES * (hits - alarms)[:, None]
    seen = np.clip(seen, 1e-9, 1 - 1e-9)
    weight = picked * np.log(seen) + (followers - picked) * np.log1p(-seen)
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    reached = np.cumsum(weight.mean(axis=0))
    low, middle, high = np.interp([(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2], reached, _SHARES)
    return Share(round(float(middle), 4), round(float(low), 4), round(float(high), 4))


def wilson(count: int, total: int) -> Share:
    """A counted share with Wilson's interval: what chance in drawing the sample alone leaves open."""
    if not total:
        return Share(0.0, 0.0, 1.0)
    part, z2 = count / total, _Z**2 / total
    middle = (part + z2 / 2) / (1 + z2)
    half = _Z * sqrt(part * (1 - part) / total + z2 / (4 * total)) / (1 + z2)
    low, high = max(0.0, min(part, middle - half)), min(1.0, max(part, middle + half))
    return Share(round(part, 4), round(low, 4), round(high, 4))


def _assumed_rates() -> tuple[Floats, Floats]:
    """Every pair of a grid over the bounds; of false alarms only the order of magnitude is known, so by ratio."""
    least, most = ASSUMED_HITS
    rare, common = ASSUMED_ALARMS
    return _pairs(least + (most - least) * _STEPS, rare * (common / rare) ** _STEPS)


def _tried_rates(tried: Sequence[Tried]) -> tuple[Floats, Floats]:
    """Pairs of (hit rate, false alarm rate) as they may be on the next audience, which was not among the trials."""
    hits = _next_rates([(one.hits, one.fakes) for one in tried])
    alarms = _next_rates([(one.alarms, one.reals) for one in tried])
    hits, alarms = _pairs(hits, alarms)
    # A classifier that picks out more of the real ones than of the others says nothing about the share.
    return np.maximum(hits, alarms + _LEAST_GAP).clip(max=1.0), np.minimum(alarms, 1.0 - _LEAST_GAP)


def _next_rates(counts: Sequence[tuple[int, int]]) -> Floats:
    """Evenly likely values of a rate on a new audience: normal in log odds around the trials, as wide as they differ.

    With few trials their difference is no measure, so at least a factor of two in the odds is assumed.
    """
    odds = np.array([log((count + 0.5) / (total - count + 0.5)) for count, total in counts])
    chance = np.mean([1 / (count + 0.5) + 1 / (total - count + 0.5) for count, total in counts])
    between = max(float(odds.var(ddof=1)) if len(odds) > 1 else 0.0, log(2) ** 2)
    width = sqrt(between * (1 + 1 / len(odds)) + chance)
    normal = np.array([NormalDist().inv_cdf(step) for step in _STEPS])
    rates: Floats = 1 / (1 + np.exp(-(odds.mean() + width * normal)))
    return rates


def _pairs(hits: Floats, alarms: Floats) -> tuple[Floats, Floats]:
    every_hit, every_alarm = np.meshgrid(hits, alarms)
    return every_hit.ravel(), every_alarm.ravel()
