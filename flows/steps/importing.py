"""Profiles come into the pool, but nobody who was erased: the record knows them by keyed hashes alone.

Owns which of the two is asked for what.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.database import reading
from flows.wiring import Wiring
from outreach import suppression
from sourcing import service as sourcing
from sourcing.known import Exclusions

if TYPE_CHECKING:
    from sourcing.dates import Order
    from sourcing.importers import ImportReport
    from sourcing.presets.preset import Preset
    from sourcing.progress import Progress


def import_files(
    w: Wiring,
    files: Sequence[Path],
    *,
    platform: str | None = None,
    presets: "Mapping[Path, Preset] | None" = None,
    dates: "Order | None" = None,
    sheet: str | None = None,
    on_progress: "Progress | None" = None,
) -> "ImportReport":
    """Make the profiles of the files part of the pool. Raises as `sourcing.service.import_files`, and where the record
    cannot be asked who was erased."""
    return sourcing.import_files(
        w.settings.pool_folder,
        files,
        w.clock,
        platform=platform,
        on_progress=on_progress,
        erased=erased(w),
        presets=presets,
        dates=dates,
        sheet=sheet,
    )


def erased(w: Wiring) -> Exclusions:
    """Whose rows are left out."""
    if w.settings.uses_sqlite and not w.settings.record_file.exists():
        return Exclusions()  # a home without a record has erased nobody, and an import makes none
    with reading(w.engine) as session:
        found = suppression.erased_fingerprints(session, pepper=w.pepper)
    return Exclusions(fingerprints=found, fingerprints_of=partial(suppression.fingerprints_of, w.pepper))
