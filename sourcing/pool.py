"""The pool on disk: immutable versions in a folder, one of them CURRENT. Reading profiles back, by place or by handle.

    pool/CURRENT                     name of the version in use, replaced atomically
    pool/versions/<content hash>/    manifest.json, profiles.parquet (for the next import), records.jsonl (one profile a
                                     line, sorted by platform and handle), numbers/*.npy, words/<block>/*
Knows nothing of how a version is made (importers) or ranked (longlist).
"""

import hashlib
import json
import mmap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import BadInput, Refused
from core.files import sha256_of

FORMAT = 1
PLATFORMS = ("instagram", "tiktok", "youtube")
_SHAPE = {"profiles": int, "countries": list, "languages": list, "blocks": list, "files": dict, "known": dict,
          "platforms": dict, "kinds": dict}  # fmt: skip
_FILES = {"profiles.parquet", "records.jsonl"}
IMPORT_AGAIN = "Move the pool folder away. Import the files again: greenroom pool import FILE..."

# How each value came to be known; measured = counted by the platform, reported = written by the creator.
KINDS = {
    "followers": "measured", "engagement_percent": "measured", "verified": "measured", "handle": "reported",
    "name": "reported", "bio": "reported", "hashtags": "reported", "captions": "reported", "email": "reported",
    "url": "reported", "country": "estimated", "language": "estimated",
}  # fmt: skip


@dataclass(frozen=True)
class Profile:
    """One account as last seen. `engagement_percent` 4.1 means 4.1 %; None is unknown; times are ISO 8601 in UTC."""

    platform: str
    handle: str
    name: str | None
    bio: str | None
    hashtags: tuple[str, ...]
    captions: tuple[str, ...]
    country: str | None
    language: str | None
    followers: int
    engagement_percent: float | None
    verified: bool | None
    email: str | None
    url: str | None
    last_seen: str | None
    fetched_at: str
    source: str

    @property
    def key(self) -> str:
        return account_key(self.platform, self.handle)


@dataclass(frozen=True)
class PoolInfo:
    """What `greenroom pool info` tells."""

    version: str
    profiles: int
    platforms: Mapping[str, int]
    known: Mapping[str, int]
    kinds: Mapping[str, str]
    bytes: int


def account_key(platform: str, handle: str) -> str:
    return f"{platform}:{handle}"


def key_number(key: str) -> int:
    """64 bits of the key's md5, as DuckDB's md5_number_lower gives them; only a way to find a row, never trusted."""
    return int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest()[8:], "little")


def current_version(folder: Path) -> str | None:
    """The name of the version in use; None for a pool that was never filled."""
    try:
        version = (folder / "CURRENT").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The pool in {folder} cannot be read: {error}.", next_step=IMPORT_AGAIN) from None
    if not version.isalnum():
        raise _damaged(folder, "CURRENT names no version")
    return version


def open_pool(folder: Path) -> "Pool":
    """The current version, checked. Raises Refused for an empty pool and BadInput for a damaged one."""
    version = current_version(folder)
    if version is None:
        raise Refused(
            "The pool is empty: there is nobody to rank.", next_step="greenroom pool import FILE... fills it."
        )
    return Pool(folder / "versions" / version)


