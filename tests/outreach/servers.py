"""The other ends of the wire that tests talk to."""

import asyncio
import email.message
import re
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.parser import BytesParser
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from core.mailer import OutgoingMail, Receipt

_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE)


def written_mail(text: str = "Sounds good!", **headers: str) -> bytes:
    """A mail as it lies in an inbox; header names are written with underscores."""
    mail = email.message.EmailMessage()
    mail["From"] = headers.pop("sender", "Ada <ada.linen@example.com>")
    mail["To"] = "sofia@example.com"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def read(raw: bytes):  # type: ignore[no-untyped-def]  # each header has a class of its own
    """A mail as a mail program reads it."""
    return BytesParser(policy=policy.default).parsebytes(raw)


class Sink:
    """What a mail server was given, and how it is to answer: `answers["DATA"] = "451 later"`.

    `answers_to` holds what it says to single recipients, `answers_once` what it says a single time.
    """

    def __init__(self, delay_seconds: float = 0.0) -> None:
        self.port = 0
        self.mails: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.connections: set[object] = set()
        self.answers: dict[str, str] = {}
        self.answers_once: dict[str, str] = {}
        self.answers_to: dict[str, str] = {}
        self.begun = threading.Event()
        self._delay = delay_seconds

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        self.begun.set()
        return self.answers_once.pop("MAIL", "") or self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.answers or address in self.answers_to:
            return self.answers_to.get(address) or self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._delay:
            await asyncio.sleep(self._delay)
        self.connections.add(session.peer)
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.original_content, bytes)
        self.mails.append(envelope.original_content)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 kept"

    @property
    def delivered(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(found[1].decode() for mail in self.mails if (found := _ID.search(mail)))


@contextmanager
def listening(sink: Sink, *, tls: ssl.SSLContext | None = None, **more: Any) -> Iterator[Sink]:
    """The sink behind a real SMTP server in a thread of its own, on a port of the system's choice.

    It asks nobody to log in and lets in nobody who tries, unless `more` (for aiosmtpd) says otherwise. With `tls` it
    speaks TLS from the first byte.
    """
    loop = asyncio.new_event_loop()
    settings: dict[str, Any] = {"hostname": "sink.example.com", "auth_require_tls": False} | more

    def connected() -> SMTP:
        return SMTP(sink, loop=loop, **settings)

    server = loop.run_until_complete(loop.create_server(connected, "127.0.0.1", 0, ssl=tls))
    sink.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


class Scripted:
    """A mailer that does what it is told, one thing per mail; then it takes everything."""

    def __init__(self, *script: Exception | None, name: str = "scripted") -> None:
        self.name = name
        self._script = list(script)
        self.taken: list[str] = []

    def send(self, mail: OutgoingMail) -> Receipt:
        todo = self._script.pop(0) if self._script else None
        if todo is not None:
            raise todo
        self.taken.append(mail.message_id)
        return Receipt(mail.message_id, "250 ok")


class Wire:
    """A TCP proxy in front of a mail server. Whoever derives from it says when it is cut."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def forward(self, data: bytes, client: socket.socket, server: socket.socket) -> bool:
        """Hand on what the client said; False cuts the wire."""
        server.sendall(data)
        return True

    def hand_back(self, data: bytes, client: socket.socket) -> None:
        """What the server answered."""
        client.sendall(data)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            back = threading.Thread(target=self._answers, args=(server, client), daemon=True)
            back.start()
            try:
                while (data := client.recv(65_536)) and self.forward(data, client, server):
                    pass
            except OSError:
                pass
            for end in (client, server):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
            back.join(5)

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while data := server.recv(65_536):
                self.hand_back(data, client)
        except OSError:
            return

    @classmethod
    @contextmanager
    def to(cls, target: int, **how: Any) -> Iterator[Self]:
        wire = cls(target, **how)
        wire._thread.start()
        try:
            yield wire
        finally:
            wire._listener.shutdown(socket.SHUT_RDWR)
            wire._listener.close()
            wire._thread.join(5)


class WireCutAt(Wire):
    """Cut when `cut_after` has passed from the client.

    With `swallow` what was cut off never reaches the server; without, the server gets it and its answer is lost.
    """

    def __init__(self, target: int, *, cut_after: bytes, swallow: bool) -> None:
        super().__init__(target)
        self._cut_after, self._swallow = cut_after, swallow
        self._seen, self._is_cut, self._heard = b"", False, threading.Event()

    def forward(self, data: bytes, client: socket.socket, server: socket.socket) -> bool:
        self._seen += data
        if self._cut_after not in self._seen:
            return super().forward(data, client, server)
        self._is_cut = True
        if not self._swallow:
            server.sendall(data)
            self._heard.wait(5)
        return False

    def hand_back(self, data: bytes, client: socket.socket) -> None:
        if self._is_cut:
            self._heard.set()
        else:
            super().hand_back(data, client)
