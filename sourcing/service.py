"""The public face of sourcing: import, tell about the pool, make a longlist, rank briefs, look one profile up.

A pure function of the pool folder and its arguments: no database, nothing recorded. DuckDB is loaded by imports only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.campaign import Campaign
from core.clock import Clock
from core.errors import WrongUsage
from core.platforms import account_said
from sourcing.handles import normal_handle
from sourcing.known import Exclusions, Known
from sourcing.longlist import Longlist, make_longlist
from sourcing.pool import PoolInfo, Profile, open_pool
from sourcing.ranking import Ranked, load_briefs
from sourcing.ranking import rank as rank_briefs

if TYPE_CHECKING:
    from sourcing.dates import Order
    from sourcing.importers import ImportReport
    from sourcing.presets.preset import Preset
    from sourcing.progress import Progress
    from sourcing.publishing import Published
    from sourcing.terms import Ended, Terms
    from sourcing.upkeep import Checked, Rebuilt


def import_files(
    folder: Path, files: Sequence[Path], clock: Clock, *, platform: str | None = None,
    on_progress: "Progress | None" = None, erased: Exclusions | None = None,
    presets: "Mapping[Path, Preset] | None" = None, dates: "Order | None" = None, sheet: str | None = None,
) -> "ImportReport":  # fmt: skip
    """Make the profiles of the files part of the pool, but of those who were `erased`; `presets` read single files,
    `dates` says how 03/04/2026 is meant and `sheet` which one of a workbook is read.

    Raises BadInput or Refused; then the pool is as it was.
    """
    from sourcing.importers import import_profiles  # DuckDB takes time to load and nothing else here needs it

    return import_profiles(
        folder,
        files,
        clock=clock,
        platform=platform,
        on_progress=on_progress,
        erased=erased,
        presets=presets,
        dates=dates,
        sheet=sheet,
    )


def pool_info(folder: Path) -> PoolInfo:
    return open_pool(folder).info()


def pool_terms(folder: Path, clock: Clock) -> "Terms":
    """How fresh the profiles are, from whom, and until when they may be kept."""
    from sourcing.terms import terms_of

    return terms_of(folder, clock.now())


def check_pool(folder: Path) -> "Checked":
    """Whether every byte of the pool is as it was written."""
    from sourcing.upkeep import check_pool as check

    return check(folder)


def rebuild_pool(folder: Path, *, on_progress: "Progress | None" = None) -> "Rebuilt":
    """Make again what of the pool is damaged or stale. Raises Refused where profiles are lost."""
    from sourcing.upkeep import rebuild_pool as rebuild

    return rebuild(folder, on_progress=on_progress)


def forget(folder: Path, accounts: Sequence[tuple[str, str]]) -> int:
    """Take these accounts (platform, handle) out of the pool; returns how many it had."""
    from sourcing.forgetting import forget as take_out

    return take_out(folder, accounts)


def whose_term_is_over(folder: Path, now: datetime) -> "list[Ended]":
    """The profiles that may be kept no longer, as their sources say."""
    from sourcing.terms import ended

    return ended(folder, now)


def drop_ended(folder: Path, accounts: Sequence[tuple[str, str]], now: datetime) -> int:
    """Take those of these accounts out whose term is over by then; returns how many. The pool may be empty after it."""
    from sourcing.forgetting import forget as take_out

    return take_out(folder, accounts, over=now)


def source(folder: Path, campaign: Campaign, known: Known | None = None, *, limit: int | None = None) -> Longlist:
    """The longlist of a campaign and its bench. Raises Refused where the pool is empty."""
    if limit is not None and not 1 <= limit <= 100_000:
        raise WrongUsage(f"A longlist of {limit} is not possible.", next_step="Use 1 to 100000.")
    return make_longlist(open_pool(folder), campaign, known=known, size=limit)


def publish(
    folder: Path, address: str, *, again: bool = False, keep_previous: bool = True,
    on_step: "Callable[[int, int], None] | None" = None,
) -> "Published":  # fmt: skip
    """Bring the current version to a store for workers on other machines (docs/scale.md)."""
    from sourcing.publishing import publish_pool
    from sourcing.workshop import alone

    return publish_pool(folder, address, alone=alone, again=again, keep_previous=keep_previous, on_step=on_step)


def rank(folder: Path, briefs: Path, clock: Clock, *, limit: int = 300) -> Iterator[Ranked]:
    """The best `limit` accounts for each brief of the file, as rows (brief id, rank, username)."""
    if limit < 1:
        raise WrongUsage("--limit must be at least 1.")
    checked = load_briefs(briefs)
    return rank_briefs(open_pool(folder), checked, limit=limit, now=clock.now())


def profiles_called(folder: Path, who: str) -> list[Profile]:
    """The profiles of the pool with that mail address, or of that account (`platform:handle`)."""
    pool = open_pool(folder)
    platform, handle = account_said(who)
    if platform:
        found = pool.find(platform, normal_handle(handle, platform))
        return [found] if found else []
    wanted = who.strip().casefold()
    rows = {int(row) for said in {who.strip(), wanted} for row in pool.rows_holding(said)} if "@" in wanted else set()
    return [one for one in map(pool.profile, sorted(rows)) if (one.email or "").casefold() == wanted]


def profile(folder: Path, platform: str, handle: str) -> Profile | None:
    """What the pool holds of one account; None where it does not know it."""
    return open_pool(folder).find(platform, normal_handle(handle, platform))
