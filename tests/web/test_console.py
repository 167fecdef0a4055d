"""The console: who gets in, what a page lets in, and that each click asks the same rights as every other door."""

import re
from typing import Any

import pytest
from sqlmodel import select

from core.database import reading, unit_of_work
from core.models.candidates import Snapshot
from core.models.outreach import Message
from tests.house import House
from tests.web.calling import Caller
from tests.web.console_scene import HERE, Browser, reply_of


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
