"""Follow-ups: in the thread, on their day, from the same sender, and never to who answered."""

import email
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.mailer import FileMailer
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.people import People
from core.stages import Stage
from core.store import move
from outreach import suppression
from outreach.entries import DIRECT
from outreach.phrases import ReplyKind
from outreach.service import (
    FollowUps,
    SendReport,
    close_unanswered,
    record_by_hand,
    send_due,
    write_follow_ups,
    write_invitations,
)
from tests.outreach.conftest import PEPPER, TEMPLATES

Approved = Callable[..., Candidate]


class Office:
    """A campaign's outreach with files for a mail server: writes, sends and lets days pass."""

    def __init__(self, engine: Engine, clock: FixedClock, campaign: Campaign, people: People, folder: Path) -> None:
        self.engine, self.clock, self.campaign, self.people = engine, clock, campaign, people
        self.templates, self.outbox = folder / "templates", folder / "outbox"
        shutil.copytree(TEMPLATES, self.templates)
        for step in ("follow-up-1", "follow-up-2"):
            path = self.templates / "outreach" / f"{step}.en.txt.j2"
            if not path.exists():
                shutil.copy(self.templates / "outreach" / "invite.en.txt.j2", path)

    def invite(self) -> None:
        with unit_of_work(self.engine) as session:
            write_invitations(session, self.clock, self.campaign, self.people, templates=self.templates, pepper=PEPPER)

    def follow_up(self, until: datetime | None = None) -> FollowUps:
        with unit_of_work(self.engine) as session:
            return write_follow_ups(session, self.clock, self.campaign, self.people, templates=self.templates,
                                    pepper=PEPPER, until=until)  # fmt: skip

    def send(self) -> SendReport:
        return send_due(self.engine, self.clock, FileMailer(self.outbox), self.campaign, self.people, pepper=PEPPER)

    def close(self) -> int:
        with unit_of_work(self.engine) as session:
            return len(close_unanswered(session, self.clock, self.campaign, self.people, templates=self.templates))

    def at(self, moment: str) -> None:
        self.clock.advance(datetime.fromisoformat(moment).replace(tzinfo=UTC) - self.clock.now())

    def day(self, moment: str) -> SendReport:
        """What the daily batch does."""
        self.at(moment)
        self.close()
        self.follow_up()
        return self.send()

    def mails(self) -> list[Message]:
        with reading(self.engine) as session:
            return list(session.exec(select(Message).order_by(col(Message.id))))

    def stage(self) -> str:
        with reading(self.engine) as session:
            return session.exec(select(Candidate.stage)).one()


@pytest.fixture
def office(engine: Engine, clock: FixedClock, campaign: Campaign, people: People, tmp_path: Path) -> Office:
    return Office(engine, clock, campaign, people, tmp_path)


@pytest.fixture
def invited(office: Office, approved: Approved) -> Office:
    """One creator got the invitation on a Friday."""
    with unit_of_work(office.engine) as session:
        approved(session, "ada.linen")
    office.invite()
    assert len(office.send().sent) == 1
    return office


def came_back(session: Session, clock: FixedClock, kind: str) -> None:
    session.add(Reply(mail_id=f"<{kind}@x>", message_id=1, candidate_id=1, kind=kind, because="", text="",
                      received_at=clock.now()))  # fmt: skip


def test_nobody_answers_and_after_two_follow_ups_it_is_over(invited: Office) -> None:
    assert invited.day("2026-11-22T12:00").sent == ()  # a Sunday
    assert invited.day("2026-11-23T07:00").sent == ()
    assert invited.day("2026-11-23T10:00").sent == (2,)
    assert invited.day("2026-11-26T10:00").sent == ()
    assert invited.day("2026-11-27T10:00").sent == (3,)
    assert invited.day("2026-12-03T10:00").sent == ()
    assert invited.stage() == Stage.INVITED
    assert invited.day("2026-12-04T10:00").sent == ()
    assert invited.stage() == Stage.NO_ANSWER
    assert invited.day("2026-12-18T10:00").sent == ()
    assert [mail.step for mail in invited.mails()] == ["invite", "follow-up-1", "follow-up-2"]


def test_a_follow_up_stands_in_the_thread_of_the_first_mail(invited: Office) -> None:
    invited.day("2026-11-23T10:00")
    invited.day("2026-11-27T10:00")
    first, second, third = invited.mails()
    assert third.headers["In-Reply-To"] == second.message_id
    assert third.headers["References"] == f"{first.message_id} {second.message_id}"
    raw = email.message_from_bytes(FileMailer(invited.outbox).path_of(second.message_id).read_bytes())
    assert (raw["In-Reply-To"], raw["References"]) == (first.message_id, first.message_id)
    assert first.sender == second.sender == third.sender
    assert first.recipient == second.recipient
    assert second.stop_token in raw["List-Unsubscribe"]
    assert second.answer_by == datetime(2026, 11, 27, tzinfo=UTC).date()


