"""Which segments an import folds into the one it writes. Pure.

Small segments are merged with their like and large imports are cut, so the number of segments grows with the pool over
the largest size and no faster; a big one is written anew only when a good part of it is dead. Which are folded changes
how the pool is cut, never what it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """`small`: segments of so few rows cost less to merge than to keep; `most_dead`: the share that may be dead;
    `largest`: an import of more rows is cut into several segments, about equal ones."""

    small: int = 8_192
    most_dead: float = 1 / 3
    largest: int = 1_048_576

    def pieces(self, rows: int) -> int:
        """How many segments so many rows become."""
        return max(1, -(-rows // self.largest))


@dataclass(frozen=True)
class Size:
    """Rows of a segment, and how many of them are alive once the import is done."""

    rows: int
    living: int


def folded(segments: Sequence[Size], *, incoming: int, policy: Policy) -> list[bool]:
    """For each segment (oldest first) whether it becomes part of what is written, which gets `incoming` rows anyway.

    One that is more than half full stays, and so does one whose rows would only make for one more new segment.
    """
    fold = [size.rows - size.living > size.rows * policy.most_dead for size in segments]
    weight = incoming + sum(size.living for size, taken in zip(segments, fold, strict=True) if taken)
    for place in reversed(range(len(segments))):
        living = segments[place].living
        if fold[place] or 2 * living > policy.largest:
            continue
        if living > max(weight, policy.small):
            break
        if policy.pieces(weight + living) > policy.pieces(weight):
            continue
        fold[place] = True
        weight += living
    return fold
