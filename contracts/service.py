"""From an agreement to a signed-off contract: drafting, checking, legal's sign-off of exact bytes.

The public face of this room, so what its other modules offer to others is named here too. Services never commit,
the caller's unit of work does. Knows nothing of requests, Slack or how mails travel.
"""

from sqlmodel import Session

from contracts.archive import Archive, Damaged
from contracts.board import Asked, Standing, counts, status
from contracts.cards import contract_card, offer_card, signature_mail
from contracts.conflicts import conflicts
from contracts.documents import Fills, Renderer, check
from contracts.history import deal_of, versions_of
from contracts.offers import (
    accept_offer,
    approve_offer,
    budget,
    counter_offer,
    decline_offer,
    make_offer,
    refuse_offer,
    standard_for,
    take_counter,
)
from contracts.planning import Plan, accepted_offer, check_paper, left_to_a_person, plan
from contracts.register import (
    called,
    current_contract,
    locked,
    pdf_was_left_out,
    pdf_was_made,
    pdfs_left_out,
    recorded,
    same_document,
    why_no_pdf,
)
from contracts.signing import mark_out, record_signature, went_out
from contracts.straightforward import LeftToAPerson
from contracts.summary import differences
from contracts.templates import Templates, TemplateText
from contracts.terms import OfferDraft, Terms
from contracts.words import clean
from core.campaign import Campaign
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.deals import Contract, Offer
from core.stages import Stage
from core.store import account_name, account_of, move

__all__ = [
    "Archive", "Asked", "LeftToAPerson", "Plan", "Renderer", "Standing", "Templates", "accept_offer", "accepted_offer",
    "approve_offer", "budget", "check_contract", "check_paper", "conflicts_since", "contract_card", "counter_offer",
    "counts", "current_contract", "deal_of", "decline_offer", "differences", "draft_contract", "left_to_a_person",
    "make_offer", "mark_out", "offer_card", "pdf_was_left_out",
    "pdf_was_made", "pdfs_left_out", "plan", "record_signature", "refuse_offer",
    "request_changes", "sign_off", "signature_mail", "standard_for", "status", "take_counter", "terms_of",
    "versions_of", "went_out", "why_no_pdf",
]  # fmt: skip


def draft_contract(
    session: Session,
    clock: Clock,
    campaign: Campaign,
    candidate: Candidate,
    *,
    renderer: Fills,
    templates: Templates,
    archive: Archive,
    actor: str,
    sender_name: str = "",
    in_batch: bool = False,
) -> Contract:
    """Fill the campaign's template with the accepted offer, check and archive it: CONTRACT_DRAFTED.

    The same terms and template again are the same contract, as it stands: one that legal wants changed stays
    `changes_requested`. Other ones are a new version: the former is void, and with it its sign-off. `campaign` is one
    on record. Raises Refused when the stage, the template or the terms forbid it; `in_batch` also where a person must
    draft it (R41).
    """
    due = plan(session, clock, campaign, candidate, templates=templates, sender_name=sender_name)
    offer, template, terms, former = due.offer, due.template, due.terms, due.former
    if former is not None and due.changes_nothing:
        archive.read(former.docx_sha256)
        return former
    if in_batch and (why := left_to_a_person(due, conflicts_since(session, campaign, candidate, offer))):
        creator = account_name(session, candidate)
        raise LeftToAPerson(
            f"The contract with {creator} in {campaign.slug} is left to a person: {'; '.join(why)}.",
            next_step=f"Draft it by itself: greenroom contracts draft {campaign.slug} {creator}",
        )
    docx_sha256 = archive.keep(renderer.render(template, terms))
    if former is not None:
        _void(session, clock, former, actor=actor)
    contract = Contract(
        candidate_id=offer.candidate_id, campaign=campaign.slug, version=terms.version, status="drafted",
        offer_id=offer.id or 0, campaign_hash=campaign.hash, template=template.id,
        template_sha256=archive.keep(template.content), template_approval=template.approval.model_dump(mode="json"),
        terms=terms.model_dump(mode="json"), terms_sha256=terms.sha256, docx_sha256=docx_sha256,
        file_name=_file_name(campaign, account_of(session, candidate), terms), created_at=clock.now(),
    )  # fmt: skip
    return _drafted(session, clock, candidate, contract, actor=actor)


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


def conflicts_since(session: Session, campaign: Campaign, candidate: Candidate, offer: Offer) -> list[str]:
    """Running deals that came into the way of an accepted offer after it was made."""
    found = conflicts(session, candidate, campaign, OfferDraft.model_validate(offer.terms))
    return [words for words in found if words not in offer.conflicts]


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


def _drafted(session: Session, clock: Clock, candidate: Candidate, contract: Contract, *, actor: str) -> Contract:
    session.add(contract)
    session.flush()
    recorded(session, clock, contract, "contract.drafted", actor=actor)
    if candidate.stage != Stage.CONTRACT_DRAFTED:
        reason = f"contract version {contract.version}"
        move(session, clock, candidate, Stage.CONTRACT_DRAFTED, actor=actor, reason=reason)
    return contract


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
