"""From an offer to a signature: what contracts, approvals and mail do together."""

from collections.abc import Mapping
from decimal import Decimal

from sqlmodel import Session, col, select

from approvals import sampling
from approvals import service as approvals
from approvals.kinds import Kind
from approvals.requests import is_unsettled
from approvals.rights import somebody_else
from approvals.service import Question
from contracts import service as contracts
from contracts.documents import Renderer
from core import jobs
from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.deals import Contract, Offer
from core.models.outreach import Message
from core.money import Money
from core.people import Person, Role, check_may
from core.stages import Stage
from core.store import campaign_of, candidate_named, creator_of, the_candidate
from flows.effects import CONTRACT, OFFER, OFFER_MADE, SEND_JOB
from flows.steps import outreach as outreach_steps
from flows.steps.review import withdraw_questions
from flows.steps.work import job_id, next_job, settling
from flows.wiring import Wiring
from outreach import answering
from outreach import service as outreach
from outreach.ledger import TRANSACTIONAL

DRAFT_JOB = "contract.draft"
#: Who may tell what was agreed with a creator.
NEGOTIATORS = (Role.SENDER, Role.OPS, Role.OWNER)


def make_offer(
    w: Wiring,
    slug: str,
    creator: str,
    *,
    actor: Person,
    stipend: Decimal | None = None,
    commission_percent: Decimal | None = None,
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
            stipend=stipend,
            commission_percent=commission_percent,
            note=note,
        )
        spend = Money.of_minor(offer.cost_minor, offer.currency)
        w.contract_templates.usable(campaign.contract.template, spend=spend, on=w.clock.now().date())
        _withdraw_questions(session, w, OFFER, candidate, keep=f"offer:{offer.id}", why="a newer offer replaced it")
        if offer.status != "drafted":
            sampling.note(session, w.clock, campaign=slug, kind=OFFER_MADE, subject=f"offer:{offer.id}")
            return offer, None
        return offer, _ask_owner(session, w, campaign, candidate, offer, actor=actor)


def accept_offer(w: Wiring, slug: str, creator: str, *, actor: Person, how: str) -> Offer:
    """The creator said yes: agreed, cost bound, and the contract's job started, in one transaction."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        check_may(actor, campaign, *NEGOTIATORS, what="record an acceptance")
        offer = contracts.accept_offer(session, w.clock, campaign, candidate, actor=actor.id, how=how)
        _withdraw_questions(session, w, OFFER, candidate, why="the creator accepted another offer")
        answering.close_settled(session, w.clock, candidate, actor=actor.id, outcome="they accepted an offer")
        payload = {"candidate": candidate.id, "campaign": slug}
        jobs.start(session, w.clock, kind=DRAFT_JOB, key=_draft_key(candidate), payload=payload)
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


def draft_contracts(w: Wiring, slug: str | None = None) -> int:
    """Draft what agreements (of one campaign, or all) wait for and ask legal about each; returns how many."""
    drafted = 0
    with w.renderer() as renderer:
        while (job := next_job(w, DRAFT_JOB, campaign=slug)) is not None:
            with settling(w, job), unit_of_work(w.engine) as session:
                draft_contract(session, w, renderer, int(job.payload["candidate"]), actor="greenroom")
                drafted += 1
    return drafted


def draft_contract(session: Session, w: Wiring, renderer: Renderer, candidate_id: int, *, actor: str) -> Contract:
    """One contract and the request for its sign-off, in the caller's transaction; the job that waited for it is done.

    A version that replaces another takes back the question about that one, and its mail if it has not gone out.
    """
    candidate = the_candidate(session, candidate_id)
    campaign = campaign_of(session, candidate)
    former = contracts.current_contract(session, candidate)
    contract = contracts.draft_contract(
        session,
        w.clock,
        campaign,
        candidate,
        renderer=renderer,
        templates=w.contract_templates,
        archive=w.archive,
        actor=actor,
    )
    if former is not None and former.id != contract.id:
        outreach.cancel_pending(
            session, w.clock, candidate_id=candidate_id, step=_step(former), why="a newer version replaced it"
        )
    why = "a newer version replaced it"
    _withdraw_questions(session, w, CONTRACT, candidate, keep=f"contract:{contract.id}", why=why)
    _withdraw_questions(session, w, Kind.RETURNED, candidate, keep=f"contract:{contract.id}", why=why)
    if contract.status in ("drafted", "changes_requested"):
        _ask_legal(session, w, campaign, contract, asked_by=actor)
    jobs.finish_key(session, w.clock, kind=DRAFT_JOB, key=_draft_key(candidate))
    return contract


def send_contracts(w: Wiring, slug: str | None = None) -> int:
    """Mail every signed-off contract (of one campaign, or all) to its creator; returns how many went out.

    Creators without a mail address are left for a person, who hands the contract over (`hand_over`).
    """
    while (job := next_job(w, SEND_JOB, campaign=slug)) is not None:
        with settling(w, job), unit_of_work(w.engine) as session:
            _queue_mail(session, w, int(job.payload["contract"]))
            jobs.finish(session, w.clock, job_id(job))
    # By what is pending, not by the jobs of this run: one that was killed in between is caught up here.
    with reading(w.engine) as session:
        waiting = select(Message.campaign).where(Message.status == "pending", Message.category == TRANSACTIONAL)
        slugs = session.exec(waiting.distinct().order_by(col(Message.campaign))).all()
    of_deals = frozenset({TRANSACTIONAL})
    due = [each for each in slugs if slug in (None, each)]
    sent = sum(len(outreach_steps.send_due(w, each, categories=of_deals).sent) for each in due)
    _note_those_out(w)
    return sent


def _note_those_out(w: Wiring) -> None:
    """The contract of whoever was moved by the mail ledger is out, also where an earlier run was killed in between."""
    with unit_of_work(w.engine) as session:
        query = select(Contract.id).join(Candidate, col(Candidate.id) == Contract.candidate_id)
        query = query.where(Contract.status == "signed_off", Candidate.stage == Stage.OUT_FOR_SIGNATURE)
        for contract_id in session.exec(query).all():
            contracts.went_out(session, w.clock, contract_id or 0, actor="greenroom")


def hand_over(w: Wiring, slug: str, creator: str, *, actor: Person) -> Contract:
    """A person gave the signed-off contract to a creator whose address nobody knows: it is out for signature."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        check_may(actor, campaign_of(session, candidate), *NEGOTIATORS, what="hand a contract over")
        contract = _current(session, candidate, creator)
        contracts.mark_out(session, w.clock, contract, actor=actor.id)
        jobs.finish_key(session, w.clock, kind=SEND_JOB, key=f"contract:{contract.id}")
        return contract


