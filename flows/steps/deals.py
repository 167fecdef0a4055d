"""From an offer to a signature: what contracts, approvals and mail do together."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from contracts import service as contracts
from core import jobs
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.models.outreach import Message
from core.people import Person, check_may
from core.stages import Stage
from core.store import campaign_of, candidate_named
from flows.effects import SEND_JOB
from flows.steps import outreach as outreach_steps
from flows.steps import putting_out, signatures, signed_files, signing_mails
from flows.steps.ahead import draft_all
from flows.steps.drafting import draft_contract
from flows.steps.offering import (
    DRAFT_JOB,
    NEGOTIATORS,
    accept_counter,
    accept_offer,
    counter_offer,
    decline_offer,
    make_offer,
    reopen_deal,
    step_of,
)
from flows.steps.pdfs import make_pdfs
from flows.steps.work import job_id, next_job, settling
from flows.wiring import Wiring
from outreach.ledger import TRANSACTIONAL

__all__ = ["DRAFT_JOB", "NEGOTIATORS", "accept_counter", "accept_offer", "check_contract", "counter_offer",
           "decline_offer", "draft_contract", "draft_contracts", "hand_over", "make_offer", "record_signature",
           "record_signed", "reopen_deal", "send_contracts"]  # fmt: skip


def draft_contracts(w: Wiring, slug: str | None = None) -> int:
    """Draft what agreements (of one campaign, or all) wait for and ask legal about each; returns how many.

    Only straightforward deals (R41). The others wait for a person, who drafts them one by one; each job says why.
    """
    drafted = draft_all(w, campaign=slug)
    make_pdfs(w, slug)
    return drafted


def send_contracts(w: Wiring, slug: str | None = None) -> int:
    """Put every signed-off contract (of one campaign, or all) before its creator; returns how many are out.

    Creators without a mail address are left for a person, who hands the contract over (`hand_over`).
    """
    handed = 0
    while (job := next_job(w, SEND_JOB, campaign=slug)) is not None:
        with settling(w, job):
            contract_id = int(job.payload["contract"])
            way = putting_out.put_before(w, contract_id)
            with unit_of_work(w.engine) as session:
                if way is not None:
                    step = step_of(session.get_one(Contract, contract_id))
                    putting_out.put_out(session, w, contract_id, way, step=step)
                jobs.finish(session, w.clock, job_id(job))
            handed += way is not None and not way.mail
    # By what is pending, not by the jobs of this run: one that was killed in between is caught up here.
    with reading(w.engine) as session:
        waiting = select(Message.campaign).where(Message.status == "pending", Message.category == TRANSACTIONAL)
        slugs = session.exec(waiting.distinct().order_by(col(Message.campaign))).all()
    of_deals = frozenset({TRANSACTIONAL})
    due = [each for each in slugs if slug in (None, each)]
    sent = sum(len(outreach_steps.send_due(w, each, categories=of_deals).sent) for each in due)
    _note_those_out(w)
    signing_mails.blot(w)
    return sent + handed


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
    return record_signed(w, slug, creator, signed_name=signed_name, actor=actor, evidence=evidence, file=None)[0]


def record_signed(
    w: Wiring, slug: str, creator: str, *, signed_name: str, actor: Person, evidence: Mapping[str, object],
    file: tuple[str, bytes] | None,
) -> tuple[Contract, str]:  # fmt: skip
    """The same with the signed file (name, content), held against what went out or what legal accepted in its place;
    and what is left to look at in it.

    Raises Refused where the file says anything else, or the contract was made anew while it was read.
    """
    with reading(w.engine) as session:
        check_may(actor, campaign_of(session, candidate_named(session, slug, creator)), *NEGOTIATORS,
                  what="record a signature")  # fmt: skip
    held = signed_files.hold(w, slug, creator, file[1], name=file[0]) if file is not None else None
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        contract = _current(session, candidate, creator)
        signed_files.check(session, contract, held)
        signature = contracts.record_signature(
            session,
            w.clock,
            contract.id or 0,
            signed_name=signed_name,
            sha256=contract.docx_sha256,
            evidence={**evidence, **(held.evidence if held is not None else {})},
            recorded_by=actor.id,
            archive=w.archive,
        )
        if held is not None:
            signed_files.keep(session, w, contract, held, actor=actor.id)
        signatures.follow(session, w, contract, signature)
        return contract, held.look if held is not None else ""


def check_contract(session: Session, w: Wiring, slug: str, creator: str) -> list[str]:
    """What is wrong with a creator's archived contract: [] where it is whole and its locked words are untouched."""
    contract = _current(session, candidate_named(session, slug, creator), creator)
    return contracts.check_contract(contract, archive=w.archive)


def _current(session: Session, candidate: Candidate, creator: str) -> Contract:
    contract = contracts.current_contract(session, candidate)
    if contract is None:
        raise Refused(f"{creator} has no contract in {candidate.campaign} yet.", next_step="Accept an offer first.")
    return contract
