"""Bank, tax office and front door: asked for where a deal needs them, and closed to nearly everybody."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from contracts import keeping_sealed as sealed
from contracts.offers import accept_offer, make_offer
from contracts.particulars import parcel_of, payee_of, valid_iban
from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput, Refused
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.deals import Parcel, Payee
from core.people import People
from core.stages import Stage
from core.store import move
from core.vault import Vault

Put = Callable[..., Candidate]
IBAN = "DE89370400440532013000"
ADA = {"account_holder": "Ada Lindgren", "iban": "de89 3704 0044 0532 0130 00", "tax_id": "DE123456789",
       "country": "Deutschland"}  # fmt: skip


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "home")


@pytest.mark.parametrize(
    ("iban", "good"),
    [
        (IBAN, True), ("GB29NWBK60161331926819", True), ("NO9386011117947", True),
        ("FR1420041010050500013M02606", True),
        ("ES9121000418450200051332", True), ("DE89370400440532013001", False), ("DE98370400440532013000", False),
        ("DE8937040044053201300", False), ("XX00", False), ("", False), ("DE89 3704", False),
    ],
)  # fmt: skip
def test_account_numbers_are_held_to_length_and_check_digits(iban: str, good: bool) -> None:
    assert valid_iban(iban) is good


def test_any_swapped_pair_or_mistyped_digit_of_an_account_number_is_seen() -> None:
    for place in range(4, len(IBAN)):
        for digit in "0123456789":
            changed = IBAN[:place] + digit + IBAN[place + 1 :]
            assert valid_iban(changed) is (changed == IBAN)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iban": "DE89370400440532013001"}, "iban: is no account number"),
        ({"iban": ""}, "name one account"),
        ({"other_account": "PayPal"}, "name one account"),
        ({"country": "Atlantis"}, "country: is no country"),
        ({"account_holder": "\u200b"}, "account_holder: is empty"),
        ({"pin": "1234"}, "pin: Extra inputs"),
    ],
)
def test_what_cannot_be_used_is_named_and_not_repeated(changes: dict[str, str], why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        payee_of(ADA | changes)
    assert "370400" not in str(refused.value)
    assert "1234" not in str(refused.value)


def test_screens_show_too_little_to_use() -> None:
    data = payee_of(ADA)
    assert data.masked() == {
        "account holder": "Ada Lindgren", "account": "…3000", "tax number": "…89", "country": "Germany",
    }  # fmt: skip
    assert IBAN not in repr(data)
    assert IBAN not in str(data)
    assert payee_of(ADA | {"iban": "", "other_account": "cash"}).masked()["account"] == "…"


def agreed(session: Session, clock: FixedClock, campaign: Campaign, candidate: Candidate, people: People) -> Candidate:
    make_offer(session, clock, campaign, candidate, actor=people.named("sofia"))
    accept_offer(session, clock, campaign, candidate, actor="sofia", how="yes")
    return candidate


def test_payment_data_is_sealed_and_only_ops_and_owner_see_it(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put, vault: Vault
) -> None:
    omar = people.named("omar")
    with unit_of_work(engine) as session:
        candidate = replied(session)
        with pytest.raises(Refused, match="not kept without need"):
            sealed.set_payee(session, clock, campaign, candidate, payee_of(ADA), vault=vault, actor=omar)
        agreed(session, clock, campaign, candidate, people)
        for name in ("sofia", "rosa", "lena"):
            with pytest.raises(Refused, match="may not record payment data"):
                sealed.set_payee(session, clock, campaign, candidate, payee_of(ADA), vault=vault,
                                 actor=people.named(name))  # fmt: skip
        sealed.set_payee(session, clock, campaign, candidate, payee_of(ADA), vault=vault, actor=omar)
        moved = payee_of(ADA | {"account_holder": "Ada L."})
        sealed.set_payee(session, clock, campaign, candidate, moved, vault=vault, actor=omar)
    with reading(engine) as session:
        row = session.exec(select(Payee)).one()
        assert "Ada" not in row.sealed
        candidate = session.get_one(Candidate, row.candidate_id)
        assert sealed.payee(session, campaign, candidate, vault=vault, actor=people.named("olivia")) == moved
        with pytest.raises(Refused, match="may not see payment data"):
            sealed.payee(session, campaign, candidate, vault=vault, actor=people.named("sofia"))
        told = [entry for entry in session.exec(select(AuditEntry)).all() if entry.action == "payee.recorded"]
        assert [entry.detail for entry in told] == ["{}", "{}"]
        assert audit.verify(session).problem == ""


def test_where_nothing_is_paid_no_payment_data_is_kept(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put, vault: Vault
) -> None:
    seeding = {"model": "seed", "stipend": Decimal(0), "commission_percent": Decimal(0)}
    seeds = campaign.model_copy(update={"offer": campaign.offer.model_copy(update=seeding)})
    with unit_of_work(sqlite_engine) as session:
        candidate = agreed(session, clock, seeds, replied(session), people)
        assert not sealed.needs_payee(session, candidate)
        with pytest.raises(Refused, match="Nothing is to be paid"):
            sealed.set_payee(session, clock, seeds, candidate, payee_of(ADA), vault=vault, actor=people.named("omar"))


def test_a_parcel_is_recorded_sent_and_received_in_that_order(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put, vault: Vault
) -> None:
    sofia, today = people.named("sofia"), clock.now().date()
    data = parcel_of({"address": "Ada Lindgren\nLindenweg 3, 10969 Berlin", "size": "M"})
    assert data.address == "Ada Lindgren Lindenweg 3, 10969 Berlin"
    with unit_of_work(engine) as session:
        candidate = replied(session)
        with pytest.raises(Refused, match="not kept without need"):
            sealed.set_parcel(session, clock, campaign, candidate, data, vault=vault, actor=sofia)
        agreed(session, clock, campaign, candidate, people)
        with pytest.raises(Refused, match="No parcel"):
            sealed.parcel(session, campaign, candidate, vault=vault, actor=sofia)
        sealed.set_parcel(session, clock, campaign, candidate, data, vault=vault, actor=sofia)
        with pytest.raises(Refused, match="not sent yet"):
            sealed.parcel_received(session, clock, campaign, candidate, on=today, actor=sofia)
        with pytest.raises(BadInput, match="still to come"):
            sealed.parcel_sent(session, clock, campaign, candidate, on=today + timedelta(days=1), carrier="DHL",
                               tracking_number="00340", actor=sofia)  # fmt: skip
        sealed.parcel_sent(session, clock, campaign, candidate, on=today, carrier="DHL", tracking_number="00340",
                           actor=sofia)  # fmt: skip
        with pytest.raises(Refused, match="was sent on"):
            sealed.set_parcel(session, clock, campaign, candidate, data, vault=vault, actor=sofia)
        with pytest.raises(Refused, match="after"):
            sealed.parcel_received(session, clock, campaign, candidate, on=today - timedelta(days=1), actor=sofia)
        sealed.parcel_received(session, clock, campaign, candidate, on=today, actor=sofia)
        clock.advance(timedelta(days=2))
        with pytest.raises(Refused, match="arrived on"):
            sealed.parcel_sent(session, clock, campaign, candidate, on=clock.now().date(), carrier="DHL",
                               tracking_number="00341", actor=sofia)  # fmt: skip
    with reading(engine) as session:
        row, shown = sealed.parcel(session, campaign, session.get_one(Candidate, 1), vault=vault, actor=sofia)
        assert shown == data
        assert (row.carrier, row.tracking_number, row.sent_on, row.received_on) == ("DHL", "00340", today, today)
        assert "Lindenweg" not in session.exec(select(Parcel.sealed)).one()
        with pytest.raises(Refused, match="may not see or record a parcel"):
            sealed.parcel(session, campaign, session.get_one(Candidate, 1), vault=vault, actor=people.named("lena"))


def test_of_who_has_gone_nothing_more_is_recorded(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put, vault: Vault
) -> None:
    with unit_of_work(sqlite_engine) as session:
        candidate = agreed(session, clock, campaign, replied(session), people)
        move(session, clock, candidate, Stage.DROPPED, actor="omar", reason="fell through")
        with pytest.raises(Refused, match="nothing more is recorded"):
            sealed.set_payee(session, clock, campaign, candidate, payee_of(ADA), vault=vault,
                             actor=people.named("omar"))  # fmt: skip


def test_everything_is_sealed_anew_with_a_new_key(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, replied: Put, vault: Vault
) -> None:
    omar = people.named("omar")
    with unit_of_work(engine) as session:
        for handle in ("ada", "bo"):
            candidate = agreed(session, clock, campaign, replied(session, handle), people)
            sealed.set_payee(session, clock, campaign, candidate, payee_of(ADA), vault=vault, actor=omar)
            address = parcel_of({"address": f"{handle}, Berlin"})
            sealed.set_parcel(session, clock, campaign, candidate, address, vault=vault, actor=omar)
    before = set(_all_sealed(engine))
    vault.add_key()
    with unit_of_work(engine) as session:
        assert sealed.seal_again(session, vault=vault) == 4
    vault.drop_old_keys()
    assert not before & set(_all_sealed(engine))
    with reading(engine) as session:
        candidate = session.get_one(Candidate, 1)
        assert sealed.payee(session, campaign, candidate, vault=vault, actor=omar).iban == IBAN


def _all_sealed(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [*session.exec(select(Payee.sealed)).all(), *session.exec(select(Parcel.sealed)).all()]
