"""A wording out of use, its corrections, and the campaign lines, at the terminal."""

from sqlmodel import select

from core.database import unit_of_work
from core.models.outreach import Message
from flows.wiring import wire
from outreach import breakers
from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN


def test_a_wording_is_taken_out_of_use_corrected_and_used_again(approved: Terminal) -> None:
    approved.document("outreach", "send", CAMPAIGN, "--limit", "2")
    words = ("outreach", "quarantine", CAMPAIGN)
    assert "Nothing says why" in approved(*words, "--as", "omar").err
    told = approved(*words, "--reason", "wrong fee", "--as", "omar").out
    assert "is in quarantine: wrong fee." in told
    assert "8 mails are called back." in told
    assert "Out already: 2 mails" in told
    assert '--say "What was wrong, and what is right."' in told
    document = approved.document(*words, "--say", "It is 250 EUR.", "--as", "omar")
    assert [len(document[key]) for key in ("called_back", "went_out", "corrections")] == [0, 2, 2]
    read = approved("outreach", "corrections", CAMPAIGN).out
    assert read.count("Something in that mail was wrong: It is 250 EUR.") == 2
    assert "2 drafts of a correction." in read
    number = str(document["corrections"][0]["id"])
    assert (
        "1 correction goes with" in approved("outreach", "corrections", CAMPAIGN, "--send", number, "--as", "omar").out
    )
    assert "is no draft" in approved("outreach", "corrections", CAMPAIGN, "--send", number, "--as", "omar").err
    assert len(approved.document("outreach", "corrections", CAMPAIGN)) == 1
    assert "1 correction goes with" in approved("outreach", "corrections", CAMPAIGN, "--send-all", "--as", "omar").out
    refused = approved("outreach", "canary", CAMPAIGN, "--as", "omar")
    assert f"greenroom outreach quarantine {CAMPAIGN} --template" in refused.err
    assert "8 mails wait again" in approved(*words, "--lift", "--as", "omar").out


def test_the_status_has_a_line_for_each_creator_and_the_ledger_each_attempt(approved: Terminal) -> None:
    approved.document("outreach", "send", CAMPAIGN, "--limit", "1")
    told = approved("outreach", "status", CAMPAIGN).out
    assert "Outreach of linen-summer: 1 sent, 9 pending" in told.replace("9 pending, 1 sent", "1 sent, 9 pending")
    assert "follow-up 1" in told
    assert "Sent by sender and day" in told
    assert "Attempts" not in told
    assert "Attempts: 1 time" in approved("outreach", "status", CAMPAIGN, "--ledger").out
    document = approved.document("outreach", "status", CAMPAIGN, "--ledger")
    assert (len(document["creators"]), len(document["messages"]), len(document["attempts"])) == (10, 10, 1)
    assert document["attempts"][0]["outcome"] == "sent"


def test_a_handle_that_would_steer_the_terminal_is_shown_as_text(approved: Terminal) -> None:
    w = wire(clock=approved.clock)
    with unit_of_work(w.engine) as session:
        mail = session.exec(select(Message)).first()
        assert mail is not None
        mail.status, mail.detail = "failed", "\x1b[31mred\u202e"
        session.add(mail)
    w.engine.dispose()
    for words in (("outreach", "status", CAMPAIGN, "--ledger"), ("outreach", "status", CAMPAIGN, "--json")):
        out = approved(*words).out
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_a_sender_who_stands_still_is_let_go_on_by_somebody_else(approved: Terminal) -> None:
    w = wire(clock=approved.clock)
    with unit_of_work(w.engine) as session:
        breakers.stop_sender(session, w.clock, "sofia", why="3 of 20 mails came back", actor="greenroom")
    w.engine.dispose()
    assert f"greenroom outreach go-on {CAMPAIGN} --sender sofia" in approved("outreach", "status", CAMPAIGN).out
    words = ("outreach", "go-on", CAMPAIGN, "--sender", "sofia", "--as")
    assert "may not let a sender go on" in approved(*words, "sofia").err
    assert "Mails of Sofia Marin may go again" in approved(*words, "omar").out
    assert approved(*words, "omar").code == 1
