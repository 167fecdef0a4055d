"""What a contract drafted now would say: the accepted offer, the template that can say it, and the terms.

Owns what may be drafted, and what a batch may (R41). Fills nothing, keeps nothing, and moves nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, select

from contracts.clauses import Clauses
from contracts.displaying import Displayed, promised, unsaid
from contracts.from_campaign import terms_for
from contracts.languages import Language
from contracts.offers import standard_for
from contracts.register import current_contract
from contracts.straightforward import Deal, objections
from contracts.summary import LABELS
from contracts.templates import Template, Templates
from contracts.terms import OfferDraft, Terms
from contracts.wording import Outline, Paragraph, fields_of
from core.campaign import Campaign
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import Contract, Offer
from core.money import Money
from core.stages import Stage
from core.store import account_of, name_of, snapshot_of
from core.tracking import mint

#: In these a contract is drafted, the first one or a new version that voids the one before.
_DRAFTABLE = (Stage.AGREED, Stage.CONTRACT_DRAFTED, Stage.SIGNED_OFF, Stage.OUT_FOR_SIGNATURE)
#: What must not be printed with nothing in it: a sentence would promise an amount or a time and not say which.
_NEVER_BLANK = frozenset({
    "pay.fee", "pay.total", "pay.months", "pay.commission", "pay.minimum", "pay.refund_days", "usage.days",
    "exclusivity.days", "exclusivity.scope",
})  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What drafting would put on paper now. `former` is the version it would replace, `standard` the campaign's offer
    to a creator like this one."""

    offer: Offer
    standard: OfferDraft
    template: Template
    terms: Terms
    former: Contract | None

    @property
    def changes_nothing(self) -> bool:
        """Whether the former version says all of it already."""
        return self.former is not None and self.terms.version == self.former.version


def plan(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, templates: Templates,
    sender_name: str = "",
) -> Plan:  # fmt: skip
    """What a contract drafted now would say, and from which template. Mints the creator's code where there is none.

    Raises Refused when the stage, the template or the terms forbid it.
    """
    offer = _agreed_offer(session, candidate)
    template = check_paper(templates, campaign, offer, on=clock.now().date())
    former = current_contract(session, candidate)
    version = former.version if former else _next(session, candidate)
    terms = _terms(session, clock, campaign, candidate, offer, template=template, sender_name=sender_name,
                   clauses=Clauses(templates.folder), version=version)  # fmt: skip
    if former is not None and (former.terms_sha256, former.template_sha256) != (terms.sha256, template.sha256):
        terms = terms.model_copy(update={"version": former.version + 1})
    return Plan(offer, standard_for(session, campaign, candidate), template, terms, former)


def left_to_a_person(due: Plan, conflicts: Sequence[str] = ()) -> list[str]:
    """Why a batch must not draft it (R41), in words; [] where it may. `conflicts`: running deals in its way by now."""
    offered = OfferDraft.model_validate(due.offer.terms)
    deal = Deal(
        offered=offered,
        standard=due.standard,
        beyond=due.offer.beyond,
        swaps=[clause for clause in offered.clauses if clause not in due.standard.clauses],
        conflicts=tuple(dict.fromkeys([*due.offer.conflicts, *conflicts])),
        former=due.former.version if due.former is not None else 0,
    )
    return objections(deal)


def accepted_offer(session: Session, candidate: Candidate) -> Offer | None:
    """The offer the creator said yes to."""
    query = select(Offer).where(Offer.candidate_id == candidate.id, Offer.status == "accepted")
    return session.exec(query.order_by(col(Offer.version).desc()).limit(1)).first()


def check_paper(templates: Templates, campaign: Campaign, offer: Offer, *, on: date) -> Template:
    """The template that this offer can be put on paper with.

    It is approved for it, silent on nothing that was agreed, and without a blank for what was not. Raises Refused
    where there is none: nobody should agree to what cannot be drafted.
    """
    cost = Money.of_minor(offer.cost_minor, offer.currency)
    template = templates.usable(campaign.contract.template, spend=cost, on=on)
    draft = OfferDraft.model_validate(offer.terms)
    Clauses(templates.folder).usable(draft.clauses, language=_language(template), on=on)
    missing = unsaid(draft, fields_of(template.outline))
    if campaign.contract.nda_years and "nda.years" not in fields_of(template.outline):
        missing.append("years of secrecy")
    if missing:
        raise Refused(
            f"Template {template.id} does not say {', '.join(missing)}, which this offer has.",
            next_step="Name a template that does in [contract] of the campaign file, or leave it out of the offer.",
        )
    if blank := _blank(template.outline, promised(draft)) & _NEVER_BLANK:
        raise Refused(
            f"Template {template.id} always says {', '.join(LABELS.get(name, name) for name in sorted(blank))}, which "
            "this offer does not have.",
            next_step="Name a template that does not in [contract] of the campaign file, or put it into the offer.",
        )
    return template


def _blank(content: Outline, said: Displayed) -> set[str]:
    """The fields that would be printed with nothing in them. What an offer cannot tell counts as filled in."""
    found: set[str] = set()
    for item in content:
        if isinstance(item, Paragraph):
            found |= {name for name in fields_of((item,)) if said.get(name, "known") == ""}
        elif said.get(item.field, "known"):
            found |= _blank(item.content, said)
    return found


def _agreed_offer(session: Session, candidate: Candidate) -> Offer:
    session.refresh(candidate, with_for_update=True)
    offer = accepted_offer(session, candidate)
    if candidate.stage not in _DRAFTABLE or offer is None:
        raise Refused(
            f"{name_of(session, candidate)} is {candidate.stage}: there is nothing to draft.",
            next_step="A contract follows an accepted offer and is final once signed.",
        )
    return offer


def _terms(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, offer: Offer, *, template: Template,
    clauses: Clauses, sender_name: str, version: int,
) -> Terms:  # fmt: skip
    draft, language = OfferDraft.model_validate(offer.terms), _language(template)
    # Terms hold what the document says and no more: another sender must not make another version of it.
    says_sender = "sender.name" in fields_of(template.outline)
    return terms_for(campaign, draft, mint(session, clock, campaign, candidate),
                     account=account_of(session, candidate), snapshot=snapshot_of(session, candidate), version=version,
                     language=language, sender_name=sender_name if says_sender else "",
                     swap_texts=clauses.usable(draft.clauses, language=language, on=clock.now().date()))  # fmt: skip


def _next(session: Session, candidate: Candidate) -> int:
    """The first version, or the one after those that are void since the deal was talked about again."""
    last = session.exec(select(func.max(Contract.version)).where(Contract.candidate_id == candidate.id)).one()
    return (last or 0) + 1


def _language(template: Template) -> Language:
    said = template.approval.language
    return said if said in ("en", "de", "es") else "en"  # type: ignore[return-value] # one of those by now
