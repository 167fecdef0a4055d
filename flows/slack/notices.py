"""Reminders and digests as direct messages: to whom they go that way, what they say, and the mail where they cannot.

Puts into the outbox in the transaction that ends the job, so that none is lost or said twice. Knows nothing of which
reminder is due; never calls Slack.
"""

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from approvals import notices
from approvals.reminders import ESCALATED, OVERDUE
from approvals.slack import blocks, digest, limits, words
from approvals.slack.blocks import Payload
from approvals.slack.home import Reader
from approvals.slack.outbox import NOTICE, put
from core import jobs
from core.clock import local_day
from core.database import unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.jobs import Job
from core.models.slack import SlackPost
from core.people import Person
from flows.effects import NEWS_JOB
from flows.slack.showing import shown_of
from flows.steps import deal_dates, deal_words
from flows.wiring import Wiring

#: Status of a notice that Slack never took and that was mailed instead.
MAILED = "mailed"
#: Stands in the payload (`by`) of a job whose notice Slack did not take.
BY_MAIL = "mail"


def goes_by_slack(w: Wiring, job: Job, recipient: Person) -> bool:
    """Slack is on, the person is there, and this notice was not refused there already."""
    return w.slack_on and bool(recipient.slack) and job.payload.get("by") != BY_MAIL


def hand_over(w: Wiring, job: Job, recipient: Person) -> int:
    """Put the notice of a job into the outbox and end the job; 0 where all it is about was answered meanwhile."""
    if job.id is None:
        raise ValueError("a job must be on the record before it is worked")
    with unit_of_work(w.engine) as session:
        said = _said(session, w, job, recipient)
        if said is not None:
            put(session, w.clock, key=f"{NOTICE}{job.kind}:{job.key}", method="chat.postMessage",
                channel=recipient.slack, payload=said)  # fmt: skip
        jobs.finish(session, w.clock, job.id)
    return 0 if said is None else 1


def undelivered() -> SelectOfScalar[SlackPost]:
    """Notices that Slack will never take, and of which nobody has been told otherwise."""
    return select(SlackPost).where(SlackPost.status == "dead", col(SlackPost.key).startswith(NOTICE))


def mail_instead(session: Session, w: Wiring) -> int:
    """A job to mail each notice that Slack did not take: who has left Slack still reads mail."""
    posts = session.exec(undelivered()).all()
    for post in posts:
        job = _job_of(session, post)
        if job is not None:
            told = {**job.payload, "by": BY_MAIL}
            jobs.start(session, w.clock, kind=job.kind, key=f"{job.key}:{BY_MAIL}", payload=told)
        post.status = MAILED
        session.add(post)
    return len(posts)


def refresh(session: Session, w: Wiring) -> None:
    """What waits because Slack is away says what is so now; where all it is about was answered, it is not said.

    What may have arrived is looked for before it is said again, by its key: in Slack it stays as it was, else it says
    what is so now.
    """
    waits = (col(SlackPost.status).in_(("waiting", "unknown")), col(SlackPost.key).startswith(NOTICE))
    for post in session.exec(select(SlackPost).where(*waits)).all():
        job, recipient = _job_of(session, post), _whose(w, post)
        if job is None or recipient is None:
            continue
        said = _said(session, w, job, recipient)
        post.status, post.payload = (post.status, said) if said is not None else ("superseded", post.payload)
        session.add(post)


def _job_of(session: Session, post: SlackPost) -> Job | None:
    kind, _, key = post.key.removeprefix(NOTICE).partition(":")
    return session.exec(select(Job).where(Job.kind == kind, Job.key == key)).first()


def _whose(w: Wiring, post: SlackPost) -> Person | None:
    try:
        return w.people.by_slack(post.channel)
    except Refused:
        return None  # the people file has changed since


def _said(session: Session, w: Wiring, job: Job, recipient: Person) -> Payload | None:
    reader = Reader(slack=recipient.slack, name=recipient.name, zone=recipient.calendar.time_zone)
    if job.kind == notices.DIGEST_JOB:
        return _digest(session, w, reader, recipient)
    if job.kind == NEWS_JOB:
        return _in_words(*deal_words.mail_of(session, job.payload, recipient))
    if job.kind == deal_dates.ENDS_JOB:
        return _in_words(*deal_dates.words(session, w, job, recipient))
    items, total = _items(session, job)
    if not items:
        return None
    request, level = items[0]
    now = w.clock.now()
    shown = [shown_of(session, w.clock, w.people, one, zone=reader.zone) for one, _ in items]
    if total == 1 and level >= OVERDUE and recipient.id != request.assignee:
        return digest.escalation(reader, shown[0], now=now, why=_why(w, request, level, recipient))
    return digest.reminder(reader, shown, now=now, total=total)


def _in_words(subject: str, text: str) -> Payload:
    """A mail's words as a message."""
    said = words.mrkdwn_lines(text)
    return blocks.message(
        words.mrkdwn(subject), [blocks.section(piece) for piece in limits.chunks(said, limits.SECTION)]
    )


def _digest(session: Session, w: Wiring, reader: Reader, recipient: Person) -> Payload | None:
    now = w.clock.now()
    waiting = notices.agenda(session, w.people, recipient, now)
    shown = [shown_of(session, w.clock, w.people, one, zone=reader.zone) for one in waiting.requests]
    return digest.digest(reader, shown, now=now, total=waiting.total) if shown else None


def _items(session: Session, job: Job) -> tuple[list[notices.Item], int]:
    if "notice" in job.payload:
        items, total = notices.items_of(session, str(job.payload["notice"]))
        return list(items), total
    request = session.get_one(Request, str(job.payload["request"]))  # recorded before reminders were bundled
    waits = request.status == "open"
    return ([(request, int(job.payload["level"]))], 1) if waits else ([], 0)


def _why(w: Wiring, request: Request, level: int, recipient: Person) -> str:
    """Why somebody hears of what was asked of another."""
    name, owner = w.people.name_of(request.assignee), f"the owner of campaign {request.campaign}, or whoever stands in"
    try:
        asked = w.people.named(request.assignee)
    except Refused:
        return f"{name} is no longer in the people file: it comes to {owner}."
    if level >= ESCALATED:
        return f"Half the time again has passed since it was due: it comes to {owner}."
    if _on_duty(w, asked.id) == recipient.id:
        return f"{name} is away, and you stand in for them."
    if asked.delegate is not None and _on_duty(w, asked.delegate) == recipient.id:
        return f"You stand in for {name}."
    return f"Nobody else stands in for {name}: it comes to {owner}."


def _on_duty(w: Wiring, person_id: str) -> str:
    there = local_day(w.clock.now(), w.people.named(person_id).calendar.time_zone)
    return w.people.on_duty(person_id, there).id
