"""Documents filled and proven before their turn, so that a batch keeps several workers busy.

Owns what is in flight. It decides nothing: a document counts only where its job, in its turn and in its own unit of
work, asks for exactly that template with exactly those terms; else it is made anew. So whatever changes meanwhile, and
wherever a run is killed, nothing but work is lost.
"""

import logging
from collections.abc import Iterator, Sequence
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
from flows.steps import drafting
from flows.steps.offering import DRAFT_JOB
from flows.steps.work import job_id, next_jobs, put_back, settling
from flows.wiring import Wiring

#: Documents in flight: enough that workers have something to do while a batch waits for the disk.
IN_FLIGHT = 48
#: Contracts that one commit puts on the record. Others who write wait for so many at most, a tenth of a second or so.
GROUP = 16

_Key = tuple[str, str]


def draft_all(w: Wiring, *, campaign: str | None) -> int:
    """Draft what the due jobs ask for, as far as a batch may (R41), and return how many were drafted.

    A group and its jobs are one commit: a kill leaves all of them done or as they were, and nothing claimed.
    """
    drafted = 0
    with w.renderer() as renderer, Ahead(w, renderer, campaign=campaign) as ahead:
        while True:
            ahead.make_ready()
            with one_whole(w.engine):
                group = next_jobs(w, DRAFT_JOB, campaign=campaign, limit=GROUP)
                if not group:
                    return drafted
                drafted += _together(w, ahead, group)


def _together(w: Wiring, fills: Fills, group: Sequence[Job]) -> int:
    """How many were drafted. Where a group is refused as a whole each is tried by itself, and keeps no other back."""
    try:
        return _draft(w, fills, group)
    except GreenroomError:
        drafted = 0
        for job in group:
            with settling(w, job):
                drafted += _draft(w, fills, [job])
        return drafted


def _draft(w: Wiring, fills: Fills, group: Sequence[Job]) -> int:
    drafts = []
    with unit_of_work(w.engine) as session:
        for job, grounds in zip(group, _grounds_of(session, w, group), strict=True):
            with settling(w, job), _leaving_to_people(w, job):
                due = drafting.planned(w, grounds)
                if not due.changes_nothing:
                    contracts.check_straightforward(due)
                drafts.append(contracts.draft_contract(w.clock, due, renderer=fills, archive=w.archive))
        drafting.put_on_record(session, w, drafts, actor="greenroom")
    return len(drafts)


def _grounds_of(session: Session, w: Wiring, group: Sequence[Job]) -> list[contracts.Grounds]:
    return contracts.grounds_of(session, w.clock, [int(job.payload["candidate"]) for job in group])


@contextmanager
def _leaving_to_people(w: Wiring, job: Job) -> Iterator[None]:
    """Nothing is wrong with a deal that is not for a batch; its job says so, and no alarm is raised."""
    try:
        yield
    except contracts.LeftToAPerson as left:
        put_back(w, job, left, level=logging.INFO)


class Ahead:
    """Use it as a context manager, and as the renderer of the drafts of a batch; `make_ready` before each group."""

    def __init__(self, w: Wiring, renderer: Renderer, *, campaign: str | None) -> None:
        self._w, self._renderer, self._campaign = w, renderer, campaign
        self._threads = ThreadPoolExecutor(renderer.workers)
        self._keepers = ThreadPoolExecutor(GROUP)  # a disk waits for many files as long as for one
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
            due = jobs.coming(session, self._w.clock, kind=DRAFT_JOB, campaign=self._campaign, limit=IN_FLIGHT)
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
        """None where nothing is to be filled; why, their turn will tell."""
        if not new:
            return {}
        try:
            with unit_of_work(self._w.engine) as session:
                plans = [self._planned(grounds) for grounds in _grounds_of(session, self._w, new)]
        except GreenroomError:
            plans = [None] * len(new)
        return {job_id(job): self._begin(due) if due else None for job, due in zip(new, plans, strict=True)}

    def _begin(self, due: contracts.Plan) -> _Key:
        key = (due.template.sha256, due.terms.sha256)
        self._documents[key] = self._threads.submit(self._renderer.render, due.template, due.terms)
        return key

    def _keep(self, made: Future[bytes]) -> None:
        if made.exception() is None:
            self._w.archive.keep(made.result())

    def _planned(self, grounds: contracts.Grounds) -> contracts.Plan | None:
        try:
            due = drafting.planned(self._w, grounds)
            contracts.check_straightforward(due)
        except GreenroomError:
            return None
        return due
