"""Folders that never change: a manifest that names every file by size and hash, and a name made of that manifest.

Owns how such a folder gets to disk and to its place. A folder of that name that is already there is the same one; what
of it is damaged is replaced file by file, under the eyes of readers.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from core.files import sha256_of, write_atomically
from sourcing.segments import FORMAT, faults_of, on_all_cores

_MANIFEST = "manifest.json"


def seal(place: Path, told: dict[str, Any], *, prefix: str = "", digits: int = 16) -> Path:
    """Write the manifest of a finished folder, put all on disk, and give the folder its name. Returns where it is."""
    sizes = {path: path.stat().st_size for path in sorted(place.rglob("*")) if path.is_file()}
    hashes = on_all_cores(sha256_of, list(sizes), size=sum(sizes.values()))
    listed = {
        str(path.relative_to(place)): {"bytes": size, "sha256": digest}
        for (path, size), digest in zip(sizes.items(), hashes, strict=True)
    }
    manifest = json.dumps({"format": FORMAT, **told, "files": listed}, indent=1, ensure_ascii=False)
    write_atomically(place / _MANIFEST, manifest)
    for path in place.rglob("*"):
        sync(path)
    sync(place)
    named = place.with_name(prefix + hashlib.sha256(manifest.encode()).hexdigest()[:digits])
    place.rename(named)
    return named


def install(place: Path, folder: Path) -> None:
    """Move a sealed folder into `folder`, or mend with it the one of the same name that is there."""
    folder.mkdir(exist_ok=True)
    target = folder / place.name
    if not target.exists():
        place.rename(target)
        sync(folder)
        return
    manifest = (place / _MANIFEST).read_bytes()
    files = json.loads(manifest)["files"]
    for name in faults_of(target, files):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).replace(target / name)
        sync((target / name).parent)
    if not (target / _MANIFEST).is_file() or (target / _MANIFEST).read_bytes() != manifest:
        write_atomically(target / _MANIFEST, manifest)


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
