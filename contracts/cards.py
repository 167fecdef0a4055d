"""What the owner and legal are shown when asked, and the mail that brings a contract to its creator.

Pure: turns rows and terms into words. Asks nobody, sends nothing.
"""

from collections.abc import Sequence

from contracts.archive import Archive
from contracts.displaying import promised
from contracts.languages import long_date
from contracts.summary import LABELS, against_standard, against_template, differences, one_line, table, window
from contracts.terms import OfferDraft, Terms
from core.campaign import Campaign
from core.cards import Card, CardFile, Choice, Fact
from core.models.deals import Contract, Offer
from core.money import Money

#: The facts that say what stands otherwise than usual; whoever draws the card shows them first.
AGAINST_TEMPLATE, AGAINST_STANDARD = "Against the template", "Against our standard offer"
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
        *(Fact(label=LABELS[name], value=one_line(values[name])) for name in _OFTEN_LEFT_OUT if values[name]),
        Fact(label="Deliverables", value="; ".join(draft.deliverables)),
        Fact(label="Posting window", value=f"{long_date(draft.post_from)} to {long_date(draft.post_until)}"),
        *([Fact(label="Exclusivity", value=one_line(values["exclusivity"]))] if draft.exclusivity_days else []),
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
    contract: Contract, *, offer: Offer, archive: Archive, former: Contract | None = None,
    conflicts: Sequence[str] = (), standard: OfferDraft | None = None, link: str = "",
) -> Card:  # fmt: skip
    """The question to legal: do you sign off exactly this document? What differs comes first, then the terms.

    `former` is the version it replaces; `conflicts` are running deals that came into its way since the offer;
    `standard` is the campaign's offer to everybody of that size, `link` a page to read it on.
    """
    terms = Terms.model_validate(contract.terms)
    risks = [f"The owner let it go beyond a limit: {offer.beyond}"] if offer.beyond else []
    risks += [f"Since the offer: {conflict}" for conflict in conflicts]
    return Card(
        title=f"Contract with {terms.creator_name}",
        subtitle=_subtitle(terms, contract),
        link=link,
        facts=(
            Fact(label=AGAINST_TEMPLATE, value=against_template(terms), evidence="held to it word by word"),
            *_from_standard(offer, standard),
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


def _from_standard(offer: Offer, standard: OfferDraft | None) -> list[Fact]:
    if standard is None:
        return []
    found = against_standard(OfferDraft.model_validate(offer.terms), standard)
    said = "; ".join(found) if found else "Nothing: these are the terms that everybody is offered."
    return [Fact(label=AGAINST_STANDARD, value=said, evidence=f"offer version {offer.version}")]


def _facts(terms: Terms, offer: Offer) -> list[Fact]:
    rows = [Fact(label=label, value=value, evidence=_evidence(name, offer)) for name, label, value in table(terms)]
    # One line instead of two: a date without the other tells nothing.
    first = next((at for at, row in enumerate(rows) if row.label == LABELS["posting.first"]), len(rows))
    posts = Fact(label="Posts", value=window(terms), evidence=_evidence("posting.first", offer))
    rows = [row for row in rows if row.label not in (LABELS["posting.first"], LABELS["posting.last"])]
    rows = [*rows[:first], posts, *rows[first:]]
    if terms.bonuses:
        most = Fact(label="Bonuses at most", value=str(terms.largest_bonus), evidence="all of them together")
        rows.insert(first, most)
    return rows


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
