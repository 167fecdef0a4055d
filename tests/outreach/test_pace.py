"""How fast mails leave: tokens of each mailbox and of the way out, kept by several workers together."""

import threading
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.mailer import ServerUnusable
from core.models.outreach import SendSlot
from core.people import People
from outreach import pace
from outreach.pace import Pace
from outreach.service import SendReport, send_due
from tests.outreach.conftest import PEPPER
from tests.outreach.servers import Scripted

InviteAll = Callable[..., None]
SLOW = Pace(mailbox_per_minute=12, way_out_per_minute=120)


def test_a_mailbox_sends_so_many_a_minute_and_the_batch_waits_for_the_next_token(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 4)
    began, waited = clock.now(), []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(timedelta(seconds=seconds))

    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, pace=SLOW, wait=wait)
    assert len(report.sent) == 4
    assert clock.now() - began == timedelta(seconds=15)
    assert max(waited) <= 1.0  # so that Ctrl-C is heard


def test_where_the_next_token_is_far_the_batch_ends_and_says_when_it_goes_on(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 2)
    hourly = Pace(mailbox_per_minute=1 / 60, way_out_per_minute=120)
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, pace=hourly, wait=never)
    assert (len(report.sent), report.left, report.left_because) == (1, 1, "it is the pace of the mailbox")
    assert report.next_at == clock.now() + timedelta(hours=1)
    with reading(engine) as session:
        assert len(session.exec(select(SendSlot)).all()) == 1


def test_stopping_by_hand_ends_the_wait(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    import os
    import signal

    invite_all(engine, 3)

    def stop(_seconds: float) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    report: SendReport = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, pace=SLOW, wait=stop)
    assert (len(report.sent), report.stopped_by_hand) == (1, True)


def test_by_a_clock_that_stands_still_nobody_waits(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 2)
    waited: list[float] = []
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, pace=SLOW, wait=waited.append)
    assert (len(report.sent), report.left, report.left_because) == (1, 1, "it is the pace of the mailbox")
    assert len(waited) == 1


def test_a_mail_that_never_reached_the_server_gives_its_tokens_back(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 1)
    away = Scripted(*[ServerUnusable("The mail server cannot be used.", next_step="Try again.")] * 3)
    for _ in range(3):
        assert send_due(engine, clock, away, campaign, people, pepper=PEPPER, pace=SLOW, wait=never).trouble
    assert len(send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, pace=SLOW, wait=never).sent) == 1


def never(_seconds: float) -> None:
    raise AssertionError("nothing is near enough to wait for")


def took(engine: Engine, clock: FixedClock, buckets: dict[str, float]) -> bool:
    with unit_of_work(engine) as session:
        tokens = pace.tokens(session, clock, buckets)
        if tokens.lacking():
            return False
        tokens.take()
        return True


def test_tokens_come_back_with_time_and_never_more_than_a_few_seconds_worth(engine: Engine, clock: FixedClock) -> None:
    buckets = {"mailbox:a": 60.0}
    assert [took(engine, clock, buckets) for _ in range(7)] == [True] * 5 + [False] * 2
    clock.advance(timedelta(seconds=1))
    assert [took(engine, clock, buckets) for _ in range(2)] == [True, False]
    clock.advance(timedelta(days=1))
    assert [took(engine, clock, buckets) for _ in range(6)] == [True] * 5 + [False]


def test_what_one_bucket_lacks_costs_the_other_nothing(engine: Engine, clock: FixedClock) -> None:
    assert took(engine, clock, {"mailbox:a": 12.0, "smtp": 60.0})
    for _ in range(10):
        assert not took(engine, clock, {"mailbox:a": 12.0, "smtp": 60.0})
    assert [took(engine, clock, {"smtp": 60.0}) for _ in range(5)] == [True] * 4 + [False]


def test_a_clock_that_is_set_back_gives_no_tokens_and_keeps_nobody_waiting_for_the_hour(
    engine: Engine, clock: FixedClock
) -> None:
    buckets = {"mailbox:a": 12.0}
    assert took(engine, clock, buckets)
    clock.advance(-timedelta(hours=1))
    assert not took(engine, clock, buckets)
    clock.advance(timedelta(seconds=4))
    assert not took(engine, clock, buckets)
    clock.advance(timedelta(seconds=1))
    assert took(engine, clock, buckets)


def test_several_at_once_take_no_more_than_one_would(engine: Engine, clock: FixedClock) -> None:
    taken: list[bool] = []
    buckets = {"mailbox:a": 120.0}

    def work() -> None:
        taken.extend(took(engine, clock, buckets) for _ in range(8))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 10


def test_a_new_mailbox_is_warmed_up(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    few = campaign.model_copy(update={"outreach": campaign.outreach.model_copy(update={"daily_cap": 5})})
    invite_all(engine, 14)
    sent = []
    for days in (0, 3, 1, 1):
        clock.advance(timedelta(days=days))
        for _ in range(2):
            report = send_due(engine, clock, Scripted(), few, people, pepper=PEPPER, warm_up=2)
            sent.append(len(report.sent))
    # Days on which nothing was sent warm nothing up.
    assert sent == [2, 0, 4, 0, 5, 0, 3, 0]
