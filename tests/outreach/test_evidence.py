"""What a witness says of mails of which nobody could tell, and what becomes of them."""

import socket
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import OutcomeUnknown
from core.models.outreach import Message
from core.people import People
from outreach.imap import SentFolder
from outreach.mailbox import ImapServer
from outreach.service import reconcile, send_due, settle_by_word
from tests.outreach.conftest import PEPPER
from tests.outreach.servers import Scripted


class Witness:
    def __init__(self, name: str, says: bool | None) -> None:
        self.name = name
        self._says = says

    def sent(self, message_id: str) -> bool | None:
        return self._says


@pytest.mark.parametrize(
    ("name", "says", "then"),
    [
        ("resend:api.resend.com", True, "sent"),
        ("resend:api.resend.com", False, "pending"),
        ("resend:api.resend.com", None, "unknown"),
        ("another:way", True, "unknown"),
    ],
)
def test_only_proof_of_the_very_way_it_went_settles_a_mail(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: Callable[..., None],
    name: str, says: bool | None, then: str,
) -> None:  # fmt: skip
    invite_all(sqlite_engine, 1)
    mailer = Scripted(OutcomeUnknown("Nobody can tell."), name="resend:api.resend.com")
    assert len(send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER).unknown) == 1
    done = reconcile(sqlite_engine, clock, campaign=campaign.slug, evidence=Witness(name, says))
    assert done.still_unknown == (then == "unknown")
    with reading(sqlite_engine) as session:
        assert session.exec(select(Message)).one().status == then


def test_a_witness_is_asked_while_nothing_is_locked_and_what_was_settled_meanwhile_is_left(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: Callable[..., None]
) -> None:
    invite_all(sqlite_engine, 2)
    mailer = Scripted(OutcomeUnknown("Nobody can tell."), OutcomeUnknown("Nobody can tell."), name="a")
    assert len(send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER).unknown) == 2

    class Slow(Witness):
        def sent(self, message_id: str) -> bool | None:
            """While it looks, a person settles the first mail; SQLite has one writer at a time."""
            with unit_of_work(sqlite_engine) as session:
                first = session.get_one(Message, 1)
                if first.status == "unknown":
                    settle_by_word(session, clock, 1, sent=False, actor="omar")
            return True

    done = reconcile(sqlite_engine, clock, campaign=campaign.slug, evidence=Slow("a", True))
    assert (done.sent, done.pending_again, done.still_unknown) == ((2,), (), 0)
    with reading(sqlite_engine) as session:
        assert [session.get_one(Message, number).status for number in (1, 2)] == ["pending", "sent"]


def test_a_mailbox_out_of_reach_proves_nothing_says_so_once_and_keeps_nobody_waiting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens there
        server = ImapServer("127.0.0.1", taken.getsockname()[1], "sofia", security="none", password="p")
        folder = SentFolder(server, "Sent", name="smtp:here")
        assert [folder.sent("<gr.1@example.com>") for _ in range(2)] == [None, None]
    [record] = caplog.records
    assert "a person has to say" in record.getMessage()
