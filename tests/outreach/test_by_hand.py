from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput, OutcomeUnknown, PermanentError, Refused
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply, SendSlot
from core.people import People, Person
from core.stages import Stage
from core.store import snapshot_of
from outreach import suppression
from outreach.inbox import FolderInbox
from outreach.phrases import OPTS_OUT, ReplyKind
from outreach.service import (
    queue_transactional,
    read_replies,
    record_answer,
    record_by_hand,
    send_due,
    status,
    write_invitations,
)
from tests.outreach.conftest import PEPPER, TEMPLATES
from tests.outreach.servers import Scripted, written_mail

Approved = Callable[..., Candidate]
HOSTILE = "Hi Ada 🌿\r\nBcc: eve@example.com {{7*7}} \u202e=HYPERLINK() <!channel>"


@pytest.fixture
def sofia(people: People) -> Person:
    return people.named("sofia")


@pytest.fixture
def wrote(clock: FixedClock, sofia: Person) -> Callable[..., Message]:
    """Sofia wrote a direct message: `wrote(session, candidate)`."""

    def record(session: Session, candidate: Candidate, **more: object) -> Message:
        told = {"pepper": PEPPER, "actor": sofia, "how": "Direct message on Instagram."} | more
        return record_by_hand(session, clock, candidate, **told)  # type: ignore[arg-type]

    return record


