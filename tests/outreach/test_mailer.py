from collections.abc import Callable
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from core.errors import BadInput, OutcomeUnknown, PermanentError, Refused, TransientError
from core.mailer import Address, Attachment, FileMailer, OutgoingMail, ServerUnusable, compose, message_id_for
from core.smtp import SmtpMailer, SmtpServer
from tests.outreach.servers import Sink, Wire

Mail = Callable[..., OutgoingMail]
HOSTILE = [
    "Ada\r\nBcc: evil@example.com",
    "Linen, Ada",
    "Ada <evil@example.com>",
    "\u202eadA\u202c",
    "ب بشرى",
    "A" * 300,
    "🌸" * 120,
    "{{7*7}}",
    '=HYPERLINK("https://evil.example")',
    "\x00\x0b\u2028Ada\ufeff",
    "",
]


def read(raw: bytes):  # type: ignore[no-untyped-def]
    return BytesParser(policy=policy.default).parsebytes(raw)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_reaches_nobody_else_and_breaks_no_line(a_mail: Mail, name: str) -> None:
    raw = compose(a_mail(recipient=Address(name, "ada@example.com"), subject=f"For {name}", text=f"Hi {name}\n"))
    mail = read(raw)
    assert [address.addr_spec for address in mail["To"].addresses] == ["ada@example.com"]
    assert not mail.defects
    assert set(mail.keys()) == {
        "Date",
        "Message-ID",
        "From",
        "To",
        "Subject",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert "\u202e" not in str(mail["To"])


def test_a_text_comes_out_as_it_went_in(a_mail: Mail) -> None:
    text = "Grüße 🌿\n\n.a line with a dot\n" + "w" * 1_500 + "\nfrom here\n"
    assert read(compose(a_mail(text=text))).get_content().replace("\r\n", "\n") == text


def test_unsubscribe_stands_verbatim_however_long(a_mail: Mail) -> None:
    link = f"<mailto:sofia@example.com?subject=stop%20{'a' * 300}>"
    raw = compose(a_mail(headers={"List-Unsubscribe": link}))
    assert f"List-Unsubscribe: {link}\r\n".encode() in raw


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Note", "a\r\nBcc: evil@example.com"),
        ("Bcc", "evil@example.com"),
        ("X\n", "a"),
        ("X", "ü"),
        ("Content-Type", "text/html"),
    ],
)
def test_headers_that_would_add_others_are_refused(a_mail: Mail, name: str, value: str) -> None:
    with pytest.raises(BadInput):
        compose(a_mail(headers={name: value}))


@pytest.mark.parametrize(
    "mail",
    [
        "a@example.com, b@example.com",
        "a@example.com;b@example.com",
        "a b@example.com",
        "a@example.com\nb",
        "a",
        "",
        "zoë@example.com",
        '"a b"@example.com',
        "Ada <ada@example.com>",
        "a@localhost",
    ],
)
def test_what_is_not_one_plain_address_is_refused(mail: str) -> None:
    with pytest.raises(BadInput):
        Address.checked(mail)


def test_an_address_cannot_be_made_past_the_check() -> None:
    for mail in ("a@example.com,b@example.com", "a@example.com\r\nX", "<a@example.com>", "a@b@c", "ä@example.com"):
        with pytest.raises(BadInput):
            Address("", mail)


def test_a_domain_in_other_letters_is_written_in_ascii(a_mail: Mail) -> None:
    address = Address.checked("zoe@bücher.example.com", "Zoë")
    assert address.mail == "zoe@xn--bcher-kva.example.com"
    assert b"zoe@xn--bcher-kva.example.com" in compose(a_mail(recipient=address))


def test_attachments_and_html_come_along(a_mail: Mail) -> None:
    mail = read(
        compose(a_mail(html="<p>Hi</p>", attachments=(Attachment("Vertrag ü.docx", "application/pdf", b"%PDF"),)))
    )
    assert [part.get_filename() for part in mail.iter_attachments()] == ["Vertrag ü.docx"]
    assert next(mail.iter_attachments()).get_content() == b"%PDF"
    assert "<p>Hi</p>" in mail.get_body(("html",)).get_content()


def test_the_same_mail_always_has_the_same_id() -> None:
    assert message_id_for("a/1", "example.com") == message_id_for("a/1", "example.com")
    assert message_id_for("a/1", "example.com") != message_id_for("a/2", "example.com")


def test_a_folder_takes_each_mail_once(tmp_path: Path, a_mail: Mail) -> None:
    mailer = FileMailer(tmp_path)
    assert not mailer.sent(a_mail().message_id)
    assert mailer.send(a_mail()) == mailer.send(a_mail(text="another\n"))
    assert mailer.sent(a_mail().message_id)
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]
    assert b"another" not in next(tmp_path.iterdir()).read_bytes()


def test_what_the_folder_refuses_the_server_refuses_too(
    tmp_path: Path, server: SmtpServer, sink: Sink, a_mail: Mail
) -> None:
    mail = a_mail(message_id="<no id>")
    for mailer in (FileMailer(tmp_path), SmtpMailer(server)):
        with pytest.raises(BadInput):
            mailer.send(mail)
    assert not sink.mails


