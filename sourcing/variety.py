"""Not all alike: how many places a city or a vertical may have, and who comes first of those who say the same.

Pure; knows no campaign and reads no profile.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sourcing.meaning import Vectors


class Cap:
    """How many places each city, or each vertical, has taken, and may take. `most` None: any number."""

    def __init__(self, most: int | None, what: str) -> None:
        self._most, self._what, self._taken = most, what, Counter[str]()

    def full(self, name: str | None) -> tuple[str, str] | None:
        """(the limit's name, what a person is told) where `name` has all its places; nobody knows it: never full."""
        if self._most is None or not name or self._taken[name.casefold()] < self._most:
            return None
        return f"most of one {self._what}", f"{name} has its {self._most} places (longlist.per_{self._what})"

    def take(self, name: str | None) -> None:
        if name:
            self._taken[name.casefold()] += 1


def unlike_first(fits: npt.NDArray[np.float64], vectors: Vectors, diversity: float) -> Iterator[int]:
    """Maximal marginal relevance (Carbonell and Goldstein 1998): places of `fits`, the best less what is above it.

    `fits` 0..1, best first; `vectors`: what each is about, a row each. Likeness is the cosine. The table of all
    likenesses is square: for some thousands at a time.
    """
    whole = vectors.astype(np.float32)
    # Whole numbers, so that the sums are exact; unit length only after them.
    lengths = np.maximum(np.sqrt((whole * whole).sum(axis=1)), 1.0).astype(np.float64)
    alike = whole @ whole.T
    nearest, left = np.zeros(len(fits)), np.ones(len(fits), dtype=np.bool_)
    for _ in range(len(fits)):
        worth = np.where(left, (1.0 - diversity) * fits - diversity * nearest, -np.inf)
        # Equal worth: who comes first in the order by fit.
        best = int(np.argmax(worth))
        left[best] = False
        np.maximum(nearest, alike[best].astype(np.float64) / lengths[best] / lengths, out=nearest)
        yield best