def test_who_has_no_address_goes_on_all_the_same(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, sofia: Person,
    wrote: Callable[..., Message],
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        candidate = approved(session, "ada", email=None)
        message = wrote(session, candidate, how=HOSTILE)
        assert (message.category, message.step, message.status) == ("by hand", "invite", "sent")
        assert (message.text, message.recipient, message.sender) == (HOSTILE, "", "sofia")
        assert (candidate.stage, candidate.sender) == (Stage.INVITED, "sofia")
        assert not session.exec(select(SendSlot)).all()
        assert audit.verify(session).problem == ""
        details = " ".join(entry.detail for entry in session.exec(select(AuditEntry)))
        assert "Bcc" not in details
        assert "message.by_hand" in {entry.action for entry in session.exec(select(AuditEntry))}
    with unit_of_work(engine) as session:
        again = write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
        assert (again.written, again.left) == ((), ())
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == ()
    with unit_of_work(engine) as session:
        candidate = session.get_one(Candidate, 1)
        reply = record_answer(session, clock, candidate, pepper=PEPPER, actor=sofia, kind=ReplyKind.INTERESTED,
                              note="Yes! Write to me at ada@example.com", address="ada@example.com")  # fmt: skip
        assert reply.mail_id.startswith("by-hand:")
        assert (reply.kind, reply.candidate_id, reply.because) == ("interested", 1, "told by sofia")
        assert candidate.stage == Stage.REPLIED
        queue_transactional(session, clock, campaign, candidate, step="note", subject="s", text="t", people=people)
    with reading(engine) as session:
        assert status(session, campaign.slug).replies == {"interested": 1}
        assert session.get_one(Message, 2).recipient == "ada@example.com"


def test_an_address_that_was_given_is_checked_and_kept(
    engine: Engine, clock: FixedClock, approved: Approved, wrote: Callable[..., Message]
) -> None:
    with unit_of_work(engine) as session:
        candidate = approved(session, "ada", email=None)
        with pytest.raises(BadInput, match="not a mail address"):
            wrote(session, candidate, address="ada@example.com, eve@example.com")
        assert wrote(session, candidate, address=" ada@bücher.example ").recipient == "ada@xn--bcher-kva.example"
        known = approved(session, "bea", email="old@example.com")
        wrote(session, known, address="bea@example.com")
    with reading(engine) as session:
        for number, mail in ((1, "ada@xn--bcher-kva.example"), (2, "bea@example.com")):
            row = snapshot_of(session, session.get_one(Candidate, number))["email"]
            assert (row.value, row.source, row.kind) == (mail, "given to sofia", "reported")
        assert "bea@example.com" not in " ".join(entry.detail for entry in session.exec(select(AuditEntry)))


@pytest.mark.parametrize("by", ["account", "address given", "address on record"])
def test_who_opted_out_is_not_written_to_by_hand_either(
    engine: Engine, clock: FixedClock, approved: Approved, wrote: Callable[..., Message], by: str
) -> None:
    with unit_of_work(engine) as session:
        candidate = approved(session, "ada", email="ada@example.com" if by == "address on record" else None)
        account = ("instagram", "ada") if by == "account" else None
        address = "" if by == "account" else "ADA+x@example.com"
        suppression.add(session, clock, pepper=PEPPER, address=address, account=account, why="asked", actor="omar")
        given = "ada@example.com" if by == "address given" else ""
        with pytest.raises(Refused, match="opted out"):
            wrote(session, candidate, address=given)
        assert candidate.stage == Stage.APPROVED


def test_nobody_is_recorded_twice_or_out_of_turn(
    engine: Engine, longlisted: Approved, approved: Approved, wrote: Callable[..., Message]
) -> None:
    with unit_of_work(engine) as session:
        with pytest.raises(Refused, match="LONGLISTED"):
            wrote(session, longlisted(session, "early"))
        candidate = approved(session, "ada", email=None)
        with pytest.raises(BadInput, match="Nothing says"):
            wrote(session, candidate, how=" \n")
        wrote(session, candidate)
        with pytest.raises(Refused, match="is sent"):
            wrote(session, candidate)


@pytest.mark.parametrize("problem", [PermanentError("no such user"), OutcomeUnknown("who knows"), None])
def test_only_a_mail_that_surely_did_not_go_out_gives_way(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: Callable[..., None],
    wrote: Callable[..., Message], problem: Exception | None,
) -> None:  # fmt: skip
    invite_all(engine, 1)
    if problem is not None:
        send_due(engine, clock, Scripted(problem), campaign, people, pepper=PEPPER)
    with unit_of_work(engine) as session:
        candidate = session.get_one(Candidate, 1)
        if isinstance(problem, OutcomeUnknown):
            with pytest.raises(Refused, match="is unknown"):
                wrote(session, candidate)
            return
        message = wrote(session, candidate)
        assert (message.id, message.category, message.subject, message.facts) == (1, "by hand", "", [])
        assert candidate.stage == Stage.INVITED
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == ()


def test_whoever_may_not_send_mails_does_not_become_the_sender(
    sqlite_engine: Engine, approved: Approved, people: People, wrote: Callable[..., Message]
) -> None:
    with unit_of_work(sqlite_engine) as session:
        candidate = approved(session, "ada", email=None)
        assert wrote(session, candidate, actor=people.named("omar")).sender == "omar"
        assert candidate.sender is None
        kept = approved(session, "bea", email=None)
        kept.sender = "nadia"
        session.flush()
        wrote(session, kept)
        assert kept.sender == "nadia"


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        (ReplyKind.INTERESTED, Stage.REPLIED),
        (ReplyKind.DECLINED, Stage.REPLIED),
        (ReplyKind.LATER, Stage.REPLIED),
        (ReplyKind.AWAY, Stage.INVITED),
        (ReplyKind.BOUNCE, Stage.INVITED),
        (ReplyKind.OPT_OUT, Stage.CLOSED_BY_OPT_OUT),
        (ReplyKind.COMPLAINT, Stage.CLOSED_BY_OPT_OUT),
    ],
)
def test_an_answer_told_by_a_person_does_what_a_mail_would(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: Callable[..., None],
    sofia: Person, tmp_path: Path, kind: ReplyKind, stage: Stage,
) -> None:  # fmt: skip
    invite_all(sqlite_engine, 1)
    send_due(sqlite_engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    with unit_of_work(sqlite_engine) as session:
        candidate = session.get_one(Candidate, 1)
        for _ in range(2):  # said twice is on record twice and moves once
            record_answer(session, clock, candidate, pepper=PEPPER, actor=sofia, kind=kind, note=HOSTILE)
        assert candidate.stage == stage
        assert len(session.exec(select(Reply)).all()) == 2
        is_on_list = suppression.is_suppressed(session, pepper=PEPPER, addresses=["creator0@example.com"],
                                               accounts=[("instagram", "creator0")])  # fmt: skip
        assert is_on_list == (kind in OPTS_OUT)
        assert "Bcc" not in " ".join(entry.detail for entry in session.exec(select(AuditEntry)))


def test_an_answer_needs_something_to_answer_but_opting_out_does_not(
    engine: Engine, clock: FixedClock, approved: Approved, sofia: Person
) -> None:
    with unit_of_work(engine) as session:
        candidate = approved(session, "ada", email=None)
        with pytest.raises(Refused, match="nobody has written"):
            record_answer(session, clock, candidate, pepper=PEPPER, actor=sofia, kind=ReplyKind.INTERESTED, note="")
        record_answer(session, clock, candidate, pepper=PEPPER, actor=sofia, kind=ReplyKind.OPT_OUT, note="",
                      address="ada@example.com")  # fmt: skip
        assert candidate.stage == Stage.CLOSED_BY_OPT_OUT
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=["ada@example.com"])
        assert "email" not in snapshot_of(session, candidate)


def test_a_mail_in_answer_to_a_direct_message_finds_its_candidate(
    engine: Engine, clock: FixedClock, approved: Approved, wrote: Callable[..., Message], tmp_path: Path
) -> None:
    with unit_of_work(engine) as session:
        wrote(session, approved(session, "ada", email=None), address="ada@example.com")
        wrote(session, approved(session, "bea", email=None))
    clock.advance(timedelta(hours=1))
    (tmp_path / "one.eml").write_bytes(written_mail("Gladly, yes!", sender="ada@example.com", Message_ID="<r1@x>"))
    (tmp_path / "two.eml").write_bytes(written_mail("Gladly, yes!", sender="", Message_ID="<r2@x>"))
    first, second = read_replies(engine, clock, FolderInbox(tmp_path), pepper=PEPPER)
    assert (first.candidate_id, first.stage) == (1, Stage.REPLIED)
    assert second.candidate_id is None
