"""Answers in the console: changed, sent, handed over, kept through every refusal, and for nobody else to see."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from core.database import reading, unit_of_work
from core.models.outreach import Message, Reply
from core.stages import Stage
from core.store import candidate_named, move
from outreach import suppression, threads
from tests.homes import copied
from tests.house import CAMPAIGN, House
from tests.web.calling import Caller, calling
from tests.web.console_scene import HERE, Browser, reply_of, say
from web.app import create_app


def test_an_answer_is_changed_and_sent(browser: Browser, answer: int) -> None:
    browser.sign_in("sofia", next="/console")
    page = browser.get(f"/console/inbox/{answer}").text
    assert "Shipping: we send the product" in page
    found = browser.post(f"/console/inbox/{answer}/send", text="Yes, we do.\r\nSofia")
    assert found.headers["location"] == "/console/inbox?said=sent"
    with reading(browser.house.w.engine) as session:
        message = session.exec(select(Message).where(Message.step == f"answer-{answer}")).one()
    assert (message.text, message.category, message.status) == ("Yes, we do.\nSofia\n", "answer", "pending")
    twice = browser.post(f"/console/inbox/{answer}/send", text="Yes, we do.\r\nSofia")
    assert twice.headers["location"] == "/console/inbox?said=sent", "the second of two clicks is no other deed"
    with reading(browser.house.w.engine) as session:
        assert len(session.exec(select(Message).where(Message.step == f"answer-{answer}")).all()) == 1
    again = browser.post(f"/console/inbox/{answer}/send", text="Once more")
    assert (again.status_code, "done already" in again.text) == (422, True)


def test_what_is_refused_keeps_what_was_written(browser: Browser, answer: int) -> None:
    browser.sign_in("sofia")
    found = browser.post(f"/console/inbox/{answer}/send", text="We pay 999 EUR for it, promised")
    assert found.status_code == 422
    assert "999 EUR, which is not what was offered" in found.text
    assert "We pay 999 EUR for it, promised</textarea>" in found.text


def test_who_wrote_again_meanwhile_is_read_first(browser: Browser, answer: int) -> None:
    browser.sign_in("sofia")
    seen = re.search(r'name="seen" value="(\d+)"', browser.get(f"/console/inbox/{answer}").text)
    assert seen is not None
    say(browser.house, "away", "I am on holiday")
    later = say(browser.house, "declined", "Sorry, I changed my mind")
    found = browser.post(f"/console/inbox/{answer}/send", text="Wonderful!", seen=seen[1])
    assert (found.status_code, "wrote again since you opened this" in found.text) == (422, True)
    assert "Wonderful!</textarea>" in found.text
    assert f'href="/console/inbox/{later}">that answer waits, too' in found.text
    assert f'name="seen" value="{later}"' in found.text
    assert browser.post(f"/console/inbox/{answer}/send", text="Wonderful!", seen=str(later)).status_code == 303


def test_what_was_written_is_shown_again_whatever_came_between(browser: Browser, answer: int) -> None:
    browser.sign_in("sofia")
    mark, words = browser.mark(), "Yes, and this took me an hour </textarea><script>"
    there, form = f"/console/inbox/{answer}/send", {"mark": mark, "text": words}
    signed_out = browser.client.post(there, data=form, headers=HERE)
    assert (signed_out.status_code, "You are not signed in" in signed_out.text) == (401, True)
    assert 'href="/console/login"' in signed_out.text
    browser.client.post("/console/logout", data={"mark": mark}, headers=HERE | {"Cookie": browser.cookie})
    browser.house.w.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    browser.sign_in("sofia")
    earlier = browser.client.post(there, data=form, headers=HERE | {"Cookie": browser.cookie})
    assert (earlier.status_code, "of an earlier visit" in earlier.text) == (403, True)
    browser.post(f"/console/inbox/{answer}/assign", to="omar")
    handed_over = browser.post(there, text=words)
    assert "it is for Omar Haddad" in handed_over.text
    for page in (signed_out, earlier, handed_over):
        assert "this took me an hour &lt;/textarea&gt;" in page.text
    elsewhere = browser.client.post(there, data=form, headers={"Origin": "https://evil.example"})
    assert "took me an hour" not in elsewhere.text


def test_nobody_is_hidden_behind_the_answers_of_others(house: House) -> None:
    with unit_of_work(house.w.engine) as session:
        for reply in session.exec(select(Reply).where(Reply.state == "open")):
            reply.state = "done"
    for place in range(4):
        say(house, "question", f"{place}?")
    own = say(house, "question", "And I?")
    with unit_of_work(house.w.engine) as session:
        session.get_one(Reply, own).assignee = "omar"
    with reading(house.w.engine) as session:
        shown, count = threads.answers_for(session, house.w.people.named("omar"), most=2)
        assert (shown[0].reply.id, len(shown), count) == (own, 2, 5)
        assert threads.count_for(session, house.w.people.named("omar")) == (1, 5)
        assert threads.count_for(session, house.w.people.named("sofia")) == (4, 4)
        assert threads.answers_for(session, house.w.people.named("rosa")) == ([], 0)


def test_what_is_not_in_their_language_is_flagged(browser: Browser) -> None:
    number = say(browser.house, "interested", "Ja, gerne!", language="de")
    browser.sign_in("sofia")
    text = browser.get(f"/console/inbox/{number}").text
    assert "Still in the words of the campaign file" in text
    assert "<li>two Stories with the code</li>" in text
    english = say(browser.house, "interested", "Yes!")
    assert "Still in the words" not in browser.get(f"/console/inbox/{english}").text


def test_nothing_to_do_and_handing_over(browser: Browser, answer: int) -> None:
    browser.sign_in("sofia")
    assert browser.post(f"/console/inbox/{answer}/assign", to="omar").status_code == 303
    assert browser.get(f"/console/inbox/{answer}").status_code == 422, "it is not hers any more"
    assert "may not answer" in browser.post(f"/console/inbox/{answer}/done", outcome="nothing to do").text
    browser.sign_in("omar")
    assert browser.post(f"/console/inbox/{answer}/done", outcome="whatever").status_code == 422
    assert browser.post(f"/console/inbox/{answer}/done", outcome="nothing to do").status_code == 303
    assert reply_of(browser.house, answer).handled_by == "omar"


@pytest.mark.parametrize("person", ["rosa", "anton", "lena"])
def test_who_may_not_answer_sees_no_answers(browser: Browser, answer: int, person: str) -> None:
    browser.sign_in(person)
    assert "Nothing waits for you" in browser.get("/console/inbox").text
    assert "ship to Spain" not in browser.get(f"/console/inbox/{answer}").text
    assert "may not answer" in browser.post(f"/console/inbox/{answer}/send", text="Hi").text


def test_who_opted_out_after_the_page_was_opened_gets_nothing(
    house: House, client: Caller, longlisted_home: Path, tmp_path: Path
) -> None:
    made = copied(longlisted_home, tmp_path / "home")
    [(creator, question)] = made.with_addresses(1)
    made.decide(question, "approve", by="rosa")
    with unit_of_work(made.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        for stage in (Stage.INVITED, Stage.REPLIED):
            move(session, made.w.clock, candidate, stage, actor="sofia")
    number = say(made, "question", "When?")
    with calling(create_app(made.w)) as there:
        browser = Browser(there, made)
        browser.sign_in("sofia")
        with unit_of_work(made.w.engine) as session:
            suppression.add(
                session, made.w.clock, pepper=made.w.pepper, address="ada@example.com", why="", actor="omar"
            )
        found = browser.post(f"/console/inbox/{number}/send", text="Soon.")
    assert (found.status_code, "opted out" in found.text) == (422, True)
    made.w.engine.dispose()
