"""Fetching into the pool: killed and resumed, within quotas, and refreshed in the order in which it is needed."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import select

from core import audit
from core.clock import FixedClock
from core.database import reading
from core.errors import Refused, WrongUsage
from core.models.fetching import FetchRun, QuotaUse
from core.settings import PROJECT
from flows.steps import fetching, forgetting, importing
from flows.wiring import Wiring, wire
from sourcing.fetching.asking import Order, Wanted
from sourcing.pool import open_pool
from tests.flows.conftest import wired_to_youtube
from tests.sourcing.fetching.platforms import Asked
from tests.sourcing.fetching.youtubes import KEY, YouTubePlatform, channel_id

ORDER = Order("youtube", "linen", limit=4)
#: Fetches in a process of its own, which a test may kill.
_CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from pydantic import SecretStr
from core.clock import FixedClock
from core.settings import Settings
from flows.steps import fetching
from flows.wiring import wire
from sourcing.fetching.asking import Order
home, url, key, now = sys.argv[1:]
settings = Settings(_env_file=None, home=Path(home), youtube_api_key=SecretStr(key))
w = wire(settings, FixedClock(datetime.fromisoformat(now)), source_urls={"youtube": url})
print(fetching.fetch(w, Order("youtube", "linen", limit=4), actor="omar").status)
"""


def used(w: Wiring) -> dict[str, int]:
    with reading(w.engine) as session:
        return {one.quota: one.used for one in session.exec(select(QuotaUse))}


def handles(w: Wiring) -> list[str]:
    pool = open_pool(w.settings.pool_folder)
    return sorted(pool.profile(row).handle for row in range(len(pool)))


def test_what_is_fetched_is_in_the_pool_with_its_source_and_leaves_the_disk(
    w: Wiring, platform: YouTubePlatform
) -> None:
    done = fetching.fetch(w, ORDER, actor="omar")
    assert (done.status, done.profiles, done.pages, done.resumed) == ("done", 4, 9, False)
    assert done.imported is not None
    assert done.imported.new == 4
    assert handles(w) == ["linen0", "linen1", "linen2", "linen3"]
    profile = open_pool(w.settings.pool_folder).find("youtube", "linen2")
    assert profile is not None
    assert (profile.followers, profile.email, profile.country) == (10_002, "ch2@example.com", "Germany")
    assert (profile.source, profile.email_basis) == ("YouTube Data API v3", "published")
    assert profile.email_source == "YouTube Data API v3, the profile's own text"
    assert profile.expires_at == "2026-12-20T09:30:00Z"  # thirty days
    assert list(w.settings.fetched_folder.glob("*")) == []
    with reading(w.engine) as session:
        (run,) = session.exec(select(FetchRun))
        assert (run.status, run.pages, run.profiles, run.kind) == ("done", 9, 4, "search")
        assert audit.verify(session).problem == ""
    assert [(one.quota.name, one.used) for one in done.standing] == [("searches", 1), ("units", 8)]


def test_killed_at_any_moment_it_goes_on_without_asking_twice(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock
) -> None:
    """Each process is killed when the platform gets its third request; what was answered is never asked again."""
    _ = w.engine
    child: list[subprocess.Popen[str]] = []
    seen = 0

    def kill(_: Asked) -> None:
        nonlocal seen
        seen += 1
        if seen == 3:
            os.kill(child[-1].pid, signal.SIGKILL)
            child[-1].wait()

    platform.before = kill
    kills = 0
    while True:
        seen = 0
        child.append(subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(w.settings.home), platform.url, KEY, clock.now().isoformat()],
            stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(PROJECT)},
        ))  # fmt: skip
        out, _err = child[-1].communicate(timeout=120)
        if child[-1].returncode == 0:
            break
        assert child[-1].returncode == -signal.SIGKILL
        kills += 1
        assert kills < 9
    assert out == "done\n"
    # Two answers each came whole before the third was asked for; that one alone was asked for again.
    assert kills == 4
    assert len(platform.asked) == 9 + kills
    assert len(platform.twice()) == kills
    assert sum(used(w).values()) == len(platform.asked)  # the books count what the platform counted
    assert handles(w) == ["linen0", "linen1", "linen2", "linen3"]
    assert list(w.settings.fetched_folder.glob("*")) == []


