"""Real mail servers on loopback, a wire that can be cut, and candidates that are ready to be written to."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.mailer import Address, FileMailer, OutgoingMail
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People
from core.smtp import SmtpServer
from core.stages import Stage
from core.store import move
from outreach.service import send_due, write_invitations
from tests.outreach.doors import Door, open_door
from tests.outreach.servers import Sink, listening

PEPPER = b"p" * 32
START_OF_TESTS = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "outreach"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(name, text)` compares with tests/golden/outreach; GREENROOM_UPDATE_GOLDEN=1 writes it anew."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("GREENROOM_UPDATE_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text

    return compare


@pytest.fixture
def approved(longlisted: Callable[..., Candidate], clock: FixedClock) -> Callable[..., Candidate]:
    """A candidate that a reviewer approved: `approved(session, "ada.linen", …)`."""

    def put(session: Session, handle: str, **more: object) -> Candidate:
        candidate = longlisted(session, handle, **more)
        move(session, clock, candidate, Stage.QUEUED, actor="omar")
        move(session, clock, candidate, Stage.APPROVED, actor="rosa")
        return candidate

    return put


@pytest.fixture
def invite_all(
    approved: Callable[..., Candidate], clock: FixedClock, campaign: Campaign, people: People
) -> Callable[..., None]:
    """Writes pending invitations for so many new candidates: `invite_all(engine, 3)`."""

    def write(engine: Engine, count: int, *, first: int = 0) -> None:
        with unit_of_work(engine) as session:
            for number in range(first, first + count):
                approved(session, f"creator{number}", rank=number + 1)
            done = write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
            assert len(done.written) == count, done.left

    return write


@pytest.fixture
def invited(
    approved: Callable[..., Candidate], clock: FixedClock, campaign: Campaign, people: People, tmp_path: Path,
    invite_all: Callable[..., None],
) -> Callable[[Engine], Message]:  # fmt: skip
    """One creator who has our invitation."""

    def put(engine: Engine) -> Message:
        invite_all(engine, 1)
        send_due(engine, clock, FileMailer(tmp_path / "out"), campaign, people, pepper=PEPPER)
        with reading(engine) as session:
            return session.exec(select(Message)).one()

    return put


@pytest.fixture
def sink() -> Iterator[Sink]:
    """An SMTP server that keeps what it is given and answers as it is told."""
    with listening(Sink()) as sink:
        yield sink


@pytest.fixture
def server(sink: Sink) -> SmtpServer:
    return SmtpServer("127.0.0.1", sink.port, security="none", timeout_seconds=10)


@pytest.fixture
def a_mail() -> Callable[..., OutgoingMail]:
    """A mail with some of its fields changed: `a_mail(subject="…")`."""
    mail = OutgoingMail(
        sender=Address("Sofia Marin", "sofia@example.com"),
        recipient=Address("Ada", "ada@example.com"),
        subject="An idea",
        text="Hi Ada,\n\nan idea.\n",
        message_id="<gr.0123@example.com>",
        date=START_OF_TESTS,
    )

    def change(**more: object) -> OutgoingMail:
        return replace(mail, **more)  # type: ignore[arg-type]

    return change


@pytest.fixture
def door() -> Iterator[Door]:
    """A token server or a mail provider, as a test tells it."""
    with open_door() as door:
        yield door
