"""From an agreement to a signed-off contract: drafting, checking, legal's sign-off of exact bytes.

The public face of this room, so what its other modules offer to others is named here too. Services never commit,
the caller's unit of work does. Knows nothing of requests, Slack or how mails travel.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from contracts.archive import Archive, Damaged
from contracts.board import Asked, Standing, counts, status
from contracts.cards import contract_card, offer_card, signature_mail
from contracts.documents import Fills, Renderer, check
from contracts.grounds import Grounds, grounds_of
from contracts.history import deal_of, versions_of
from contracts.offers import (
    accept_offer,
    approve_offer,
    budget,
    counter_offer,
    decline_offer,
    make_offer,
    refuse_offer,
    take_counter,
)
from contracts.planning import Plan, check_paper, check_straightforward, plan
from contracts.register import (
    called,
    current_contract,
    happened,
    locked,
    pdf_was_left_out,
    pdf_was_made,
    pdfs_left_out,
    recorded,
    same_document,
    why_no_pdf,
)
from contracts.reopening import reopen
from contracts.signing import mark_out, record_signature, went_out
from contracts.straightforward import LeftToAPerson
from contracts.summary import differences
from contracts.templates import Templates, TemplateText
from contracts.terms import Terms
from contracts.words import clean
from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.errors import Refused
from core.models.creators import Account
from core.models.deals import Contract
from core.stages import Stage
from core.store import move, move_all

__all__ = [
    "Archive", "Asked", "Draft", "Grounds", "LeftToAPerson", "Plan", "Renderer", "Standing", "Templates",
    "accept_offer", "approve_offer", "budget", "check_contract", "check_paper",
    "check_straightforward", "contract_card", "counter_offer", "counts", "current_contract", "deal_of",
    "decline_offer", "differences", "draft_contract", "grounds_of", "make_offer", "mark_out", "offer_card",
    "pdf_was_left_out", "pdf_was_made", "pdfs_left_out", "plan", "put_on_record", "record_signature", "refuse_offer",
    "reopen", "request_changes", "sign_off", "signature_mail", "status", "take_counter", "terms_of", "versions_of",
    "went_out", "why_no_pdf",
]  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A contract whose document is filled, proven and kept, with the plan it was made from."""

    due: Plan
    contract: Contract

    @property
    def is_new(self) -> bool:
        """Whether it is to be put on the record, or stands there already."""
        return not self.due.changes_nothing


def draft_contract(clock: Clock, due: Plan, *, renderer: Fills, archive: Archive) -> Draft:
    """Fill what was planned, check and archive it. It counts from `put_on_record` on, in the unit of work that planned.

    The same terms and template again are the same contract, as it stands: one that legal wants changed stays
    `changes_requested`. Raises Refused where the template cannot be filled, Damaged where a document was changed.
    """
    template, terms, campaign = due.template, due.terms, due.grounds.campaign
    if due.former is not None and due.changes_nothing:
        archive.read(due.former.docx_sha256)
        return Draft(due, due.former)
    docx_sha256 = archive.keep(renderer.render(template, terms))
    return Draft(due, Contract(
        candidate_id=due.offer.candidate_id, campaign=campaign.slug, version=terms.version, status="drafted",
        offer_id=due.offer.id or 0, campaign_hash=campaign.hash, template=template.id,
        template_sha256=archive.keep(template.content), template_approval=template.approval.model_dump(mode="json"),
        terms=terms.model_dump(mode="json"), terms_sha256=terms.sha256, docx_sha256=docx_sha256,
        file_name=_file_name(campaign, due.grounds.account, terms), created_at=clock.now(),
    ))  # fmt: skip


def put_on_record(session: Session, clock: Clock, drafts: Sequence[Draft], *, actor: str) -> None:
    """CONTRACT_DRAFTED. A version before is void, and with it its sign-off. The campaigns are ones on record."""
    new = [draft for draft in drafts if draft.is_new]
    for draft in new:
        if draft.due.former is not None:
            _void(session, clock, draft.due.former, actor=actor)
    session.add_all(draft.contract for draft in new)
    session.flush()
    if new:
        told = [happened(draft.contract, "contract.drafted") for draft in new]
        audit.record_all(session, clock, told, actor=actor)
    moving = {draft.contract.candidate_id: f"contract version {draft.contract.version}" for draft in new
              if draft.due.grounds.candidate.stage != Stage.CONTRACT_DRAFTED}  # fmt: skip
    if moving:
        move_all(session, clock, moving, Stage.CONTRACT_DRAFTED, actor=actor)


def sign_off(
    session: Session, clock: Clock, contract_id: int, *, archive: Archive, sha256: str, by: str,
    request_id: str | None = None,
) -> Contract:  # fmt: skip
    """Legal signs off the document with exactly this sha256: SIGNED_OFF (R35). Whether `by` may is approvals' matter.

    Raises Refused when the document was made anew since, Damaged when the archived bytes are not those.
    """
    contract, candidate = locked(session, contract_id)
    same_document(contract, sha256)
    if contract.status not in ("drafted", "changes_requested"):
        raise Refused(f"{called(contract)} is {contract.status}; it cannot be signed off.")
    archive.read(sha256)
    _decided(contract, clock, "signed_off", by=by, reason="")
    session.add(contract)
    recorded(session, clock, contract, "contract.signed_off", actor=by)
    move(session, clock, candidate, Stage.SIGNED_OFF, actor=by, reason=f"contract version {contract.version}",
         request_id=request_id)  # fmt: skip
    return contract


def request_changes(
    session: Session, clock: Clock, contract_id: int, *, by: str, reason: str, request_id: str | None = None
) -> Contract:
    """Legal wants another text. Recorded with the reason; a new version, or a later sign-off, answers it."""
    contract, _ = locked(session, contract_id)
    if contract.status not in ("drafted", "changes_requested"):
        raise Refused(f"{called(contract)} is {contract.status}; changes can be asked for before the sign-off.")
    if not clean(reason):
        raise Refused(f"{called(contract)} needs a reason for changes.", next_step="Say what should read otherwise.")
    _decided(contract, clock, "changes_requested", by=by, reason=clean(reason))
    session.add(contract)
    recorded(session, clock, contract, "contract.changes_requested", actor=by, request=request_id)
    return contract


def check_contract(contract: Contract, *, archive: Archive) -> list[str]:
    """What is wrong with an archived contract, in words; [] where it says what was agreed, in its template's words.

    Its template is the one it was filled from, archived beside it: what is approved today does not matter.
    """
    try:
        document = archive.read(contract.docx_sha256)
        template = TemplateText(contract.template, archive.read(contract.template_sha256))
    except Damaged as damaged:
        return [damaged.message]
    return check(document, template, terms_of(contract))


def terms_of(contract: Contract) -> Terms:
    """The terms a contract was drafted with."""
    return Terms.model_validate(contract.terms)


def _void(session: Session, clock: Clock, former: Contract, *, actor: str) -> None:
    former.status = "void"
    session.add(former)
    session.flush()
    recorded(session, clock, former, "contract.voided", actor=actor)


def _decided(contract: Contract, clock: Clock, status: str, *, by: str, reason: str) -> None:
    contract.status, contract.decided_by, contract.decided_at, contract.reason = status, by, clock.now(), reason


def _file_name(campaign: Campaign, account: Account, terms: Terms) -> str:
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in account.handle).strip(".-")
    return f"{campaign.slug}-{plain[:60] or terms.reference}-v{terms.version}.docx"
