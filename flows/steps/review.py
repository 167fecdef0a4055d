"""Decisions of people, from whichever door, and the review queue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from approvals import second_thoughts
from approvals import service as approvals
from approvals.kinds import UNDO_WINDOW, Kind
from approvals.requests import is_unsettled
from approvals.rights import DecisionRefused, check_length, check_text, has_words
from approvals.service import Decision, Effects, the_request, title_of
from core import jobs
from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import GreenroomError, Refused
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.jobs import Job
from core.people import Person, Role, check_may
from core.reservations import held_for, release
from core.stages import FINAL, Stage
from core.store import campaign_of, candidate_named, move, stored_campaign
from flows.effects import APPLY_JOB, CANDIDATE, REFILL_JOB, table_of_effects
from flows.steps.review_queue import ask_reviewer
from flows.steps.work import job_id, next_job, settling
from flows.wiring import Wiring


@dataclass(frozen=True)
class Outcome:
    """What became of one of many decisions: the request as it stands now, or why it was not decided."""

    request_id: str
    title: str
    request: Request | None
    refusal: GreenroomError | None

    @property
    def document(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "request_id": self.request_id,
            "title": self.title,
            "status": self.request.status if self.request else "refused",
            "undo_until": self.request.effective_at.isoformat() if self.request and self.request.effective_at else None,
            "error": self.refusal.message if self.refusal else None,
            "next_step": self.refusal.next_step if self.refusal else None,
        }


def decide(
    w: Wiring,
    request_id: str,
    choice: str,
    *,
    actor: Person,
    door: str,
    reason: str = "",
    content_sha256: str | None = None,
    may_be_taken_back: bool = False,
) -> Request:
    """One person's answer to one request, with everything that follows from it.

    `may_be_taken_back`: nothing follows before the undo window of the request's kind is over, where it has one.
    """
    with reading(w.engine) as session:
        campaign = campaign_about(session, the_request(session, request_id))
    return approvals.decide_now(
        w.engine,
        w.clock,
        Decision(
            request_id=request_id, choice=choice, actor=actor, door=door, reason=reason, content_sha256=content_sha256,
            may_be_taken_back=may_be_taken_back,
        ),
        people=w.people,
        campaign=campaign,
        effects=_effects(w),
        terminal_may_sign_off=w.settings.terminal_may_sign_off,
    )  # fmt: skip


def decide_many(
    w: Wiring, request_ids: Iterable[str], choice: str, *, actor: Person, door: str, reason: str = ""
) -> list[Outcome]:
    """One answer to many requests, each on its own: one that is refused never stops the others.

    All can be taken back for a while; a kind without such a time is refused, as nobody looked at it closely.
    """
    return [_decide_one_of_many(w, name, choice, actor, door, reason) for name in dict.fromkeys(request_ids)]


def _decide_one_of_many(w: Wiring, name: str, choice: str, actor: Person, door: str, reason: str) -> Outcome:
    known: Request | None = None
    try:
        with reading(w.engine) as session:
            known = the_request(session, name)
        if not UNDO_WINDOW[Kind(known.kind)]:
            raise _not_together(w, known, actor, door)
        done = decide(w, known.id, choice, actor=actor, door=door, reason=reason, may_be_taken_back=True)
    except GreenroomError as refusal:
        return Outcome(known.id if known else name, title_of(known) if known else "", None, refusal)
    return Outcome(done.id, title_of(done), done, None)


def _not_together(w: Wiring, request: Request, actor: Person, door: str) -> DecisionRefused:
    """Why it takes a decision of its own; that somebody tried is on the log."""
    refusal = DecisionRefused(
        f"{title_of(request)} is a {request.kind}, which is never decided together with others.",
        why="not in bulk",
        next_step=f"Decide it by itself: greenroom approvals decide {request.id[:8]} CHOICE",
    )
    with unit_of_work(w.engine) as session:
        approvals.remember_refusal(session, w.clock, request.id, refusal, actor=actor, door=door)
    return refusal


def take_back(w: Wiring, request_id: str, *, actor: Person, door: str) -> Request:
    """The question is open again, as if nobody had decided."""
    with reading(w.engine) as session:
        request = the_request(session, request_id)
        campaign = campaign_about(session, request)
    return second_thoughts.take_back_now(
        w.engine, w.clock, request.id, actor=actor, door=door, people=w.people, campaign=campaign,
        terminal_may_sign_off=w.settings.terminal_may_sign_off,
    )  # fmt: skip


def apply_due(w: Wiring) -> list[Request]:
    """Carry out every decision that can no longer be taken back; returns those, and what had to be asked again.

    One that fails never stops the others and is tried again. With nothing to do it waits for nobody who writes.
    """
    with reading(w.engine) as session:
        if not jobs.any_due(session, w.clock, kind=APPLY_JOB):
            return []
    done: list[Request] = []
    effects = _effects(w)
    while (job := next_job(w, APPLY_JOB)) is not None:
        done += _apply(w, job, effects)
    return done


def _apply(w: Wiring, job: Job, effects: Effects) -> list[Request]:
    decided_at = datetime.fromisoformat(str(job.payload["decided_at"]))
    with settling(w, job), unit_of_work(w.engine) as session:
        request = second_thoughts.apply(
            session, w.clock, str(job.payload["request"]), decided_at, effects=effects, people=w.people
        )
        jobs.finish(session, w.clock, job_id(job))
        return [request] if request is not None else []
    return []


def _effects(w: Wiring) -> Effects:
    return table_of_effects(w.archive, w.contract_templates, w.settings.models_folder)


def campaign_about(session: Session, request: Request) -> Campaign:
    """The campaign whose people answer the request: of a candidate, the content that is in force for its cycle."""
    candidate = session.get(Candidate, request.candidate_id) if request.candidate_id else None
    return campaign_of(session, candidate) if candidate else stored_campaign(session, request.campaign)


def review_queue(session: Session, slug: str) -> Sequence[Request]:
    """Open questions about candidates of a campaign, best candidate first."""
    query = (
        select(Request)
        .join(Candidate, col(Candidate.id) == Request.candidate_id)
        .where(Request.campaign == slug, Request.kind == CANDIDATE, Request.status == "open")
        .order_by(col(Candidate.rank), col(Candidate.id))
    )
    return session.exec(query).all()


def latest_request(session: Session, *, kind: str, subject: str) -> Request:
    """The last question asked about a matter, open or not. Raises Refused where none was ever asked."""
    query = (
        select(Request)
        .where(Request.kind == kind, Request.subject == subject)
        .order_by(col(Request.status) != "open", col(Request.asked_at).desc())
        .limit(1)
    )
    request = session.exec(query).first()
    if request is None:
        raise Refused(f"Nobody was asked about {subject} yet.", next_step="Only creators in the queue are decided on.")
    return request


def return_held(w: Wiring, slug: str, creator: str, *, actor: Person) -> Request:
    """Put a held creator back into the queue and ask again."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        check_may(actor, campaign, Role.REVIEWER, Role.OPS, Role.OWNER, what="take a creator off hold")
        if candidate.stage != Stage.HELD:
            raise _not_held(session, candidate, creator)
        return requeue(session, w, candidate, actor=actor.id)


