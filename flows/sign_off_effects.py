"""What follows from the sign-offs of a campaign, from a look at a mail, a draft or a sample.

Most is what the decision itself says: the gate reads it. What has to be done besides is done here, or started.
"""

from pathlib import Path

from sqlmodel import Session

from approvals import chains, first_mails, gate, guardrails
from approvals.captions import MUST_OPEN
from approvals.conversation import OURSELVES, explain
from approvals.guardrails import GATE, SAMPLING, WEEKLY_CHECK
from approvals.kinds import Kind
from approvals.sampling import WEEKLY
from approvals.service import Decision
from contracts import service as contracts
from core import audit, jobs
from core.campaign import Campaign
from core.cards import Card
from core.clock import Clock
from core.errors import Refused
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.models.guardrails import AutomatedAction
from core.models.outreach import Message
from core.store import name_of, stored_campaign, the_candidate
from outreach import quarantine, voice
from outreach import service as outreach

SIGN_OFF_JOB = "sign-off.next"
#: What runs without a person, as it is noted for samples.
INVITATION_SENT, OFFER_MADE = "invitation sent", "offer within limits"
#: A contract in one of these was signed off by legal.
_SIGNED_OFF = ("signed_off", "out", "signed")


def signed_off(templates: Path, session: Session, clock: Clock, request: Request, _decision: Decision) -> None:
    """The next one in the chain is asked by itself. Raises Refused where the content changed since this was asked."""
    campaign = stored_campaign(session, request.campaign)
    if request.content_sha256 != gate.gate_content(campaign, voice_in(templates, campaign)):
        raise _changed(campaign, f"greenroom campaign sign-offs {campaign.slug}")
    if Kind.TRACKING not in chains.after(Kind(request.kind)):
        return  # what comes after the tracking setup, a person asks when the campaign is over
    payload = {"campaign": request.campaign, "asked_by": request.requested_by}
    jobs.start(session, clock, kind=SIGN_OFF_JOB, key=request.id, payload=payload)


def measured(templates: Path, session: Session, _clock: Clock, request: Request, _decision: Decision) -> None:
    """Raises Refused where it is not agreed any more how the figures are to be read."""
    campaign = stored_campaign(session, request.campaign)
    signed = gate.signed(session, campaign, voice_in(templates, campaign))
    chains.check_turn(Kind.MEASUREMENT, signed, about=campaign.slug)


def first_mail_goes(templates: Path, session: Session, _clock: Clock, request: Request, _decision: Decision) -> None:
    """The first mail, or those that follow the first few. Raises Refused where mails read otherwise by now."""
    campaign = stored_campaign(session, request.campaign)
    wording = gate.wording_content(campaign, voice_in(templates, campaign))
    second = first_mails.is_second_look(request)
    if not (first_mails.is_about(request, campaign, wording) if second else request.content_sha256 == wording):
        raise _changed(campaign, f"greenroom outreach canary {campaign.slug}")


def voice_in(templates: Path, campaign: Campaign) -> bytes:
    """The digest of all wording that goes out: invitation, follow-ups, when they go. Raises BadInput where some of it
    is missing."""
    return gate.voice_digest(*voice.pieces(templates, campaign))


def said(_session: Session, _clock: Clock, _request: Request, _decision: Decision) -> None:
    """The answer is all of it."""


def no_mail_goes(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    """Of mails nobody got yet, none goes; where the first are out, their wording is taken out of use."""
    second = first_mails.is_second_look(request)
    guardrails.caught(session, clock, guardrail=GATE, campaign=request.campaign, subject=request.subject,
                      found="first mails quarantined" if second else "first mail declined")  # fmt: skip
    if second:
        row = quarantine.put(session, clock, quarantine.Version(*first_mails.version_of(request)),
                             campaign=request.campaign, why=decision.reason, by=decision.actor.id)  # fmt: skip
        quarantine.call_back(session, clock, row, by=decision.actor.id)


def content_approved(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    """Raises Refused where the contract that the draft was held against does not stand any more, or asks otherwise."""
    candidate = the_candidate(session, request.candidate_id or 0)
    asks_now = contracts.terms_of(check_contract(session, candidate)).disclosure
    facts = Card.model_validate(request.card).facts
    if all(fact.value != asks_now for fact in facts if fact.label == MUST_OPEN):
        raise Refused(
            f"By the contract of {name_of(session, candidate)} a post must open with “{asks_now}” by now, and this "
            "draft was held against other words.",
            next_step=f"Hand it in again: greenroom content submit {candidate.campaign} CREATOR --file FILE",
        )
    _content(session, clock, request, decision, "content.approved")


def content_needs_changes(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    _content(session, clock, request, decision, "content.changes_requested")


def check_contract(session: Session, candidate: Candidate) -> Contract:
    """The signed-off contract of a creator. Raises Refused where there is none: a draft waits for it."""
    contract = contracts.current_contract(session, candidate)
    signed = {Kind.FINAL_CONTRACT} if contract is not None and contract.status in _SIGNED_OFF else set()
    chains.check_turn(Kind.DRAFT_CONTENT, signed, about=name_of(session, candidate),
                      next_step=f"See: greenroom contracts status {candidate.campaign}")  # fmt: skip
    assert contract is not None
    return contract


def went_wrong(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    """Something that runs by itself was found wrong: no more of it goes out before a person says so."""
    action = session.get_one(AutomatedAction, int(request.subject.rpartition(":")[2]))
    choice = Card.model_validate(request.card).choice(decision.choice)
    known = decision.reason.strip() if choice and decision.reason.strip() in choice.reasons else "problem"
    guardrail = WEEKLY_CHECK if request.subject.startswith(f"{WEEKLY}:") else SAMPLING
    guardrails.caught(
        session, clock, guardrail=guardrail, campaign=request.campaign, subject=action.subject, found=known
    )
    outreach.pause(session, clock, request.campaign, actor=OURSELVES)
    explain(session, clock, request, _way_out(session, request.campaign, action))


def _way_out(session: Session, slug: str, action: AutomatedAction) -> str:
    """What whoever found it wrong can do now."""
    go_on = f"greenroom outreach go-on {slug}"
    if action.kind != INVITATION_SENT:
        return f"The outreach of {slug} is paused. Once it is put right: {go_on}"
    mail = session.get_one(Message, int(action.subject.rpartition(":")[2]))
    return (f"The outreach of {slug} is paused. Where the wording is at fault, take it out of use, see whom it reached "
            f"and draft a correction: greenroom outreach quarantine {slug} --template {mail.template_sha256[:12]} "
            f"--reason WHY. Where only this mail is: {go_on}")  # fmt: skip


def _changed(campaign: Campaign, again: str) -> Refused:
    return Refused(f"{campaign.slug} or its wording was changed since this was asked.", next_step=f"Ask anew: {again}")


def _content(session: Session, clock: Clock, request: Request, decision: Decision, action: str) -> None:
    audit.record(session, clock, actor=decision.actor.id, action=action, subject=f"candidate:{request.candidate_id}",
                 detail={"request": request.id, "content": request.content_sha256})  # fmt: skip
