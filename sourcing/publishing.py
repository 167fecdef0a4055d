"""Bringing the current version of the pool to a store that several machines read.

Segments first, then the version, then CURRENT: who reads the store sees whole versions only. What is there already is
skipped, so whoever was stopped goes on where they were. Owns what is kept in the store: this version and the last one.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from core.errors import Refused
from sourcing.pool import Pool, open_pool
from sourcing.stores import Store, local_folder, store_at

#: Gets bytes done, bytes in all.
Told = Callable[[int, int], None]
Alone = Callable[[Path], AbstractContextManager[None]]


@dataclass(frozen=True)
class Published:
    """What was brought: `copied` of `files`, with their bytes; `swept` are folders of old versions taken away."""

    address: str
    version: str
    profiles: int
    files: int
    copied: int
    copied_bytes: int
    swept: int


def publish_pool(
    folder: Path, address: str, *, alone: Alone, again: bool = False, keep_previous: bool = True,
    on_step: Told | None = None,
) -> Published:  # fmt: skip
    """`again`: copy files too that are there with the right size; without `keep_previous` the version before goes at
    once, with all whom it still held. `alone` keeps imports out meanwhile.

    Raises Refused for an empty pool or the pool's own folder, and what the store raises.
    """
    local = local_folder(address)
    if local is not None and local.resolve() == folder.resolve():
        raise Refused(f"{address} is this pool's own folder.", next_step="Name another place.")
    open_pool(folder)
    with alone(folder):
        return _publish(open_pool(folder), store_at(address), (again, keep_previous), on_step or (lambda _, __: None))


def _publish(pool: Pool, store: Store, how: tuple[bool, bool], on_step: Told) -> Published:
    again, keep_previous = how
    wanted = _files(pool)
    sizes = {name: file.stat().st_size for name, file in wanted.items()}
    total, done, copied = sum(sizes.values()), 0, []
    before = (store.read("CURRENT") or b"").decode("ascii", "replace").strip()
    for name, file in wanted.items():
        if again or store.size(name) != sizes[name]:
            store.put(file, name)
            copied.append(name)
        done += sizes[name]
        on_step(done, total)
    version = pool.place.name
    store.write("CURRENT", f"{version}\n".encode())
    kept = {version, before} if keep_previous and before else {version}
    swept = 0 if before == version and keep_previous else _sweep(store, kept)
    return Published(store.address, version, pool.profiles, len(wanted), len(copied),
                     sum(sizes[name] for name in copied), swept)  # fmt: skip


def _files(pool: Pool) -> dict[str, Path]:
    """Every file by its name in the store; a folder's manifest comes after all that it names."""
    folders = [(f"segments/{segment.place.name}", segment.place, list(segment.files)) for segment in pool.segments]
    folders.append((f"versions/{pool.place.name}", pool.place, list(pool.manifest["files"])))
    return {f"{name}/{file}": place / file for name, place, files in folders for file in [*files, "manifest.json"]}


def _sweep(store: Store, kept: set[str]) -> int:
    """Take away what none of the kept versions holds. Where one of them cannot be read, nothing is."""
    held: set[str] = set()
    for version in kept:
        raw = store.read(f"versions/{version}/manifest.json")
        if raw is None:
            return 0
        held |= {str(one["name"]) for one in json.loads(raw)["segments"]}
    gone = [f"versions/{name}" for name in store.folders("versions") if name not in kept]
    gone += [f"segments/{name}" for name in store.folders("segments") if name not in held]
    for name in gone:
        store.remove(name)
    return len(gone)
