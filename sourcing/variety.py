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


class Turn(Iterator[int]):
    """Whose turn it is: places of `fits`, the best less what is above it (Carbonell and Goldstein 1998).

    `fits` 0..1, best first; `vectors`: what each is about, a row each, None: by fit alone. Likeness is the cosine, of
    maximal marginal relevance with lambda 1 - `diversity`. The table of all likenesses is square: for some thousands.
    """

    def __init__(self, fits: npt.NDArray[np.float64], vectors: Vectors | None = None, diversity: float = 0.0) -> None:
        self._fits, self._diversity = fits, diversity
        self._left, self._nearest = np.ones(len(fits), dtype=np.bool_), np.zeros(len(fits))
        self._last, self._passed = -1, False
        whole = np.zeros((len(fits), 1), np.float32) if vectors is None else vectors.astype(np.float32)
        # Whole numbers, so that the sums are exact; unit length only after them.
        self._lengths = np.maximum(np.sqrt((whole * whole).sum(axis=1)), 1.0).astype(np.float64)
        self._alike = None if vectors is None else whole @ whole.T

    def __next__(self) -> int:
        if self._alike is None:
            return self._take(self._last + 1)
        if self._last >= 0 and not self._passed:
            alike = self._alike[self._last].astype(np.float64) / self._lengths[self._last] / self._lengths
            np.maximum(self._nearest, alike, out=self._nearest)
        worth = np.where(self._left, (1.0 - self._diversity) * self._fits - self._diversity * self._nearest, -np.inf)
        # Equal worth: who comes first in the order by fit.
        return self._take(int(np.argmax(worth)) if self._left.any() else len(self._fits))

    def pass_over(self) -> None:
        """Whoever had the turn last got no place: nobody is the less for being like them."""
        self._passed = True

    def _take(self, place: int) -> int:
        if place >= len(self._fits):
            raise StopIteration
        self._left[place], self._last, self._passed = False, place, False
        return place
