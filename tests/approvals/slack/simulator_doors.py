"""How what members do reaches the app: signed over HTTP or through Socket Mode, again when it is not answered.

Knows how Slack delivers, not what.
"""

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import NamedTuple
from urllib.parse import urlencode

from tests.approvals.slack.simulator_socket import Sockets
from tests.approvals.slack.simulator_state import JSON, Workspace

#: Slack tries an event three more times.
RETRIES = 3
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


class Told(NamedTuple):
    """What the app answered: its status, and the body of its acknowledgement. No answer in time is status 0."""

    status: int
    body: JSON

    @property
    def ok(self) -> bool:
        return self.status == 200


class Doors:
    def __init__(self, workspace: Workspace, sockets: Sockets) -> None:
        self._ws, self._sockets = workspace, sockets
        #: Where the app listens; Socket Mode where it is empty.
        self.request_url = ""
        #: How long Slack waits for an answer, in real seconds.
        self.patience = 3.0
        #: How often everything is delivered, one after the other or all at once.
        self.repeat, self.at_once = 1, False
        #: What is tried again when it was not answered. Slack itself does so for events, and for more in Socket Mode.
        self.retried = {"events_api", "interactive", "slash_commands"}
        #: Every try with its answer.
        self.tries: list[tuple[str, int, Told]] = []

    def deliver(self, kind: str, body: JSON) -> Told:
        """Bring it to the app; what its first try answered, which is what the member sees."""
        if self.at_once and self.repeat > 1:
            with ThreadPoolExecutor(self.repeat) as pool:
                every = [pool.submit(self._once, kind, body, number, "http_timeout") for number in range(self.repeat)]
            return every[0].result()
        first = told = self._once(kind, body, 0, "")
        number = 1
        while number < self.repeat or (kind in self.retried and not told.ok and number <= RETRIES):
            told = self._once(kind, body, number, "http_error" if told.status not in (0, 200) else "http_timeout")
            number += 1
        return first

    def _once(self, kind: str, body: JSON, number: int, reason: str) -> Told:
        told = self._by_http(kind, body, number, reason) if self.request_url else self._by_socket(kind, body, number)
        with self._ws.lock:
            self.tries.append((kind, number, told))
        return told

    def _by_socket(self, kind: str, body: JSON, number: int) -> Told:
        reason = "timeout" if number else ""
        acked = self._sockets.deliver(kind, body, retry=number, reason=reason, within=self.patience)
        return Told(0, {}) if acked is None else Told(200, acked.get("payload") or {})

    def _by_http(self, kind: str, body: JSON, number: int, reason: str) -> Told:
        if kind == "events_api":
            sent, content_type = json.dumps(body).encode(), _JSON
        else:
            form = {"payload": json.dumps(body)} if kind == "interactive" else body
            sent, content_type = urlencode(form).encode(), _FORM
        status, raw = self.post(self.request_url, sent, content_type, retry=number, reason=reason)
        return Told(status, _read(raw))

    def post(
        self, address: str, body: bytes, content_type: str = _FORM, *, retry: int = 0, reason: str = "http_timeout",
        age: int = 0,
    ) -> tuple[int, bytes]:  # fmt: skip
        """Send something signed. The stamp is real time, because Bolt looks at no other clock; `age` makes it old."""
        stamp = str(int(time.time()) - age)
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(self._ws.secret, stamp, body),
                   "Content-Type": content_type}  # fmt: skip
        headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        try:
            request = urllib.request.Request(address, body, headers)
            with urllib.request.urlopen(request, timeout=self.patience) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except (OSError, HTTPException):
            return 0, b""


def signature(secret: str, stamp: str, body: bytes) -> str:
    signed = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={signed.hexdigest()}"


def _read(raw: bytes) -> JSON:
    text = raw.decode(errors="replace")
    if not text:
        return {}
    try:
        read = json.loads(text)
    except ValueError:
        return {"text": text}
    return dict(read) if isinstance(read, Mapping) else {"text": text}
