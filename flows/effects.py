"""What a decision sets off: (kind of request, choice) → effect, run in the transaction in which the decision takes
effect: the one that records it, or a later one where it can be taken back.

Effects move candidates and start jobs. They touch no network and no Prefect.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session

from approvals import service as approvals
from approvals.kinds import Kind
from approvals.service import Decision, Effect
from contracts import service as contracts
from contracts.archive import Archive
from contracts.countersigning import countersign
from contracts.register import locked
from contracts.templates import Templates
from core import audit, jobs
from core.clock import Clock
from core.errors import Refused
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.reservations import held_by_another, reserve
from core.stages import Stage
from core.store import campaign_of, move, the_candidate
from flows import sign_off_effects as sign_offs
from flows.learning_effects import WEIGHTS, adopt_model, leave_model
from flows.sign_off_effects import INVITATION_SENT, OFFER_MADE, SIGN_OFF_JOB

__all__ = ["APPLY_JOB", "CANDIDATE", "CHANGES_ACCEPTED", "CHANGES_DECLINED", "CONTRACT",
           "INVITATION_SENT", "LOOK_AGAIN", "NEWS_JOB", "NOT_COUNTERSIGNED",
           "OFFER", "OFFER_MADE", "REFILL_JOB",
           "SEND_JOB", "SIGN_OFF_JOB", "table_of_effects"]  # fmt: skip

CANDIDATE, OFFER, CONTRACT = Kind.CANDIDATE, Kind.OFFER, Kind.FINAL_CONTRACT
#: Kind of the jobs that carry out decisions which could be taken back.
APPLY_JOB = approvals.APPLY_JOB
#: Kinds of jobs that decisions start.
REFILL_JOB, SEND_JOB, NEWS_JOB = "queue.refill", "contract.send", "deal.news"
NOT_COUNTERSIGNED = "not countersigned"
CHANGES_ACCEPTED, CHANGES_DECLINED = "changes accepted", "changes declined"
#: How soon a hold is looked at again whose reservation outlasts its cool-down.
LOOK_AGAIN = timedelta(days=7)


def table_of_effects(archive: Archive, templates: Templates, models: Path) -> Mapping[tuple[str, str], Effect]:
    """Every choice that a card of each kind may offer, and what it does."""
    return {
        (CANDIDATE, "approve"): _approve_candidate,
        (CANDIDATE, "decline"): _decline_candidate,
        (CANDIDATE, "wrong_audience"): _wrong_audience,
        (CANDIDATE, "hold"): _hold_candidate,
        (OFFER, "approve"): partial(_approve_offer, templates),
        (OFFER, "decline"): _refuse_offer,
        (CONTRACT, "sign_off"): partial(_sign_off_contract, archive),
        (CONTRACT, "request_changes"): _contract_needs_changes,
        (Kind.RETURNED, "approve"): partial(_accept_returned, archive),
        (Kind.RETURNED, "decline"): _keep_ours,
        (WEIGHTS, "approve"): partial(adopt_model, models),
        (WEIGHTS, "decline"): leave_model,
        (Kind.BRIEF, "sign_off"): partial(sign_offs.signed_off, templates.folder),
        (Kind.BRIEF, "request_changes"): sign_offs.said,
        (Kind.TRACKING, "sign_off"): partial(sign_offs.signed_off, templates.folder),
        (Kind.TRACKING, "request_changes"): sign_offs.said,
        (Kind.MEASUREMENT, "sign_off"): partial(sign_offs.measured, templates.folder),
        (Kind.MEASUREMENT, "request_changes"): sign_offs.said,
        (Kind.OUTREACH_BATCH, "approve"): partial(sign_offs.first_mail_goes, templates.folder),
        (Kind.OUTREACH_BATCH, "decline"): sign_offs.no_mail_goes,
        (Kind.DRAFT_CONTENT, "approve"): sign_offs.content_approved,
        (Kind.DRAFT_CONTENT, "request_changes"): sign_offs.content_needs_changes,
        (Kind.COUNTERSIGNATURE, "sign_off"): partial(_countersign, archive),
        (Kind.COUNTERSIGNATURE, "decline"): _not_countersigned,
        (Kind.SPOT_CHECK, "fine"): sign_offs.said,
        (Kind.SPOT_CHECK, "problem"): sign_offs.went_wrong,
    }


def _approve_candidate(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    candidate = _candidate_of(session, request)
    campaign = campaign_of(session, candidate)
    _make_room(session, clock, candidate, key=request.id)
    other = held_by_another(session, clock, candidate)
    if other is not None:
        winner = the_candidate(session, other.candidate_id).campaign
        move(
            session,
            clock,
            candidate,
            Stage.HELD,
            actor=decision.actor.id,
            request_id=request.id,
            reason=f"approved for {winner} first",
            held_until=max(other.until, clock.now() + LOOK_AGAIN),
        )
        return
    move(
        session,
        clock,
        candidate,
        Stage.APPROVED,
        actor=decision.actor.id,
        reason=decision.reason,
        request_id=request.id,
    )
    for rival in reserve(session, clock, candidate, days=campaign.outreach.cool_down_days, actor=decision.actor.id):
        _make_room(session, clock, rival, key=f"{request.id}:{rival.id}")
        approvals.void(
            session,
            clock,
            kind=CANDIDATE,
            subject=f"candidate:{rival.id}",
            why=f"approved for {candidate.campaign} first",
        )


def _decline_candidate(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    _leave_queue(session, clock, request, decision, to=Stage.DECLINED_BY_US, reason=decision.reason)


def _wrong_audience(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    reason = f"wrong audience: {decision.reason}" if decision.reason else "wrong audience"
    _leave_queue(session, clock, request, decision, to=Stage.DECLINED_BY_US, reason=reason)


def _hold_candidate(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    _leave_queue(session, clock, request, decision, to=Stage.HELD, reason=decision.reason)


def _leave_queue(
    session: Session, clock: Clock, request: Request, decision: Decision, *, to: Stage, reason: str
) -> None:
    candidate = _candidate_of(session, request)
    move(session, clock, candidate, to, actor=decision.actor.id, reason=reason, request_id=request.id)
    _make_room(session, clock, candidate, key=request.id)


def _make_room(session: Session, clock: Clock, candidate: Candidate, *, key: str) -> None:
    """Somebody left the review queue: whether the next one takes the place, the refill decides."""
    jobs.start(session, clock, kind=REFILL_JOB, key=key, payload={"campaign": candidate.campaign})


def _approve_offer(templates: Templates, session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    offer = contracts.approve_offer(session, clock, _id_in(request), by=decision.actor)
    # Looked at when the offer was made; by now the template's approval may have ended.
    campaign = campaign_of(session, _candidate_of(session, request))
    contracts.check_paper(templates, campaign, offer, on=clock.now().date())


def _refuse_offer(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    contracts.refuse_offer(session, clock, _id_in(request), by=decision.actor, reason=decision.reason)


def _sign_off_contract(archive: Archive, session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    contract = contracts.sign_off(
        session,
        clock,
        _id_in(request),
        archive=archive,
        sha256=request.content_sha256,
        by=decision.actor.id,
        request_id=request.id,
    )
    payload = {"contract": contract.id, "campaign": contract.campaign}
    jobs.start(session, clock, kind=SEND_JOB, key=f"contract:{contract.id}", payload=payload)


def _countersign(archive: Archive, session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    countersign(session, clock, _id_in(request), archive=archive, sha256=request.content_sha256, by=decision.actor.id,
                door=decision.door, request=request.id)  # fmt: skip


def _not_countersigned(session: Session, clock: Clock, request: Request, _decision: Decision) -> None:
    """Ops hear of it: the creator has signed and waits. Whoever holds ops then is found when the mail goes."""
    payload = {"news": NOT_COUNTERSIGNED, "contract": _id_in(request), "recipient": "", "campaign": request.campaign}
    jobs.start(session, clock, kind=NEWS_JOB, key=f"{NOT_COUNTERSIGNED}:{_id_in(request)}", payload=payload)


def _contract_needs_changes(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    contracts.request_changes(session, clock, _id_in(request), by=decision.actor.id,
                              reason=decision.reason, request_id=request.id)  # fmt: skip


def _accept_returned(archive: Archive, session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    """What came back may be recorded as signed, for exactly these bytes and this version; nobody is asked again."""
    contract, _ = locked(session, _id_in(request))
    if contract.status not in ("signed_off", "out"):
        raise Refused(f"{contract.file_name} is {contract.status}: nothing can be accepted in its place any more.")
    archive.read(request.content_sha256)
    _returned_decided(session, clock, request, decision, CHANGES_ACCEPTED)


def _keep_ours(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    _returned_decided(session, clock, request, decision, CHANGES_DECLINED)


def _returned_decided(session: Session, clock: Clock, request: Request, decision: Decision, news: str) -> None:
    """Legal's word on one returned file, of which whoever put it before them hears."""
    detail = {"returned": request.content_sha256, "request": request.id}
    audit.record(session, clock, actor=decision.actor.id, action=f"contract.{news.replace(' ', '_')}",
                 subject=request.subject, detail=detail)  # fmt: skip
    payload = {"news": news, "contract": _id_in(request), "recipient": request.requested_by,
               "campaign": request.campaign}  # fmt: skip
    jobs.start(session, clock, kind=NEWS_JOB, key=f"{news}:{request.id}", payload=payload)


def _candidate_of(session: Session, request: Request) -> Candidate:
    if request.candidate_id is None:
        raise Refused(f"Request {request.id} names no candidate.")
    return the_candidate(session, request.candidate_id)


def _id_in(request: Request) -> int:
    return int(request.subject.rpartition(":")[2])
