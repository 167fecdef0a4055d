"""Numbers behind the charts of the report: who is on the list, and where it lies among everybody. Pure.

Owns counting and grouping. Knows no markup: the page and the workbook draw.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.campaign import Campaign
from sourcing.filters import FunnelStep
from sourcing.longlist import Entry, Longlist

NOT_KNOWN = "Not known"
_STEP, _ENOUGH = 5, 16
_SIZES = (0, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)


@dataclass(frozen=True)
class Bar:
    """One bar: `count` creators; `length` 0..100 against the longest of its chart, `share` 0..100 of all.

    `rest` marks what is no value of its own: all others, not known.
    """

    label: str
    count: int
    length: int
    share: float
    rest: bool = False


@dataclass(frozen=True)
class Column:
    """One step of the fit, from `low` to under `high`: how many there, how many on the list, their heights 0..100."""

    low: int
    high: int
    everybody: int
    listed: int
    height: int
    listed_height: int


@dataclass(frozen=True)
class Loss:
    """A step of the funnel to draw: `left_length` and `removed_length` in 0..100 of the pool."""

    step: FunnelStep
    left_length: int
    removed_length: int


def tally(values: Iterable[str | None], *, most: int = 7) -> tuple[Bar, ...]:
    """The commonest values first, then all others in one bar, then those not known; empty where nothing is known."""
    counts = Counter(value or NOT_KNOWN for value in values)
    unknown = counts.pop(NOT_KNOWN, 0)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        return ()
    # One value alone is not worth hiding behind "others".
    shown = ranked if len(ranked) <= most + 1 else ranked[:most]
    rest = ranked[len(shown) :]
    own = len(shown)
    if rest:
        shown = [*shown, (f"{len(rest)} others", sum(count for _, count in rest))]
    return _bars([*shown, (NOT_KNOWN, unknown)] if unknown else shown, own)


def sizes(entries: Sequence[Entry]) -> tuple[Bar, ...]:
    """How many creators in each band of followers, from the smallest band that has any to the largest."""
    places = Counter(bisect_right(_SIZES, entry.followers) - 1 for entry in entries)
    if not places:
        return ()
    return _bars([(_band(place), places[place]) for place in range(min(places), max(places) + 1)])


def fit_columns(longlist: Longlist) -> tuple[Column, ...]:
    """Twenty steps of five points. Where nobody counted everybody, list and reserve stand in for them."""
    listed = _by_step(longlist.entries)
    everybody = longlist.spread or tuple(
        here + next_best for here, next_best in zip(listed, _by_step(longlist.bench), strict=True)
    )
    return _columns(0, _STEP, everybody, listed)


def list_columns(entries: Sequence[Entry]) -> tuple[Column, ...]:
    """The list alone: steps of one, two or five points, about a dozen of them, from its lowest fit to its highest."""
    if not entries:
        return ()
    fits = [entry.fit for entry in entries]
    step = next((step for step in (1, 2) if max(fits) - min(fits) <= step * _ENOUGH), _STEP)
    first, last = int(min(fits) // step), int(max(fits) // step)
    counts = Counter(int(fit // step) for fit in fits)
    heights = tuple(counts[place] for place in range(first, last + 1))
    return _columns(first * step, step, heights, heights)


def losses(longlist: Longlist) -> tuple[Loss, ...]:
    whole = longlist.pool_size
    return tuple(Loss(step, _length(step.left, whole), _length(step.removed, whole)) for step in longlist.funnel)


def dearest(funnel: Sequence[FunnelStep]) -> FunnelStep | None:
    """The limit that can be loosened and that alone keeps most out; None where no limit does so."""
    able = [step for step in funnel if step.loosen and step.only_this]
    return max(able, key=lambda step: step.only_this, default=None)


def factor_shares(longlist: Longlist, campaign: Campaign) -> dict[str, float]:
    """factor → its share of the fit, 0..1, in the order of the entries; from the campaign where the run says none."""
    if longlist.weights:
        return dict(longlist.weights)
    names = [name for name, _ in longlist.entries[0].factors] if longlist.entries else []
    asked = campaign.weights.model_dump()
    whole = sum(asked.get(name, 0.0) for name in names) or 1.0
    return {name: asked.get(name, 0.0) / whole for name in names}


def compact(number: int) -> str:
    """950, 18K, 7.4M: for headings, where the exact number says no more."""
    for size, mark in ((1_000_000, "M"), (1_000, "K")):
        if number >= size:
            return f"{number / size:.1f}".removesuffix(".0") + mark if number < 10 * size else f"{number // size}{mark}"
    return str(number)


def _bars(pairs: Sequence[tuple[str, int]], own: int | None = None) -> tuple[Bar, ...]:
    """The first `own` are values of their own, None: all of them."""
    own = len(pairs) if own is None else own
    longest, whole = max(count for _, count in pairs), sum(count for _, count in pairs)
    return tuple(
        Bar(label, count, _length(count, longest), 100 * count / (whole or 1), place >= own)
        for place, (label, count) in enumerate(pairs)
    )


def _columns(low: int, step: int, everybody: Sequence[int], listed: Sequence[int]) -> tuple[Column, ...]:
    tallest = max((*everybody, *listed, 1))
    return tuple(
        Column(low + place * step, low + (place + 1) * step, here, on, _length(here, tallest), _length(on, tallest))
        for place, (here, on) in enumerate(zip(everybody, listed, strict=True))
    )


def _length(part: int, whole: int) -> int:
    """0..100; whatever is not nought can be seen."""
    return min(100, max(1, round(100 * part / whole))) if part > 0 and whole > 0 else 0


def _by_step(entries: Sequence[Entry]) -> tuple[int, ...]:
    steps = Counter(min(max(int(entry.fit // _STEP), 0), 100 // _STEP - 1) for entry in entries)
    return tuple(steps[place] for place in range(100 // _STEP))


def _band(place: int) -> str:
    if place + 1 == len(_SIZES):
        return f"{compact(_SIZES[place])} and more"
    low, high = _SIZES[place], _SIZES[place + 1]
    return f"Under {compact(high)}" if low == 0 else f"{compact(low)} to {compact(high)}"
