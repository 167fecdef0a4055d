"""A Slack to test against: a real HTTP server that keeps channels, messages, threads, members and views.

Its time is the test's clock. Faults are put in line with `fail`; each is used once, by the next call of its method.
"""

import hashlib
import hmac
import json
import threading
import urllib.request
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.clock import Clock

Check = Callable[[str, Mapping[str, Any]], None]


class Simulator:
    """Use as a context manager; `address` is the base_url for a client."""

    def __init__(self, clock: Clock, *, check: Check | None = None, secret: str = "signing-secret") -> None:
        self.clock, self._check, self.secret = clock, check, secret
        self.messages: dict[str, list[dict[str, Any]]] = {"C1": [], "C2": []}
        self.users = {"U1", "U2"}
        self.archived: set[str] = set()
        self.groups: dict[str, list[str]] = {}
        self.whispers: list[dict[str, Any]] = []
        self._answers: dict[str, tuple[float, list[dict[str, Any]]]] = {}
        self.revoked = self.down = False
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.files: dict[str, bytes] = {}
        self._views: dict[str, dict[str, Any]] = {}
        self._triggers: dict[str, float] = {}
        self._faults: dict[str, list[str]] = {}
        self._count, self._lock = 0, threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self._server.server_port}/api/"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(self, method: str, *faults: str) -> None:
        """Faults: "429:SECONDS", "500", "dropped" (done, then no answer), or an error code of Slack's."""
        self._faults.setdefault(method, []).extend(faults)

    def texts(self, channel: str) -> list[str]:
        return [str(message["text"]) for message in self.messages.get(channel, [])]

    def trigger(self) -> str:
        """A trigger id as a click brings it: good once, for three seconds."""
        self._count += 1
        self._triggers[f"trigger-{self._count}"] = self.clock.now().timestamp()
        return f"trigger-{self._count}"

    def send(self, address: str, form: Mapping[str, str], *, retry: int = 0) -> tuple[int, bytes]:
        """Send something signed to an app under test, as a click or a command arrives there."""
        body, stamp = urlencode(form).encode(), str(int(self.clock.now().timestamp()))
        signed = hmac.new(self.secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed}"}
        headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=5) as answer:
            return answer.status, answer.read()

    def answer(self, method: str, payload: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]] | None:
        """Status, body and headers; None drops the connection."""
        with self._lock:
            self.calls.append((method, payload))
            fault = (self._faults.get(method) or [""]).pop(0)
            if self.down or fault == "500":
                return 503, {}, {}
            if fault.startswith("429"):
                return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": fault.partition(":")[2]}
            if self.revoked:
                return 200, {"ok": False, "error": "token_revoked"}, {}
            if fault not in ("", "dropped"):
                return 200, {"ok": False, "error": fault}, {}
            if self._check is not None:
                self._check(method, payload)
            try:
                body = {"ok": True, **self._do(method, payload)}
            except _No as no:
                body = {"ok": False, "error": str(no)}
            return None if fault == "dropped" else (200, body, {})

    def _do(self, method: str, said: dict[str, Any]) -> dict[str, Any]:
        known: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "auth.test": lambda _: {"team_id": "T1", "user_id": "UAPP"},
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.open": self._open,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "chat.postEphemeral": self._whisper,
            "chat.delete": self._delete,
            "users.info": self._person,
            "usergroups.users.list": lambda said: {"users": self.groups.get(str(said["usergroup"]), [])},
            "views.update": self._change_view,
            "views.open": self._view,
            "views.push": self._view,
            "views.publish": lambda said: {"view": {"id": "VHOME", **said["view"]}},
            "files.getUploadURLExternal": self._place,
            "files.completeUploadExternal": lambda said: {"files": said["files"]},
        }
        if method not in known:
            raise _No("unknown_method")
        return known[method](said)

    def _channel(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        if said["channel"] not in self.messages:
            raise _No("channel_not_found")
        if said["channel"] in self.archived:
            raise _No("is_archived")
        return self.messages[said["channel"]]

    def _post(self, said: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(said)
        self._count += 1
        ts = f"{int(self.clock.now().timestamp())}.{self._count:06d}"
        channel.append({**said, "ts": ts})
        return {"channel": said["channel"], "ts": ts}

    def _update(self, said: dict[str, Any]) -> dict[str, Any]:
        for message in self._channel(said):
            if message["ts"] == said["ts"]:
                message.update(said)
                return {"channel": said["channel"], "ts": said["ts"]}
        raise _No("message_not_found")

    def _open(self, said: dict[str, Any]) -> dict[str, Any]:
        if said["users"] not in self.users:
            raise _No("user_not_found")
        self.messages.setdefault(f"D{said['users']}", [])
        return {"channel": {"id": f"D{said['users']}"}}

    def _history(self, said: dict[str, Any]) -> dict[str, Any]:
        found = [m for m in self._channel(said) if "thread_ts" not in m]
        return {"messages": [m for m in found if float(m["ts"]) > float(said.get("oldest", 0))][::-1]}

    def _replies(self, said: dict[str, Any]) -> dict[str, Any]:
        return {"messages": [m for m in self._channel(said) if said["ts"] in (m["ts"], m.get("thread_ts"))]}

    def _view(self, said: dict[str, Any]) -> dict[str, Any]:
        made = self._triggers.pop(str(said["trigger_id"]), None)
        if made is None:
            raise _No("exchanged_trigger_id")
        if self.clock.now().timestamp() - made > 3:
            raise _No("expired_trigger_id")
        self._count += 1
        shown = {**said["view"], "id": f"V{self._count}", "hash": f"1.{self._count}"}
        self._views[shown["id"]] = shown
        return {"view": shown}

    def _change_view(self, said: dict[str, Any]) -> dict[str, Any]:
        shown = self._views.get(str(said["view_id"]))
        if shown is None:
            raise _No("not_found")
        if said.get("hash", shown["hash"]) != shown["hash"]:
            raise _No("hash_conflict")
        self._count += 1
        shown.update(said["view"], hash=f"1.{self._count}")
        return {"view": shown}

    def _whisper(self, said: dict[str, Any]) -> dict[str, Any]:
        self._channel(said)
        self.whispers.append(said)
        return {"message_ts": f"{int(self.clock.now().timestamp())}.000000"}

    def _delete(self, said: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(said)
        if all(message["ts"] != said["ts"] for message in channel):
            raise _No("message_not_found")
        channel[:] = [message for message in channel if message["ts"] != said["ts"]]
        return {"channel": said["channel"], "ts": said["ts"]}

    def _person(self, said: dict[str, Any]) -> dict[str, Any]:
        if said["user"] not in self.users:
            raise _No("user_not_found")
        return {"user": {"id": said["user"], "deleted": False}}

    def response_url(self) -> str:
        """An address for answers to one click: five times, within half an hour."""
        self._count += 1
        self._answers[f"R{self._count}"] = (self.clock.now().timestamp(), [])
        return self.address.replace("/api/", f"/response/R{self._count}")

    def answered(self, name: str, said: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
        """An answer at a response_url, taken or not."""
        made, taken = self._answers.get(name, (0.0, []))
        if len(taken) >= 5 or self.clock.now().timestamp() - made > 1800:
            return 404, {"ok": False, "error": "used_url"}, {}
        taken.append(said)
        return 200, {"ok": True}, {}

    def _place(self, said: dict[str, Any]) -> dict[str, Any]:
        self._count += 1
        return {"upload_url": self.address.replace("/api/", f"/upload/F{self._count}"), "file_id": f"F{self._count}"}


class _No(Exception):
    """An error code of Slack's."""


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode() if body else b"<html>"


def _write(handler: BaseHTTPRequestHandler, status: int, raw: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(raw))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(raw)


def _decoded(body: bytes, kind: str) -> dict[str, Any]:
    return dict(json.loads(body or b"{}")) if "json" in kind else dict(parse_qsl(body.decode()))


def _handler(slack: Simulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.path.startswith("/upload/"):
                slack.files[self.path.removeprefix("/upload/")] = body
                return self._send(200, {"ok": True}, {})
            if self.path.startswith("/response/"):
                took = slack.answered(self.path.removeprefix("/response/"), json.loads(body))
                return self._send(*took)
            self._answer(_decoded(body, self.headers.get("Content-Type", "")))

        def _answer(self, payload: dict[str, Any]) -> None:
            answer = slack.answer(urlsplit(self.path).path.removeprefix("/api/"), payload)
            if answer is None:
                self.close_connection = True
                return
            self._send(*answer)

        def _send(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
            _write(self, status, _encoded(body), headers)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    return Handler