def record_signature(
    w: Wiring, slug: str, creator: str, *, signed_name: str, actor: Person, evidence: Mapping[str, object]
) -> Contract:
    """The creator signed the contract that is out: recorded for exactly the bytes that went out."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        check_may(actor, campaign_of(session, candidate), *NEGOTIATORS, what="record a signature")
        contract = _current(session, candidate, creator)
        contracts.record_signature(
            session,
            w.clock,
            contract.id or 0,
            signed_name=signed_name,
            sha256=contract.docx_sha256,
            evidence=evidence,
            recorded_by=actor.id,
            archive=w.archive,
        )
        return contract


def check_contract(session: Session, w: Wiring, slug: str, creator: str) -> list[str]:
    """What is wrong with a creator's archived contract: [] where it is whole and its locked words are untouched."""
    contract = _current(session, candidate_named(session, slug, creator), creator)
    return contracts.check_contract(contract, archive=w.archive)


def _current(session: Session, candidate: Candidate, creator: str) -> Contract:
    contract = contracts.current_contract(session, candidate)
    if contract is None:
        raise Refused(f"{creator} has no contract in {candidate.campaign} yet.", next_step="Accept an offer first.")
    return contract


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


def _ask_legal(session: Session, w: Wiring, campaign: Campaign, contract: Contract, *, asked_by: str) -> Request:
    former = session.exec(
        select(Contract).where(Contract.candidate_id == contract.candidate_id, Contract.version == contract.version - 1)
    ).first()
    offer = session.get_one(Offer, contract.offer_id)
    question = Question(
        kind=CONTRACT,
        subject=f"contract:{contract.id}",
        campaign=campaign.slug,
        candidate_id=contract.candidate_id,
        card=contracts.contract_card(contract, offer=offer, archive=w.archive, former=former),
        content_sha256=contract.docx_sha256,
        role=Role.LEGAL,
        assignee=w.people.holder(campaign, Role.LEGAL, w.clock.now()),
        requested_by=asked_by,
        sla=campaign.sla,
    )
    return approvals.ask(session, w.clock, question)


def _withdraw_questions(
    session: Session, w: Wiring, kind: str, candidate: Candidate, *, keep: str = "", why: str
) -> None:
    query = select(Request.subject).where(Request.kind == kind, Request.candidate_id == candidate.id)
    for subject in session.exec(query.where(is_unsettled(), Request.subject != keep)).all():
        approvals.void(session, w.clock, kind=kind, subject=subject, why=why)


def _queue_mail(session: Session, w: Wiring, contract_id: int) -> None:
    """The mail that brings a signed-off contract; when it is recorded as sent, the creator is OUT_FOR_SIGNATURE."""
    contract = session.get_one(Contract, contract_id)
    if contract.status != "signed_off":
        return  # withdrawn or handed over meanwhile
    candidate = the_candidate(session, contract.candidate_id)
    campaign = campaign_of(session, candidate)
    sender = outreach.sender_of(candidate, campaign, w.people, w.clock.now())
    subject, text = contracts.signature_mail(contract, sender_name=sender.name)
    outreach.queue_transactional(
        session, w.clock, campaign, candidate, step=_step(contract), subject=subject, text=text, people=w.people,
        attachments=[(contract.file_name, w.archive.path_of(contract.docx_sha256))],
        needs_stage=Stage.SIGNED_OFF, moves_to=Stage.OUT_FOR_SIGNATURE,
    )  # fmt: skip


def _step(contract: Contract) -> str:
    return f"contract-{contract.version}"


def _draft_key(candidate: Candidate) -> str:
    return f"candidate:{candidate.id}"
