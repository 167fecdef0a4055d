import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import OutcomeUnknown, PermanentError, Refused, TransientError
from core.mailer import FileMailer, OutgoingMail, Receipt, ServerUnusable
from core.models.candidates import Candidate
from core.models.outreach import Message, SendAttempt, SendSlot
from core.people import People
from core.smtp import SmtpMailer, SmtpServer
from core.stages import Stage
from core.store import move
from outreach import ledger, suppression
from outreach.service import reconcile, send_due, settle_by_word, status, write_invitations
from tests.outreach.conftest import PEPPER, TEMPLATES
from tests.outreach.servers import Scripted, Sink, WireCutAt

InviteAll = Callable[..., None]


def counts(engine: Engine, campaign: Campaign) -> dict[str, int]:
    with reading(engine) as session:
        return status(session, campaign.slug).counts


def stages(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.exec(select(Candidate.stage).order_by(col(Candidate.id))))


def test_a_batch_sends_records_and_invites(
    engine: Engine,
    clock: FixedClock,
    campaign: Campaign,
    people: People,
    invite_all: InviteAll,
    server: SmtpServer,
    sink: Sink,
) -> None:
    invite_all(engine, 3)
    heard: list[int] = []
    with SmtpMailer(server) as mailer:
        report = send_due(
            engine, clock, mailer, campaign, people, pepper=PEPPER, on_sent=lambda m: heard.append(m.id or 0)
        )
    assert (report.sent, report.left, report.trouble) == ((1, 2, 3), 0, "")
    assert heard == [1, 2, 3]
    assert set(sink.delivered.values()) == {1}
    assert stages(engine) == ["INVITED"] * 3
    with reading(engine) as session:
        assert [candidate.sender for candidate in session.exec(select(Candidate))] == ["sofia"] * 3
        slots = session.exec(select(SendSlot)).all()
        assert [(slot.sender, slot.day) for slot in slots] == [("sofia", clock.now().date())] * 3
        assert {attempt.outcome for attempt in session.exec(select(SendAttempt))} == {"sent"}
        assert audit.verify(session).problem == ""
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == ()


