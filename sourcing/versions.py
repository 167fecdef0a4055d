"""Writing a version of the pool and making it the current one. Owns the files of a version and their durability."""

import json
import os
import shutil
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from core.errors import BadInput, Refused
from core.files import sha256_of, write_atomically
from sourcing.merging import COLUMNS
from sourcing.pool import FORMAT, KINDS, PLATFORMS, Pool, current_version
from sourcing.readers import parquet, text
from sourcing.wordindex import BLOCK, build_block, cut_blocks

# Rows of a Parquet file are held in memory by the group.
_GROUP_BYTES, _SMALLEST_GROUP = 16 * 1024 * 1024, 2_048
_TEXT_SIZE = (
    "length(handle) + coalesce(length(name), 0) + coalesce(length(bio), 0) + "
    "coalesce(length(array_to_string(hashtags, ' ')), 0) + coalesce(length(array_to_string(captions, ' ')), 0)"
)
_KNOWN = ("bio", "hashtags", "captions", "country", "language", "engagement_percent", "email", "last_seen")


def write_version(db: duckdb.DuckDBPyConnection, folder: Path, shop: Path, *, base: str | None) -> tuple[str, int]:
    """Write `merged` as a version below `shop`; returns its name and the number of profiles.

    Where nothing changed, `base` is the version that stays, and nothing is written.
    """
    if base is not None:
        return base, len(Pool(folder / "versions" / base))
    place = shop / "version"
    (place / "numbers").mkdir(parents=True)
    profiles = str(place / "profiles.parquet")
    db.execute(
        f"copy (select {COLUMNS} from merged order by platform, handle) to {text(profiles)} "
        f"(format parquet, compression zstd, row_group_size {_group_size(db)})"
    )
    db.execute(f"create view pool as select *, file_row_number as row from {parquet(profiles, rows=True)}")
    sizes = db.execute(f"select {_TEXT_SIZE} as v from pool order by row").fetchnumpy()["v"]
    starts = cut_blocks(np.ma.getdata(sizes).astype(np.int64))
    _write_records(db, place, starts)
    told = _numbers(db, place) | {"blocks": starts}
    for number, rows in enumerate(pairwise([*starts, len(sizes)])):
        build_block(db, "pool", rows, place / "words" / f"{number:05}")
    name = sha256_of(place / "records.jsonl")[:16]
    _write_manifest(place, told)
    return name, int(told["profiles"])


def publish(folder: Path, shop: Path, version: str, *, keep_others: bool) -> bool:
    """Move the built version to its place and flip CURRENT; True where another version is current now.

    `keep_others`: delete no version, because what they hold could not all be read.
    """
    built = shop / "version"
    if not built.exists():
        if _readable_name(folder) == version:
            return False
        write_atomically(folder / "CURRENT", version + "\n")
        return True
    previous = _readable_name(folder)
    target = folder / "versions" / version
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        target.rename(shop / "replaced")
    built.rename(target)
    _sync(target.parent)
    write_atomically(folder / "CURRENT", version + "\n")
    for old in () if keep_others else list(target.parent.iterdir()):
        if old.name not in (version, previous):
            shutil.rmtree(old, ignore_errors=True)
    return True


@dataclass(frozen=True)
class Base:
    """The version that an import adds to, None for an empty pool; `mended`: CURRENT did not name it."""

    version: str | None
    mended: bool = False


def sound_base(folder: Path) -> Base:
    """What the next version is built on, checked to the last byte.

    Where CURRENT names no version there is, the newest sound one is taken. A version that is there and damaged is not
    passed over: that would lose its profiles without a word. Raises Refused, which says what to do.
    """
    try:
        version = current_version(folder)
    except BadInput:
        version = ""
    if version and (folder / "versions" / version).is_dir():
        if fault := _fault_of(folder / "versions" / version):
            raise _unusable(folder, fault, [name for name in _others(folder) if name != version])
        return Base(version)
    others = _others(folder)
    if others:
        return Base(others[0], mended=True)
    if version is None:
        return Base(None)
    raise _unusable(folder, "CURRENT names no version that is there", [])


