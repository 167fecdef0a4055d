"""`greenroom deal`: offers to creators who answered, what they ask instead, and what a deal needs besides its terms."""

from typing import Annotated

import typer
from sqlmodel import col, select

from cli import deal_particulars
from cli import deal_terms as terms
from cli.lookup import check_campaign, wired_for
from cli.options import ActorFlag, CampaignName, CreatorName, ReasonFlag
from cli.screen import JsonFlag, Line, answer, fields_of, table
from contracts import service as contracts
from contracts.changes import Changes
from contracts.keeping_sealed import needs_payee
from core.database import reading
from core.models.approvals import Request
from core.models.deals import Offer, Parcel, Payee
from core.money import Money
from core.store import candidate_named, stored_campaign
from flows.steps import deals
from flows.wiring import wired

app = typer.Typer()
app.add_typer(deal_particulars.payee, name="payee")
app.add_typer(deal_particulars.parcel, name="parcel")
app.command("change-key")(deal_particulars.change_key)

NoteFlag = Annotated[str, typer.Option(help="Why, for the record.")]


# fmt: off
@app.command("offer")
def offer(
    campaign: CampaignName, creator: CreatorName, model: terms.Kind = None, stipend: terms.Stipend = None,
    commission: terms.Commission = None, months: terms.Months = None, bonus: terms.Bonus = None,
    minimum: terms.Minimum = None, product: terms.Product = None, deliverable: terms.Deliverable = None,
    variants: terms.Variants = None, usage_days: terms.UsageDays = None, channel: terms.Channel = None,
    exclusive_days: terms.ExclusiveDays = None, exclusive_for: terms.ExclusiveFor = None, clause: terms.Clause = None,
    payment_days: terms.PaymentDays = None, clawback_days: terms.ClawbackDays = None, note: NoteFlag = "",
    actor: ActorFlag = "", as_json: JsonFlag = False,
) -> None:
    """Make an offer: the campaign's standard one, or another. Beyond the limits the owner is asked first."""
    w = wired_for(campaign)
    changes = Changes(
        model, terms.number(stipend), terms.number(commission), months, terms.steps(bonus), terms.number(minimum),
        product, terms.listed(deliverable), variants, usage_days, terms.listed(channel), exclusive_days, exclusive_for,
        terms.listed(clause), payment_days, clawback_days,
    )
    made, request = deals.make_offer(w, campaign, creator, actor=w.actor(actor), changes=changes, note=note)
    lines = [f"Offer {made.version} to {creator}: {_cost(made)} guaranteed, {made.status}."]
    lines += _waits(made, request)
    if request is None:
        lines.append(f"Next, once {creator} said yes: greenroom deal accept {campaign} {creator} --how HOW")
    answer(_document(made, request), as_json=as_json, lines=lines)


@app.command("counter")
def counter(
    campaign: CampaignName, creator: CreatorName, stipend: terms.Stipend = None, commission: terms.Commission = None,
    months: terms.Months = None, bonus: terms.Bonus = None, minimum: terms.Minimum = None,
    product: terms.Product = None, deliverable: terms.Deliverable = None, variants: terms.Variants = None,
    usage_days: terms.UsageDays = None, channel: terms.Channel = None, exclusive_days: terms.ExclusiveDays = None,
    exclusive_for: terms.ExclusiveFor = None, clause: terms.Clause = None, payment_days: terms.PaymentDays = None,
    clawback_days: terms.ClawbackDays = None, note: NoteFlag = "", actor: ActorFlag = "", as_json: JsonFlag = False,
) -> None:
    """Record what the creator asks instead of our offer. Nothing is agreed to by it."""
    w = wired_for(campaign)
    changes = Changes(
        None, terms.number(stipend), terms.number(commission), months, terms.steps(bonus), terms.number(minimum),
        product, terms.listed(deliverable), variants, usage_days, terms.listed(channel), exclusive_days, exclusive_for,
        terms.listed(clause), payment_days, clawback_days,
    )
    asked = deals.counter_offer(w, campaign, creator, actor=w.actor(actor), changes=changes, note=note)
    with reading(w.engine) as session:
        query = select(Offer).where(Offer.candidate_id == asked.candidate_id).order_by(col(Offer.version))
        offers = [one for one in session.exec(query).all() if one.status in ("made", "drafted") or one.id == asked.id]
    lines: list[Line] = [f"Version {asked.version} is what {creator} asks: {_cost(asked)} guaranteed."]
    lines += terms.side_by_side(offers)
    lines += [f"Next: answer it with greenroom deal offer {campaign} {creator} …, or take it with",
              f"greenroom deal accept {campaign} {creator} --theirs --how HOW"]
    answer(fields_of(asked), as_json=as_json, lines=lines)
# fmt: on


