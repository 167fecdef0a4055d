"""Writing a version of the pool and making it the current one. Owns the files of a version and their durability."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from core.errors import BadInput
from core.files import sha256_of, write_atomically
from sourcing.merging import COLUMNS
from sourcing.pool import FORMAT, KINDS, PLATFORMS, Pool, current_version
from sourcing.readers import text
from sourcing.wordindex import BLOCK, build_block

_PIECE = 16_384
_KNOWN = ("bio", "hashtags", "captions", "country", "language", "engagement_percent", "email", "last_seen")


def write_version(db: duckdb.DuckDBPyConnection, folder: Path, shop: Path, *, base: str | None) -> tuple[str, int]:
    """Write `merged` as a version below `shop`; returns its name and the number of profiles.

    Where nothing changed, `base` is the version that stays, and nothing is written.
    """
    if base is not None:
        return base, len(Pool(folder / "versions" / base))
    place = shop / "version"
    (place / "numbers").mkdir(parents=True)
    parquet = text(str(place / "profiles.parquet"))
    db.execute(
        f"copy (select {COLUMNS} from merged order by platform, handle) to {parquet} "
        f"(format parquet, compression zstd, row_group_size {BLOCK})"
    )
    db.execute(
        f"create view pool as select *, file_row_number as row from read_parquet({parquet}, file_row_number=true)"
    )
    _write_records(db, place)
    told = _numbers(db, place)
    for number in range((told["profiles"] + BLOCK - 1) // BLOCK):
        build_block(db, "pool", number, place / "words" / f"{number:05}")
    name = sha256_of(place / "records.jsonl")[:16]
    _write_manifest(place, told)
    return name, int(told["profiles"])


def publish(folder: Path, shop: Path, version: str) -> bool:
    """Move the built version to its place and flip CURRENT; True where another version is current now."""
    built = shop / "version"
    if not built.exists():
        return False
    previous = _readable_name(folder)
    target = folder / "versions" / version
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        target.rename(shop / "replaced")
    built.rename(target)
    _sync(target.parent)
    write_atomically(folder / "CURRENT", version + "\n")
    for old in target.parent.iterdir():
        if old.name not in (version, previous):
            shutil.rmtree(old, ignore_errors=True)
    return True


def sound_version(folder: Path) -> str | None:
    """The current version if all of it is as it was written; None for no pool and for a damaged one."""
    try:
        version = current_version(folder)
        if version is None:
            return None
        pool = Pool(folder / "versions" / version)
        told = pool.manifest["files"]["profiles.parquet"]["sha256"]
        return version if sha256_of(pool.place / "profiles.parquet") == told else None
    except BadInput:
        return None


def remove_leftovers(folder: Path) -> None:
    """What imports left behind that were killed. Only for the holder of the import lock."""
    for left in folder.glob(".building-*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in folder.glob(".*.part"):
        left.unlink(missing_ok=True)


def _readable_name(folder: Path) -> str | None:
    try:
        return current_version(folder)
    except BadInput:
        return None


def _write_records(db: duckdb.DuckDBPyConnection, place: Path) -> None:
    """In pieces: DuckDB keeps an ordered JSON file in memory until it is whole."""
    row = db.execute("select count(*) from pool").fetchone()
    piece = place / "piece"
    with (place / "records.jsonl").open("wb") as out:
        for first in range(0, int(row[0]) if row else 0, _PIECE):
            db.execute(
                f"copy (select {COLUMNS} from pool where row >= {first} and row < {first + _PIECE} order by row) "
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
