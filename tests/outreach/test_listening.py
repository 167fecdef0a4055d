from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.stages import Stage
from core.store import move
from outreach import suppression
from outreach.inbox import FolderInbox, RawMail
from outreach.service import read_replies, status
from tests.outreach.conftest import PEPPER
from tests.outreach.servers import written_mail as raw


def drop(folder: Path, name: str, content: bytes) -> FolderInbox:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return FolderInbox(folder)


def stage(engine: Engine) -> str:
    with reading(engine) as session:
        return session.get_one(Candidate, 1).stage


def test_an_answer_moves_the_candidate_once(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path
) -> None:
    message = invited(engine)
    content = raw(sender="Manager <m@agency.example>", Message_ID="<r1@x>", In_Reply_To=message.message_id)
    inbox = drop(tmp_path / "in", "one.eml", content)
    [first] = read_replies(engine, clock, inbox, pepper=PEPPER)
    assert (first.kind, first.candidate_id, first.handle, first.stage) == ("interested", 1, "creator0", "REPLIED")
    assert not list(inbox.waiting())
    for name in ("one.eml", "two.eml"):
        assert read_replies(engine, clock, drop(tmp_path / "in", name, content), pepper=PEPPER) == []
    assert sorted(path.name for path in (tmp_path / "in" / "read").iterdir()) == ["one-2.eml", "one.eml", "two.eml"]
    with reading(engine) as session:
        assert len(session.exec(select(Reply)).all()) == 1


def test_another_persons_mail_under_an_id_that_is_known_is_no_repetition(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path
) -> None:
    invited(engine)
    folder = tmp_path / "in"
    mails = {sender: raw(text, sender=sender, Message_ID="<0@localhost>")
             for sender, text in (("creator0@example.com", "Gladly, yes!"), ("who@example.org", "Stop"))}  # fmt: skip
    heard = []
    for sender, content in mails.items():
        inbox = drop(folder, f"{sender}.eml", content)
        heard += [reply.kind for reply in read_replies(engine, clock, inbox, pepper=PEPPER)]
    assert heard == ["interested", "opt-out"]
    with reading(engine) as session:
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=["who@example.org"])
    # Numbered anew, say, all of it comes in again; of who was erased meanwhile nothing does.
    for is_erased in (False, True):
        with unit_of_work(engine) as session:
            for reply in session.exec(select(Reply)):
                reply.sender = "" if is_erased else reply.sender
                session.add(reply)
        for sender, content in mails.items():
            assert read_replies(engine, clock, drop(folder, f"{sender}.eml", content), pepper=PEPPER) == []


def test_a_crash_before_the_mail_is_put_away_reads_it_once(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path
) -> None:
    invited(engine)
    inbox = drop(tmp_path / "in", "one.eml", raw(sender="creator0@EXAMPLE.com", text="Stop"))

    class Crashing(FolderInbox):
        def done(self, mail: RawMail) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_replies(engine, clock, Crashing(tmp_path / "in"), pepper=PEPPER)
    assert read_replies(engine, clock, inbox, pepper=PEPPER) == []
    assert stage(engine) == Stage.CLOSED_BY_OPT_OUT


def test_opting_out_closes_and_is_remembered_for_every_address_and_account(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path
) -> None:
    message = invited(engine)
    token = message.message_id[4:36]
    inbox = drop(tmp_path / "in", "one.eml", raw(sender="other@example.com", text="\n", Subject=f"stop {token}"))
    [reply] = read_replies(engine, clock, inbox, pepper=PEPPER)
    assert (reply.kind, reply.stage) == ("opt-out", "CLOSED_BY_OPT_OUT")
    with reading(engine) as session:
        for address in ("creator0@example.com", "other@example.com"):
            assert suppression.is_suppressed(session, pepper=PEPPER, addresses=[address])
        assert suppression.is_suppressed(session, pepper=PEPPER, accounts=[("instagram", "creator0")])


def test_opting_out_never_undoes_an_agreement(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path
) -> None:
    message = invited(engine)
    with unit_of_work(engine) as session:
        for target in (Stage.REPLIED, Stage.NEGOTIATING, Stage.AGREED):
            move(session, clock, session.get_one(Candidate, 1), target, actor="omar")
    inbox = drop(tmp_path / "in", "one.eml", raw("Please stop writing to me.", In_Reply_To=message.message_id))
    read_replies(engine, clock, inbox, pepper=PEPPER)
    assert stage(engine) == Stage.AGREED
    with reading(engine) as session:
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=[message.recipient])


