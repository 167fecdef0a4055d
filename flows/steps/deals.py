"""From an offer to a signature: what contracts, approvals and mail do together."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from sqlmodel import Session, col, select

from approvals import service as approvals
from approvals.service import Question
from contracts import service as contracts
from contracts.documents import Renderer, check
from contracts.templates import Template
from core import jobs
from core.cards import Card
from core.database import reading, unit_of_work
from core.errors import Refused
from core.files import write_atomically
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.deals import Contract, Offer
from core.models.outreach import Message
from core.money import Money
from core.people import Person, Role
from core.store import candidate_named, creator_of, stored_campaign, the_candidate
from flows.effects import CONTRACT, OFFER, SEND_JOB
from flows.steps import outreach as outreach_steps
from flows.steps.work import job_id, next_job, settling
from flows.wiring import Wiring
from outreach import service as outreach
from outreach.ledger import TRANSACTIONAL

DRAFT_JOB = "contract.draft"


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
    """Make an offer; where it goes beyond the campaign's limits the owner is asked first (the request is returned)."""
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        candidate = candidate_named(session, slug, creator)
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
        _withdraw_older(session, w, OFFER, candidate, keep=f"offer:{offer.id}")
        if offer.status != "drafted":
            return offer, None
        question = Question(
            kind=OFFER,
            subject=f"offer:{offer.id}",
            campaign=slug,
            candidate_id=candidate.id,
            card=contracts.offer_card(
                offer,
                campaign=campaign,
                creator=creator_of(session, candidate).name,
                left=contracts.budget(session, campaign).left,
            ),
            role=Role.OWNER,
            assignee=w.people.holder(campaign, Role.OWNER),
            requested_by=actor.id,
            sla=campaign.sla,
            four_eyes=True,
        )
        return offer, approvals.ask(session, w.clock, question)


def accept_offer(w: Wiring, slug: str, creator: str, *, actor: str, how: str) -> Offer:
    """The creator said yes: agreed, cost bound, and the contract's job started, in one transaction."""
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        candidate = candidate_named(session, slug, creator)
        offer = contracts.accept_offer(session, w.clock, campaign, candidate, actor=actor, how=how)
        jobs.start(session, w.clock, kind=DRAFT_JOB, key=f"offer:{offer.id}", payload={"candidate": candidate.id})
        return offer


def decline_offer(w: Wiring, slug: str, creator: str, *, actor: str, reason: str) -> None:
    """The creator said no."""
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        candidate = candidate_named(session, slug, creator)
        contracts.decline_offer(session, w.clock, campaign, candidate, actor=actor, reason=reason)


def draft_contracts(w: Wiring) -> int:
    """Draft what agreements wait for and ask legal about each; returns how many were drafted."""
    drafted = 0
    with w.renderer() as renderer:
        while (job := next_job(w, DRAFT_JOB)) is not None:
            with settling(w, job), unit_of_work(w.engine) as session:
                draft_contract(session, w, renderer, int(job.payload["candidate"]), actor="greenroom")
                jobs.finish(session, w.clock, job_id(job))
                drafted += 1
    return drafted


def draft_contract(session: Session, w: Wiring, renderer: Renderer, candidate_id: int, *, actor: str) -> Contract:
    """One contract and the request for its sign-off, in the caller's transaction."""
    candidate = the_candidate(session, candidate_id)
    campaign = stored_campaign(session, candidate.campaign)
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
    _withdraw_older(session, w, CONTRACT, candidate, keep=f"contract:{contract.id}")
    question = Question(
        kind=CONTRACT,
        subject=f"contract:{contract.id}",
        campaign=campaign.slug,
        candidate_id=candidate.id,
        card=_card(session, w, contract),
        content_sha256=contract.docx_sha256,
        role=Role.LEGAL,
        assignee=w.people.holder(campaign, Role.LEGAL),
        requested_by=actor,
        sla=campaign.sla,
    )
    approvals.ask(session, w.clock, question)
    return contract


