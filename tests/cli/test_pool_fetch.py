"""`greenroom pool fetch`, `pool refresh` and what the doctor says of sources: the words somebody reads."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from cli.interruption import CtrlC
from cli.main import COMMANDS
from cli.run import run
from core.clock import FixedClock
from core.settings import PROJECT
from flows.wiring import wire, wired_with
from sourcing.fetching.pages import alone_with, open_run
from tests.cli.conftest import Answer, Terminal
from tests.sourcing.fetching.others import BlueskyPlatform
from tests.sourcing.fetching.platforms import open_platform
from tests.sourcing.fetching.youtubes import KEY, YouTubePlatform, channel_id

Type = Callable[..., Answer]


@pytest.fixture
def youtube() -> Iterator[YouTubePlatform]:
    with open_platform(YouTubePlatform(6)) as platform:
        assert isinstance(platform, YouTubePlatform)
        yield platform


@pytest.fixture
def bluesky() -> Iterator[BlueskyPlatform]:
    with open_platform(BlueskyPlatform(10)) as platform:
        assert isinstance(platform, BlueskyPlatform)
        yield platform


@pytest.fixture
def typed(
    terminal: Terminal, clock: FixedClock, youtube: YouTubePlatform, bluesky: BlueskyPlatform,
    monkeypatch: pytest.MonkeyPatch,
) -> Type:  # fmt: skip
    """A command with both platforms on loopback, and a key for YouTube."""
    monkeypatch.setenv("GREENROOM_YOUTUBE_API_KEY", KEY)
    monkeypatch.setenv("TZ", "UTC")

    def type_it(*words: str) -> Answer:
        terminal.capsys.readouterr()
        urls = {"youtube": youtube.url, "bluesky": bluesky.url}
        with ExitStack() as stack:
            w = stack.enter_context(wired_with(wire(clock=clock, source_urls=urls)))
            code = run(words, COMMANDS, CtrlC())
            if "engine" in w.__dict__:
                w.engine.dispose()
        captured = terminal.capsys.readouterr()
        assert KEY not in captured.out + captured.err
        assert "Traceback" not in captured.out + captured.err
        return Answer(code, captured.out, captured.err)

    return type_it


def test_the_account_at_the_end_says_what_came_what_was_left_out_and_what_is_left(
    typed: Type, youtube: YouTubePlatform
) -> None:
    youtube.channels[list(youtube.channels)[2]]["status"]["privacyStatus"] = "private"
    for one in youtube.channels.values():
        one["statistics"].pop("videoCount")
    done = typed("pool", "fetch", "youtube", "--query", "linen", "--limit", "3")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        f"YouTube Data API v3: 3 profiles on 7 pages, run 20261120-{_run(done)}-1.",
        "Left out: 1 profile: not public.",
        "YouTube Data API v3 changed 1 field; what they told is unknown from now on:",
        "  channels: statistics.videoCount is missing",
        f"In the pool: 3 new; now 3 profiles ({done.out.split('(')[-1].split(')')[0]}).",
        "Quota",
        "what      used   left  until",
        "searches     1     99  2026-11-21 08:00 UTC",
        "units        6  9,994  2026-11-21 08:00 UTC",
        "Next: greenroom source CAMPAIGN.toml",
    ]


def _run(done: Answer) -> str:
    return done.out.split("run 20261120-")[1][:8]


def test_a_used_up_quota_is_no_failure_of_ours_and_the_same_words_go_on(
    typed: Type, youtube: YouTubePlatform, clock: FixedClock
) -> None:
    youtube.left["units"] = 3
    words = ("pool", "fetch", "youtube", "--query", "linen", "--limit", "3")
    first = typed(*words)
    assert first.code == 3
    assert "Not all of it is there: YouTube Data API v3: 403 The request cannot be completed" in first.out
    assert "Type the same again after 2026-11-21 08:00 UTC: it goes on where it stopped." in first.out
    youtube.left["units"] = 100
    clock.advance(clock.now().replace(day=21, hour=8, minute=0) - clock.now())
    second = typed(*words, "--json").document
    assert (second["status"], second["resumed"], second["profiles"]) == ("done", True, 3)
    # One search and what was answered the day before are not asked for again.
    assert second["quotas"][0]["used"] == 0
    assert len(youtube.twice()) == 1


def test_handles_come_from_a_file_and_slips_are_named(typed: Type, tmp_path: Path) -> None:
    file = tmp_path / "handles.txt"
    file.write_text("# ours\n@linen2\nhttps://www.youtube.com/@linen3\n\nlinen2\n")
    done = typed("pool", "fetch", "youtube", "--handles", str(file), "--json").document
    assert (done["profiles"], done["left_out"]) == (2, {})
    short = typed("pool", "fetch", "youtube", "--handles", str(file), "--limit", "1")
    assert short.out.startswith("Not asked for: the last 1 of 2 handles (--limit 1).\nYouTube Data API v3: 1 profile ")
    file.write_text(f"{channel_id(4)}\n")
    by_id = typed("pool", "fetch", "youtube", "--handles", str(file), "--json").document
    assert (by_id["profiles"], by_id["beyond_limit"]) == (1, 0)
    file.write_text("# nobody\n")
    assert "names nobody" in typed("pool", "fetch", "youtube", "--handles", str(file)).err
    assert "cannot be read" in typed("pool", "fetch", "youtube", "--handles", str(tmp_path)).err


def test_what_cannot_be_asked_is_said_before_anything_is(typed: Type, youtube: YouTubePlatform) -> None:
    for words, code, said in (
        (("myspace",), 2, "'myspace' is no source of profiles."),
        (("instagram", "--query", "ada"), 1, "docs/sources/instagram.md shows how to get it."),
        (("youtube",), 2, 'Add --query "linen outfits".'),
    ):
        answer = typed("pool", "fetch", *words)
        assert answer.code == code
        assert said in answer.err
    assert youtube.asked == []


def test_a_key_that_is_none_stops_with_the_next_step(
    typed: Type, youtube: YouTubePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_YOUTUBE_API_KEY", "AIza-wrong")
    answer = typed("pool", "fetch", "youtube", "--query", "linen")
    assert answer.code == 1
    assert "API key not valid" in answer.out
    assert "Set GREENROOM_YOUTUBE_API_KEY" in answer.out
    assert "AIza-wrong" not in answer.out + answer.err


def test_refresh_takes_every_source_that_costs_nothing(
    typed: Type, clock: FixedClock, youtube: YouTubePlatform, bluesky: BlueskyPlatform
) -> None:
    assert typed("pool", "refresh").out == "Nothing runs out within 7 days.\n"
    typed("pool", "fetch", "youtube", "--query", "linen", "--limit", "2")
    typed("pool", "fetch", "bluesky", "--query", "linen", "--limit", "2")
    assert typed("pool", "refresh").out == "Nothing runs out within 7 days.\n"
    clock.advance(timedelta(days=8))  # nothing is looked up again within a week
    done = typed("pool", "refresh", "--within-days", "90", "--json").document["refreshed"]
    assert [(one["source"], one["status"], one["profiles"]) for one in done] == [
        ("youtube", "done", 2), ("bluesky", "done", 2)]  # fmt: skip


def test_a_source_that_is_busy_keeps_no_other_from_being_refreshed(
    typed: Type, terminal: Terminal, clock: FixedClock, youtube: YouTubePlatform
) -> None:
    typed("pool", "fetch", "youtube", "--query", "linen", "--limit", "2")
    typed("pool", "fetch", "bluesky", "--query", "linen", "--limit", "2")
    clock.advance(timedelta(days=25))
    youtube.left["units"] = 0
    (begun,) = typed("pool", "refresh", "youtube", "--json").document["refreshed"]
    run = open_run(terminal.home / "fetched" / begun["run"])
    assert run is not None
    with alone_with(terminal.home / "fetched" / run.order.digest[:16]):
        both = typed("pool", "refresh", "--within-days", "90")
        assert typed("pool", "refresh", "youtube").code == 1
    assert both.code == 1
    assert "Bluesky AppView: 2 profiles" in both.out
    assert "youtube was not refreshed: The same is being fetched by another process right now." in both.out


def test_the_doctor_names_credentials_and_what_is_left(
    typed: Type, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_INSTAGRAM_TOKEN", "half-of-it")

    def findings() -> dict[str, tuple[str, str, str]]:
        document = json.loads(typed("doctor", "--json").out)
        return {one["what"]: (one["state"], one["detail"], one["next_step"]) for one in document["findings"]}

    before = findings()
    assert not (terminal.home / "greenroom.db").exists()  # looking makes no record
    assert before["source youtube"][:2] == ("ok", "channels by words or handle: never asked yet")
    half = "professional accounts by name; missing: GREENROOM_INSTAGRAM_USER_ID; present: GREENROOM_INSTAGRAM_TOKEN"
    assert before["source instagram"][:2] == ("missing", half)
    assert before["source modash"] == (
        "optional",
        "creators by words, and audience reports; paid; missing: GREENROOM_MODASH_TOKEN, GREENROOM_MODASH_CREDITS",
        "A token from marketer.modash.io/developer, and how many credits a month may be spent: docs/sources/modash.md",
    )
    typed("pool", "fetch", "youtube", "--query", "linen", "--limit", "2")
    after = findings()
    state, detail, _ = after["source youtube"]
    assert state == "ok"
    assert "99 of 100 searches left until" in detail
    assert "of 20,000 requests left until" in after["source bluesky"][1]
    assert "(our own bound)" in after["source bluesky"][1]


def test_questions_about_the_pool_and_the_doctor_load_no_duckdb() -> None:
    code = "import sys, cli.pool, cli.doctor; print([name for name in ('duckdb', 'httpx') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
