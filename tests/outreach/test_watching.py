"""A batch is held to what was signed off: asked before each invitation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.mailer import FileMailer
from core.models.candidates import Candidate
from core.models.outreach import Message, SendSlot
from core.people import People
from outreach.delivery import SendReport, send_due
from outreach.entries import MARKETING
from outreach.render import load_template
from outreach.service import Wording, queue_transactional
from tests.outreach.conftest import PEPPER, START_OF_TESTS, TEMPLATES

WORDS = load_template(TEMPLATES, "invite", "en").sha256
NOW = Wording(frozenset({WORDS}), START_OF_TESTS)
Send = Callable[..., SendReport]


@dataclass
class Keeper:
    """Lets so many mails go, in the words of this template as they have read since then."""

    lets: int
    wording: Wording = NOW
    asked: int = 0
    out_of_use: Mapping[str, str] = field(default_factory=dict)

    def why_not(self, session: Session) -> str:
        assert session.in_transaction()
        self.asked += 1
        return "" if self.asked <= self.lets else "The brief is not signed off."

    def held(self, session: Session) -> Mapping[str, str]:
        assert session.in_transaction()
        return self.out_of_use


@pytest.fixture
def send(engine: Engine, clock: FixedClock, campaign: Campaign, people: People, tmp_path: Path) -> Send:
    def sent(watch: Keeper | None) -> SendReport:
        return send_due(engine, clock, FileMailer(tmp_path), campaign, people, pepper=PEPPER, watch=watch)

    return sent


def test_a_gate_that_shuts_stops_the_invitations_and_says_why(
    engine: Engine, invite_all: Callable[..., None], send: Send
) -> None:
    invite_all(engine, 3)
    keeper = Keeper(lets=1)
    done = send(keeper)
    assert (len(done.sent), done.left, done.next_at) == (1, 2, None)
    assert done.shut == done.left_because == "The brief is not signed off."
    assert keeper.asked == 2
    with reading(engine) as session:
        # Whoever did not go takes none of the day's places.
        assert len(session.exec(select(SendSlot)).all()) == 1
    assert len(send(Keeper(lets=9)).sent) == 2


def test_mails_of_running_deals_go_on_behind_a_shut_gate(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: Callable[..., None], send: Send
) -> None:
    invite_all(engine, 2)
    with unit_of_work(engine) as session:
        candidate = session.exec(select(Candidate)).first()
        assert candidate is not None
        queue_transactional(session, clock, campaign, candidate, step="note", subject="Hi", text="Hi", people=people)
    keeper = Keeper(lets=0)
    done = send(keeper)
    with reading(engine) as session:
        [sent] = session.exec(select(Message).where(Message.status == "sent")).all()
    assert (sent.category, done.left, keeper.asked) == ("transactional", 2, 1)


@pytest.mark.parametrize(
    "wording",
    [
        Wording(frozenset({"0" * 64}), START_OF_TESTS),
        Wording(frozenset({WORDS}), START_OF_TESTS + timedelta(minutes=1)),
    ],
    ids=["another template", "before it read so"],
)
def test_a_mail_in_other_words_is_left_and_counted(
    engine: Engine, invite_all: Callable[..., None], send: Send, wording: Wording
) -> None:
    invite_all(engine, 2)
    done = send(Keeper(lets=9, wording=wording))
    assert (done.sent, done.left, done.outdated, done.stale, done.left_because) == ((), 2, 2, 0, "")


def test_without_anybody_who_watches_all_go(engine: Engine, invite_all: Callable[..., None], send: Send) -> None:
    invite_all(engine, 2)
    assert len(send(None).sent) == 2


def test_a_batch_of_invitations_alone_ends_where_the_gate_shuts(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: Callable[..., None],
    tmp_path: Path,
) -> None:  # fmt: skip
    invite_all(engine, 2)
    done = send_due(engine, clock, FileMailer(tmp_path), campaign, people, pepper=PEPPER, watch=Keeper(lets=0),
                    categories=frozenset({MARKETING}))  # fmt: skip
    assert (done.sent, done.shut) == ((), "The brief is not signed off.")


def test_of_words_that_are_held_nothing_goes_and_mails_in_other_words_do(
    engine: Engine, invite_all: Callable[..., None], send: Send
) -> None:
    invite_all(engine, 3)
    other = "f" * 64
    with unit_of_work(engine) as session:
        message = session.get_one(Message, 2)
        message.template_sha256 = other
        session.add(message)
    keeper = Keeper(lets=9, wording=Wording(frozenset({WORDS, other}), START_OF_TESTS),
                    out_of_use={WORDS: "The words are out of use."})  # fmt: skip
    done = send(keeper)
    assert (done.sent, done.left, done.left_because) == ((2,), 2, "The words are out of use.")
    with reading(engine) as session:
        assert [session.get_one(Message, number).status for number in (1, 2, 3)] == ["pending", "sent", "pending"]
        assert len(session.exec(select(SendSlot)).all()) == 1
