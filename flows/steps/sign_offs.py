"""Asking for the sign-offs of a campaign, one after the other, and taking back what is asked about older content.

Owns whom each goes to and when it is its turn. What is signed off, and what that is worth, approvals knows.
"""

import logging
from collections.abc import Sequence

from sqlmodel import Session, col, select

from approvals import chains, first_mails, gate, guardrails
from approvals import service as approvals
from approvals.gate_cards import Results, measurement_card
from approvals.guardrails import RULES
from approvals.kinds import Kind
from approvals.rights import somebody_else
from approvals.service import Question
from approvals.sign_off_rules import changes, the_rules
from contracts import service as contracts
from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import GreenroomError, Refused
from core.models.approvals import Request
from core.people import Person, Role, check_may
from core.stages import Stage
from core.store import came_to, stored_campaign
from flows.sign_off_effects import SIGN_OFF_JOB, voice_in
from flows.steps.work import finish, next_job, settling
from flows.wiring import Wiring

log = logging.getLogger("greenroom.sign_offs")
#: Who may ask for the sign-offs of a campaign.
ASKERS = (Role.OPS, Role.OWNER)
_OF_CONTENT = (gate.BRIEF, gate.TRACKING, gate.FIRST_MAIL)
EDITED = "the campaign or its wording was changed since"


def ask_sign_offs(w: Wiring, slug: str, *, actor: Person) -> list[Request]:
    """Ask for the sign-off whose turn it is; the next one is asked by itself once it is given. [] where none is left.

    Raises Refused while the campaign file does not say what a sign-off would be about.
    """
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        check_may(actor, campaign, *ASKERS, what="ask for the sign-offs")
        lacking = [item for item in gate.settled(campaign, wrong_owners(w, campaign)) if not item.done]
        if lacking:
            raise Refused(
                f"The campaign {slug} cannot be signed off yet: {' '.join(item.missing for item in lacking)}",
                next_step="\n".join([*(item.next_step for item in lacking), "Then source it again."]),
            )
        return _ask_those(session, w, campaign, [gate.BRIEF, gate.TRACKING], asked_by=actor.id)


def ask_next(w: Wiring) -> int:
    """After each sign-off, ask for the next in its chain; returns how many were asked."""
    asked = 0
    while (job := next_job(w, SIGN_OFF_JOB)) is not None:
        with settling(w, job):
            with unit_of_work(w.engine) as session:
                campaign = stored_campaign(session, str(job.payload["campaign"]))
                asked += len(_ask_those(session, w, campaign, [gate.TRACKING], asked_by=str(job.payload["asked_by"])))
            finish(w, job)
    return asked


def withdraw_outdated(w: Wiring) -> int:
    """Nobody is left being asked about content that is not in force any more; returns how many questions were."""
    query = select(Request.campaign).where(Request.status == "open", col(Request.kind).in_(_OF_CONTENT)).distinct()
    with reading(w.engine) as session:
        slugs = session.exec(query).all()
    withdrawn = 0
    for slug in slugs:
        try:
            with unit_of_work(w.engine) as session:
                withdrawn += void_outdated(session, w, stored_campaign(session, slug))
        except GreenroomError as error:
            log.warning("whether the sign-offs of %s are outdated cannot be told: %s", slug, error)
    return withdrawn


def after_edit(session: Session, w: Wiring, campaign: Campaign) -> None:
    """This content was put in force: what is asked about another is taken back, and what voids a sign-off counted."""
    void_outdated(session, w, campaign)
    former = gate.last_signed(session, campaign, gate.BRIEF)
    if former is None or former.campaign is None:
        return
    for kind in sorted({change.kind for change in changes(former.campaign, campaign, the_rules())}):
        guardrails.caught(session, w.clock, guardrail=RULES, campaign=campaign.slug,
                          subject=gate.subject_of(campaign), found=kind)  # fmt: skip


