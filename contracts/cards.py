"""What the owner and legal are shown when asked, and the mail that brings a contract to its creator.

Pure: turns rows and terms into words. Asks nobody, sends nothing.
"""

from collections.abc import Sequence

from contracts.archive import Archive
from contracts.displaying import displayed, promised
from contracts.languages import long_date
from contracts.terms import OfferDraft, Terms
from core.campaign import Campaign
from core.cards import Card, CardFile, Choice, Fact
from core.models.deals import Contract, Offer
from core.money import Money

_LABELS = {
    "creator.name": "Creator",
    "creator.account": "Account",
    "company.name": "Company",
    "campaign.name": "Campaign",
    "posting.first": "Posts from",
    "posting.last": "Posts until",
    "product": "Product",
    "deliverables": "Deliverables",
    "variants": "Variants",
    "pay.fee": "Fixed fee",
    "pay.months": "Paid monthly, for months",
    "pay.total": "Guaranteed in all",
    "pay.commission": "Commission",
    "pay.bonuses": "Bonuses",
    "pay.minimum": "Paid out from",
    "pay.days": "Paid within days",
    "pay.refund_days": "Commission reversed for refunds within days",
    "usage.days": "Use of content, days",
    "usage.channels": "Use of content, where",
    "exclusivity": "Exclusivity",
    "clauses": "Clauses from the approved list",
    "nda.years": "Secrecy, years",
    "disclosure": "Disclosure",
    "law": "Governing law",
    "tracking.code": "Code",
    "tracking.link": "Link",
    "filming.angles": "Filming angles",
}
#: Passages of a template that stand only where they apply.
_OPTIONAL = {
    "pay.fee": "a fixed fee",
    "pay.commission": "a commission",
    "pay.refund_days": "reversal of commission after refunds",
    "usage.days": "use of the content on our channels",
}
#: What an offer card says only where there is something to say.
_OFTEN_LEFT_OUT = ("pay.months", "pay.bonuses", "pay.minimum", "variants", "usage.channels", "clauses")  # fmt: skip
_FROM_CAMPAIGN = frozenset({"company.name", "campaign.name", "disclosure", "law", "filming.angles", "nda.years"})
_FROM_RECORD = frozenset({"creator.name", "creator.account"})


def offer_card(offer: Offer, *, campaign: Campaign, creator: str, left: Money) -> Card:
    """The question to the owner: may this offer go beyond the limit it exceeds, or past the deals that stand in its
    way? `creator` is how people call them."""
    draft, conflicts = OfferDraft.model_validate(offer.terms), list(offer.conflicts)
    values = promised(draft)
    standard = {
        "pay.fee": f"the campaign's standard is {campaign.offer.stipend_money}",
        "pay.commission": f"the campaign's standard is {campaign.offer.commission_percent}%",
    }
    facts = [
        Fact(label="Creator", value=creator),
        Fact(label="Fixed fee", value=str(draft.stipend), evidence=standard["pay.fee"]),
        Fact(label="Commission", value=f"{draft.commission_percent}%", evidence=standard["pay.commission"]),
        *(Fact(label=_LABELS[name], value=_one(values[name])) for name in _OFTEN_LEFT_OUT if values[name]),
        Fact(label="Deliverables", value="; ".join(draft.deliverables)),
        Fact(label="Posting window", value=f"{long_date(draft.post_from)} to {long_date(draft.post_until)}"),
        *([Fact(label="Exclusivity", value=_one(values["exclusivity"]))] if draft.exclusivity_days else []),
        *(Fact(label="Running deal", value=conflict) for conflict in conflicts),
        Fact(label="Budget left", value=str(left), evidence="budget less accepted offers"),
        Fact(label="Asked by the creator, put down by" if offer.side == "theirs" else "Proposed by",
             value=offer.offered_by, evidence=offer.note),
    ]  # fmt: skip
    if draft.bonuses:
        facts.insert(3, Fact(label="Bonuses at most", value=str(draft.largest_bonus)))
    if draft.months > 1:
        facts.insert(3, Fact(label="Guaranteed in all", value=str(draft.guaranteed)))
    return Card(
        title=f"Offer beyond the limits of {campaign.name}",
        subtitle=f"{creator}, version {offer.version}",
        facts=tuple(facts),
        risk=offer.beyond,
        choices=(
            # A conflict is let pass for a reason that others can read later.
            Choice(id="approve", label="Approve", needs_reason=bool(conflicts)),
            Choice(id="decline", label="Decline", needs_reason=True),
        ),
    )


