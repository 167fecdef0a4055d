"""When a sender's mails stand still by themselves, and who lets them go on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.mailer import OutgoingMail, Receipt
from core.models.audit import AuditEntry
from core.models.outreach import Message, Reply
from core.models.sending import SenderStop
from core.people import People
from outreach import breakers
from outreach.breakers import Counted, judge
from outreach.service import lift_stop, open_stops, send_due, stop_sender
from tests.outreach.conftest import PEPPER
from tests.outreach.servers import Scripted

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
InviteAll = Callable[..., None]


@pytest.mark.parametrize(
    ("sent", "bounces", "complaints", "level"),
    [
        (0, 0, 0, ""),
        (50, 1, 0, ""),
        (50, 2, 0, "warn"),
        (100, 2, 0, ""),
        (100, 5, 0, "warn"),
        (100, 6, 0, "stop"),
        (10, 2, 0, "warn"),
        (10, 3, 0, "stop"),
        (999, 0, 1, "pause"),
        (1000, 0, 1, ""),
        (667, 0, 2, "pause"),
        (666, 0, 2, "stop"),
        (1001, 0, 3, "pause"),
        (1000, 0, 3, "stop"),
    ],
)
def test_bounds_are_those_of_the_large_mailbox_providers(sent: int, bounces: int, complaints: int, level: str) -> None:
    assert judge(Counted(sent, bounces, complaints, NOW if complaints else None), NOW).level == level


def test_one_complaint_pauses_for_a_day() -> None:
    counted = Counted(50, 0, 1, NOW)
    assert judge(counted, NOW).until == NOW + timedelta(hours=24)
    assert judge(counted, NOW + timedelta(hours=24)).level == ""


def came_back(engine: Engine, clock: FixedClock, kind: str, *numbers: int) -> None:
    with unit_of_work(engine) as session:
        for number in numbers:
            session.add(Reply(mail_id=f"<{kind}{number}@x>", message_id=number, candidate_id=number, kind=kind,
                              because="", text="", received_at=clock.now()))  # fmt: skip


class HearsBack(Scripted):
    """A mailer whose mails come back as soon as they are out."""

    def __init__(self, engine: Engine, clock: FixedClock, kind: str) -> None:
        super().__init__()
        self._engine, self._clock, self._kind = engine, clock, kind

    def send(self, mail: OutgoingMail) -> Receipt:
        receipt = super().send(mail)
        with reading(self._engine) as session:
            number = session.exec(select(Message.id).where(Message.message_id == mail.message_id)).one() or 0
        came_back(self._engine, self._clock, self._kind, number)
        return receipt


def test_bounces_that_come_in_during_a_batch_stop_it(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 6)
    mailer = HearsBack(engine, clock, breakers.BOUNCE)
    report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert (len(report.sent), report.left) == (3, 3)
    assert report.left_because == "the mails of Sofia Marin stand still: 3 of 3 mails came back"
    assert report.next_at is None


def test_a_stop_stays_until_a_person_lifts_it_and_what_came_before_is_not_counted_again(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 8)
    assert len(send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, limit=4).sent) == 4
    came_back(engine, clock, breakers.BOUNCE, 1, 2, 3)
    clock.advance(timedelta(minutes=1))
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == ()
    with unit_of_work(engine) as session:
        assert open_stops(session) == {"sofia": "3 of 4 mails came back"}
        for reply in session.exec(select(Reply)):
            session.delete(reply)
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == ()
    came_back(engine, clock, breakers.BOUNCE, 1, 2, 3)
    clock.advance(timedelta(minutes=1))
    with unit_of_work(engine) as session:
        lift_stop(session, clock, "sofia", actor="omar")
    assert len(send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent) == 4
    with reading(engine) as session:
        assert open_stops(session) == {}
        done = [entry.action for entry in session.exec(select(AuditEntry).where(AuditEntry.subject == "sender:sofia"))]
        assert done == ["sender.stopped", "sender.goes_on"]
        assert audit.verify(session).problem == ""


def test_a_complaint_pauses_the_sender_for_a_day(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: InviteAll
) -> None:
    invite_all(engine, 3)
    assert len(send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER, limit=1).sent) == 1
    came_back(engine, clock, breakers.COMPLAINT, 1)
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    assert (report.sent, report.left) == ((), 2)
    assert report.left_because == "the mails of Sofia Marin stand still: 1 of 1 mails complained about"
    # A day later it is Saturday.
    assert report.next_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    clock.advance(timedelta(days=3))
    assert len(send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent) == 2


def test_a_person_stops_a_sender_once_and_only_what_stands_still_is_let_go_on(
    sqlite_engine: Engine, clock: FixedClock
) -> None:
    with unit_of_work(sqlite_engine) as session:
        stop_sender(session, clock, "sofia", why="looked odd", actor="omar")
        stop_sender(session, clock, "sofia", why="again", actor="omar")
        assert open_stops(session) == {"sofia": "looked odd"}
        assert len(session.exec(select(SenderStop)).all()) == 1
        with pytest.raises(Refused, match="do not stand still"):
            lift_stop(session, clock, "omar", actor="omar")
