import email
import email.policy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput, OutcomeUnknown, PermanentError, Refused, TransientError
from core.mailer import FileMailer
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People
from core.stages import ROAD, Stage
from core.store import move
from outreach import suppression
from outreach.service import cancel_pending, queue_transactional, send_due, settle_by_word
from tests.outreach.conftest import PEPPER
from tests.outreach.servers import Scripted

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
                                   attachments=[("Agreement.docx", contract)], people=people)  # fmt: skip

    with unit_of_work(engine) as session:
        approved(session, "ada.linen")
        first = queue(session)
        assert queue(session).id == first.id
        with pytest.raises(Refused, match="another text or other files"):
            queue(session, text="Sign now.\n")
        with pytest.raises(BadInput, match="is empty"):
            queue(session, "other", " \n")
        # A running deal is not marketing: opting out of that does not stop it.
        suppression.add(session, clock, pepper=PEPPER, address="ada.linen@example.com", why="asked", actor="omar")
    clock.advance(timedelta(hours=12))
    report = send_due(engine, clock, FileMailer(tmp_path / "out"), campaign, people, pepper=PEPPER)
    assert len(report.sent) == 1
    raw = next((tmp_path / "out").iterdir()).read_bytes()
    assert b"Agreement.docx" in raw
    assert b"contract.docx" not in raw
    assert b"List-Unsubscribe" not in raw
    with unit_of_work(engine) as session:
        assert session.exec(select(Candidate.stage)).one() == Stage.APPROVED
        queue(session, "again")
        contract.write_bytes(b"changed")
        with pytest.raises(Refused, match="other files"):
            queue(session)
    report = send_due(engine, clock, FileMailer(tmp_path / "out"), campaign, people, pepper=PEPPER)
    assert len(report.failed) == 1
    with unit_of_work(engine) as session:
        assert "changed" in written(session).detail
        move(session, clock, session.exec(select(Candidate)).one(), Stage.DROPPED, actor="omar", reason="left")
        queue(session, "after the end")
    assert len(send_due(engine, clock, FileMailer(tmp_path / "out"), campaign, people, pepper=PEPPER).failed) == 1
    with reading(engine) as session:
        assert written(session).detail == "the candidate is DROPPED"


@pytest.fixture
def contract_mail(
    approved: Approved, clock: FixedClock, campaign: Campaign, people: People
) -> Callable[[Engine], Message]:
    """The mail of a contract that legal signed off; once it went out the contract is out for signature."""

    def queue(engine: Engine) -> Message:
        with unit_of_work(engine) as session:
            candidate = approved(session, "ada.linen")
            for stage in ROAD[ROAD.index(Stage.INVITED) : ROAD.index(Stage.OUT_FOR_SIGNATURE)]:
                move(session, clock, candidate, stage, actor="omar")
            return queue_transactional(
                session, clock, campaign, candidate, step="contract-1", subject="Your agreement", text="Please sign.",
                people=people, needs_stage=Stage.SIGNED_OFF, moves_to=Stage.OUT_FOR_SIGNATURE)  # fmt: skip

    return queue


def void(session: Session, clock: FixedClock) -> None:
    move(session, clock, session.get_one(Candidate, 1), Stage.CONTRACT_DRAFTED, actor="lena")


def sign_off(session: Session, clock: FixedClock) -> None:
    move(session, clock, session.get_one(Candidate, 1), Stage.SIGNED_OFF, actor="lena")


def standing(engine: Engine) -> tuple[str, str]:
    with reading(engine) as session:
        return session.get_one(Candidate, 1).stage, session.get_one(Message, 1).status


def test_a_contract_is_out_when_its_mail_is(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, contract_mail: Callable[[Engine], Message]
) -> None:
    contract_mail(engine)
    mailer = Scripted(TransientError("later"))
    send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert standing(engine) == (Stage.SIGNED_OFF, "pending")
    clock.advance(timedelta(hours=1))
    send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert standing(engine) == (Stage.OUT_FOR_SIGNATURE, "sent")


def test_somebodys_word_that_it_went_out_moves_too(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, contract_mail: Callable[[Engine], Message]
) -> None:
    contract_mail(engine)
    send_due(engine, clock, Scripted(OutcomeUnknown("who knows")), campaign, people, pepper=PEPPER)
    assert standing(engine) == (Stage.SIGNED_OFF, "unknown")
    with unit_of_work(engine) as session:
        settle_by_word(session, clock, 1, sent=True, actor="omar")
    assert standing(engine) == (Stage.OUT_FOR_SIGNATURE, "sent")


