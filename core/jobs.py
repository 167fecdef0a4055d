"""Work to be done: put on the record with the decision that started it, picked up by a flow, never done twice.

Owns claiming, retrying and giving up. Knows nothing of what any job does.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, update
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from core.clock import Clock
from core.models.jobs import Job

#: A worker that is silent for so long is taken for dead and its job for undone; jobs must bear being run again.
LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 5
LONGEST_PAUSE = timedelta(hours=1)
#: After so many refusals the longest pause is reached; a power of a job refused for days would fit no calendar.
_DOUBLINGS = 6
#: Jobs recorded per statement.
_BATCH = 500


def start(
    session: Session, clock: Clock, *, kind: str, key: str, payload: Mapping[str, object],
    not_before: datetime | None = None,
) -> Job:  # fmt: skip
    """Record a job in the caller's transaction; the same (kind, key) again changes nothing.

    It is due at once, or from `not_before` on.
    """
    known = session.exec(select(Job).where(Job.kind == kind, Job.key == key)).first()
    if known is not None:
        return known
    now = clock.now()
    job = Job(kind=kind, key=key, payload=dict(payload), not_before=not_before or now, created_at=now)
    session.add(job)
    session.flush()
    return job


def start_all(session: Session, clock: Clock, *, kind: str, payloads: Mapping[str, Mapping[str, object]]) -> int:
    """Record many jobs of one kind, payloads by key; returns how many were new."""
    keys, now, new = list(payloads), clock.now(), 0
    for first in range(0, len(keys), _BATCH):
        batch = keys[first : first + _BATCH]
        known = set(session.exec(select(Job.key).where(Job.kind == kind, col(Job.key).in_(batch))))
        rows = [
            {"kind": kind, "key": key, "payload": dict(payloads[key]), "status": "waiting", "attempts": 0,
             "not_before": now, "last_error": "", "created_at": now}
            for key in batch if key not in known
        ]  # fmt: skip
        if rows:
            session.execute(insert(Job), rows)
        new += len(rows)
    return new


def claim(session: Session, clock: Clock, *, kind: str, campaign: str | None = None) -> Job | None:
    """Take the oldest waiting job of a kind (or one whose worker died); None when there is nothing to do.

    `campaign` leaves out jobs whose payload names another one.
    """
    return next(iter(claim_all(session, clock, kind=kind, campaign=campaign, limit=1)), None)


def claim_all(session: Session, clock: Clock, *, kind: str, campaign: str | None = None, limit: int) -> list[Job]:
    """Take the oldest of them, so many at most, in order."""
    now = clock.now()
    _give_up_on_the_deadly(session, clock, kind)
    query = _due(kind, campaign, now).limit(limit)
    claimed = list(session.exec(query.with_for_update(skip_locked=True)).all())
    for job in claimed:
        job.status = "running"
        job.attempts += 1
        job.lease_until = now + LEASE
    session.add_all(claimed)
    session.flush()
    return claimed


def coming(session: Session, clock: Clock, *, kind: str, campaign: str | None = None, limit: int) -> list[Job]:
    """The jobs that would be claimed next, in order; reads only, and claims none."""
    return list(session.exec(_due(kind, campaign, clock.now()).limit(limit)).all())


def any_due(session: Session, clock: Clock, *, kind: str) -> bool:
    """Whether a job of this kind could be claimed now; reads only."""
    return session.exec(select(Job.id).where(Job.kind == kind, _is_due(clock.now())).limit(1)).first() is not None


def finish(session: Session, clock: Clock, job_id: int) -> None:
    """Mark a job done."""
    session.execute(update(Job).where(col(Job.id) == job_id).values(status="done", done_at=clock.now(), last_error=""))


def finish_key(session: Session, clock: Clock, *, kind: str, key: str) -> None:
    """The work was done another way (by a person, say): whatever job waits for it is done too."""
    finish_keys(session, clock, kind=kind, keys=[key])


def finish_keys(session: Session, clock: Clock, *, kind: str, keys: Sequence[str]) -> None:
    """The same for several."""
    session.execute(
        update(Job)
        .where(col(Job.kind) == kind, col(Job.key).in_(keys), col(Job.status) != "done")
        .values(status="done", done_at=clock.now(), last_error="")
    )


def put_back(session: Session, clock: Clock, job: Job, *, error: str) -> None:
    """A try came back undone: wait longer each time, at most an hour. It is never given up; what stood in the way
    (a mail server, a template to be approved again) may be mended tomorrow."""
    job.refusals += 1
    job.attempts = 0
    job.last_error = error[:500]
    job.lease_until = None
    job.status = "waiting"
    job.not_before = clock.now() + min(LONGEST_PAUSE, timedelta(minutes=2 ** min(job.refusals, _DOUBLINGS)))
    session.add(job)


def give_back(session: Session, clock: Clock, job: Job) -> None:
    """Nothing went wrong; whoever was at it was stopped. The next worker takes it at once."""
    job.attempts, job.lease_until, job.status, job.not_before = 0, None, "waiting", clock.now()
    session.add(job)


def wake(session: Session, clock: Clock, *, kind: str) -> None:
    """A person asks for it now: what waits for its next try, and what was given up, is due at once.

    What was never tried keeps its time: it is due already, or was put off on purpose.
    """
    session.execute(
        update(Job)
        .where(col(Job.kind) == kind)
        .where((col(Job.status) == "failed") | ((col(Job.status) == "waiting") & (col(Job.refusals) > 0)))
        .values(status="waiting", attempts=0, not_before=clock.now())
    )


def _due(kind: str, campaign: str | None, now: datetime) -> SelectOfScalar[Job]:
    query = select(Job).where(Job.kind == kind, _is_due(now)).order_by(col(Job.id))
    return query if campaign is None else query.where(col(Job.payload)["campaign"].as_string() == campaign)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        (col(Job.status) == "waiting") & (col(Job.not_before) <= now),
        (col(Job.status) == "running") & (col(Job.lease_until) < now),
    )


def _give_up_on_the_deadly(session: Session, clock: Clock, kind: str) -> None:
    # A job whose worker dies each time never reaches put_back; without this it would take workers down for ever.
    session.execute(
        update(Job)
        .where(col(Job.kind) == kind, col(Job.status) == "running", col(Job.lease_until) < clock.now())
        .where(col(Job.attempts) >= MAX_ATTEMPTS)
        .values(status="failed", last_error="Its worker stopped without a word at every try.", lease_until=None)
    )
