"""Calling Slack: the real Web API and its twin in files; every failure becomes one of the three kinds here.

Owns the wire and what Slack's error codes mean to a person. Knows no request, no card and no record. Tokens are never
put into a message.
"""

import json
import logging
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from core.errors import GreenroomError, OutcomeUnknown, PermanentError, TransientError
from core.files import write_atomically

#: The last of the three calls that put a file into a channel.
SHARE = "files.completeUploadExternal"
#: Methods that do something again when they are called again.
ONCE_ONLY = frozenset({"chat.postMessage", "chat.postEphemeral", SHARE})
#: Reading methods take their parameters in the address: several of them do not understand JSON.
_READS = ("conversations.history", "conversations.replies", "conversations.info", "users.info", "users.lookupByEmail",
          "usergroups.users.list", "files.getUploadURLExternal", "files.info")  # fmt: skip
#: Slack's own trouble, or of the whole workspace: while it moves into an organisation, say. It passes.
_SLACKS_FAULT = frozenset({
    "internal_error", "service_unavailable", "fatal_error", "request_timeout", "rollup_error", "team_added_to_org",
    "org_login_required", "message_limit_exceeded", "ekm_access_denied",
})  # fmt: skip
_TOKEN = frozenset({"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"})
_SENTENCES = {
    "channel_not_found": "Check the channel's id, and invite the app to it if it is private.",
    "is_archived": "Take the channel out of the archive, or name another one.",
    "not_in_channel": "Invite the app to the channel: /invite @Greenroom.",
    "user_not_found": "Correct the person's Slack id in people.toml.",
    "users_not_found": "Correct the person's Slack id in people.toml.",
    "user_disabled": "The person has left Slack: hand their requests to somebody else.",
    "cannot_dm_bot": "A Slack id in people.toml belongs to an app: name a person.",
    "msg_too_long": "The message is longer than Slack takes; answer it at the terminal: greenroom approvals list.",
    "invalid_blocks": "Slack does not take this card's layout; answer it at the terminal: greenroom approvals list.",
    "no_text": "The message has no words; answer it at the terminal: greenroom approvals list.",
    "message_not_found": "The message was deleted in Slack; answer it at the terminal: greenroom approvals list.",
    "cant_update_message": "The message belongs to another app: check that the token is this app's.",
    "edit_window_closed": "The workspace does not let messages be changed so late.",
    "restricted_action": "A rule of the workspace forbids it: ask its administrator.",
    "missing_scope": "Install the app again with the scopes of its manifest.",
    "expired_trigger_id": "The click was answered too late: click again.",
    "invalid_auth": "Set the bot token of the installed app in .env.",
    "not_authed": "Set the bot token of the installed app in .env.",
    "token_revoked": "Install the app again and set its new bot token in .env.",
    "token_expired": "Install the app again and set its new bot token in .env.",
    "account_inactive": "The app was removed from the workspace: install it again and set its new token in .env.",
}


class RateLimited(TransientError):
    """Slack asks to wait so many seconds before this method is called again."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(f"Slack asks to wait {retry_after:g} seconds before the next {method}.")
        self.retry_after = retry_after


class SlackRefused(PermanentError):
    """Slack said no; `code` is its word for why."""

    def __init__(self, method: str, code: str) -> None:
        sentence = _SENTENCES.get(code, f"See what {code} means at https://docs.slack.dev/reference/methods/{method}.")
        super().__init__(f"Slack refused {method}: {code}.", next_step=sentence)
        self.code = code


class TokenRefused(SlackRefused):
    """The token does not work: nothing can be sent until somebody sets another one."""


class Slack(Protocol):
    def call(self, method: str, payload: Mapping[str, object]) -> dict[str, Any]:
        """Call one method; answers what Slack answered, or raises one of the three kinds."""
        ...


class TakesFiles(Slack, Protocol):
    def send_bytes(self, address: str, content: bytes) -> None:
        """Send a file's bytes to the address that Slack gave for it; sending them again is harmless."""
        ...


