"""Asking the person whom a template names to sign for the company, once the creator has signed."""

import logging

from sqlmodel import Session

from approvals import service as approvals
from approvals.kinds import Kind
from approvals.service import Question
from contracts import countersigning
from core.errors import Refused
from core.models.approvals import Request
from core.models.deals import Contract, Signature
from core.people import Role
from core.store import campaign_of, the_candidate
from flows.steps import deal_news
from flows.wiring import Wiring

log = logging.getLogger("greenroom.signing")


def ask_countersigner(session: Session, w: Wiring, contract: Contract, signature: Signature) -> Request | None:
    """The request to whoever signs for the company; None where the template asks nobody.

    Where the people file does not know them any more nobody is asked and ops hear of it, once: the creator's signature
    stands all the same.
    """
    named = countersigning.countersigner_of(contract)
    if not named:
        return None
    campaign = campaign_of(session, the_candidate(session, contract.candidate_id))
    try:
        person = w.people.named(named)
    except Refused as unknown:
        log.warning("nobody signs contract %s for the company: %s", contract.id, unknown)
        deal_news.tell_ops(session, w, contract, deal_news.NO_COUNTERSIGNER)
        return None
    question = Question(
        kind=Kind.COUNTERSIGNATURE,
        subject=f"contract:{contract.id}",
        campaign=campaign.slug,
        candidate_id=contract.candidate_id,
        card=countersigning.countersign_card(contract, signature, archive=w.archive),
        content_sha256=contract.docx_sha256,
        role=Role.OWNER if Role.OWNER in person.roles else next(iter(person.roles)),
        assignee=person,
        requested_by="greenroom",
        sla=campaign.sla,
    )
    return approvals.ask(session, w.clock, question)
