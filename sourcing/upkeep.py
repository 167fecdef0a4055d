"""Looking after a pool: what of it is whole, and making again what is not. The work behind `greenroom pool check` and
`greenroom pool rebuild`."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import Refused
from sourcing.pool import current_version
from sourcing.progress import Phases, Progress
from sourcing.repair import examine, sound_base
from sourcing.versions import publish
from sourcing.workshop import workshop

_EMPTY = "The pool is empty: there is nothing to look at."
_FILL = "greenroom pool import FILE... fills it."


@dataclass(frozen=True)
class Checked:
    """`faults` is empty where every byte is as it was written."""

    version: str
    profiles: int
    segments: int
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Rebuilt:
    """`mended` says what was made again; empty where all was whole."""

    version: str
    profiles: int
    mended: tuple[str, ...]


def check_pool(folder: Path) -> Checked:
    """Look at every byte of the version in use. Raises Refused for an empty pool, BadInput where its list is broken."""
    found = examine(folder, _named(folder))
    return Checked(
        str(found.manifest["version"]), int(found.manifest["profiles"]), len(found.findings), tuple(found.lines)
    )


def rebuild_pool(folder: Path, *, on_progress: Progress | None = None) -> Rebuilt:
    """Make again what is damaged or stale; profiles stay as they are.

    Raises Refused where profiles are lost, with the way back; then nothing was changed.
    """
    if not (folder / "versions").is_dir():
        raise Refused(_EMPTY, next_step=_FILL)
    phases = Phases(on_progress)
    with workshop(folder) as (shop, db):
        base = sound_base(
            db, folder, shop, on_step=lambda phase, done, total: phases.at(phase, done / max(total, 1), done)
        )
        if base.name is None or base.pool is None:
            raise Refused(_EMPTY, next_step=_FILL)
        if base.guessed:
            publish(folder, shop, base.name, keep_others=True)
        phases.done(base.pool.profiles)
        return Rebuilt(base.pool.version, base.pool.profiles, base.mended)


def _named(folder: Path) -> str:
    version = current_version(folder) if folder.is_dir() else None
    if version is None:
        raise Refused(_EMPTY, next_step=_FILL)
    return version
