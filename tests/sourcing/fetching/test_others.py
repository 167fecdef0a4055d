"""Bluesky, Instagram, TikTok and Modash: what comes of each, and what each of them forbids or charges."""

from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from core.errors import WrongUsage
from sourcing.fetching.asking import Order, Wanted
from sourcing.fetching.bluesky import Bluesky
from sourcing.fetching.instagram import Instagram
from sourcing.fetching.modash import Modash
from sourcing.fetching.tiktok import TikTok
from sourcing.fetching.tiktok_tokens import Tokens
from tests.outreach.doors import Answer
from tests.sourcing.fetching.conftest import Open, Work, again, begun
from tests.sourcing.fetching.others import (
    IG_USER,
    TOKEN,
    BlueskyPlatform,
    InstagramPlatform,
    ModashPlatform,
    TikTokPlatform,
    graph_error,
)
from tests.sourcing.fetching.platforms import BadDay


def test_bluesky_leaves_out_who_asks_to_be_shown_to_signed_in_people_only(
    opened: Open, worker: Work, tmp_path: Path
) -> None:
    platform = opened(BlueskyPlatform())
    source = Bluesky(base_url=platform.url, pause_seconds=0)
    run = begun(tmp_path / "run", source, Order("bluesky", "linen", limit=45))
    assert worker(source).carry_out(run).status == "done"
    assert run.profiles == 45
    assert run.left_out == {"asks to be shown to signed-in people only (!no-unauthenticated)": 12}
    assert not [row for row in run.rows if int(row["handle"].split(".")[0][5:]) % 5 == 4]
    row = next(row for row in run.rows if row["handle"] == "linen0.bsky.social")
    assert (row["followers"], row["following"], row["posts"], row["engagement_percent"]) == (1_000, 10, 50, 5.0)
    assert row["captions"] == ["Post 0 #flax", "Post 1 #flax", "Post 2 #flax"]  # not what was passed on
    assert row["posted"] == ["2026-11-12", "2026-11-11", "2026-11-10"]
    counts = platform.counts()
    # Those who were left out are not asked about any further.
    assert (counts["/xrpc/app.bsky.actor.searchActors"], counts["/xrpc/app.bsky.feed.getAuthorFeed"]) == (2, 45)
    assert platform.twice() == []


def test_bluesky_looks_up_handles_and_counts_who_is_gone(opened: Open, worker: Work, tmp_path: Path) -> None:
    platform = opened(BlueskyPlatform())
    source = Bluesky(base_url=platform.url, pause_seconds=0)
    names = ["linen1.bsky.social", "linen4.bsky.social", "linen13.bsky.social", "gone.bsky.social"]
    run = begun(tmp_path / "run", source, Order("bluesky", accounts=tuple(Wanted("bluesky", one) for one in names)))
    worker(source).carry_out(run)
    assert [row["handle"] for row in run.rows] == ["linen1.bsky.social", "linen13.bsky.social"]
    assert run.rows[1]["captions"] == []  # its posts cannot be had
    assert sum(run.left_out.values()) == 2


@pytest.mark.parametrize("odd", ["ada_b.bsky.social", "ada", "ada.bsky.social/x", "did:plc:"])
def test_one_name_that_is_none_would_have_all_of_a_request_refused(odd: str) -> None:
    good = [
        Wanted("bluesky", one)
        for one in ("ada.bsky.social", "xn--bcher-kva.example", "did:plc:ewvi7nxzyoun6zhxrhs64oiz")
    ]
    assert len(Bluesky().begin(Order("bluesky", accounts=tuple(good)))) == 1
    with pytest.raises(WrongUsage, match="is no Bluesky handle"):
        Bluesky().begin(Order("bluesky", accounts=(*good, Wanted("bluesky", odd))))


def test_flags_against_being_found_are_respected(opened: Open, worker: Work, tmp_path: Path) -> None:
    platform = BlueskyPlatform(4)
    for flag, one in zip(({"discoverable": False}, {"noindex": True}, {"indexable": False}, {"noindex": False}),
                         platform.actors.values(), strict=True):  # fmt: skip
        one |= flag
    opened(platform)
    source = Bluesky(base_url=platform.url, pause_seconds=0)
    run = begun(tmp_path / "run", source, Order("bluesky", "linen", limit=10))
    worker(source).carry_out(run)
    assert [row["handle"] for row in run.rows] == ["linen3.bsky.social"]
    assert run.left_out == {"asks not to be found (discoverable)": 1, "asks not to be found (noindex)": 1,
                            "asks not to be found (indexable)": 1}  # fmt: skip


@pytest.fixture
def instagram(opened: Open) -> tuple[InstagramPlatform, Instagram]:
    platform = InstagramPlatform()
    opened(platform)
    return platform, Instagram(TOKEN, IG_USER, base_url=platform.url, pause_seconds=0)


