"""Damage: what of a version is whole, and making again what is not.

A segment holds its profiles twice, as Parquet and as lines; either gives the other and everything else. What neither
holds is not made up: then the pool is refused, with the way back.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from core.errors import BadInput, Refused
from sourcing.deriving import ALL_PARTS, NUMBER, RECORD, WORD, derive
from sourcing.indexing import BLOCK
from sourcing.meanings import Before, is_stale
from sourcing.norms import NORMS
from sourcing.pool import Pool, current_version
from sourcing.readers import text
from sourcing.rows import COLUMNS, ORDER, TYPES
from sourcing.sealing import seal
from sourcing.segments import RECORDS, SOURCE, Segment, faults_of, read_manifest, signals_stamp
from sourcing.versions import Told, compose, publish

_SHAPE: dict[str, type] = {"version": str, "profiles": int, "segments": list}


@dataclass(frozen=True)
class Finding:
    """One segment. `faults`: what is wrong, by file; `stale`: its signals are those of another program version."""

    segment: str
    rows: int
    faults: dict[str, str]
    stale: bool

    @property
    def lost(self) -> bool:
        """Neither form of its profiles is whole."""
        return SOURCE in self.faults and RECORDS in self.faults

    @property
    def whole(self) -> bool:
        return not self.faults and not self.stale


@dataclass(frozen=True)
class Examined:
    """A version, every byte of it looked at. `dead_fault`: what is wrong with its list of replaced rows, or '';
    `meaning_fault`: the same of what was learnt of its words, and of its norms."""

    name: str
    findings: tuple[Finding, ...]
    dead_fault: str = ""
    meaning_fault: str = ""
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return not self.dead_fault and not self.meaning_fault and all(finding.whole for finding in self.findings)

    @property
    def lines(self) -> list[str]:
        """What is wrong, one thing a line."""
        told = [
            f"segment {finding.segment}: {name} {words}"
            for finding in self.findings
            for name, words in finding.faults.items()
        ]
        told += [f"segment {f.segment}: its signals are of another version" for f in self.findings if f.stale]
        learnt = (
            "what is normal in it" if self.meaning_fault.startswith(f"{NORMS}/") else "what was learnt of its words"
        )
        told += [f"{learnt}: {self.meaning_fault}"] if self.meaning_fault else []
        return told + ([f"the list of replaced rows {self.dead_fault}"] if self.dead_fault else [])


def examine(folder: Path, name: str) -> Examined:
    """Look at every byte of a version. Raises BadInput where its own manifest is broken or of another format."""
    place = folder / "versions" / name
    manifest = read_manifest(place, _SHAPE)
    findings = tuple(_finding(folder / "segments", listed) for listed in manifest["segments"])
    faults = faults_of(place, manifest["files"])
    dead = faults.pop("dead.npy", "")
    learnt = next((f"{file} {words}" for file, words in faults.items()), "")
    if not learnt and is_stale(manifest):
        learnt = "was learnt by another version of this program"
    return Examined(name, findings, dead, learnt, manifest)


def _finding(segments: Path, listed: dict[str, Any]) -> Finding:
    """Where a segment's own manifest is broken, the version still knows the profiles' size and hash."""
    place = segments / str(listed["name"])
    twice = {name: listed[name] for name in (SOURCE, RECORDS)}
    try:
        manifest = read_manifest(place, {"rows": int, "signals": str, "names": dict})
    except BadInput:
        faults = {"manifest.json": "is missing or broken"} | faults_of(place, twice)
        return Finding(place.name, int(listed["rows"]), faults, stale=False)
    faults = faults_of(place, manifest["files"])
    return Finding(place.name, int(listed["rows"]), faults, stale=manifest["signals"] != signals_stamp())


def mend(db: duckdb.DuckDBPyConnection, folder: Path, shop: Path, found: Examined, *, on_step: Told) -> str:
    """Make again what is damaged or stale and switch to it; returns the version's name. Profiles stay as they are.

    Raises Refused where profiles are lost; then nothing was changed.
    """
    if lost := [finding for finding in found.findings if finding.lost]:
        raise _lost(folder, found, lost)
    total = sum(finding.rows for finding in found.findings if not finding.whole)
    segments, done = [], 0
    for finding in found.findings:
        place = folder / "segments" / finding.segment
        if finding.whole:
            segments.append(Segment(place))
            continue
        before = done
        segments.append(_again(db, place, shop, finding, lambda rows: on_step("indexing", before + rows, total)))  # noqa: B023
        done += finding.rows
    dead = _dead(folder / "versions" / found.name, found, segments)
    # What was learnt stays where it is whole: the same profiles are to be ranked the same.
    grown_from = Before(folder / "versions" / found.name, found.manifest)
    version, living = compose(shop, list(zip(segments, dead, strict=True)), before=grown_from)
    if living != found.manifest["profiles"] or not version.startswith(f"{found.manifest['version']}-"):
        raise Refused(
            "The pool was not rebuilt: what was made again is not what was there.", next_step=_way_back(folder, found)
        )
    publish(folder, shop, version, keep_others=True)
    return version


def _again(
    db: duckdb.DuckDBPyConnection, place: Path, shop: Path, finding: Finding, on_rows: Callable[[int], None]
) -> Segment:
    """The segment with everything whole that it had, and the rest made again."""
    new = shop / "segments" / "new"
    new.mkdir(parents=True)
    bare = "manifest.json" in finding.faults
    parts = _parts(finding, ALL_PARTS if bare else frozenset({NUMBER}) if finding.stale else frozenset())
    if SOURCE in finding.faults:
        shape = "{" + ", ".join(f"{name}: {text(kind)}" for name, kind in TYPES.items()) + "}"
        db.execute(
            f"copy (select {COLUMNS} from read_json({text(str(place / RECORDS))}, columns={shape}, "
            f"format='newline_delimited', maximum_object_size=67108864) order by {ORDER}) "
            f"to {text(str(new / SOURCE))} (format parquet, compression zstd, row_group_size {BLOCK // 2})"
        )
    else:
        os.link(place / SOURCE, new / SOURCE)
    names = derive(db, new, parts=parts, block_rows=BLOCK, on_rows=on_rows) if parts else {}
    kept = {} if bare else read_manifest(place, {})
    for name in kept.get("files", {}):
        part = RECORD if name == RECORDS else name.partition("/")[0]
        if name != SOURCE and part not in parts:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(place / name, new / name)
    stamp = signals_stamp() if NUMBER in parts else kept["signals"]
    told = {"rows": finding.rows, "signals": stamp, "names": names or kept["names"]}
    return Segment(seal(new, told))


def _parts(finding: Finding, parts: frozenset[str]) -> frozenset[str]:
    for name in finding.faults:
        if name == RECORDS:
            parts |= {RECORD}
        elif name.startswith("numbers/"):
            parts |= {NUMBER}
        elif name.startswith("words/"):
            parts |= {WORD}
    return parts


def _dead(place: Path, found: Examined, segments: list[Segment]) -> list[npt.NDArray[np.int64]]:
    """The dead rows of each segment. Where their list is damaged: a row is dead when a later segment has its key."""
    if found.dead_fault:
        keys = [np.asarray(segment.numbers("key")) for segment in segments]
        later = [np.concatenate([np.empty(0, np.uint64), *keys[number + 1 :]]) for number in range(len(keys))]
        return [np.flatnonzero(np.isin(mine, others)) for mine, others in zip(keys, later, strict=True)]
    rows = np.load(place / "dead.npy", allow_pickle=False)
    firsts = np.concatenate([[0], np.cumsum([len(segment) for segment in segments])])
    return [rows[(rows >= first) & (rows < last)] - first for first, last in pairwise(firsts)]


GUESSED = "CURRENT named no version of the pool; the newest one that is whole was taken"


@dataclass(frozen=True)
class Base:
    """The version that an import adds to, None for an empty pool.

    `mended`: what had to be made again before; `guessed`: CURRENT did not name it.
    """

    name: str | None
    pool: Pool | None
    mended: tuple[str, ...] = ()
    guessed: bool = False


def sound_base(db: duckdb.DuckDBPyConnection, folder: Path, shop: Path, *, on_step: Told) -> Base:
    """What the next version is built on, checked to the last byte and mended where that is possible.

    Where CURRENT names no version there is, the newest sound one is taken. A version that is there and has lost
    profiles is not passed over: that would lose them without a word. Raises Refused, which says what to do.
    """
    try:
        name = current_version(folder)
    except BadInput:
        name = ""
    if name and (folder / "versions" / name).is_dir():
        return _mended(db, folder, shop, name, on_step)
    others = _others(folder)
    if others:
        return Base(others[0], Pool(folder / "versions" / others[0]), (GUESSED,), guessed=True)
    if name is None:
        return Base(None, None)
    raise _unusable(folder, "CURRENT names no version that is there", [])


def _mended(db: duckdb.DuckDBPyConnection, folder: Path, shop: Path, name: str, on_step: Told) -> Base:
    try:
        found = examine(folder, name)
    except BadInput as error:
        raise _unusable(folder, error.message, [other for other in _others(folder) if other != name]) from None
    if found.whole:
        return Base(name, Pool(folder / "versions" / name))
    again = mend(db, folder, shop, found, on_step=on_step)
    return Base(again, Pool(folder / "versions" / again), tuple(found.lines))


def _others(folder: Path) -> list[str]:
    """Sound versions, the newest first."""
    places = [place for place in (folder / "versions").glob("*") if (place / "manifest.json").is_file()]
    places.sort(key=lambda place: (place / "manifest.json").stat().st_mtime_ns, reverse=True)
    return [place.name for place in places if _is_sound(folder, place.name)]


def _is_sound(folder: Path, name: str) -> bool:
    try:
        return examine(folder, name).whole
    except BadInput:
        return False


def _lost(folder: Path, found: Examined, lost: list[Finding]) -> Refused:
    what = f"both forms of the profiles of segment {lost[0].segment} are damaged"
    return _unusable(folder, what, [other for other in _others(folder) if other != found.name])


def _way_back(folder: Path, found: Examined) -> str:
    return _unusable(folder, "", [other for other in _others(folder) if other != found.name]).next_step


def _unusable(folder: Path, fault: str, sound: list[str]) -> Refused:
    back = f", or write {sound[0]} into {folder / 'CURRENT'} to go back to the version before it" if sound else ""
    return Refused(
        f"Nothing was changed, because the pool that is there cannot be read: {fault.rstrip('.')}.",
        next_step=f"Move {folder} away and import all files again{back}.",
    )