def send_contracts(w: Wiring) -> int:
    """Mail every contract that legal signed off to its creator; returns how many are out for signature now."""
    out = 0
    while (job := next_job(w, SEND_JOB)) is not None:
        with settling(w, job), unit_of_work(w.engine) as session:
            _put_out(session, w, int(job.payload["contract"]))
            jobs.finish(session, w.clock, job_id(job))
            out += 1
    # By what is pending, not by the jobs of this run: one that was killed in between is caught up here.
    with reading(w.engine) as session:
        waiting = select(Message.campaign).where(Message.status == "pending", Message.category == TRANSACTIONAL)
        slugs = session.exec(waiting.distinct().order_by(col(Message.campaign))).all()
    for slug in slugs:
        outreach_steps.send_due(w, slug)
    return out


def record_signature(
    w: Wiring, slug: str, creator: str, *, signed_name: str, recorded_by: str, evidence: Mapping[str, object]
) -> Contract:
    """The creator signed the contract that is out: recorded for exactly the bytes that went out."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        contract = contracts.current_contract(session, candidate)
        if contract is None:
            raise Refused(
                f"{creator} has no contract in {slug} yet.", next_step=f"See: greenroom contracts status {slug}"
            )
        contracts.record_signature(
            session,
            w.clock,
            contract.id or 0,
            signed_name=signed_name,
            sha256=contract.docx_sha256,
            evidence=evidence,
            recorded_by=recorded_by,
        )
        return contract


def check_contract(session: Session, w: Wiring, slug: str, creator: str) -> list[str]:
    """What is wrong with a creator's archived contract: [] where it is whole and its locked words are untouched."""
    contract = _current(session, slug, creator)
    document = w.archive.read(contract.docx_sha256)
    return check(document, _template(session, w, contract), contracts.terms_of(contract))


def _withdraw_older(session: Session, w: Wiring, kind: str, candidate: Candidate, *, keep: str) -> None:
    """Nobody is left being asked about a version that a newer one has replaced."""
    query = select(Request.subject).where(Request.kind == kind, Request.candidate_id == candidate.id)
    for subject in session.exec(query.where(Request.status == "open", Request.subject != keep)).all():
        approvals.void(session, w.clock, kind=kind, subject=subject, why="a newer version replaced it")


def _current(session: Session, slug: str, creator: str) -> Contract:
    contract = contracts.current_contract(session, candidate_named(session, slug, creator))
    if contract is None:
        raise Refused(f"{creator} has no contract in {slug} yet.", next_step="Accept an offer first.")
    return contract


def _template(session: Session, w: Wiring, contract: Contract) -> Template:
    offer = session.get_one(Offer, contract.offer_id)
    spend = Money.of_minor(offer.cost_minor, offer.currency)
    return w.contract_templates.usable(contract.template, spend=spend, on=w.clock.now().date())


def _card(session: Session, w: Wiring, contract: Contract) -> Card:
    offer = session.get_one(Offer, contract.offer_id)
    former = session.exec(
        select(Contract).where(Contract.candidate_id == contract.candidate_id, Contract.version == contract.version - 1)
    ).first()
    return contracts.contract_card(
        contract, offer=offer, template=_template(session, w, contract), archive=w.archive, former=former
    )


def _put_out(session: Session, w: Wiring, contract_id: int) -> None:
    contract = session.get_one(Contract, contract_id)
    candidate = the_candidate(session, contract.candidate_id)
    campaign = stored_campaign(session, contract.campaign)
    sender = w.people.named(candidate.sender or campaign.owners.sender)
    subject, text = contracts.signature_mail(contract, sender_name=sender.name)
    outreach.queue_transactional(
        session,
        w.clock,
        campaign,
        candidate,
        step=f"contract-{contract.version}",
        subject=subject,
        text=text,
        people=w.people,
        attachments=[_copy_to_send(w, contract)],
    )
    contracts.mark_out(session, w.clock, contract, actor="greenroom")


def _copy_to_send(w: Wiring, contract: Contract) -> Path:
    """The archived document under the name that the creator will see."""
    copy = w.settings.contracts_folder / "sent" / contract.file_name
    write_atomically(copy, w.archive.read(contract.docx_sha256))
    return copy