def void_outdated(session: Session, w: Wiring, campaign: Campaign) -> int:
    """Take back the open questions about another content or wording of this campaign than the one in force."""
    query = select(Request).where(
        Request.campaign == campaign.slug, Request.status == "open", col(Request.kind).in_(_OF_CONTENT)
    )
    asked = session.exec(query).all()
    if not asked:
        return 0
    voice = voice_of(w, campaign)
    signed, wording = gate.gate_content(campaign, voice), gate.wording_content(campaign, voice)
    current = {gate.BRIEF: signed, gate.TRACKING: signed, gate.FIRST_MAIL: wording}
    subject = gate.subject_of(campaign)  # what was asked about an earlier cycle is gone too
    gone = [
        one for one in asked
        if not (first_mails.is_about(one, campaign, wording) if first_mails.is_second_look(one)
                else (one.subject, one.content_sha256) == (subject, current[Kind(one.kind)]))
    ]  # fmt: skip
    for request in gone:
        approvals.void(session, w.clock, kind=request.kind, subject=request.subject, why=EDITED)
    return len(gone)


def standing(w: Wiring, slug: str) -> gate.Standing:
    """The checklist before outreach of the content in force."""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        return gate.standing(session, campaign, voice_of(w, campaign), wrong_owners=wrong_owners(w, campaign))


def wrong_owners(w: Wiring, campaign: Campaign) -> Refused | None:
    """What the people file says against those whom the campaign names: unknown, or without the role."""
    try:
        w.people.check_campaign(campaign)
    except Refused as wrong:
        return wrong
    return None


def voice_of(w: Wiring, campaign: Campaign) -> bytes:
    """The digest of the wording that goes out. Raises BadInput where there is no such template."""
    return voice_in(w.settings.templates, campaign)


def ask_measurement(w: Wiring, slug: str, *, actor: Person) -> Request:
    """Put what the campaign came to before the analyst, who is not the one who asks.

    Raises Refused before its turn: figures that nobody agreed how to read are nothing to sign off.
    """
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        check_may(actor, campaign, *ASKERS, what="ask for the sign-off of the measurement")
        signed = gate.signed(session, campaign, voice_of(w, campaign))
        chains.check_turn(Kind.MEASUREMENT, signed, about=slug, next_step=f"See: greenroom campaign gate {slug}")
        analyst = w.people.named_as(campaign, "analytics", w.clock.now())
        if not somebody_else(w.people, campaign, analyst, Role.ANALYTICS, asker=actor):
            raise Refused(f"{actor.name} would ask and answer: the measurement takes four eyes.",
                          next_step="Let somebody else of ops ask.")  # fmt: skip
        question = Question(
            kind=Kind.MEASUREMENT,
            subject=gate.subject_of(campaign),
            campaign=slug,
            card=measurement_card(campaign, _results(session, campaign), today=w.clock.now().date()),
            role=Role.ANALYTICS,
            assignee=analyst,
            requested_by=actor.id,
            sla=campaign.sla,
            four_eyes=True,
        )
        return approvals.ask(session, w.clock, question)


def _ask_those(
    session: Session, w: Wiring, campaign: Campaign, kinds: Sequence[Kind], *, asked_by: str
) -> list[Request]:
    """Of these, ask the one whose turn it is: not signed off, and all before it are."""
    void_outdated(session, w, campaign)
    signed = gate.signed(session, campaign, voice_of(w, campaign))
    turn = next((kind for kind in kinds if kind not in signed and chains.waits_for(kind, signed) is None), None)
    return [_ask(session, w, campaign, turn, asked_by=asked_by)] if turn else []


def _ask(session: Session, w: Wiring, campaign: Campaign, kind: Kind, *, asked_by: str) -> Request:
    named = "brand_lead" if kind is gate.BRIEF else "analytics"
    question = gate.question(
        campaign,
        kind,
        voice=voice_of(w, campaign),
        assignee=w.people.named_as(campaign, named, w.clock.now()),
        requested_by=asked_by,
        former=gate.last_signed(session, campaign, kind),
    )
    return approvals.ask(session, w.clock, question)


def _results(session: Session, campaign: Campaign) -> Results:
    """What is on record of the campaign's cycle: how many ever came to each stage, and what is bound."""
    counts = came_to(session, campaign.slug, cycle=campaign.cycle)
    return Results(
        written_to=counts.get(Stage.INVITED, 0),
        replied=counts.get(Stage.REPLIED, 0),
        signed=counts.get(Stage.SIGNED, 0),
        committed=contracts.budget(session, campaign).committed,
    )