def test_killed_before_the_import_nothing_is_asked_again(
    w: Wiring, platform: YouTubePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(importing, "import_files", die)
        with pytest.raises(Killed):
            fetching.fetch(w, ORDER, actor="omar")
    before = len(platform.asked)
    done = fetching.fetch(w, ORDER, actor="omar")
    assert (done.status, done.resumed, done.new_pages, done.profiles) == ("done", True, 0, 4)
    assert len(platform.asked) == before
    assert len(handles(w)) == 4


def test_what_came_before_the_quota_ended_is_in_the_pool_and_the_rest_follows_the_next_day(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock, tmp_path: Path
) -> None:
    small = wired_to_youtube(w.settings.home, clock, platform, youtube_units_per_day=5)
    done = fetching.fetch(small, ORDER, actor="omar")
    assert (done.status, done.why, done.profiles) == ("waiting", "the units of this day are used up", 2)
    assert len(handles(w)) == 2
    (state,) = w.settings.fetched_folder.glob("*/state.json")
    assert json.loads(state.read_text())["profiles"] == 2
    assert not list(w.settings.fetched_folder.glob("*/pages/*"))
    again = fetching.fetch(small, ORDER, actor="omar")
    assert (again.status, again.new_pages, again.imported) == ("waiting", 0, None)
    assert done.until is not None
    clock.advance(done.until - clock.now())
    rest = fetching.fetch(small, ORDER, actor="omar")
    assert (rest.status, rest.resumed, rest.profiles, rest.run) == ("done", True, 4, done.run)
    assert platform.twice() == []
    assert len(handles(w)) == 4
    small.engine.dispose()


def test_a_run_that_nobody_finished_in_time_leaves_the_disk(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock
) -> None:
    platform.left["units"] = 3
    assert fetching.fetch(w, ORDER, actor="omar").status == "waiting"
    clock.advance(timedelta(days=26))
    platform.left["units"] = 100
    done = fetching.fetch(w, ORDER, actor="omar")
    assert (done.status, done.resumed) == ("done", False)
    assert list(w.settings.fetched_folder.glob("*")) == []


def test_without_a_credential_nothing_is_asked(w: Wiring) -> None:
    with pytest.raises(Refused, match="GREENROOM_MODASH_TOKEN, GREENROOM_MODASH_CREDITS are not set"):
        fetching.fetch(w, Order("modash", "linen"), actor="omar")
    with pytest.raises(WrongUsage, match="no source of profiles"):
        fetching.fetch(w, Order("myspace", "linen"), actor="omar")
    with pytest.raises(WrongUsage, match="Nothing to search for"):
        fetching.fetch(w, Order("youtube"), actor="omar")
    assert fetching.refreshable(w) == ["youtube", "bluesky"]
    paid = w.settings.model_copy(update={"modash_token": SecretStr("a-token"), "modash_credits": 5})
    with pytest.raises(WrongUsage, match="costs money"):
        fetching.refresh(wire(paid, w.clock), "modash", within_days=7, limit=5, actor="omar")


def test_the_same_is_not_fetched_by_two_processes_at_once(w: Wiring, platform: YouTubePlatform) -> None:
    other: list[str] = []

    def second(_: Asked) -> None:
        platform.before = None
        try:
            fetching.fetch(w, ORDER, actor="rosa")
        except Refused as error:
            other.append(error.message)

    platform.before = second
    assert fetching.fetch(w, ORDER, actor="omar").status == "done"
    assert other == ["The same is being fetched by another process right now."]


def test_no_secret_is_on_disk_or_on_record(w: Wiring, platform: YouTubePlatform) -> None:
    platform.left["units"] = 4
    fetching.fetch(w, ORDER, actor="omar")
    w.engine.dispose()
    kept = [file for file in w.settings.home.rglob("*") if file.is_file()]
    assert any(file.name == "state.json" for file in kept)
    assert not [file for file in kept if KEY.encode() in file.read_bytes()]


def test_a_hidden_count_is_unknown_in_the_pool_and_no_nought(w: Wiring, platform: YouTubePlatform) -> None:
    platform.channels[channel_id(0)]["statistics"] |= {"hiddenSubscriberCount": True, "subscriberCount": "0"}
    fetching.fetch(w, ORDER, actor="omar")
    profile = open_pool(w.settings.pool_folder).find("youtube", "linen0")
    assert profile is not None
    assert profile.followers is None


def test_names_are_looked_up(w: Wiring, platform: YouTubePlatform) -> None:
    wanted = (Wanted("youtube", "linen3"), Wanted("youtube", "nobody"))
    done = fetching.fetch(w, Order("youtube", accounts=wanted), actor="omar")
    assert (done.profiles, done.left_out) == (1, {"no longer there": 1})


def test_who_is_erased_is_not_kept_by_a_fetch_that_waits(
    w: Wiring, platform: YouTubePlatform, clock: FixedClock
) -> None:
    platform.left["units"] = 2  # one channel of four is known by its name and not yet in the pool
    assert fetching.fetch(w, ORDER, actor="omar").status == "waiting"
    csv = w.settings.home / "known.csv"
    csv.write_text("platform,handle,followers\nyoutube,linen2,9000\ntiktok,somebody,9000\n")
    importing.import_files(w, [csv])
    csv.unlink()
    (state,) = w.settings.fetched_folder.glob("*/state.json")
    late = state.read_text()
    assert forgetting.forget(w, "youtube:linen2", why="asked", actor=w.people.named("lena")).profiles == 1
    assert not list(w.settings.fetched_folder.glob("*/*"))
    platform.left["units"] = 100
    clock.advance(timedelta(days=1))
    # A process that was at it meanwhile writes where it stands into a folder that is no run any more, and dies.
    orphan = w.settings.fetched_folder / "20261001-0123abcd-1" / "state.json"
    orphan.parent.mkdir()
    orphan.write_text(late)
    done = fetching.fetch(w, ORDER, actor="omar")
    assert list(w.settings.fetched_folder.glob("*")) == []
    assert done.imported is not None
    assert (done.status, done.imported.erased) == ("done", 1)
    assert handles(w) == ["linen0", "linen1", "linen3", "somebody"]


def test_where_nobody_may_go_into_the_pool_it_is_said_and_not_tried_for_ever(
    w: Wiring, platform: YouTubePlatform
) -> None:
    for one in platform.channels.values():
        one["snippet"]["description"] = "15 years old, linen fan"
    done = fetching.fetch(w, ORDER, actor="omar")
    assert (done.status, done.imported) == ("done", None)
    assert "nothing went in" in done.unusable
    assert list(w.settings.fetched_folder.glob("*")) == []
