"""Reminders and digests reach people in Slack who are there, by mail who are not, and nobody twice."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from approvals import reminders
from core import jobs
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.jobs import Job
from flows.slack.trouble import lost_in_words
from flows.steps import upkeep
from flows.wiring import wire
from tests.flows.slack.slacked import DyingClock, Killed, Slacked, in_slack, leave, member, words
from tests.house import House

ROSA, OMAR, OLIVIA = (f"D{member(one)}" for one in ("rosa", "omar", "olivia"))


@pytest.fixture
def there(house: House, tmp_path: Path, clock: FixedClock) -> Iterator[Slacked]:
    with in_slack(house, tmp_path, clock) as slacked:
        leave(slacked.house, 1)
        slacked.settle()
        yield slacked


def until(there: Slacked, days: float) -> None:
    there.clock.advance(timedelta(days=days))


def test_the_digest_and_the_reminder_come_as_direct_messages_once(there: Slacked) -> None:
    w = there.house.w
    until(there, 3)
    assert upkeep.send_digests(w) == 1
    assert upkeep.remind(w) == 1
    assert upkeep.send_digests(w) + upkeep.remind(w) == 0
    there.settle()
    digest, reminder = there.messages(ROSA)
    assert digest["text"].startswith("Today: 1 to decide")
    assert reminder["text"].startswith("A reminder: 1 request waits for you")
    assert reminder["blocks"][-1]["accessory"]["value"] == there.house.queue()[0].id
    assert there.house.outbox() == []


def test_what_is_late_is_told_to_the_stand_in_and_the_owner_with_the_reason(there: Slacked) -> None:
    w = there.house.w
    until(there, 4)
    assert upkeep.remind(w) == 2  # rosa, and omar who stands in
    until(there, 1)
    assert upkeep.remind(w) == 1  # the owner
    there.settle()
    [late] = there.messages(OMAR)
    assert "Rosa Lindqvist has not decided yet" in late["text"]
    assert "You stand in for Rosa Lindqvist." in words(late)
    [escalated] = there.messages(OLIVIA)
    assert "Half the time again has passed since it was due" in words(escalated)
    [reminder] = there.messages(ROSA)
    assert reminder["text"].startswith("A reminder")


def test_who_is_away_is_not_called_late_but_stood_in_for(house: House, tmp_path: Path, clock: FixedClock) -> None:
    away = ('roles = ["reviewer"]', 'roles = ["reviewer"]\naway = [{ from = 2026-11-24, until = 2026-11-30 }]')
    with in_slack(house, tmp_path, clock, edit=away) as there:
        leave(there.house, 1)
        until(there, 4)
        assert upkeep.remind(there.house.w) == 1
        there.settle()
        assert there.messages(ROSA) == []
        [late] = there.messages(OMAR)
        assert "Rosa Lindqvist is away, and you stand in for them." in words(late)


@pytest.mark.parametrize(
    "asks", [asks if asks in {1, 4, 8} else pytest.param(asks, marks=pytest.mark.slow) for asks in range(1, 9)]
)
def test_a_reminder_killed_at_any_moment_is_told_once(there: Slacked, asks: int) -> None:
    until(there, 3)
    dying = wire(there.house.w.settings, DyingClock(there.clock, asks))
    with suppress(Killed):
        upkeep.remind(dying)
    there.clock.advance(jobs.LEASE + timedelta(seconds=1))
    upkeep.remind(there.house.w)
    there.settle()
    assert len(there.messages(ROSA)) == 1
    assert there.house.outbox() == []


def test_who_is_not_in_slack_gets_mail_as_before(house: House, tmp_path: Path, clock: FixedClock) -> None:
    gone = (f'slack = "{member("rosa")}"', 'slack = ""')
    with in_slack(house, tmp_path, clock, edit=gone) as there:
        leave(there.house, 1)
        until(there, 4)
        assert upkeep.remind(there.house.w) == 2
        there.settle()
        assert len(there.messages(OMAR)) == 1
        assert [str(mail["To"]) for mail in there.house.outbox()] == ["Rosa Lindqvist <rosa@example.com>"]


def test_without_slack_everybody_gets_mail(house: House, tmp_path: Path, clock: FixedClock) -> None:
    with in_slack(house, tmp_path, clock, slack_bot_token=None) as there:
        leave(there.house, 1)
        until(there, 4)
        assert upkeep.remind(there.house.w) == 2
        assert len(there.house.outbox()) == 2


def test_who_has_left_slack_is_mailed_instead_once(there: Slacked) -> None:
    w = there.house.w
    there.simulator.member(member("rosa"), deleted=True)
    until(there, 3)
    assert upkeep.remind(w) == 1
    there.settle()
    assert there.messages(ROSA) == []
    assert there.announce() == 1
    assert there.announce() == 0
    with reading(w.engine) as session:
        [told] = lost_in_words(session)
    assert f"{member('rosa')} never reached Slack" in told
    assert "has left Slack" in told
    assert upkeep.remind(w) == 1
    there.settle()
    assert [str(mail["Subject"]).partition(":")[0] for mail in there.house.outbox()] == ["Waiting for you"]
    assert upkeep.remind(w) == 0
    there.simulator.member(member("rosa"), deleted=False)
    until(there, 0.2)
    assert upkeep.remind(w) == 0
    until(there, 0.8)
    assert upkeep.remind(w) == 2
    there.settle()
    assert len(there.messages(ROSA)) == 1
    with reading(w.engine) as session:
        assert lost_in_words(session) == []


def test_what_was_answered_meanwhile_is_not_told(there: Slacked) -> None:
    w = there.house.w
    until(there, 3)
    first = there.house.queue()[0]
    with unit_of_work(w.engine) as session:
        reminders.sweep(session, w.clock, w.people)
    there.house.decide(first, "approve", by="rosa")
    assert upkeep.remind(w) == 0
    there.settle()
    assert there.messages(ROSA) == []
    with reading(w.engine) as session:
        assert {job.status for job in session.exec(select(Job).where(Job.kind == "reminder.mail"))} == {"done"}


def test_what_was_answered_while_slack_was_away_is_not_told_afterwards(there: Slacked) -> None:
    w = there.house.w
    until(there, 3)
    there.simulator.down = True
    assert upkeep.remind(w) == 1
    there.announce()
    there.deliver()
    there.house.decide(there.house.queue()[0], "approve", by="rosa")
    there.announce()
    there.clock.advance(timedelta(hours=1))
    there.simulator.down = False
    there.settle()
    assert there.messages(ROSA) == []
    assert "1 of 1 decided" in there.top()[0]["text"]


def test_what_may_have_arrived_is_looked_for_and_not_said_again_once_it_was_answered(there: Slacked) -> None:
    """Slack broke off at it: unlike one that waits, nobody knew whether it was there."""
    w = there.house.w
    until(there, 3)
    assert upkeep.remind(w) == 1
    there.simulator.fail("chat.postMessage", *["500"] * 3)
    there.announce()
    there.deliver()
    there.house.decide(there.house.queue()[0], "approve", by="rosa")
    there.settle()
    assert there.messages(ROSA) == []


def test_what_arrived_though_slack_broke_off_stands_there_once_whatever_was_answered_since(there: Slacked) -> None:
    w = there.house.w
    until(there, 3)
    there.settle()
    assert upkeep.remind(w) == 1
    there.simulator.fail("chat.postMessage", "dropped")
    there.announce()
    there.deliver()
    there.house.decide(there.house.queue()[0], "approve", by="rosa")
    there.settle()
    assert len(there.messages(ROSA)) == 1
