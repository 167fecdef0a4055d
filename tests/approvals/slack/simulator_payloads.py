"""What Slack tells an app when a member acts, built from what they see.

Source: https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from collections.abc import Mapping

from tests.approvals.slack.simulator_forms import values_of
from tests.approvals.slack.simulator_state import APP, BOT, DOMAIN, JSON, TEAM, Workspace, as_seen, named

_TOKEN = "verification-token"


def _common(user: str) -> JSON:
    return {
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM},
        "team": {"id": TEAM, "domain": DOMAIN}, "api_app_id": APP, "token": _TOKEN, "enterprise": None,
        "is_enterprise_install": False,
    }  # fmt: skip


def click_on_message(ws: Workspace, user: str, message: JSON, action: JSON, given: Mapping[str, object]) -> JSON:
    """A click on a message; on a whisper Slack does not say what it said."""
    channel, whispered = message["channel"], bool(message.get("is_ephemeral"))
    container = {"type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": whispered}
    container |= {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
    name = "directmessage" if channel.startswith("D") else channel.lower()
    body = {
        "type": "block_actions", **_common(user), "container": container, "trigger_id": ws.trigger(user),
        "channel": {"id": channel, "name": name}, "response_url": ws.response_url(user, channel, message["ts"]),
        "state": {"values": values_of(named(message.get("blocks", [])), given)}, "actions": [action],
    }  # fmt: skip
    return body if whispered else body | {"message": as_seen(message, metadata=True)}


def click_in_view(ws: Workspace, user: str, view: JSON, action: JSON, given: Mapping[str, object]) -> JSON:
    filled = view | {"state": {"values": values_of(view["blocks"], given)}}
    return {
        "type": "block_actions", **_common(user), "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": ws.trigger(user), "view": filled, "actions": [action],
    }  # fmt: skip


def submission(ws: Workspace, user: str, view: JSON, values: JSON) -> JSON:
    filled = view | {"state": {"values": values}}
    return {
        "type": "view_submission", **_common(user), "trigger_id": ws.trigger(user), "view": filled, "response_urls": [],
    }  # fmt: skip


def closing(user: str, view: JSON, *, every: bool) -> JSON:
    return {"type": "view_closed", **_common(user), "view": view, "is_cleared": every}


def command(ws: Workspace, user: str, name: str, text: str, channel: str) -> dict[str, str]:
    """The fields of the form."""
    return {
        "token": _TOKEN, "team_id": TEAM, "team_domain": DOMAIN, "channel_id": channel,
        "channel_name": "directmessage" if channel.startswith("D") else channel.lower(), "user_id": user,
        "user_name": user.lower(), "command": name, "text": text, "api_app_id": APP, "is_enterprise_install": "false",
        "response_url": ws.response_url(user, channel), "trigger_id": ws.trigger(user),
    }  # fmt: skip


def home_opened(ws: Workspace, user: str, tab: str, view: JSON | None) -> JSON:
    event: JSON = {"type": "app_home_opened", "user": user, "channel": f"D{user}", "tab": tab, "event_ts": ws.ts()}
    return event_callback(ws, event | ({"view": view} if view and tab == "home" else {}))


def event_callback(ws: Workspace, event: JSON) -> JSON:
    """Any event as the Events API wraps it."""
    number = ws.number()
    authorized = {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": BOT,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": _TOKEN, "team_id": TEAM, "api_app_id": APP, "event": event, "type": "event_callback",
        "event_id": f"Ev{number:08d}", "event_time": int(ws.now()), "authorizations": [authorized],
        "is_ext_shared_channel": False, "event_context": f"context-{number}",
    }  # fmt: skip