class Pool:
    """One version, read only. Arrays are memory-mapped; a profile is parsed when asked for."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.version = place.name
        self.manifest = _read_manifest(place)
        self._verify()

    def __len__(self) -> int:
        return int(self.manifest["profiles"])

    @property
    def countries(self) -> list[str]:
        """Names by code; code 0 is unknown."""
        return list(self.manifest["countries"])

    @property
    def languages(self) -> list[str]:
        return list(self.manifest["languages"])

    @property
    def blocks(self) -> list[int]:
        """The first profile of each block of the word index."""
        return list(self.manifest["blocks"])

    def numbers(self, column: str) -> npt.NDArray[Any]:
        """A column: platform, country, language (codes), followers, engagement (percent, NaN), has_text, key."""
        file = self.place / "numbers" / f"{column}.npy"
        array: npt.NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
        return array

    def profile(self, row: int) -> Profile:
        start, end = int(self._starts[row]), int(self._starts[row + 1])
        try:
            record = json.loads(self._records[start:end])
            for field in ("hashtags", "captions"):
                record[field] = tuple(record[field] or ())
            for field in ("last_seen", "fetched_at"):
                record[field] = record[field] and record[field].replace(" ", "T") + "Z"
            return Profile(**record)
        except (ValueError, TypeError, KeyError):
            raise _damaged(self.place, f"profile {row} cannot be read") from None

    def find(self, platform: str, handle: str) -> Profile | None:
        rows = self.rows_of([account_key(platform, handle)])
        return self.profile(int(rows[0])) if len(rows) else None

    def rows_of(self, keys: Iterable[str]) -> npt.NDArray[np.int64]:
        """The rows of these account keys, in the pool's order; unknown keys are left out."""
        wanted = {key_number(key): key for key in keys}
        if not wanted:
            return np.empty(0, dtype=np.int64)
        rows = np.flatnonzero(np.isin(self.numbers("key"), np.fromiter(wanted, dtype=np.uint64, count=len(wanted))))
        numbers = self.numbers("key")
        return np.array([r for r in rows if self.profile(int(r)).key == wanted[int(numbers[r])]], dtype=np.int64)

    def info(self) -> PoolInfo:
        told = self.manifest
        size = sum(entry["bytes"] for entry in told["files"].values())
        return PoolInfo(self.version, len(self), told["platforms"], told["known"], told["kinds"], size)

    def rows_holding(self, said: str) -> npt.NDArray[np.int64]:
        """The rows that hold this text as it is, in any field; to be checked against the fields that are meant."""
        wanted, rows = json.dumps(said, ensure_ascii=False)[1:-1].encode(), []
        place = self._records.find(wanted) if len(self) else -1
        while place >= 0:
            rows.append(int(np.searchsorted(self._starts, place, side="right")) - 1)
            place = self._records.find(wanted, int(self._starts[rows[-1] + 1]))
        return np.array(rows, dtype=np.int64)

    @cached_property
    def _starts(self) -> npt.NDArray[Any]:
        return self.numbers("starts")

    @cached_property
    def _records(self) -> mmap.mmap:
        with (self.place / "records.jsonl").open("rb") as stream:
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    def _verify(self) -> None:
        """Sizes of all files; hashes of the small ones that ranking reads. Profiles prove themselves when parsed."""
        for name, entry in self.manifest["files"].items():
            file = self.place / name
            if not file.is_file() or file.stat().st_size != entry["bytes"]:
                raise _damaged(self.place, f"{name} is missing or cut")
            if name.startswith(("numbers/", "words/")) and sha256_of(file) != entry["sha256"]:
                raise _damaged(self.place, f"{name} is not what was written")


def _read_manifest(place: Path) -> dict[str, Any]:
    try:
        manifest = dict(json.loads((place / "manifest.json").read_bytes()))
        known = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged(place, "its manifest is missing or broken") from None
    if known != FORMAT:
        raise BadInput(
            f"The pool {place.name} has format {known}; this program reads format {FORMAT}.", next_step=IMPORT_AGAIN
        )
    if not all(isinstance(manifest.get(key), kind) for key, kind in _SHAPE.items()):
        raise _damaged(place, "its manifest is missing or broken")
    if not all(isinstance(entry, dict) and {"bytes", "sha256"} <= set(entry) for entry in manifest["files"].values()):
        raise _damaged(place, "its manifest is missing or broken")
    if not set(manifest["files"]) >= _FILES:
        raise _damaged(place, "its manifest is missing or broken")
    return manifest


def _damaged(place: Path, what: str) -> BadInput:
    return BadInput(f"The pool in {place} is damaged: {what}.", next_step=IMPORT_AGAIN)
