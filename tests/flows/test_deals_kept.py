"""What is kept of a deal: the board, its history, the check of all documents, and the zip a lawyer reads."""

import hashlib
import html
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from contracts import service as contracts
from core import audit
from core.database import reading
from core.errors import Refused
from core.models.approvals import Request
from core.store import candidate_named
from flows.steps import deals, deals_kept
from tests.flows.scenes import contract_to_sign_off, redraft_under_another_law
from tests.house import CAMPAIGN, House


@pytest.fixture
def signed(house: House, tmp_path: Path) -> str:
    """A creator whose second version was signed, after legal wanted changes to the first."""
    creator, first = contract_to_sign_off(house)
    house.decide(first, "request_changes", by="lena", reason="name another law")
    redraft_under_another_law(house, creator, tmp_path)
    house.decide(house.open_request("final contract"), "sign_off", by="lena")
    deals.send_contracts(house.w)
    evidence = {"note": "reply of 3 December <script>"}
    deals.record_signature(house.w, CAMPAIGN, creator, signed_name="Ada & Söhne <b>", evidence=evidence,
                           actor=house.w.people.named("sofia"))  # fmt: skip
    return creator


def exported(house: House, creator: str) -> dict[str, bytes]:
    content, found = deals_kept.export(house.w, CAMPAIGN, creator, actor=house.w.people.named("lena"))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assert files == found.files
    return files


def test_the_board_says_with_whom_a_contract_waits_and_until_when(house: House, tmp_path: Path) -> None:
    creator, question = contract_to_sign_off(house)

    def turn() -> tuple[str, str, str]:
        with reading(house.w.engine) as session:
            [standing] = deals_kept.board(session, house.w, CAMPAIGN)
        assert standing.name == creator
        return standing.contract_status, standing.turn.who, standing.turn.next_step

    with reading(house.w.engine) as session:
        [standing] = deals_kept.board(session, house.w, CAMPAIGN)
        assert (standing.turn.since, standing.turn.due) == (question.asked_at, question.due_at)
    assert turn() == ("drafted", "Lena Okafor", f"greenroom approvals show {question.id[:8]}")
    house.decide(question, "request_changes", by="lena", reason="name another law")
    assert turn()[:2] == ("changes_requested", "sofia")
    assert "name another law" in turn()[2]
    redraft_under_another_law(house, creator, tmp_path)
    house.decide(house.open_request("final contract"), "sign_off", by="lena")
    assert turn() == ("signed_off", "sofia", f"greenroom contracts send {CAMPAIGN}")
    deals.send_contracts(house.w)
    assert turn()[:2] == ("out", "creator")
    deals.record_signature(house.w, CAMPAIGN, creator, signed_name="Ada", evidence={"note": "reply"},
                           actor=house.w.people.named("sofia"))  # fmt: skip
    assert turn()[:2] == ("signed", "nobody")