def test_instagram_looks_up_names(instagram: tuple[InstagramPlatform, Instagram], worker: Work, tmp_path: Path) -> None:
    platform, source = instagram
    run = begun(tmp_path / "run", source, Order("instagram", "@Ada.Linen, nobody bob"))
    assert worker(source).carry_out(run).status == "done"
    assert [row["handle"] for row in run.rows] == ["ada.linen", "bob"]
    row = run.rows[0]
    assert (row["followers"], row["following"], row["posts"], row["engagement_percent"]) == (5_000, 300, 700, 2.0)
    assert (row["links"], row["hashtags"], row["email"]) == (["https://ada.example.org"], ["ootd"], "ada@example.org")
    assert run.left_out == {"no professional account of that name, or one with an age gate": 1}
    assert not [one for one in platform.asked if TOKEN in one.request.path]
    for odd in ("", "a){id},x(b"):
        with pytest.raises(WrongUsage):
            source.begin(Order("instagram", odd))


def test_a_token_that_ran_out_stops_the_run_and_is_not_quoted(
    instagram: tuple[InstagramPlatform, Instagram], worker: Work, tmp_path: Path
) -> None:
    platform, source = instagram
    platform.token = "another"
    run = begun(tmp_path / "run", source, Order("instagram", "ada"))
    ended = worker(source).carry_out(run)
    assert ended.status == "stopped"
    assert "Session has expired" in ended.why
    assert TOKEN not in f"{ended}"
    assert "GREENROOM_INSTAGRAM_TOKEN" in ended.next_step
    platform.token = TOKEN
    assert worker(source).carry_out(run).status == "done"


def test_meta_says_how_long_to_wait_and_everybody_keeps_to_it(
    instagram: tuple[InstagramPlatform, Instagram], worker: Work, tmp_path: Path, clock: FixedClock
) -> None:
    platform, source = instagram
    usage = '{"17841": [{"type": "instagram", "call_count": 100, "estimated_time_to_regain_access": 19}]}'
    busy = graph_error(400, 80002, "There have been too many calls", X_Business_Use_Case_Usage=usage)
    platform.bad_days = [BadDay(busy)]
    ended = worker(source).carry_out(begun(tmp_path / "run", source, Order("instagram", "ada")))
    assert (ended.status, ended.until) == ("waiting", clock.now().replace(minute=49))
    other = worker(source).carry_out(begun(tmp_path / "other", source, Order("instagram", "bob")))
    assert (other.status, other.until) == ("waiting", ended.until)
    assert len(platform.asked) == 1


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [("19", 1_140), ("0", 900), ("-5", 900), ("NaN", 900), ("1e999", 900), ("[]", 900), ("9" * 400, 86_400)],
)
def test_an_odd_time_to_wait_is_the_usual_one(minutes: str, seconds: float) -> None:
    usage = f'{{"17841": [{{"estimated_time_to_regain_access": {minutes}}}, 7]}}'
    told = Instagram(TOKEN, IG_USER).trouble(400, {"error": {"code": 4}}, {"x-business-use-case-usage": usage})
    assert (told.kind, told.wait_seconds) == ("later", seconds)


@pytest.fixture
def tiktok(opened: Open, tmp_path: Path, clock: FixedClock) -> tuple[TikTokPlatform, TikTok]:
    platform = TikTokPlatform({"rft.ada.0": "ada", "rft.bob.0": "bob"})
    opened(platform)
    tokens = Tokens("a-client", "a-secret-of-tiktok", ("rft.ada.0", "rft.gone.0", "rft.bob.0"), tmp_path / "tokens",
                    clock, base_url=platform.url)  # fmt: skip
    return platform, TikTok(tokens, base_url=platform.url, pause_seconds=0)


def test_tiktok_tells_of_those_who_connected(
    tiktok: tuple[TikTokPlatform, TikTok], worker: Work, tmp_path: Path
) -> None:
    platform, source = tiktok
    run = begun(tmp_path / "run", source, Order("tiktok"))
    assert worker(source).carry_out(run).status == "done"
    assert [row["handle"] for row in run.rows] == ["ada", "bob"]
    assert run.left_out == {"took the permission back, or it ran out": 1}
    row = run.rows[0]
    assert (row["followers"], row["verified"], row["engagement_percent"]) == (8_000, False, 5.0)
    assert row["posted"] == ["2025-11-15", "2025-11-14", "2025-11-13"]
    assert platform.renewals == 2
    on_disk = "".join(file.read_text() for file in (tmp_path / "run").rglob("*.json"))
    assert not [one for one in ("rft.", "act.", "a-secret") if one in on_disk]
    with pytest.raises(WrongUsage, match="nobody search"):
        source.begin(Order("tiktok", "linen"))


@pytest.fixture
def modash(opened: Open) -> tuple[ModashPlatform, Modash]:
    platform = ModashPlatform()
    opened(platform)
    return platform, Modash(TOKEN, 10, base_url=platform.url, pause_seconds=0)