def _not_held(session: Session, candidate: Candidate, creator: str) -> Refused:
    """In words, and what to do instead: in the queue too, where a hold can still be taken back."""
    slug = candidate.campaign
    if candidate.stage != Stage.QUEUED:
        return Refused(f"{creator} is not on hold but {candidate.stage.replace('_', ' ').lower()}.",
                       next_step=f"Who stands where: greenroom longlist show {slug}")  # fmt: skip
    request = latest_request(session, kind=CANDIDATE, subject=f"candidate:{candidate.id}")
    if request.choice == "hold":
        return Refused(f"{creator} is not on hold yet: that can still be taken back.",
                       next_step=f"Take it back: greenroom approvals take-back {request.id[:8]}")  # fmt: skip
    return Refused(f"{creator} is not on hold, but waits for review already.",
                   next_step=f"Decide: greenroom review approve|decline|hold {slug} {creator}")  # fmt: skip


def requeue(session: Session, w: Wiring, candidate: Candidate, *, actor: str) -> Request:
    """HELD → QUEUED with a new question, in the caller's transaction."""
    move(session, w.clock, candidate, Stage.QUEUED, actor=actor)
    ask_reviewer(session, w, campaign_of(session, candidate), candidate, asked_by=actor)
    return latest_request(session, kind=CANDIDATE, subject=f"candidate:{candidate.id}")


def drop(w: Wiring, slug: str, creator: str, *, actor: Person, reason: str) -> Candidate:
    """The campaign's owner or ops end it, at any open stage: nothing more is asked about the creator.

    Budget that no signed contract binds is free again. Somebody who was never written to may be taken up by the
    brand's other campaigns at once; whoever was, only when the cool-down is over.
    """
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        check_may(actor, campaign_of(session, candidate), Role.OPS, Role.OWNER, what="drop a creator")
        check_text(reason, what="reason")
        check_length(reason.strip(), what="reason")
        if not has_words(reason):
            raise Refused("Nobody is dropped without a reason.", next_step="Say why in a few words.")
        was_approved = candidate.stage == Stage.APPROVED
        move(session, w.clock, candidate, Stage.DROPPED, actor=actor.id, reason=reason)
        if was_approved:
            release(session, w.clock, candidate)
            for rival in held_for(session, candidate):
                requeue(session, w, rival, actor=actor.id)
        withdraw_questions(session, w)
        return candidate


def withdraw_questions(session: Session, w: Wiring) -> int:
    """Nobody is left being asked about a creator whose matter has ended; the queue may take somebody else."""
    query = (
        select(Request, Candidate)
        .join(Candidate, col(Candidate.id) == Request.candidate_id)
        .where(is_unsettled(), col(Candidate.stage).in_(FINAL))
    )
    found = session.exec(query).all()
    for request, candidate in found:
        why = f"the creator is {candidate.stage}"
        approvals.void(session, w.clock, kind=request.kind, subject=request.subject, why=why)
        if request.kind == CANDIDATE:
            jobs.start(session, w.clock, kind=REFILL_JOB, key=request.id, payload={"campaign": candidate.campaign})
    return len(found)
