"""What goes wrong with a batch as a whole: refusals that are about us, rehearsals, senders who are gone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import OutcomeUnknown, PermanentError, Refused
from core.mailer import FileMailer, ServerUnusable
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.outreach import Message, SendSlot
from core.people import People, Role
from core.smtp import SmtpMailer, SmtpServer
from core.stages import Stage
from core.store import move
from outreach import ledger
from outreach.ledger import TRANSACTIONAL
from outreach.service import Invitations, queue_transactional, retry, send_due, status, write_invitations
from tests.outreach.conftest import PEPPER, TEMPLATES
from tests.outreach.servers import Scripted, Sink

InviteAll = Callable[..., None]


def counts(engine: Engine, campaign: Campaign) -> dict[str, int]:
    with reading(engine) as session:
        return status(session, campaign.slug).counts


def write(engine: Engine, clock: FixedClock, campaign: Campaign, people: People) -> Invitations:
    with unit_of_work(engine) as session:
        return write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)


def deal_mail(engine: Engine, clock: FixedClock, campaign: Campaign, people: People, *, number: int = 1) -> None:
    with unit_of_work(engine) as session:
        queue_transactional(session, clock, campaign, session.get_one(Candidate, number), step="note",
                            subject="A note", text="Hello.\n", people=people)  # fmt: skip


@pytest.mark.slow
def test_refusals_in_a_row_are_about_us_and_fail_nobody(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 8)
    mailer = Scripted(PermanentError("no such user"), None, *[PermanentError("550 quota")] * 5)
    report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert (report.failed, report.sent, report.put_back) == ((1,), (2,), (3, 4, 5, 6, 7))
    assert "5 mails in a row were refused, which is about us" in report.trouble
    assert "5 are tried again in an hour" in report.trouble
    assert "550 quota" in report.trouble
    assert counts(engine, campaign) == {"failed": 1, "sent": 1, "pending": 6}
    with reading(engine) as session:
        assert [slot.message_id for slot in session.exec(select(SendSlot))] == [2]
    assert send_due(engine, clock, mailer, campaign, people, pepper=PEPPER).sent == (8,)
    clock.advance(timedelta(hours=1))
    assert send_due(engine, clock, mailer, campaign, people, pepper=PEPPER).sent == (3, 4, 5, 6, 7)
    with reading(engine) as session:
        assert audit.verify(session).problem == ""


def test_some_that_are_refused_each_time_hold_up_nobody_and_are_given_up(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(sqlite_engine, 6)
    refusing = Scripted(*[PermanentError("550 no such user")] * 5)
    assert len(send_due(sqlite_engine, clock, refusing, campaign, people, pepper=PEPPER).put_back) == 5
    clock.advance(timedelta(hours=1))
    mailer = Scripted(None, *[PermanentError("550 no such user")] * 50)
    assert send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER).sent == (6,)
    for _ in range(ledger.MAX_ATTEMPTS - 2):
        clock.advance(timedelta(hours=1))
        report = send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER, ignore_window=True)
    assert "5 given up" in report.trouble
    assert counts(sqlite_engine, campaign) == {"failed": 5, "sent": 1}


def test_a_failed_invitation_is_named_until_somebody_puts_it_back(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 1)
    send_due(engine, clock, Scripted(PermanentError("550 blocked")), campaign, people, pepper=PEPPER)
    for _ in range(2):
        [left] = write(engine, clock, campaign, people).left
        assert (left.candidate_id, left.handle) == (1, "creator0")
        assert "Message 1" in left.reason
        assert "550 blocked" in left.reason
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == ()
    with unit_of_work(engine) as session:
        message = retry(session, clock, 1, actor="omar")
        assert (message.status, message.attempts, message.not_before) == ("pending", 0, None)
        last = session.exec(
            select(AuditEntry).where(AuditEntry.actor == "omar", AuditEntry.subject == "message:1")
        ).one()
        assert last.action == "message.pending"
    assert write(engine, clock, campaign, people).left == ()
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == (1,)
    with unit_of_work(engine) as session:
        with pytest.raises(Refused, match="is sent; only failed"):
            retry(session, clock, 1, actor="omar")
        with pytest.raises(Refused, match="no message 7"):
            retry(session, clock, 7, actor="omar")


def test_a_failed_mail_of_a_deal_can_be_put_back_but_not_of_one_that_ended(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(sqlite_engine, 1)
    send_due(sqlite_engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    deal_mail(sqlite_engine, clock, campaign, people)
    send_due(sqlite_engine, clock, Scripted(PermanentError("full")), campaign, people, pepper=PEPPER)
    with unit_of_work(sqlite_engine) as session:
        retry(session, clock, 2, actor="omar")
    report = send_due(sqlite_engine, clock, Scripted(PermanentError("full")), campaign, people, pepper=PEPPER)
    assert report.failed == (2,)
    with unit_of_work(sqlite_engine) as session:
        move(session, clock, session.get_one(Candidate, 1), Stage.DROPPED, actor="omar", reason="left")
        with pytest.raises(Refused, match="is DROPPED"):
            retry(session, clock, 2, actor="omar")


@pytest.mark.parametrize("rehearsal_first", [True, False])
def test_a_record_is_either_a_rehearsal_or_real(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll, tmp_path: Path,
    rehearsal_first: bool,
) -> None:  # fmt: skip
    invite_all(engine, 2)
    first, other = (FileMailer(tmp_path), Scripted()) if rehearsal_first else (Scripted(), FileMailer(tmp_path))
    send_due(engine, clock, first, campaign, people, pepper=PEPPER, limit=1)
    elsewhere = campaign.model_copy(update={"slug": "elsewhere"})
    for asked in (campaign, elsewhere):
        with pytest.raises(Refused, match=r"rehearsal: 1 of" if rehearsal_first else r"real one: 1 of") as caught:
            send_due(engine, clock, other, asked, people, pepper=PEPPER)
    assert "another GREENROOM_HOME" in str(caught.value)
    assert counts(engine, campaign) == {"sent": 1, "pending": 1}
    assert len(send_due(engine, clock, first, campaign, people, pepper=PEPPER).sent) == 1


def test_a_mail_that_may_have_gone_out_makes_the_record_real_and_one_that_surely_did_not_does_not(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll, tmp_path: Path
) -> None:
    invite_all(engine, 2)
    mailer = Scripted(ServerUnusable("login refused"), OutcomeUnknown("who knows"))
    send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert len(send_due(engine, clock, FileMailer(tmp_path), campaign, people, pepper=PEPPER, limit=1).sent) == 1
    with pytest.raises(Refused, match="rehearsal"):
        send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)


def test_an_unknown_outcome_of_a_real_server_forbids_a_rehearsal(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll, tmp_path: Path
) -> None:
    invite_all(sqlite_engine, 2)
    send_due(sqlite_engine, clock, Scripted(OutcomeUnknown("who knows")), campaign, people, pepper=PEPPER, limit=1)
    with pytest.raises(Refused, match="real one: 2 of"):
        send_due(sqlite_engine, clock, FileMailer(tmp_path), campaign, people, pepper=PEPPER)


def test_a_sender_who_left_does_not_stop_the_others(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 2)
    with unit_of_work(engine) as session:
        message = session.get_one(Message, 1)
        message.sender = "gone"
        session.add(message)
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    assert (report.sent, report.left) == ((2,), 1)
    assert report.left_because == "the mails of 'gone' wait for somebody who is not in the people file"
    # Nobody has written to that creator yet, so whoever sends now writes the invitation again.
    assert write(engine, clock, campaign, people).renewed == (1,)
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == (1,)


def test_nobody_in_the_people_file_sends_nothing(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, invite_all: InviteAll
) -> None:
    invite_all(sqlite_engine, 1)
    report = send_due(sqlite_engine, clock, Scripted(), campaign, People({}), pepper=PEPPER)
    assert (report.sent, report.left) == ((), 1)
    assert "'sofia'" in report.left_because


def test_mail_of_running_deals_can_be_sent_alone(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 2)
    deal_mail(engine, clock, campaign, people)
    only = frozenset({TRANSACTIONAL})
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, categories=only)
    assert (report.sent, report.left, report.left_because) == ((3,), 0, "")
    assert counts(engine, campaign) == {"sent": 1, "pending": 2}


def test_a_password_that_smtp_cannot_say_leaves_nothing_unknown(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll,
    server: SmtpServer, sink: Sink,
) -> None:  # fmt: skip
    invite_all(sqlite_engine, 2)
    with SmtpMailer(replace(server, user="sofia", password="pässwört")) as mailer:
        report = send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert "cannot be used" in report.trouble
    assert counts(sqlite_engine, campaign) == {"pending": 2}
    assert not sink.mails
    assert Role.SENDER in people.named("sofia").roles
