"""Runs on the record: which one an order goes on with, how each ended. Profiles and names are not in here."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlmodel import Session, col, select

from core import audit
from core.clock import Clock
from core.models.fetching import FetchRun
from sourcing.fetching.asking import Order
from sourcing.fetching.pages import Run
from sourcing.fetching.running import Ended

#: What lies longer is not gone on with: half of it would be old, and some platforms forbid keeping it.
LONGEST = timedelta(days=25)


def unfinished(session: Session, clock: Clock, order: Order) -> FetchRun | None:
    """The run of the same order that is not done yet, if any."""
    query = select(FetchRun).where(FetchRun.order_digest == order.digest, col(FetchRun.status) != "done")
    query = query.where(col(FetchRun.started_at) > clock.now() - LONGEST)
    return session.exec(query.order_by(col(FetchRun.started_at).desc()).limit(1)).first()


def unfinished_refresh(session: Session, clock: Clock, source: str) -> FetchRun | None:
    """The refresh of a source that was begun and not ended; what runs out is another list by now."""
    query = select(FetchRun).where(FetchRun.source == source, FetchRun.kind == "refresh")
    query = query.where(col(FetchRun.status) != "done", col(FetchRun.started_at) > clock.now() - LONGEST)
    return session.exec(query.order_by(col(FetchRun.started_at).desc()).limit(1)).first()


def waiting(session: Session, clock: Clock, *, sources: Collection[str]) -> list[str]:
    """Ids of the runs of these sources that wait for nothing any more, or whose process died, the oldest first."""
    now = clock.now()
    query = select(FetchRun).where(col(FetchRun.status).in_(("open", "waiting")), col(FetchRun.source).in_(sources))
    found = session.exec(query.where(col(FetchRun.started_at) > now - LONGEST).order_by(col(FetchRun.started_at)))
    return [run.id for run in found if run.waits_until is None or run.waits_until <= now]


def start(session: Session, clock: Clock, order: Order, *, actor: str) -> FetchRun:
    """A new run, numbered within its day."""
    now = clock.now()
    begun = f"{now:%Y%m%d}-{order.digest[:8]}"
    taken = set(session.exec(select(FetchRun.id).where(col(FetchRun.id).startswith(begun))))
    number = next(n for n in range(1, len(taken) + 2) if f"{begun}-{n}" not in taken)
    run = FetchRun(id=f"{begun}-{number}", source=order.source, kind=order.kind, order_digest=order.digest,
                   status="open", actor=actor, started_at=now, changed_at=now)  # fmt: skip
    session.add(run)
    session.flush()
    return run


def note(
    session: Session, clock: Clock, run: Run, ended: Ended, *, actor: str, counts: Mapping[str, object]
) -> None:  # fmt: skip
    """Write down how far a run came, in the record and its log; numbers only."""
    row = session.get_one(FetchRun, run.id)
    row.status, row.waits_until = ended.status, ended.until
    row.pages, row.profiles, row.counts, row.changed_at = run.pages, run.profiles, dict(counts), clock.now()
    session.add(row)
    audit.record(
        session, clock, actor=actor, action="profiles.fetched", subject=f"fetch:{run.id}",
        detail={"source": run.order.source, "status": ended.status, "pages": run.pages, "profiles": run.profiles},
    )  # fmt: skip


def alive(session: Session, clock: Clock) -> set[str]:
    """Ids of the runs that may be gone on with; those that nobody finished in time count as done from now on."""
    living = set()
    for run in session.exec(select(FetchRun).where(FetchRun.status != "done")):
        if run.started_at > clock.now() - LONGEST:
            living.add(run.id)
        else:
            run.status, run.changed_at = "done", clock.now()
            session.add(run)
    return living
