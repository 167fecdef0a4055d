"""Shards of a pool in a store: some segments of one version, ready to be asked on whatever machine this is.

A folder that all machines see is read in place. From another store, what a shard needs is copied once into a folder of
this machine: of the version its manifest, replaced rows, meaning, and vectors and norms of the shard's own rows; of its
segments everything. Owns that copy and how large it grows. Ranks nothing.
"""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from core.errors import BadInput, Refused
from sourcing.cutting import cut
from sourcing.meanings import MEANING, about_file
from sourcing.norms import NORMS, Norms, files_of, stamp
from sourcing.pool import Pool, current_version
from sourcing.segments import read_manifest
from sourcing.stores import Store, check_name, digest, fetch, local_folder, shown, store_at

#: What was used so lately may be in use; it is not dropped however much there is.
_IN_USE_SECONDS = 3_600
_REBUILD = "Run: greenroom pool rebuild, then greenroom pool publish."


@dataclass(frozen=True)
class Cache:
    """A folder of this machine for copies, and how many bytes of them it keeps when nobody uses them."""

    folder: Path
    most_bytes: int


@dataclass(frozen=True)
class Shard:
    """Some segments of a version in a store: all that is sent to whoever is to answer for it."""

    address: str
    version: str
    segments: range

    def open(self, cache: Cache) -> Pool:
        """Raises BadInput, TransientError or PermanentError where it cannot be had."""
        folder = local_folder(self.address)
        if folder is not None:
            return Slice(folder / "versions" / self.version, only=self.segments)
        copies = _Copies(store_at(self.address), Cache(cache.folder / digest(self.address), cache.most_bytes))
        return Slice(copies.of(self), only=self.segments)


def shards_of(address: str, cache: Cache, *, rows: Callable[[int], int]) -> tuple[Pool, list[Shard]]:
    """The current version in the store, without any of its profiles, and its shards: of at most as many rows each (one
    segment at least) as `rows` says for a pool of so many. Raises Refused where no pool was published there."""
    version = _current(address)
    whole = Shard(address, version, range(0)).open(cache)
    _check_norms(whole)
    sizes = [int(one["rows"]) for one in whole.manifest["segments"]]
    parts = cut(sizes, rows(sum(sizes)))
    if not parts:
        raise Refused(
            "The pool is empty: there is nobody to rank.", next_step="greenroom pool import FILE... fills it."
        )
    return whole, [Shard(address, version, part) for part in parts]


class Slice(Pool):
    """Some segments of a version of which no more than that is here."""

    @cached_property
    def norms(self) -> Norms:
        _check_norms(self)
        return super().norms


def _check_norms(pool: Pool) -> None:
    """From some of its rows what is normal in a pool cannot be worked out."""
    if pool.manifest.get(NORMS) != stamp():
        raise BadInput(
            f"What is normal in the pool {pool.place.name} was worked out by another version of this program.",
            next_step=_REBUILD,
        )


def _current(address: str) -> str:
    folder = local_folder(address)
    version = current_version(folder) if folder is not None else _named(store_at(address).read("CURRENT"))
    if version is None:
        place = shown(address)
        raise Refused(f"There is no pool in {place}.", next_step=f"Bring it there: greenroom pool publish {place}")
    return version


def _named(raw: bytes | None) -> str | None:
    return None if raw is None else check_name(raw.decode("ascii", "replace").strip())


class _Copies:
    """What of a store lies in a folder of this machine; several processes may copy into it at once."""

    def __init__(self, store: Store, cache: Cache) -> None:
        self._store, self._cache, self._folder = store, cache, cache.folder

    def of(self, shard: Shard) -> Path:
        """See to it that the shard is here; returns the version's folder."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = self._folder / "versions" / check_name(shard.version)
        self._manifest(f"versions/{shard.version}", place)
        manifest = read_manifest(place, {"files": dict, "segments": list})
        segments = [check_name(str(manifest["segments"][number]["name"])) for number in shard.segments]
        wanted = {"dead.npy", *map(about_file, segments), *files_of(segments)}
        for name, entry in manifest["files"].items():
            if (name in wanted or name.startswith(f"{MEANING}/")) and not _is_whole(place / check_name(name), entry):
                fetch(self._store, f"versions/{shard.version}/{name}", place / name, entry)
        for name in segments:
            self._segment(name)
        used = [place, *(self._folder / "segments" / name for name in segments)]
        for one in used:
            os.utime(one)
        self._make_room(keep=set(used))
        return place

    def _manifest(self, name: str, place: Path) -> None:
        if (place / "manifest.json").is_file():
            return
        raw = self._store.read(f"{name}/manifest.json")
        if raw is None:
            raise BadInput(
                f"The store {self._store.address} no longer holds this version of the pool.",
                next_step="Another one was published meanwhile. Run the same command again.",
            )
        if not hashlib.sha256(raw).hexdigest().startswith(place.name.rpartition("-")[2]):
            raise BadInput(
                f"{name} in the store {self._store.address} is not what was written.",
                next_step=f"Publish the pool again: greenroom pool publish {self._store.address} --again",
            )
        place.mkdir(parents=True, exist_ok=True)
        draft = place / f".{os.getpid()}.{secrets.token_hex(4)}.part"
        draft.write_bytes(raw)
        draft.replace(place / "manifest.json")

    def _segment(self, name: str) -> None:
        """A segment appears whole: built beside its place and moved there. Who comes second throws theirs away."""
        target = self._folder / "segments" / name
        if target.exists():
            return
        draft = self._folder / "copying" / f"{os.getpid()}.{secrets.token_hex(4)}" / name
        try:
            self._manifest(f"segments/{name}", draft)
            for file, entry in read_manifest(draft, {"files": dict})["files"].items():
                fetch(self._store, f"segments/{name}/{check_name(file)}", draft / file, entry)
            target.parent.mkdir(exist_ok=True)
            try:
                draft.rename(target)
            except OSError:
                if not target.exists():
                    raise
        finally:
            shutil.rmtree(draft.parent, ignore_errors=True)

    def _make_room(self, keep: set[Path]) -> None:
        """Drop what was not used for longest until the rest has its size; what is in use stays."""
        places = [place for kind in ("segments", "versions", "copying") for place in _folders(self._folder / kind)]
        sizes = {place: sum(_size(path) for path in place.rglob("*")) for place in places}
        held, now = sum(sizes.values()), time.time()
        for used, place in sorted((_used(place), place) for place in places if place not in keep):
            if held <= self._cache.most_bytes or now - used < _IN_USE_SECONDS:
                return
            shutil.rmtree(place, ignore_errors=True)
            held -= sizes[place]


def _is_whole(file: Path, entry: dict[str, int]) -> bool:
    return file.is_file() and file.stat().st_size == entry["bytes"]


def _folders(place: Path) -> Iterator[Path]:
    return (path for path in place.iterdir() if path.is_dir()) if place.is_dir() else iter(())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _used(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except FileNotFoundError:
        return 0.0
