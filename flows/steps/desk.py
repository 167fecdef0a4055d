"""What people do at the desk: answer creators who answered, and send direct messages that no machine may send.

Every door (terminal, Slack, console) comes through here, so that all ask the same rights at the moment of the click.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from approvals import gate
from core import jobs
from core.database import reading, unit_of_work
from core.errors import Refused, TransientError
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.people import Person, Role, check_may, holds
from core.stages import Stage
from core.store import candidate_named, stored_campaign
from flows.slack.telling import tell
from flows.steps import outreach as outreach_steps
from flows.steps.sign_offs import voice_of
from flows.steps.watchman import paused_by, problem_found
from flows.steps.work import finish, next_job, settling
from flows.wiring import Wiring
from outreach import answer_mail, answering, direct, threads
from outreach.direct import Prepared
from outreach.entries import ANSWER, BY_HAND, INVITE, message_of

ANSWER_JOB = "answer.send"
_WRITERS = (Role.SENDER, Role.OPS, Role.OWNER)
#: Said of the first mail in the gate's checklist, which no direct message is made of.
_FIRST_MAIL = "R49"


@dataclass(frozen=True)
class Bench:
    """The direct messages of one campaign that wait for a person."""

    campaign: str
    name: str
    prepared: Prepared


def send_answer(w: Wiring, reply_id: int, text: str, *, actor: Person, seen: int | None = None) -> Message:
    """A person sends this text; it leaves within moments, by the worker or by `send_answers`.

    `seen` is the newest answer of the creator on the page that they sent it from; Refused where there is a newer one.
    """
    with unit_of_work(w.engine) as session:
        message = answering.send_answer(
            session, w.clock, reply_id, text, actor=actor, people=w.people, pepper=w.pepper, seen=seen
        )  # fmt: skip
        jobs.start(session, w.clock, kind=ANSWER_JOB, key=f"message:{message.id}",
                   payload={"campaign": message.campaign, "message": message.id})  # fmt: skip
        return message


def send_answers(w: Wiring, slug: str | None = None) -> int:
    """Send the answers that people wrote (of one campaign, or all); returns how many went out."""
    sent = 0
    while (job := next_job(w, ANSWER_JOB, campaign=slug)) is not None:
        with settling(w, job):
            campaign, number = str(job.payload["campaign"]), int(job.payload["message"])
            sent += len(outreach_steps.send_due(w, campaign, categories=frozenset({ANSWER})).sent)
            _check_gone(w, number)
            finish(w, job)
    return sent


def close_item(w: Wiring, reply_id: int, *, actor: Person, outcome: str = answering.NOTHING_TO_DO) -> Reply:
    """Nothing is to be sent for it."""
    with unit_of_work(w.engine) as session:
        return answering.close_item(session, w.clock, reply_id, actor=actor, people=w.people, outcome=outcome)


def assign(w: Wiring, reply_id: int, *, to: Person, actor: Person) -> Reply:
    """Somebody else works on it, and is told so in Slack."""
    with unit_of_work(w.engine) as session:
        reply = answering.reassign(session, w.clock, reply_id, to=to, actor=actor, people=w.people)
        if w.slack_on and to.slack and to.id != actor.id:
            item = threads.the_answer(session, reply_id)
            said = f"{actor.name} handed you the answer of {item.shown_as} ({reply.kind}). It stands in your Home."
            tell(session, w, said, key=f"handed-over:{reply_id}:{to.id}:{w.clock.now():%Y%m%dT%H%M%S}", person=to.id,
                 campaign=item.campaign)  # fmt: skip
        return reply


def answered_before(w: Wiring, reply_id: int, text: str, *, actor: Person) -> bool:
    """Whether this person sent this very text already: the second of two clicks on one button is no other deed."""
    query = select(Message).join(Reply, col(Reply.candidate_id) == Message.candidate_id)
    with reading(w.engine) as session:
        found = session.exec(query.where(Reply.id == reply_id, Reply.handled_by == actor.id,
                                         Message.step == f"answer-{reply_id}")).first()  # fmt: skip
    return found is not None and found.text == answer_mail.as_sent(text)


def recorded_before(w: Wiring, number: int, text: str, *, actor: Person) -> bool:
    """Whether this person said already that they sent this very direct message."""
    with reading(w.engine) as session:
        found = session.exec(select(Message).where(Message.id == number, Message.category == BY_HAND)).first()
    return found is not None and found.sender == actor.id and found.text.strip() == text.strip()


def direct_messages(w: Wiring, slug: str, *, actor: Person) -> Prepared:
    """The drafts of a campaign, those that were missing written now. Sends nothing."""
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        check_may(actor, campaign, *_WRITERS, what="write to creators")
        return direct.prepare(session, w.clock, campaign, w.people, templates=w.settings.templates, pepper=w.pepper)


def all_direct_messages(w: Wiring, *, actor: Person) -> list[Bench]:
    """The drafts of every campaign that this person may write for."""
    with reading(w.engine) as session:
        query = select(Candidate.campaign).where(Candidate.stage == Stage.APPROVED).distinct()
        campaigns = [stored_campaign(session, slug) for slug in sorted(session.exec(query))]
    theirs = [one for one in campaigns if any(holds(actor, role, one) for role in _WRITERS)]
    return [Bench(one.slug, one.name, direct_messages(w, one.slug, actor=actor)) for one in theirs]


def count_direct(session: Session, *, actor: Person) -> int:
    """How many drafts were waiting when they were last looked at, in campaigns that this person may write for."""
    query = select(Message.campaign).join(Candidate, col(Candidate.id) == Message.candidate_id)
    waiting = session.exec(query.where(Message.status == direct.DRAFT, Candidate.stage == Stage.APPROVED)).all()
    may = {slug: any(holds(actor, role, stored_campaign(session, slug)) for role in _WRITERS) for slug in set(waiting)}
    return sum(may[slug] for slug in waiting)


def direct_sent(
    w: Wiring, slug: str, number: int, text: str, *, actor: Person, to: int | None = None
) -> Message:  # fmt: skip
    """This person sent the message on the platform. What would stop a mail at this moment stops the record of it.

    Raises Refused then, and says not to send it where it has not been.
    """
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        check_may(actor, campaign, *_WRITERS, what="write to creators")
        _check_gate(session, w, slug)
        return direct.was_sent(session, w.clock, number, text, campaign=campaign, actor=actor, people=w.people,
                               pepper=w.pepper, to=to)  # fmt: skip


def draft_of(w: Wiring, slug: str, creator: str) -> Message:
    """The draft for one creator. Raises Refused where there is none."""
    with reading(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        found = message_of(session, candidate.id or 0, INVITE)
    if found is None or found.status != direct.DRAFT:
        raise Refused(f"There is no draft of a direct message to {creator} in {slug}.",
                      next_step=f"See who has one: greenroom outreach direct {slug}")  # fmt: skip
    return found


def _check_gate(session: Session, w: Wiring, slug: str) -> None:
    """Pause, spot checks and sign-offs hold here as for mails; only a mail's own words need no look here."""
    stopped = paused_by(session, w, slug) or problem_found(session, w, slug)
    if stopped:
        raise Refused(stopped, next_step=f"Go on with: greenroom outreach go-on {slug}")
    campaign = stored_campaign(session, slug)
    open_items = [item for item in gate.standing(session, campaign, voice_of(w, campaign)).missing
                  if item.requirement != _FIRST_MAIL]  # fmt: skip
    if open_items:
        raise Refused(
            f"Nobody is written to for {slug} yet: {' '.join(item.missing for item in open_items)}",
            next_step="\n".join(item.next_step for item in open_items),
        )


def _check_gone(w: Wiring, number: int) -> None:
    with reading(w.engine) as session:
        message = session.get(Message, number)
    if message is not None and message.status == "pending":
        raise TransientError(f"The answer in mail {number} could not be sent yet: {message.detail or 'it waits'}.")