def remove_leftovers(folder: Path) -> None:
    """What imports left behind that were killed. Only for the holder of the import lock."""
    for left in folder.glob(".building-*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in folder.glob(".*.part"):
        left.unlink(missing_ok=True)


def _fault_of(place: Path) -> str:
    """What is wrong with a version, '' where every file is as it was written."""
    try:
        pool = Pool(place)
    except BadInput as error:
        return error.message
    told = pool.manifest["files"]
    for name in ("profiles.parquet", "records.jsonl"):
        if sha256_of(place / name) != told[name]["sha256"]:
            return f"{name} is not what was written"
    return ""


def _others(folder: Path) -> list[str]:
    """Sound versions, the newest first."""
    found = [place for place in (folder / "versions").glob("*") if (place / "manifest.json").is_file()]
    found.sort(key=lambda place: (place / "manifest.json").stat().st_mtime, reverse=True)
    return [place.name for place in found if not _fault_of(place)]


def _unusable(folder: Path, fault: str, sound: list[str]) -> Refused:
    back = f", or write {sound[0]} into {folder / 'CURRENT'} to go back to the version before it" if sound else ""
    return Refused(
        f"Nothing was imported, because the pool that is there cannot be read: {fault.rstrip('.')}.",
        next_step=f"Move {folder} away and import all files again{back}.",
    )


def _group_size(db: duckdb.DuckDBPyConnection) -> int:
    row = db.execute(f"select avg({_TEXT_SIZE}) from merged").fetchone()
    size = float(row[0] or 1) if row else 1.0
    return int(max(_SMALLEST_GROUP, min(BLOCK, _GROUP_BYTES / max(size, 1.0))))


def _readable_name(folder: Path) -> str | None:
    try:
        return current_version(folder)
    except BadInput:
        return None


def _write_records(db: duckdb.DuckDBPyConnection, place: Path, starts: list[int]) -> None:
    """In pieces: DuckDB keeps an ordered JSON file in memory until it is whole."""
    piece = place / "piece"
    with (place / "records.jsonl").open("wb") as out:
        for first, end in pairwise([*starts, 1 << 62]):
            db.execute(
                f"copy (select {COLUMNS} from pool where row >= {first} and row < {end} order by row) "
                f"to {text(str(piece))} (format json)"
            )
            with piece.open("rb") as written:
                shutil.copyfileobj(written, out, 1 << 20)
            piece.unlink()


def _numbers(db: duckdb.DuckDBPyConnection, place: Path) -> dict[str, Any]:
    names = {}
    for column in ("country", "language"):
        rows = db.execute(f"select distinct {column} from pool where {column} is not null order by 1").fetchall()
        names[column] = [""] + [str(row[0]) for row in rows]
    codes = {
        "platform": "list_position([" + ", ".join(text(p) for p in PLATFORMS) + "], platform)::utinyint",
        "country": f"(list_position({_list(names['country'])}, coalesce(country, '')) - 1)::usmallint",
        "language": f"(list_position({_list(names['language'])}, coalesce(language, '')) - 1)::usmallint",
        "followers": "followers",
        "engagement": "coalesce(engagement_percent, 'nan'::double)",
        "has_text": "coalesce(bio, '') <> '' or hashtags is not null or captions is not null",
        "key": "md5_number_lower(platform || ':' || handle)",
    }
    for column, expression in codes.items():
        values = db.execute(f"select {expression} as v from pool order by row").fetchnumpy()["v"]
        np.save(place / "numbers" / f"{column}.npy", np.ma.getdata(values))
    starts = _line_starts(place / "records.jsonl")
    np.save(place / "numbers" / "starts.npy", starts)
    known = db.execute("select " + ", ".join(f"count({column})" for column in _KNOWN) + " from pool").fetchone()
    platforms = dict(db.execute("select platform, count(*) from pool group by 1 order by 1").fetchall())
    return {
        "profiles": len(starts) - 1, "countries": names["country"], "languages": names["language"],
        "platforms": platforms, "known": dict(zip(_KNOWN, known or (), strict=True)),
    }  # fmt: skip


def _list(names: list[str]) -> str:
    return "[" + ", ".join(text(name) for name in names) + "]"


def _line_starts(path: Path) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Where each line begins, and where the last one ends. Read in pieces: the file may be larger than memory."""
    starts, done = [np.zeros(1, np.int64)], 0
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 24):
            starts.append(np.flatnonzero(np.frombuffer(chunk, np.uint8) == 10) + (done + 1))
            done += len(chunk)
    return np.concatenate(starts)


def _write_manifest(place: Path, told: dict[str, Any]) -> None:
    files = sorted(path for path in place.rglob("*") if path.is_file())
    listed = {str(path.relative_to(place)): {"bytes": path.stat().st_size, "sha256": sha256_of(path)} for path in files}
    manifest = {"format": FORMAT, **told, "kinds": KINDS, "files": listed}
    write_atomically(place / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False))
    for path in place.rglob("*"):
        _sync(path)
    _sync(place)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
