"""Import: files of profiles into a new version of the pool, all or nothing.

Owns the order of the steps: stage, read, check, merge, write, switch. A new version is built in a hidden folder and
becomes current in one rename; whatever happens before that leaves the old pool as it was.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.clock import Clock
from core.errors import BadInput
from sourcing.accounts import mend_odd_handles, says_platform
from sourcing.cleaning import engagement_factor, leave_out_minors, prepare, take, type_rows
from sourcing.columns import Mapping as Columns
from sourcing.columns import no_platform
from sourcing.compaction import Policy
from sourcing.dates import Order, settle_dates
from sourcing.forgetting import without
from sourcing.formats import MOST_REJECTS_KEPT, Reject, Staged, stage
from sourcing.handles import check_platform
from sourcing.known import Exclusions
from sourcing.merging import LINES_PER_FILE, Merged, merge
from sourcing.presets.applying import recipe_for
from sourcing.presets.preset import Preset
from sourcing.progress import Phases, Progress, watched
from sourcing.readers import Opened, unreadable
from sourcing.refusals import RATES, lost_notes, rejects_of, take_refused, write_rejects
from sourcing.repair import Base, sound_base
from sourcing.returning import leave_out
from sourcing.unpacked import shown_name
from sourcing.versions import publish, write_version
from sourcing.workshop import says_full, workshop

MOST_MENDED_TOLD = 5
_MINORS = "{:,} {} that they are under eighteen: left out, and nothing of them is kept"
_WERE_IN = "{:,} of the minors had been in the pool before; nothing of them is left in it."
_MIXED = "handles that mix letters of two alphabets, as those do that pose as somebody else: {}"
# Shares of the time that a file takes; it is read twice, first as text, then as statements tell how far they are.
_UNPACKING, _TAKING, _CHECKING = 0.2, 0.45, 0.35


class NothingUsable(BadInput):
    """The files can be read, and nobody in them may or can go in."""


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
    minors: int = 0


@dataclass(frozen=True)
class ImportReport:
    """The whole import. new + updated + unchanged + older + duplicates + erased = rows that passed the checks."""

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
    policy: Policy | None = None,
    erased: Exclusions | None = None,
    presets: Mapping[Path, Preset] | None = None,
    dates: Order | None = None,
    sheet: str | None = None,
) -> ImportReport:
    """Read the files in order and make them part of the pool in `folder`.

    `platform` is for rows that name none; `presets` say how single files are read; `dates` how 03/04/2026 is meant,
    whatever a preset says; `sheet` which one of a workbook is read; `policy` when segments are merged; `erased` whose
    rows are left out, as they asked to be forgotten. Raises BadInput (a file cannot be used), Refused (another import
    runs) or TransientError (the disk is full); then nothing was changed, but that minors whom the files show are out.
    """
    if not files:
        raise BadInput("No file was given.", next_step="greenroom pool import FILE...")
    check_platform(platform)
    with workshop(folder) as (shop, db):
        run = _Run(
            folder, shop, db, clock.now().astimezone(UTC), platform, Phases(on_progress), policy or Policy(),
            erased or Exclusions(), presets or {}, dates, sheet,
        )  # fmt: skip
        return run.all(files)


@dataclass
class _Run:
    folder: Path
    shop: Path
    db: duckdb.DuckDBPyConnection
    now: datetime
    platform: str | None
    phases: Phases
    policy: Policy
    erased: Exclusions
    presets: Mapping[Path, Preset]
    dates: Order | None
    sheet: str | None
    rows: int = 0
    size: int = 0
    minors: set[tuple[str, str]] = field(default_factory=set)
    told: dict[int, frozenset[str]] = field(default_factory=dict)

    def all(self, files: Sequence[Path]) -> ImportReport:
        total = self.size = max(sum(map(_size, files)), 1)
        prepare(self.db)
        rejects: list[Reject] = []
        reports, done = [], 0
        for number, file in enumerate(files, start=1):
            part = (done / total, _size(file) / total)
            reports.append(self._one(file, number, part, rejects))
            done += _size(file)
        base = sound_base(self.db, self.folder, self.shop, on_step=lambda _, n, all_: self._at("comparing", n / all_))
        # Whatever becomes of the rest, and whenever it is stopped: nobody stays in who is known to be under age.
        base, were_in = without(self.db, self.folder, self.shop, base, self.minors)
        gone = [_WERE_IN.format(were_in)] if were_in else []
        if self.rows == 0 and any(report.rejected for report in reports):
            rejects_file = write_rejects(self.folder, rejects)
            raise NothingUsable(
                " ".join([_nothing_good(reports, rejects), *gone]),
                next_step=f"Mend the rows or the column names; why, line by line: {rejects_file}",
            )
        with watched(self.db, lambda share: self._at("comparing", share)):
            merged = leave_out(self.db, merge(self.db, base.pool, told=self.told), self.erased)
        name, profiles = self._version(base, merged)
        # Before the switch: what fails after it could no longer say that nothing was imported.
        rejects_file = write_rejects(self.folder, rejects)
        changed = publish(self.folder, self.shop, name, keep_others=base.guessed) or bool(gone)
        self.phases.done(profiles)
        rejected = sum(report.rejected for report in reports)
        notes = [f"Mended before the import: {what}." for what in base.mended[:MOST_MENDED_TOLD]]
        notes += gone
        if len(rejects) >= MOST_REJECTS_KEPT:
            notes.append(f"{rejects_file} lists the first {MOST_REJECTS_KEPT:,} rows and values that did not go in.")
        return ImportReport(
            name.partition("-")[0], profiles, tuple(reports), merged, rejected, tuple(rejects), rejects_file, changed,
            tuple(notes),
        )  # fmt: skip

    def _version(self, base: Base, merged: Merged) -> tuple[str, int]:
        """(name, profiles) of what is current from now on: the base itself where the files say nothing new."""
        if base.pool is None and not merged.changes:
            raise NothingUsable("Everybody in these files asked to be forgotten or is a minor, so nothing went in.",
                                next_step="Import a file with other people.")  # fmt: skip
        if base.pool is not None and not merged.changes:
            return base.pool.place.name, base.pool.profiles
        incoming = merged.new + merged.updated
        return write_version(
            self.db, self.shop, base.pool, incoming=incoming, policy=self.policy,
            on_step=lambda phase, done, all_: self.phases.at(phase, done / max(all_, 1), done),
        )  # fmt: skip

    def _at(self, phase: str, share: float) -> None:
        size = int(self.size * share) if phase == "reading" else 0
        self.phases.at(phase, share, self.rows, size=size)

    def _one(self, file: Path, number: int, part: tuple[float, float], rejects: list[Reject]) -> FileReport:
        """`part`: where the file begins and how long it is, as shares of all files."""
        db, (start, length) = self.db, part
        inbox = self.shop / f"file-{number}"
        inbox.mkdir()
        size = max(_size(file), 1)
        staged = stage(
            file,
            inbox,
            on_bytes=lambda count: self._at("reading", start + length * _UNPACKING * count / size),
            sheet=self.sheet,
        )
        shown, first = shown_name(file), number * LINES_PER_FILE
        try:
            mapping, notes = self._read(file, staged, number, lambda share: self._at("reading", start + length * share))
        except duckdb.Error as error:
            if isinstance(error, duckdb.OutOfMemoryException) or says_full(error):
                raise
            raise unreadable(error, shown, staged) from None
        finally:
            shutil.rmtree(inbox)
        minors, accounts = leave_out_minors(db, first)
        self.minors |= accounts
        good, bad = _count(db, number)
        if minors:
            notes.append(_MINORS.format(minors, "person says" if minors == 1 else "people say"))
        if not good and not bad and not minors and not staged.rejected_lines:
            raise BadInput(f"{shown} has a header but no rows.", next_step="Export it again.")
        rejects += rejects_of(db, shown, staged, (mapping, first))[: MOST_REJECTS_KEPT - len(rejects)]
        notes += lost_notes(db, mapping, first)
        db.execute("delete from typed where reason is not null")
        self.rows += good
        self._at("reading", start + length)
        return FileReport(
            shown, staged.said, good, bad + staged.rejected_lines, mapping.fields, mapping.ignored,
            mapping.sensitive, tuple(notes), minors,
        )  # fmt: skip

    def _read(
        self, file: Path, staged: Staged, number: int, tell: Callable[[float], None]
    ) -> tuple[Columns, list[str]]:
        db = self.db
        opened = Opened(shown_name(file), staged)
        shown = shown_name(Path(file.name))
        recipe = recipe_for(self.presets.get(file), opened, db, shown=shown, platform=self.platform)
        mapping, fields = recipe.mapping, recipe.fields
        with watched(db, lambda share: tell(_UNPACKING + _TAKING * share)):
            take(db, recipe.relation(), fields)
        if not recipe.platform and "platform" not in fields and not says_platform(db):
            raise no_platform(opened.columns(db), shown_name(file))
        notes = settle_dates(db, mapping, order=self.dates or recipe.dates)
        factor, note = (recipe.factor, "") if recipe.factor else engagement_factor(db, mapping)
        first = number * LINES_PER_FILE
        with watched(db, lambda share: tell(_UNPACKING + _TAKING + _CHECKING * share)):
            type_rows(
                db, fields, first_seq=first, platform=recipe.platform, factor=factor, origin=recipe.origin,
                now=self.now,
            )  # fmt: skip
        if staged.format == "csv":
            take_refused(db, shown_name(file), staged)
        mixed = mend_odd_handles(db, first)
        if recipe.per_row > 1:
            db.execute(f"update typed set line = line // {recipe.per_row} where seq >= {first}")
        self.told[first] = _told(frozenset(fields))
        return mapping, [*notes, *([note] if note else []), *([_MIXED.format(mixed)] if mixed else [])]


def _count(db: duckdb.DuckDBPyConnection, number: int) -> tuple[int, int]:
    first = number * LINES_PER_FILE
    row = db.execute(
        f"select count(*) filter (reason is null), count(*) filter (reason is not null) from typed where seq >= {first}"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _told(fields: frozenset[str]) -> frozenset[str]:
    """The fields of a profile that the file has a column for."""
    rates = {"engagement_percent"} if set(RATES) & fields else set()
    kinds = {"account_type"} if "is_business" in fields else set()
    return fields | rates | kinds


def _nothing_good(reports: list[FileReport], rejects: list[Reject]) -> str:
    total = sum(report.rejected for report in reports)
    first = rejects[0]
    words = f"{first.column} {first.reason}".strip()
    none = "The only row cannot be used:" if total == 1 else f"None of {total:,} rows can be used; the first,"
    return f"{none} {first.file} {first.place}: {words}."


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
