"""Legal at the console: who may read a contract, what the page says, and that an answer there is one like any other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import service as contracts
from core.database import reading
from core.models.approvals import Request
from core.models.deals import Contract
from core.store import candidate_named
from tests.flows.scenes import contract_to_sign_off, redraft_under_another_law
from tests.homes import copied
from tests.house import CAMPAIGN, House
from tests.web.calling import Caller, calling
from tests.web.console_scene import Browser
from web.app import create_app


@pytest.fixture
def house(longlisted_home: Path, tmp_path: Path) -> Iterator[House]:
    made = copied(longlisted_home, tmp_path / "home")
    yield made
    made.w.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[Caller]:
    with calling(create_app(house.w)) as client:
        yield client


@pytest.fixture
def asked(house: House) -> tuple[str, Request]:
    house.everybody_consented()
    return contract_to_sign_off(house)


def by(person: str, client: Caller, house: House) -> Browser:
    browser = Browser(client, house)
    browser.sign_in(person)
    return browser


def contract_of(house: House, creator: str) -> Contract:
    with reading(house.w.engine) as session:
        contract = contracts.current_contract(session, candidate_named(session, CAMPAIGN, creator))
    assert contract is not None
    return contract


def test_legal_reads_a_contract_whole_and_signs_it_off(
    house: House, client: Caller, asked: tuple[str, Request]
) -> None:
    lena = by("lena", client, house)
    assert "1</b><span>contract to read and sign off" in lena.get("/console").text
    number = contract_of(house, asked[0]).id
    assert f"/console/contracts/{number}" in lena.get("/console/contracts").text
    page = lena.get(f"/console/contracts/{number}").text
    for said in (
        "these are the terms that everybody is offered",
        "The law of Germany applies",
        "Fixed fee",
        "200.00 EUR",
    ):
        assert said in page
    document = lena.get(f"/console/contracts/{number}/document")
    assert document.content == house.w.archive.read(asked[1].content_sha256)
    answer = lena.post(f"/console/contracts/{number}/decide", choice="sign_off", seen=asked[1].content_sha256)
    assert answer.headers["location"] == f"/console/contracts/{number}?said=decided"
    assert "Take it back" in lena.get(f"/console/contracts/{number}").text
    assert lena.post(f"/console/contracts/{number}/take-back").status_code == 303
    assert house.open_request("final contract").id == asked[1].id


def test_changes_need_words_and_bring_a_new_version_while_the_old_page_says_so(
    house: House, client: Caller, asked: tuple[str, Request], tmp_path: Path
) -> None:
    lena, first = by("lena", client, house), contract_of(house, asked[0])
    address = f"/console/contracts/{first.id}"
    refused = lena.post(f"{address}/decide", choice="request_changes", seen=first.docx_sha256)
    assert refused.status_code == 422
    redraft_under_another_law(house, asked[0], tmp_path)
    late = lena.post(f"{address}/decide", choice="sign_off", seen=first.docx_sha256)
    assert "is no longer asked" in late.text
    page = lena.get(address).text
    assert "A newer version took its place: version 2 replaced it" in page
    assert ">Sign off<" not in page
    newer = lena.get(f"/console/contracts/{contract_of(house, asked[0]).id}").text
    assert "Governing law: Germany → Austria" in newer


def test_whoever_has_nothing_to_do_with_deals_reads_none(
    house: House, client: Caller, asked: tuple[str, Request]
) -> None:
    number = contract_of(house, asked[0]).id
    rosa = by("rosa", client, house)
    for page in (f"/console/contracts/{number}", f"/console/contracts/{number}/document"):
        assert "may not read this contract" in rosa.get(page).text
    assert "No contract waits for you." in rosa.get("/console/contracts").text
    sofia = by("sofia", client, house)
    assert "may not" not in sofia.get(f"/console/contracts/{number}").text
    refused = sofia.post(f"/console/contracts/{number}/decide", choice="sign_off", seen=asked[1].content_sha256)
    assert refused.status_code == 403


def test_a_document_changed_in_the_archive_is_not_shown(
    house: House, client: Caller, asked: tuple[str, Request]
) -> None:
    path = house.w.archive.path_of(asked[1].content_sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    page = by("lena", client, house).get(f"/console/contracts/{contract_of(house, asked[0]).id}").text
    assert "Do not sign this off." in page
    assert "The law of Germany applies" not in page


@pytest.mark.parametrize("number", ["0", "99999", "9" * 30, "x"])
def test_a_contract_that_is_not_there_is_no_page(
    number: str, house: House, client: Caller, asked: tuple[str, Request]
) -> None:
    assert by("lena", client, house).get(f"/console/contracts/{number}").status_code in (404, 422)
