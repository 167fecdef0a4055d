"""Growth: how fast an account grows, and whether its followers ever came in one leap. Unit: shares (0.1 is 10 %).

Source: dated sightings of the follower count. Sightings may be unordered, doubled or few; below a hundred followers
shares mean nothing, so smaller counts are taken for a hundred. Pure; counted in columns by `sourcing.signals`.
"""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from sourcing.profiles import Sighting

FEWEST = 100
MONTH = 30.44
SHORTEST_DAYS = 7
#: A leap worth showing: a quarter more followers than the account's own usual rate would have brought.
LEAP = 0.25


class Leap(NamedTuple):
    """`beyond`: followers gained beyond the usual rate, as a share of those before; a longer time is spread to months.

    `kept`: the engagement rate after, as a share of the rate before; None unknown. Bought followers do not answer, so
    they leave the interactions as they were and the rate falls as the followers rise.
    """

    beyond: float
    kept: float | None
    before: Sighting
    after: Sighting


def monthly_growth(history: Sequence[Sighting]) -> float | None:
    """Share per month from the first sighting to the last; None where they are less than a week apart."""
    ordered = _ordered(history)
    if len(ordered) < 2:
        return None
    first, last = ordered[0], ordered[-1]
    days = _days(first, last)
    if days < SHORTEST_DAYS:
        return None
    return math.exp(_log(first, last) * MONTH / days) - 1


def largest_leap(history: Sequence[Sighting]) -> Leap | None:
    """The largest leap; None under three sightings, because then there is nothing usual to compare with.

    Usual is the lower median of the daily rates between sightings, and never less than none: an account that shrinks
    and stops shrinking has not leapt.
    """
    ordered = _ordered(history)
    if len(ordered) < 3:
        return None
    pairs = list(pairwise(ordered))
    rates = sorted(_log(*pair) / _days(*pair) for pair in pairs)
    usual = max(rates[(len(rates) - 1) // 2], 0.0)
    leaps = [_leap(before, after, usual) for before, after in pairs]
    return max(leaps, key=lambda leap: (leap.beyond, -1.0 if leap.kept is None else leap.kept))


def words(history: Sequence[Sighting]) -> str:
    """One line, such as: Growth: +3.1% a month over 8 sightings since 2026-01-01; "" where nothing is known."""
    growth, leap = monthly_growth(history), largest_leap(history)
    if growth is None:
        return ""
    first = _ordered(history)[0].day
    said = f"Growth: {growth:+.1%} a month over {len(history)} sightings since {first}"
    if leap is None or leap.beyond < LEAP:
        return said
    return f"{said}; {leap_words(leap)}"


def leap_words(leap: Leap) -> str:
    """Such as: from 10,000 to 19,000 followers between 2026-03-01 and 2026-03-31, while engagement fell from …"""
    said = (
        f"from {leap.before.followers:,} to {leap.after.followers:,} followers between {leap.before.day} "
        f"and {leap.after.day}"
    )
    before, after = leap.before.engagement_percent, leap.after.engagement_percent
    if leap.kept is None or before is None or after is None:
        return said
    how = "fell" if after < before else "rose" if after > before else "stayed"
    return f"{said}, while engagement {how} from {before:.1f} % to {after:.1f} %"


def _leap(before: Sighting, after: Sighting, usual: float) -> Leap:
    days = _days(before, after)
    beyond = (math.exp(_log(before, after) - usual * days) - 1) / max(1.0, days / MONTH)
    rate, later = before.engagement_percent, after.engagement_percent
    kept = later / rate if rate is not None and later is not None and rate > 0 else None
    return Leap(beyond, kept, before, after)


def _ordered(history: Sequence[Sighting]) -> list[Sighting]:
    def place(seen: Sighting) -> tuple[str, int, bool, float]:
        return seen.day, seen.followers, seen.engagement_percent is None, seen.engagement_percent or 0.0

    return sorted(history, key=place)


def _days(before: Sighting, after: Sighting) -> int:
    return max(1, (date.fromisoformat(after.day[:10]) - date.fromisoformat(before.day[:10])).days)


def _log(before: Sighting, after: Sighting) -> float:
    return math.log(max(after.followers, FEWEST) / max(before.followers, FEWEST))
