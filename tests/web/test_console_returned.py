"""A returned contract at the console: what was changed, both texts in a frame that can do nothing, and the answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.models.approvals import Request
from tests.flows.test_accepted_files import HARMLESS
from tests.flows.test_accepted_files import asked as put_before_legal
from tests.flows.test_returned import edited, sent
from tests.homes import copied
from tests.house import House
from tests.web.calling import Caller, calling
from tests.web.console_scene import Browser
from web.app import create_app


@pytest.fixture
def house(longlisted_home: Path, tmp_path: Path) -> Iterator[House]:
    made = copied(longlisted_home, tmp_path / "home")
    made.everybody_consented()
    yield made
    made.w.engine.dispose()


@pytest.fixture
def lena(house: House) -> Iterator[Browser]:
    with calling(create_app(house.w)) as client:
        yield by("lena", client, house)


def by(person: str, client: Caller, house: House) -> Browser:
    browser = Browser(client, house)
    browser.sign_in(person)
    return browser


def returned(house: House, old: str = HARMLESS[0], new: str = HARMLESS[1]) -> tuple[str, Request, bytes]:
    """Where it is read, the question about it, and the file that came back."""
    creator, document = sent(house)
    changed = edited(document, old, new)
    request = put_before_legal(house, creator, changed)
    return f"/console/contracts/{request.subject.rpartition(':')[2]}/returned", request, changed


def test_legal_reads_both_texts_and_accepts_exactly_that_file(house: House, lena: Browser) -> None:
    address, request, changed = returned(house)
    assert f'href="{address}"' in lena.get("/console/contracts").text
    assert f'href="{address}"' in lena.get(address.removesuffix("/returned")).text
    page = lena.get(address)
    assert "within 14 days" in page.text
    assert f"sha256 <code>{request.content_sha256}</code>" in page.text
    assert f'<iframe class="compared" src="{address}/compared" sandbox' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert lena.get(f"{address}/file").content == changed
    answer = lena.post(f"{address}/decide", choice="approve", seen=request.content_sha256)
    assert answer.headers["location"] == f"{address}?said=decided"
    assert "Take it back" in lena.get(address).text
    assert lena.post(f"{address}/take-back").status_code == 303
    assert house.open_request("returned contract").id == request.id
    assert lena.post(f"{address}/decide", choice="decline", seen=request.content_sha256).status_code == 422
    lena.post(f"{address}/decide", choice="decline", seen=request.content_sha256, text="our rule")
    assert "our text stays" in lena.get(address).text


def test_the_frame_runs_nothing_and_nothing_of_theirs_is_markup(house: House, lena: Browser) -> None:
    hostile = "What you make stays yours. &lt;script&gt;alert(1)&lt;/script&gt;\u202eRUE 009"
    address, _, _ = returned(house, "What you make stays yours.", hostile)
    for path in (address, f"{address}/compared"):
        page = lena.get(path)
        assert "<script" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text
        assert "\u202e" not in page.text
    policy = lena.get(f"{address}/compared").headers
    assert policy["content-security-policy"].endswith("frame-ancestors 'self'; sandbox")
    assert policy["x-frame-options"] == "SAMEORIGIN"
    assert "attachment; filename=" in lena.get(f"{address}/file").headers["content-disposition"]


def test_what_an_offer_says_has_no_button_to_accept(house: House, lena: Browser) -> None:
    address, request, _ = returned(house, "a fixed fee of 200.00 EUR", "a fixed fee of 900.00 EUR")
    page = lena.get(address).text
    assert 'value="approve"' not in page
    assert "greenroom deal reopen" in page
    refused = lena.post(f"{address}/decide", choice="approve", seen=request.content_sha256)
    assert "cannot be answered with" in refused.text


def test_whoever_has_nothing_to_do_with_deals_reads_none_of_it(house: House, lena: Browser) -> None:
    address, request, _ = returned(house)
    rosa = by("rosa", lena.client, house)
    for path in (address, f"{address}/compared", f"{address}/file"):
        assert "may not read this contract" in rosa.get(path).text
    sofia = by("sofia", lena.client, house)
    assert sofia.post(f"{address}/decide", choice="approve", seen=request.content_sha256).status_code == 403


def test_where_nothing_came_back_it_is_said(house: House, lena: Browser) -> None:
    sent(house)
    assert "Nothing came back of" in lena.get("/console/contracts/1/returned").text
    assert lena.get("/console/contracts/99/returned").status_code in (404, 422)