def test_modash_is_charged_by_result(modash: tuple[ModashPlatform, Modash], worker: Work, tmp_path: Path) -> None:
    platform, source = modash
    run, work = (
        begun(tmp_path / "run", source, Order("modash", "linen", platform="instagram", limit=100)),
        worker(source),
    )
    assert work.carry_out(run).status == "done"
    assert run.profiles == 40
    assert run.rows[0]["engagement_percent"] == 3.21
    (credits,) = work.ledger.standing()
    assert (credits.used, credits.quota.shown(credits.left), platform.credits) == (40, "9.60", 9_960)


def test_nothing_is_spent_beyond_what_was_allowed(
    modash: tuple[ModashPlatform, Modash], worker: Work, tmp_path: Path
) -> None:
    platform, _ = modash
    source = Modash(TOKEN, 0, base_url=platform.url, pause_seconds=0)
    run = begun(tmp_path / "run", source, Order("modash", "linen", platform="instagram"))
    ended = worker(source).carry_out(run)
    assert (ended.status, ended.why) == ("waiting", "the credits of this month are used up")
    assert ended.until is not None
    assert ended.until.isoformat() == "2026-12-01T00:00:00+00:00"
    assert platform.asked == []


def test_modash_says_that_no_credits_are_left(
    modash: tuple[ModashPlatform, Modash], worker: Work, tmp_path: Path
) -> None:
    platform, source = modash
    platform.credits = 20
    run = begun(tmp_path / "run", source, Order("modash", "linen", platform="instagram", limit=100))
    ended = worker(source).carry_out(run)
    assert ended.status == "waiting"
    assert "not_enough_credits" in ended.why
    assert (run.profiles, platform.counts()["/v1/instagram/search"]) == (15, 2)
    # Nobody knows when there are credits again, and once they are bought the month is not over.
    assert ended.until is None
    platform.credits = 1_000
    assert worker(source).carry_out(again(run)).status == "done"


def test_a_report_tells_the_audience_and_never_ethnicities(
    modash: tuple[ModashPlatform, Modash], worker: Work, tmp_path: Path
) -> None:
    _, source = modash
    accounts = (Wanted("instagram", "ada"), Wanted("instagram", "later"))
    run, work = begun(tmp_path / "run", source, Order("modash", accounts=accounts)), worker(source)
    work.carry_out(run)
    (row,) = run.rows
    assert row["audience_countries"] == [{"code": "DE", "name": "Germany", "weight": 0.6}]
    assert (row["email"], row["email_basis"], row["credibility"]) == ("ada@example.com", "vendor", 0.81)
    assert "ethnic" not in repr(row).casefold()
    assert "White" not in repr(row)
    assert run.left_out == {"report is being made: ask again in some hours": 1}


def test_a_search_that_finds_nobody_is_done(
    modash: tuple[ModashPlatform, Modash], worker: Work, tmp_path: Path
) -> None:
    platform, source = modash
    platform.bad_days = [BadDay(Answer(404, {"error": True, "code": "no_result", "message": "No result found."}))]
    run = begun(tmp_path / "run", source, Order("modash", "linen", platform="instagram"))
    assert worker(source).carry_out(run).status == "done"
    assert (run.rows, run.left_out) == ([], {})


def test_a_report_of_holes_has_no_words_for_them(modash: tuple[ModashPlatform, Modash], clock: FixedClock) -> None:
    _, source = modash
    (ask,) = source.begin(Order("modash", accounts=(Wanted("instagram", "ada"),)))
    holes = {"profile": {"contacts": [{"type": "email"}, 7], "hashtags": [{"weight": 1}, None, {"tag": "flax"}]}}
    (row,) = source.read(ask, holes, room=1, now=clock.now()).rows
    assert (row["email"], row["hashtags"]) == (None, ["flax"])


def test_a_good_answer_of_another_kind_breaks_nothing(
    modash: tuple[ModashPlatform, Modash], worker: Work, tmp_path: Path
) -> None:
    platform, source = modash
    bodies: list[Any] = [[], "text", 7, None, {"directs": [None, 3, {"profile": []}]}]
    for number, odd in enumerate(bodies):
        platform.bad_days = [BadDay(Answer(200, odd))]
        run = begun(tmp_path / f"run{number}", source, Order("modash", "linen", platform="instagram", limit=3))
        assert worker(source).carry_out(run).status == "done"
        assert run.rows == []
        assert run.missing


def test_many_profiles_go_into_the_pool_in_portions(opened: Open, worker: Work, tmp_path: Path) -> None:
    platform = opened(BlueskyPlatform(12))
    source = Bluesky(base_url=platform.url, pause_seconds=0)
    run, work = begun(tmp_path / "run", source, Order("bluesky", "linen", limit=9)), worker(source)
    work.portion = 4
    portions = []
    ended = work.carry_out(run)
    while ended.status == "full":
        portions.append(len(run.rows))
        run.imported()
        ended = work.carry_out(run)
    assert (ended.status, portions, len(run.rows), run.profiles) == ("done", [4, 4], 1, 9)
    assert platform.twice() == []