@app.command("accept")
def accept(
    campaign: CampaignName,
    creator: CreatorName,
    how: Annotated[str, typer.Option(help="How the creator said yes, such as: reply of 3 December.")],
    theirs: Annotated[bool, typer.Option("--theirs", help="We take what they ask, under the same limits.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Record that the creator said yes (or that we take what they ask): the cost is bound, a contract follows."""
    w = wired_for(campaign)
    request = None
    if theirs:
        accepted, request = deals.accept_counter(w, campaign, creator, actor=w.actor(actor), how=how)
    else:
        accepted = deals.accept_offer(w, campaign, creator, actor=w.actor(actor), how=how)
    if request is not None:
        lines = _waits(accepted, request)
        lines.append(f"Then: greenroom deal accept {campaign} {creator} --how HOW")
    else:
        lines = [f"Agreed with {creator}: {_cost(accepted)}.", f"Next: greenroom contracts draft {campaign}"]
        with reading(w.engine) as session:
            if needs_payee(session, candidate_named(session, campaign, creator)):
                lines.append(f"Ask where the money goes: greenroom deal payee set {campaign} {creator}")
    answer(_document(accepted, request), as_json=as_json, lines=lines)


@app.command("decline")
def decline(campaign: CampaignName, creator: CreatorName, reason: ReasonFlag = "", actor: ActorFlag = "",
            as_json: JsonFlag = False) -> None:  # fmt: skip
    """Record that the creator said no."""
    w = wired_for(campaign)
    deals.decline_offer(w, campaign, creator, actor=w.actor(actor), reason=reason)
    answer({"declined": True}, as_json=as_json, lines=[f"{creator} declined; the matter is closed."])


@app.command("reopen")
def reopen(campaign: CampaignName, creator: CreatorName, reason: ReasonFlag = "", actor: ActorFlag = "",
           as_json: JsonFlag = False) -> None:  # fmt: skip
    """Talk again about what was agreed, until it is signed: the contract is void, its link and its questions too."""
    w = wired_for(campaign)
    contract = deals.reopen_deal(w, campaign, creator, actor=w.actor(actor), reason=reason)
    lines = [f"The deal with {creator} is open again; what was agreed stands as our offer, and its budget is free."]
    lines += [f"{contract.file_name} is void: it can be signed no more."] if contract is not None else []
    lines.append(f"Next: greenroom deal counter {campaign} {creator} …, or greenroom deal offer {campaign} {creator} …")
    lines.append(f"Once they said yes (greenroom deal accept): greenroom contracts draft {campaign} {creator}")
    answer({"reopened": True, "void": fields_of(contract) if contract else None}, as_json=as_json, lines=lines)


@app.command("show")
def show(campaign: CampaignName, creator: CreatorName, as_json: JsonFlag = False) -> None:
    """All versions of the offer, ours and theirs, beside one another; and what is left of the campaign's budget."""
    with reading(wired().engine) as session:
        check_campaign(session, campaign)
        candidate = candidate_named(session, campaign, creator)
        query = select(Offer).where(Offer.candidate_id == candidate.id).order_by(col(Offer.version))
        offers = session.exec(query).all()
        budget = contracts.budget(session, stored_campaign(session, campaign))
        known = session.get(Payee, candidate.id) is not None
        agreed = any(one.status == "accepted" for one in offers)
        missing = agreed and not known and needs_payee(session, candidate)
        parcel = session.get(Parcel, candidate.id)
    rows = [(o.version, o.side, _cost(o), o.status, o.approved_by or "", f"{o.created_at:%Y-%m-%d}", o.beyond)
            for o in offers]  # fmt: skip
    lines: list[Line] = [
        table(f"Offers to {creator}, who is {candidate.stage}",
              ["version", "whose", "guaranteed", "status", "signed off by", "made", "beyond"], rows, right=["version"]),
        *terms.side_by_side(offers),
        f"Budget of {campaign}: {budget.total}, {budget.committed} bound, {budget.left} left.",
    ]  # fmt: skip
    if missing:
        lines.append(f"Where the money goes is missing: greenroom deal payee set {campaign} {creator}")
    if parcel is not None:
        lines.append(f"Parcel: {'received' if parcel.received_on else 'sent' if parcel.sent_on else 'to be sent'}.")
    document = {
        "stage": candidate.stage,
        "offers": [fields_of(o) for o in offers],
        "budget": {"total": str(budget.total), "committed": str(budget.committed), "left": str(budget.left)},
        "payee": "recorded" if known else "missing" if missing else "not needed yet",
    }
    answer(document, as_json=as_json, lines=lines)


def _waits(offer: Offer, request: Request | None) -> list[str]:
    if request is None:
        return []
    return [f"{offer.beyond}.", f"{request.assignee} decides: greenroom approvals show {request.id[:8]}"]


def _document(offer: Offer, request: Request | None) -> dict[str, object]:
    return fields_of(offer) | {"request": request.id if request else None}


def _cost(offer: Offer) -> str:
    return str(Money.of_minor(offer.cost_minor, offer.currency))
