"""What hangs on no campaign, kept with each version: what is normal in the pool, and factors that are always the same.

    versions/<name>/norms/<segment>-<column>.npy    rank median peers value comments: where everybody stands
                                                    intent cadence real: factors; a number for each row of the segment
The work of seconds in a pool of a million, so it is done once a version and not once a question. Whoever ranks some of
the segments fetches and proves their files alone, and has them in memory as they lie.
Owns how it is kept; what is normal, and what a factor says, is for the factors.
"""

import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sourcing.arrays import save_array
from sourcing.factors import authenticity, cadence, engagement, intent

NORMS = "norms"
#: So many rows are worked on at a time, which bounds the memory.
_AT_ONCE = 1 << 18
_SIGNS = ("spike", "spike_kept", "following", "following_ratio", "credibility")

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
#: The columns of a segment, or of a pool, by name.
Numbers = Callable[[str], Array]


@dataclass(frozen=True)
class Norms:
    """`comments`: the rank 0..1 of comments for each like among the accounts of the same platform; `intent`, `cadence`:
    the factors; `real`: the likely share of real followers by numbers alone. NaN unknown."""

    engagement: engagement.Norms
    comments: Floats
    intent: Floats
    cadence: Floats
    real: Floats

    def of(self, rows: slice) -> "Norms":
        """Of these rows alone."""
        standing, others = (column[rows] for column in vars(self.engagement).values()), self._others()
        return Norms(engagement.Norms(*standing), *(column[rows] for column in others))

    def columns(self) -> tuple[Array, ...]:
        """In the order of their files."""
        return (*vars(self.engagement).values(), *self._others())

    def _others(self) -> tuple[Floats, ...]:
        return self.comments, self.intent, self.cadence, self.real


@cache
def stamp() -> str:
    """Names how norms are made: those that were made otherwise are made again."""
    made_by = [inspect.getsource(module) for module in (engagement, authenticity, cadence, intent)]
    made_by += ["a file for each segment"]
    return hashlib.sha256("\0".join(made_by).encode()).hexdigest()[:16]


def norms(segments: Sequence[Numbers], alive: npt.NDArray[np.bool_]) -> Norms:
    """The norms of a pool of these segments; only those who are alive say what is normal."""
    platform, followers, rate, comments = (
        np.concatenate([numbers(name) for numbers in segments])
        for name in ("platform", "followers", "engagement", "comments_to_likes")
    )
    stands = engagement.prepare(platform, followers, rate, alive)
    replies = authenticity.ranks(np.where(alive, comments, np.nan), platform)
    found = Norms(stands, replies, *(np.empty(len(alive)) for _ in range(3)))
    first = 0
    for numbers in segments:
        rows = len(numbers("platform"))
        _fill(found.of(slice(first, first + rows)), numbers, rows)
        first += rows
    return found


def _fill(found: Norms, numbers: Numbers, rows: int) -> None:
    """Work out the factors of one segment into the columns that are there for them."""
    for start in range(0, rows, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        counts = {name: numbers(name)[some] for name in intent.WORTH}
        found.intent[some] = intent.purchase_intent(counts, numbers("intent_known")[some])
        found.cadence[some] = cadence.cadence(numbers("posts_per_week")[some], numbers("days_silent")[some])
        found.real[some] = signs(found, numbers, some).likely.share


def signs(found: Norms, numbers: Numbers, rows: slice | npt.NDArray[np.int64]) -> authenticity.Signs:
    """What the numbers of these rows say about how real their followers are."""
    columns = {name: numbers(name)[rows].astype(np.float64) for name in _SIGNS}
    rank = found.engagement.rank[rows].astype(np.float64)
    return authenticity.Signs(engagement_rank=rank, comments_rank=np.asarray(found.comments[rows]), **columns)


def write_norms(place: Path, found: Norms, segments: Sequence[tuple[str, int]]) -> None:
    """`segments`: the name and the rows of each, in order."""
    (place / NORMS).mkdir()
    first = 0
    for segment, rows in segments:
        for name, column in zip(_names(), found.columns(), strict=True):
            save_array(place / _file(segment, name), column[first : first + rows])
        first += rows


def read_norms(place: Path, segments: Sequence[str]) -> Norms:
    """What was written of these segments into a version's folder, memory-mapped where it is one."""
    kept = [_read(place, name, segments) for name in _names()]
    standing = len(fields(engagement.Norms))
    return Norms(engagement.Norms(*kept[:standing]), *kept[standing:])


def files_of(segments: Sequence[str]) -> list[str]:
    """The files in a version's folder that hold these."""
    return [_file(segment, name) for segment in segments for name in _names()]


def _read(place: Path, name: str, segments: Sequence[str]) -> Array:
    parts = [
        np.load(place / _file(segment, name), mmap_mode="r", allow_pickle=False).view(np.ndarray)
        for segment in segments
    ]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _file(segment: str, name: str) -> str:
    return f"{NORMS}/{segment}-{name}.npy"


def _names() -> tuple[str, ...]:
    return (*(field.name for field in fields(engagement.Norms)), *(field.name for field in fields(Norms)[1:]))
