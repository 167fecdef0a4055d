"""Mail over SMTP, phase by phase, so that each failure says whether the mail can have been sent (RFC 5321, 4.2.5).

Only one moment is uncertain: the final dot was sent and no answer was read. Everything before it, and every refusal
after it, proves that the server has not taken the mail.
"""

import ipaddress
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from core.errors import OutcomeUnknown, PermanentError, Refused, TransientError
from core.mailer import OutgoingMail, Receipt, ServerUnusable, compose

#: The final dot is not sent later than this after the start: whoever waits for us has then given up long ago.
_LONGEST_SECONDS = 600.0

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

    def __post_init__(self) -> None:
        if self.security == "none" and not _on_this_machine(self.host):
            raise Refused(
                f"The mail server {self.host} would be spoken to without encryption.",
                next_step="Set GREENROOM_SMTP_SECURITY to starttls or tls.",
            )

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port}, {self.security})"


class SmtpMailer:
    """One connection, opened at the first mail, used for the rest of the batch, closed with the `with` block."""

    def __init__(self, server: SmtpServer, *, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._context = context
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.close()

    @property
    def name(self) -> str:
        return f"smtp:{self._server.host}:{self._server.port}"

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()

    def send(self, mail: OutgoingMail) -> Receipt:
        raw = compose(mail)
        deadline = time.monotonic() + _LONGEST_SECONDS
        done = False
        try:
            self._announce(mail)
            receipt = self._hand_over(mail, raw, deadline)
            done = True
        finally:
            if not done:
                # In whatever phase it stopped, the next mail starts on a clean connection.
                self._drop()
        return receipt

    def _announce(self, mail: OutgoingMail) -> None:
        """Up to and including DATA. An idle connection that the server has closed meanwhile is opened again once."""
        reused = self._connection is not None
        try:
            self._envelope(mail)
        except smtplib.SMTPServerDisconnected as error:
            self._drop()
            if not reused:
                raise _unsent(mail, f"the connection ended ({error})") from None
            try:
                self._envelope(mail)
            except smtplib.SMTPServerDisconnected as again:
                raise _unsent(mail, f"the connection ended ({again})") from None
        except smtplib.SMTPResponseException as error:
            raise _refused(mail, error.smtp_code, error.smtp_error) from None

    def _envelope(self, mail: OutgoingMail) -> None:
        connection = self._open()
        code, answer = connection.mail(mail.sender.mail)
        if code != 250:
            # About our own address or login, not about this creator: every other mail would hear the same.
            raise _unusable(self._server, f"it refused the sender {mail.sender.mail}: {_said(code, answer)}")
        code, answer = connection.rcpt(mail.recipient.mail)
        if code not in (250, 251):
            raise _refused(mail, code, answer)
        code, answer = connection.docmd("DATA")
        if code != 354:
            raise _refused(mail, code, answer)

    def _hand_over(self, mail: OutgoingMail, raw: bytes, deadline: float) -> Receipt:
        connection = self._open()
        try:
            connection.send(_stuffed(raw))
        except smtplib.SMTPServerDisconnected as error:
            raise _unsent(mail, f"the connection ended while writing ({error})") from None
        if time.monotonic() > deadline:
            raise _unsent(mail, "the mail server is too slow")
        try:
            connection.send(b".\r\n")
            code, answer = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise _unknown(mail, str(error)) from None
        if 400 <= code < 600:
            raise _refused(mail, code, answer)
        if code != 250:
            raise _unknown(mail, _said(code, answer))
        return Receipt(message_id=mail.message_id, detail=_said(code, answer))

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            try:
                self._connection = self._connected()
            except ssl.SSLError as error:
                raise _unusable(self._server, f"no safe connection ({error.reason or error})") from None
            except smtplib.SMTPAuthenticationError as error:
                raise _unusable(self._server, f"login refused: {_said(error.smtp_code, error.smtp_error)}") from None
            except UnicodeError:
                # From a login, or from a host name that is none. The error itself would show a letter of the password.
                why = "its host name, user or password cannot be put in the letters of SMTP"
                raise _unusable(self._server, why) from None
            except (smtplib.SMTPException, OSError) as error:
                raise _unusable(self._server, str(error) or type(error).__name__) from None
        return self._connection

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_seconds, context=self._tls(),
                local_hostname=_our_name())  # fmt: skip
        else:
            connection = smtplib.SMTP(
                server.host, server.port, timeout=server.timeout_seconds, local_hostname=_our_name()
            )
        try:
            if connection.sock is not None:
                # Body and final dot go in two writes; without this the second waits for the first one's ACK.
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if server.security == "starttls":
                connection.starttls(context=self._tls())
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _our_name() -> str:
    # smtplib asks the resolver otherwise, which can take seconds and tells the server a name it cannot check.
    return "[127.0.0.1]"


def _on_this_machine(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _stuffed(raw: bytes) -> bytes:
    """The body as it goes over the wire without its final dot: a leading dot is doubled (RFC 5321, 4.5.2)."""
    body = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return (b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:]


def _said(code: int, answer: bytes | str) -> str:
    text = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
    return f"{code} {text}"[:300].replace("\n", " ")


def _refused(mail: OutgoingMail, code: int, answer: bytes | str) -> TransientError | PermanentError:
    text = f"The mail to {mail.recipient.mail} was refused: {_said(code, answer)}."
    if code in (421, 530):
        # "Closing down" and "log in first" are about the server and us, not about this mail.
        return ServerUnusable(text, next_step="Run: greenroom doctor")
    if 500 <= code < 600:
        return PermanentError(text, next_step="Check the address.")
    return TransientError(text, next_step="It is tried again later.")


def _unsent(mail: OutgoingMail, why: str) -> TransientError:
    return TransientError(f"The mail to {mail.recipient.mail} was not sent: {why}.", next_step="It is tried again.")


def _unknown(mail: OutgoingMail, why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Nobody can tell whether the mail to {mail.recipient.mail} was sent: it was handed over whole, and no answer "
        f"came ({why}).",
        next_step="Look for it in the sent folder, then: greenroom outreach reconcile",
    )


def _unusable(server: SmtpServer, why: str) -> ServerUnusable:
    return ServerUnusable(
        f"The mail server {server.host}:{server.port} cannot be used: {why}.", next_step="Run: greenroom doctor"
    )
