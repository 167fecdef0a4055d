"""What words of a pool have to do with one another, learnt from the pool itself: no word list, no labels, no download.

Latent semantic analysis (Deerwester et al. 1990): words that stand in the same profiles point the same way, so a
creator who never says "fashion" but says "ootd" and "thrifted" lies near those who do. Owns how vectors are learnt,
how a profile gets one and how profiles are compared. Knows no files and no campaigns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

DIMENSIONS = 128
#: Below so many profiles there is nothing to learn from.
LEAST_PROFILES = 500
#: Profiles that are learnt from; the others only get a vector. Which ones is decided by their key, not by their place.
SAMPLE = 60_000
LEAST_SAID_BY, MOST_WORDS = 5, 40_000
_ROUNDS, _STEEPNESS = 3, 1.5
#: So many directions are looked for beyond those that are kept, which makes these more exact.
_MORE = 10
# Of unit length a vector's parts lie around a tenth; so quantised, the sums below stay whole numbers under 2^24, which
# single precision holds exactly: the same ranking on every machine, in whatever order they are added.
_SCALE = 200.0
_LARGEST = 127
#: So many vectors in single precision stay in a core's own memory: several times as fast as all at once.
_AT_ONCE = 1_024

Floats = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.int8]
Rows = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Said:
    """The postings of one block: its word number w, number `ids[w]` of the vocabulary, is said by the block's
    `profiles[starts[w]:starts[w + 1]]`, so strongly. `size`: profiles in the block."""

    ids: npt.NDArray[np.uint32]
    starts: Rows
    profiles: npt.NDArray[np.uint16]
    strength: Floats
    size: int


@dataclass(frozen=True)
class Part:
    """A vocabulary and the blocks that use it, each with its profiles' keys and which of them may be learnt from."""

    words: Sequence[str]
    blocks: Iterable[tuple[Said, Keys, Flags]]


