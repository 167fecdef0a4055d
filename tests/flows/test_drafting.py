"""A batch of contracts: which deals it leaves to a person, and that it holds what others did meanwhile."""

from decimal import Decimal

from sqlmodel import select

from contracts import service as contracts
from contracts.from_campaign import standard_draft
from contracts.straightforward import RULES, Deal, objections
from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.models.jobs import Job
from core.money import Money
from core.stages import Stage
from core.store import candidate_named
from flows.steps import deals, outreach
from flows.steps.ahead import GROUP, Ahead
from flows.steps.work import wake
from tests.flows.scenes import adopt, invited
from tests.house import CAMPAIGN, House


def agreed(house: House, many: int, fee: Decimal | None = None) -> list[str]:
    """So many creators who accepted; the first one another fee, if one is given."""
    creators = invited(house, many)
    for number, mail in enumerate(house.outbox()):
        house.answer(mail, f"I am interested, count me in{'!' * (number + 1)}")
    outreach.read_replies(house.w)
    sofia = house.w.people.named("sofia")
    for creator in creators:
        deals.make_offer(house.w, CAMPAIGN, creator, actor=sofia, stipend=fee if creator == creators[0] else None)
        deals.accept_offer(house.w, CAMPAIGN, creator, actor=sofia, how="reply")
    return creators


def test_a_batch_drafts_what_is_straightforward_and_says_which_deals_it_left_and_why(house: House) -> None:
    negotiated, *standard = agreed(house, GROUP + 2, Decimal(180))
    assert deals.draft_contracts(house.w) == len(standard)
    assert {house.stage(creator) for creator in standard} == {Stage.CONTRACT_DRAFTED}
    assert house.stage(negotiated) == Stage.AGREED
    with reading(house.w.engine) as session:
        [left] = session.exec(select(Job).where(Job.kind == deals.DRAFT_JOB, Job.status != "done")).all()
    assert "not the standard one (stipend 180.00 EUR instead of 200.00 EUR)" in left.last_error
    assert f"greenroom contracts draft {CAMPAIGN} {negotiated}" in left.last_error
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, negotiated)
        deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="sofia")
    assert house.stage(negotiated) == Stage.CONTRACT_DRAFTED
    wake(house.w, deals.DRAFT_JOB)
    assert deals.draft_contracts(house.w) == 0


def test_what_changed_after_a_document_was_made_ahead_is_in_the_contract(house: House) -> None:
    [creator] = agreed(house, 1)
    w = house.w
    law = house.campaign().contract.model_copy(update={"governing_law": "Austria"})
    with w.renderer() as renderer, Ahead(w, renderer, kind=deals.DRAFT_JOB, campaign=None) as ahead:
        ahead.make_ready()
        adopt(house, house.campaign().model_copy(update={"contract": law}))
        with unit_of_work(w.engine) as session:
            candidate = candidate_named(session, CAMPAIGN, creator)
            contract = deals.draft_contract(session, w, ahead, candidate.id or 0, actor="sofia")
    assert contracts.terms_of(contract).governing_law == "Austria"
    assert contracts.check_contract(contract, archive=w.archive) == []


def test_the_rules_of_a_straightforward_deal(campaign: Campaign) -> None:
    standard = standard_draft(campaign)
    plain = Deal(offered=standard, standard=standard)
    assert objections(plain) == []
    dearer = standard.model_copy(update={"stipend": Money(Decimal(250), "EUR")})
    every = Deal(offered=dearer, standard=standard, beyond="above the maximum", swaps=("pay within 60 days",),
                 conflicts=("an exclusive deal with Other Linen",), former=1)  # fmt: skip
    assert len(objections(every)) == len(RULES)
