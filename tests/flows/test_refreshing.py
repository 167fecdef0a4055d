"""Looking up again what runs out: who is needed most first, and nothing confirmed that the source did not say."""

import shutil
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.fetching import FetchRun
from core.stages import Stage
from core.store import move
from flows.steps import fetching, importing
from flows.wiring import Wiring
from sourcing.fetching.asking import Order
from sourcing.pool import open_pool
from sourcing.service import whose_term_is_over
from tests.house import House
from tests.sourcing.fetching.youtubes import CHANNELS, UPLOADS, YouTubePlatform, channel_id

ORDER = Order("youtube", "linen", limit=4)


def test_what_runs_out_soon_is_refreshed_and_the_useful_first(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    fetching.fetch(w, Order("youtube", "linen", limit=6), actor="omar")
    assert fetching.refresh(w, "youtube", within_days=7, limit=10, actor="schedule") is None
    clock.advance(timedelta(days=24))
    with unit_of_work(w.engine) as session:
        longlisted(session, "linen5", platform="youtube")
        move(session, clock, longlisted(session, "linen4", platform="youtube"), Stage.QUEUED, actor="omar")
    before = platform.counts()
    platform.channels[channel_id(4)]["statistics"]["subscriberCount"] = "77000"
    done = fetching.refresh(w, "youtube", within_days=7, limit=2, actor="schedule")
    assert done is not None
    assert (done.status, done.profiles) == ("done", 2)
    asked = [one for one in platform.asked if one.path == CHANNELS][-1]
    assert asked.one("id") == f"{channel_id(4)},{channel_id(5)}"
    assert (platform.counts() - before)[UPLOADS] == 2
    profile = open_pool(w.settings.pool_folder).find("youtube", "linen4")
    assert profile is not None
    assert profile.followers == 77_000
    # These two last for thirty days again; the next ones are those nobody needs.
    rest = fetching.refresh(w, "youtube", within_days=7, limit=10, actor="schedule")
    assert rest is not None
    assert rest.profiles == 4
    assert fetching.refresh(w, "youtube", within_days=7, limit=10, actor="schedule") is None


def test_what_did_not_change_is_kept_for_another_thirty_days_and_loses_nothing(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock
) -> None:
    fetching.fetch(w, Order("youtube", "linen", limit=2), actor="omar")
    for expected in ("2027-01-13T09:30:00Z", "2027-02-06T09:30:00Z"):
        clock.advance(timedelta(days=24))
        before = platform.counts()
        done = fetching.refresh(w, "youtube", within_days=7, limit=10, actor="schedule")
        assert done is not None
        assert done.profiles == 2
        profile = open_pool(w.settings.pool_folder).find("youtube", "linen0")
        assert profile is not None
        assert (profile.expires_at, profile.bio) == (expected, "Linen every day. Mail: ch0@example.com")
        assert profile.captions
    assert platform.counts() - before == {CHANNELS: 1}  # the second time YouTube said only that nothing is new


def test_an_interrupted_refresh_goes_on_with_its_own_list(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock
) -> None:
    fetching.fetch(w, Order("youtube", "linen", limit=6), actor="omar")
    clock.advance(timedelta(days=24))
    platform.left["units"] = 3
    first = fetching.refresh(w, "youtube", within_days=7, limit=4, actor="schedule")
    assert first is not None
    assert first.status == "waiting"
    platform.left["units"] = 100
    clock.advance(timedelta(days=1))
    second = fetching.refresh(w, "youtube", within_days=7, limit=4, actor="schedule")
    assert second is not None
    assert (second.run, second.status, second.profiles) == (first.run, "done", 4)


@pytest.mark.parametrize(
    ("stage", "rank"),
    [(Stage.SIGNED, 0), (Stage.AGREED, 0), (Stage.INVITED, 1), (Stage.APPROVED, 1), (Stage.QUEUED, 2),
     (Stage.LONGLISTED, 3), (Stage.HELD, 3), (Stage.CLOSED, 4), (Stage.DECLINED_BY_US, 4)],
)  # fmt: skip
def test_who_is_under_contract_comes_before_who_is_talked_to_queued_or_longlisted(stage: Stage, rank: int) -> None:
    assert fetching._rank(stage) == rank


def test_usefulness_is_read_off_the_record(house: House) -> None:
    with reading(house.w.engine) as session:
        ranks = fetching.usefulness(session)
        stages = {f"{platform}:{handle}": stage for platform, handle, stage in
                  session.exec(select(Account.platform, Account.handle, Candidate.stage).join(Account))}  # fmt: skip
    assert len(ranks) == 250
    assert {ranks[key] for key, stage in stages.items() if stage == Stage.QUEUED} == {2}
    assert {ranks[key] for key, stage in stages.items() if stage == Stage.LONGLISTED} == {3}
    house.w.engine.dispose()


def test_what_another_source_told_is_not_confirmed_by_this_one(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock
) -> None:
    """A city out of a file is nothing that YouTube may be asked about: the whole answer is fetched, for thirty days."""
    fetching.fetch(w, Order("youtube", "linen", limit=1), actor="omar")
    csv = w.settings.home / "cities.csv"
    csv.write_text("platform,handle,followers,city,last_seen\nyoutube,linen0,10000,Berlin,2026-11-20T10:00:00Z\n")
    importing.import_files(w, [csv])
    clock.advance(timedelta(days=24))
    for days in (24, 48):
        before = platform.counts()
        done = fetching.refresh(w, "youtube", within_days=7, limit=10, actor="schedule")
        assert done is not None, days
        assert (platform.counts() - before)[UPLOADS] == 1
        assert fetching.refresh(w, "youtube", within_days=7, limit=10, actor="schedule") is None
        clock.advance(timedelta(days=24))
    assert whose_term_is_over(w.settings.pool_folder, clock.now()) == [], "the file set no term, YouTube a new one"
    profile = open_pool(w.settings.pool_folder).find("youtube", "linen0")
    assert profile is not None
    assert profile.city == "Berlin"


def test_what_waited_goes_on_by_itself_once_there_is_quota_again(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock
) -> None:
    platform.left["units"] = 3
    first = fetching.fetch(w, ORDER, actor="omar")
    assert (first.status, fetching.go_on(w, actor="schedule")) == ("waiting", [])
    platform.left["units"] = 100
    clock.advance(timedelta(days=1))
    (done,) = fetching.go_on(w, actor="schedule")
    assert (done.run, done.status, done.profiles) == (first.run, "done", 4)
    assert fetching.go_on(w, actor="schedule") == []


def test_a_damaged_run_is_said_and_keeps_no_other_waiting(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock
) -> None:
    platform.left["units"] = 3
    broken = fetching.fetch(w, ORDER, actor="omar")
    clock.advance(timedelta(minutes=1))
    whole = fetching.fetch(w, Order("youtube", "flax", limit=2), actor="omar")
    (w.settings.fetched_folder / broken.run / "state.json").write_text("{")
    platform.left["units"] = 100
    clock.advance(timedelta(days=1))
    with pytest.raises(BadInput, match=r"state\.json is damaged"):
        fetching.go_on(w, actor="schedule")
    with reading(w.engine) as session:
        assert session.get_one(FetchRun, whole.run).status == "done"
        assert session.get_one(FetchRun, broken.run).status == "waiting"


def test_a_tag_of_what_the_pool_never_got_confirms_nothing(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock
) -> None:
    fetching.fetch(w, Order("youtube", "linen", limit=2), actor="omar")
    clock.advance(timedelta(days=24))
    platform.channels[channel_id(0)]["snippet"]["description"] = "Wool from now on"
    platform.left["units"] = 1  # the channels answer, and their videos do not
    first = fetching.refresh(w, "youtube", within_days=7, limit=10, actor="schedule")
    assert first is not None
    shutil.rmtree(w.settings.fetched_folder)
    platform.left["units"] = 100
    clock.advance(timedelta(days=1))
    assert fetching.refresh(w, "youtube", within_days=7, limit=10, actor="schedule") is not None
    profile = open_pool(w.settings.pool_folder).find("youtube", "linen0")
    assert profile is not None
    assert profile.bio == "Wool from now on"


def test_what_was_killed_goes_on_by_itself(w: Wiring, platform: YouTubePlatform) -> None:
    class Killed(BaseException):
        pass

    def die(_profiles: int, _wanted: int, pages: int) -> None:
        if pages == 3:
            raise Killed

    with pytest.raises(Killed):
        fetching.fetch(w, ORDER, actor="omar", tell=die)
    (done,) = fetching.go_on(w, actor="schedule")
    assert (done.status, done.resumed, done.profiles, platform.twice()) == ("done", True, 4, [])
