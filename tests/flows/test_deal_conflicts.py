"""A deal that comes into another's way after that was agreed is told to owner and ops, once, with what to do."""

from datetime import date

from sqlmodel import Session, select

from contracts.conflicts import RunningDeal, against, may_conflict
from contracts.from_campaign import standard_draft
from contracts.terms import OfferDraft
from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.deals import Offer
from core.stages import Stage
from core.store import candidate_named, keep_campaign
from flows.steps import deal_conflicts, deal_news
from tests.flows.scenes import contract_to_sign_off
from tests.house import CAMPAIGN, House, text_of

EXCLUSIVE = {"exclusivity_days": 60, "exclusivity_scope": "linen and other summer clothing"}


def rival_of(campaign: Campaign, brand: str = "Northgate Denim") -> Campaign:
    offer = campaign.offer.model_copy(update=EXCLUSIVE)
    return campaign.model_copy(update={
        "slug": "denim-fall", "name": "Denim Fall", "brand": brand, "starts_on": date(2026, 10, 1),
        "ends_on": date(2026, 12, 15), "offer": offer,
    })  # fmt: skip


def agrees_there_too(house: House, creator: str, rival: Campaign) -> None:
    """The same creator agrees with another brand; its owner knew of ours and let it pass."""
    with unit_of_work(house.w.engine) as session:
        keep_campaign(session, house.w.clock, rival, actor="omar")
        ours = candidate_named(session, CAMPAIGN, creator)
        here = session.exec(select(Offer).where(Offer.candidate_id == ours.id)).one()
        theirs = Candidate(**ours.model_dump(exclude={"id"}) | {
            "campaign": rival.slug, "brand": rival.brand, "stage": Stage.AGREED,
        })  # fmt: skip
        session.add(theirs)
        session.flush()
        draft = standard_draft(rival)
        known = list(against(RunningDeal(house.campaign(), OfferDraft.model_validate(here.terms)), rival, draft))
        session.add(Offer(**here.model_dump(exclude={"id"}) | {
            "candidate_id": theirs.id, "campaign": rival.slug, "terms": draft.model_dump(mode="json"),
            "terms_sha256": draft.sha256, "conflicts": known,
        }))  # fmt: skip


def told(house: House) -> list[tuple[str, str]]:
    deal_news.send_news(house.w)
    return sorted(
        (str(mail["To"]), text_of(mail)) for mail in house.outbox()
        if str(mail["Subject"]).startswith("Deals in each other's way")
    )  # fmt: skip


def test_owner_and_ops_hear_once_of_both_deals_and_what_to_do(house: House) -> None:
    creator, _ = contract_to_sign_off(house)
    assert deal_conflicts.note(house.w) == 0
    agrees_there_too(house, creator, rival_of(house.campaign()))
    assert [deal_conflicts.note(house.w) for _ in range(2)] == [1, 1]
    (owner, said), (ops, also) = told(house)
    assert (ops, owner) == ("Omar Haddad <omar@example.com>", "Olivia Brandt <olivia@example.com>")
    for text in (said, also):
        text = " ".join(text.split())
        assert f"({creator}) agreed with us for Linen Summer (linen-summer)" in text
        assert "bound to Northgate Denim (denim-fall) until 13 February 2027 at the latest" in text
        assert f"greenroom review drop linen-summer {creator} --reason WHY" in text
    assert len(told(house)) == 2


def test_deals_of_one_brand_and_those_that_ended_are_in_nobodys_way(house: House) -> None:
    creator, _ = contract_to_sign_off(house)
    agrees_there_too(house, creator, rival_of(house.campaign(), brand="Aurelia Linen"))
    assert deal_conflicts.note(house.w) == 0
    with unit_of_work(house.w.engine) as session:
        theirs = session.exec(select(Candidate).where(Candidate.campaign == "denim-fall")).one()
        theirs.stage = Stage.DROPPED
        session.add(theirs)
    with reading(house.w.engine) as session:
        assert of(session) == []


def of(session: Session) -> list[str]:
    return [offer.campaign for _, offer in may_conflict(session)]
