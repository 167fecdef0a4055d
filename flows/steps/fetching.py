"""Profiles from platforms into the pool: fetch by words or names, refresh what runs out, tell where each source stands.

Every step may be killed and run again: what was answered lies on disk, what the pool has is not fetched twice, and an
order that was begun is gone on with. Owns which room is asked for what.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from core.database import reading, unit_of_work
from core.errors import BadInput, Refused, WrongUsage
from core.models.candidates import Candidate
from core.models.creators import Account
from core.stages import ROAD, Stage
from flows.profile_sources import KNOWN, missing_settings, source_named
from flows.steps import importing
from flows.wiring import Wiring
from sourcing.fetching import runs
from sourcing.fetching.asking import Order, Source
from sourcing.fetching.pages import Run, alone_with, begin_run, open_run
from sourcing.fetching.quotas import Ledger, Short, Standing, forget_old
from sourcing.fetching.running import Ended, Tell, Worker
from sourcing.fetching.wire import Wire
from sourcing.profiles import account_key

if TYPE_CHECKING:
    from sourcing.importers import ImportReport, NothingUsable

_IN_A_CONTRACT = frozenset(ROAD[ROAD.index(Stage.AGREED) : ROAD.index(Stage.CLOSED)])
_IN_TALKS = frozenset(ROAD[ROAD.index(Stage.APPROVED) : ROAD.index(Stage.AGREED)])


@dataclass(frozen=True)
class Imported:
    """What became of the rows in the pool, in the words of an import, over all portions of a run."""

    new: int
    updated: int
    unchanged: int
    older: int
    duplicates: int
    erased: int
    minors: int
    rejected: int
    rejects_file: Path | None
    profiles: int
    version: str


@dataclass(frozen=True)
class Fetched:
    """The account of one run. `profiles` and `pages` are those of the whole run, `new_pages` of this time."""

    run: str
    source: str
    title: str
    status: str
    why: str
    until: datetime | None
    next_step: str
    resumed: bool
    pages: int
    new_pages: int
    profiles: int
    left_out: Mapping[str, int]
    missing: tuple[str, ...]
    standing: tuple[Standing, ...]
    imported: Imported | None = None
    unusable: str = ""


@dataclass(frozen=True)
class SourceState:
    """What there is of a source: which settings it lacks, how its quotas stand, and whether it asked for a pause."""

    name: str
    what: str
    how: str
    missing: tuple[str, ...]
    standing: tuple[Standing, ...] = ()
    paused: Short | None = None


def fetch(
    w: Wiring, order: Order, *, actor: str, tell: Tell | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:  # fmt: skip
    """Carry an order out, or go on with it where it was begun, and put what came into the pool.

    Raises Refused or WrongUsage before anything is asked; what goes wrong later is told in the account.
    """
    source = _source(w, order.source)
    begin = source.begin(order)
    _tidy(w)
    with alone_with(w.settings.fetched_folder / order.digest[:16]):
        with unit_of_work(w.engine) as session:
            known = runs.unfinished(session, w.clock, order)
            found = known or runs.start(session, w.clock, order, actor=actor)
        folder = w.settings.fetched_folder / found.id
        opened = open_run(folder) if known is not None else None
        run = opened or begin_run(folder, order, begin)
        return _carry_out(w, source, run, actor=actor, tell=tell, sleep=sleep, resumed=opened is not None)


def refresh(
    w: Wiring, name: str, *, within_days: int, limit: int, actor: str, tell: Tell | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched | None:  # fmt: skip
    """Look up again what of a source runs out within so many days: who is under contract first, then who is talked to,
    queued, longlisted, and the rest. None where nothing runs out."""
    from sourcing.fetching.due import due_soon  # DuckDB takes time to load

    source = _source(w, name)
    platform = KNOWN[name].refreshes
    if not platform:
        raise WrongUsage(f"{source.title} is not looked up again by itself: it costs money, or asks the creator.",
                         next_step=f"When you want it: greenroom pool fetch {name}")  # fmt: skip
    _tidy(w)
    with reading(w.engine) as session:
        begun = runs.unfinished_refresh(session, w.clock, name)
        useful = usefulness(session)
    if begun is not None and (run := open_run(w.settings.fetched_folder / begun.id)) is not None:
        order = run.order
    else:
        due = due_soon(w.settings.pool_folder, source=source, platform=platform, now=w.clock.now(),
                       within_days=within_days, useful=useful, limit=limit)  # fmt: skip
        if not due:
            return None
        order = Order(name, accounts=tuple(one.wanted for one in due), limit=len(due), refresh=True)
    return fetch(w, order, actor=actor, tell=tell, sleep=sleep)


def go_on(w: Wiring, *, actor: str, sleep: Callable[[float], None] = time.sleep) -> list[Fetched]:
    """Go on with what waits for a quota that there is again, or was killed, of sources that cost nothing. Raises
    BadInput for a damaged run once the others are done: none of them waits for somebody to mend it."""
    with reading(w.engine) as session:
        waiting = runs.waiting(session, w.clock, sources=refreshable(w))
    done, damaged = [], []
    for name in waiting:
        try:
            run = open_run(w.settings.fetched_folder / name)
            if run is not None:
                done.append(fetch(w, run.order, actor=actor, sleep=sleep))
        except BadInput as error:
            damaged.append(error)
        except Refused:
            continue  # another process is at it
    if damaged:
        raise damaged[0]
    return done


def refreshable(w: Wiring) -> list[str]:
    """The sources that look up again by themselves and have what they need."""
    return [name for name, one in KNOWN.items() if one.refreshes and not missing_settings(w.settings, name)]


def usefulness(session: Session) -> dict[str, int]:
    """A rank for every account that is or was a candidate, the lowest for those that are needed most."""
    query = select(Account.platform, Account.handle, Candidate.stage).join(Account)
    ranks: dict[str, int] = {}
    for platform, handle, stage in session.exec(query):
        key = account_key(platform, handle)
        ranks[key] = min(ranks.get(key, 9), _rank(Stage(stage)))
    return ranks


def states(w: Wiring) -> list[SourceState]:
    """Where each source stands. Asks nobody."""
    return [_state(w, name) for name in KNOWN]


def _state(w: Wiring, name: str) -> SourceState:
    known, missing = KNOWN[name], tuple(missing_settings(w.settings, name))
    if missing:
        return SourceState(name, known.what, known.how, missing)
    ledger = _ledger(w, _source(w, name))
    return SourceState(name, known.what, known.how, (), tuple(ledger.standing()), ledger.paused())


def _rank(stage: Stage) -> int:
    if stage in _IN_A_CONTRACT:
        return 0
    if stage in _IN_TALKS:
        return 1
    return {Stage.QUEUED: 2, Stage.HELD: 3, Stage.LONGLISTED: 3}.get(stage, 4)


def _carry_out(
    w: Wiring, source: Source, run: Run, *, actor: str, tell: Tell | None,
    sleep: Callable[[float], None], resumed: bool,
) -> Fetched:  # fmt: skip
    before, ledger = run.pages, _ledger(w, source)
    reports: list[ImportReport | NothingUsable] = []
    with Wire(source, sleep=sleep) as wire:
        worker = Worker(source, wire, ledger, w.clock, tell or _nobody)
        if run.order.refresh:
            from sourcing.fetching.due import said_before

            worker.said_before = said_before(w.settings.pool_folder, source)
        ended = Ended("full")
        while ended.status == "full":
            ended = worker.carry_out(run)
            reports += _into_the_pool(w, run)
    with unit_of_work(w.engine) as session:
        counts = {"left_out": sum(run.left_out.values()), "missing": list(run.missing)}
        runs.note(session, w.clock, run, ended, actor=actor, counts=counts)
    account = _account(run, source, ended, ledger, before, resumed=resumed)
    if ended.status == "done":
        # Only now: a tag of what the pool never got would one day confirm what is no longer so.
        for request, tag in run.tags.items():
            ledger.keep_tag(request, tag)
        run.remove()
    unusable = "; ".join(one.message.rstrip(".") for one in reports if isinstance(one, BadInput))
    return replace(account, imported=_summed(reports), unusable=unusable)


def _into_the_pool(w: Wiring, run: Run) -> "list[ImportReport | NothingUsable]":
    from sourcing.importers import NothingUsable  # DuckDB takes time to load

    found: list[ImportReport | NothingUsable] = []
    if run.rows:
        try:
            found.append(importing.import_files(w, run.import_files()))
        except NothingUsable as error:
            found.append(error)  # of these rows nothing will ever go in; what is still to be asked may
    run.imported()
    return found


def _summed(found: "list[ImportReport | NothingUsable]") -> Imported | None:
    reports = [one for one in found if not isinstance(one, BadInput)]
    if not reports:
        return None
    merged = [asdict(report.merged) for report in reports]
    counts = {name: sum(one[name] for one in merged) for name in merged[0]}
    last = reports[-1]
    minors = sum(file.minors for one in reports for file in one.files)
    rejected = sum(one.rejected for one in reports)
    return Imported(**counts, minors=minors, rejected=rejected, rejects_file=last.rejects_file,
                    profiles=last.profiles, version=last.version)  # fmt: skip


def _account(run: Run, source: Source, ended: Ended, ledger: Ledger, before: int, *, resumed: bool) -> Fetched:
    return Fetched(
        run.id, source.name, source.title, ended.status, ended.why, ended.until, ended.next_step, resumed, run.pages,
        run.pages - before, run.profiles, dict(run.left_out), tuple(run.missing), tuple(ledger.standing()),
    )  # fmt: skip


def _source(w: Wiring, name: str) -> Source:
    return source_named(w.settings, w.clock, name, base_url=w.source_urls.get(name, ""))


def _ledger(w: Wiring, source: Source) -> Ledger:
    return Ledger(w.engine, w.clock, source=source.name, holder=source.holder, quotas=source.quotas)


def _tidy(w: Wiring) -> None:
    """Runs that are done, or that nobody finished in time, leave the disk: they hold what people may ask to forget. So
    does what a run wrote on after an erasure took its folder away."""
    forget_old(w.engine, w.clock)
    # Looked at before the record is: a folder that another process makes right now is on record first.
    folders = [folder for folder in w.settings.fetched_folder.glob("[0-9]*-*") if folder.is_dir()]
    with unit_of_work(w.engine) as session:
        alive = runs.alive(session, w.clock)
    for folder in folders:
        if folder.name not in alive:
            shutil.rmtree(folder, ignore_errors=True)


def _nobody(_profiles: int, _wanted: int, _pages: int) -> None:
    """Nobody watches."""
