"""Tokens of creators on TikTok: only their owner reads the files, one at a time renews, nobody is given up in error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.clock import FixedClock
from core.errors import PermanentError
from sourcing.fetching.asking import Order
from sourcing.fetching.tiktok import TikTok
from sourcing.fetching.tiktok_tokens import Tokens
from sourcing.fetching.wire import Gone
from tests.outreach.doors import Answer
from tests.sourcing.fetching.conftest import Open, Work, begun
from tests.sourcing.fetching.others import TikTokPlatform
from tests.sourcing.fetching.platforms import BadDay

#: Tokens as one more process has them.
Process = Callable[[], Tokens]


@pytest.fixture
def platform(opened: Open) -> TikTokPlatform:
    platform = TikTokPlatform({"rft.ada.0": "ada"})
    opened(platform)
    return platform


@pytest.fixture
def process(platform: TikTokPlatform, tmp_path: Path, clock: FixedClock) -> Process:
    return lambda: Tokens("a-client", "a-secret", ("rft.ada.0",), tmp_path / "tokens", clock, base_url=platform.url)


def test_the_newest_is_used_by_the_next_process(process: Process, tmp_path: Path) -> None:
    tokens = process()
    (ada,) = tokens.creators
    assert tokens.access(ada) == tokens.access(ada) == "act.ada.1"
    assert process().access(ada) == "act.ada.2"
    (file,) = (tmp_path / "tokens").glob("tiktok-*")
    assert (file.read_text(), oct(file.stat().st_mode & 0o777)) == ("rft.ada.2", "0o600")
    assert "rft" not in repr(tokens)


def test_a_token_that_another_process_renewed_is_renewed_again_and_nobody_is_given_up(
    platform: TikTokPlatform, process: Process, worker: Work, tmp_path: Path
) -> None:
    source = TikTok(process(), base_url=platform.url, pause_seconds=0)
    (ada,) = source.tokens.creators
    source.tokens.access(ada)
    process().access(ada)
    platform.access.pop("act.ada.1")
    run, work = begun(tmp_path / "run", source, Order("tiktok")), worker(source)
    assert work.carry_out(run).status == "done"
    assert ([row["handle"] for row in run.rows], run.left_out) == (["ada"], {})
    (requests,) = work.ledger.standing()
    assert requests.used == 3  # the one that was refused was paid for too


def test_who_took_the_permission_back_is_left_out_after_one_more_token(
    platform: TikTokPlatform, process: Process, worker: Work, tmp_path: Path
) -> None:
    source = TikTok(process(), base_url=platform.url, pause_seconds=0)
    invalid = Answer(401, {"error": {"code": "access_token_invalid", "message": "The access token is invalid."}})
    platform.paths["/v2/user/info/"] = lambda _: invalid
    run = begun(tmp_path / "run", source, Order("tiktok"))
    assert worker(source).carry_out(run).status == "done"
    assert run.left_out == {"took the permission back, or it ran out": 1}
    assert (platform.counts()["/v2/user/info/"], platform.renewals) == (2, 2)


def test_where_nothing_can_be_kept_no_token_is_spent(
    platform: TikTokPlatform, process: Process, tmp_path: Path
) -> None:
    (tmp_path / "tokens").write_text("a file in the way")
    tokens = process()
    with pytest.raises(PermanentError, match="cannot be kept in"):
        tokens.access(tokens.creators[0])
    assert platform.asked == []


def test_a_file_that_cannot_be_read_is_as_none(process: Process, tmp_path: Path) -> None:
    tokens = process()
    (ada,) = tokens.creators
    (tmp_path / "tokens").mkdir()
    (tmp_path / "tokens" / f"tiktok-{ada}").write_bytes(b"\xff\xfe")
    assert tokens.access(ada) == "act.ada.1"


def test_whoever_is_no_longer_named_is_gone(process: Process) -> None:
    with pytest.raises(Gone, match="no longer among"):
        process().access("somebody")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(401, {"error": "invalid_client", "error_description": "a-secret is wrong"}), "401 invalid_client"),
        (Answer(200, {"error": "unauthorized_client"}), "200 unauthorized_client"),
    ],
)
def test_an_app_that_tiktok_does_not_know_stops_all_and_its_secret_is_not_said(
    platform: TikTokPlatform, process: Process, answer: Answer, words: str
) -> None:
    platform.bad_days = [BadDay(answer)]
    tokens = process()
    with pytest.raises(PermanentError, match=words) as caught:
        tokens.access(tokens.creators[0])
    assert "a-secret" not in str(caught.value)
