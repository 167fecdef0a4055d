"""What machines report about our mails is told apart, however it is written, and believed by our own ids alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.people import People
from core.stages import Stage
from core.store import move
from outreach import breakers, suppression
from outreach.answering import send_answer
from outreach.entries import TRANSACTIONAL
from outreach.inbox import FolderInbox, IncomingMail, RawMail, parse
from outreach.reports import What
from outreach.service import ReadReply, read_replies
from tests.outreach.conftest import PEPPER
from tests.outreach.report_forms import FORMS, form

ID = "<gr.0123@example.com>"
LATE = {"postfix, late", "exim, late"}
ARRIVED = {"delivered", "receipt"}
COMPLAINTS = {"complaint", "complaint at Microsoft"}
FAILED = FORMS.keys() - LATE - ARRIVED - COMPLAINTS - {"not spam"}


def read(engine: Engine, clock: FixedClock, folder: Path, *mails: bytes) -> list[ReadReply]:
    folder.mkdir(exist_ok=True)
    for number, content in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(content)
    return read_replies(engine, clock, FolderInbox(folder), pepper=PEPPER)


def parsed(content: bytes) -> IncomingMail:
    return parse(RawMail("one", content))


def only(engine: Engine) -> tuple[Message, Candidate]:
    with reading(engine) as session:
        return session.exec(select(Message)).one(), session.get_one(Candidate, 1)


def is_suppressed(engine: Engine, *addresses: str) -> bool:
    with reading(engine) as session:
        return suppression.is_suppressed(session, pepper=PEPPER, addresses=addresses)


@pytest.mark.parametrize("name", FORMS)
def test_each_form_says_what_became_of_which_mail(name: str) -> None:
    mail = parsed(form(name, ID))
    assert mail.report is not None
    expected = (
        What.FAILED if name in FAILED else What.LATE if name in LATE else What.ARRIVED if name in ARRIVED
        else What.COMPLAINT if name in COMPLAINTS else What.NOTHING
    )  # fmt: skip
    assert mail.report.what is expected
    assert ID in (*mail.report.message_ids, *mail.answers)
    assert mail.is_bounce == (name in FAILED)


def test_why_is_what_the_server_said() -> None:
    assert [str(parsed(form(name, ID)).report and parsed(form(name, ID)).report.because)  # type: ignore[union-attr]
            for name in ("postfix", "exchange", "qmail")] == [
        "550 5.1.1 no such user", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "failure notice"
    ]  # fmt: skip


def test_the_mail_is_known_by_our_unsubscribe_address_where_its_id_was_taken_away() -> None:
    content = form("complaint", "<redacted@example.org>").replace(
        b"Subject: An idea\r\n\r\nHello", b"List-Unsubscribe: <https://x.example/u/" + b"a2" * 13 + b">\r\n\r\nHello"
    )
    report = parsed(content).report
    assert report is not None
    assert report.tokens == ("a2" * 13,)


def test_what_people_write_is_no_report() -> None:
    words = b"The mailer-daemon told me that your mail was delayed, 550 no such user. Message-ID: <a@b>\r\n"
    assert parsed(b"From: ada@example.com\r\nSubject: Undelivered?\r\n\r\n" + words).report is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(sorted(FORMS)), st.integers(0, 2_000))
def test_no_bytes_whatever_keep_it_from_reading_on(junk: bytes, name: str, place: int) -> None:
    whole = form(name, ID)
    for content in (
        junk,
        whole[:place] + junk + whole[place:],
        whole[:place],
        b"Content-Type: multipart/report\n" + junk,
    ):
        mail = parsed(content)
        "\n".join((mail.mail_id, mail.sender, mail.subject, mail.text, mail.note)).encode()


@pytest.mark.parametrize("name", ["exchange", "qmail"])
def test_a_bounce_marks_the_mail_and_moves_nobody(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path, name: str
) -> None:
    message = invited(engine)
    [reply] = read(engine, clock, tmp_path / "in", form(name, message.message_id, recipient=message.recipient))
    assert (reply.kind, reply.candidate_id) == ("bounce", 1)
    found, candidate = only(engine)
    assert found.detail == f"bounced: {reply.because}"
    assert candidate.stage == Stage.INVITED
    assert not is_suppressed(engine, message.recipient)


def test_what_comes_back_of_a_deal_stops_nothing_and_is_put_before_a_person(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path, people: People
) -> None:
    message = invited(engine)
    with unit_of_work(engine) as session:
        session.get_one(Message, message.id).category = TRANSACTIONAL
        for target in (Stage.REPLIED, Stage.NEGOTIATING, Stage.AGREED):
            move(session, clock, session.get_one(Candidate, 1), target, actor="omar")
    read(engine, clock, tmp_path / "in", form("exchange", message.message_id, recipient=message.recipient))
    found, candidate = only(engine)
    assert (found.status, candidate.stage) == ("sent", Stage.AGREED)
    with unit_of_work(engine) as session:
        reply = session.exec(select(Reply)).one()
        assert (reply.kind, reply.state) == ("bounce", "open")
        assert breakers.count(session, clock, message.sender).bounces == 0
        with pytest.raises(Refused, match="mail server"):
            send_answer(session, clock, reply.id or 0, "Hm", actor=people.named("omar"), people=people, pepper=PEPPER)


def test_a_report_that_it_is_late_or_arrived_is_no_answer(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path
) -> None:
    message = invited(engine)
    mails = [form(name, message.message_id) for name in sorted(LATE | ARRIVED | {"not spam"})]
    assert read(engine, clock, tmp_path / "in", *mails) == []
    found, candidate = only(engine)
    assert (found.status, found.detail, candidate.stage) == ("sent", "", Stage.INVITED)


@pytest.mark.parametrize("name", ["postfix, late", "postfix"])
def test_any_report_proves_that_an_unknown_mail_left(
    engine: Engine, clock: FixedClock, invite_all: Callable[..., None], tmp_path: Path, name: str
) -> None:
    invite_all(engine, 1)
    with unit_of_work(engine) as session:
        message = session.exec(select(Message)).one()
        message.status = "unknown"
        session.add(message)
    read(engine, clock, tmp_path / "in", form(name, message.message_id))
    found, candidate = only(engine)
    assert (found.status, candidate.stage) == ("sent", Stage.INVITED)


@pytest.mark.parametrize("name", sorted(COMPLAINTS))
def test_a_complaint_is_an_opt_out_everywhere(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path, name: str
) -> None:
    message = invited(engine)
    [reply] = read(engine, clock, tmp_path / "in", form(name, message.message_id))
    assert (reply.kind, reply.stage) == ("complaint", "CLOSED_BY_OPT_OUT")
    assert is_suppressed(engine, message.recipient)
    assert not is_suppressed(engine, "abusedesk@example.org", "staff@hotmail.com")


@pytest.mark.parametrize("name", ["exim", "complaint"])
def test_a_forged_report_does_nothing(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path, name: str
) -> None:
    message = invited(engine)
    forged = form(name, "<gr.0000@example.com>", recipient=message.recipient)
    [reply] = read(engine, clock, tmp_path / "in", forged)
    assert reply.candidate_id is None
    found, candidate = only(engine)
    assert (found.detail, candidate.stage) == ("", Stage.INVITED)
    assert not is_suppressed(engine, message.recipient)
    with reading(engine) as session:
        assert session.exec(select(Reply)).one().state == "done"