class WebSlack:
    """The real Web API. It tries once: whoever calls decides about trying again."""

    def __init__(self, token: str, *, base_url: str = WebClient.BASE_URL, timeout: int = 10) -> None:
        quiet = logging.getLogger("greenroom.slack.sdk")
        quiet.setLevel(logging.CRITICAL)  # what it complains of is raised here, in words
        self._client = WebClient(token=token, base_url=base_url, timeout=timeout, retry_handlers=[], logger=quiet)
        self._timeout = timeout

    def call(self, method: str, payload: Mapping[str, object]) -> dict[str, Any]:
        answer = self._answer(method, payload)
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    def scopes(self) -> frozenset[str]:
        """What the token may do, as Slack says beside its answers."""
        headers = {name.lower(): str(value) for name, value in self._answer("auth.test", {}).headers.items()}
        return frozenset(scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip())

    def _answer(self, method: str, payload: Mapping[str, object]) -> SlackResponse:
        try:
            if method in _READS:
                return self._client.api_call(method, http_verb="GET", params=dict(payload))
            return self._client.api_call(method, json=dict(payload))
        except SlackApiError as error:
            raise _refusal(method, error) from None
        except (SlackClientError, OSError, HTTPException, ValueError) as error:
            raise _no_answer(method, error) from None

    def send_bytes(self, address: str, content: bytes) -> None:
        request = urllib.request.Request(address, data=content, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=self._timeout):
                pass
        except (OSError, HTTPException) as error:
            raise TransientError(f"The file did not reach Slack: {type(error).__name__}.") from None


class FileSlack:
    """The twin without an account: each call is a numbered file in a folder; `ts` is made from the number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def call(self, method: str, payload: Mapping[str, object]) -> dict[str, Any]:
        if method in ("conversations.history", "conversations.replies"):
            return {"ok": True, "messages": self._messages(str(payload["channel"])), "has_more": False}
        number = len(self._files()) + 1
        content = json.dumps({"method": method, "payload": dict(payload)}, ensure_ascii=False, indent=2)
        write_atomically(self._folder / f"{number:06d}-{method}.json", content + "\n")
        return {"ok": True, **_made_up(method, payload, number)}

    def send_bytes(self, address: str, content: bytes) -> None:
        write_atomically(self._folder / f"{address.rsplit('/', 1)[-1]}.bin", content)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"))

    def _messages(self, channel: str) -> list[dict[str, Any]]:
        found = []
        for path in self._files():
            said = json.loads(path.read_text(encoding="utf-8"))
            where = said["payload"].get("channel_id" if said["method"] == SHARE else "channel")
            if said["method"] in ("chat.postMessage", SHARE) and where == channel:
                found.append({**said["payload"], "ts": _ts(int(path.name[:6]))})
        return found


def _ts(number: int) -> str:
    return f"{1_700_000_000 + number}.000000"


def _made_up(method: str, payload: Mapping[str, object], number: int) -> dict[str, Any]:
    if method == "conversations.open":
        return {"channel": {"id": f"D{payload['users']}"}}
    if method == "files.getUploadURLExternal":
        return {"upload_url": f"file:///upload/F{number:06d}", "file_id": f"F{number:06d}"}
    if method.startswith("views."):
        return {"view": {"id": f"V{number:06d}", "hash": str(number)}}
    return {"channel": payload.get("channel", ""), "ts": payload.get("ts") or _ts(number)}


def _refusal(method: str, error: SlackApiError) -> GreenroomError:
    answer: Any = error.response
    plain = isinstance(answer, dict)
    status = int(answer["status"] if plain else answer.status_code)
    headers = {str(k).lower(): v for k, v in (answer["headers"] if plain else answer.headers).items()}
    code = "" if plain else str(answer.get("error", "") or "")
    # What is no word of Slack's was put there by its SDK: the answer was a page of something in between.
    code = code if code.replace("_", "").isalnum() else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return RateLimited(method, _seconds(headers.get("retry-after", "")))
    if not code or status >= 500:
        return _unsure(method, f"it answered with status {status}")  # behind it stands a page, no reason
    if code in _SLACKS_FAULT:
        return _unsure(method, f"it answered {code}")
    return TokenRefused(method, code) if code in _TOKEN else SlackRefused(method, code)


def _seconds(text: object) -> float:
    try:
        return max(1.0, float(str(text)))
    except ValueError:
        return 30.0


def _no_answer(method: str, error: Exception) -> GreenroomError:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    # Only these are surely before anything was sent.
    if isinstance(reason, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError):
        return TransientError(f"Slack cannot be reached for {method}.", next_step="It is tried again by itself.")
    return _unsure(method, f"no readable answer came ({type(reason).__name__})")


def _unsure(method: str, why: str) -> GreenroomError:
    if method in ONCE_ONLY:
        return OutcomeUnknown(f"Slack may or may not have done {method}: {why}.")
    return TransientError(f"Slack did not do {method}: {why}.", next_step="It is tried again by itself.")
