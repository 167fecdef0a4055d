"""Documents filled and proven before their turn, so that a batch keeps several workers busy.

Owns what is in flight. It decides nothing: a document counts only where its job, in its turn and in its own unit of
work, asks for exactly that template with exactly those terms; else it is made anew. So whatever changes meanwhile, and
wherever a run is killed, nothing but work is lost.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlmodel import Session

from contracts import service as contracts
from contracts.documents import Fills, Renderer
from contracts.templates import Template
from contracts.terms import Terms
from core import jobs
from core.database import one_whole, reading, unit_of_work
from core.errors import GreenroomError
from core.models.jobs import Job
from core.store import campaign_of, the_candidate
from flows.steps.work import job_id, next_job, put_back, settling
from flows.wiring import Wiring
from outreach import service as outreach

#: Documents in flight: enough that workers have something to do while a batch waits for the disk.
IN_FLIGHT = 16
#: Contracts that one commit puts on the record. Others who write wait for so many at most, a tenth of a second or so.
GROUP = 4

_Key = tuple[str, str]


def draft_all(w: Wiring, *, kind: str, campaign: str | None, draft: Callable[[Session, Fills, Job], object]) -> int:
    """Draft what the due jobs of a kind ask for, and return how many were drafted.

    A group and its jobs are one commit: a kill leaves each of them done or as it was, and nothing claimed.
    """
    drafted = 0
    with w.renderer() as renderer, Ahead(w, renderer, kind=kind, campaign=campaign) as ahead:
        while True:
            ahead.make_ready()
            claimed = 0
            with one_whole(w.engine):
                while claimed < GROUP and (job := next_job(w, kind, campaign=campaign)) is not None:
                    claimed += 1
                    with settling(w, job), _leaving_to_people(w, job), unit_of_work(w.engine) as session:
                        draft(session, ahead, job)
                        drafted += 1
            if not claimed:
                return drafted


@contextmanager
def _leaving_to_people(w: Wiring, job: Job) -> Iterator[None]:
    """Nothing is wrong with a deal that is not for a batch; its job says so, and no alarm is raised."""
    try:
        yield
    except contracts.LeftToAPerson as left:
        put_back(w, job, left, level=logging.INFO)


class Ahead:
    """Use it as a context manager, and as the renderer of the drafts of a batch; `make_ready` before each group."""

    def __init__(self, w: Wiring, renderer: Renderer, *, kind: str, campaign: str | None) -> None:
        self._w, self._renderer, self._kind, self._campaign = w, renderer, kind, campaign
        self._threads = ThreadPoolExecutor(renderer.workers)
        self._keepers = ThreadPoolExecutor(renderer.workers)  # their own: not to wait behind documents that are begun
        self._coming: dict[int, _Key | None] = {}  # by job; None where nothing is to be filled
        self._documents: dict[_Key, Future[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._keepers.shutdown()

    def make_ready(self) -> None:
        """Have the documents of the next group made, and those after them begun. Nothing is locked meanwhile."""
        with reading(self._w.engine) as session:
            due = jobs.coming(session, self._w.clock, kind=self._kind, campaign=self._campaign, limit=IN_FLIGHT)
        # A job that is gone was done, or another run took it: its document is of no use here.
        known = {job_id(job): self._coming[job_id(job)] for job in due if job_id(job) in self._coming}
        self._documents = {key: self._documents[key] for key in known.values() if key in self._documents}
        self._coming = known | self._begun([job for job in due if job_id(job) not in known])
        next_ones = [self._coming[job_id(job)] for job in due[:GROUP]]
        made = [self._documents[key] for key in next_ones if key is not None]
        wait(made)
        # The disk is waited for here, not under the record's lock. No others are kept yet: one that never gets its row
        # would be found by nobody who looks for a creator's papers.
        list(self._keepers.map(self._keep, made))

    def render(self, template: Template, terms: Terms) -> bytes:
        """The document that was made ahead, if it is the one asked for; else one made now."""
        made = self._documents.get((template.sha256, terms.sha256))
        return made.result() if made is not None else self._renderer.render(template, terms)

    def _begun(self, new: list[Job]) -> dict[int, _Key | None]:
        if not new:
            return {}
        with unit_of_work(self._w.engine) as session:
            plans = {job_id(job): self._planned(session, job) for job in new}
        return {number: self._begin(due) if due is not None else None for number, due in plans.items()}

    def _begin(self, due: contracts.Plan) -> _Key:
        key = (due.template.sha256, due.terms.sha256)
        self._documents[key] = self._threads.submit(self._renderer.render, due.template, due.terms)
        return key

    def _keep(self, made: Future[bytes]) -> None:
        if made.exception() is None:
            self._w.archive.keep(made.result())

    def _planned(self, session: Session, job: Job) -> contracts.Plan | None:
        """None where nothing is to be filled; why, its turn will tell."""
        try:
            with session.begin_nested():
                candidate = the_candidate(session, int(job.payload["candidate"]))
                campaign = campaign_of(session, candidate)
                sender = outreach.sender_of(candidate, campaign, self._w.people, self._w.clock.now())
                due = contracts.plan(session, self._w.clock, campaign, candidate, sender_name=sender.name,
                                     templates=self._w.contract_templates)  # fmt: skip
                return None if due.changes_nothing or contracts.left_to_a_person(due) else due
        except GreenroomError:
            return None
