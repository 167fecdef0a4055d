"""A refusal at the wire: of a mailbox that nobody has, of us, or of neither; and what each does to the record."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import PermanentError, Refused
from core.mailer import AddressRefused, OutgoingMail, SenderRefused, ServerUnusable
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply, SendAttempt, SendSlot
from core.people import People
from core.refusals import About, about
from core.resend import ResendAccount, ResendMailer
from core.smtp import SmtpMailer, SmtpServer
from outreach import frequency
from outreach.service import lift_stop, open_stops, queue_transactional, retry, send_due
from tests.outreach.conftest import PEPPER
from tests.outreach.doors import Answer, Door
from tests.outreach.servers import Sink

InviteAll = Callable[..., None]
#: As servers write them.
GONE = [
    "550 5.1.1 <ada@example.com>: Recipient address rejected: User unknown in relay recipient table",
    "550 5.1.1 The email account that you tried to reach does not exist. See https://example.com/spam",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "556 5.1.10 Recipient address has null MX",
    "550 5.2.1 The email account that you tried to reach is inactive",
    "550 5.4.1 Recipient address rejected: Access denied. [AM6EUR05FT035]",
    "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)",
    "550 sorry, no mailbox here by that name (#5.1.1)",
    "550 No such user here",
    "550 Unknown user",
    "551 User not local; please try <ada@example.net>",
    "553 Requested action not taken: mailbox name not allowed",
    "550 Unrouteable address",
]
US = [
    "550 5.7.1 Service unavailable, client host [192.0.2.1] blocked using a list",
    "550 5.7.1 <ada@example.com>: Recipient address rejected: user unknown",
    "550-5.7.26 This mail is unauthenticated, which poses a security risk",
    "550 5.1.8 <sofia@example.com>: Sender address rejected: Domain not found",
    "550 5.1.0 Sender rejected: user unknown",
    "553 sorry, that domain isn't in my list of allowed rcpthosts; no relaying (#5.7.1)",
    "550 Relay not permitted",
    "550 Blocked by our blocklist: user unknown",
    "554 Message rejected: too much spam from your host",
    "550 SPF check failed",
]
NEITHER = [
    "550 no",
    "550 5.3.4 Message too big",
    "552 5.2.2 Mailbox full",
    "552 Mailbox full",
    "554 Transaction failed",
    "501 5.5.4 Syntax error",
    "550 5.0.0 Command rejected",
    "550 see 192.0.2.5.1.1",
]


def judged(answer: str, *, at_recipient: bool = True) -> About:
    return about(int(answer[:3]), answer[4:], at_recipient=at_recipient)


@pytest.mark.parametrize(
    ("answers", "whom"),
    [(GONE, About.MAILBOX), (US, About.US), (NEITHER, About.NEITHER)],
    ids=["gone", "us", "neither"],
)
def test_codes_decide_and_words_where_there_is_none(answers: list[str], whom: About) -> None:
    assert {answer: judged(answer) for answer in answers} == dict.fromkeys(answers, whom)


def test_after_the_text_words_alone_give_up_no_address() -> None:
    assert judged("550 No such user here", at_recipient=False) is About.NEITHER
    assert judged("550 5.1.1 no such user", at_recipient=False) is About.MAILBOX
    assert judged("550 looks like spam", at_recipient=False) is About.US


@pytest.mark.parametrize(
    ("phase", "answer", "kind"),
    [
        ("RCPT", "550 5.1.1 no such user", AddressRefused),
        ("RCPT", "550 5.7.1 blocked", SenderRefused),
        ("RCPT", "550 no", PermanentError),
        ("DATA", "554 5.7.1 spam", SenderRefused),
        ("DATA", "550 5.1.1 not here", AddressRefused),
    ],
)
def test_the_mailer_tells_them_apart(
    server: SmtpServer, sink: Sink, a_mail: Callable[..., OutgoingMail], phase: str, answer: str, kind: type[Exception]
) -> None:
    sink.answers[phase] = answer
    with SmtpMailer(server) as mailer, pytest.raises(kind) as caught:
        mailer.send(a_mail())
    assert type(caught.value) is kind


def test_a_mailbox_that_nobody_has_is_a_bounce_and_is_remembered(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll, server: SmtpServer,
    sink: Sink,
) -> None:  # fmt: skip
    invite_all(engine, 2)
    sink.answers_to["creator0@example.com"] = "550 5.1.1 no such user"
    with SmtpMailer(server) as mailer:
        report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert (report.failed, report.sent, report.trouble) == ((1,), (2,), "")
    with reading(engine) as session:
        reply = session.exec(select(Reply)).one()
        assert (reply.kind, reply.message_id, reply.candidate_id, reply.state) == ("bounce", 1, 1, "done")
        assert "550 5.1.1 no such user" in reply.because
        gone, other = session.get_one(Message, 1), session.get_one(Message, 2)
        assert (gone.status, gone.sent_at) == ("failed", None)
        assert frequency.comes_back(session, key=gone.recipient_key)
        assert not frequency.comes_back(session, key=other.recipient_key)
        assert session.get_one(Candidate, 1).stage == "APPROVED"
        assert [slot.message_id for slot in session.exec(select(SendSlot))] == [2]
        assert audit.verify(session).problem == ""
    with unit_of_work(engine) as session, pytest.raises(Refused, match="came back"):
        retry(session, clock, 1, actor="omar")


def test_too_many_gone_mailboxes_stop_the_sender(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll, server: SmtpServer,
    sink: Sink,
) -> None:  # fmt: skip
    invite_all(engine, 6)
    sink.answers_to = {f"creator{number}@example.com": "550 5.1.1 no such user" for number in range(1, 6)}
    with SmtpMailer(server) as mailer:
        report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert (report.sent, report.failed, report.left) == ((1,), (2, 3, 4), 2)
    assert report.left_because == "the mails of Sofia Marin stand still: 3 of 4 mails came back"


def test_what_is_refused_because_of_us_stops_the_sender_and_marks_nobody(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll, server: SmtpServer,
    sink: Sink,
) -> None:  # fmt: skip
    invite_all(engine, 6)
    sink.answers_to = {f"creator{number}@example.com": "550 5.7.1 blocked by policy" for number in range(1, 6)}
    with SmtpMailer(server) as mailer:
        report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
        assert (report.sent, report.failed, report.left) == ((1,), (2, 3, 4), 2)
        why = "3 of 4 mails were refused because of us"
        assert report.left_because == f"the mails of Sofia Marin stand still: {why}"
        with reading(engine) as session:
            assert open_stops(session) == {"sofia": why}
            assert not session.exec(select(Reply)).all()
            outcomes = session.exec(select(SendAttempt.outcome).order_by(col(SendAttempt.id))).all()
            assert list(outcomes) == ["sent", "refused", "refused", "refused"]
        sink.answers_to.clear()
        clock.advance(timedelta(minutes=1))
        with unit_of_work(engine) as session:
            lift_stop(session, clock, "sofia", actor="omar")
            for number in (2, 3, 4):
                retry(session, clock, number, actor="omar")
        assert len(send_due(engine, clock, mailer, campaign, people, pepper=PEPPER).sent) == 5


def test_of_a_deal_somebody_hears_that_the_mailbox_is_gone(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll,
    server: SmtpServer, sink: Sink,
) -> None:  # fmt: skip
    invite_all(sqlite_engine, 1)
    with SmtpMailer(server) as mailer:
        send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER)
        with unit_of_work(sqlite_engine) as session:
            queue_transactional(session, clock, campaign, session.get_one(Candidate, 1), step="note",
                                subject="A note", text="Hello.\n", people=people)  # fmt: skip
        sink.answers["RCPT"] = "550 5.1.1 no such user"
        assert send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER).failed == (2,)
    with reading(sqlite_engine) as session:
        assert session.exec(select(Reply.state)).one() == "open"


@pytest.mark.parametrize(
    ("name", "message", "kind"),
    [
        ("validation_error", "Invalid `to` field. The email address needs to follow the format.", AddressRefused),
        ("invalid_from_address", "Invalid from address.", SenderRefused),
        ("validation_error", "Invalid `from` field.", SenderRefused),
        ("missing_required_field", "The `subject` field is missing.", PermanentError),
    ],
)
def test_the_provider_names_the_field_that_it_refuses(
    door: Door, a_mail: Callable[..., OutgoingMail], name: str, message: str, kind: type[Exception]
) -> None:
    door.answers = [Answer(422, {"statusCode": 422, "name": name, "message": message})]
    with ResendMailer(ResendAccount("re_key", url=door.url)) as mailer, pytest.raises(kind) as caught:
        mailer.send(a_mail())
    assert type(caught.value) is kind


def test_what_no_record_can_keep_of_a_servers_answer_leaves_nothing_unknown(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll, server: SmtpServer,
    sink: Sink,
) -> None:  # fmt: skip
    invite_all(engine, 2)
    sink.answers_to["creator0@example.com"] = "550 5.1.1 \x00\x1b[31mno such user"
    with SmtpMailer(server) as mailer:
        report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert (report.failed, report.sent) == ((1,), (2,))
    with reading(engine) as session:
        assert session.get_one(Message, 1).detail.isprintable()


def test_nor_does_what_the_provider_answers(door: Door, a_mail: Callable[..., OutgoingMail]) -> None:
    waited: list[float] = []
    door.answers = [Answer(200, {"id": "49\x00a3"})]
    with ResendMailer(ResendAccount("re_key", url=door.url), sleep=waited.append) as mailer:
        assert mailer.send(a_mail()).provider_id == "49 a3"
        door.answers = [Answer(429, {"name": "rate\x00"}, {"Retry-After": "²"})]
        with pytest.raises(ServerUnusable, match="rate"):
            mailer.send(a_mail())
