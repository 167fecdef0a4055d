"""Which segments an import folds into the one it writes. Pure.

Small segments are merged with their like, so their number grows with the logarithm of the pool; a big one is written
anew only when a good part of it is dead. Which are folded changes how the pool is cut, never what it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """`small`: segments of so few rows cost less to merge than to keep; `most_dead`: the share that may be dead."""

    small: int = 8_192
    most_dead: float = 1 / 3


@dataclass(frozen=True)
class Size:
    """Rows of a segment, and how many of them are alive once the import is done."""

    rows: int
    living: int


def folded(segments: Sequence[Size], *, incoming: int, policy: Policy) -> list[bool]:
    """For each segment (oldest first) whether it becomes part of the new one, which gets `incoming` rows anyway."""
    fold = [size.rows - size.living > size.rows * policy.most_dead for size in segments]
    weight = incoming + sum(size.living for size, taken in zip(segments, fold, strict=True) if taken)
    for place in reversed(range(len(segments))):
        if fold[place]:
            continue
        if segments[place].living > max(weight, policy.small):
            break
        fold[place] = True
        weight += segments[place].living
    return fold
