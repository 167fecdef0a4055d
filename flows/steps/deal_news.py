"""Telling the team what became of a deal: ops and whoever writes to the creator, or ops alone where it is theirs.

Each piece of news is told once: in the channel of the campaign's ops where Slack is there, else to each person, in
Slack or by mail. Knows nothing of pages; what happened is on record already, and its words are in `deal_words`.
"""

import logging
from collections.abc import Sequence
from contextlib import ExitStack

from sqlmodel import Session

from contracts.certificate import certificate_name
from core import jobs
from core.database import reading, unit_of_work
from core.errors import GreenroomError, OutcomeUnknown
from core.mailer import Address, Attachment, Mailer, OutgoingMail, ServerUnusable, message_id_for
from core.models.deals import Contract, Signature
from core.models.jobs import Job
from core.people import Person, Role
from core.store import campaign_of, the_candidate
from flows.effects import NEWS_JOB
from flows.slack import deal_posts
from flows.slack import notices as direct
from flows.steps.deal_words import (
    CONFLICT,
    DECLINED,
    LATE,
    NO_BRIEF,
    NO_COUNTERSIGNER,
    SIGNED,
    UNSIGNED,
    candidate_in,
    mail_of,
)
from flows.steps.work import finish, job_id, next_job, put_back
from flows.wiring import Wiring
from outreach import service as outreach

__all__ = ["CONFLICT", "DECLINED", "LATE", "NO_BRIEF", "NO_COUNTERSIGNER", "SIGNED", "UNSIGNED", "send_news", "tell",
           "tell_of_conflict", "tell_ops"]  # fmt: skip

log = logging.getLogger("greenroom.signing")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def tell(session: Session, w: Wiring, contract: Contract, news: str) -> None:
    """Ops and the creator's sender hear of it with the next round."""
    candidate = the_candidate(session, contract.candidate_id)
    campaign = campaign_of(session, candidate)
    ops = w.people.holder(campaign, Role.OPS, w.clock.now())
    sender = outreach.sender_of(candidate, campaign, w.people, w.clock.now())
    _start(session, w, news, f"{contract.id}", [ops, sender], contract=contract.id, campaign=contract.campaign)


def tell_ops(
    session: Session, w: Wiring, contract: Contract, news: str, *, about: str = "", why: str = "", next_step: str = ""
) -> None:
    """Whoever holds ops when it is told hears of it, once for each `about` (the contract, if none is given)."""
    payload: dict[str, object] = {"news": news, "contract": contract.id, "recipient": "", "campaign": contract.campaign}
    if why:
        payload |= {"why": why, "next": next_step}
    jobs.start(session, w.clock, kind=NEWS_JOB, key=f"{news}:{about or contract.id}", payload=payload)


def tell_of_conflict(
    session: Session, w: Wiring, candidate_id: int, *, pair: str, other: str, against: Sequence[str]
) -> None:
    """The campaign's owner and its ops hear that another deal came into the way of one of theirs; once for a `pair`."""
    campaign = campaign_of(session, the_candidate(session, candidate_id))
    told = [w.people.holder(campaign, role, w.clock.now()) for role in (Role.OWNER, Role.OPS)]
    _start(session, w, CONFLICT, pair, told, candidate=candidate_id, campaign=campaign.slug, other=other,
           against=list(against))  # fmt: skip


def send_news(w: Wiring) -> int:
    """Tell what the team has not heard yet; returns how many messages left. Raises TransientError where no mail can."""
    sent = 0
    with ExitStack() as opened:
        mailer: Mailer | None = None
        while (job := next_job(w, NEWS_JOB)) is not None:
            try:
                if channel := deal_posts.channel_of(w, job):
                    sent += deal_posts.hand_over(w, job, channel)
                    continue
                if "recipients" in job.payload:
                    _one_by_one(w, job)
                    continue
                person = _recipient(w, job)
                if direct.goes_by_slack(w, job, person):
                    sent += direct.hand_over(w, job, person)
                    continue
                mailer = mailer or opened.enter_context(w.mailer())
                mailer.send(_mail(w, job, person))
                sent += 1
            except ServerUnusable as trouble:
                put_back(w, job, trouble)
                raise
            except OutcomeUnknown as unknown:
                log.warning("%s may or may not have arrived: %s", job.key, unknown)
            except GreenroomError as refusal:
                put_back(w, job, refusal)
                continue
            finish(w, job)
    return sent


def _start(session: Session, w: Wiring, news: str, about: str, people: Sequence[Person], **payload: object) -> None:
    told: dict[str, object] = {"news": news, "recipients": list(dict.fromkeys(one.id for one in people)), **payload}
    jobs.start(session, w.clock, kind=NEWS_JOB, key=f"{news}:{about}", payload=told)


def _one_by_one(w: Wiring, job: Job) -> None:
    """Where no channel takes it, it is a matter of its own for each person."""
    with unit_of_work(w.engine) as session:
        rest = {name: value for name, value in job.payload.items() if name != "recipients"}
        for person in job.payload["recipients"]:
            jobs.start(
                session, w.clock, kind=NEWS_JOB, key=f"{job.key}:{person}", payload={**rest, "recipient": person}
            )
        jobs.finish(session, w.clock, job_id(job))


def _recipient(w: Wiring, job: Job) -> Person:
    if job.payload["recipient"]:
        return w.people.named(str(job.payload["recipient"]))
    with reading(w.engine) as session:
        campaign = campaign_of(session, candidate_in(session, job.payload))
    return w.people.holder(campaign, Role.OPS, w.clock.now())


def _mail(w: Wiring, job: Job, person: Person) -> OutgoingMail:
    with reading(w.engine) as session:
        subject, text = mail_of(session, job.payload, person)
        files = _files(session, w, int(job.payload["contract"])) if job.payload["news"] == SIGNED else ()
    return OutgoingMail(
        sender=Address.checked(person.mail, "Greenroom"), recipient=Address.checked(person.mail, person.name),
        subject=subject, text=text, attachments=files, date=w.clock.now(),
        message_id=message_id_for(f"deal-news/{job.key}", Address.checked(person.mail).domain),
    )  # fmt: skip


def _files(session: Session, w: Wiring, contract_id: int) -> tuple[Attachment, ...]:
    contract, signature = session.get_one(Contract, contract_id), session.get_one(Signature, contract_id)
    found = [Attachment(contract.file_name, _DOCX, w.archive.read(contract.docx_sha256))]
    if kept := signature.evidence.get("certificate_sha256"):
        found.append(Attachment(certificate_name(contract), _DOCX, w.archive.read(kept)))
    return tuple(found)
