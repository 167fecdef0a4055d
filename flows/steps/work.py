"""Taking jobs one at a time, and what becomes of one whose work fails."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from core import jobs
from core.database import unit_of_work
from core.errors import GreenroomError
from core.models.jobs import Job
from flows.wiring import Wiring

log = logging.getLogger("greenroom.jobs")


def next_job(w: Wiring, kind: str, *, campaign: str | None = None) -> Job | None:
    """Claim the oldest job of a kind (of one campaign, where it is named), in a unit of its own."""
    with unit_of_work(w.engine) as session:
        return jobs.claim(session, w.clock, kind=kind, campaign=campaign)


def next_jobs(w: Wiring, kind: str, *, campaign: str | None = None, limit: int) -> list[Job]:
    """Claim so many at most."""
    with unit_of_work(w.engine) as session:
        return jobs.claim_all(session, w.clock, kind=kind, campaign=campaign, limit=limit)


def finish(w: Wiring, job: Job) -> None:
    with unit_of_work(w.engine) as session:
        jobs.finish(session, w.clock, job_id(job))


@contextmanager
def settling(w: Wiring, job: Job) -> Iterator[None]:
    """A job that is refused or fails goes back with its reason, and the others go on. Bugs are not caught.

    Ctrl-C gives the job back as it was.
    """
    try:
        yield
    except KeyboardInterrupt:
        with unit_of_work(w.engine) as session:
            jobs.give_back(session, w.clock, job)
        raise
    except GreenroomError as error:
        put_back(w, job, error)


def put_back(w: Wiring, job: Job, error: GreenroomError, *, level: int = logging.WARNING) -> None:
    """The job waits for its next try, with the reason."""
    # A person at a terminal is told what is wrong; which job it was, only who reads the log of a machine.
    log.log(level, "%s", error)
    log.info("job %s %s is put back", job.kind, job.key)
    with unit_of_work(w.engine) as session:
        jobs.put_back(session, w.clock, job, error=str(error))


def wake(w: Wiring, kind: str) -> None:
    """A person asks for it now."""
    with unit_of_work(w.engine) as session:
        jobs.wake(session, w.clock, kind=kind)


def job_id(job: Job) -> int:
    if job.id is None:
        raise ValueError("a job must be on the record before it is worked")
    return job.id
