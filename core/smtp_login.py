"""Getting a connection to a mail server that may be used: found, safe and logged in.

Owns TLS and the three logins (none, password, OAuth). What is sent over the connection is `core.smtp`'s.
"""

import binascii
import ipaddress
import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Literal, Protocol

from core.errors import Refused
from core.mailer import ServerUnusable, clean_line
from core.oauth import xoauth2

#: Servers end a session after so many mails (some after 20, 50 or 100), and after minutes without one (RFC 5321,
#: 4.5.3.2: five at least). Ours ends it first, between two mails, where nothing can be lost.
MAILS_PER_CONNECTION = 20
IDLE_SECONDS = 60.0

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True)
class SmtpServer:
    """Where mail goes out. Security `none` is for a server on this machine only."""

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    timeout_seconds: float = 30.0
    mails_per_connection: int = MAILS_PER_CONNECTION
    idle_seconds: float = IDLE_SECONDS

    def __post_init__(self) -> None:
        if self.security == "none" and not is_on_this_machine(self.host):
            raise Refused(
                f"The mail server {self.host} would be spoken to without encryption.",
                next_step="Set GREENROOM_SMTP_SECURITY to starttls or tls.",
            )

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port}, {self.security})"


class Tokens(Protocol):
    """Where the login gets its OAuth token; `anew` asks for another one, because the last was refused."""

    def token(self, *, anew: bool = False) -> str: ...


def connect(server: SmtpServer, context: ssl.SSLContext | None, tokens: Tokens | None) -> smtplib.SMTP:
    """A connection that may send: safe as the server's settings want it, greeted, and logged in where it has a user.

    Without a context the system's certificates decide. Raises ServerUnusable saying what is in the way.
    """
    try:
        if tokens is None:
            return _connected(server, context, "")
        try:
            return _connected(server, context, tokens.token())
        except smtplib.SMTPAuthenticationError:
            # Taken back before its time, it says nothing about the grant: another one is fetched, once.
            return _connected(server, context, tokens.token(anew=True))
    except ssl.SSLError as error:
        raise unusable(server, f"no safe connection ({_why_unsafe(error)})") from None
    except smtplib.SMTPAuthenticationError as error:
        raise unusable(server, f"login refused: {said(error.smtp_code, error.smtp_error)}") from None
    except (UnicodeError, binascii.Error):
        # From a login, or from a host name that is none. The error itself would show a letter of the password.
        raise unusable(server, "its host name, user or password cannot be put in the letters of SMTP") from None
    except (smtplib.SMTPException, OSError) as error:
        raise unusable(server, getattr(error, "strerror", "") or str(error) or type(error).__name__) from None


def said(code: int, answer: bytes | str) -> str:
    """An answer of the server in one short line, fit for record and screens: without NUL and control letters."""
    text = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
    return clean_line(f"{code} {text}", limit=300)


def unusable(server: SmtpServer, why: str) -> ServerUnusable:
    return ServerUnusable(
        f"The mail server {server.host}:{server.port} cannot be used: {why}.", next_step="Run: greenroom doctor"
    )


def _connected(server: SmtpServer, context: ssl.SSLContext | None, token: str) -> smtplib.SMTP:
    # Reading the system's certificates takes as long as sending some mails: not where nothing is encrypted.
    safe = context or (ssl.create_default_context() if server.security != "none" else None)
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=server.timeout_seconds, context=safe, local_hostname=_our_name()
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds, local_hostname=_our_name())
    try:
        if connection.sock is not None:
            # Body and final dot go in two writes; without this the second waits for the first one's ACK.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.security == "starttls":
            connection.starttls(context=safe)
        connection.ehlo_or_helo_if_needed()
        if token:
            _log_in_with(connection, server.user, token)
        elif server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _log_in_with(connection: smtplib.SMTP, user: str, token: str) -> None:
    if "XOAUTH2" not in connection.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError("it does not offer the login XOAUTH2")

    def answer(challenge: bytes | None = None) -> str:
        # The server's challenge is its reason for refusing; it wants an empty answer before it says 535.
        return xoauth2(user, token) if challenge is None else ""

    connection.auth("XOAUTH2", answer)


def _why_unsafe(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    return error.reason or str(error)


def _our_name() -> str:
    # smtplib asks the resolver otherwise, which can take seconds and tells the server a name it cannot check.
    return "[127.0.0.1]"


def is_on_this_machine(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
