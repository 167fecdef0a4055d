"""From the pool to candidates on the record, and the best of them in front of a reviewer.

What reads the pool is loaded where that is done: whoever asks where a deal stands loads this module as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from core import jobs
from core.campaign import Campaign, load_campaign
from core.database import reading, unit_of_work
from core.errors import PermanentError, Refused
from core.models.candidates import Candidate
from core.models.jobs import Job
from core.people import Person, Role, check_may
from core.stages import Stage
from core.store import account_of, move, run_in_force, snapshot_of, stored_campaign
from flows.effects import REFILL_JOB
from flows.slack.telling import tell
from flows.steps.campaign_files import campaign_called
from flows.steps.review import withdraw_questions
from flows.steps.review_queue import EXPLORING, ask_reviewer, in_turn, longlisted, room_for
from flows.steps.sign_offs import after_edit
from flows.steps.work import finish, job_id, next_job, settling
from flows.wiring import Wiring
from outreach import suppression

if TYPE_CHECKING:
    from sourcing.known import Known
    from sourcing.longlist import Longlist

#: Kind of the job that makes a longlist somebody asked for by name.
SOURCE_JOB = "source"
#: Makes the longlist of a campaign with what the record knows, of so many places (None: the campaign's own number).
Rank = Callable[[Campaign, "Known", int | None], "Longlist"]


@dataclass(frozen=True)
class Sourced:
    """A longlist that was made: its run, how many places, how many new candidates, and where the files lie."""

    run_id: str
    campaign: str
    longlisted: int
    new_candidates: int
    folder: str
    notes: tuple[str, ...]


def source_campaign(
    w: Wiring, campaign_file: Path, *, actor: str, out: Path | None = None, limit: int | None = None,
    rank: Rank | None = None,
) -> Sourced:  # fmt: skip
    """Rank the pool for a campaign, write the longlist files, and put the run and its candidates on the record."""
    return source_as(w, load_campaign(campaign_file), actor=actor, out=out, limit=limit, rank=rank)


def source_as(
    w: Wiring, campaign: Campaign, *, actor: str, out: Path | None = None, limit: int | None = None,
    rank: Rank | None = None,
) -> Sourced:  # fmt: skip
    """The same for a campaign that was read already; `rank`: who ranks, None: this process, its own pool.

    Of people, only ops and the owner may. A terminal where nobody is named, or Greenroom itself, may too: a longlist
    decides nothing.
    """
    from flows.steps.known import known_of
    from flows.steps.same_person import Joined, join_newcomers
    from sourcing import record, report
    from sourcing import service as sourcing

    person = next((one for one in w.people if one.id == actor), None)
    if person is not None:
        check_may_source(person, campaign)
    w.people.check_campaign(campaign)
    with reading(w.engine) as session:
        known = known_of(session, w, campaign)
    if rank is not None:
        longlist = rank(campaign, known, limit)
    else:
        longlist = sourcing.source(w.settings.pool_folder, campaign, known, limit=limit)
    folder = out or w.settings.runs_folder / longlist.run_id
    report.write_files(longlist, campaign, folder)
    joined: list[Joined] = []
    with unit_of_work(w.engine) as session:
        created = record.keep_run(session, w.clock, campaign, longlist, actor=actor,
                                  on_new=lambda new: joined.extend(join_newcomers(session, w, new)))  # fmt: skip
        if joined:
            withdraw_questions(session, w)
        after_edit(session, w, campaign)
    notes = (*longlist.notes, *(one.told for one in joined), *_contract_notes(w, campaign))
    return Sourced(longlist.run_id, campaign.slug, len(longlist.entries), created, str(folder), notes)


def fill_queue(w: Wiring, slug: str, *, actor: str) -> int:
    """Ask reviewers about the best of the latest longlist until the queue is full; returns how many were added.

    A decline or a hold makes room for the next one; once the campaign has its approved target, nothing is added.
    Whoever opted out since the longlist was made is closed instead of queued.
    """
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        room, added = room_for(session, campaign), 0
        waiting, exploring = in_turn(session, w, campaign, room) if room else ([], frozenset())
        while added < room and (waiting or _from_bench(session, w, campaign, actor)):
            candidate = waiting.pop(0) if waiting else longlisted(session, campaign)[0]
            if _is_suppressed(session, w, candidate):
                move(session, w.clock, candidate, Stage.CLOSED_BY_OPT_OUT, actor=actor)
                continue
            why = EXPLORING if candidate.id in exploring else ""
            move(session, w.clock, candidate, Stage.QUEUED, actor=actor, reason=why)
            ask_reviewer(session, w, campaign, candidate, asked_by=actor)
            added += 1
    return added


def refill_queues(w: Wiring) -> int:
    """Fill the queues that somebody left; returns how many candidates were queued. One campaign never stops another."""
    queued = 0
    while (job := next_job(w, REFILL_JOB)) is not None:
        with settling(w, job):
            queued += fill_queue(w, str(job.payload["campaign"]), actor="greenroom")
            finish(w, job)
    return queued


def check_may_source(person: Person, campaign: Campaign) -> None:
    """The same at every door."""
    check_may(person, campaign, Role.OPS, Role.OWNER, what="start a longlist")


def source_named(w: Wiring, slug: str, *, actor: Person) -> Job:
    """Have the worker make a longlist; while one is asked for or made, that one. Only ops and the owner may.

    Raises Refused where there is no such campaign, and BadInput where its file cannot be used.
    """
    check_may_source(actor, campaign_called(w, slug))
    with unit_of_work(w.engine) as session:
        asked = select(Job).where(Job.kind == SOURCE_JOB, col(Job.payload)["campaign"].as_string() == slug)
        all_of_them = session.exec(asked).all()
        under_way = [job for job in all_of_them if job.status in ("waiting", "running")]
        if under_way:
            return under_way[0]
        payload = {"campaign": slug, "actor": actor.id}
        return jobs.start(session, w.clock, kind=SOURCE_JOB, key=f"{slug}:{len(all_of_them) + 1}", payload=payload)


def source_requested(w: Wiring) -> int:
    """Make the longlists that were asked for by name, fill their queues and tell who asked; returns how many.

    What is refused is told too and not tried again: a campaign file does not mend itself.
    """
    made = 0
    while (job := next_job(w, SOURCE_JOB)) is not None:
        slug, asker = str(job.payload["campaign"]), str(job.payload["actor"])
        with settling(w, job):
            try:
                found = source_as(w, campaign_called(w, slug), actor=asker)
                queued = fill_queue(w, slug, actor=asker)
                said, made = _told(found, queued), made + 1
            except (Refused, PermanentError) as refusal:
                said = f"Sourcing for {slug} did not go through. {refusal}"
            with unit_of_work(w.engine) as session:
                jobs.finish(session, w.clock, job_id(job))
                tell(session, w, said, key=f"source:{job_id(job)}", person=asker, campaign=slug)
    return made


def _told(found: Sourced, queued: int) -> str:
    counts = f"{found.longlisted} on it, {found.new_candidates} of them new, {queued} put in front of a reviewer."
    return " ".join((f"The longlist of {found.campaign} is made: {counts}", *found.notes))


def _from_bench(session: Session, w: Wiring, campaign: Campaign, actor: str) -> bool:
    """The longlist is used up: the next of its reserve becomes a candidate. False where that is used up too."""
    from sourcing import record

    run_id = run_in_force(session, campaign.slug, cycle=campaign.cycle)
    return run_id is not None and record.admit_from_bench(session, w.clock, campaign, run_id, actor=actor)


def _is_suppressed(session: Session, w: Wiring, candidate: Candidate) -> bool:
    account, address = account_of(session, candidate), snapshot_of(session, candidate).get("email")
    return suppression.is_suppressed(
        session,
        pepper=w.pepper,
        addresses=[str(address.value)] if address else [],
        accounts=[(account.platform, account.handle)],
    )


def _contract_notes(w: Wiring, campaign: Campaign) -> tuple[str, ...]:
    """What will stand in the way of contracts later, said while nothing is promised to anybody."""
    try:
        w.contract_templates.usable(
            campaign.contract.template, spend=campaign.offer.guaranteed, on=w.clock.now().date()
        )
    except Refused as refusal:
        return (f"No contract can be drafted for this campaign yet: {refusal}",)
    return ()