def test_the_board_asks_the_record_as_often_for_many_as_for_one(house: House) -> None:
    contract_to_sign_off(house)
    asked: list[str] = []
    with reading(house.w.engine) as session:
        event.listen(house.w.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        deals_kept.board(session, house.w, CAMPAIGN)
    assert len([one for one in asked if one.startswith("SELECT")]) <= 5


def test_changes_asked_for_are_a_new_version_with_a_new_clock_and_the_old_card_says_so(
    house: House, tmp_path: Path
) -> None:
    creator, first = contract_to_sign_off(house)
    redraft_under_another_law(house, creator, tmp_path)
    second = house.open_request("final contract")
    with reading(house.w.engine) as session:
        old = session.get_one(Request, first.id)
    assert (old.status, old.void_reason) == ("void", "version 2 replaced it")
    assert (second.sla_hours, second.assignee) == (48, "lena")
    assert second.asked_at == house.w.clock.now()
    assert second.due_at >= old.due_at


def test_the_history_lists_every_version_with_what_was_asked_and_its_entries(house: House, signed: str) -> None:
    with reading(house.w.engine) as session:
        deal = contracts.deal_of(session, candidate_named(session, CAMPAIGN, signed))
    assert [(one.contract.version, one.standing) for one in deal.versions] == [(1, "void"), (2, "signed")]
    assert [[request.choice for request in one.requests] for one in deal.versions] == [
        ["request_changes"],
        ["sign_off"],
    ]
    actions = [[entry.action for entry in one.audit] for one in deal.versions]
    assert actions[0][0] == actions[1][0] == "contract.drafted"
    assert "contract.changes_requested" in actions[0]
    assert actions[1][-1] == "contract.signed"
    assert deal.versions[1].signature is not None
    assert [mail.category for mail in deal.sent] == ["transactional"]


def test_the_history_finds_its_entries_and_requests_by_what_they_are_about(house: House, signed: str) -> None:
    asked: list[tuple[str, Any]] = []
    with reading(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, signed)
        event.listen(house.w.engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        contracts.deal_of(session, candidate)
        for table in ("audit_entry", "request"):
            [(statement, parameters)] = [one for one in asked if f"FROM {table} " in one[0].replace("\n", "")]
            plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
            assert f"ix_{table}_subject" in plan
            assert f"SCAN {table}" not in plan


def test_every_document_of_a_campaign_is_checked_void_versions_too(house: House, signed: str) -> None:
    with reading(house.w.engine) as session:
        checked = deals_kept.check_all(session, house.w, CAMPAIGN)
    assert [(contract.version, found) for contract, found in checked] == [(1, []), (2, [])]
    path = house.w.archive.path_of(checked[0][0].docx_sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with reading(house.w.engine) as session:
        [(_, first), (_, second)] = deals_kept.check_all(session, house.w, CAMPAIGN)
    assert "was changed after it was kept" in first[0]
    assert second == []


def test_a_deal_is_one_zip_that_is_the_same_each_time(house: House, signed: str) -> None:
    lena = house.w.people.named("lena")
    first, _ = deals_kept.export(house.w, CAMPAIGN, signed, actor=lena)
    second, found = deals_kept.export(house.w, CAMPAIGN, signed, actor=lena)
    assert first == second
    assert found.problems == ()
    files = exported(house, signed)
    for number in (1, 2):
        for name in ("contract.docx", "template.docx", "terms.txt", "terms.json", "record.json"):
            assert f"version-{number}/{name}" in files
    assert {"index.html", "offers.json", "questions.json", "version-2/signature.json", "mails/001.txt"} <= set(files)
    sums = {line[66:]: line[:64] for line in files["sha256.txt"].decode().splitlines()}
    assert sums == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "sha256.txt"
    }
    assert str(house.w.settings.home).encode() not in b"".join(files.values())


def test_its_page_is_readable_without_us_and_nothing_in_it_is_markup(house: House, signed: str) -> None:
    page = exported(house, signed)["index.html"].decode()
    assert "Ada &amp; Söhne &lt;b&gt;" in page
    assert "<script" not in page
    assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in page
    text = html.unescape(page)
    for said in ("Governing law: Germany → Austria", "The creator signed", "name another law", "The law of Austria"):
        assert said in text


def test_entries_in_the_zip_prove_themselves(house: House, signed: str) -> None:
    files = exported(house, signed)
    entries = [json.loads(line) for line in files["audit/entries.jsonl"].decode().splitlines()]
    for entry in entries:
        parts = [str(entry["seq"]), *(entry[key] for key in ("at", "actor", "action", "subject", "detail", "previous"))]
        assert hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest() == entry["hash"]
    with reading(house.w.engine) as session:
        assert audit.verify(session).problem == ""
    assert {"contract.drafted", "contract.signed_off", "contract.signed", "request.asked"} <= {
        entry["action"] for entry in entries
    }


def test_a_document_that_is_gone_is_named_and_the_rest_is_there(house: House, signed: str) -> None:
    with reading(house.w.engine) as session:
        deal = contracts.deal_of(session, candidate_named(session, CAMPAIGN, signed))
    house.w.archive.path_of(deal.versions[0].contract.docx_sha256).unlink()
    _, found = deals_kept.export(house.w, CAMPAIGN, signed, actor=house.w.people.named("lena"))
    assert "is missing" in found.problems[0]
    assert "version-1/contract.docx" not in found.files
    assert "Not in this folder." in found.files["index.html"].decode()


def test_only_who_works_on_deals_takes_one_out(house: House, signed: str) -> None:
    with pytest.raises(Refused, match="may not take a deal out: it takes the legal, sender, ops or owner of"):
        deals_kept.export(house.w, CAMPAIGN, signed, actor=house.w.people.named("rosa"))
