"""One segment of the pool, read only: a folder that never changes, named by the content of its manifest.

    segments/<hash>/manifest.json    rows, names behind the codes, what the signals were, size and sha256 of every file
    segments/<hash>/profiles.parquet, records.jsonl (one profile a line), numbers/*.npy, words/*
Owns what of a segment is whole. Rows are numbered from 0 here; which of them still count is the version's business.
"""

import hashlib
import json
import mmap
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from core.files import sha256_of
from sourcing.rows import COUNTED, ENDS
from sourcing.signals import SIGNALS

FORMAT = 2
#: Columns whose numbers are codes of names; code 0 is unknown.
CODED = ("country", "language", "city", "category")
SOURCE, RECORDS = "profiles.parquet", "records.jsonl"
IMPORT_AGAIN = "Move the pool folder away. Import the files again: greenroom pool import FILE..."
REBUILD = "greenroom pool rebuild"
_WORTH_THREADS = 4 * 1024 * 1024
_Asked = TypeVar("_Asked")
_SHAPE = {"rows": int, "signals": str, "names": dict, "files": dict}


@cache
def signals_stamp() -> str:
    """Names the definitions behind the numbers, of the signals above all: numbers made by others are stale."""
    told = json.dumps([COUNTED, ENDS, *([signal.name, signal.sql, signal.dtype] for signal in SIGNALS)])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def damaged(place: Path, what: str) -> BadInput:
    return BadInput(f"The pool in {place} is damaged: {what}.", next_step=REBUILD)


def read_manifest(place: Path, shape: dict[str, type]) -> dict[str, Any]:
    """The manifest of a segment or a version. Raises BadInput where it is broken or of another format."""
    try:
        raw = (place / "manifest.json").read_bytes()
        manifest = dict(json.loads(raw))
        known = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise damaged(place, "its manifest is missing or broken") from None
    if known != FORMAT:
        raise BadInput(
            f"The pool {place.name} has format {known}; this program reads format {FORMAT}.", next_step=IMPORT_AGAIN
        )
    sealed = hashlib.sha256(raw).hexdigest()
    files = manifest.get("files")
    if (
        not all(isinstance(manifest.get(key), kind) for key, kind in shape.items())
        or not isinstance(files, dict)
        or not all(isinstance(entry, dict) and {"bytes", "sha256"} <= set(entry) for entry in files.values())
        or not sealed.startswith(place.name.rpartition("-")[2])
    ):
        raise damaged(place, "its manifest is missing or broken")
    return manifest


def faults_of(place: Path, files: dict[str, dict[str, Any]], *, among: Iterable[str] | None = None) -> dict[str, str]:
    """What is wrong with these files of a folder, by name; every byte is looked at, with all cores."""

    def fault(name: str) -> str:
        file = place / name
        if not file.is_file() or file.stat().st_size != files[name]["bytes"]:
            return "is missing or cut"
        return "" if sha256_of(file) == files[name]["sha256"] else "is not what was written"

    names = list(files if among is None else among)
    found = on_all_cores(fault, names, size=sum(int(files[name]["bytes"]) for name in names))
    return {name: words for name, words in zip(names, found, strict=True) if words}


def on_all_cores(ask: Callable[[_Asked], str], of: Sequence[_Asked], *, size: int) -> list[str]:
    """The answers in order. `size`: bytes to be read for all of them; where it is little, threads cost more."""
    if size < _WORTH_THREADS:
        return list(map(ask, of))
    with ThreadPoolExecutor() as pool:
        return list(pool.map(ask, of))


class Segment:
    """Raises BadInput for a file that is missing or cut at once, for one that was changed when it is first read."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.manifest = read_manifest(place, _SHAPE)
        self._proven: set[str] = set()
        for name, entry in self.files.items():
            file = place / name
            if not file.is_file() or file.stat().st_size != entry["bytes"]:
                raise damaged(place, f"{name} is missing or cut")

    def __len__(self) -> int:
        return int(self.manifest["rows"])

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        return dict(self.manifest["files"])

    @property
    def stale(self) -> bool:
        """Whether its signals were made by other definitions than this program's."""
        return bool(self.manifest["signals"] != signals_stamp())

    def names(self, column: str) -> list[str]:
        return list(self.manifest["names"].get(column, [""]))

    def numbers(self, column: str) -> npt.NDArray[Any]:
        """A column as it was written: codes are this segment's own."""
        name = f"numbers/{column}.npy"
        self.prove([name])
        # As a plain array: numpy's own for mapped files is slow to take single rows from.
        array: npt.NDArray[Any] = np.load(self.place / name, mmap_mode="r", allow_pickle=False).view(np.ndarray)
        return array

    def prove(self, names: Iterable[str]) -> None:
        """Raise BadInput unless these files are what was written; each is hashed once."""
        unproven = [name for name in names if name not in self._proven]
        if any(name not in self.files for name in unproven):
            raise damaged(self.place, "its manifest is missing or broken")
        for name, words in faults_of(self.place, self.files, among=unproven).items():
            raise damaged(self.place, f"{name} {words}")
        self._proven.update(unproven)

    def word_files(self) -> list[str]:
        return [name for name in self.files if name.startswith("words/")]

    def record(self, row: int) -> dict[str, Any]:
        """The fields of a row that are known. Raises ValueError where the line is no JSON object."""
        found = json.loads(self._records[int(self._starts[row]) : int(self._starts[row + 1])])
        if not isinstance(found, dict):
            raise ValueError("no object")
        return found

    def rows_holding(self, said: bytes) -> list[int]:
        """The rows whose line holds these bytes."""
        rows: list[int] = []
        place = self._records.find(said) if len(self) else -1
        while place >= 0:
            rows.append(int(np.searchsorted(self._starts, place, side="right")) - 1)
            place = self._records.find(said, int(self._starts[rows[-1] + 1]))
        return rows

    def rows_of(self, numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The rows whose key number is among these; rows are sorted by it."""
        keys = self.numbers("key")
        first, last = (np.searchsorted(keys, numbers, side=side) for side in ("left", "right"))
        return np.array([row for a, b in zip(first, last, strict=True) for row in range(a, b)], dtype=np.int64)

    @cached_property
    def _starts(self) -> npt.NDArray[Any]:
        return self.numbers("starts")

    @cached_property
    def _records(self) -> mmap.mmap:
        with (self.place / RECORDS).open("rb") as stream:
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
