from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput, PermanentError, Refused
from core.mailer import FileMailer
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People
from core.stages import Stage
from core.store import move
from outreach import suppression
from outreach.service import queue_transactional, send_due
from tests.outreach.conftest import PEPPER

Approved = Callable[..., Candidate]


def written(session: Session) -> Message:
    return session.exec(select(Message).order_by(col(Message.id).desc())).first() or pytest.fail("nothing was written")


def test_the_list_matches_every_spelling_and_only_under_its_own_secret(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        for _ in range(2):
            suppression.add(session, clock, pepper=PEPPER, address="Ada.Linen@gmail.com", why="asked", actor="omar")
    with reading(engine) as session:
        for spelling in ("ada.linen@gmail.com", "ADALINEN+x@googlemail.com", " adalinen@gmail.com "):
            assert suppression.is_suppressed(session, pepper=PEPPER, addresses=[spelling])
        assert not suppression.is_suppressed(session, pepper=PEPPER, addresses=["ada@gmail.com"])
        assert not suppression.is_suppressed(session, pepper=PEPPER, accounts=[("instagram", "ada.linen@gmail.com")])
        with pytest.raises(PermanentError, match="another secret"):
            suppression.is_suppressed(session, pepper=b"q" * 32, addresses=["ada.linen@gmail.com"])


def test_mail_of_a_running_deal_is_queued_once_with_its_files_pinned(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, tmp_path: Path
) -> None:
    contract = tmp_path / "contract.docx"
    contract.write_bytes(b"agreed")

    def queue(session: Session, step: str = "signature", text: str = "Please sign.\n") -> Message:
        candidate = session.exec(select(Candidate)).one()
        return queue_transactional(session, clock, campaign, candidate, step=step, subject="Your agreement", text=text,
                                   attachments=[contract], people=people)  # fmt: skip

    with unit_of_work(engine) as session:
        approved(session, "ada.linen")
        first = queue(session)
        assert queue(session).id == first.id
        with pytest.raises(Refused, match="another text"):
            queue(session, text="Sign now.\n")
        with pytest.raises(BadInput, match="not filled in"):
            queue(session, "other", "Hi {{ name }}")
        # A running deal is not marketing: opting out of that does not stop it.
        suppression.add(session, clock, pepper=PEPPER, address="ada.linen@example.com", why="asked", actor="omar")
    clock.advance(timedelta(hours=12))
    report = send_due(engine, clock, FileMailer(tmp_path / "out"), campaign, people, pepper=PEPPER)
    assert len(report.sent) == 1
    raw = next((tmp_path / "out").iterdir()).read_bytes()
    assert b"contract.docx" in raw
    assert b"List-Unsubscribe" not in raw
    with unit_of_work(engine) as session:
        assert session.exec(select(Candidate.stage)).one() == Stage.APPROVED
        queue(session, "again")
    contract.write_bytes(b"changed")
    report = send_due(engine, clock, FileMailer(tmp_path / "out"), campaign, people, pepper=PEPPER)
    assert len(report.failed) == 1
    with unit_of_work(engine) as session:
        assert "changed" in written(session).detail
        move(session, clock, session.exec(select(Candidate)).one(), Stage.DROPPED, actor="omar", reason="left")
        queue(session, "after the end")
    assert len(send_due(engine, clock, FileMailer(tmp_path / "out"), campaign, people, pepper=PEPPER).failed) == 1
    with reading(engine) as session:
        assert written(session).detail == "the candidate is DROPPED"
