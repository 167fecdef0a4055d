"""`greenroom deal`: offers to creators who answered, and what became of them."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from sqlmodel import col, select

from cli.lookup import check_campaign, wired_for
from cli.options import ActorFlag, CampaignName, CreatorName, ReasonFlag
from cli.screen import JsonFlag, answer, fields_of, table
from contracts import service as contracts
from core.database import reading
from core.errors import WrongUsage
from core.models.deals import Offer
from core.money import Money
from core.store import candidate_named, stored_campaign
from flows.steps import deals
from flows.wiring import Wiring, wired

app = typer.Typer()


@app.command("offer")
def offer(
    campaign: CampaignName,
    creator: CreatorName,
    stipend: Annotated[str | None, typer.Option(help="Another amount than the campaign's.")] = None,
    commission: Annotated[str | None, typer.Option(help="Another commission, in percent.")] = None,
    note: Annotated[str, typer.Option(help="Why this offer, for the record.")] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Make an offer: the campaign's standard one, or another. Beyond the limits the owner is asked first."""
    w = _wired(campaign)
    made, request = deals.make_offer(
        w, campaign, creator, actor=w.actor(actor), stipend=_number(stipend), commission_percent=_number(commission),
        note=note,
    )  # fmt: skip
    lines = [f"Offer {made.version} to {creator}: {_cost(made)} guaranteed, {made.status}."]
    if request is not None:
        lines += [f"{made.beyond}.", f"{request.assignee} decides: greenroom approvals show {request.id[:8]}"]
    else:
        lines.append(f"Next, once {creator} said yes: greenroom deal accept {campaign} {creator} --how HOW")
    document = fields_of(made) | {"request": request.id if request else None}
    answer(document, as_json=as_json, lines=lines)


@app.command("accept")
def accept(
    campaign: CampaignName,
    creator: CreatorName,
    how: Annotated[str, typer.Option(help="How the creator said yes, such as: reply of 3 December.")],
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Record that the creator said yes: agreed, the cost is bound, and a contract will be drafted."""
    w = _wired(campaign)
    accepted = deals.accept_offer(w, campaign, creator, actor=w.actor(actor), how=how)
    lines = [f"Agreed with {creator}: {_cost(accepted)}.", f"Next: greenroom contracts draft {campaign}"]
    answer(fields_of(accepted), as_json=as_json, lines=lines)


@app.command("decline")
def decline(campaign: CampaignName, creator: CreatorName, reason: ReasonFlag = "", actor: ActorFlag = "",
            as_json: JsonFlag = False) -> None:  # fmt: skip
    """Record that the creator said no."""
    w = _wired(campaign)
    deals.decline_offer(w, campaign, creator, actor=w.actor(actor), reason=reason)
    answer({"declined": True}, as_json=as_json, lines=[f"{creator} declined; the matter is closed."])


@app.command("show")
def show(campaign: CampaignName, creator: CreatorName, as_json: JsonFlag = False) -> None:
    """All versions of the offer to a creator, and what is left of the campaign's budget."""
    with reading(wired().engine) as session:
        check_campaign(session, campaign)
        candidate = candidate_named(session, campaign, creator)
        query = select(Offer).where(Offer.candidate_id == candidate.id).order_by(col(Offer.version))
        offers = session.exec(query).all()
        budget = contracts.budget(session, stored_campaign(session, campaign))
    rows = [(o.version, _cost(o), o.status, o.approved_by or "", f"{o.created_at:%Y-%m-%d}", o.beyond) for o in offers]
    answer(
        {"stage": candidate.stage, "offers": [fields_of(o) for o in offers],
         "budget": {"total": str(budget.total), "committed": str(budget.committed), "left": str(budget.left)}},
        as_json=as_json,
        lines=[
            table(f"Offers to {creator}, who is {candidate.stage}",
                  ["version", "guaranteed", "status", "signed off by", "made", "beyond"], rows, right=["version"]),
            f"Budget of {campaign}: {budget.total}, {budget.committed} bound, {budget.left} left.",
        ],
    )  # fmt: skip


def _wired(campaign: str) -> Wiring:
    w = wired_for(campaign)
    return w


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise WrongUsage(f"{text!r} is not a number.", next_step="Write it as 250 or 250.00.") from None


def _cost(offer: Offer) -> str:
    return str(Money.of_minor(offer.cost_minor, offer.currency))
