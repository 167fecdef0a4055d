from pathlib import Path

from approvals.slack.manifest import SCOPES, as_text, manifest

PROJECT = Path(__file__).resolve().parents[3]


def test_the_file_to_paste_is_what_the_code_says() -> None:
    assert (PROJECT / "docs" / "slack-app-manifest.json").read_text(encoding="utf-8") == as_text()


def test_the_app_asks_for_no_more_than_the_reasons_say() -> None:
    asked = manifest()["oauth_config"]["scopes"]
    assert asked == {"bot": sorted(SCOPES)}
    assert not [scope for scope in SCOPES if scope.startswith(("admin", "chat:write.public", "users:read.email"))]


def test_with_an_address_everything_comes_by_http() -> None:
    app = manifest("https://greenroom.example.com/")
    address = "https://greenroom.example.com/slack/events"
    assert app["settings"]["socket_mode_enabled"] is False
    assert app["settings"]["interactivity"] == {"is_enabled": True, "request_url": address}
    assert app["settings"]["event_subscriptions"]["request_url"] == address
    assert [command["url"] for command in app["features"]["slash_commands"]] == [address]


def test_without_one_nothing_names_an_address() -> None:
    assert manifest()["settings"]["socket_mode_enabled"] is True
    assert "url" not in as_text()
