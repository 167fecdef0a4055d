"""What belongs into the commit of a contract: row, move, the question to legal, and the end of what it replaces.

One contract that a person drafts, or a group of a batch. Knows neither which jobs wait nor when documents are filled.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from approvals import service as approvals
from approvals.kinds import Kind
from approvals.service import Question
from contracts import service as contracts
from contracts.documents import Fills
from core import jobs
from core.models.approvals import Request
from core.models.deals import Contract
from core.people import Role
from flows.effects import CONTRACT
from flows.steps.offering import DRAFT_JOB, draft_key
from flows.wiring import Wiring
from outreach import service as outreach


def draft_contract(session: Session, w: Wiring, renderer: Fills, candidate_id: int, *, actor: str) -> Contract:
    """One contract and the request for its sign-off, in the caller's transaction; the job that waited for it is done.

    A version that replaces another takes back the question about that one, and its mail if it has not gone out.
    """
    [grounds] = contracts.grounds_of(session, w.clock, [candidate_id])
    draft = contracts.draft_contract(w.clock, planned(w, grounds), renderer=renderer, archive=w.archive)
    put_on_record(session, w, [draft], actor=actor)
    return draft.contract


def planned(w: Wiring, grounds: contracts.Grounds) -> contracts.Plan:
    """What a contract drafted now would say. Raises Refused."""
    now = w.clock.now()
    sender = outreach.sender_of(grounds.candidate, grounds.campaign, w.people, now)
    return contracts.plan(grounds, templates=w.contract_templates, on=now.date(), sender_name=sender.name)


def put_on_record(session: Session, w: Wiring, drafts: Sequence[contracts.Draft], *, actor: str) -> None:
    """All of them, each with all that belongs to it, or none."""
    if not drafts:
        return
    contracts.put_on_record(session, w.clock, drafts, actor=actor)
    _replace_former(session, w, drafts)
    asked = [draft for draft in drafts if draft.contract.status in ("drafted", "changes_requested")]
    if asked:
        approvals.ask_all(session, w.clock, [_question(w, draft, asked_by=actor) for draft in asked])
    keys = [draft_key(draft.due.grounds.candidate) for draft in drafts]
    jobs.finish_keys(session, w.clock, kind=DRAFT_JOB, keys=keys)


def step_of(contract: Contract) -> str:
    """Of the mail that brings it."""
    return f"contract-{contract.version}"


def _replace_former(session: Session, w: Wiring, drafts: Sequence[contracts.Draft]) -> None:
    """Take back the mail with a former version, and whatever is still asked about one."""
    present = {draft.contract.candidate_id: draft.contract for draft in drafts}
    for draft in drafts:
        if draft.is_new and draft.due.former is not None:
            outreach.cancel_pending(session, w.clock, candidate_id=draft.contract.candidate_id,
                                    step=step_of(draft.due.former), why="a newer version replaced it")  # fmt: skip
    asked = select(Request.kind, Request.subject, Request.candidate_id).distinct()
    asked = asked.where(col(Request.kind).in_((CONTRACT, Kind.RETURNED)), col(Request.candidate_id).in_(present))
    for kind, subject, candidate_id in session.exec(asked).all():
        contract = present[candidate_id or 0]
        if subject != _subject(contract):
            why = f"version {contract.version} replaced it"
            approvals.void(session, w.clock, kind=kind, subject=subject, why=why)


def _question(w: Wiring, draft: contracts.Draft, *, asked_by: str) -> Question:
    due, contract, campaign = draft.due, draft.contract, draft.due.grounds.campaign
    return Question(
        kind=CONTRACT,
        subject=_subject(contract),
        campaign=campaign.slug,
        candidate_id=contract.candidate_id,
        card=contracts.contract_card(
            contract,
            offer=due.offer,
            archive=w.archive,
            former=due.former if draft.is_new else None,
            conflicts=due.conflicts,
            standard=due.standard,
            link=_page_of(w, contract),
        ),
        content_sha256=contract.docx_sha256,
        role=Role.LEGAL,
        assignee=w.people.holder(campaign, Role.LEGAL, w.clock.now()),
        requested_by=asked_by,
        sla=campaign.sla,
    )


def _subject(contract: Contract) -> str:
    return f"contract:{contract.id}"


def _page_of(w: Wiring, contract: Contract) -> str:
    """Where legal can read it without Word; "" where the console cannot be reached from outside."""
    address = w.settings.public_url.rstrip("/")
    return f"{address}/console/contracts/{contract.id}" if address else ""
