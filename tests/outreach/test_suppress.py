import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.creators import Account, AccountLink
from core.people import People
from core.stages import Stage
from core.store import move
from outreach import suppression
from outreach.phrases import ReplyKind
from outreach.service import record_answer, record_by_hand, suppress
from tests.outreach.conftest import PEPPER

Longlisted = Callable[..., Candidate]
WHY = "Ada Linen called, +49 170 1234567"


def test_the_reason_stays_out_of_the_audit_chain(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        suppression.add(session, clock, pepper=PEPPER, address="ada@example.com", why=WHY, actor="omar")
        [entry] = session.exec(select(AuditEntry)).all()
        assert "Ada" not in entry.detail
        assert hashlib.sha256(WHY.encode()).hexdigest() in entry.detail


@pytest.mark.parametrize(
    ("platform", "handle"),
    [("youtube", "UCabcdefghij-KLMNOPQ_123"), ("mastodon", "ada@mastodon.example"), ("instagram", "ada.linen")],
)
def test_whoever_is_on_any_platform_is_closed_by_the_name_of_their_account(
    engine: Engine, clock: FixedClock, longlisted: Longlisted, platform: str, handle: str
) -> None:
    with unit_of_work(engine) as session:
        candidate = longlisted(session, handle, platform=platform, email="ada@example.com")
        closed = suppress(session, clock, pepper=PEPPER, actor="omar", why="asked", account=(platform, f"@{handle}"))
        assert closed == [candidate.id]
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=["ada@example.com"])


def test_a_profile_is_known_by_account_or_address(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        suppression.add(session, clock, pepper=PEPPER, address="Ada.Linen@gmail.com", why="", actor="omar")
        suppression.add(session, clock, pepper=PEPPER, account=("instagram", "bea"), why="", actor="omar")
    with reading(engine) as session:
        listed = suppression.fingerprints(session, pepper=PEPPER)
    assert len(listed) == 2

    def is_on_list(account: str, address: str | None) -> bool:
        return not listed.isdisjoint(suppression.fingerprints_of(PEPPER, account, address))

    assert is_on_list("tiktok:ada", "adalinen+x@googlemail.com")
    assert is_on_list("instagram:Bea", None)
    assert not is_on_list("tiktok:bea", "")
    assert not is_on_list("tiktok:bea", "bea@example.com")
    assert len(suppression.fingerprints_of(PEPPER, "tiktok:bea", "")) == 1


def test_whoever_is_put_on_the_list_by_account_is_closed_everywhere_before_an_agreement(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Longlisted
) -> None:
    winter = campaign.model_copy(update={"slug": "linen-winter"})
    with unit_of_work(engine) as session:
        ada = longlisted(session, "ada", email="ada@example.com")
        longlisted(session, "bea")
        twin = longlisted(session, "ada.tok", platform="tiktok", campaign=winter, email=None)
        twin.creator_id = ada.creator_id
        session.add(twin)
        done = suppress(session, clock, pepper=PEPPER, actor="omar", why=WHY, account=("Instagram", "@Ada"))
        assert done == [1, 3]
        assert [candidate.stage for candidate in session.exec(select(Candidate).order_by("id"))] == [
            Stage.CLOSED_BY_OPT_OUT, Stage.LONGLISTED, Stage.CLOSED_BY_OPT_OUT]  # fmt: skip
        assert suppression.is_suppressed(session, pepper=PEPPER, accounts=[("tiktok", "ada.tok")])
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=["ada@example.com"])
        assert "Ada" not in " ".join(entry.detail for entry in session.exec(select(AuditEntry)))
        assert suppress(session, clock, pepper=PEPPER, actor="omar", why=WHY, account=("instagram", "ada")) == []


def test_an_address_in_any_spelling_finds_its_candidates_and_no_agreement_is_undone(
    engine: Engine, clock: FixedClock, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        longlisted(session, "ada", email="Ada.Linen@gmail.com")
        signed = longlisted(session, "ada.too", platform="tiktok", email="adalinen@gmail.com")
        for stage in (Stage.QUEUED, Stage.APPROVED, Stage.INVITED, Stage.REPLIED, Stage.NEGOTIATING, Stage.AGREED):
            move(session, clock, signed, stage, actor="omar")
        longlisted(session, "odd", email=None, hashtags=["adalinen@gmail.com"])
        done = suppress(session, clock, pepper=PEPPER, actor="omar", why=WHY, address="adalinen+x@googlemail.com")
        assert done == [1]
        assert signed.stage == Stage.AGREED
        assert suppression.is_suppressed(session, pepper=PEPPER, accounts=[("tiktok", "ada.too")])


def test_a_stranger_is_only_put_on_the_list(engine: Engine, clock: FixedClock, longlisted: Longlisted) -> None:
    with unit_of_work(engine) as session:
        longlisted(session, "ada")
        assert suppress(session, clock, pepper=PEPPER, actor="omar", why="", address="who@example.com") == []
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=["who@example.com"])
        assert session.get_one(Candidate, 1).stage == Stage.LONGLISTED


def test_creators_are_known_by_every_account_and_address_they_had_with_us(
    engine: Engine, clock: FixedClock, people: People, approved: Longlisted, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        ada = longlisted(session, "ada")
        other = Account(platform="youtube", key="ada.tube", handle="ada.tube")
        session.add(other)
        session.flush()
        session.add(
            AccountLink(account_id=other.id or 0, creator_id=ada.creator_id, since=clock.now(), evidence="test")
        )
        bea, sofia = approved(session, "bea", email=None), people.named("sofia")
        record_by_hand(session, clock, bea, pepper=PEPPER, actor=sofia, how="DM", address="old@example.com")
        record_answer(session, clock, bea, pepper=PEPPER, actor=sofia, kind=ReplyKind.QUESTION, note="?",
                      address="new@example.com")  # fmt: skip
        assert suppress(session, clock, pepper=PEPPER, actor="omar", why="", account=("youtube", "ada.tube")) == [1]
        assert suppress(session, clock, pepper=PEPPER, actor="omar", why="", address="old@example.com") == [2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.com", " ADA@Example.COM. "),
        ("ada@example.com", "ada+brands@example.com"),
        ("ada@example.com", "ada@example.com\u200b"),
        ("ada@example.com", "\uff41da@example.com"),
        ("adalinen@gmail.com", "Ada.Linen+x@googlemail.com."),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
        ("ada@b\u00fccher.example", "ada@BU\u0308CHER.example"),
        ("\u00fcte@example.com", "U\u0308TE@example.com"),
    ],
)
def test_every_spelling_of_a_mailbox_has_one_key(one: str, other: str) -> None:
    assert suppression.address_key(PEPPER, one) == suppression.address_key(PEPPER, other)


def test_other_mailboxes_and_what_is_no_address_have_keys_of_their_own() -> None:
    told = ["ada@example.com", "a.da@example.com", "ada@example.org", "ada", "", "ada@", "+@example.com",
            "ada@\u2603\u2603.." + "x" * 300]  # fmt: skip
    assert len({suppression.address_key(PEPPER, one) for one in told}) == len(told)
    assert suppression.account_key(PEPPER, "Instagram", "@Ada\u200b") == suppression.account_key(
        PEPPER, "instagram", "ada"
    )
