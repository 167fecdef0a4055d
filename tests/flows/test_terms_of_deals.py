"""Deals whose terms are not the campaign's own: who is asked, what becomes a contract, and what is forgotten."""

from decimal import Decimal

import pytest
from sqlmodel import select

from contracts import service as contracts
from contracts.changes import Changes
from contracts.particulars import parcel_of, payee_of
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.deals import Contract, Parcel, Payee
from core.stages import Stage
from core.store import move, the_candidate
from flows.steps import deals, forgetting, outreach, particulars, person
from tests.flows.scenes import contract_to_sign_off, invited
from tests.house import CAMPAIGN, House

IBAN = "DE89370400440532013000"
ADA = {"account_holder": "Ada Lindgren", "iban": IBAN, "tax_id": "DE123456789", "country": "Germany"}


def answered(house: House) -> str:
    [creator] = invited(house)
    house.answer(house.outbox()[0], "I am interested, but my rate is 350 EUR.")
    outreach.read_replies(house.w)
    return creator


def test_theirs_inside_the_limits_is_agreed_and_drafted_as_asked(house: House) -> None:
    creator, sofia = answered(house), house.w.people.named("sofia")
    deals.make_offer(house.w, CAMPAIGN, creator, actor=sofia)
    deals.counter_offer(house.w, CAMPAIGN, creator, actor=sofia, changes=Changes(stipend=Decimal(350)))
    taken, question = deals.accept_counter(house.w, CAMPAIGN, creator, actor=sofia, how="we said yes")
    assert (taken.status, taken.side, question) == ("accepted", "theirs", None)
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        deals.draft_contract(session, house.w, renderer, taken.candidate_id, actor="sofia")
    with reading(house.w.engine) as session:
        contract = session.exec(select(Contract)).one()
        assert contracts.terms_of(contract).stipend.minor == 35_000
        assert contracts.check_contract(contract, archive=house.w.archive) == []


def test_theirs_beyond_a_limit_is_asked_of_the_owner_and_accepted_after(house: House) -> None:
    creator, sofia = answered(house), house.w.people.named("sofia")
    deals.counter_offer(house.w, CAMPAIGN, creator, actor=sofia, changes=Changes(stipend=Decimal(450)))
    taken, question = deals.accept_counter(house.w, CAMPAIGN, creator, actor=sofia, how="we said yes")
    assert (taken.status, question is not None) == ("drafted", True)
    assert question is not None
    facts = {fact["label"]: fact["value"] for fact in question.card["facts"]}
    assert facts["Asked by the creator, put down by"] == "sofia"
    house.decide(question, "approve", by="olivia")
    assert deals.accept_offer(house.w, CAMPAIGN, creator, actor=sofia, how="mail").id == taken.id


def test_a_clause_that_is_not_on_the_list_is_not_offered(house: House) -> None:
    creator, sofia = answered(house), house.w.people.named("sofia")
    with pytest.raises(Refused, match="no approved clause 'no-revision'"):
        deals.make_offer(house.w, CAMPAIGN, creator, actor=sofia, changes=Changes(clauses=("no-revision",)))


def test_bank_data_and_address_are_copied_for_the_person_and_forgotten_with_them(house: House) -> None:
    creator, _ = contract_to_sign_off(house)
    omar, lena = house.w.people.named("omar"), house.w.people.named("lena")
    particulars.set_payee(house.w, CAMPAIGN, creator, payee_of(ADA), actor=omar)
    particulars.set_parcel(house.w, CAMPAIGN, creator, parcel_of({"address": "Lindenweg 3, Berlin"}), actor=omar)
    particulars.parcel_sent(house.w, CAMPAIGN, creator, on=None, carrier="DHL", tracking_number="0034", actor=omar)
    with reading(house.w.engine) as session:
        assert IBAN not in session.exec(select(Payee.sealed)).one()
    document, text = person.export(house.w, creator, actor=omar)
    assert document["payee"][0]["iban"] == IBAN
    assert document["parcel"][0]["address"] == "Lindenweg 3, Berlin"
    assert "sealed" not in text
    kept = forgetting.forget(house.w, creator, why="asked", actor=lena)
    assert any("payment data" in words for words in kept.held)
    with unit_of_work(house.w.engine) as session:
        candidate = the_candidate(session, session.exec(select(Payee.candidate_id)).one())
        who = candidate.creator_id
        move(session, house.w.clock, candidate, Stage.DROPPED, actor="omar", reason="asked")
    forgetting.forget(house.w, who, why="asked", actor=lena)
    with reading(house.w.engine) as session:
        assert session.exec(select(Payee)).all() == []
        assert session.exec(select(Parcel)).all() == []


def test_a_new_key_seals_what_is_there(house: House) -> None:
    creator, _ = contract_to_sign_off(house)
    omar = house.w.people.named("omar")
    particulars.set_payee(house.w, CAMPAIGN, creator, payee_of(ADA), actor=omar)
    with pytest.raises(Refused, match="ops or the owner"):
        particulars.change_key(house.w, actor=house.w.people.named("sofia"))
    assert particulars.change_key(house.w, actor=omar, drop_old=True) == 1
    assert len((house.w.settings.home / "vault-keys").read_text().split()) == 1
    assert particulars.payee(house.w, CAMPAIGN, creator, actor=omar).iban == IBAN
