"""Working on answers and direct messages at the terminal: what waits, the thread, sending, and what is refused."""

import json
from pathlib import Path

import pytest
from sqlmodel import select

from core.database import reading
from core.models.candidates import Snapshot
from core.models.outreach import Message
from core.store import account_name, the_candidate
from flows.steps import review
from flows.wiring import wire
from tests.cli.conftest import Begin, Terminal
from tests.house import CAMPAIGN, House, text_of

HOSTILE = "Do you ship to Spain? \x1b[31m{{ brand }} \u202egnihsihp <!channel>"


@pytest.fixture
def house(approved: Terminal) -> House:
    return House(wire(clock=approved.clock))


@pytest.fixture
def asked(approved: Terminal, house: House, begin: Begin) -> str:
    """The first of the ten was invited and asks something; returns the creator."""

    def ask() -> None:
        approved("outreach", "send", CAMPAIGN)
        house.answer(house.outbox()[0], HOSTILE)
        approved("inbox", "poll")
        house.w.engine.dispose()

    return str(begin("asked", ask).document("inbox", "list")[0]["who"])


def test_an_answer_is_listed_shown_and_answered(approved: Terminal, asked: str, house: House, tmp_path: Path) -> None:
    listed = approved("inbox", "list")
    assert asked in listed.out
    assert "question" in listed.out
    assert "\x1b" not in listed.out
    assert "\u202e" not in listed.out
    [item] = approved.document("inbox", "list", "--for", "sofia")
    assert (item["kind"], item["assignee"], item["state"]) == ("question", "sofia", "open")
    number = str(item["id"])
    shown = approved("inbox", "show", number)
    assert "Shipping: we send the product" in shown.out
    assert "\x1b" not in shown.out
    assert [one["ours"] for one in approved.document("inbox", "show", number)["thread"]] == ["sofia", ""]
    words = tmp_path / "answer.txt"
    words.write_text("Yes, to Spain too.\n", encoding="utf-8")
    done = approved("inbox", "answer", number, "--text", str(words), "--as", "sofia")
    assert (done.code, "went out as a file" in done.out) == (0, True), done.err
    [mail] = [mail for mail in house.outbox() if str(mail["Subject"]).startswith("Re: ")]
    assert mail["In-Reply-To"] is not None
    assert "Yes, to Spain too." in text_of(mail)
    assert approved.document("inbox", "list") == []
    again = approved("inbox", "answer", number, "--draft", "--as", "omar")
    assert (again.code, "done already" in again.err) == (1, True)
    assert approved("audit", "verify").code == 0


def test_an_answer_is_handed_over_and_needs_nothing(approved: Terminal, asked: str) -> None:
    number = str(approved.document("inbox", "list")[0]["id"])
    assert approved("inbox", "assign", number, "omar", "--as", "sofia").code == 0
    assert approved("inbox", "done", number, "--as", "sofia").code == 1
    assert approved.document("inbox", "done", number, "--elsewhere", "--as", "omar")["outcome"] == "answered elsewhere"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["answer", "1", "--as", "sofia"], 2, "Say what to send"),
        (["answer", "1", "--draft", "--text", "x", "--as", "sofia"], 2, "Say what to send"),
        (["answer", "99", "--draft", "--as", "sofia"], 1, "There is no answer 99"),
        (["answer", "1", "--text", "missing.txt", "--as", "sofia"], 1, "cannot be read"),
        (["answer", "1", "--draft", "--as", "rosa"], 1, "may not answer"),
        (["show", "99"], 1, "There is no answer 99"),
        (["assign", "1", "nobody", "--as", "sofia"], 1, "Nobody is called"),
        (["list", "--for", "nobody"], 1, "Nobody is called"),
    ],
)
def test_what_cannot_be_done_says_why(approved: Terminal, asked: str, words: list[str], code: int, says: str) -> None:
    answer = approved("inbox", *words)
    assert (answer.code, says in answer.err) == (code, True), answer.err


def test_an_amount_that_nobody_offered_is_refused_with_the_way_to_offer_it(
    approved: Terminal, asked: str, tmp_path: Path
) -> None:
    words = tmp_path / "answer.txt"
    words.write_text("We pay 900 EUR.", encoding="utf-8")
    answer = approved("inbox", "answer", "1", "--text", str(words), "--as", "sofia")
    assert answer.code == 1
    assert f"greenroom deal offer linen-summer {asked}" in answer.err


def test_what_was_told_of_elsewhere_is_work_too(approved: Terminal) -> None:
    name = json.loads((approved.home / "names.json").read_text())[0]
    approved("outreach", "by-hand", CAMPAIGN, name, "--how", "On Instagram", "--as", "sofia")
    approved("inbox", "record", CAMPAIGN, name, "interested", "--note", "Yes!", "--as", "sofia")
    [item] = approved.document("inbox", "list")
    assert (item["who"], item["because"], bool(item["draft"])) == (name, "told by sofia", True)


def test_direct_messages_are_shown_and_said_to_be_sent(approved: Terminal, house: House) -> None:
    w = house.w
    with reading(w.engine) as session:
        mailed = set(session.exec(select(Snapshot.candidate_id).where(Snapshot.field == "email")))
    request = next(one for one in house.queue() if one.candidate_id not in mailed)
    review.decide(w, request.id, "approve", actor=w.people.named("rosa"), door="terminal")
    w.engine.dispose()
    shown = approved.document("outreach", "direct", CAMPAIGN, "--as", "sofia")
    [draft] = shown["drafts"]
    assert (draft["candidate_id"], shown["sent_today"]) == (request.candidate_id, 0)
    creator = f"{draft['platform']}:{draft['handle']}"
    assert creator in approved("outreach", "direct", CAMPAIGN, "--as", "sofia").out
    assert approved("outreach", "direct", CAMPAIGN, "--as", "rosa").code == 1
    sent = approved("outreach", "direct-sent", CAMPAIGN, creator, "--as", "sofia")
    assert (sent.code, "INVITED" in sent.out) == (0, True), sent.err
    again = approved("outreach", "direct-sent", CAMPAIGN, creator, "--as", "sofia")
    assert (again.code, "no draft" in again.err) == (1, True)
    with reading(w.engine) as session:
        message = session.exec(select(Message).where(Message.candidate_id == request.candidate_id)).one()
    assert (message.category, message.text, message.sender) == ("by hand", draft["text"], "sofia")
    w.engine.dispose()


def test_while_the_outreach_is_paused_no_direct_message_is_recorded(approved: Terminal, house: House) -> None:
    w = house.w
    with reading(w.engine) as session:
        mailed = set(session.exec(select(Snapshot.candidate_id).where(Snapshot.field == "email")))
    request = next(one for one in house.queue() if one.candidate_id not in mailed)
    review.decide(w, request.id, "approve", actor=w.people.named("rosa"), door="terminal")
    creator = _name(house, request.candidate_id or 0)
    w.engine.dispose()
    approved("outreach", "direct", CAMPAIGN, "--as", "sofia")
    approved("outreach", "pause", CAMPAIGN, "--as", "sofia")
    refused = approved("outreach", "direct-sent", CAMPAIGN, creator, "--as", "sofia")
    assert (refused.code, "paused" in refused.err) == (1, True)


def _name(house: House, candidate_id: int) -> str:
    with reading(house.w.engine) as session:
        return account_name(session, the_candidate(session, candidate_id))
