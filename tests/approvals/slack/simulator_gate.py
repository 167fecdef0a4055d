"""The door of the simulated Web API: faults, tokens, scopes, rate limits and checks, then the method itself."""

import math
from collections.abc import Callable, Mapping

from tests.approvals.slack.simulator_checks import Check
from tests.approvals.slack.simulator_state import JSON, Refusal, Workspace

#: Status, body and headers; None drops the connection.
Reply = tuple[int, JSON, dict[str, str]] | None
Methods = Mapping[str, Callable[[JSON], JSON]]
OPEN_SOCKET = "apps.connections.open"
#: What each method needs; those that are missing need nothing.
_SCOPE = {
    "chat.postMessage": "chat:write", "chat.update": "chat:write", "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write", "conversations.open": "im:write", "users.info": "users:read",
    "users.list": "users:read", "usergroups.users.list": "usergroups:read", "conversations.list": "channels:read",
    "files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
}  # fmt: skip
_SCOPE_BY_CHANNEL = {
    "conversations.history": "history", "conversations.replies": "history",
    "conversations.info": "read", "conversations.members": "read",
}  # fmt: skip
#: A fault of the wire as opposed to an error code.
_WIRE = ("dropped", "garbage", "slow", "timeout")
_LONGEST_SILENCE = 60


class Gate:
    def __init__(self, workspace: Workspace, methods: Methods, check: Check) -> None:
        self._ws, self._methods, self._check = workspace, methods, check
        self._faults: dict[str, list[str]] = {}
        self._buckets: dict[str, tuple[float, float]] = {}

    def fail(self, method: str, *faults: str) -> None:
        with self._ws.lock:
            self._faults.setdefault(method, []).extend(faults)

    def answer(self, method: str, payload: JSON, token: str | None = None) -> Reply:
        """What Slack answers; a token of None is not looked at."""
        with self._ws.lock:
            self._ws.calls.append((method, payload))
            fault = (self._faults.get(method) or [""]).pop(0)
            kind, _, detail = fault.partition(":")
            told: Reply = (0, {}, {}) if kind == "timeout" else self._told(method, payload, token, kind, detail)
        if kind in ("slow", "timeout"):
            self._ws.closing.wait(float(detail or _LONGEST_SILENCE))
        if kind == "garbage":
            return 200, {}, {}
        return None if kind in ("dropped", "timeout") else told

    def _told(self, method: str, payload: JSON, token: str | None, kind: str, detail: str) -> Reply:
        if self._ws.down or kind == "500":
            return 503, {}, {}
        if kind == "429":
            return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": detail}
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._ws.granted))}
        try:
            self._let_in(method, payload, token)
            if kind and kind not in _WIRE:
                raise Refusal(kind)
            wait = self._too_fast(method, payload)
            if wait:
                return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)}
            return 200, {"ok": True, **self._done(method, payload)}, headers
        except Refusal as no:
            return 200, {"ok": False, "error": str(no), **no.more}, headers

    def _let_in(self, method: str, payload: JSON, token: str | None) -> None:
        if self._ws.revoked:
            raise Refusal("token_revoked")
        if token is not None:
            self._token(method, token)
        needed = self._scope(method, payload)
        if needed and needed not in self._ws.granted:
            raise Refusal("missing_scope", needed=needed, provided=",".join(sorted(self._ws.granted)))

    def _token(self, method: str, token: str) -> None:
        if not token:
            raise Refusal("not_authed")
        if not token.startswith(("xoxb-", "xapp-")) or (self._ws.tokens and token not in self._ws.tokens):
            raise Refusal("invalid_auth")
        if token.startswith("xapp-") != (method == OPEN_SOCKET):
            raise Refusal("not_allowed_token_type")

    def _scope(self, method: str, payload: JSON) -> str:
        if method not in _SCOPE_BY_CHANNEL:
            return _SCOPE.get(method, "")
        channel = str(payload.get("channel"))
        kind = "im" if channel.startswith("D") else "groups" if channel in self._ws.private else "channels"
        return f"{kind}:{_SCOPE_BY_CHANNEL[method]}"

    def _too_fast(self, method: str, payload: JSON) -> int:
        """Seconds to wait before the next message of this channel."""
        if method != "chat.postMessage":
            return 0
        channel, now = str(payload.get("channel")), self._ws.now()
        channel = f"D{channel}" if channel.startswith(("U", "W")) else channel
        left, at = self._buckets.get(channel, (float(self._ws.burst), now))
        left = min(float(self._ws.burst), left + now - at)
        if left < 1:
            return max(1, math.ceil(1 - left))
        self._buckets[channel] = (left - 1, now)
        return 0

    def _done(self, method: str, payload: JSON) -> JSON:
        wrong = list(self._check(method, payload) or ())
        self._ws.problems += [f"{method}: {words}" for words in wrong]
        if method not in self._methods:
            self._ws.problem(f"{method}: the simulator does not know it")
            raise Refusal("unknown_method")
        if wrong and method.startswith("views."):
            raise Refusal("invalid_arguments")
        if wrong and payload.get("blocks"):
            raise Refusal("invalid_blocks")
        return self._methods[method](payload)
