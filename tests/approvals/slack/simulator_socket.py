"""Socket Mode's server side: WebSocket connections, envelopes and their acknowledgements.

Frames as RFC 6455 wants them, without extensions. Knows no payload.
"""

import base64
import hashlib
import json
import select
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from tests.approvals.slack.simulator_state import APP, JSON, Refusal, Workspace

_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#: Pings come so often that a client which wants to close never waits long for its own reading.
_PING_EVERY = 0.04
HOST = "applink-1"


class Connection:
    """One client. Reading is `texts`, in the thread of the connection; anybody may send."""

    def __init__(self, wire: socket.socket, closing: threading.Event) -> None:
        self._wire, self._closing = wire, closing
        self._sending = threading.Lock()
        self._raw = bytearray()
        self.pongs = 0

    def send(self, message: Mapping[str, Any]) -> bool:
        return self._frame(_TEXT, json.dumps(message).encode())

    def texts(self) -> Iterator[str]:
        """Whatever the client says, until it goes, is sent away or the simulator ends."""
        while not self._closing.is_set():
            ready, _, _ = select.select([self._wire], [], [], _PING_EVERY)
            if not ready:
                self._frame(_PING, b"are you there")
                continue
            came = self._wire.recv(65536)
            if not came:
                return
            self._raw += came
            for kind, content in self._frames():
                if kind == _CLOSE:
                    self._frame(_CLOSE, content[:2])
                    return
                if kind == _PING:
                    self._frame(_PONG, content)
                self.pongs += kind == _PONG
                if kind == _TEXT:
                    yield content.decode()

    def close(self, code: int = 1000) -> None:
        self._frame(_CLOSE, struct.pack("!H", code))

    def drop(self) -> None:
        """Gone without a word."""
        with suppress(OSError):
            self._wire.shutdown(socket.SHUT_RDWR)

    def _frame(self, kind: int, content: bytes) -> bool:
        size = len(content)
        head = struct.pack("!BB", 0x80 | kind, size if size < 126 else 126 if size < 65536 else 127)
        head += b"" if size < 126 else struct.pack("!H" if size < 65536 else "!Q", size)
        try:
            with self._sending:
                self._wire.sendall(head + content)
        except OSError:
            return False
        return True

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """The whole frames that have come. Clients mask theirs, and these send none in parts."""
        while len(self._raw) >= 2:
            size, start = self._raw[1] & 0x7F, 2
            if size > 125:
                start = 4 if size == 126 else 10
                if len(self._raw) < start:
                    return
                size = int.from_bytes(self._raw[2:start], "big")
            end = start + 4 + size
            if len(self._raw) < end:
                return
            kind, masked = self._raw[0], self._raw[1] & 0x80
            assert masked, "a client masks what it sends"
            assert kind & 0x80, "a client of Slack's sends no frame in parts"
            mask, content = self._raw[start : start + 4], self._raw[start + 4 : end]
            del self._raw[:end]
            yield kind & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(content))


class Sockets:
    """All connections of the app. What is delivered goes to the newest, as after a refresh."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._tickets: set[str] = set()
        self._changed = threading.Condition()
        self._acks: dict[str, JSON] = {}
        self.connections: list[Connection] = []
        #: Every envelope and every acknowledgement, as sent.
        self.sent: list[JSON] = []
        self.acked: list[JSON] = []

    def open(self, _: JSON) -> JSON:
        """apps.connections.open: an address that is good for one connection."""
        ticket = f"ticket-{self._ws.number()}"
        self._tickets.add(ticket)
        return {"url": f"{self._ws.base.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP}"}

    def serve(self, wire: socket.socket, query: Mapping[str, str], headers: Any) -> None:
        """One connection from its handshake to its end."""
        key = str(headers.get("Sec-WebSocket-Key", "")).encode()
        with self._changed:
            welcome = query.get("ticket") in self._tickets and key and not self._ws.down
            self._tickets.discard(query.get("ticket", ""))
        if not welcome:
            wire.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        wire.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")  # fmt: skip
        connection = Connection(wire, self._ws.closing)
        with self._changed:
            # Nothing may reach the client before this.
            connection.send(self._hello())
            self.connections.append(connection)
            self._changed.notify_all()
        try:
            for text in connection.texts():
                self._heard(json.loads(text))
        except OSError:
            pass
        finally:
            self._gone(connection)

    def _gone(self, connection: Connection) -> None:
        """Nothing more is delivered there."""
        with self._changed:
            self.connections[:] = [one for one in self.connections if one is not connection]
            self._changed.notify_all()

    def _hello(self) -> JSON:
        told = {"host": HOST, "build_number": 1, "approximate_connection_time": 18060}
        return {"type": "hello", "num_connections": len(self.connections) + 1, "debug_info": told,
                "connection_info": {"app_id": APP}}  # fmt: skip

    def _heard(self, said: JSON) -> None:
        with self._changed:
            sent = next((one for one in self.sent if one["envelope_id"] == said.get("envelope_id")), None)
        if sent is None:
            self._ws.problem(f"Socket Mode: an acknowledgement of nothing that was sent: {said}")
            return
        if said.get("payload") and not sent["accepts_response_payload"]:
            self._ws.problem(f"Socket Mode: {sent['type']} takes no answer, but {said['payload']} came")
        with self._changed:
            self.acked.append(said)
            self._acks[said["envelope_id"]] = said
            self._changed.notify_all()

    def wait(self, number: int = 1, *, within: float = 5.0) -> None:
        """Until so many clients are connected."""
        with self._changed:
            there = self._changed.wait_for(lambda: len(self.connections) == number, within)
        assert there, f"{len(self.connections)} clients are connected, not {number}"

    def deliver(self, kind: str, payload: JSON, *, retry: int, reason: str, within: float) -> JSON | None:
        """Send an envelope and wait for its acknowledgement; None when none comes, or can come any more."""
        envelope = {"envelope_id": f"envelope-{self._ws.number()}", "payload": payload, "type": kind,
                    "accepts_response_payload": kind != "events_api"}  # fmt: skip
        if kind == "events_api" or retry:
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        with self._changed:
            self._changed.wait_for(lambda: bool(self.connections), within)
            if not self.connections:
                return None
            self.sent.append(envelope)
            to = self.connections[-1]
        name = str(envelope["envelope_id"])
        to.send(envelope)
        with self._changed:
            self._changed.wait_for(lambda: name in self._acks or to not in self.connections, within)
            return self._acks.get(name)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every client to connect anew. The old connection stays until the client leaves it."""
        if reason not in ("refresh_requested", "warning", "link_disabled"):
            raise Refusal(reason)
        for connection in list(self.connections):
            connection.send({"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}})

    def drop(self) -> None:
        """Every connection is gone without a word."""
        for connection in list(self.connections):
            self._gone(connection)
            connection.drop()

    def close(self) -> None:
        """Every connection is ended as RFC 6455 says."""
        for connection in list(self.connections):
            self._gone(connection)
            connection.close()