def test_a_batch_uses_one_connection(server: SmtpServer, sink: Sink, a_mail: Mail) -> None:
    with SmtpMailer(server) as mailer:
        for number in range(3):
            mailer.send(a_mail(message_id=f"<gr.{number}@example.com>", text="a\n.\n..b\n"))
    assert len(sink.mails) == 3
    assert len(sink.connections) == 1
    assert sink.recipients == [["ada@example.com"]] * 3
    assert read(sink.mails[0]).get_content().replace("\r\n", "\n") == "a\n.\n..b\n"


@pytest.mark.parametrize(
    ("phase", "answer", "kind"),
    [
        ("MAIL", "451 later", ServerUnusable),
        ("MAIL", "553 not your address", ServerUnusable),
        ("RCPT", "450 greylisted", TransientError),
        ("RCPT", "550 no such user", PermanentError),
        ("RCPT", "530 log in first", ServerUnusable),
        ("DATA", "452 mailbox full", TransientError),
        ("DATA", "554 refused as spam", PermanentError),
        ("DATA", "421 closing", ServerUnusable),
    ],
)
def test_an_answer_decides_what_kind_of_failure_it_is(
    server: SmtpServer, sink: Sink, a_mail: Mail, phase: str, answer: str, kind: type[Exception]
) -> None:
    sink.answers[phase] = answer
    with SmtpMailer(server) as mailer:
        with pytest.raises(kind) as caught:
            mailer.send(a_mail())
        assert type(caught.value) is kind
        sink.answers.clear()
        mailer.send(a_mail())
    assert len(sink.mails) == 1


def test_only_a_cut_after_the_final_dot_is_unknown(server: SmtpServer, sink: Sink, a_mail: Mail) -> None:
    with Wire.to(sink.port, cut_after=b"\r\n.\r\n", swallow=False) as wire:
        mailer = SmtpMailer(replace(server, port=wire.port))
        with pytest.raises(OutcomeUnknown, match=r"ada@example\.com"):
            mailer.send(a_mail())
        mailer.close()
    assert len(sink.mails) == 1


@pytest.mark.parametrize("after", [b"mail FROM", b"rcpt TO", b"DATA\r\n", b"an idea"])
def test_a_cut_before_the_final_dot_is_surely_unsent(
    server: SmtpServer, sink: Sink, a_mail: Mail, after: bytes
) -> None:
    # The dot itself may be cut off with the text before it; then the server surely has not seen it either.
    with Wire.to(sink.port, cut_after=after, swallow=True) as wire:
        mailer = SmtpMailer(replace(server, port=wire.port))
        with pytest.raises((TransientError, OutcomeUnknown)) as caught:
            mailer.send(a_mail())
        mailer.close()
    assert not sink.mails
    if after != b"an idea":
        assert isinstance(caught.value, TransientError)


def test_an_idle_connection_that_was_closed_is_opened_again(server: SmtpServer, sink: Sink, a_mail: Mail) -> None:
    mailer = SmtpMailer(server)
    mailer.send(a_mail())
    assert mailer._connection is not None
    assert mailer._connection.sock is not None
    mailer._connection.sock.shutdown(2)
    mailer.send(a_mail(message_id="<gr.2@example.com>"))
    mailer.close()
    assert len(sink.mails) == 2


def test_an_unreachable_server_says_nothing_about_the_mail(a_mail: Mail) -> None:
    with pytest.raises(ServerUnusable, match="cannot be used"):
        SmtpMailer(SmtpServer("127.0.0.1", 9, security="none", timeout_seconds=2)).send(a_mail())


@pytest.mark.parametrize("change", [{"password": "pässwört"}, {"user": "söfia"}, {"host": "mail..example.com"}])
def test_what_cannot_be_said_in_smtp_makes_the_server_unusable_and_is_not_shown(
    server: SmtpServer, sink: Sink, a_mail: Mail, change: dict[str, str]
) -> None:
    told = {"user": "sofia", "password": "secret", "host": server.host} | change
    security = "none" if told["host"] == server.host else "tls"
    with pytest.raises(ServerUnusable, match="host name, user or password") as caught:
        SmtpMailer(replace(server, security=security, **told)).send(a_mail())  # type: ignore[arg-type]
    assert "ä" not in str(caught.value)
    assert not sink.mails


def test_a_refused_login_makes_the_server_unusable(server: SmtpServer, a_mail: Mail) -> None:
    with pytest.raises(ServerUnusable, match="login refused"):
        SmtpMailer(replace(server, user="sofia", password="wrong")).send(a_mail())


def test_a_server_without_tls_is_not_spoken_to_in_the_clear(server: SmtpServer, sink: Sink, a_mail: Mail) -> None:
    with pytest.raises(ServerUnusable):
        SmtpMailer(replace(server, security="starttls")).send(a_mail())
    with pytest.raises(ServerUnusable):
        SmtpMailer(replace(server, security="tls")).send(a_mail())
    with pytest.raises(Refused, match="without encryption"):
        SmtpServer("mail.example.com", 25, security="none")
    assert not sink.mails


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(SmtpServer("mail.example.com", 587, password="secret"))
