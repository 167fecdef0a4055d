"""Authenticity: how much of an audience is likely real. Unit: a share 0..1 with an interval. Source: public numbers.

An estimate, and it says how sure it is. Where a vendor measured a share (`credibility`), that is the estimate and the
hints only widen its interval. Where not, it starts from what is usual and every hint that speaks against an account
lowers it in log-odds: engagement far outside the norm of its size in either direction, comments out of proportion to
likes, a leap in followers that the engagement did not follow, mass following (HypeAuditor: more than 1,500 followed).
Hints lean on each other, so none of them alone takes an account down. It never accuses: a hint is "worth a look". NaN
only where nothing at all is known. The weights are ours and unconfirmed; a follower sample says more. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sourcing.evidence import one_line
from sourcing.factors.growth import LEAP, largest_leap, leap_words
from sourcing.profiles import Profile

#: The usual share of real followers, before anything is known of an account.
USUAL = 0.8
#: Vendors call less than this "often a sign of fraud" (Modash, trade rules).
LEAST_CREDIBLE = 0.75
_MASS, _MASS_RATIO = 1_500, 0.5
_LOW_RANK, _HIGH_RANK = 0.05, 0.99
_FEW_COMMENTS, _MANY_COMMENTS = 0.02, 0.98
_KEPT = 0.75
_MEASURED_WIDTH, _WIDEST, _PER_SIGN = 0.06, 0.3, 0.03

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Signs:
    """Columns of the rows asked, NaN unknown. Ranks are among the pool's accounts (of that size for engagement)."""

    engagement_rank: Floats
    comments_rank: Floats
    spike: Floats
    spike_kept: Floats
    following: Floats
    following_ratio: Floats
    credibility: Floats

    def of(self, places: npt.NDArray[np.int64]) -> "Signs":
        """The same of these places alone."""
        return Signs(*(column[places] for column in _all(self)))

    @staticmethod
    def joined(parts: "Sequence[Signs]") -> "Signs":
        """All of these, one after the other."""
        return Signs(*(np.concatenate(column) for column in zip(*(_all(part) for part in parts), strict=True)))

    @cached_property
    def doubts(self) -> dict[str, Floats]:
        """sign → how much it lowers the log-odds, 0 where it says nothing or is not known."""
        return _doubts(self)

    @cached_property
    def likely(self) -> "LikelyReal":
        return likely_real(self)


@dataclass(frozen=True)
class LikelyReal:
    """Per row: the likely share of real followers, and the interval it lies in; NaN where nothing is known."""

    share: Floats
    lower: Floats
    upper: Floats


def likely_real(signs: Signs) -> LikelyReal:
    """The estimate of every row."""
    doubt = sum(signs.doubts.values(), np.zeros(len(signs.spike)))
    logit = np.log(USUAL / (1 - USUAL)) - doubt
    estimate = 1.0 / (1.0 + np.exp(-logit))
    measured = ~np.isnan(signs.credibility)
    share = np.where(measured, signs.credibility, estimate)
    seen = sum((~np.isnan(column)).astype(np.float64) for column in _public(signs))
    width = np.where(measured, _MEASURED_WIDTH + 0.05 * np.minimum(doubt, 2.0), _WIDEST - _PER_SIGN * seen)
    nothing = ~measured & (seen == 0)
    share = np.where(nothing, np.nan, share)
    return LikelyReal(share, np.clip(share - width, 0.0, 1.0), np.clip(share + width, 0.0, 1.0))


def ranks(values: npt.NDArray[np.floating], groups: npt.NDArray[np.integer]) -> Floats:
    """Rank 0..1 of every value among the known ones of its group, ties counted half; NaN unknown. For a whole pool."""
    rank = np.full(len(values), np.nan)
    for number in np.unique(groups).tolist():
        here = np.flatnonzero((groups == number) & ~np.isnan(values))
        if not len(here):
            continue
        order = here[np.argsort(values[here], kind="stable")]
        ordered = values[order]
        low, high = np.searchsorted(ordered, ordered, side="left"), np.searchsorted(ordered, ordered, side="right")
        rank[order] = (low + high) / 2 / len(ordered)
    return rank


