"""What is refused before anything starts: a Slack that is set up by half."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import Refused
from core.settings import PROJECT, Settings
from flows.wiring import Wiring, check_slack, wire

BOT, APP, SECRET = "xoxb-1", "xapp-1", "a-signing-secret"


def with_slack(home: Path, bot: str, app: str, secret: str) -> Wiring:
    given: dict[str, Any] = {
        "slack_bot_token": bot or None,
        "slack_app_token": app or None,
        "slack_signing_secret": secret or None,
    }
    return wire(Settings(_env_file=None, home=home, people_file=PROJECT / "people.example.toml", **given))


@pytest.mark.parametrize(
    ("bot", "app", "secret"), [("", "", ""), (BOT, APP, ""), (BOT, "", SECRET), (BOT, APP, SECRET)]
)
def test_slack_is_off_or_whole(tmp_path: Path, bot: str, app: str, secret: str) -> None:
    w = with_slack(tmp_path, bot, app, secret)
    w.check()
    assert w.slack_on is bool(bot)


@pytest.mark.parametrize(
    ("bot", "app", "secret", "told"),
    [
        (BOT, "", "", "no click could reach Greenroom"),
        ("", APP, "", "there is no bot token"),
        ("", "", SECRET, "there is no bot token"),
        ("xoxp-1", APP, "", "GREENROOM_SLACK_BOT_TOKEN is not a bot token"),
        (APP, BOT, "", "GREENROOM_SLACK_BOT_TOKEN is not a bot token"),
        (BOT, BOT, "", "GREENROOM_SLACK_APP_TOKEN is not an app token"),
    ],
)
def test_half_of_slack_is_refused_with_what_to_set(tmp_path: Path, bot: str, app: str, secret: str, told: str) -> None:
    w = with_slack(tmp_path, bot, app, secret)
    with pytest.raises(Refused, match=told) as refusal:
        w.check()
    assert "GREENROOM_SLACK_" in refusal.value.next_step
    assert "docs/slack.md" in refusal.value.next_step
    assert not w.settings.record_file.exists()


def test_no_secret_is_in_a_refusal() -> None:
    with pytest.raises(Refused) as refusal:
        check_slack(Settings(_env_file=None, slack_bot_token="very-secret"))
    assert "very-secret" not in str(refusal.value)


def test_without_a_token_there_is_no_slack_to_call(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Slack is off") as refusal:
        with_slack(tmp_path, "", "", "").slack()
    assert "GREENROOM_SLACK_BOT_TOKEN" in refusal.value.next_step
