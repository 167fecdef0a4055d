"""Which creators take the exploring places of a queue: those around the end of the longlist, unlike one another.

There a decision teaches most: at the top nearly everybody is wanted, far below nearly nobody. Pure and seeded.
"""

import hashlib
from collections.abc import Collection, Sequence

from sourcing.learning.examples import Shown
from sourcing.learning.features import tokens_of

#: How far above and below the end of the longlist a creator still counts as unsure.
BAND = 50


def explore(
    ranked: Sequence[Shown], places: int, *, size: int = 250, taken: Collection[int] = (), seed: str = ""
) -> tuple[int, ...]:
    """Positions in `ranked` (best first, from 0) of the creators to ask about, in the order of the ranking.

    `size` is where the longlist ends, `taken` are positions that were decided or are queued anyway. `seed` (the run
    id, say) settles what nothing else does. Fewer than `places` where there are not so many.
    """
    gone = set(taken)
    middle = min(size, len(ranked))
    band = [at for at in range(max(0, middle - BAND), min(len(ranked), middle + BAND)) if at not in gone]
    words = {at: frozenset(tokens_of(ranked[at], frozenset())) for at in band}
    known = [frozenset(tokens_of(ranked[at], frozenset())) for at in sorted(gone)[:BAND] if at < len(ranked)]
    alike = {at: max((_likeness(words[at], one) for one in known), default=0.0) for at in band}
    chosen: list[int] = []
    while band and len(chosen) < places:
        best = min(band, key=lambda at: (round(alike[at], 6), _lot(seed, ranked[at].handle), at))
        chosen.append(best)
        band.remove(best)
        for at in band:
            alike[at] = max(alike[at], _likeness(words[at], words[best]))
    return tuple(sorted(chosen))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of common words (cosine of the sets), 0..1. Who says nothing is like everybody: they teach nothing."""
    if not one or not other:
        return 1.0
    return float(len(one & other) / (len(one) * len(other)) ** 0.5)


def _lot(seed: str, handle: str) -> str:
    return hashlib.sha256(f"{seed}\0{handle}".encode()).hexdigest()
