"""A deal that is talked about again: its contract is void, its budget free, and the next version follows a new yes."""

from decimal import Decimal

import pytest
from sqlmodel import select

from contracts import service as contracts
from contracts.changes import Changes
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.deals import Contract, Offer
from core.stages import IllegalMove
from core.store import candidate_named
from flows.steps import deals
from tests.flows.scenes import contract_to_sign_off
from tests.house import CAMPAIGN, House


def reopened(house: House, creator: str, reason: str = "asks for more") -> Contract | None:
    return deals.reopen_deal(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), reason=reason)


def bound(house: House) -> Decimal:
    with reading(house.w.engine) as session:
        return contracts.budget(session, house.campaign()).committed.amount


def test_money_changes_by_an_offer_and_the_next_version_says_it(house: House) -> None:
    creator, question = contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    deals.send_contracts(house.w)
    first, sofia = bound(house), house.w.people.named("sofia")
    void = reopened(house, creator)
    assert void is not None
    assert (void.status, void.version, house.stage(creator), bound(house)) == ("void", 1, "NEGOTIATING", Decimal(0))
    with pytest.raises(Refused, match="has no contract"):
        deals.record_signature(house.w, CAMPAIGN, creator, signed_name="Ada", actor=sofia, evidence={"note": "reply"})
    deals.counter_offer(house.w, CAMPAIGN, creator, actor=sofia, changes=Changes(stipend=first + 20))
    taken, asked = deals.accept_counter(house.w, CAMPAIGN, creator, actor=sofia, how="mail of 3 May")
    if asked is not None:  # beyond what the sender may give alone
        house.decide(asked, "approve", by="olivia")
        taken = deals.accept_offer(house.w, CAMPAIGN, creator, actor=sofia, how="mail of 3 May")
    assert (taken.status, bound(house)) == ("accepted", first + 20)
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        drafted = deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="sofia")
        assert (drafted.version, drafted.terms["stipend"]["amount"]) == (2, f"{first + 20:.2f}")
    house.decide(house.open_request("final contract"), "sign_off", by="lena")
    assert deals.send_contracts(house.w) == 1


def test_who_keeps_to_what_was_agreed_gets_a_version_of_its_own_too(house: House) -> None:
    creator, question = contract_to_sign_off(house)
    reopened(house, creator)
    with reading(house.w.engine) as session:
        asked = session.get_one(Request, question.id)
        assert (asked.status, asked.void_reason) == ("void", "the deal is talked about again")
        assert [one.status for one in session.exec(select(Offer))] == ["made"]
    deals.accept_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), how="she stays with it")
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        assert deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="sofia").version == 2


def test_what_is_signed_or_never_was_agreed_is_not_opened(house: House) -> None:
    creator, question = contract_to_sign_off(house)
    with pytest.raises(Refused, match="Nobody says why"):
        reopened(house, creator, reason=" ")
    with pytest.raises(Refused, match="may not"):
        deals.reopen_deal(house.w, CAMPAIGN, creator, actor=house.w.people.named("rosa"), reason="x")
    house.decide(question, "sign_off", by="lena")
    deals.send_contracts(house.w)
    sofia = house.w.people.named("sofia")
    deals.record_signature(house.w, CAMPAIGN, creator, signed_name="Ada", actor=sofia, evidence={"note": "reply"})
    with pytest.raises(IllegalMove):
        reopened(house, creator)
