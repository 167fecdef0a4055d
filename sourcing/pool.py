"""The pool on disk: a version lists segments and which of their rows still count. Reading it back as one.

    pool/CURRENT                     name of the version in use, replaced atomically
    pool/versions/<name>/            manifest.json (which segments), dead.npy (rows that newer ones replaced)
    pool/segments/<hash>/            profiles that never change, see sourcing.segments
A row is numbered over all segments, dead rows too. How the profiles are cut into segments changes no answer but the
numbers of rows. Knows nothing of how a version is made (importers, versions) or ranked (longlist).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import BadInput, Refused
from sourcing.cutting import PART, AudienceColumns, cut, recoded
from sourcing.meaning import DIMENSIONS, Meaning, Vectors
from sourcing.meanings import MEANING, about_file, is_stale, read_meaning, vectors_at, vectors_of
from sourcing.norms import NORMS, Norms, files_of, norms, read_norms, stamp
from sourcing.profiles import KINDS, PLATFORMS, Profile, Sighting, account_key, key_number, profile_of
from sourcing.rows import COUNTED
from sourcing.segments import CODED, FORMAT, REBUILD, Segment, damaged, faults_of, read_manifest
from sourcing.wordindex import WordIndex

__all__ = [
    "FORMAT", "KINDS", "PLATFORMS", "AudienceColumns", "Pool", "PoolInfo", "Profile", "Sighting", "account_key",
    "current_version", "key_number", "open_pool",
]  # fmt: skip
#: What CURRENT says while all of a pool is being taken away.
EMPTIED = "emptied"
_SHAPE = {"version": str, "profiles": int, "segments": list}


@dataclass(frozen=True)
class PoolInfo:
    """What `greenroom pool info` tells."""

    version: str
    profiles: int
    platforms: Mapping[str, int]
    known: Mapping[str, int]
    kinds: Mapping[str, str]
    bytes: int
    segments: int


def current_version(folder: Path) -> str | None:
    """The name of the version in use; None for a pool that was never filled, or was emptied."""
    try:
        version = (folder / "CURRENT").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The pool in {folder} cannot be read: {error}.", next_step=REBUILD) from None
    if version == EMPTIED:
        return None
    if not re.fullmatch(r"[0-9A-Za-z]+(-[0-9a-z]+)?", version):
        raise damaged(folder, "CURRENT names no version")
    return version


def open_pool(folder: Path) -> "Pool":
    """The current version, checked. Raises Refused for an empty pool and BadInput for a damaged one."""
    version = current_version(folder)
    while version is not None:
        try:
            return Pool(folder / "versions" / version)
        except BadInput:
            # Two imports may have ended since CURRENT was read; then what it named is gone.
            before, version = version, current_version(folder)
            if version == before:
                raise
    raise Refused("The pool is empty: there is nobody to rank.", next_step="greenroom pool import FILE... fills it.")


class Pool:
    """One version, read only. Arrays are memory-mapped where one segment holds all; profiles are parsed when asked for.

    `version` names the living content: the same profiles have the same version however they are cut.
    """

    def __init__(self, place: Path, *, stale_too: bool = False, only: range | None = None) -> None:
        """`only`: these of its segments; rows are numbered from the first of them on, what is said of the whole pool
        stays so. Raises BadInput where a file is missing or cut, or (unless `stale_too`) signals are of another
        program."""
        self.place = place
        self.manifest = read_manifest(place, _SHAPE)
        self.version = str(self.manifest["version"])
        folder, listed = place.parent.parent / "segments", self.manifest["segments"]
        self._only = range(len(listed)) if only is None else only
        self.segments = [Segment(folder / str(listed[number]["name"])) for number in self._only]
        #: The first row among those of all segments.
        self.first = sum(int(one["rows"]) for one in listed[: self._only.start])
        self._firsts = np.concatenate([[0], np.cumsum([len(segment) for segment in self.segments])]).astype(np.int64)
        for name, words in faults_of(place, self.manifest["files"], among=["dead.npy"]).items():
            raise damaged(place, f"{name} {words}")
        if not stale_too and (is_stale(self.manifest) or any(segment.stale for segment in self.segments)):
            raise BadInput(f"The pool in {place} was indexed by another version of this program.", next_step=REBUILD)
        self._numbers: dict[str, npt.NDArray[Any]] = {}
        self._parts: dict[int, list[Pool]] = {}

    def __len__(self) -> int:
        """Rows, dead ones too."""
        return int(self._firsts[-1])

    @property
    def profiles(self) -> int:
        """Living profiles, of the whole pool."""
        return int(self.manifest["profiles"])

    @cached_property
    def dead(self) -> npt.NDArray[np.int64]:
        """The rows that newer ones replaced, in order."""
        rows: npt.NDArray[np.int64] = np.load(self.place / "dead.npy", allow_pickle=False)
        first, last = np.searchsorted(rows, [self.first, self.first + len(self)])
        return rows[first:last] - self.first

    @cached_property
    def alive(self) -> npt.NDArray[np.bool_]:
        flags = np.ones(len(self), dtype=np.bool_)
        flags[self.dead] = False
        return flags

    @property
    def countries(self) -> list[str]:
        """Names by code; code 0 is unknown."""
        return self._names["country"]

    @property
    def languages(self) -> list[str]:
        return self._names["language"]

    @property
    def cities(self) -> list[str]:
        return self._names["city"]

    @property
    def categories(self) -> list[str]:
        return self._names["category"]

    @cached_property
    def index(self) -> WordIndex:
        """The word index over all segments; it never returns dead rows."""
        for segment in self.segments:
            segment.prove(segment.word_files())
        places = [(segment.place / "words", int(first)) for segment, first in self._placed()]
        return WordIndex(places, profiles=self.profiles, alive=self.alive if len(self.dead) else None)

    @cached_property
    def meaning(self) -> Meaning | None:
        """What the pool's words have to do with one another; None for a pool too small to learn it from."""
        if not self.manifest.get("meaning"):
            return None
        self._prove([name for name in self.manifest["files"] if name.startswith(f"{MEANING}/")])
        return read_meaning(self.place)

    @property
    def meaning_name(self) -> str:
        """Names what was learnt; "" where nothing was. Together with `version` it names all that ranks."""
        told = self.manifest.get("meaning")
        return str(told["sha256"])[:16] if told else ""

    @cached_property
    def norms(self) -> Norms:
        """What is normal in the pool, a number for each row."""
        if self.manifest.get(NORMS) == stamp():
            self._prove(files_of(self._names_of_segments))
            return read_norms(self.place, self._names_of_segments)
        rows = slice(self.first, self.first + len(self))
        whole = self if len(self._only) == len(self.manifest["segments"]) else Pool(self.place)
        return norms([segment.numbers for segment in whole.segments], whole.alive).of(rows)

    def vectors(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """What each of the rows is about, in the pool's meaning; nought without one."""
        if not self.manifest.get("meaning"):
            return np.zeros((len(rows), DIMENSIONS), np.int8)
        if len(self._about) == 1:
            return vectors_at(self._about[0], rows)
        found = np.empty((len(rows), DIMENSIONS), np.int8)
        place = np.searchsorted(self._firsts, rows, side="right") - 1
        for number in np.unique(place).tolist():
            here = place == number
            found[here] = vectors_at(self._about[number], rows[here] - self._firsts[number])
        return found

    @cached_property
    def _about(self) -> list[Vectors]:
        self._prove([about_file(name) for name in self._names_of_segments])
        return [vectors_of(self.place, segment) for segment in self.segments]

    @property
    def _names_of_segments(self) -> list[str]:
        return [segment.place.name for segment in self.segments]

    def _prove(self, names: list[str]) -> None:
        """Of the version's own files."""
        if not self.manifest["files"].keys() >= set(names):
            raise damaged(self.place, "its manifest is missing or broken")
        for name, words in faults_of(self.place, self.manifest["files"], among=names).items():
            raise damaged(self.place, f"{name} {words}")

    def numbers(self, column: str) -> npt.NDArray[Any]:
        """A column over all rows: platform, country, language, city, category (codes), followers (-1 where unknown),
        engagement (percent, NaN), has_text, key, content, known, ends, and every signal."""
        if column not in self._numbers:
            parts = [self._coded(segment, column) for segment in self.segments]
            self._numbers[column] = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return self._numbers[column]

    def parts(self, rows: int = PART) -> "list[Pool]":
        """The same pool in parts of as many segments as have so many rows together; a larger segment is one alone."""
        if len(self) <= rows:
            return [self]
        if rows not in self._parts:
            ranges = cut([len(segment) for segment in self.segments], rows, start=self._only.start)
            self._parts[rows] = [type(self)(self.place, only=only) for only in ranges]
        return self._parts[rows]

    def profile(self, row: int) -> Profile:
        segment, first = self._at(row)
        try:
            return profile_of(segment.record(row - first))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise damaged(segment.place, f"profile {row - first} cannot be read") from None

    def find(self, platform: str, handle: str) -> Profile | None:
        return next((profile for _, profile in self.profiles_of([account_key(platform, handle)])), None)

    def rows_of(self, keys: Iterable[str]) -> npt.NDArray[np.int64]:
        """The living rows of these account keys, in the pool's order; unknown keys are left out."""
        return np.array([row for row, _ in self.profiles_of(keys)], dtype=np.int64)

    def profiles_of(self, keys: Iterable[str]) -> Iterator[tuple[int, Profile]]:
        """The same rows, each with its profile, which has to be read anyway to know whose it is."""
        wanted = set(keys)
        numbers = np.array(sorted({key_number(key) for key in wanted}), dtype=np.uint64)
        found = [segment.rows_of(numbers) + first for segment, first in self._placed()]
        rows: npt.NDArray[np.int64] = np.concatenate([np.empty(0, np.int64), *found])
        for row in rows[self.alive[rows]].tolist():
            if (profile := self.profile(row)).key in wanted:
                yield row, profile

    def rows_holding(self, said: str) -> npt.NDArray[np.int64]:
        """The living rows that hold this text as it is, in any field; to be checked against the fields meant."""
        wanted = json.dumps(said, ensure_ascii=False)[1:-1].encode()
        found = [np.array(segment.rows_holding(wanted), np.int64) + first for segment, first in self._placed()]
        rows: npt.NDArray[np.int64] = np.concatenate([np.empty(0, np.int64), *found])
        return rows[self.alive[rows]]

    def over(self, now: datetime) -> npt.NDArray[np.bool_]:
        """Of every row, whether it is alive and its source lets it be kept no longer."""
        over: npt.NDArray[np.bool_] = self.numbers("ends") <= int(now.timestamp())
        return over & self.alive

    def info(self) -> PoolInfo:
        known = self.numbers("known")[self.alive]
        counts = np.bincount(self.numbers("platform")[self.alive], minlength=len(PLATFORMS) + 1)[1:]
        sizes = [entry["bytes"] for segment in self.segments for entry in segment.files.values()]
        return PoolInfo(
            self.version, self.profiles,
            {name: int(count) for name, count in sorted(zip(PLATFORMS, counts, strict=True)) if count},
            {name: int(np.count_nonzero(known & (1 << bit))) for bit, name in enumerate(COUNTED)},
            dict(KINDS), sum(sizes), len(self.segments),
        )  # fmt: skip

    def _placed(self) -> list[tuple[Segment, int]]:
        return [(segment, int(first)) for segment, first in zip(self.segments, self._firsts[:-1], strict=True)]

    def _at(self, row: int) -> tuple[Segment, int]:
        place = int(np.searchsorted(self._firsts, row, side="right")) - 1
        return self.segments[place], int(self._firsts[place])

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        return {column: self._union(column) for column in CODED}

    def _union(self, column: str) -> list[str]:
        """The names of all segments: their order is that of the words, so it is the same however the pool is cut."""
        return sorted({name for segment in self.segments for name in segment.names(column)})

    def _coded(self, segment: Segment, column: str) -> npt.NDArray[Any]:
        numbers = segment.numbers(column)
        if column in CODED and segment.names(column) != self._names[column]:
            return recoded(numbers, segment.names(column), self._names[column])
        return numbers

    @cached_property
    def audience(self) -> AudienceColumns:
        """What is known of the audiences, over all rows."""
        keys = self._union("audience")
        parts = [tuple(segment.numbers(f"audience_{name}") for name in ("starts", "codes", "shares"))
                 for segment in self.segments]  # fmt: skip
        codes = [recoded(part[1], segment.names("audience"), keys)
                 for segment, part in zip(self.segments, parts, strict=True)]  # fmt: skip
        counts = np.concatenate([np.diff(starts) for starts, _, _ in parts])
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return AudienceColumns(starts, np.concatenate(codes), np.concatenate([part[2] for part in parts]), keys)
