"""What the clock asks for: reminders, daily digests, what runs out of deals, ended holds, mails of dead senders, and
anchors of the audit log."""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from sqlmodel import Session, col, select

from approvals import notices, reminders
from core import audit
from core.database import reading, unit_of_work
from core.errors import GreenroomError, OutcomeUnknown
from core.mailer import Address, Mailer, OutgoingMail, ServerUnusable, message_id_for
from core.models.approvals import Request
from core.models.campaigns import CampaignVersion
from core.models.candidates import Candidate
from core.models.jobs import Job
from core.people import Person
from core.reservations import held_by_another
from core.stages import ROAD, Stage
from core.store import came_to, the_candidate
from flows.effects import LOOK_AGAIN
from flows.slack import deal_posts
from flows.slack import notices as direct
from flows.steps import deal_dates
from flows.steps.review import requeue, withdraw_questions
from flows.steps.work import finish, next_job, put_back
from flows.wiring import Wiring
from outreach import retention
from outreach.ledger import expire_leases

log = logging.getLogger("greenroom.upkeep")


def remind(w: Wiring) -> int:
    """Find the reminders that are due, then tell people by Slack or mail; returns how many went out.

    A reminder of which nobody can tell whether it arrived is not repeated. A server that takes nothing ends the round
    (TransientError); what is left goes out with the next.
    """
    with unit_of_work(w.engine) as session:
        reminders.sweep(session, w.clock, w.people)
    return _send_all(w, notices.REMINDER_JOB, _reminder)


def send_digests(w: Wiring) -> int:
    """Find whose day begins, then tell each of them what waits for them, by Slack or mail; returns how many went out.

    Errors as in `remind`.
    """
    with unit_of_work(w.engine) as session:
        notices.digest(session, w.clock, w.people)
    return _send_all(w, notices.DIGEST_JOB, _digest)


def tell_ends(w: Wiring) -> int:
    """Find what runs out of signed deals, then tell ops by Slack or mail; returns how many messages went out.

    Errors as in `remind`.
    """
    with unit_of_work(w.engine) as session:
        deal_dates.note(session, w)
    return _send_all(w, deal_dates.ENDS_JOB, deal_dates.words)


def tidy(w: Wiring) -> dict[str, int]:
    """Ask again about ended holds, settle mails of dead senders as unknown, forget who was kept for long enough,
    withdraw questions of ended matters, and anchor the audit log, whatever fails of the rest. A hold that is refused
    never stops the others."""
    try:
        return _tidied(w)
    finally:
        with reading(w.engine) as session:
            audit.anchor(session, w.anchors, w.clock)


def _tidied(w: Wiring) -> dict[str, int]:
    ended = [candidate_id for candidate_id in _ended_holds(w) if _ask_again(w, candidate_id)]
    with unit_of_work(w.engine) as session:
        lost = [lost for slug in _campaigns(session) for lost in expire_leases(session, w.clock, campaign=slug)]
        withdraw_questions(session, w)
    with unit_of_work(w.engine) as session:
        expired = retention.drop_expired(session, w.clock)
        forgotten = retention.forget_old(session, w.clock, pepper=w.pepper)
        withdraw_questions(session, w)
    return {"holds_ended": len(ended), "outcomes_unknown": len(lost), "facts_expired": expired,
            "people_forgotten": forgotten}  # fmt: skip


def funnel(session: Session, slug: str) -> list[tuple[str, int]]:
    """How many candidates of a campaign ever came to each stage: along the road, then the ways out."""
    counts = came_to(session, slug)
    ways_out = [stage for stage in Stage if stage not in ROAD]
    return [(str(stage), counts[stage]) for stage in (*ROAD, *ways_out) if stage in counts]


def _ended_holds(w: Wiring) -> list[int]:
    query = select(Candidate.id).where(Candidate.stage == Stage.HELD, col(Candidate.held_until) <= w.clock.now())
    with reading(w.engine) as session:
        return [candidate_id for candidate_id in session.exec(query) if candidate_id is not None]


def _ask_again(w: Wiring, candidate_id: int) -> bool:
    try:
        with unit_of_work(w.engine) as session:
            candidate = the_candidate(session, candidate_id)
            if held_by_another(session, w.clock, candidate) is not None:
                candidate.held_until = w.clock.now() + LOOK_AGAIN
                session.add(candidate)
                return False
            requeue(session, w, candidate, actor="greenroom")
            return True
    except GreenroomError as error:
        log.warning("the hold of candidate %s has ended, but nobody could be asked: %s", candidate_id, error)
        return False


def _campaigns(session: Session) -> Sequence[str]:
    return session.exec(select(CampaignVersion.slug).distinct()).all()


#: Subject and text of the mail of a job to a person; None where nothing is left to write about.
_Words = Callable[[Session, Wiring, Job, Person], tuple[str, str] | None]


def _send_all(w: Wiring, kind: str, words: _Words) -> int:
    """By Slack where the recipient is there (what runs out of deals in the campaign's channel), else by mail; the mail
    server is called when it is first needed."""
    sent = 0
    with ExitStack() as opened:
        mailer: Mailer | None = None
        while (job := next_job(w, kind)) is not None:
            try:
                if kind == deal_dates.ENDS_JOB and (channel := deal_posts.channel_of(w, job)):
                    sent += deal_posts.hand_over(w, job, channel)
                    continue
                recipient = w.people.named(str(job.payload["recipient"]))
                if direct.goes_by_slack(w, job, recipient):
                    sent += direct.hand_over(w, job, recipient)
                    continue
                mailer = mailer or opened.enter_context(w.mailer())
                sent += _mail(w, mailer, job, recipient, words)
            except ServerUnusable as trouble:
                put_back(w, job, trouble)
                raise
            except OutcomeUnknown as unknown:
                log.warning("%s %s may or may not have arrived: %s", kind, job.key, unknown)
            except GreenroomError as refusal:
                put_back(w, job, refusal)
                continue
            finish(w, job)
    return sent


def _mail(w: Wiring, mailer: Mailer, job: Job, recipient: Person, words: _Words) -> int:
    """One notice to one person (1); none where all it is about was answered meanwhile (0)."""
    with reading(w.engine) as session:
        written = words(session, w, job, recipient)
    if written is None:
        return 0
    subject, text = written
    mailer.send(
        OutgoingMail(
            sender=Address.checked(recipient.mail, "Greenroom"),
            recipient=Address.checked(recipient.mail, recipient.name),
            subject=subject,
            text=text,
            message_id=message_id_for(
                f"{job.kind.partition('.')[0]}/{job.key}", Address.checked(recipient.mail).domain
            ),
            date=w.clock.now(),
        )
    )
    return 1


def _reminder(session: Session, _w: Wiring, job: Job, recipient: Person) -> tuple[str, str] | None:
    if "notice" not in job.payload:  # recorded before reminders were bundled
        request = session.get_one(Request, str(job.payload["request"]))
        old = [(request, int(job.payload["level"]))]
        return notices.notice_mail(old, recipient) if request.status == "open" else None
    items, total = notices.items_of(session, str(job.payload["notice"]))
    return notices.notice_mail(items, recipient, total=total) if items else None


def _digest(session: Session, w: Wiring, _job: Job, recipient: Person) -> tuple[str, str] | None:
    now = w.clock.now()
    waiting = notices.agenda(session, w.people, recipient, now)
    return notices.digest_mail(waiting, recipient, now) if waiting.total else None
