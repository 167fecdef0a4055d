"""Our mails through a mail server as it runs in the world, and before a spam filter as it runs in the world."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine
from sqlmodel import select

from core.clock import FixedClock
from core.database import reading
from core.errors import PermanentError
from core.mailer import Address, OutgoingMail, ServerUnusable, compose
from core.models.outreach import Message
from core.oauth import AccessTokens, Grant
from core.people import People
from core.settings import PROJECT
from core.signing import DkimKey, DkimSigner, load_key
from core.smtp import SmtpMailer, SmtpServer
from outreach.outgoing import outgoing
from tests.outreach.doors import Answer, open_door
from tests.outreach.servers import Sink, read
from tests.real.servers import OFFICE, PASSWORD, Dovecot, OpenSmtpd, eventually, spam_report

pytestmark = pytest.mark.slow
#: Mails as they were written, whole; each is shown to the spam filter.
GOLDEN = sorted((PROJECT / "tests" / "golden" / "outreach").glob("*.eml"))
UNSUBSCRIBE = {
    "List-Unsubscribe": f"<https://go.{OFFICE}/u/ab12cd34>, <mailto:sofia@{OFFICE}?subject=stop%20ab12cd34>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> DkimKey:
    file = tmp_path_factory.mktemp("dkim") / "dkim.pem"
    private = rsa.generate_private_key(65537, 2048)
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return load_key(OFFICE, "greenroom1", file)


@pytest.fixture
def submission(dovecot: Dovecot, opensmtpd: OpenSmtpd) -> SmtpServer:
    """Dovecot behind STARTTLS and a login, OpenSMTPD behind it, and from there to everybody."""
    return SmtpServer("localhost", dovecot.submission, user="sofia", password=PASSWORD, timeout_seconds=10)


@pytest.fixture
def trusting(dovecot: Dovecot) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=dovecot.ca_file)


def verified(raw: bytes, key: DkimKey) -> bool:
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: key.record.encode()))


def test_a_signed_mail_arrives_whole_through_a_real_server(
    submission: SmtpServer, trusting: ssl.SSLContext, dovecot: Dovecot, outside: Sink, key: DkimKey, clock: FixedClock,
    a_mail: Callable[..., OutgoingMail],
) -> None:  # fmt: skip
    said = {
        "sender": Address("Sofia Mårin", f"sofia@{OFFICE}"),
        "subject": "Grüße 🌿 " * 12,
        "headers": UNSUBSCRIBE,
        "text": "Grüße 🌿\n.\n\n..x\nFrom here\n \n",
        "html": f"<p>Grüße 🌿</p>\n<!-- {'x' * 2_000} -->\n",
    }
    mails = [
        a_mail(**said, recipient=Address("Ada", "ada@example.org"), message_id=f"<gr.away@{OFFICE}>"),
        a_mail(**said, recipient=Address("Bea", f"bea@{OFFICE}"), message_id=f"<gr.home@{OFFICE}>"),
    ]
    with SmtpMailer(submission, context=trusting, signer=DkimSigner(key, clock)) as mailer:
        for mail in mails:
            assert mailer.send(mail).detail.startswith("250")
    away = eventually(lambda: [raw for raw in outside.mails if b"<gr.away@" in raw])
    home = eventually(lambda: dovecot.inbox("bea"))
    for raw in (away[0], home[0].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")):
        assert b"\r\nReceived: " in b"\r\n" + raw
        assert verified(raw, key)
        assert f"\r\nList-Unsubscribe: {UNSUBSCRIBE['List-Unsubscribe']}\r\n".encode() in raw
        assert read(raw)["Subject"] == ("Grüße 🌿 " * 12).strip()
        assert [part.get_content_type() for part in read(raw).walk()][1:] == ["text/plain", "text/html"]


def test_a_real_server_lets_in_nobody_with_a_wrong_password_or_certificate(
    submission: SmtpServer, trusting: ssl.SSLContext
) -> None:
    with SmtpMailer(replace(submission, password="wr0ng"), context=trusting) as mailer:
        with pytest.raises(ServerUnusable, match="login refused: 535") as caught:
            mailer.check()
        assert "wr0ng" not in str(caught.value)
    with SmtpMailer(submission) as mailer, pytest.raises(ServerUnusable, match="its certificate is not accepted"):
        mailer.check()


def test_a_real_server_takes_a_good_token_and_explains_a_bad_one(
    submission: SmtpServer, trusting: ssl.SSLContext, dovecot: Dovecot, clock: FixedClock, tmp_path: Path
) -> None:
    with open_door(dovecot.tokens) as judge, open_door() as google:
        google.answers = [Answer(200, {"access_token": token, "expires_in": 3600}) for token in ("stale", "good")]
        judge.answers = [Answer(401, {"error": "invalid_token"}), Answer(200, {"user": "sofia"})]
        tokens = AccessTokens(Grant("google", "app", "refresh", token_url=f"{google.url}/token"), clock)
        with SmtpMailer(submission, context=trusting, tokens=tokens) as mailer:
            mailer.check()
        assert [request.path.partition("=")[2] for request in judge.requests] == ["stale", "good"]
        judge.answers = [Answer(401, {"error": "invalid_token"})]
        with SmtpMailer(submission, context=trusting, tokens=tokens) as mailer:
            with pytest.raises(ServerUnusable, match="login refused: 535") as caught:
                mailer.check()
            assert "good" not in str(caught.value)


def test_a_refusal_of_a_real_server_is_permanent_and_its_session_goes_on(
    opensmtpd: OpenSmtpd, outside: Sink, a_mail: Callable[..., OutgoingMail]
) -> None:
    with SmtpMailer(SmtpServer("127.0.0.1", opensmtpd.port, security="none", timeout_seconds=10)) as mailer:
        mailer.check()
        with pytest.raises(PermanentError, match="was refused: 5"):
            mailer.send(a_mail(recipient=Address("", "ada@-.example.org"), message_id="<gr.bad@example.com>"))
        mailer.send(a_mail(recipient=Address("", "ada@example.org"), message_id="<gr.good@example.com>"))
    eventually(lambda: [raw for raw in outside.mails if b"<gr.good@" in raw])
    assert not [raw for raw in outside.mails if b"<gr.bad@" in raw]


def test_the_invitation_as_it_is_sent_is_no_spam(
    invite_all: Callable[..., None], sqlite_engine: Engine, clock: FixedClock, people: People, key: DkimKey
) -> None:
    invite_all(sqlite_engine, 2)
    with reading(sqlite_engine) as session:
        mails = [outgoing(one, people.named(one.sender), at=clock.now()) for one in session.exec(select(Message))]
    assert len(mails) == 2
    for mail in mails:
        report = spam_report(DkimSigner(key, clock).signed(compose(mail)))
        assert report.points < 1.0, report


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_mail_as_it_was_written_down_is_no_spam(golden: Path) -> None:
    report = spam_report(golden.read_bytes())
    assert report.points < 1.0, report


def test_the_spam_filter_knows_spam() -> None:
    """Else the others prove nothing."""
    mail = b"From: a@example.com\r\nSubject: FREE VIAGRA NOW\r\n\r\nBuy viagra now, 100% free http://192.0.2.4/x\r\n"
    assert spam_report(mail).points > 5.0
