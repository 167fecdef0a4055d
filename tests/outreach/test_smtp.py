"""Mails over SMTP: which failure means what, and how long one connection serves."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import BadInput, OutcomeUnknown, PermanentError, Refused, TransientError
from core.mailer import Address, AddressRefused, FileMailer, OutgoingMail, SenderRefused, ServerUnusable
from core.smtp import SmtpMailer, SmtpServer
from tests.outreach.servers import Sink, WireCutAt, read

Mail = Callable[..., OutgoingMail]


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
        ("RCPT", "550 no such user", AddressRefused),
        ("RCPT", "530 log in first", ServerUnusable),
        ("DATA", "452 mailbox full", TransientError),
        ("DATA", "554 refused as spam", SenderRefused),
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


def test_a_refused_mail_costs_no_new_connection(server: SmtpServer, sink: Sink, a_mail: Mail) -> None:
    sink.answers_to["nobody@example.com"] = "550 5.1.1 no such user"
    with SmtpMailer(server) as mailer:
        for number, mail in enumerate(["ada", "nobody", "bea", "nobody", "cleo"]):
            one = a_mail(message_id=f"<gr.{number}@example.com>", recipient=Address("", f"{mail}@example.com"))
            with suppress(PermanentError):
                mailer.send(one)
        sink.answers["DATA"] = "554 refused as spam"
        with pytest.raises(PermanentError):
            mailer.send(a_mail(message_id="<gr.8@example.com>"))
        sink.answers.clear()
        mailer.send(a_mail(message_id="<gr.9@example.com>"))
    assert sink.recipients == [[f"{mail}@example.com"] for mail in ("ada", "bea", "cleo", "ada")]
    assert len(sink.connections) == 1


def test_a_connection_is_changed_before_the_server_tires_of_it(server: SmtpServer, sink: Sink, a_mail: Mail) -> None:
    for patient, connections in (
        (replace(server, mails_per_connection=2), 3),
        (replace(server, idle_seconds=0), 5),
    ):
        sink.connections.clear()
        with SmtpMailer(patient) as mailer:
            for number in range(5):
                mailer.send(a_mail(message_id=f"<gr.{number}@example.com>"))
        assert len(sink.connections) == connections
    assert set(sink.delivered.values()) == {2}


def test_a_server_that_ends_the_session_first_is_called_again_once(
    server: SmtpServer, sink: Sink, a_mail: Mail
) -> None:
    with SmtpMailer(server) as mailer:
        mailer.send(a_mail())
        sink.answers_once["MAIL"] = "421 4.7.0 too many messages in this session"
        mailer.send(a_mail(message_id="<gr.2@example.com>"))
        assert len(sink.connections) == 2
        sink.answers["MAIL"] = "421 going down"
        with pytest.raises(ServerUnusable, match="ends the session: 421 going down"):
            mailer.send(a_mail(message_id="<gr.3@example.com>"))
    assert len(sink.mails) == 2


def test_only_a_cut_after_the_final_dot_is_unknown(server: SmtpServer, sink: Sink, a_mail: Mail) -> None:
    with WireCutAt.to(sink.port, cut_after=b"\r\n.\r\n", swallow=False) as wire:
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
    with WireCutAt.to(sink.port, cut_after=after, swallow=True) as wire:
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
