"""The app as Slack is told about it: what it may do, and no more than that. Pure.

`docs/slack-app-manifest.json` is what `manifest()` gives, for pasting; a test keeps the two in step.
Source: https://docs.slack.dev/reference/app-manifest
"""

import json
from typing import Any

#: Each permission of the bot, with what fails without it.
SCOPES = {
    "channels:history": "finding a post again in a public channel after an outage, so that it is not posted twice",
    "channels:read": "checking that the app is in the channels that the campaigns name",
    "chat:write": "cards, their changes, reminders",
    "commands": "/greenroom",
    "files:write": "contracts in their thread",
    "groups:history": "finding a post again in a private channel after an outage",
    "groups:read": "checking private channels",
    "im:history": "finding a reminder again after an outage",
    "im:write": "reminders and the daily digest as direct messages",
    "usergroups:read": "who is in a group that holds a role",
    "users:read": "checking that the people file names members who are still there",
}
COMMAND = "/greenroom"


def manifest(public_url: str = "") -> dict[str, Any]:
    """For Socket Mode, or for HTTP where a public address of the web door is given (https, without a path)."""
    address = f"{public_url.rstrip('/')}/slack/events" if public_url else ""
    at = {"request_url": address} if address else {}
    command = {
        "command": COMMAND,
        "description": "Source creators, watch the queue",
        "usage_hint": "source | queue | status | pause | go-on | who | help",
        "should_escape": False,
    }
    return {
        "display_information": {
            "name": "Greenroom",
            "description": "Creators to review, contracts to sign off, and who decided what",
            "background_color": "#1f3d36",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Greenroom", "always_online": True},
            "slash_commands": [command | ({"url": address} if address else {})],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": at | {"bot_events": ["app_home_opened"]},
            "interactivity": at | {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def as_text(public_url: str = "") -> str:
    """The same for a file or the clipboard."""
    return json.dumps(manifest(public_url), indent=2) + "\n"
