"""The page that explains how Slack is set up, held against the code."""

import re
from pathlib import Path

from approvals.slack.manifest import SCOPES, manifest
from cli.main import COMMANDS
from cli.slack import app
from core.campaign import SlackPlaces
from core.settings import PROJECT, Settings

PAGE = (PROJECT / "docs" / "slack.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, cells as written."""
    part = PAGE[PAGE.index(f"## {heading}") :]
    rows = part[part.index("|---") :].split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_every_setting_of_slack_is_named_and_no_other() -> None:
    named = set(re.findall(r"GREENROOM_([A-Z_]+)", PAGE))
    known = {name.upper() for name in Settings.model_fields}
    assert named <= known
    assert {name for name in known if name.startswith("SLACK_")} <= named


def test_every_permission_is_explained_as_in_the_code() -> None:
    assert {row[0].strip("`"): row[1] for row in table("What each permission")} == SCOPES


def test_the_app_subscribes_to_no_messages_as_the_page_says() -> None:
    assert "subscribes to no messages at all" in PAGE
    events = manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert [event for event in events if event.startswith("message")] == []


def test_every_command_there_is_one() -> None:
    known = {command.name for command in app.registered_commands}
    assert set(re.findall(r"greenroom slack (\w+)", PAGE)) == known
    assert set(re.findall(r"greenroom ([a-z]+)", PAGE.replace("@Greenroom", ""))) <= set(COMMANDS)


def test_every_place_of_a_campaign_is_named() -> None:
    assert set(re.findall(r"`(\w+_channel)`", PAGE)) == set(SlackPlaces.model_fields)


def test_every_message_that_is_explained_is_one_that_is_said() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in ("approvals", "cli", "flows", "web")
        for path in Path(PROJECT / room).rglob("*.py")
    )
    said = [words for row in table("When something does not work") for words in re.findall(r"`([^`]+)`", row[0])]
    assert len(said) > 15
    assert [words for words in said if words not in code] == []
