"""The console: who gets in, what a page lets in, and that each click asks the same rights as every other door."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from core.database import reading, unit_of_work
from core.models.candidates import Candidate, Snapshot
from core.models.outreach import Message, Reply
from core.stages import Stage
from core.store import candidate_named, move
from flows.serving.tokens import issue
from flows.steps.taking_up import take_up
from outreach import suppression, threads
from tests.homes import copied
from tests.house import CAMPAIGN, House
from tests.web.calling import Caller, calling
from web.app import create_app

HOSTILE = '</textarea><script>alert(1)</script> {{ 7*7 }} " onfocus=alert(1) x="'
HERE = {"Origin": "http://greenroom"}


class Browser:
    """Keeps its cookie, and sends forms as a browser does."""

    def __init__(self, client: Caller, house: House) -> None:
        self.client, self.house, self.cookie = client, house, ""

    def key(self, person: str) -> str:
        w = self.house.w
        return issue(w.pepper, person, now=w.clock.now(), valid=timedelta(days=1))

    def sign_in(self, person: str, **form: str) -> httpx.Response:
        answer = self.client.post("/console/login", data={"key": self.key(person)} | form, headers=HERE)
        self.cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        return answer

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={"Cookie": self.cookie} | headers)

    def mark(self) -> str:
        found = re.search(r'name="mark" value="([^"]+)"', self.get("/console").text)
        assert found is not None
        return found[1]

    def post(self, path: str, **form: str) -> httpx.Response:
        fields = {"mark": self.mark()} | form
        return self.client.post(path, data=fields, headers=HERE | {"Cookie": self.cookie})


@pytest.fixture(scope="module")
def house(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = copied(longlisted_home, tmp_path_factory.mktemp("console") / "home")
    for creator, question in made.with_addresses(1):
        made.decide(question, "approve", by="rosa")
        with unit_of_work(made.w.engine) as session:
            candidate = candidate_named(session, CAMPAIGN, creator)
            move(session, made.w.clock, candidate, Stage.INVITED, actor="sofia")
            candidate.sender = "sofia"
            move(session, made.w.clock, candidate, Stage.REPLIED, actor="sofia")
    yield made
    made.w.engine.dispose()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[Caller]:
    with calling(create_app(house.w)) as client:
        yield client


@pytest.fixture
def browser(client: Caller, house: House) -> Browser:
    return Browser(client, house)


@pytest.fixture
def answer(house: House) -> int:
    """A new answer of the creator who was invited."""
    return say(house, "question", f"Do you ship to Spain? {HOSTILE}")


def say(house: House, kind: str, text: str, **more: Any) -> int:
    with unit_of_work(house.w.engine) as session:
        candidate = session.exec(select(Candidate).where(Candidate.stage == Stage.REPLIED)).one()
        count = len(session.exec(select(Reply)).all())
        fields = {"mail_id": f"<{count}@x.example>", "candidate_id": candidate.id, "sender": "ada@example.com",
                  "kind": kind, "because": text[:100], "text": text, "language": "en",
                  "received_at": house.w.clock.now()}  # fmt: skip
        reply = Reply(**fields | more)
        session.add(reply)
        session.flush()
        take_up(house.w)(session, reply, candidate)
        return reply.id or 0


def reply_of(house: House, number: int) -> Reply:
    with reading(house.w.engine) as session:
        return session.get_one(Reply, number)


def test_nobody_sees_a_page_without_signing_in(browser: Browser, answer: int) -> None:
    for path in ("/console", "/console/inbox", f"/console/inbox/{answer}", "/console/direct"):
        found = browser.get(path)
        assert (found.status_code, found.headers["location"]) == (303, f"/console/login?next={path}")
    assert browser.client.post(f"/console/inbox/{answer}/done", data={"outcome": "x"}, headers=HERE).status_code == 303
    assert browser.client.post(f"/console/inbox/{answer}/send", data={"text": "x"}, headers=HERE).status_code == 401
    assert reply_of(browser.house, answer).state == "open"


def test_a_personal_key_opens_it_for_eight_hours_and_signing_out_closes_it(browser: Browser) -> None:
    found = browser.sign_in("sofia", next="/console/inbox")
    assert (found.status_code, found.headers["location"]) == (303, "/console/inbox")
    kept = found.headers["set-cookie"]
    assert all(part in kept for part in ("HttpOnly", "SameSite=strict", "Path=/console", "Max-Age=28800"))
    assert "Secure" not in kept
    assert "Hello Sofia" in browser.get("/console").text
    out = browser.post("/console/logout")
    assert (out.status_code, "Max-Age=0" in out.headers["set-cookie"]) == (303, True)


@pytest.mark.parametrize("key", ["", "x", "a.b", "ä.ö"])
def test_a_wrong_key_opens_nothing(client: Caller, key: str) -> None:
    found = client.post("/console/login", data={"key": key}, headers=HERE)
    assert (found.status_code, "set-cookie" in found.headers) == (401, False)
    assert 'role="alert"' in found.text


def test_a_session_is_no_key_and_a_key_no_session(browser: Browser) -> None:
    browser.sign_in("sofia")
    session = browser.cookie.partition("=")[2]
    assert browser.client.get("/api/requests", headers={"Authorization": f"Bearer {session}"}).status_code == 401
    browser.cookie = f"greenroom_console={browser.key('sofia')}"
    assert browser.get("/console").status_code == 303


@pytest.mark.parametrize(
    "there", ["https://evil.example", "//evil.example", "/console//evil", "/api", "/console\\x", ""]
)
def test_signing_in_leads_nowhere_else(browser: Browser, there: str) -> None:
    assert browser.sign_in("sofia", next=there).headers["location"] == "/console"


def test_pages_let_nothing_in_from_elsewhere(browser: Browser, answer: int) -> None:
    browser.sign_in("sofia")
    for path in ("/console", "/console/inbox", f"/console/inbox/{answer}", "/console/direct"):
        found = browser.get(path)
        policy = found.headers["content-security-policy"]
        assert found.headers.get_list("content-security-policy") == [policy]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert found.headers["referrer-policy"] == "same-origin"
        assert found.headers["cache-control"] == "no-store"
        assert not re.search(r'(?:src|href)="(?:https?:)?//(?!www\.(?:instagram|tiktok|youtube)\.com/)', found.text)


def test_words_of_creators_are_text(browser: Browser, answer: int) -> None:
    browser.sign_in("sofia")
    for path in ("/console/inbox", f"/console/inbox/{answer}"):
        text = browser.get(path).text
        assert "alert(1)" in text
        assert "<script>alert" not in text
        assert 'onfocus=alert(1) x="' not in text


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_a_form_from_elsewhere_does_nothing(browser: Browser, answer: int, headers: dict[str, str]) -> None:
    browser.sign_in("sofia")
    fields = {"mark": browser.mark(), "text": "Hello"}
    cookie = {"Cookie": browser.cookie}
    found = browser.client.post(f"/console/inbox/{answer}/send", data=fields, headers=cookie | headers)
    assert found.status_code == 403
    assert browser.client.post("/console/login", data={"key": browser.key("sofia")}, headers=headers).status_code == 403
    found = browser.client.post(
        f"/console/inbox/{answer}/send", data={"mark": "x", "text": "Hi"}, headers=HERE | cookie
    )
    assert found.status_code == 403
    assert reply_of(browser.house, answer).state == "open"


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


@pytest.mark.parametrize("path", ["/console/inbox/abc", "/console/inbox/0", f"/console/inbox/{10**30}", "/console/x/y"])
def test_a_page_that_is_none_says_so_kindly(browser: Browser, path: str) -> None:
    browser.sign_in("sofia")
    found = browser.get(path)
    assert found.status_code in (404, 422)
    assert found.headers["content-type"].startswith("text/html")
    assert 'role="alert"' in found.text


def test_a_link_from_elsewhere_is_opened_once_more_from_here(browser: Browser, answer: int) -> None:
    found = browser.get(f"/console/inbox/{answer}", **{"Sec-Fetch-Site": "cross-site"})
    assert (found.status_code, 'http-equiv="refresh"' in found.text) == (200, True)
    assert "ship to Spain" not in found.text


def test_direct_messages_are_shown_and_recorded(house: House, browser: Browser) -> None:
    with unit_of_work(house.w.engine) as session:
        request = next(r for r in house.queue() if "email" not in _known(session, r.candidate_id or 0))
    house.decide(request, "approve", by="rosa")
    browser.sign_in("sofia")
    text = browser.get("/console/direct").text
    number = re.search(r"/console/direct/linen-summer/(\d+)/sent", text)
    assert number is not None, text[-1500:]
    assert 'target="_blank" rel="noopener noreferrer"' in text
    assert "You have sent 0 today" in text
    draft = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)
    assert draft is not None
    browser.sign_in("rosa")
    assert "may not write" in browser.post(f"/console/direct/linen-summer/{number[1]}/sent", text="Hi").text
    browser.sign_in("sofia")
    assert browser.post(f"/console/direct/linen-summer/{number[1]}/sent", text="Hi there").status_code == 303
    with reading(house.w.engine) as session:
        assert session.get_one(Message, int(number[1])).category == "by hand"
    twice = browser.post(f"/console/direct/linen-summer/{number[1]}/sent", text="Hi there")
    assert twice.headers.get("location") == "/console/direct?said=recorded"
    other = browser.post(f"/console/direct/linen-summer/{number[1]}/sent", text="Another text").text
    assert "already, by Sofia Marin" in other
    assert "Another text</textarea>" in other, "its card is gone, the words are not"
    assert browser.post(f"/console/direct/x%00/{number[1]}/sent", text="Hi").status_code == 404


def _known(session: Any, candidate_id: int) -> set[str]:
    return set(session.exec(select(Snapshot.field).where(Snapshot.candidate_id == candidate_id)))
