"""Nobody gets a first mail who heard from any campaign or brand in the quiet days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.people import People
from outreach.frequency import quiet_until
from outreach.service import Invitations, record_by_hand, retry, send_due, write_invitations
from tests.outreach.conftest import PEPPER, TEMPLATES
from tests.outreach.servers import Scripted

Approved = Callable[..., Candidate]
ADA = "ada.linen@gmail.com"


def write(engine: Engine, clock: FixedClock, campaign: Campaign, people: People) -> Invitations:
    with unit_of_work(engine) as session:
        return write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)


@pytest.fixture
def hemp(campaign: Campaign) -> Campaign:
    """A campaign of another brand."""
    return campaign.model_copy(update={"slug": "hemp", "brand": "Another Brand"})


def test_another_brand_waits_for_the_quiet_days(
    engine: Engine, clock: FixedClock, campaign: Campaign, hemp: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(engine) as session:
        approved(session, "ada", email=ADA)
        approved(session, "ada.too", platform="tiktok", email="AdaLinen+x@googlemail.com", campaign=hemp)
    write(engine, clock, campaign, people)
    assert len(send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent) == 1
    clock.advance(timedelta(days=campaign.outreach.quiet_days, seconds=-1))
    [left] = write(engine, clock, hemp, people).left
    assert "less than 30 days ago, in another campaign" in left.reason
    assert "from 20 December 2026 on" in left.reason
    clock.advance(timedelta(seconds=1))
    assert len(write(engine, clock, hemp, people).written) == 1


def test_the_same_person_at_another_address_waits_as_well(
    engine: Engine, clock: FixedClock, campaign: Campaign, hemp: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(engine) as session:
        creator = approved(session, "ada", email=ADA).creator_id
        other = approved(session, "ada.too", platform="tiktok", email="other@example.com", campaign=hemp)
        other.creator_id = creator
        session.add(other)
    write(engine, clock, campaign, people)
    send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    assert "heard from us" in write(engine, clock, hemp, people).left[0].reason


def test_what_a_person_wrote_by_hand_counts(
    engine: Engine, clock: FixedClock, campaign: Campaign, hemp: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(engine) as session:
        ada = approved(session, "ada", email=ADA)
        record_by_hand(session, clock, ada, pepper=PEPPER, actor=people.named("sofia"), how="on Instagram")
        approved(session, "ada.too", platform="tiktok", email=ADA, campaign=hemp)
    assert "heard from us" in write(engine, clock, hemp, people).left[0].reason


def test_of_two_campaigns_that_wrote_at_once_one_sends_and_the_other_is_put_off(
    engine: Engine, clock: FixedClock, campaign: Campaign, hemp: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(engine) as session:
        approved(session, "ada", email=ADA)
        approved(session, "ada.too", platform="tiktok", email=ADA, campaign=hemp)
    write(engine, clock, campaign, people)
    write(engine, clock, hemp, people)
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == (1,)
    # Also where hours do not count.
    for any_hour in (False, True):
        put_off = send_due(engine, clock, Scripted(), hemp, people, pepper=PEPPER, ignore_window=any_hour)
        assert (put_off.sent, put_off.left) == ((), 1)
    with reading(engine) as session:
        mail = session.get_one(Message, 2)
        assert (mail.status, mail.not_before) == ("pending", clock.now() + timedelta(days=30))
        assert mail.detail == "they heard from us in another campaign meanwhile"
    clock.advance(timedelta(days=31))
    assert write(engine, clock, hemp, people).renewed == (2,)
    assert send_due(engine, clock, Scripted(), hemp, people, pepper=PEPPER).sent == (2,)


def test_no_quiet_days_means_none(
    engine: Engine, clock: FixedClock, campaign: Campaign, hemp: Campaign, people: People, approved: Approved
) -> None:
    loud = hemp.model_copy(update={"outreach": hemp.outreach.model_copy(update={"quiet_days": 0})})
    with unit_of_work(engine) as session:
        approved(session, "ada", email=ADA)
        approved(session, "ada.too", platform="tiktok", email=ADA, campaign=loud)
    write(engine, clock, campaign, people)
    send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    write(engine, clock, loud, people)
    assert send_due(engine, clock, Scripted(), loud, people, pepper=PEPPER).sent == (2,)


def test_an_address_that_sent_a_mail_back_gets_no_other_whoever_writes(
    engine: Engine, clock: FixedClock, campaign: Campaign, hemp: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(engine) as session:
        approved(session, "ada", email=ADA)
        approved(session, "ada.too", platform="tiktok", email=ADA, campaign=hemp)
    write(engine, clock, campaign, people)
    send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    with unit_of_work(engine) as session:
        session.add(Reply(mail_id="<b@x>", message_id=1, candidate_id=1, kind="bounce", because="", text="",
                          received_at=clock.now()))  # fmt: skip
    clock.advance(timedelta(days=40))
    assert "came back" in write(engine, clock, hemp, people).left[0].reason


def test_what_was_called_off_goes_when_a_person_puts_it_back(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(engine) as session:
        approved(session, "ada", email=ADA)
    write(engine, clock, campaign, people)
    with unit_of_work(engine) as session:
        session.add(Reply(mail_id="<b@x>", message_id=1, candidate_id=1, kind="bounce", because="", text="",
                          received_at=clock.now()))  # fmt: skip
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).called_off == (1,)
    with unit_of_work(engine) as session, pytest.raises(Refused, match="came back"):
        retry(session, clock, 1, actor="omar")
    with unit_of_work(engine) as session:
        reply = session.get_one(Reply, 1)
        reply.kind = "unclear"
        session.add(reply)
    with unit_of_work(engine) as session:
        retry(session, clock, 1, actor="omar")
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == (1,)


def test_the_quiet_days_are_asked_by_the_mails_of_a_person_and_not_by_all_that_were_sent(
    sqlite_engine: Engine, clock: FixedClock, approved: Approved
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        asked.append((statement, parameters))

    with unit_of_work(sqlite_engine) as session:
        ada = approved(session, "ada", email=ADA)
        event.listen(sqlite_engine, "before_cursor_execute", note)
        assert quiet_until(session, clock, ada, key="a key", quiet_days=30, creators=[ada.creator_id]) is None
        event.remove(sqlite_engine, "before_cursor_execute", note)
        [(statement, parameters)] = [one for one in asked if "recipient_key" in one[0]]
        plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
    assert "ix_message_recipient_key" in plan
    assert "ix_message_candidate_id" in plan
    assert "ix_message_status" not in plan
    assert "SCAN message" not in plan