def test_machines_do_not_move_anybody(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], campaign: Campaign, tmp_path: Path
) -> None:
    message = invited(engine)
    drop(tmp_path / "in", "away.eml", raw("I am away.", Auto_Submitted="auto-replied", In_Reply_To=message.message_id))
    report = (
        b"From: MAILER-DAEMON@example.com\nSubject: Undelivered\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
        b"No such user. Reply stop.\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: "
        + message.message_id.encode()
        + b"\n--b--\n"
    )
    inbox = drop(tmp_path / "in", "bounce.eml", report)
    away, bounce = read_replies(engine, clock, inbox, pepper=PEPPER)
    assert (away.kind, bounce.kind, bounce.candidate_id) == ("away", "bounce", 1)
    assert stage(engine) == Stage.INVITED
    with reading(engine) as session:
        found = status(session, campaign.slug)
        assert found.messages[0].detail == "bounced: Undelivered"
        assert found.replies == {"away": 1, "bounce": 1}


def test_a_stranger_who_opts_out_is_never_written_to(engine: Engine, clock: FixedClock, tmp_path: Path) -> None:
    inbox = drop(tmp_path / "in", "one.eml", raw("unsubscribe", sender="who@example.com"))
    [reply] = read_replies(engine, clock, inbox, pepper=PEPPER)
    assert reply.candidate_id is None
    with reading(engine) as session:
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=["who@example.com"])


def test_a_late_answer_reopens(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message], tmp_path: Path
) -> None:
    message = invited(engine)
    with unit_of_work(engine) as session:
        move(session, clock, session.get_one(Candidate, 1), Stage.NO_ANSWER, actor="omar")
    read_replies(
        engine, clock, drop(tmp_path / "in", "a.eml", raw("Which size?", In_Reply_To=message.message_id)), pepper=PEPPER
    )
    assert stage(engine) == Stage.REPLIED


def test_an_answer_proves_that_an_unknown_mail_arrived(
    engine: Engine, clock: FixedClock, invite_all: Callable[..., None], tmp_path: Path
) -> None:
    invite_all(engine, 1)
    with unit_of_work(engine) as session:
        message = session.exec(select(Message)).one()
        message.status = "unknown"
        session.add(message)
    inbox = drop(tmp_path / "in", "a.eml", raw("Gladly, yes!", In_Reply_To=message.message_id))
    read_replies(engine, clock, inbox, pepper=PEPPER)
    assert stage(engine) == Stage.REPLIED
    with reading(engine) as session:
        assert session.exec(select(Message)).one().status == "sent"


def test_copies_of_our_own_mails_and_of_our_team_are_no_answers(
    engine: Engine, clock: FixedClock, invite_all: Callable[..., None], tmp_path: Path
) -> None:
    invite_all(engine, 1)
    with unit_of_work(engine) as session:
        message = session.exec(select(Message)).one()
        message.status = "unknown"
        session.add(message)
    copy = raw(message.text, sender="sofia@example.com", Message_ID=message.message_id)
    mine = raw("Stop", sender="Sofia <SOFIA@example.com>", In_Reply_To=message.message_id)
    drop(tmp_path / "in", "copy.eml", copy)
    inbox = drop(tmp_path / "in", "mine.EML", mine)
    assert read_replies(engine, clock, inbox, pepper=PEPPER, team=["sofia@example.com"]) == []
    assert not list(inbox.waiting())
    assert stage(engine) == Stage.INVITED


def test_hostile_mails_are_kept_for_a_person(engine: Engine, clock: FixedClock, tmp_path: Path) -> None:
    for number, content in enumerate(
        (
            b"",
            b"From: a@example.com\nMessage-ID: <\xff\xfe@x>\nSubject: \x00\n\n\x00\xff\xfe \xed\xa0\x80",
            b"From: =?utf-8?b?////?= <a@example.com>\nSubject: =?x?q?=ff?=\n"
            b"Content-Type: text/plain; charset=utf-7\n\n+2AA-",
            b"Content-Type: multipart/mixed\n\n--",
            raw("\u202e{{7*7}} <!channel> =HYPERLINK(1)"),
        )
    ):
        inbox = drop(tmp_path / "in", f"{number}.eml", content)
    found = read_replies(engine, clock, inbox, pepper=PEPPER)
    assert [reply.kind for reply in found] == ["unclear"] * 5
    with reading(engine) as session:
        assert {reply.state for reply in session.exec(select(Reply))} == {"open"}
    assert not list(inbox.waiting())