def test_a_limit_ends_the_batch_early(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(sqlite_engine, 3)
    report = send_due(sqlite_engine, clock, Scripted(), campaign, people, pepper=PEPPER, limit=2)
    assert (len(report.sent), report.left) == (2, 1)


def test_what_is_provably_unsent_frees_its_slot_and_what_is_unknown_keeps_it(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 4)
    mailer = Scripted(TransientError("later"), PermanentError("no such user"), OutcomeUnknown("who knows"))
    report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert (report.put_back, report.failed, report.unknown, report.sent) == ((1,), (2,), (3,), (4,))
    assert report.left_because == "the mail server asked to try again later"
    assert report.next_at == clock.now() + timedelta(minutes=15)
    assert stages(engine) == ["APPROVED", "APPROVED", "APPROVED", "INVITED"]
    with reading(engine) as session:
        assert sorted(slot.message_id for slot in session.exec(select(SendSlot))) == [3, 4]
    clock.advance(timedelta(minutes=16))
    assert send_due(engine, clock, mailer, campaign, people, pepper=PEPPER).sent == (1,)
    assert counts(engine, campaign) == {"sent": 2, "failed": 1, "unknown": 1}


def test_a_mail_that_never_gets_through_is_given_up(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(sqlite_engine, 1)
    for _ in range(ledger.MAX_ATTEMPTS):
        mailer = Scripted(TransientError("450 later"))
        send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER, ignore_window=True)
        clock.advance(timedelta(hours=5))
    assert counts(sqlite_engine, campaign) == {"failed": 1}


def test_an_unusable_server_stops_the_batch_and_blames_no_mail(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 3)
    report = send_due(engine, clock, Scripted(ServerUnusable("login refused")), campaign, people, pepper=PEPPER)
    assert (report.sent, report.put_back, report.left, report.trouble) == ((), (1,), 3, "login refused")
    with reading(engine) as session:
        first = session.get_one(Message, 1)
        assert (first.status, first.attempts, first.not_before) == ("pending", 0, None)
        assert not session.exec(select(SendSlot)).all()


def test_a_cut_wire_leaves_the_mail_to_a_person(
    engine: Engine,
    clock: FixedClock,
    campaign: Campaign,
    people: People,
    invite_all: InviteAll,
    server: SmtpServer,
    sink: Sink,
) -> None:
    invite_all(engine, 1)
    with (
        WireCutAt.to(sink.port, cut_after=b"\r\n.\r\n", swallow=False) as wire,
        SmtpMailer(replace(server, port=wire.port)) as mailer,
    ):
        report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert report.unknown == (1,)
    with SmtpMailer(server) as mailer:
        assert send_due(engine, clock, mailer, campaign, people, pepper=PEPPER).sent == ()
    assert len(sink.mails) == 1
    with unit_of_work(engine) as session:
        settle_by_word(session, clock, 1, sent=True, actor="omar")
    assert stages(engine) == ["INVITED"]
    with unit_of_work(engine) as session, pytest.raises(Refused, match="is sent; only unknown"):
        settle_by_word(session, clock, 1, sent=False, actor="omar")


def test_a_persons_word_that_it_was_not_sent_sends_it_once_more(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 1)
    mailer = Scripted(OutcomeUnknown("who knows"))
    send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    with unit_of_work(engine) as session:
        settle_by_word(session, clock, 1, sent=False, actor="omar")
        assert not session.exec(select(SendSlot)).all()
    assert send_due(engine, clock, mailer, campaign, people, pepper=PEPPER).sent == (1,)


@pytest.mark.parametrize("arrived", [True, False])
def test_the_folder_is_evidence_for_what_went_through_it_only(
    engine: Engine,
    clock: FixedClock,
    campaign: Campaign,
    people: People,
    invite_all: InviteAll,
    tmp_path: Path,
    arrived: bool,
) -> None:
    invite_all(engine, 2)
    folder = FileMailer(tmp_path)

    class Dying:
        name = folder.name

        def send(self, mail: OutgoingMail) -> Receipt:
            if arrived:
                folder.send(mail)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_due(engine, clock, Dying(), campaign, people, pepper=PEPPER)
    elsewhere = Scripted(OutcomeUnknown("elsewhere"), name=f"{folder.name}/elsewhere")
    send_due(engine, clock, elsewhere, campaign, people, pepper=PEPPER)
    assert counts(engine, campaign) == {"sending": 1, "unknown": 1}
    clock.advance(timedelta(minutes=16))
    done = reconcile(engine, clock, campaign=campaign.slug, evidence=folder)
    assert (done.sent, done.pending_again) == (((1,), ()) if arrived else ((), (1,)))
    assert done.still_unknown == 1


def test_the_law_of_the_moment_is_asked_again_before_the_wire(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 3)
    with unit_of_work(engine) as session:
        suppression.add(session, clock, pepper=PEPPER, address="creator0@example.com", why="asked", actor="omar")
        move(session, clock, session.get_one(Candidate, 2), Stage.DROPPED, actor="omar", reason="left the platform")
    mailer = Scripted()
    report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert (report.called_off, report.sent) == ((1, 2), (3,))
    with reading(engine) as session:
        assert [session.get_one(Message, number).detail for number in (1, 2)] == [
            "The creator opted out of mails from us", "the candidate is DROPPED, not APPROVED"]  # fmt: skip


def test_ctrl_c_stops_between_mails(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 3)
    before = signal.getsignal(signal.SIGINT)

    def interrupt(_message: Message) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, on_sent=interrupt)
    assert (report.sent, report.left, report.stopped_by_hand) == ((1,), 2, True)
    assert signal.getsignal(signal.SIGINT) is before
    assert counts(engine, campaign) == {"sent": 1, "pending": 2}


def test_a_late_worker_with_proof_is_believed(
    engine: Engine, clock: FixedClock, campaign: Campaign, invite_all: InviteAll
) -> None:
    invite_all(engine, 1)
    lane = ledger.Lane(campaign.slug, 50, "slow", "scripted", PEPPER, ("sofia",), {"sofia": clock.now().date()})
    with unit_of_work(engine) as session:
        claimed = ledger.claim(session, clock, lane)
    assert isinstance(claimed, ledger.Claimed)
    clock.advance(timedelta(minutes=16))
    with unit_of_work(engine) as session:
        assert ledger.expire_leases(session, clock, campaign=campaign.slug) == [1]
        assert ledger.claim(session, clock, lane) is None
    with unit_of_work(engine) as session:
        ledger.close(session, clock, claimed.attempt_id, ledger.Outcome.SENT)
    assert stages(engine) == ["INVITED"]


def test_writing_while_sending_changes_nothing_twice(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 2)
    send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, limit=1)
    with unit_of_work(engine) as session:
        again = write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
    assert (again.written, again.renewed, again.left) == ((), (), ())


def test_what_a_mail_provider_calls_a_mail_is_kept_with_it(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    class Provider(Scripted):
        def send(self, mail: OutgoingMail) -> Receipt:
            return Receipt(mail.message_id, "200", provider_id="re_123")

    invite_all(engine, 1)
    send_due(engine, clock, Provider(), campaign, people, pepper=PEPPER)
    with reading(engine) as session:
        assert session.get_one(Message, 1).provider_id == "re_123"
