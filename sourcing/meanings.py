"""The meaning of a pool on disk: kept in each version's folder, learnt anew when the pool has outgrown it.

    versions/<name>/meaning/words.txt, rarity.npy, vectors.npy, middle.npy    what was learnt
    versions/<name>/about/<segment>.npy                                       the vector of every row of a segment
An import that adds to a pool keeps what was learnt and what is there of vectors (as links), and makes those of the new
segment alone. Owns when to learn anew; how is `sourcing.meaning`'s.
"""

import hashlib
import inspect
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sourcing.meaning import DIMENSIONS, Flags, Keys, Meaning, Part, Said, Vectors, embed, learn, places_of, sampled
from sourcing.segments import Segment, faults_of
from sourcing.wordindex import said_in, vocabulary_of

MEANING, ABOUT = "meaning", "about"
#: A pool that has grown or shrunk beyond these shares of what was learnt from speaks of other things by now.
_OUTGROWN = (0.5, 2.0)
_WORKERS = 2
_FILES = ("words.txt", "rarity.npy", "vectors.npy", "middle.npy")

Rows = npt.NDArray[np.int64]
Cut = Sequence[tuple[Segment, Rows]]


@dataclass(frozen=True)
class Before:
    """The version that another grows out of: its folder and its manifest."""

    place: Path
    manifest: dict[str, Any]

    def whole(self, names: list[str]) -> bool:
        """Whether these files are there and as they were written."""
        files = self.manifest["files"]
        return all(name in files for name in names) and not faults_of(self.place, files, among=names)


def keep_meaning(place: Path, segments: Cut, living: int, *, before: Before | None) -> dict[str, Any] | None:
    """Write the meaning of a version into its folder; returns what its manifest says of it, None without one.

    `segments` with their dead rows; `before` None where nothing of an earlier version may be used.
    """
    kept = before if before is not None and _still_good(before, living) else None
    if kept is not None:
        _link(kept.place / MEANING, place / MEANING)
        meaning, told = read_meaning(place), dict(kept.manifest["meaning"])
    else:
        learnt = learn(_parts(segments, living), living)
        if learnt is None:
            return None
        meaning = learnt
        told = {"learnt_from": living, "stamp": stamp(), "sha256": _write(place / MEANING, learnt)}
    (place / ABOUT).mkdir()
    for segment, _ in segments:
        name = about_file(segment.place.name)
        if kept is not None and kept.whole([name]):
            os.link(kept.place / name, place / name)
        else:
            np.save(place / name, _vectors(meaning, segment), allow_pickle=False)
    return told


@cache
def stamp() -> str:
    """Names how meaning is learnt: what was learnt another way is learnt again."""
    return hashlib.sha256(Path(inspect.getfile(learn)).read_bytes()).hexdigest()[:16]


def is_stale(manifest: dict[str, Any]) -> bool:
    """Whether a version's meaning was learnt by another program version."""
    told = manifest.get("meaning")
    return told is not None and told.get("stamp") != stamp()


def read_meaning(place: Path) -> Meaning:
    """What was learnt, from a version's folder."""
    folder = place / MEANING
    words = (folder / "words.txt").read_text(encoding="utf-8").split("\n")
    arrays = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("rarity", "vectors", "middle")}
    return Meaning(tuple(words), **arrays)


def about_file(segment: str) -> str:
    """The file in a version's folder that holds the vectors of a segment."""
    return f"{ABOUT}/{segment}.npy"


def vectors_of(place: Path, segment: Segment) -> Vectors:
    """The vectors of a segment's rows, memory-mapped."""
    array: Vectors = np.load(place / about_file(segment.place.name), mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)


def vectors_at(vectors: Vectors, rows: Rows) -> Vectors:
    """Those of single rows: each is moved as one piece of memory, several times as fast as number by number."""
    whole = vectors.view(f"V{DIMENSIONS}").reshape(-1).take(rows)
    found: Vectors = whole.view(np.int8).reshape(len(rows), DIMENSIONS)
    return found


def _still_good(before: Before, living: int) -> bool:
    """Whether what was learnt is whole, and the pool has not outgrown it."""
    told = before.manifest.get("meaning")
    if not told or is_stale(before.manifest) or not _OUTGROWN[0] < living / told["learnt_from"] < _OUTGROWN[1]:
        return False
    return before.whole([f"{MEANING}/{name}" for name in _FILES])


def _parts(segments: Cut, living: int) -> Iterator[Part]:
    for segment, dead in segments:
        keep = sampled(np.asarray(segment.numbers("key")), living)
        keep[dead] = False
        yield Part(vocabulary_of(segment.place / "words"), _kept_blocks(segment, keep))


def _kept_blocks(segment: Segment, keep: Flags) -> Iterator[tuple[Said, Keys, Flags]]:
    keys = np.asarray(segment.numbers("key"))
    for first, said in said_in(segment.place / "words", len(segment)):
        yield said, keys[first : first + said.size], keep[first : first + said.size]


def _vectors(meaning: Meaning, segment: Segment) -> Vectors:
    places = places_of(meaning, vocabulary_of(segment.place / "words"))
    blocks = (said for _, said in said_in(segment.place / "words", len(segment)))
    with ThreadPoolExecutor(_WORKERS) as pool:
        found = list(pool.map(lambda said: embed(meaning, places, said), blocks))
    return np.concatenate([np.empty((0, DIMENSIONS), np.int8), *found])


def _write(folder: Path, meaning: Meaning) -> str:
    folder.mkdir()
    (folder / "words.txt").write_text("\n".join(meaning.words), encoding="utf-8")
    digest = hashlib.sha256("\n".join(meaning.words).encode())
    for name in ("rarity", "vectors", "middle"):
        array = getattr(meaning, name)
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _link(old: Path, new: Path) -> None:
    new.mkdir()
    for file in sorted(old.iterdir()):
        os.link(file, new / file.name)