def test_writing_again_writes_nothing_twice_and_ahead_it_waits_for_its_day(invited: Office) -> None:
    tomorrow = invited.clock.now() + timedelta(days=3)
    assert len(invited.follow_up(until=tomorrow).written) == 1
    assert invited.follow_up(until=tomorrow) == FollowUps((), (), (), ())
    mail = invited.mails()[1]
    opening = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert mail.not_before is not None
    assert opening <= mail.not_before < opening + timedelta(hours=1)
    assert (invited.send().sent, invited.send().next_at) == ((), mail.not_before)


@pytest.mark.parametrize("kind", ["bounce", "unclear"])
def test_whatever_came_back_meanwhile_calls_a_written_follow_up_off_when_it_is_to_go(
    invited: Office, kind: str
) -> None:
    invited.at("2026-11-23T10:00")
    assert len(invited.follow_up().written) == 1
    with unit_of_work(invited.engine) as session:
        came_back(session, invited.clock, kind)
    report = invited.send()
    assert (report.sent, report.failed, report.called_off) == ((), (), (2,))
    assert invited.mails()[1].status == "cancelled"
    assert "came back" in invited.mails()[1].detail
    assert invited.follow_up() == FollowUps((), (), (), ())


def test_a_note_of_absence_stops_nothing(invited: Office) -> None:
    with unit_of_work(invited.engine) as session:
        came_back(session, invited.clock, ReplyKind.AWAY)
    assert invited.day("2026-11-23T10:00").sent == (2,)


def test_another_stage_calls_it_off_at_once_and_at_the_latest_when_it_is_to_go(invited: Office) -> None:
    invited.at("2026-11-23T10:00")
    invited.follow_up()
    with unit_of_work(invited.engine) as session:
        move(session, invited.clock, session.get_one(Candidate, 1), Stage.REPLIED, actor="omar", reason="rang us")
    assert invited.send().called_off == (2,)
    assert "REPLIED" in invited.mails()[1].detail
    assert invited.day("2026-12-24T10:00").sent == ()
    assert invited.stage() == Stage.REPLIED


def test_a_follow_up_that_waits_is_called_off_by_the_next_writing(invited: Office) -> None:
    invited.follow_up(until=invited.clock.now() + timedelta(days=4))
    with unit_of_work(invited.engine) as session:
        move(session, invited.clock, session.get_one(Candidate, 1), Stage.REPLIED, actor="omar", reason="rang us")
    assert invited.follow_up().called_off == (2,)


def test_an_opt_out_anywhere_calls_it_off(invited: Office) -> None:
    invited.at("2026-11-23T10:00")
    invited.follow_up()
    with unit_of_work(invited.engine) as session:
        suppression.add(session, invited.clock, pepper=PEPPER, address="Ada.Linen+x@example.com", why="", actor="omar")
    assert invited.send().called_off == (2,)
    assert "opted out of mails from us" in invited.mails()[1].detail


def test_who_was_written_to_by_hand_gets_no_follow_up(office: Office, approved: Approved, people: People) -> None:
    with unit_of_work(office.engine) as session:
        candidate = approved(session, "ada.linen", email=None)
        record_by_hand(session, office.clock, candidate, pepper=PEPPER, actor=people.named("sofia"), how="on Instagram")
        message = session.get_one(Message, 1)
        message.category = DIRECT
        session.add(message)
    assert office.day("2026-11-30T10:00").sent == ()
    assert office.stage() == Stage.INVITED
    office.day("2026-12-04T10:00")
    assert office.stage() == Stage.NO_ANSWER
    assert len(office.mails()) == 1


def test_a_follow_up_whose_words_changed_or_that_waited_too_long_is_written_again(invited: Office) -> None:
    invited.at("2026-11-23T10:00")
    invited.follow_up()
    path = invited.templates / "outreach" / "follow-up-1.en.txt.j2"
    path.write_text(path.read_text() + "\n")
    assert invited.follow_up().renewed == (2,)
    invited.clock.advance(timedelta(days=3))
    assert invited.send().stale == 1
    assert invited.follow_up().renewed == (2,)
    assert invited.send().sent == (2,)
    # The second one keeps its distance to the first.
    assert invited.day("2026-11-27T10:00").sent == ()
    assert invited.day("2026-11-30T10:00").sent == (3,)


def test_without_its_sender_a_follow_up_is_left_for_a_person(invited: Office, people: People) -> None:
    invited.people = People({person.id: person for person in people if person.id != "sofia"})
    invited.at("2026-11-23T10:00")
    invited.campaign = invited.campaign.model_copy(
        update={"owners": invited.campaign.owners.model_copy(update={"sender": "omar"})}
    )
    assert "sofia" in invited.follow_up().left[0].reason


def test_a_missing_template_leaves_the_follow_up_for_a_person(invited: Office) -> None:
    (invited.templates / "outreach" / "follow-up-1.en.txt.j2").unlink()
    invited.at("2026-11-23T10:00")
    assert "no mail template" in invited.follow_up().left[0].reason
