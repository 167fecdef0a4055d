"""Import: files of profiles into a new version of the pool, all or nothing.

Owns the order of the steps: stage, read, check, merge, write, switch. A new version is built in a hidden folder and
becomes current in one rename; whatever happens before that leaves the old pool as it was.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.clock import Clock
from core.errors import BadInput, Refused, TransientError
from sourcing.cleaning import engagement_factor, mend_odd_handles, prepare, type_rows
from sourcing.columns import Mapping, map_columns
from sourcing.formats import MOST_REJECTS_KEPT, Reject, Staged, stage
from sourcing.merging import LINES_PER_FILE, Merged, merge
from sourcing.pool import PLATFORMS
from sourcing.readers import Opened
from sourcing.refusals import RATES, lost_notes, rejects_of, take_refused, write_rejects
from sourcing.repair import sound_base
from sourcing.unpacked import shown_name
from sourcing.versions import publish, remove_leftovers, write_version

Progress = Callable[[int, int, int], None]
MEMORY_LIMIT = "512MB"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("No space left", "File too large", "disk quota", "max_temp_directory_size")


@dataclass(frozen=True)
class FileReport:
    """What happened to one file: rows that were read, and what its columns were taken for."""

    file: str
    format: str
    read: int
    rejected: int
    columns: dict[str, str]
    ignored: tuple[str, ...]
    never_read: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ImportReport:
    """The whole import. new + updated + unchanged + older + duplicates = rows that passed the checks."""

    version: str
    profiles: int
    files: tuple[FileReport, ...]
    merged: Merged
    rejected: int
    rejects: tuple[Reject, ...]
    rejects_file: Path | None
    changed: bool
    notes: tuple[str, ...] = ()


def import_profiles(
    folder: Path,
    files: Sequence[Path],
    *,
    clock: Clock,
    platform: str | None = None,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Read the files in order and make them part of the pool in `folder`.

    `platform` is for rows that name none. `on_progress` gets (bytes done, bytes in all, rows so far). Raises BadInput
    (a file cannot be used; nothing was changed) or Refused (another import runs, or the disk is full).
    """
    if not files:
        raise BadInput("No file was given.", next_step="greenroom pool import FILE...")
    if platform is not None and platform not in PLATFORMS:
        raise BadInput(f"{platform!r} is no platform.", next_step=f"Use one of {', '.join(PLATFORMS)}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder), _workshop(folder) as shop:
            run = _Run(folder, shop, clock.now().astimezone(UTC), platform, on_progress or (lambda *_: None))
            return run.all(files)
    except OSError as error:
        if error.errno in _FULL:
            raise _disk_full(folder) from None
        raise Refused(f"The pool in {folder} cannot be written: {error.strerror or error}.") from None
    except duckdb.OutOfMemoryException as error:
        if _says_full(error):
            raise _disk_full(folder) from None
        raise Refused(
            f"The import needs more than the {MEMORY_LIMIT} it may use; the pool is as it was.",
            next_step="Take the longest column (captions, most often) out of the file and import it again.",
        ) from None
    except duckdb.Error as error:
        if _says_full(error):
            raise _disk_full(folder) from None
        raise


@dataclass
class _Run:
    folder: Path
    shop: Path
    now: datetime
    platform: str | None
    on_progress: Progress
    rows: int = 0
    told: dict[int, frozenset[str]] = field(default_factory=dict)

    def all(self, files: Sequence[Path]) -> ImportReport:
        total = sum(map(_size, files))
        db = _connect(self.shop)
        try:
            prepare(db)
            rejects: list[Reject] = []
            reports, done = [], 0
            for number, file in enumerate(files, start=1):
                report = self._one(db, file, (number, done, total), rejects)
                reports.append(report)
                done += _size(file)
            base = sound_base(db, self.folder, self.shop, on_step=lambda *_: None)
            if self.rows == 0 and any(report.rejected for report in reports):
                rejects_file = write_rejects(self.folder, rejects)
                raise BadInput(
                    _nothing_good(reports, rejects),
                    next_step=f"Mend the rows or the column names; why, line by line: {rejects_file}",
                )
            merged = merge(db, base.pool, told=self.told)
            if base.pool is not None and not merged.changes:
                name, profiles = base.pool.place.name, base.pool.profiles
            else:
                name, profiles = write_version(
                    db, self.shop, base.pool, incoming=merged.new + merged.updated, on_step=lambda *_: None
                )
        finally:
            db.close()
        # Before the switch: what fails after it could no longer say that nothing was imported.
        rejects_file = write_rejects(self.folder, rejects)
        changed = publish(self.folder, self.shop, name, keep_others=base.guessed)
        rejected = sum(report.rejected for report in reports)
        notes = list(base.notes)
        if len(rejects) >= MOST_REJECTS_KEPT:
            notes.append(f"{rejects_file} lists the first {MOST_REJECTS_KEPT:,} rows and values that did not go in.")
        return ImportReport(
            name.partition("-")[0],
            profiles,
            tuple(reports),
            merged,
            rejected,
            tuple(rejects),
            rejects_file,
            changed,
            tuple(notes),
        )

    def _one(
        self, db: duckdb.DuckDBPyConnection, file: Path, place: tuple[int, int, int], rejects: list[Reject]
    ) -> FileReport:
        number, done, total = place
        inbox = self.shop / f"file-{number}"
        inbox.mkdir()
        staged = stage(file, inbox, on_bytes=lambda count: self.on_progress(done + count // 2, total, self.rows))
        shown, first = shown_name(file), number * LINES_PER_FILE
        try:
            mapping, notes = self._read(db, file, staged, number)
        except duckdb.Error as error:
            if isinstance(error, duckdb.OutOfMemoryException) or _says_full(error):
                raise
            words = _first_line(error).replace(str(staged.path), shown)
            raise BadInput(f"{shown} cannot be read as {staged.format}: {words}") from None
        finally:
            shutil.rmtree(inbox)
        good, bad = _count(db, number)
        if not good and not bad and not staged.rejected_lines:
            raise BadInput(f"{shown} has a header but no rows.", next_step="Export it again.")
        rejects += rejects_of(db, shown, staged, (mapping, first))[: MOST_REJECTS_KEPT - len(rejects)]
        notes += lost_notes(db, mapping, first)
        db.execute("delete from typed where reason is not null")
        self.rows += good
        self.on_progress(done + _size(file), total, self.rows)
        return FileReport(
            shown, staged.format, good, bad + staged.rejected_lines, mapping.fields, mapping.ignored,
            mapping.sensitive, tuple(notes),
        )  # fmt: skip

    def _read(
        self, db: duckdb.DuckDBPyConnection, file: Path, staged: Staged, number: int
    ) -> tuple[Mapping, list[str]]:
        opened = Opened(shown_name(file), staged)
        mapping = map_columns(opened.columns(db), file=shown_name(file), platform=self.platform)
        factor, note = engagement_factor(db, opened.relation(mapping), mapping)
        first = number * LINES_PER_FILE
        type_rows(
            db, opened.relation(mapping), first_seq=first, platform=self.platform, factor=factor,
            source=shown_name(Path(file.name)), now=self.now,
        )  # fmt: skip
        if staged.format == "csv":
            take_refused(db, shown_name(file), staged)
        mend_odd_handles(db)
        self.told[first] = _told(mapping)
        return mapping, [note] if note else []


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One import at a time; the lock goes when the process does, however it ends."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"Another import into {folder} is running.", next_step="Wait for it to end.") from None
        yield


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A hidden folder to build in. Those of dead imports are removed first: holding the lock, none is alive."""
    remove_leftovers(folder)
    shop = folder / f".building-{os.getpid()}"
    shop.mkdir()
    try:
        yield shop
    finally:
        shutil.rmtree(shop, ignore_errors=True)


def _connect(shop: Path) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect(
        ":memory:",
        config={"memory_limit": MEMORY_LIMIT, "threads": 2, "temp_directory": str(shop / "spill")},
    )
    db.execute("set enable_progress_bar = false")
    return db


def _count(db: duckdb.DuckDBPyConnection, number: int) -> tuple[int, int]:
    first = number * LINES_PER_FILE
    row = db.execute(
        f"select count(*) filter (reason is null), count(*) filter (reason is not null) from typed where seq >= {first}"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _told(mapping: Mapping) -> frozenset[str]:
    """The fields of a profile that the file has a column for."""
    rates = {"engagement_percent"} if set(RATES) & set(mapping.fields) else set()
    return frozenset(mapping.fields) | rates


def _nothing_good(reports: list[FileReport], rejects: list[Reject]) -> str:
    total = sum(report.rejected for report in reports)
    first = rejects[0]
    words = f"{first.column} {first.reason}".strip()
    return f"None of {total} rows can be used; the first, {first.file} {first.place}: {words}."


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _says_full(error: Exception) -> bool:
    return any(words in str(error) for words in _FULL_WORDS)


def _disk_full(folder: Path) -> TransientError:
    return TransientError(
        f"The disk that holds {folder} is full: nothing was imported, the pool is as it was.",
        next_step="Free some space and import again.",
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300]
