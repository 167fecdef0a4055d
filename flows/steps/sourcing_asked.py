"""A longlist that somebody asks for by the campaign's name, from wherever they are: made by the worker, told when done.

A campaign file that cannot be used is told to whoever asked, and not tried again: it does not mend itself.
"""

import logging
import re
from pathlib import Path

from sqlmodel import Session, col, func, select

from approvals.slack import blocks, outbox, words
from core import jobs
from core.campaign import Campaign, load_campaign
from core.database import reading, unit_of_work
from core.errors import BadInput, GreenroomError, OutcomeUnknown, Refused, TransientError
from core.models.jobs import Job
from core.people import Person, Role, check_may
from core.store import stored_campaign
from flows.slack.places import ops_channel
from flows.steps import longlist
from flows.steps.work import job_id, next_job, settling
from flows.wiring import Wiring

SOURCE_JOB = "source"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
log = logging.getLogger("greenroom.longlist")


def source_named(w: Wiring, slug: str, *, actor: Person) -> Job:
    """Ask for a longlist; while one is asked for or made, that one. Only ops and the owner may.

    Raises Refused where there is no such campaign, and BadInput where its file cannot be used.
    """
    campaign = campaign_called(w, slug)
    check_may(actor, campaign, Role.OPS, Role.OWNER, what="start a longlist")
    with unit_of_work(w.engine) as session:
        asked = select(Job).where(Job.kind == SOURCE_JOB, col(Job.payload)["campaign"].as_string() == slug)
        under_way = session.exec(asked.where(col(Job.status).in_(("waiting", "running")))).first()
        if under_way is not None:
            return under_way
        before = session.exec(select(func.count()).select_from(asked.subquery())).one()
        payload = {"campaign": slug, "asked_by": actor.id}
        return jobs.start(session, w.clock, kind=SOURCE_JOB, key=f"{slug}:{before + 1}", payload=payload)


def source_requested(w: Wiring) -> int:
    """Make every longlist that was asked for, and fill its queue; returns how many were made."""
    made = 0
    while (job := next_job(w, SOURCE_JOB)) is not None:
        with settling(w, job):
            made += _make(w, job)
    return made


def campaign_called(w: Wiring, slug: str) -> Campaign:
    """The campaign file of that name as it is now; the campaign as it was last run where there is no such file."""
    file = file_of(w, slug)
    if file is None:
        with reading(w.engine) as session:
            return stored_campaign(session, slug)
    campaign = load_campaign(file)
    if campaign.slug != slug:
        raise BadInput(f"{file} holds the campaign {campaign.slug!r}.", next_step=f"Rename one of them to {slug!r}.")
    return campaign


def file_of(w: Wiring, slug: str) -> Path | None:
    # A name that comes from elsewhere must not lead out of the folder.
    file = w.settings.campaigns / f"{slug}.toml" if _SLUG.fullmatch(slug) else None
    return file if file is not None and file.is_file() else None


def _make(w: Wiring, job: Job) -> int:
    slug, asker = str(job.payload["campaign"]), str(job.payload["asked_by"])
    try:
        made = longlist.source_as(w, campaign_called(w, slug), actor=asker)
        queued = longlist.fill_queue(w, slug, actor=asker)
    except (TransientError, OutcomeUnknown):
        raise
    except GreenroomError as refusal:
        _settle(w, job, asker, f"No longlist was made for {slug}. {refusal}")
        return 0
    said = f"Longlist of {slug}: {made.longlisted} creators, {made.new_candidates} of them new; {queued} were put in front of a reviewer."
    _settle(w, job, asker, " ".join((said, *made.notes)))
    return 1


def _settle(w: Wiring, job: Job, asker: str, said: str) -> None:
    """The job is done, and whoever asked is told: both or neither."""
    log.warning("%s", said)
    with unit_of_work(w.engine) as session:
        jobs.finish(session, w.clock, job_id(job))
        channel = _where(session, w, str(job.payload["campaign"]), asker) if w.slack_on else ""
        if channel:
            safe = words.mrkdwn_lines(said)
            outbox.put(session, w.clock, key=f"source:{job_id(job)}", method="chat.postMessage", channel=channel,
                       payload=blocks.message(safe, [blocks.section(safe)]))  # fmt: skip


def _where(session: Session, w: Wiring, slug: str, asker: str) -> str:
    """Direct messages of whoever asked; else where ops is told what concerns no single request."""
    try:
        own = w.people.named(asker).slack
    except Refused:
        own = ""
    if own:
        return own
    try:
        return ops_channel(stored_campaign(session, slug), w.settings)
    except Refused:
        return w.settings.slack_channel
