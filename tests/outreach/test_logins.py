"""Getting through to a mail server as in the world: real handshakes, real certificates, real logins."""

import base64
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from core.mailer import OutgoingMail, ServerUnusable
from core.oauth import xoauth2
from core.smtp import SmtpMailer, SmtpServer
from tests.outreach.servers import Sink, listening

Mail = Callable[..., OutgoingMail]
USER, PASSWORD = "sofia@example.com", "a-password"


class Guarded(Sink):
    """A sink that lets in Sofia, with her password or with one of `tokens`."""

    def __init__(self, *tokens: str) -> None:
        super().__init__()
        self.tokens = set(tokens)
        self.logins: list[str] = []
        self.empty_answers = 0

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        return await super().handle_MAIL(server, session, envelope, address, options)

    def authenticator(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: LoginPassword
    ) -> AuthResult:
        self.logins.append(mechanism)
        return AuthResult(success=(said.login, said.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        said = base64.b64decode(args[1]).decode()
        self.logins.append("XOAUTH2")
        if said in {xoauth2(USER, token) for token in self.tokens}:
            return AuthResult(success=True, auth_data=USER)
        answer = await server.challenge_auth('{"status":"401","schemes":"bearer"}')
        self.empty_answers += answer == b""
        return AuthResult(success=False, handled=False)


class Tokens:
    def __init__(self, *tokens: str) -> None:
        self._left = list(tokens)

    def token(self, *, anew: bool = False) -> str:
        if anew:
            self._left.pop(0)
        return self._left[0]


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(ca: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context


def certified(ca: trustme.CA, *names: str, **more: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names, **more).configure_cert(context)
    return context


@contextmanager
def guarded(
    sink: Guarded, context: ssl.SSLContext, *, security: str = "starttls", **more: object
) -> Iterator[SmtpServer]:
    """The server behind this certificate, and where it is; it takes mail from whoever is logged in."""
    told: dict[str, object] = {"authenticator": sink.authenticator} | more
    if security == "starttls":
        told |= {"tls_context": context, "require_starttls": True, "auth_require_tls": True}
    with listening(sink, tls=context if security == "tls" else None, **told):
        yield SmtpServer("localhost", sink.port, security=security, timeout_seconds=10)  # type: ignore[arg-type]


def refusal(mailer: SmtpMailer, mail: OutgoingMail) -> str:
    with mailer, pytest.raises(ServerUnusable) as caught:
        mailer.send(mail)
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_mail_goes_through_tls_and_a_password(
    ca: trustme.CA, trusting: ssl.SSLContext, a_mail: Mail, security: str, mechanism: str
) -> None:
    sink = Guarded()
    other = {"PLAIN": "LOGIN", "LOGIN": "PLAIN"}[mechanism]
    with (
        guarded(sink, certified(ca, "localhost"), security=security, auth_exclude_mechanism=[other]) as server,
        SmtpMailer(replace(server, user=USER, password=PASSWORD), context=trusting) as mailer,
    ):
        mailer.check()
        mailer.send(a_mail())
        mailer.send(a_mail(message_id="<gr.2@example.com>"))
    assert sink.logins == [mechanism]
    assert len(sink.mails) == 2
    assert len(sink.connections) == 1


def test_a_wrong_password_is_told_and_not_shown(ca: trustme.CA, trusting: ssl.SSLContext, a_mail: Mail) -> None:
    sink = Guarded()
    with guarded(sink, certified(ca, "localhost")) as server:
        told = refusal(SmtpMailer(replace(server, user=USER, password="wr0ng"), context=trusting), a_mail())
    assert "login refused: 535" in told
    assert "wr0ng" not in told
    assert not sink.mails


@pytest.mark.parametrize(
    ("names", "lasted_days", "told"),
    [
        (("elsewhere.example.com",), None, "Hostname mismatch"),
        (("localhost",), 1, "certificate has expired"),
    ],
)
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_somebody_else_or_of_yesterday_is_not_accepted(
    ca: trustme.CA, trusting: ssl.SSLContext, a_mail: Mail, names: tuple[str], lasted_days: int | None, told: str,
    security: str,
) -> None:  # fmt: skip
    until = {"not_after": datetime.now(UTC) - timedelta(days=lasted_days)} if lasted_days else {}
    sink = Guarded()
    with guarded(sink, certified(ca, *names, **until), security=security) as server:
        assert told in refusal(SmtpMailer(server, context=trusting), a_mail())
    assert not sink.logins


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(a_mail: Mail) -> None:
    with guarded(Guarded(), certified(trustme.CA(), "localhost")) as server:
        told = refusal(SmtpMailer(server), a_mail())
    assert "its certificate is not accepted: " in told


def test_a_server_without_starttls_or_login_is_said_to_lack_it(server: SmtpServer, sink: Sink, a_mail: Mail) -> None:
    assert "STARTTLS extension not supported" in refusal(SmtpMailer(replace(server, security="starttls")), a_mail())
    with listening(Sink(), auth_exclude_mechanism=["PLAIN", "LOGIN"]) as plain:
        there = replace(server, port=plain.port, user=USER, password=PASSWORD)
        assert "No suitable authentication method" in refusal(SmtpMailer(there), a_mail())
        assert "does not offer the login XOAUTH2" in refusal(SmtpMailer(there, tokens=Tokens("t")), a_mail())
    assert not sink.mails


def test_a_token_opens_the_server(ca: trustme.CA, trusting: ssl.SSLContext, a_mail: Mail) -> None:
    sink = Guarded("good")
    with (
        guarded(sink, certified(ca, "localhost")) as server,
        SmtpMailer(replace(server, user=USER), context=trusting, tokens=Tokens("good")) as mailer,
    ):
        mailer.send(a_mail())
    assert sink.logins == ["XOAUTH2"]
    assert len(sink.mails) == 1


def test_a_refused_token_is_fetched_anew_once(ca: trustme.CA, trusting: ssl.SSLContext, a_mail: Mail) -> None:
    sink = Guarded("good")
    with guarded(sink, certified(ca, "localhost")) as server:
        there = replace(server, user=USER)
        with SmtpMailer(there, context=trusting, tokens=Tokens("revoked", "good")) as mailer:
            mailer.send(a_mail())
        assert len(sink.mails) == sink.empty_answers == 1
        told = refusal(SmtpMailer(there, context=trusting, tokens=Tokens("stale", "stale", "good")), a_mail())
    assert "login refused: 535" in told
    assert "stale" not in told
    assert len(sink.mails) == 1
