"""What the clock asks for: reminders, ended holds, mails of dead senders, anchors of the audit log."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from approvals import reminders
from core import audit
from core.database import reading, unit_of_work
from core.mailer import Address, Mailer, OutgoingMail, message_id_for
from core.models.approvals import Request
from core.models.campaigns import CampaignVersion
from core.models.candidates import Candidate, StageChange
from core.models.jobs import Job
from core.stages import ROAD, Stage
from flows.steps.review import requeue
from flows.steps.work import finish, next_job, settling
from flows.wiring import Wiring
from outreach.ledger import expire_leases


def remind(w: Wiring) -> int:
    """Find the reminders that are due, then mail those not yet mailed; returns how many went out."""
    with unit_of_work(w.engine) as session:
        reminders.sweep(session, w.clock, w.people)
    sent = 0
    with w.mailer() as mailer:
        while (job := next_job(w, reminders.REMINDER_JOB)) is not None:
            with settling(w, job):
                _mail_reminder(w, mailer, job)
                finish(w, job)
                sent += 1
    return sent


def tidy(w: Wiring) -> dict[str, int]:
    """Return holds whose time is over, settle mails of dead senders as unknown, and anchor the audit log."""
    with unit_of_work(w.engine) as session:
        ended = _ended_holds(session, w)
        for candidate in ended:
            requeue(session, w, candidate, actor="greenroom")
        lost = [lost for slug in _campaigns(session) for lost in expire_leases(session, w.clock, campaign=slug)]
    with reading(w.engine) as session:
        audit.anchor(session, w.anchors, w.clock)
    return {"holds_ended": len(ended), "outcomes_unknown": len(lost)}


def funnel(session: Session, slug: str) -> list[tuple[str, int]]:
    """How many candidates of a campaign ever came to each stage: along the road, then the ways out."""
    query = (
        select(StageChange.went_to, func.count(col(StageChange.candidate_id).distinct()))
        .join(Candidate, col(Candidate.id) == StageChange.candidate_id)
        .where(Candidate.campaign == slug)
        .group_by(StageChange.went_to)
    )
    counts = dict(session.exec(query).all())
    ways_out = [stage for stage in Stage if stage not in ROAD]
    return [(str(stage), counts[stage]) for stage in (*ROAD, *ways_out) if stage in counts]


def _ended_holds(session: Session, w: Wiring) -> Sequence[Candidate]:
    query = select(Candidate).where(Candidate.stage == Stage.HELD, col(Candidate.held_until) <= w.clock.now())
    return session.exec(query).all()


def _campaigns(session: Session) -> Sequence[str]:
    return session.exec(select(CampaignVersion.slug).distinct()).all()


def _mail_reminder(w: Wiring, mailer: Mailer, job: Job) -> None:
    """One reminder to one person; none where the request was answered meanwhile."""
    with reading(w.engine) as session:
        request = session.get_one(Request, str(job.payload["request"]))
    if request.status != "open":
        return
    level, recipient = int(job.payload["level"]), w.people.named(str(job.payload["recipient"]))
    subject, text = reminders.reminder_mail(request, level, recipient)
    mailer.send(
        OutgoingMail(
            sender=Address.checked(recipient.mail, "Greenroom"),
            recipient=Address.checked(recipient.mail, recipient.name),
            subject=subject,
            text=text,
            message_id=message_id_for(f"reminder/{job.key}", Address.checked(recipient.mail).domain),
            date=w.clock.now(),
        )
    )
