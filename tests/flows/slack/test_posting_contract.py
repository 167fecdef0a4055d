"""The contract to sign off: its card, and the document itself in the thread."""

from pathlib import Path

import pytest

from contracts import service as contracts
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.store import candidate_named
from flows.slack.papers import show_pdf
from flows.slack.posting import look_again
from flows.slack.trouble import lost_in_words
from tests.flows.scenes import contract_to_sign_off, redraft_under_another_law
from tests.flows.slack.slacked import buttons, in_slack, leave, member, words
from tests.house import CAMPAIGN, House

pytestmark = pytest.mark.slow


def test_the_document_stands_in_the_thread_of_its_card_and_a_new_version_is_a_new_message(
    house: House, tmp_path: Path, clock: FixedClock
) -> None:
    creator, question = contract_to_sign_off(house)
    with in_slack(house, tmp_path, clock) as there:
        leave(there.house, 0)
        there.settle()
        [card] = there.top()
        [document] = there.thread(card)
        [file] = document["files"]
        assert there.simulator.files[file["id"]] == there.house.w.archive.read(question.content_sha256)
        assert file["name"].endswith("-v1.docx")
        assert "request.choose.sign_off" in buttons(card)
        redraft_under_another_law(there.house, creator, tmp_path)
        there.settle()
        old, new = there.top()
        assert "Withdrawn" in words(old)
        assert "Changed since the last version" in words(new)
        assert there.thread(new)[0]["files"][0]["name"].endswith("-v2.docx")


def test_its_pdf_hangs_beside_it_whether_made_before_or_after_the_card(
    house: House, tmp_path: Path, clock: FixedClock
) -> None:
    creator, question = contract_to_sign_off(house)
    with in_slack(house, tmp_path, clock) as there:
        leave(there.house, 0)
        w = there.house.w
        w.archive.keep_pdf(question.content_sha256, b"%PDF-1.7 before")
        there.settle()
        [card] = there.top()
        assert [one["files"][0]["name"][-4:] for one in there.thread(card)] == ["docx", ".pdf"]
        redraft_under_another_law(there.house, creator, tmp_path)
        there.settle()
        new = there.top()[1]
        with unit_of_work(w.engine) as session:
            contract = contracts.current_contract(session, candidate_named(session, CAMPAIGN, creator))
            assert contract is not None
            w.archive.keep_pdf(contract.docx_sha256, b"%PDF-1.7 after")
            assert [show_pdf(session, w, contract), show_pdf(session, w, contract)] == [1, 1]
        there.settle()
        assert [one["files"][0]["name"][-4:] for one in there.thread(new)] == ["docx", ".pdf"]


def test_a_document_that_was_changed_is_not_shown_until_it_is_restored(
    house: House, tmp_path: Path, clock: FixedClock
) -> None:
    _, question = contract_to_sign_off(house, anew=True)
    with in_slack(house, tmp_path, clock) as there:
        leave(there.house, 0)
        path = there.house.w.archive.path_of(question.content_sha256)
        path.chmod(0o644)
        signed = path.read_bytes()
        path.write_bytes(signed + b"!")
        there.settle()
        assert there.thread(there.top()[0]) == []
        with reading(there.house.w.engine) as session:
            [told] = lost_in_words(session)
        assert "was changed after the question was asked" in told
        path.write_bytes(signed)  # from a backup
        look_again(there.house.w)
        there.settle()
        [document] = there.thread(there.top()[0])
        assert there.simulator.files[document["files"][0]["id"]] == signed
        with reading(there.house.w.engine) as session:
            assert lost_in_words(session) == []


def test_without_a_channel_card_and_document_go_to_legal_directly(
    house: House, tmp_path: Path, clock: FixedClock
) -> None:
    _, question = contract_to_sign_off(house)
    with in_slack(house, tmp_path, clock, slack_channel="") as there:
        leave(there.house, 0)
        there.settle()
        lena = f"D{member('lena')}"
        [card] = there.top(lena)
        [document] = there.thread(card, lena)
        assert there.simulator.files[document["files"][0]["id"]] == there.house.w.archive.read(question.content_sha256)