def hints(profile: Profile, signs: Signs, at: int) -> tuple[str, ...]:
    """What is worth a look in one profile, strongest first; `at` is its place in the columns."""
    doubts = {name: float(column[at]) for name, column in signs.doubts.items()}
    told = [(doubt, text) for name, doubt in doubts.items() if doubt > 0 and (text := _hint(name, profile, signs, at))]
    if signs.credibility[at] < LEAST_CREDIBLE:
        told.append((9.0, f"{signs.credibility[at]:.0%} of followers credible by {_source(profile)}"))
    return tuple(f"worth a look: {text}" for _, text in sorted(told, key=lambda item: (-item[0], item[1])))


def words(profile: Profile, signs: Signs, at: int) -> str:
    """One line: the likely share with its interval, where it comes from, and the strongest hint."""
    share, lower, upper = (float(column[at]) for column in (signs.likely.share, signs.likely.lower, signs.likely.upper))
    if np.isnan(share):
        return "Authenticity: not known"
    how = f"by {_source(profile)}" if not np.isnan(signs.credibility[at]) else "estimated from public numbers"
    said = f"likely real {share:.0%} ({lower:.0%} to {upper:.0%}), {how}"
    return "; ".join([f"Authenticity: {said}", *hints(profile, signs, at)[:1]])


def _doubts(signs: Signs) -> dict[str, Floats]:
    """sign → how much it lowers the log-odds, 0 where it says nothing or is not known."""
    leap = np.clip((signs.spike - LEAP) / 1.0, 0.0, 1.0)
    unanswered = np.clip((_KEPT - signs.spike_kept) / 0.35, 0.0, 1.0)
    mass = (signs.following > _MASS) * np.clip(signs.following_ratio / _MASS_RATIO, 0.0, 1.0)
    doubts = {
        "low": 1.1 * np.clip((_LOW_RANK - signs.engagement_rank) / _LOW_RANK, 0.0, 1.0),
        "high": 0.8 * (signs.engagement_rank > _HIGH_RANK),
        "few comments": 0.5 * np.clip((_FEW_COMMENTS - signs.comments_rank) / _FEW_COMMENTS, 0.0, 1.0),
        "many comments": 0.4 * (signs.comments_rank > _MANY_COMMENTS),
        # Going viral brings both followers and engagement; where the rate before or after is unknown, a leap is little.
        "leap": leap * np.where(np.isnan(signs.spike_kept), 0.3, 1.2 * unanswered),
        "mass": 0.8 * mass,
    }
    return {name: np.nan_to_num(np.asarray(column, dtype=np.float64)) for name, column in doubts.items()}


def _hint(name: str, profile: Profile, signs: Signs, at: int) -> str:
    rate = profile.engagement_percent
    if name in ("low", "high") and rate is not None:
        rank = signs.engagement_rank[at]
        where = f"the lowest {max(rank, 0.01):.0%}" if name == "low" else "the highest 1%"
        return f"engagement {rate:.2f} % is in {where} of its size"
    if name in ("few comments", "many comments") and profile.comments_to_likes is not None:
        how = "few" if name == "few comments" else "many"
        return f"{how} comments for its likes ({profile.comments_to_likes * 100:.1f} to 100)"
    if name == "mass" and profile.following is not None and profile.followers is not None:
        return f"follows {profile.following:,} accounts with {profile.followers:,} followers"
    leap = largest_leap(profile.history) if name == "leap" else None
    return leap_words(leap) if leap else ""


def _public(signs: Signs) -> Iterator[Floats]:
    yield from (signs.engagement_rank, signs.comments_rank, signs.spike, signs.following_ratio)


def _all(signs: Signs) -> Iterator[Floats]:
    yield from (signs.engagement_rank, signs.comments_rank, signs.spike, signs.spike_kept)
    yield from (signs.following, signs.following_ratio, signs.credibility)


def _source(profile: Profile) -> str:
    return f"the vendor's figure in {one_line(profile.source, 60)}"
