"""The books of quotas: by the platform's own day, never more than there is, whoever takes it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.clock import FixedClock
from core.database import open_engine
from sourcing.fetching.asking import Order, Quota
from sourcing.fetching.instagram import Instagram
from sourcing.fetching.modash import Modash
from sourcing.fetching.quotas import Ledger, Short, forget_old, window_of
from sourcing.fetching.running import Worker
from sourcing.fetching.wire import Wire
from sourcing.fetching.youtube import YouTube
from tests.outreach.doors import Answer
from tests.sourcing.fetching.conftest import Open, begun
from tests.sourcing.fetching.others import IG_USER, TOKEN, ModashPlatform
from tests.sourcing.fetching.platforms import BadDay

PACIFIC = Quota("units", 100, "day", "America/Los_Angeles")


def ledger(engine: Engine, clock: FixedClock, *quotas: Quota, holder: str = "a-key") -> Ledger:
    return Ledger(engine, clock, source="youtube", holder=holder, quotas=quotas or (PACIFIC,))


@pytest.mark.parametrize(
    ("quota", "now", "name", "until"),
    [
        (PACIFIC, "2026-11-20T07:59:59+00:00", "2026-11-19", "2026-11-20T08:00:00+00:00"),
        (PACIFIC, "2026-11-20T08:00:00+00:00", "2026-11-20", "2026-11-21T08:00:00+00:00"),
        (PACIFIC, "2026-07-01T07:00:00+00:00", "2026-07-01", "2026-07-02T07:00:00+00:00"),
        # The day on which clocks are set back has 25 hours there.
        (PACIFIC, "2026-11-01T07:00:00+00:00", "2026-11-01", "2026-11-02T08:00:00+00:00"),
        (Quota("c", 1, "month"), "2026-12-31T23:59:59+00:00", "2026-12", "2027-01-01T00:00:00+00:00"),
        (Quota("c", 1, "month"), "2026-11-01T00:00:00+00:00", "2026-11", "2026-12-01T00:00:00+00:00"),
        (Quota("h", 1, "hour"), "2026-11-20T09:59:59+00:00", "2026-11-20T09Z", "2026-11-20T10:00:00+00:00"),
    ],
)
def test_a_window_is_that_of_the_platforms_own_calendar(quota: Quota, now: str, name: str, until: str) -> None:
    found, end = window_of(quota, datetime.fromisoformat(now))
    assert (found, end.astimezone(UTC)) == (name, datetime.fromisoformat(until))


def test_what_is_taken_is_gone_until_midnight_there(engine: Engine, clock: FixedClock) -> None:
    books = ledger(engine, clock)
    assert books.take("units", 99) is None
    short = books.take("units", 2)
    assert isinstance(short, Short)
    assert short.why == "the units of this day are used up"
    assert books.take("units", 1) is None
    # Another process, another day.
    assert isinstance(ledger(engine, clock).take("units", 1), Short)
    clock.advance(short.until - clock.now() - timedelta(seconds=1))
    assert isinstance(ledger(engine, clock).take("units", 1), Short)
    clock.advance(timedelta(seconds=1))
    assert ledger(engine, clock).take("units", 100) is None


def test_a_cost_that_was_less_is_given_back_to_the_day_it_was_taken_of(engine: Engine, clock: FixedClock) -> None:
    books, at = ledger(engine, clock), clock.now()
    books.take("units", 40)
    clock.advance(timedelta(days=1))
    books.take("units", 10)
    books.settle("units", taken=40, cost=3, at=at)
    assert [one.used for one in books.standing()] == [10]
    clock.advance(timedelta(days=-1))
    assert [one.used for one in books.standing()] == [3]


def test_when_the_platform_says_empty_it_is_empty_and_another_key_has_its_own(
    engine: Engine, clock: FixedClock
) -> None:
    books = ledger(engine, clock)
    books.is_empty("units")
    (standing,) = books.standing()
    assert (standing.used, standing.left) == (0, 0)
    assert isinstance(books.take("units", 1), Short)
    assert ledger(engine, clock, holder="another").take("units", 1) is None
    clock.advance(timedelta(days=1))
    assert books.take("units", 1) is None


def test_a_bound_that_is_only_ours_is_not_used_up_by_what_the_platform_says(engine: Engine, clock: FixedClock) -> None:
    ours = Quota("credits", 100, "month", is_ours=True)
    books = ledger(engine, clock, ours)
    assert books.is_empty("credits") is None
    assert books.take("credits", 1) is None


def test_a_pause_is_kept_by_all_and_only_ever_gets_longer(engine: Engine, clock: FixedClock) -> None:
    books = ledger(engine, clock)
    books.pause(clock.now() + timedelta(minutes=30), "asked to wait")
    books.pause(clock.now() + timedelta(minutes=5), "asked again")
    short = ledger(engine, clock).take("units", 1)
    assert short is not None
    assert short.until == clock.now() + timedelta(minutes=30)
    clock.advance(timedelta(minutes=30))
    assert books.take("units", 1) is None
    assert books.paused() is None


def test_a_try_is_settled_in_the_month_in_which_it_was_paid_for(
    opened: Open, sqlite_engine: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    clock.advance(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC) - clock.now())
    platform = opened(ModashPlatform(hits=4))
    platform.bad_days = [BadDay(Answer(429, {}))]  # waited for until December
    source = Modash(TOKEN, 10, base_url=platform.url, pause_seconds=0)
    run = begun(tmp_path / "run", source, Order("modash", "linen", platform="instagram"))
    books = Ledger(sqlite_engine, clock, source=source.name, holder=source.holder, quotas=source.quotas)
    with Wire(source, sleep=lambda seconds: clock.advance(timedelta(seconds=seconds))) as wire:
        assert Worker(source, wire, books, clock, lambda *_: None).carry_out(run).status == "done"
    assert [one.used for one in books.standing()] == [4]
    clock.advance(timedelta(days=-1))
    assert [one.used for one in books.standing()] == [15]


def test_a_new_token_of_the_same_account_has_no_quota_of_its_own() -> None:
    assert Instagram("a-token", IG_USER).holder == Instagram("another", IG_USER).holder
    assert Instagram("a-token", IG_USER).holder != Instagram("a-token", "17841").holder
    assert Modash("a-token", 5).holder == Modash("another", 5).holder
    assert YouTube("a-key").holder != YouTube("another").holder


def test_many_at_once_never_take_more_than_there_is(engine: Engine, clock: FixedClock) -> None:
    address = engine.url.render_as_string(hide_password=False)

    def taken(_: int) -> int:
        own = open_engine(address)  # as another process would
        books = ledger(own, clock)
        try:
            return sum(books.take("units", 3) is None for _ in range(10))
        finally:
            own.dispose()

    with ThreadPoolExecutor(4) as pool:
        got = sum(pool.map(taken, range(4)))
    assert got == 33
    assert [one.used for one in ledger(engine, clock).standing()] == [99]


def test_what_is_old_is_forgotten(engine: Engine, clock: FixedClock) -> None:
    books = ledger(engine, clock)
    books.take("units", 5)
    books.keep_tag("a-request", '"tag"')
    assert books.tag("a-request") == '"tag"'
    clock.advance(timedelta(days=181))
    forget_old(engine, clock)
    assert books.tag("a-request") == ""
    clock.advance(timedelta(days=-181))
    assert [one.used for one in books.standing()] == [0]
