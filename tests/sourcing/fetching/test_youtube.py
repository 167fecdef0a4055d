"""YouTube: what is asked for, what comes of it, and what each of its refusals means."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.clock import FixedClock
from sourcing.fetching.asking import Order, Row, Wanted
from sourcing.fetching.running import Worker
from sourcing.fetching.youtube import SEARCHES, UNITS, YouTube
from tests.outreach.doors import Answer
from tests.sourcing.fetching.conftest import Open, Work, again, begun
from tests.sourcing.fetching.platforms import BadDay
from tests.sourcing.fetching.youtubes import (
    BAD_KEY,
    CHANNELS,
    KEY,
    QUOTA_EXCEEDED,
    SEARCH,
    UPLOADS,
    VIDEOS,
    YouTubePlatform,
    channel_id,
    error,
)


@pytest.fixture
def platform(opened: Open) -> YouTubePlatform:
    platform = YouTubePlatform()
    opened(platform)
    return platform


@pytest.fixture
def source(platform: YouTubePlatform) -> YouTube:
    return YouTube(KEY, base_url=platform.url, pause_seconds=0)


def used(worker: Worker, name: str) -> int:
    return next(one.used for one in worker.ledger.standing() if one.quota.name == name)


def test_a_search_brings_channels_with_their_latest_videos(
    platform: YouTubePlatform, source: YouTube, worker: Work, tmp_path: Path
) -> None:
    run, work = begun(tmp_path / "run", source, Order("youtube", "linen", limit=3)), worker(source)
    assert work.carry_out(run).status == "done"
    rows = {row["handle"]: row for row in run.rows}
    assert rows["linen0"] == {
        "platform": "youtube", "handle": "linen0", "name": "Channel 0",
        "bio": "Linen every day. Mail: ch0@example.com", "followers": 10_000, "posts": 42, "country": "DE",
        "language": "de", "category": "Lifestyle", "hashtags": ["linen", "slow fashion", "flax"],
        "url": f"https://www.youtube.com/channel/{channel_id(0)}",
        "captions": [f"Video v0-{n} #linen" for n in (1, 2, 3, 4)],
        "posted": ["2026-11-04", "2026-11-03", "2026-11-02", "2026-11-01"], "engagement_percent": 5.0, "paid_posts": 1,
        "email": "ch0@example.com", "email_basis": "published",
        "email_source": "YouTube Data API v3, the profile's own text", "last_seen": "2026-11-20T09:30:00Z",
        "source": "YouTube Data API v3", "expires_at": "2026-12-20T09:30:00Z",
    }  # fmt: skip
    assert (rows["linen1"]["captions"], rows["linen1"]["posted"]) == ([], [])  # its uploads cannot be had
    assert len(rows) == 3
    assert platform.counts() == {SEARCH: 1, CHANNELS: 1, UPLOADS: 3, VIDEOS: 2}
    assert (used(work, SEARCHES), used(work, UNITS)) == (1, 6)
    assert run.missing == {}


def test_pages_are_followed_until_enough_are_there(
    platform: YouTubePlatform, source: YouTube, worker: Work, tmp_path: Path
) -> None:
    run = begun(tmp_path / "run", source, Order("youtube", "linen", limit=52))
    assert worker(source).carry_out(run).status == "done"
    assert (run.profiles, platform.counts()[SEARCH], platform.counts()[CHANNELS]) == (52, 2, 2)
    assert not [one for one in platform.asked if KEY in one.request.path]


def test_hidden_counts_are_unknown_and_what_is_not_public_is_left_out(
    platform: YouTubePlatform, source: YouTube, worker: Work, tmp_path: Path
) -> None:
    ids = list(platform.channels)
    platform.channels[ids[0]]["statistics"] |= {"hiddenSubscriberCount": True, "subscriberCount": "0"}
    platform.channels[ids[2]]["status"] = {"privacyStatus": "unlisted"}
    del platform.channels[ids[3]]["snippet"]["customUrl"]
    run = begun(tmp_path / "run", source, Order("youtube", "linen", limit=4))
    worker(source).carry_out(run)
    rows = {row["handle"]: row for row in run.rows}
    assert (rows["linen0"]["followers"], rows["linen0"]["engagement_percent"]) == (None, None)
    assert run.left_out == {"not public": 1}
    # Another of the same answer takes the place of the one that is left out.
    assert set(rows) == {"linen0", "linen1", channel_id(3), "linen4"}
    assert platform.counts()[SEARCH] == 1


def test_a_renamed_field_is_named_once_and_stops_nothing(
    platform: YouTubePlatform, source: YouTube, worker: Work, tmp_path: Path
) -> None:
    for one in platform.channels.values():
        one["statistics"]["subscribersCount"] = one["statistics"].pop("subscriberCount")
        del one["contentDetails"]
    run = begun(tmp_path / "run", source, Order("youtube", "linen", limit=60))
    assert worker(source).carry_out(run).status == "done"
    assert run.profiles == 60
    assert list(run.missing) == [
        "channels: statistics.subscriberCount is missing (there is 'subscribersCount')",
        "channels: contentDetails is missing",
    ]
    assert all(row["followers"] is None for row in run.rows)


def test_when_youtube_says_that_the_quota_is_used_up_the_run_waits_until_midnight_pacific(
    platform: YouTubePlatform, source: YouTube, worker: Work, tmp_path: Path, clock: FixedClock
) -> None:
    platform.left["units"] = 11
    run, work = begun(tmp_path / "run", source, Order("youtube", "linen", limit=20)), worker(source)
    ended = work.carry_out(run)
    assert ended.status == "waiting"
    assert "exceeded your quota" in ended.why
    assert ended.until is not None
    assert ended.until.isoformat() == "2026-11-21T00:00:00-08:00"
    before = platform.counts()
    assert worker(source).carry_out(again(run)).status == "waiting"
    assert platform.counts() == before  # what is known to be empty is not asked again
    platform.left["units"] = 10_000
    clock.advance(ended.until - clock.now())
    resumed = again(run)
    assert worker(source).carry_out(resumed).status == "done"
    assert resumed.profiles == 20
    assert len(platform.twice()) == 1  # the one that was refused


def test_our_own_books_stop_before_youtube_does(source: YouTube, worker: Work, tmp_path: Path) -> None:
    small = replace(source, units=5)
    run, work = begun(tmp_path / "run", small, Order("youtube", "linen", limit=20)), worker(small)
    ended = work.carry_out(run)
    assert (ended.status, ended.why) == ("waiting", "the units of this day are used up")
    assert used(work, UNITS) == 5


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (QUOTA_EXCEEDED, "empty"),
        (BAD_KEY, "stop"),
        (Answer(403, {"error": {"errors": [{"reason": "rateLimitExceeded"}]}}), "later"),
        (Answer(403, {"error": {"message": "disabled", "errors": [{"reason": "accessNotConfigured"}]}}), "stop"),
        (Answer(404, {"error": {"errors": [{"reason": "playlistNotFound"}]}}), "gone"),
        (Answer(429, {"error": {"message": "Quota exceeded for 'Search Queries' per day"}}), "empty"),
        (Answer(429, {"error": {"message": "Too many, per minute"}}), "later"),
        (Answer(503, b"<html>"), "later"),
        (Answer(400, "odd"), "stop"),
    ],
)
def test_each_refusal_means_something(source: YouTube, answer: Answer, kind: str) -> None:
    assert source.trouble(answer.status, answer.body, {}).kind == kind


def test_a_new_key_is_asked_for_only_where_it_is_the_key(source: YouTube) -> None:
    bad_page = error(400, "The request specifies an invalid page token.", "invalidPageToken")
    for answer, setting in ((BAD_KEY, True), (error(403, "Not switched on.", "accessNotConfigured"), True),
                            (bad_page, False)):  # fmt: skip
        said = source.trouble(answer.status, answer.body, {}).next_step
        assert said
        assert ("GREENROOM_YOUTUBE_API_KEY" in said) is setting


def test_look_ups_go_by_id_where_it_is_known_and_by_handle_else(
    platform: YouTubePlatform, source: YouTube, worker: Work, tmp_path: Path
) -> None:
    wanted = (
        Wanted("youtube", "linen7", f"https://www.youtube.com/channel/{channel_id(7)}"),
        Wanted("youtube", channel_id(8)),
        Wanted("youtube", channel_id(6).lower(), channel_id(6)),
        Wanted("youtube", "linen9"),
        Wanted("youtube", "nobody"),
    )
    run = begun(tmp_path / "run", source, Order("youtube", accounts=wanted))
    worker(source).carry_out(run)
    assert sorted(row["handle"] for row in run.rows) == ["linen6", "linen7", "linen8", "linen9"]
    assert run.left_out == {"no longer there": 1}
    assert (platform.counts()[SEARCH], platform.counts()[CHANNELS]) == (0, 3)
    # What only looks like an id in its middle is a handle.
    (ask,) = source.begin(
        Order("youtube", accounts=(Wanted("youtube", "x", f"https://youtube.com/@a{channel_id(5)}"),))
    )
    assert dict(ask.params)["forHandle"] == "@x"


def test_what_did_not_change_is_not_said_again(
    platform: YouTubePlatform, source: YouTube, worker: Work, tmp_path: Path
) -> None:
    wanted = tuple(Wanted("youtube", f"linen{n}", f"https://youtube.com/channel/{channel_id(n)}", 10_000 + n)
                   for n in (2, 3))  # fmt: skip
    order = Order("youtube", accounts=wanted, refresh=True)
    known = {"linen2", "linen3"}

    def refreshed(name: str) -> list[Row]:
        work = worker(source)
        work.said_before = lambda one, now: {"handle": one.handle, "again": True} if one.handle in known else None
        run = begun(tmp_path / name, source, order)
        assert work.carry_out(run).status == "done"
        for request, tag in run.tags.items():
            work.ledger.keep_tag(request, tag)
        return run.rows

    assert all("bio" in row for row in refreshed("first"))
    first = platform.counts()
    assert refreshed("second") == [{"handle": "linen2", "again": True}, {"handle": "linen3", "again": True}]
    assert platform.counts() - first == {CHANNELS: 1}
    # Where something has no words of ours any more, it is asked for in full.
    known.remove("linen3")
    assert all("bio" in row for row in refreshed("third"))
    known.add("linen3")
    platform.version = 2
    assert all("bio" in row for row in refreshed("fourth"))


def test_an_error_page_in_the_middle_is_tried_again(
    platform: YouTubePlatform, source: YouTube, worker: Work, tmp_path: Path, waits: list[float]
) -> None:
    html = Answer(200, b"<html>Sorry</html>", {"Content-Type": "text/html"})
    platform.bad_days = [None, BadDay(html), BadDay(cut=True), None]
    run = begun(tmp_path / "run", source, Order("youtube", "linen", limit=2))
    assert worker(source).carry_out(run).status == "done"
    assert run.profiles == 2
    assert waits == [1.0, 2.0]
