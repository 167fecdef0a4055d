"""One person, one invitation, whatever their address is written like and whichever campaign writes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.errors import PermanentError, Refused
from core.models.candidates import Candidate
from core.people import People
from core.store import snapshot_of
from outreach.service import Invitations, record_by_hand, retry, send_due, write_invitations
from tests.outreach.conftest import PEPPER, TEMPLATES
from tests.outreach.servers import Scripted

Approved = Callable[..., Candidate]
ADA, ALSO_ADA = "ada.linen@gmail.com", "AdaLinen+tiktok@googlemail.com"


def write(engine: Engine, clock: FixedClock, campaign: Campaign, people: People) -> Invitations:
    with unit_of_work(engine) as session:
        return write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)


@pytest.fixture
def winter(campaign: Campaign) -> Campaign:
    """Another campaign of the same brand."""
    return campaign.model_copy(update={"slug": "linen-winter"})


def test_two_spellings_of_one_mailbox_are_one_person(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(engine) as session:
        approved(session, "ada", email=ADA)
        approved(session, "ada.too", platform="tiktok", email=ALSO_ADA, rank=2)
    done = write(engine, clock, campaign, people)
    assert len(done.written) == 1
    assert [left.handle for left in done.left] == ["ada.too"]
    assert "same address" in done.left[0].reason


def test_another_campaign_of_the_brand_waits_for_the_cool_down(
    engine: Engine, clock: FixedClock, campaign: Campaign, winter: Campaign, people: People, approved: Approved
) -> None:
    other_brand = campaign.model_copy(update={"slug": "hemp", "brand": "Another Brand"})
    with unit_of_work(engine) as session:
        approved(session, "ada", email=ADA)
        approved(session, "ada.too", platform="tiktok", email=ALSO_ADA, campaign=winter)
        approved(session, "ada.three", platform="youtube", email=ADA, campaign=other_brand)
    assert len(write(engine, clock, campaign, people).written) == 1
    assert "same address" in write(engine, clock, winter, people).left[0].reason  # written, not yet sent
    send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    clock.advance(timedelta(days=campaign.outreach.cool_down_days, seconds=-1))
    assert "in linen-summer" in write(engine, clock, winter, people).left[0].reason
    assert len(write(engine, clock, other_brand, people).written) == 1
    clock.advance(timedelta(seconds=1))
    assert len(write(engine, clock, winter, people).written) == 1


def test_within_one_cycle_no_cool_down_is_too_short(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved
) -> None:
    none = campaign.model_copy(update={"outreach": campaign.outreach.model_copy(update={"cool_down_days": 0})})
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada", email=ADA)
        approved(session, "ada.too", platform="tiktok", email=ALSO_ADA)
    write(sqlite_engine, clock, none, people)
    send_due(sqlite_engine, clock, Scripted(), none, people, pepper=PEPPER)
    clock.advance(timedelta(days=1))
    assert len(write(sqlite_engine, clock, none, people).left) == 1


def test_a_mail_that_failed_stands_in_nobodys_way_and_cannot_come_back_then(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(engine) as session:
        approved(session, "ada", email=ADA)
    write(engine, clock, campaign, people)
    send_due(engine, clock, Scripted(PermanentError("blocked")), campaign, people, pepper=PEPPER)
    with unit_of_work(engine) as session:
        approved(session, "ada.too", platform="tiktok", email=ALSO_ADA)
    assert len(write(engine, clock, campaign, people).written) == 1
    with unit_of_work(engine) as session, pytest.raises(Refused, match="same address"):
        retry(session, clock, 1, actor="omar")


@pytest.mark.parametrize("given", ["", ADA])
def test_what_a_person_wrote_by_hand_counts_too(
    engine: Engine, clock: FixedClock, campaign: Campaign, winter: Campaign, people: People, approved: Approved,
    given: str,
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        ada = approved(session, "ada", email=None if given else ADA)
        approved(session, "ada.too", platform="tiktok", email=ALSO_ADA, campaign=winter)
        record_by_hand(session, clock, ada, pepper=PEPPER, actor=people.named("sofia"), how="DM", address=given)
    assert "same address" in write(engine, clock, winter, people).left[0].reason


def test_an_invitation_that_is_written_again_counts_for_the_address_it_goes_to(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, winter: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada", email="old@example.com")
        approved(session, "ada.too", platform="tiktok", email=ALSO_ADA, campaign=winter)
    write(sqlite_engine, clock, campaign, people)
    with unit_of_work(sqlite_engine) as session:
        row = snapshot_of(session, session.get_one(Candidate, 1))["email"]
        row.value = ADA
        session.add(row)
    clock.advance(timedelta(days=6))
    assert len(write(sqlite_engine, clock, campaign, people).renewed) == 1
    assert "same address" in write(sqlite_engine, clock, winter, people).left[0].reason
