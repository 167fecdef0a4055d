"""A creator's draft on its way to ops: held against what was agreed, and shown to a person, flagged or not (R50, R51).

Owns when a draft may come and what of the contract it is held against. What is wrong with a caption, approvals knows.
"""

from sqlmodel import Session

from approvals import captions, guardrails
from approvals import service as approvals
from approvals.guardrails import CAPTIONS
from approvals.kinds import Kind
from approvals.rights import check_text, has_words
from approvals.service import Question
from contracts import service as contracts
from core.campaign import Campaign
from core.database import unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.people import Person, Role, check_may
from core.store import account_name, account_of, campaign_of, candidate_named
from core.tracking import mint
from flows.sign_off_effects import check_contract
from flows.steps.deals import NEGOTIATORS
from flows.wiring import Wiring

#: No platform takes a longer one, and no person reads it.
LONGEST = 20_000


def submit_draft(
    w: Wiring, slug: str, creator: str, caption: str, *, actor: Person, platform: str = ""
) -> tuple[Request, captions.Verdict]:
    """Scan a draft caption and ask ops about it; a newer draft replaces the question about the one before.

    `platform` is where it is to be posted, if not where the creator is known. Raises Refused before the creator's
    contract is signed off: there is nothing yet to hold a draft against.
    """
    _check_caption(caption)
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        check_may(actor, campaign, *NEGOTIATORS, what="hand in a draft")
        terms = _agreed(session, w, campaign, candidate)
        where = platform or account_of(session, candidate).platform
        verdict = captions.scan(caption, campaign, terms, platform=where)
        for rule in sorted({flag.rule for flag in verdict.flags}):
            guardrails.caught(session, w.clock, guardrail=CAPTIONS, campaign=slug,
                              subject=f"candidate:{candidate.id}", found=rule)  # fmt: skip
        question = Question(
            kind=Kind.DRAFT_CONTENT,
            subject=f"draft:{candidate.id}",
            campaign=slug,
            candidate_id=candidate.id,
            card=captions.content_card(
                campaign,
                verdict,
                caption=caption,
                creator=account_name(session, candidate),
                platform=where,
                disclosure=terms.disclosure,
            ),
            role=Role.OPS,
            assignee=w.people.holder(campaign, Role.OPS, w.clock.now(), asker=actor.id),
            requested_by=actor.id,
            sla=campaign.sla,
        )
        return approvals.ask(session, w.clock, question), verdict


def _check_caption(caption: str) -> None:
    check_text(caption, what="caption")
    if not has_words(caption):
        raise Refused("The caption is empty.", next_step="Hand in the file that holds the draft's text.")
    if len(caption) > LONGEST:
        raise Refused(f"The caption has {len(caption)} characters; no platform takes {LONGEST}.",
                      next_step="Send the caption alone, without the script.")  # fmt: skip


def _agreed(session: Session, w: Wiring, campaign: Campaign, candidate: Candidate) -> captions.Agreed:
    """What the contract of exactly this creator asks of a caption."""
    terms = contracts.terms_of(check_contract(session, candidate))
    link = mint(session, w.clock, campaign, candidate)
    return captions.agreed(campaign, code=link.code, link=link.url, disclosure=terms.disclosure)
