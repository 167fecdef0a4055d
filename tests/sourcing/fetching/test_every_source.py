"""What holds of every source: bad days are got over, a renamed field is named once, and nothing is asked for twice."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from sourcing.fetching.asking import Order, Source
from sourcing.fetching.bluesky import Bluesky
from sourcing.fetching.instagram import Instagram
from sourcing.fetching.modash import Modash
from sourcing.fetching.tiktok import TikTok
from sourcing.fetching.tiktok_tokens import Tokens
from sourcing.fetching.youtube import YouTube
from tests.outreach.doors import Answer
from tests.sourcing.fetching.conftest import Open, Work, again, begun
from tests.sourcing.fetching.others import (
    IG_USER,
    TOKEN,
    BlueskyPlatform,
    InstagramPlatform,
    ModashPlatform,
    TikTokPlatform,
)
from tests.sourcing.fetching.platforms import HTML, BadDay, Platform
from tests.sourcing.fetching.youtubes import KEY, YouTubePlatform

NAMES = ("youtube", "instagram", "bluesky", "tiktok", "modash")


@dataclass
class Case:
    """A source on loopback, an order for it, and the field in which its platform counts followers."""

    platform: Platform
    source: Source
    order: Order
    followers: str
    profiles: int


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest, opened: Open, tmp_path: Path, clock: FixedClock) -> Case:
    def tiktok(url: str) -> Source:
        tokens = Tokens("a-client", "a-secret", ("rft.ada.0", "rft.bob.0"), tmp_path / "tokens", clock, base_url=url)
        return TikTok(tokens, base_url=url, pause_seconds=0)

    made: dict[str, tuple[Platform, Callable[[str], Source], Order, str, int]] = {
        "youtube": (YouTubePlatform(4), lambda url: YouTube(KEY, base_url=url, pause_seconds=0),
                    Order("youtube", "linen", limit=3), "subscriberCount", 3),
        "instagram": (InstagramPlatform(), lambda url: Instagram(TOKEN, IG_USER, base_url=url, pause_seconds=0),
                      Order("instagram", "ada bob"), "followers_count", 2),
        "bluesky": (BlueskyPlatform(4), lambda url: Bluesky(base_url=url, pause_seconds=0),
                    Order("bluesky", "linen", limit=3), "followersCount", 3),
        "tiktok": (TikTokPlatform({"rft.ada.0": "ada", "rft.bob.0": "bob"}), tiktok, Order("tiktok"),
                   "follower_count", 2),
        "modash": (ModashPlatform(40), lambda url: Modash(TOKEN, 10, base_url=url, pause_seconds=0),
                   Order("modash", "linen", platform="instagram", limit=40), "followers", 40),
    }  # fmt: skip
    platform, source, order, followers, profiles = made[request.param]
    opened(platform)
    return Case(platform, source(platform.url), order, followers, profiles)


BAD = {
    "html 502": BadDay(Answer(502, HTML, {"Content-Type": "text/html"})),
    "html 200": BadDay(Answer(200, HTML, {"Content-Type": "text/html"})),
    "cut": BadDay(cut=True),
    "gone": BadDay(Answer(cut=True)),
    "429": BadDay(Answer(429, {}, {"Retry-After": "3"})),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_day_now_and_then_is_got_over(case: Case, worker: Work, tmp_path: Path, bad: str) -> None:
    # Of TikTok's two servers the one for tokens is asked first, and is not asked again by us.
    first: list[BadDay | None] = [None] if case.source.name == "tiktok" else []
    case.platform.bad_days = [*first, BAD[bad], None, BAD[bad]] if case.source.name != "tiktok" else [None, BAD[bad]]
    run = begun(tmp_path / "run", case.source, case.order)
    ended = worker(case.source).carry_out(run)
    assert (ended.status, run.profiles, run.missing) == ("done", case.profiles, {})
    handles = [row["handle"] for row in run.rows]
    assert len(set(handles)) == len(handles)


def test_a_renamed_field_is_named_once_and_stops_nothing(case: Case, worker: Work, tmp_path: Path) -> None:
    answer = case.platform.answer

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {f"{key}New" if key == case.followers else key: renamed(one) for key, one in value.items()}
        return [renamed(one) for one in value] if isinstance(value, list) else value

    def changed(asked: Any) -> Answer:
        good = answer(asked)
        return Answer(good.status, renamed(good.body), good.headers)

    case.platform.answer = changed  # type: ignore[method-assign]
    run = begun(tmp_path / "run", case.source, case.order)
    assert worker(case.source).carry_out(run).status == "done"
    assert run.profiles == case.profiles
    assert all(row["followers"] is None for row in run.rows)
    (named,) = run.missing
    assert named.endswith(f"{case.followers} is missing (there is '{case.followers}New')")


@pytest.mark.parametrize("odd", [[], "text", 7, None, {}, {"data": 3, "profile": [], "business_discovery": "x"}])
def test_a_good_answer_of_another_kind_makes_no_profile(case: Case, worker: Work, tmp_path: Path, odd: object) -> None:
    _answers(case, Answer(200, odd))
    run = begun(tmp_path / "run", case.source, case.order)
    assert worker(case.source).carry_out(run).status == "done"
    assert (run.rows, run.profiles) == ([], 0)
    assert run.missing


@pytest.mark.parametrize("odd", [[], "text", {"error": {"code": [], "error_subcode": {}, "errors": 7, "details": [3],
                                                       "message": {}}, "code": [], "message": []}])  # fmt: skip
def test_a_refusal_of_another_kind_stops_the_run_and_breaks_nothing(
    case: Case, worker: Work, tmp_path: Path, odd: object
) -> None:
    _answers(case, Answer(400, odd))
    run = begun(tmp_path / "run", case.source, case.order)
    ended = worker(case.source).carry_out(run)
    assert (ended.status, ended.why) == ("stopped", f"{case.source.title}: 400")
    assert ended.next_step


def _answers(case: Case, odd: Answer) -> None:
    """From now on the platform has this one answer; tokens it still gives."""
    answer = case.platform.answer
    case.platform.answer = lambda asked: answer(asked) if "/oauth/" in asked.path else odd  # type: ignore[method-assign]


def test_stopped_after_any_answer_it_goes_on_with_the_next(case: Case, worker: Work, tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    run = begun(tmp_path / "run", case.source, case.order)
    for _ in range(60):
        work, before = worker(case.source), run.pages

        def die(_profiles: int, _wanted: int, pages: int, before: int = before) -> None:
            if pages > before:
                raise Killed

        work.tell = die
        try:
            assert work.carry_out(run).status == "done"
            break
        except Killed:
            run = again(run)
    assert run.profiles == case.profiles
    asked = [one for one in case.platform.twice() if "/oauth/" not in one]
    # The two creators are asked for with the same words, each with a token of their own.
    assert asked == [] or case.source.name == "tiktok"
    assert len([one for one in case.platform.asked if "/oauth/" not in one.path]) == run.pages