def contract_card(
    contract: Contract, *, offer: Offer, archive: Archive, former: Contract | None = None, conflicts: Sequence[str] = ()
) -> Card:
    """The question to legal: do you sign off exactly this document? `former` is the version it replaces; `conflicts`
    are running deals that came into its way since the offer."""
    terms = Terms.model_validate(contract.terms)
    risks = [f"The owner let it go beyond a limit: {offer.beyond}"] if offer.beyond else []
    risks += [f"Since the offer: {conflict}" for conflict in conflicts]
    return Card(
        title=f"Contract with {terms.creator_name}",
        subtitle=_subtitle(terms, contract),
        facts=(
            Fact(label="Against the template", value=against_template(terms), evidence="held to it word by word"),
            *_facts(terms, offer),
        ),
        risk="; ".join(risks),
        differences=tuple(differences(former, contract)) if former is not None else (),
        files=(
            CardFile(
                name=contract.file_name,
                sha256=contract.docx_sha256,
                path=str(archive.path_of(contract.docx_sha256)),
            ),
        ),
        choices=(
            Choice(id="sign_off", label="Sign off"),
            Choice(id="request_changes", label="Request changes", needs_reason=True),
        ),
    )


def against_template(terms: Terms) -> str:
    """What stands otherwise than in the template, in words. A document with any other word is never drafted: see
    `documents.check`."""
    values = displayed(terms)
    left_out = [what for name, what in _OPTIONAL.items() if not values[name]]
    said = ["Nothing but its blanks is filled in."]
    said += [f"Left out, as it does not apply: {', '.join(left_out)}."] if left_out else []
    said += [f"A wish of our own: “{terms.filming_angles}”."] if terms.filming_angles else []
    return " ".join(said)


def differences(former: Contract, contract: Contract) -> list[str]:
    """What a version says otherwise than the one before, field by field; ids that differ always are left out."""
    old = displayed(Terms.model_validate(former.terms))
    new = displayed(Terms.model_validate(contract.terms))
    changed = [
        f"{_LABELS.get(name, name)}: {_one(old[name])} → {_one(new[name])}"
        for name in new
        if name != "document.version" and old[name] != new[name]
    ]
    if former.template_sha256 != contract.template_sha256:
        changed.append(f"Template: {former.template} {former.template_sha256[:12]} → {contract.template_sha256[:12]}")
    return changed


def signature_mail(contract: Contract, *, sender_name: str) -> tuple[str, str]:
    """Subject and text of the mail that carries the signed-off document to the creator to sign."""
    terms = Terms.model_validate(contract.terms)
    subject = f"Your agreement for {terms.campaign_name}, to sign"
    text = f"""Hello {terms.creator_name},

here is our agreement for {terms.campaign_name}. Please read it at your own pace; if anything is unclear or not as we
agreed, write back before you sign.

To sign, reply to this mail with your full name and the words "I agree", or send the document back signed. Your
signature is for exactly the document attached here:

  {contract.file_name}
  sha256 {contract.docx_sha256}

Your code is {terms.code}, and your link is
{terms.link}

Kind regards
{sender_name}
{terms.company_name}, {terms.company_address}
"""
    return subject, text


def _facts(terms: Terms, offer: Offer) -> list[Fact]:
    values = displayed(terms)
    if terms.months == 1:
        values["pay.total"] = ""  # it is the fee
    facts = [
        Fact(label=label, value=_one(values[name]), evidence=_evidence(name, offer))
        for name, label in _LABELS.items()
        if values[name]
    ]
    if terms.bonuses:
        facts.append(Fact(label="Bonuses at most", value=str(terms.largest_bonus), evidence="all of them together"))
    return facts


def _evidence(name: str, offer: Offer) -> str:
    if name in _FROM_CAMPAIGN:
        return "campaign file"
    if name in _FROM_RECORD:
        return "record"
    if name.startswith("tracking."):
        return "minted for this creator"
    return f"offer version {offer.version}, signed off by {offer.approved_by}, accepted by the creator"


def _subtitle(terms: Terms, contract: Contract) -> str:
    approval = contract.template_approval
    return (
        f"{terms.campaign_name}, {terms.reference} version {contract.version}; template {contract.template} version "
        f"{approval['version']}, approved by {approval['approved_by']} on {approval['approved_on']}"
    )


def _one(value: str | tuple[str, ...]) -> str:
    return (value if isinstance(value, str) else "; ".join(value)) or "none"
