"""OpenSMTPD tells the sender what the other side refused, and Dovecot keeps it for us to read."""

import imaplib
import smtplib
import ssl
import uuid

import pytest

from tests.outreach.servers import Sink
from tests.real.servers import OFFICE, PASSWORD, Dovecot, OpenSmtpd, eventually

pytestmark = pytest.mark.slow


def test_what_is_delivered_is_read_back_over_a_safe_connection(dovecot: Dovecot) -> None:
    user = f"sofia-{uuid.uuid4().hex[:8]}"
    dovecot.deliver(user, b"Subject: Hello\r\n\r\nSounds good!\r\n")
    context = ssl.create_default_context(cafile=dovecot.ca_file)
    with imaplib.IMAP4_SSL("127.0.0.1", dovecot.imaps, ssl_context=context) as imap:
        imap.login(user, PASSWORD)
        assert imap.select("INBOX") == ("OK", [b"1"])
        assert {line.split()[-1] for line in imap.list()[1] if isinstance(line, bytes)} == {b"INBOX", b"Sent", b"Junk"}
    assert b"Sounds good!" in dovecot.inbox(user)[0]


def test_a_mailbox_is_not_opened_with_a_wrong_password(dovecot: Dovecot) -> None:
    with imaplib.IMAP4("127.0.0.1", dovecot.imap) as imap, pytest.raises(imaplib.IMAP4.error):
        imap.login("sofia", "wrong")


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "552 5.2.2 mailbox full", "554 5.7.1 refused as spam"])
def test_a_refusal_outside_comes_back_as_a_report(
    dovecot: Dovecot, outside: Sink, opensmtpd: OpenSmtpd, answer: str
) -> None:
    user = f"sofia-{uuid.uuid4().hex[:8]}"
    recipient = f"{user}@example.org"
    outside.answers_to[recipient] = answer
    mail = f"From: {user}@{OFFICE}\r\nTo: {recipient}\r\nMessage-ID: <gr.{user}@{OFFICE}>\r\n\r\nHi\r\n"
    with smtplib.SMTP("127.0.0.1", opensmtpd.port, local_hostname="localhost") as smtp:
        smtp.sendmail(f"{user}@{OFFICE}", [recipient], mail)
    (report,) = eventually(lambda: dovecot.inbox(user))
    assert f"<gr.{user}@{OFFICE}>".encode() in report
    assert answer.encode() in report
