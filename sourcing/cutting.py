"""How a pool is cut: into parts of some segments each, and what several segments say as one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

#: So many rows make a part that one process asks at a time. A larger segment is a part of its own, whose columns lie
#: in memory as they lie on disk; those of several segments are copies.
PART = 1 << 18


@dataclass(frozen=True)
class AudienceColumns:
    """Audience shares: row i has `codes[starts[i]:starts[i + 1]]` of `keys`, each with its share 0..1."""

    starts: npt.NDArray[np.int64]
    codes: npt.NDArray[Any]
    shares: npt.NDArray[np.float32]
    keys: list[str]


def cut(sizes: Sequence[int], rows: int, *, start: int = 0) -> list[range]:
    """Which segments go together, in order: as many as have so many rows, always at least one. `sizes`: the rows of
    each; `start`: the number of the first."""
    parts, first, held = [], 0, 0
    for number, size in enumerate(sizes):
        if number > first and held + size > rows:
            parts.append(range(start + first, start + number))
            first, held = number, 0
        held += size
    return [*parts, range(start + first, start + len(sizes))] if sizes else []


def recoded(codes: npt.NDArray[Any], names: list[str], union: list[str]) -> npt.NDArray[Any]:
    """The same values as codes of the longer list."""
    if names == union:
        return codes
    place = {name: code for code, name in enumerate(union)}
    table = np.array([place[name] for name in names], dtype=np.uint16 if len(union) <= 1 << 16 else np.uint32)
    found: npt.NDArray[Any] = table[codes]
    return found
