"""Mail over SMTP, phase by phase, so that each failure says whether the mail can have been sent (RFC 5321, 4.2.5).

Only one moment is uncertain: the final dot was sent and no answer was read. Everything before it, and every refusal
after it, proves that the server has not taken the mail.
"""

import smtplib
import ssl
import time
from types import TracebackType
from typing import Self

from core.errors import OutcomeUnknown, PermanentError, TransientError
from core.mailer import AddressRefused, OutgoingMail, Receipt, SenderRefused, ServerUnusable, Signer, compose
from core.refusals import About, about
from core.smtp_login import SmtpServer as SmtpServer
from core.smtp_login import Tokens, connect, said, unusable

#: The final dot is not sent later than this after the start: whoever waits for us has then given up long ago.
_LONGEST_SECONDS = 600.0


class SmtpMailer:
    """One connection, opened at the first mail, used for the rest of the batch, closed with the `with` block.

    It logs in with the server's password, or with `tokens` where there are some (XOAUTH2). `signer` signs each mail.
    """

    def __init__(
        self,
        server: SmtpServer,
        *,
        context: ssl.SSLContext | None = None,
        tokens: Tokens | None = None,
        signer: Signer | None = None,
    ) -> None:
        self._server = server
        self._context = context
        self._tokens = tokens
        self._signer = signer
        self._connection: smtplib.SMTP | None = None
        self._mails = 0
        self._last_used = 0.0

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

    def check(self) -> None:
        """Find out whether mails could be sent, sending none. Raises ServerUnusable saying what is in the way."""
        self._open()

    def send(self, mail: OutgoingMail) -> Receipt:
        raw = compose(mail)
        if self._signer is not None:
            raw = self._signer.signed(raw)
        deadline = time.monotonic() + _LONGEST_SECONDS
        clean = False
        try:
            self._announce(mail)
            receipt = self._hand_over(mail, raw, deadline)
            clean = True
        except _Said as refusal:
            # The server spoke and is there: its session goes on with the next mail, without a new handshake and login.
            clean = self._reset()
            raise _refused(mail, refusal) from None
        finally:
            self._mails += 1
            self._last_used = time.monotonic()
            if not clean:
                # In whatever phase it stopped, the next mail starts on a clean connection.
                self._drop()
        return receipt

    def _announce(self, mail: OutgoingMail) -> None:
        """Up to and including DATA. An idle connection that the server has closed meanwhile is opened again once."""
        reused = self._reusable()
        try:
            self._envelope(mail)
        except (smtplib.SMTPServerDisconnected, _Closing) as error:
            self._drop()
            if not reused:
                raise self._ended(mail, error) from None
            try:
                self._envelope(mail)
            except (smtplib.SMTPServerDisconnected, _Closing) as again:
                raise self._ended(mail, again) from None
        except smtplib.SMTPResponseException as error:
            raise _refused(mail, _Said(error.smtp_code, error.smtp_error)) from None

    def _reusable(self) -> bool:
        """Whether there is a connection to go on with; one that has served long or stood idle is closed first."""
        idle = time.monotonic() - self._last_used
        if self._mails >= self._server.mails_per_connection or idle > self._server.idle_seconds:
            self.close()
        return self._connection is not None

    def _ended(self, mail: OutgoingMail, error: Exception) -> TransientError:
        if isinstance(error, _Closing):
            return unusable(self._server, f"it ends the session: {error}")
        return _unsent(mail, f"the connection ended ({error})")

    def _envelope(self, mail: OutgoingMail) -> None:
        connection = self._open()
        code, answer = connection.mail(mail.sender.mail)
        _unless_closing(code, answer)
        if code != 250:
            # About our own address or login, not about this creator: every other mail would hear the same.
            raise unusable(self._server, f"it refused the sender {mail.sender.mail}: {said(code, answer)}")
        code, answer = connection.rcpt(mail.recipient.mail)
        _unless_closing(code, answer)
        if code not in (250, 251):
            raise _Said(code, answer, at_recipient=True)
        code, answer = connection.docmd("DATA")
        _unless_closing(code, answer)
        if code != 354:
            raise _Said(code, answer)

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
            raise _Said(code, answer)
        if code != 250:
            raise _unknown(mail, said(code, answer))
        return Receipt(message_id=mail.message_id, detail=said(code, answer))

    def _reset(self) -> bool:
        """Whether the session is clean again after a refusal (RFC 5321, 4.1.1.5)."""
        try:
            return self._connection is not None and self._connection.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            if self._context is None and self._server.security != "none":
                self._context = ssl.create_default_context()
            self._connection = connect(self._server, self._context, self._tokens)
            self._mails, self._last_used = 0, time.monotonic()
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class _Said(Exception):
    """The server refused the mail with a proper answer; in SMTP both sides know then where they are."""

    def __init__(self, code: int, answer: bytes | str, *, at_recipient: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.words = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
        self.at_recipient = at_recipient


class _Closing(Exception):
    """421: the server ends the session before this mail."""


def _unless_closing(code: int, answer: bytes | str) -> None:
    if code == 421:
        raise _Closing(said(code, answer))


def _stuffed(raw: bytes) -> bytes:
    """The body as it goes over the wire without its final dot: a leading dot is doubled (RFC 5321, 4.5.2)."""
    body = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return (b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:]


def _refused(mail: OutgoingMail, refusal: _Said) -> TransientError | PermanentError:
    code, text = refusal.code, f"The mail to {mail.recipient.mail} was refused: {said(refusal.code, refusal.words)}."
    if code in (421, 530):
        # "Closing down" and "log in first" are about the server and us, not about this mail.
        return ServerUnusable(text, next_step="Run: greenroom doctor")
    if 500 <= code < 600:
        whom = about(code, refusal.words, at_recipient=refusal.at_recipient)
        if whom is About.US:
            return SenderRefused(text, next_step="docs/mail.md says what receivers ask of a sender.")
        return (AddressRefused if whom is About.MAILBOX else PermanentError)(text, next_step="Check the address.")
    return TransientError(text, next_step="It is tried again later.")


def _unsent(mail: OutgoingMail, why: str) -> TransientError:
    return TransientError(f"The mail to {mail.recipient.mail} was not sent: {why}.", next_step="It is tried again.")


def _unknown(mail: OutgoingMail, why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Nobody can tell whether the mail to {mail.recipient.mail} was sent: it was handed over whole, and no answer "
        f"came ({why}).",
        next_step="Look for it in the sent folder, then: greenroom outreach reconcile",
    )
