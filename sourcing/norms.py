"""What is normal in a pool, kept with each version: where everybody stands by engagement and by comments.

    versions/<name>/norms/rank.npy, median.npy, peers.npy, value.npy, comments.npy    a number for each row
The same for every campaign, and the work of a second in a pool of a million, so it is done once a version and not once
a question. Owns how it is kept; what is normal is for the factors to say.
"""

import hashlib
import inspect
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sourcing.arrays import save_array
from sourcing.factors import authenticity, engagement

NORMS = "norms"
#: The columns of a pool that norms are made of.
MADE_OF = ("platform", "followers", "engagement", "comments_to_likes")

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Norms:
    """`comments`: the rank 0..1 of comments for each like among the accounts of the same platform, NaN unknown."""

    engagement: engagement.Norms
    comments: npt.NDArray[np.float64]

    def of(self, rows: slice) -> "Norms":
        """Of these rows alone."""
        standing = (column[rows] for column in vars(self.engagement).values())
        return Norms(engagement.Norms(*standing), self.comments[rows])


@cache
def stamp() -> str:
    """Names how norms are made: those that were made otherwise are made again."""
    made_by = (inspect.getsource(engagement), inspect.getsource(authenticity.ranks))
    return hashlib.sha256("\0".join(made_by).encode()).hexdigest()[:16]


def norms(columns: dict[str, Array], alive: npt.NDArray[np.bool_]) -> Norms:
    """The norms of a pool with these columns (`MADE_OF`); only those who are alive say what is normal."""
    comments = np.where(alive, columns["comments_to_likes"], np.nan)
    return Norms(
        engagement.prepare(columns["platform"], columns["followers"], columns["engagement"], alive),
        authenticity.ranks(comments, columns["platform"]),
    )


def write_norms(place: Path, found: Norms) -> None:
    (place / NORMS).mkdir()
    for name, column in zip(_columns(), (*vars(found.engagement).values(), found.comments), strict=True):
        save_array(place / NORMS / f"{name}.npy", column)


def read_norms(place: Path, rows: slice) -> Norms:
    """What was written of these rows into a version's folder, memory-mapped."""
    *standing, comments = (np.load(place / NORMS / f"{name}.npy", mmap_mode="r") for name in _columns())
    return Norms(engagement.Norms(*standing), comments).of(rows)


def _columns() -> tuple[str, ...]:
    return (*(field.name for field in fields(engagement.Norms)), "comments")
