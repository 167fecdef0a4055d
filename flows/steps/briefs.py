"""Making a creator's content brief and onboarding sheet, of nothing but words that the brand lead signed off."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from approvals import gate
from contracts import briefs
from contracts import service as contracts
from contracts.briefs import SignedBrief
from contracts.documents import Renderer
from core.campaign import Campaign
from core.database import unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.briefs import BriefDocument
from core.models.deals import Contract
from core.people import Person, check_may
from core.store import campaign_of, candidate_named
from flows.steps.offering import NEGOTIATORS
from flows.steps.sign_offs import voice_of
from flows.wiring import Wiring

__all__ = ["made", "make_briefs", "sheets_of", "signed_by"]


def make_briefs(w: Wiring, slug: str, creator: str, *, actor: Person, language: str = "") -> list[BriefDocument]:
    """Brief and onboarding sheet of a creator with a contract; those on record where nothing in them changed.

    Left out, the language is that of the sheets on record, else the contract's. Raises Refused where there is no
    contract, or the campaign reads otherwise than its brief was signed off.
    """
    with w.renderer() as renderer, unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        check_may(actor, campaign, *NEGOTIATORS, what="make briefs")
        contract = contracts.current_contract(session, candidate)
        if contract is None:
            raise Refused(f"{creator} has no contract in {slug} yet.",
                          next_step="A brief names code, link and dates of the contract: draft it first.")  # fmt: skip
        return made(session, w, campaign, contract, renderer, actor=actor.id, language=language)


def made(
    session: Session, w: Wiring, campaign: Campaign, contract: Contract, renderer: Renderer, *, actor: str,
    language: str = "",
) -> list[BriefDocument]:  # fmt: skip
    """The same in the caller's transaction, for whoever may."""
    signed, known = signed_by(session, w, campaign), sheets_of(session, contract)
    wished = language or (str(known[0].terms.get("language", "")) if known else "")
    spoken = briefs.language_of(wished, contracts.terms_of(contract))
    return [
        briefs.make(session, w.clock, campaign, contract, kind, language=spoken, renderer=renderer,
                    templates=w.contract_templates, archive=w.archive, signed=signed, actor=actor)
        for kind in briefs.KINDS
    ]  # fmt: skip


def sheets_of(session: Session, contract: Contract) -> Sequence[BriefDocument]:
    """The sheets that count, the brief first; empty before they were made."""
    found = (briefs.current(session, contract.candidate_id, kind) for kind in briefs.KINDS)
    return [sheet for sheet in found if sheet is not None]


def signed_by(session: Session, w: Wiring, campaign: Campaign) -> SignedBrief:
    """Raises Refused unless the creative brief stands signed off for exactly the content in force."""
    voice = voice_of(w, campaign)
    if gate.BRIEF in gate.signed(session, campaign, voice):
        asked = select(Request).where(
            Request.kind == gate.BRIEF, Request.subject == gate.subject_of(campaign), Request.status == "decided",
            Request.content_sha256 == gate.gate_content(campaign, voice),
        )  # fmt: skip
        request = session.exec(asked.order_by(col(Request.decided_at).desc()).limit(1)).one()
        return SignedBrief(request.decided_by or "", request.decided_at or w.clock.now(), request.id)
    raise Refused(
        f"The creative brief of {campaign.slug} is not signed off in the words it has now.",
        next_step=f"Ask the brand lead: greenroom campaign sign-offs {campaign.slug}",
    )
