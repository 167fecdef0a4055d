"""From an answer to an agreement: offers, what creators ask instead, and the owner's word where a limit is exceeded."""

from sqlmodel import Session, select

from approvals import sampling
from approvals import service as approvals
from approvals.kinds import Kind
from approvals.requests import is_unsettled
from approvals.rights import somebody_else
from approvals.service import Question
from contracts import service as contracts
from contracts.changes import Changes
from core import jobs
from core.campaign import Campaign
from core.database import unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.deals import Contract, Offer
from core.people import Person, Role, check_may
from core.store import campaign_of, candidate_named, creator_of
from flows.effects import CONTRACT, OFFER, OFFER_MADE
from flows.steps.review import withdraw_questions
from flows.wiring import Wiring
from outreach import answering
from outreach import service as outreach

DRAFT_JOB = "contract.draft"
#: Who may tell what was agreed with a creator.
NEGOTIATORS = (Role.SENDER, Role.OPS, Role.OWNER)
_NONE = Changes()


def make_offer(
    w: Wiring,
    slug: str,
    creator: str,
    *,
    actor: Person,
    changes: Changes = _NONE,
    note: str = "",
) -> tuple[Offer, Request | None]:
    """Make an offer; where it goes beyond the campaign's limits the owner is asked first (the request is returned).

    One within the limits needs nobody, and is noted as done without a person. Raises Refused where no approved contract
    template covers it: nobody should agree to what cannot be drafted.
    """
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        offer = contracts.make_offer(
            session,
            w.clock,
            campaign,
            candidate,
            actor=actor,
            changes=changes.values(campaign.offer.currency),
            note=note,
        )
        return offer, _asked_where_needed(session, w, campaign, candidate, offer, actor=actor)


def counter_offer(w: Wiring, slug: str, creator: str, *, actor: Person, changes: Changes, note: str = "") -> Offer:
    """What the creator asks instead of what we offer, on the record; nothing is agreed to."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        return contracts.counter_offer(session, w.clock, campaign, candidate, actor=actor,
                                       changes=changes.values(campaign.offer.currency), note=note)  # fmt: skip


def accept_counter(w: Wiring, slug: str, creator: str, *, actor: Person, how: str) -> tuple[Offer, Request | None]:
    """We take what the creator asks: agreed at once inside the campaign's limits; beyond them the owner is asked, and
    it can be accepted after that."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        offer = contracts.take_counter(session, w.clock, campaign, candidate, actor=actor)
        request = _asked_where_needed(session, w, campaign, candidate, offer, actor=actor)
        if request is None:
            offer = _accept(session, w, campaign, candidate, actor=actor, how=how)
        return offer, request


def _asked_where_needed(
    session: Session, w: Wiring, campaign: Campaign, candidate: Candidate, offer: Offer, *, actor: Person
) -> Request | None:
    contracts.check_paper(w.contract_templates, campaign, offer, on=w.clock.now().date())
    withdraw_asked(session, w, OFFER, candidate, keep=f"offer:{offer.id}", why="a newer offer replaced it")
    if offer.status == "drafted":
        return _ask_owner(session, w, campaign, candidate, offer, actor=actor)
    if not offer.beyond:  # else the owner let it pass, and it is only made or taken once more
        sampling.note(session, w.clock, campaign=campaign.slug, kind=OFFER_MADE, subject=f"offer:{offer.id}")
    return None


def accept_offer(w: Wiring, slug: str, creator: str, *, actor: Person, how: str) -> Offer:
    """The creator said yes: agreed, cost bound, and the contract's job started, in one transaction."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        check_may(actor, campaign, *NEGOTIATORS, what="record an acceptance")
        return _accept(session, w, campaign, candidate, actor=actor, how=how)


def _accept(session: Session, w: Wiring, campaign: Campaign, candidate: Candidate, *, actor: Person, how: str) -> Offer:
    offer = contracts.accept_offer(session, w.clock, campaign, candidate, actor=actor.id, how=how)
    withdraw_asked(session, w, OFFER, candidate, why="the creator accepted another offer")
    answering.close_settled(session, w.clock, candidate, actor=actor.id, outcome="they accepted an offer")
    payload = {"candidate": candidate.id, "campaign": campaign.slug}
    jobs.start(session, w.clock, kind=DRAFT_JOB, key=draft_key(candidate), payload=payload)
    return offer


def decline_offer(w: Wiring, slug: str, creator: str, *, actor: Person, reason: str) -> None:
    """The creator said no."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        check_may(actor, campaign, *NEGOTIATORS, what="record a refusal")
        contracts.decline_offer(session, w.clock, campaign, candidate, actor=actor.id, reason=reason)
        answering.close_settled(session, w.clock, candidate, actor=actor.id, outcome="they said no to an offer")
        withdraw_questions(session, w)


def reopen_deal(w: Wiring, slug: str, creator: str, *, actor: Person, reason: str) -> Contract | None:
    """What was agreed is talked about again; the contract that is void with it is returned, and called back.

    Nobody is left being asked about that contract, and its mail does not go out if it has not yet.
    """
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        check_may(actor, campaign_of(session, candidate), *NEGOTIATORS, what="open a deal again")
        contract = contracts.reopen(session, w.clock, candidate, actor=actor.id, reason=reason)
        for kind in (CONTRACT, Kind.RETURNED):
            withdraw_asked(session, w, kind, candidate, why="the deal is talked about again")
        if contract is not None:
            step, why = f"contract-{contract.version}", "the deal is talked about again"
            outreach.cancel_pending(session, w.clock, candidate_id=contract.candidate_id, step=step, why=why)
        return contract


def withdraw_asked(session: Session, w: Wiring, kind: str, candidate: Candidate, *, keep: str = "", why: str) -> None:
    """Take back the open questions of one kind about a candidate, but one."""
    query = select(Request.subject).where(Request.kind == kind, Request.candidate_id == candidate.id)
    for subject in session.exec(query.where(is_unsettled(), Request.subject != keep)).all():
        approvals.void(session, w.clock, kind=kind, subject=subject, why=why)


def draft_key(candidate: Candidate) -> str:
    """Of the job that drafts what was agreed with them."""
    return f"candidate:{candidate.id}"


def _ask_owner(
    session: Session, w: Wiring, campaign: Campaign, candidate: Candidate, offer: Offer, *, actor: Person
) -> Request:
    owner = w.people.holder(campaign, Role.OWNER, w.clock.now(), asker=actor.id)
    if not somebody_else(w.people, campaign, owner, Role.OWNER, asker=actor):
        raise Refused(
            f"This offer goes beyond a limit of {campaign.slug}, and nobody but {owner.name} could let it.",
            next_step="Let the sender or ops make the offer; the owner then decides.",
        )
    question = Question(
        kind=OFFER,
        subject=f"offer:{offer.id}",
        campaign=campaign.slug,
        candidate_id=candidate.id,
        card=contracts.offer_card(
            offer,
            campaign=campaign,
            creator=creator_of(session, candidate).name,
            left=contracts.budget(session, campaign).left,
        ),
        role=Role.OWNER,
        assignee=owner,
        requested_by=actor.id,
        sla=campaign.sla,
        four_eyes=True,
    )
    return approvals.ask(session, w.clock, question)
