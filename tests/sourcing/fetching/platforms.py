"""Platforms as they behave in the world, on loopback: paging, quotas and errors in their own words, and bad days."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.outreach.doors import Answer, Request

HTML = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Asked:
    """One request, taken apart."""

    request: Request
    path: str
    params: dict[str, list[str]]

    def one(self, name: str, default: str = "") -> str:
        return self.params.get(name, [default])[0]


@dataclass(frozen=True)
class BadDay:
    """What comes in place of an answer: `cut` sends half of the good one, `slow` waits before it, `drips` gives a byte
    at a time, each after so many seconds."""

    answer: Answer | None = None
    cut: bool = False
    slow_seconds: float = 0.0
    drips_seconds: float = 0.0


@dataclass
class Platform:
    """Answers by `paths`; `bad_days` are used up first, one a request (None: this one is fine)."""

    paths: dict[str, Callable[[Asked], Answer]] = field(default_factory=dict)
    bad_days: list[BadDay | None] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    #: Called after each request was counted and before it is answered.
    before: Callable[[Asked], None] | None = None

    def counts(self) -> Counter[str]:
        """How often each path was asked."""
        return Counter(one.path for one in self.asked)

    def twice(self) -> list[str]:
        """What was asked for more than once, word for word."""
        said = Counter(f"{one.request.path} {one.request.body.decode()}" for one in self.asked)
        return [what for what, times in said.items() if times > 1]

    def answer(self, asked: Asked) -> Answer:
        for path, answers in self.paths.items():
            if asked.path.startswith(path):
                return answers(asked)
        return Answer(404, {"error": {"code": 404, "message": "Not Found"}})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    platform: Platform


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        split, platform = urlsplit(self.path), self.server.platform
        request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        asked = Asked(request, split.path, parse_qs(split.query, keep_blank_values=True))
        platform.asked.append(asked)
        if platform.before is not None:
            platform.before(asked)
        bad = platform.bad_days.pop(0) if platform.bad_days else None
        if bad is not None and bad.slow_seconds:
            time.sleep(bad.slow_seconds)
        self._give(bad.answer if bad is not None and bad.answer is not None else platform.answer(asked),
                   cut=bad is not None and bad.cut, drips=bad.drips_seconds if bad is not None else 0.0)  # fmt: skip

    do_GET = do_POST

    def _give(self, answer: Answer, *, cut: bool, drips: float) -> None:
        if answer.cut:
            self.close_connection = True
            return
        raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        raw = b"" if answer.status == 304 else raw
        try:
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json; charset=UTF-8", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            if drips:
                for byte in raw:
                    self.wfile.write(bytes([byte]))
                    time.sleep(drips)
            else:
                self.wfile.write(raw[: len(raw) // 2] if cut else raw)
        except OSError:
            pass  # whoever asked went away
        self.close_connection = cut or self.close_connection

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def open_platform(platform: Platform) -> Iterator[Platform]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.platform = platform
        platform.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield platform
        finally:
            server.shutdown()
            thread.join()