def test_a_contract_that_is_void_is_not_mailed(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, contract_mail: Callable[[Engine], Message]
) -> None:
    contract_mail(engine)
    with unit_of_work(engine) as session:
        void(session, clock)
    mailer = Scripted()
    assert send_due(engine, clock, mailer, campaign, people, pepper=PEPPER).failed == (1,)
    assert not mailer.taken
    assert standing(engine) == (Stage.CONTRACT_DRAFTED, "failed")
    with reading(engine) as session:
        assert session.get_one(Message, 1).detail == "the candidate is CONTRACT_DRAFTED, not SIGNED_OFF"


@pytest.mark.parametrize("problem", [None, PermanentError("mailbox full")])
def test_a_mail_that_was_called_back_never_goes_out(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, contract_mail: Callable[[Engine], Message],
    problem: Exception | None,
) -> None:  # fmt: skip
    contract_mail(engine)
    if problem is not None:
        send_due(engine, clock, Scripted(problem), campaign, people, pepper=PEPPER)
    with unit_of_work(engine) as session:
        assert cancel_pending(session, clock, candidate_id=1, step="contract-1", why="a new version")
        assert cancel_pending(session, clock, candidate_id=1, step="contract-1", why="a new version")
        assert not cancel_pending(session, clock, candidate_id=1, step="contract-2", why="a new version")
        cancelled = select(AuditEntry).where(AuditEntry.action == "message.cancelled")
        assert [entry.subject for entry in session.exec(cancelled)] == ["message:1"]
        void(session, clock)
        sign_off(session, clock)  # of the new version
        with pytest.raises(Refused, match="was cancelled: a new version"):
            queue_transactional(session, clock, campaign, session.get_one(Candidate, 1), step="contract-1",
                                subject="Your agreement", text="Please sign.", people=people)  # fmt: skip
    report = send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    assert (report.sent, report.failed, report.left) == ((), (), 0)
    assert standing(engine) == (Stage.SIGNED_OFF, "cancelled")


@pytest.mark.parametrize("went_out", [True, False])
def test_a_mail_called_back_while_nobody_knew_moves_nobody_and_is_not_sent_again(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, contract_mail: Callable[[Engine], Message],
    went_out: bool,
) -> None:  # fmt: skip
    contract_mail(engine)
    send_due(engine, clock, Scripted(OutcomeUnknown("who knows")), campaign, people, pepper=PEPPER)
    with unit_of_work(engine) as session:
        assert not cancel_pending(session, clock, candidate_id=1, step="contract-1", why="a new version")
        void(session, clock)
        sign_off(session, clock)  # of the new version
        settle_by_word(session, clock, 1, sent=went_out, actor="omar")
    mailer = Scripted()
    report = send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert (report.failed, mailer.taken) == ((), [])
    assert standing(engine) == (Stage.SIGNED_OFF, "sent" if went_out else "cancelled")


def test_a_sent_mail_cannot_be_called_back(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People,
    contract_mail: Callable[[Engine], Message],
) -> None:  # fmt: skip
    contract_mail(sqlite_engine)
    send_due(sqlite_engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    with unit_of_work(sqlite_engine) as session:
        assert not cancel_pending(session, clock, candidate_id=1, step="contract-1", why="too late")
    assert standing(sqlite_engine) == (Stage.OUT_FOR_SIGNATURE, "sent")


def test_files_of_two_creators_may_have_the_same_name(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, tmp_path: Path
) -> None:
    with unit_of_work(engine) as session:
        for handle in ("ada", "bea"):
            path = tmp_path / f"{handle}.bin"
            path.write_text(f"agreed with {handle}")
            queue_transactional(session, clock, campaign, approved(session, handle), step="contract-1", subject="s",
                                text="t", people=people, attachments=[("Agreement.pdf", path)])  # fmt: skip
    assert len(send_due(engine, clock, FileMailer(tmp_path / "out"), campaign, people, pepper=PEPPER).sent) == 2
    for path in (tmp_path / "out").glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        [file] = mail.iter_attachments()
        assert (file.get_filename(), file.get_content_type()) == ("Agreement.pdf", "application/pdf")
        assert file.get_content() == f"agreed with {str(mail['To']).partition('@')[0]}".encode()


@pytest.mark.parametrize("name", ["ADA KIM [BERLIN]", "XXXXX", "{{7*7}}", "None", "<b>Ada</b>", "Ada\u202e 🌿"])
def test_a_creator_may_be_called_anything(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, name: str
) -> None:
    with unit_of_work(sqlite_engine) as session:
        queue_transactional(session, clock, campaign, approved(session, "ada"), step="note", subject=f"For {name}",
                            text=f"Hi {name},\n\nplease sign.\n", people=people)  # fmt: skip
    assert send_due(sqlite_engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == (1,)