@dataclass(frozen=True)
class Meaning:
    """`words` in sorted order with the rarity and the vector (unit scale, n × DIMENSIONS) of each; `middle`: the mean
    vector of the profiles that were learnt from, which is what all of them have in common."""

    words: tuple[str, ...]
    rarity: Floats
    vectors: Floats
    middle: Floats

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Word → its place."""
        return {word: number for number, word in enumerate(self.words)}


def sampled(keys: Keys, profiles: int) -> Flags:
    """Which profiles are learnt from, by their keys alone: the same ones however the pool is cut."""
    share = min(1.0, SAMPLE / max(profiles, 1))
    flags: Flags = keys <= np.uint64(min(int(share * 2.0**64), 2**64 - 1))
    return flags


def learn(parts: Iterable[Part], profiles: int) -> Meaning | None:
    """Learn from a sample of a pool of so many profiles. None where that is too few to learn from.

    The same profiles teach the same to the byte, however they are cut into parts.
    """
    if profiles < LEAST_PROFILES:
        return None
    from scipy.sparse import csr_matrix

    entries = _entries(parts)
    if entries is None:
        return None
    words, (rows, columns, strength) = entries
    table = csr_matrix((strength, (rows, columns)), dtype=np.float32)
    del entries, rows, columns, strength  # larger than all that follows
    table.sum_duplicates()
    said_by = table.getnnz(axis=0)
    kept = _by_word(np.flatnonzero(said_by >= LEAST_SAID_BY), words)
    kept = _by_word(kept[np.argsort(-said_by[kept], kind="stable")[:MOST_WORDS]], words)
    if len(kept) <= DIMENSIONS or table.shape[0] <= DIMENSIONS:
        return None
    told = tuple(words[number] for number in kept.tolist())
    del words  # most of them are said by few
    count = table.shape[0]
    # A little steeper than usual: "and", "email" and "lover" stand beside everything and mean nothing by it.
    rarity = (np.log(1 + (count - said_by[kept] + 0.5) / (said_by[kept] + 0.5)) ** _STEEPNESS).astype(np.float32)
    table = table[:, kept].multiply(rarity[None, :]).tocsr()
    table.sort_indices()
    table.data = np.log1p(table.data)
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    table = table.multiply((1.0 / np.maximum(lengths, 1e-9))[:, None]).tocsr()
    vectors = directions(table)
    middle = _unit(np.asarray(table @ vectors)).mean(axis=0).astype(np.float32)
    return Meaning(told, rarity, vectors, middle)


def places_of(meaning: Meaning, words: Sequence[str]) -> Rows:
    """For each word of a vocabulary its number in the meaning, -1 where it has none."""
    return np.array([meaning.numbers.get(word, -1) for word in words], dtype=np.int64)


def embed(meaning: Meaning, places: Rows, said: Said) -> Vectors:
    """The vector of every profile of a block; nought for one that says no known word. `places`: of its vocabulary."""
    from scipy.sparse import csr_matrix

    columns = np.repeat(places[said.ids], np.diff(said.starts))
    here = columns >= 0
    table = csr_matrix(
        (said.strength[here], (said.profiles[here], columns[here])),
        shape=(said.size, len(meaning.words)), dtype=np.float32,
    )  # fmt: skip
    table.sum_duplicates()
    table.data = np.log1p(table.data * meaning.rarity[table.indices])
    return _quantised(_unit(np.asarray(table @ meaning.vectors)))


def direction(meaning: Meaning, vectors: Vectors, weights: npt.NDArray[np.float64]) -> Floats:
    """Where profiles point in common, away from what all profiles have in common: whole numbers as float32.

    Nought where they point nowhere.
    """
    said = np.flatnonzero(vectors.any(axis=1))
    if not len(said):
        return np.zeros(DIMENSIONS, np.float32)
    shares = weights[said] / weights[said].sum()
    mean = (vectors[said].astype(np.float64) * shares[:, None]).sum(axis=0) / _SCALE - meaning.middle
    length = float(np.sqrt((mean**2).sum()))
    whole: Floats = np.round(mean / length * _LARGEST).astype(np.float32) if length else mean.astype(np.float32)
    return whole


def towards(vectors: Vectors, way: Floats) -> Floats:
    """How far each profile lies in that direction; exact, whatever the order of adding."""
    along, some = np.empty(len(vectors), np.float32), np.empty((_AT_ONCE, DIMENSIONS), np.float32)
    for first in range(0, len(vectors), _AT_ONCE):
        whole = vectors[first : first + _AT_ONCE]
        some[: len(whole)] = whole
        np.matmul(some[: len(whole)], way, out=along[first : first + len(whole)])
    return along


def words_towards(meaning: Meaning, words: Sequence[str], way: Floats) -> list[tuple[str, float]]:
    """Those of the words that lie that way, the nearest first: (word, how much it adds)."""
    numbers = [(word, meaning.numbers[word]) for word in dict.fromkeys(words) if word in meaning.numbers]
    found = [(word, float(meaning.rarity[number] * (meaning.vectors[number] @ way))) for word, number in numbers]
    return sorted((pair for pair in found if pair[1] > 0), key=lambda pair: (-round(pair[1], 6), pair[0]))


def _entries(parts: Iterable[Part]) -> tuple[list[str], tuple[Small, Small, Floats]] | None:
    """(words, (row, column, strength) of every entry) of the profiles that are learnt from, rows by their keys."""
    numbers: dict[str, int] = {}
    rows, columns, strengths, keys, done = [], [], [], [np.empty(0, np.uint64)], 0
    for part in parts:
        for said, key, keep in part.blocks:
            row = np.where(keep, np.cumsum(keep) - 1 + done, -1).astype(np.int32)[said.profiles]
            here = row >= 0
            used, place = np.unique(np.repeat(said.ids, np.diff(said.starts))[here], return_inverse=True)
            global_number = [numbers.setdefault(part.words[number], len(numbers)) for number in used.tolist()]
            rows.append(row[here])
            columns.append(np.array(global_number, dtype=np.int32)[place])
            strengths.append(said.strength[here])
            keys.append(key[keep])
            done += int(keep.sum())
    if not numbers:
        return None
    by_key: Small = np.empty(done, dtype=np.int32)
    by_key[np.argsort(np.concatenate(keys), kind="stable")] = np.arange(done, dtype=np.int32)
    ordered = by_key[np.concatenate(rows)]
    return list(numbers), (ordered, np.concatenate(columns), np.concatenate(strengths))


def directions(table: Any) -> Floats:
    """The directions in which the rows of a sparse table differ most, a row for each of its columns (Halko, Martinsson
    and Tropp 2011, algorithms 4.4 and 5.1).

    scikit-learn's randomized_svd does the same and keeps half a dozen copies of the largest array; it takes a second
    and 80 MB to load.
    """
    from scipy.linalg import lu, qr, svd

    once: dict[str, Any] = {"overwrite_a": True, "check_finite": False}
    draw = np.random.RandomState(0).normal(size=(table.shape[1], DIMENSIONS + _MORE))
    spanned = draw.astype(np.float32)
    for _ in range(_ROUNDS):
        spanned = lu(table @ spanned, permute_l=True, **once)[0]
        spanned = lu(table.T @ spanned, permute_l=True, **once)[0]
    spanned = qr(table @ spanned, mode="economic", **once)[0]
    turned = svd((table.T @ spanned).T, full_matrices=False, **once)[2][:DIMENSIONS]
    # Either way round is as good; the same one on every machine.
    most = turned[np.arange(len(turned)), np.abs(turned).argmax(axis=1)]
    return np.ascontiguousarray((turned * np.sign(most)[:, None]).T, dtype=np.float32)


def _by_word(columns: Rows, words: Sequence[str]) -> Rows:
    """The columns in the order of their words, which hangs on the words alone."""
    return np.array(sorted(columns.tolist(), key=lambda number: words[number]), dtype=np.int64)


def _unit(vectors: Floats) -> Floats:
    # Summed in double precision without a copy in it: these are the largest arrays of an import.
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)).astype(np.float32)
    unit: Floats = vectors / np.maximum(lengths, 1e-9)[:, None]
    return unit


def _quantised(unit: Floats) -> Vectors:
    whole: Vectors = np.clip(np.round(unit * _SCALE), -_LARGEST, _LARGEST).astype(np.int8)
    return whole
