"""The simulated Slack's HTTP server: the Web API, uploads, answers at response_urls, and the way into Socket Mode.

Owns the wire; what is answered is decided elsewhere.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.approvals.slack.simulator_gate import Reply
from tests.approvals.slack.simulator_socket import Sockets
from tests.approvals.slack.simulator_state import JSON


@dataclass(frozen=True)
class Routes:
    """Who answers what arrives."""

    api: Callable[[str, JSON, str], Reply]
    upload: Callable[[str, bytes], int]
    response: Callable[[str, JSON], Reply]
    sockets: Sockets
    problem: Callable[[str], None]


class Server(ThreadingHTTPServer):
    """Its threads end before it does, and nothing is printed."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, routes: Routes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes = routes

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        # Whoever waited too long has gone: that is theirs to know.
        if not isinstance(error, ConnectionError):
            self.routes.problem(f"the simulator broke: {type(error).__name__}: {error}")


class Handler(BaseHTTPRequestHandler):
    """One request, or one connection of Socket Mode."""

    timeout = 5
    server: Server

    def do_GET(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query))
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self.close_connection = True
            self.server.routes.sockets.serve(self.connection, query, self.headers)
            return
        self._api(query)

    def do_POST(self) -> None:
        body, routes = self.rfile.read(int(self.headers.get("Content-Length", "0"))), self.server.routes
        if self.path.startswith("/upload/"):
            status = routes.upload(self.path.removeprefix("/upload/"), body)
            self._reply((status, {"ok": status == 200}, {}))
        elif self.path.startswith("/response/"):
            self._reply(routes.response(self.path.removeprefix("/response/"), json.loads(body)))
        else:
            self._api(_decoded(body, self.headers.get("Content-Type", "")))

    def _api(self, payload: JSON) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ") or str(payload.pop("token", ""))
        self._reply(self.server.routes.api(urlsplit(self.path).path.removeprefix("/api/"), payload, token))

    def _reply(self, reply: Reply) -> None:
        if reply is None:
            self.close_connection = True
            return
        status, body, headers = reply
        raw = json.dumps(body).encode() if body else b"<html>"
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(raw))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def _decoded(body: bytes, kind: str) -> JSON:
    if "json" in kind:
        return dict(json.loads(body or b"{}"))
    # A form carries what has parts of its own as JSON.
    form: JSON = dict(parse_qsl(body.decode()))
    for name in ("blocks", "view", "metadata", "files"):
        if name in form:
            form[name] = json.loads(form[name])
    return form
