"""In somebody's own mailbox lie mails that are none of our business; and machines write to machines without end."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core.clock import FixedClock
from core.database import reading
from core.models.outreach import Message, Reply
from outreach import suppression
from outreach.inbox import RawMail
from outreach.listening import MANY_AN_HOUR
from outreach.service import ReadReply, read_replies
from tests.outreach.conftest import PEPPER
from tests.outreach.report_forms import form
from tests.outreach.servers import written_mail as raw


class Mailbox:
    def __init__(self, *mails: bytes) -> None:
        self._mails = [RawMail(str(number), content, is_private=True) for number, content in enumerate(mails)]

    def waiting(self) -> Iterator[RawMail]:
        yield from list(self._mails)

    def done(self, mail: RawMail) -> None:
        self._mails.remove(mail)


def read(engine: Engine, clock: FixedClock, *mails: bytes) -> list[ReadReply]:
    return read_replies(engine, clock, Mailbox(*mails), pepper=PEPPER)


def kept(engine: Engine) -> list[Reply]:
    with reading(engine) as session:
        return list(session.exec(select(Reply).order_by(Reply.id)))  # type: ignore[arg-type]


def test_mails_of_strangers_are_not_kept(engine: Engine, clock: FixedClock) -> None:
    private = raw("Dinner at eight?", sender="mum@example.org", Message_ID="<1@x>")
    newsletter = raw("Sale! Click to unsubscribe.", sender="shop@example.org", List_Unsubscribe="<https://x>")
    bounce = form("postfix", "<somebody-elses@example.org>")
    assert read(engine, clock, private, newsletter, bounce) == []
    assert kept(engine) == []


def test_a_stranger_who_asks_to_be_left_alone_is(engine: Engine, clock: FixedClock) -> None:
    [reply] = read(engine, clock, raw("Please stop writing to me.", sender="manager@example.org"))
    assert (reply.kind, reply.candidate_id) == ("opt-out", None)
    with reading(engine) as session:
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=["manager@example.org"])


def test_an_answer_is_known_by_the_mailbox_however_its_address_is_spelt(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message]
) -> None:
    name, _, domain = invited(engine).recipient.partition("@")
    [reply] = read(engine, clock, raw("Gladly, yes!", sender=f"{name.upper()}+work@{domain}"))
    assert (reply.kind, reply.candidate_id) == ("interested", 1)


def test_what_a_person_should_see_stays_open_with_all_that_was_read(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message]
) -> None:
    message = invited(engine)
    question = raw("Hello and thank you for the mail! Which of the sizes do you need from me?", Message_ID="<1@x>",
                   In_Reply_To=message.message_id, Subject="Re: An idea")  # fmt: skip
    away = raw("I am away.", Message_ID="<2@x>", In_Reply_To=message.message_id, Auto_Submitted="auto-replied")
    sealed = (
        f"From: {message.recipient}\nMessage-ID: <3@x>\nIn-Reply-To: {message.message_id}\n"
        "Content-Type: application/pkcs7-mime\n\nxx"
    ).encode()
    read(engine, clock, question, away, sealed)
    first, second, third = kept(engine)
    assert (first.state, first.subject, first.language, first.decided_by) == ("open", "Re: An idea", "en", "rule")
    assert (second.state, third.state) == ("done", "open")
    assert third.because == "it is encrypted or sealed (S/MIME): open it in a mail program"


def test_a_creators_newsletter_is_no_answer(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message]
) -> None:
    sender = invited(engine).recipient
    [reply] = read(engine, clock, raw("I'd love to tell you about my new shop!", sender=sender, List_Id="<news.x>"))
    assert (reply.kind, reply.stage) == ("away", "INVITED")


def test_two_machines_that_answer_each_other_are_recognised(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message]
) -> None:
    message = invited(engine)
    of = {"sender": message.recipient, "In_Reply_To": message.message_id}
    mails = [raw("Your ticket was opened.", Message_ID=f"<{n}@x>", **of) for n in range(MANY_AN_HOUR + 3)]
    found = read(engine, clock, *mails)
    assert [reply.kind for reply in found[MANY_AN_HOUR:]] == ["away"] * 3
    assert "within an hour" in found[-1].because
    [opt_out] = read(engine, clock, raw("Stop", sender=message.recipient, Message_ID="<s@x>"))
    assert opt_out.kind == "opt-out"


@pytest.mark.parametrize("form_of_token", ["new", "old"])
def test_a_mail_to_the_unsubscribe_address_counts_whoever_sends_it(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], form_of_token: str
) -> None:
    message = invited(engine)
    token = message.stop_token if form_of_token == "new" else message.message_id[4:36]
    [reply] = read(engine, clock, raw("\n", sender="other@example.org", Subject=f"stop {token}"))
    assert (reply.candidate_id, reply.stage) == (1, "CLOSED_BY_OPT_OUT")
