"""Reports of failed, late and refused mails, in the shapes that the servers of the world write them."""

from textwrap import dedent


def form(name: str, message_id: str, *, recipient: str = "ada@example.com") -> bytes:
    """One of `FORMS` about one of our mails."""
    text = dedent(FORMS[name]).strip("\n").replace("%ID%", message_id).replace("%TO%", recipient)
    return text.encode().replace(b"\n", b"\r\n")


_STATUS_REPORT = """
    From: {sender}
    To: sofia@example.com
    Subject: {subject}
    Message-ID: <report-1@mx.example.org>
    Auto-Submitted: auto-replied
    MIME-Version: 1.0
    Content-Type: multipart/{kind}; report-type=delivery-status; boundary="b"

    --b
    Content-Type: text/plain

    {words}
    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.example.org

    Final-Recipient: rfc822; %TO%
    Action: {action}
    Status: {status}
    Diagnostic-Code: smtp; {said}

    --b
    Content-Type: {carried}

    From: Sofia <sofia@example.com>
    Subject: An idea
    Message-ID: %ID%

    --b--
"""


def _report(
    *, sender: str = "MAILER-DAEMON@mx.example.org (Mail Delivery System)", kind: str = "report",
    subject: str = "Undelivered Mail Returned to Sender", words: str = "I'm sorry. Reply STOP.",
    action: str = "failed", status: str = "5.1.1", said: str = "550 5.1.1 no such user",
    carried: str = "message/rfc822",
) -> str:  # fmt: skip
    return _STATUS_REPORT.format(sender=sender, kind=kind, subject=subject, words=words, action=action, status=status,
                                 said=said, carried=carried)  # fmt: skip


FORMS = {
    "postfix": _report(),
    "opensmtpd": _report(kind="mixed", status="5.0.0", said="550 5.1.1 no such user", carried="text/rfc822-headers"),
    "gmail": _report(
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)",
        carried="message/rfc822",
    ),
    "given up after days": _report(status="4.4.7", said="delivery time expired", carried="text/rfc822-headers"),
    "postfix, late": _report(subject="Delayed Mail (still being retried)", action="delayed", status="4.4.1"),
    "delivered": _report(subject="Successful Mail Delivery Report", action="delivered", status="2.0.0", said="250 ok"),
    "exchange": """
        From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>
        To: sofia@example.com
        Subject: Undeliverable: An idea
        Message-ID: <report-2@example.org>
        In-Reply-To: %ID%
        References: %ID%
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/html

        <p>Your message couldn't be delivered.</p>
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns;mail.example.org

        Original-Recipient: rfc822;%TO%
        Final-Recipient: rfc822;%TO%
        Action: failed
        Status: 5.1.10
        Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound

        --b--
        """,
    "exim": """
        From: Mail Delivery System <Mailer-Daemon@mx.example.org>
        To: sofia@example.com
        Subject: Mail delivery failed: returning message to sender
        X-Failed-Recipients: %TO%
        Auto-Submitted: auto-replied
        Message-ID: <report-3@mx.example.org>

        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          %TO%
            host mail.example.com [192.0.2.1]: 550 Unrouteable address

        ------ This is a copy of the message, including all the headers. ------

        Received: from x by y
        From: Sofia <sofia@example.com>
        Message-ID: %ID%
        Subject: An idea

        Hello
        """,
    "exim, late": """
        From: Mail Delivery System <Mailer-Daemon@mx.example.org>
        Subject: Warning: message 1rAbC-000 delayed 24 hours
        Message-ID: <report-4@mx.example.org>

        This message was created automatically by mail delivery software.
        A message that you sent has not yet been delivered to one or more of its
        recipients after more than 24 hours on the queue. No action is required on
        your part. Delivery attempts will continue for some time.

        Message-ID: %ID%
        """,
    "qmail": """
        From: MAILER-DAEMON@mx.example.org
        To: sofia@example.com
        Subject: failure notice
        Message-ID: <report-5@mx.example.org>

        Hi. This is the qmail-send program at mx.example.org.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up. Sorry it didn't work out.

        <%TO%>:
        192.0.2.1 does not like recipient.
        Remote host said: 550 no mailbox here by that name

        --- Below this line is a copy of the message.

        Return-Path: <sofia@example.com>
        Message-ID: %ID%
        Subject: An idea

        Hello
        """,
    "complaint": """
        From: <abusedesk@example.org>
        Subject: FW: An idea
        Message-ID: <report-6@example.org>
        Content-Type: multipart/report; report-type=feedback-report; boundary="b"

        --b
        Content-Type: text/plain

        This is an email abuse report.
        --b
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: SomeGenerator/1.0
        Version: 1
        Original-Rcpt-To: <%TO%>

        --b
        Content-Type: message/rfc822

        From: Sofia <sofia@example.com>
        Message-ID: %ID%
        Subject: An idea

        Hello
        --b--
        """,
    "complaint at Microsoft": """
        From: <staff@hotmail.com>
        Subject: complaint about message from 192.0.2.1
        Message-ID: <report-7@example.org>
        Content-Type: multipart/mixed; boundary="b"

        --b
        Content-Type: message/rfc822

        X-HmXmrOriginalRecipient: <%TO%>
        From: Sofia <sofia@example.com>
        Message-ID: %ID%
        Subject: An idea

        Hello
        --b--
        """,
    "not spam": """
        From: <abusedesk@example.org>
        Subject: FW: An idea
        Message-ID: <report-8@example.org>
        Content-Type: multipart/report; report-type=feedback-report; boundary="b"

        --b
        Content-Type: message/feedback-report

        Feedback-Type: not-spam
        Version: 1

        --b
        Content-Type: message/rfc822

        Message-ID: %ID%

        --b--
        """,
    "receipt": """
        From: ada@example.com
        Subject: Read: An idea
        Message-ID: <report-9@example.com>
        Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

        --b
        Content-Type: text/plain

        Your message was read. Stop.
        --b
        Content-Type: message/disposition-notification

        Final-Recipient: rfc822; %TO%
        Original-Message-ID: %ID%
        Disposition: manual-action/MDN-sent-manually; displayed

        --b--
        """,
}
