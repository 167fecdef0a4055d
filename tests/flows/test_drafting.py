"""A batch of contracts: which deals it leaves to a person, and that it holds what others did meanwhile."""

import hashlib
import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from bench.contracts import agreed as contracts_agreed
from contracts import service as contracts
from contracts.changes import Changes
from contracts.from_campaign import standard_draft
from contracts.pdf import Press
from contracts.straightforward import RULES, Deal, objections
from core import audit
from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.deals import Contract
from core.models.jobs import Job
from core.money import Money
from core.stages import Stage
from core.store import candidate_named
from flows.effects import CONTRACT
from flows.steps import deals, outreach, pdfs
from flows.steps.ahead import GROUP, Ahead
from flows.steps.deals_read import contract_to_read
from flows.steps.work import wake
from flows.wiring import Wiring
from tests.contracts.boxed import pdf_of
from tests.flows.scenes import adopt, invited
from tests.house import CAMPAIGN, House


def agreed(house: House, many: int, fee: Decimal | None = None) -> list[str]:
    """So many creators who accepted; the first one another fee, if one is given."""
    creators = invited(house, many)
    for number, mail in enumerate(house.outbox()):
        house.answer(mail, f"I am interested, count me in{'!' * (number + 1)}")
    outreach.read_replies(house.w)
    sofia = house.w.people.named("sofia")
    for creator in creators:
        deals.make_offer(
            house.w, CAMPAIGN, creator, actor=sofia, changes=Changes(stipend=fee if creator == creators[0] else None)
        )
        deals.accept_offer(house.w, CAMPAIGN, creator, actor=sofia, how="reply")
    return creators


def test_a_batch_drafts_what_is_straightforward_and_says_which_deals_it_left_and_why(house: House) -> None:
    negotiated, *standard = agreed(house, 6, Decimal(180))
    assert deals.draft_contracts(house.w) == len(standard)
    assert {house.stage(creator) for creator in standard} == {Stage.CONTRACT_DRAFTED}
    assert house.stage(negotiated) == Stage.AGREED
    with reading(house.w.engine) as session:
        [left] = session.exec(select(Job).where(Job.kind == deals.DRAFT_JOB, Job.status != "done")).all()
    assert "not the standard one (Fixed fee: 200.00 EUR → 180.00 EUR)" in left.last_error
    assert f"greenroom contracts draft {CAMPAIGN} {negotiated}" in left.last_error
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, negotiated)
        deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="sofia")
    assert house.stage(negotiated) == Stage.CONTRACT_DRAFTED
    wake(house.w, deals.DRAFT_JOB)
    assert deals.draft_contracts(house.w) == 0


def test_a_job_that_refuses_the_reading_of_its_group_keeps_no_other_contract_back(house: House) -> None:
    creators = agreed(house, 3)
    with unit_of_work(house.w.engine) as session:
        broken = session.exec(select(Job).where(Job.kind == deals.DRAFT_JOB).order_by(col(Job.id))).all()[1]
        broken.payload = {"candidate": 999_999, "campaign": CAMPAIGN}
        session.add(broken)
    assert deals.draft_contracts(house.w) == 2
    assert sorted(house.stage(creator) for creator in creators) == [Stage.AGREED, *2 * [Stage.CONTRACT_DRAFTED]]
    with reading(house.w.engine) as session:
        [left] = session.exec(select(Job).where(Job.kind == deals.DRAFT_JOB, Job.status != "done")).all()
        assert (left.id, left.status) == (broken.id, "waiting")
        assert "There is no candidate 999999" in left.last_error
        asked = session.exec(select(Request).where(Request.kind == CONTRACT)).all()
        assert len({request.subject for request in asked}) == len(asked) == 2
        assert audit.verify(session).problem == ""


def test_a_further_contract_of_a_group_costs_hardly_a_statement_more() -> None:
    def statements(many: int) -> int:
        asked: list[str] = []
        with contracts_agreed(many) as w:
            event.listen(w.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
            assert deals.draft_contracts(w) == many
        return len(asked)

    few, group = 4, GROUP
    # SQLite gives the ids of new contracts row by row; that is the one.
    assert statements(group) - statements(few) <= group - few


def test_what_changed_after_a_document_was_made_ahead_is_in_the_contract(house: House) -> None:
    [creator] = agreed(house, 1)
    w = house.w
    law = house.campaign().contract.model_copy(update={"governing_law": "Austria"})
    with w.renderer() as renderer, Ahead(w, renderer, campaign=None) as ahead:
        ahead.make_ready()
        adopt(house, house.campaign().model_copy(update={"contract": law}))
        with unit_of_work(w.engine) as session:
            candidate = candidate_named(session, CAMPAIGN, creator)
            contract = deals.draft_contract(session, w, ahead, candidate.id or 0, actor="sofia")
    assert contracts.terms_of(contract).governing_law == "Austria"
    assert contracts.check_contract(contract, archive=w.archive) == []


def test_the_rules_of_a_straightforward_deal(campaign: Campaign) -> None:
    standard = standard_draft(campaign)
    plain = Deal(offered=standard, standard=standard)
    assert objections(plain) == []
    dearer = standard.model_copy(update={"stipend": Money(Decimal(250), "EUR")})
    every = Deal(offered=dearer, standard=standard, beyond="above the maximum", swaps=("pay within 60 days",),
                 conflicts=("an exclusive deal with Other Linen",), former=1)  # fmt: skip
    assert len(objections(every)) == len(RULES)


class Printing:
    """Makes a PDF of everything but of what it is told not to."""

    name = "a press of the test"

    def __init__(self, *refused: int) -> None:
        self.runs: list[int] = []
        self._refused = refused

    def press(self, documents: Sequence[bytes]) -> list[bytes]:
        self.runs.append(len(documents))
        if len(self.runs) - 1 in self._refused:
            raise Refused("LibreOffice made no PDF of a document (it said nothing).")
        return [b"%PDF-" + hashlib.sha256(document).digest() for document in documents]


def test_pdfs_are_made_once_and_one_document_that_gives_none_keeps_no_other_from_its_own(house: House) -> None:
    agreed(house, 3)
    deals.draft_contracts(house.w)
    press = Printing(0, 2)  # together, and then the second of them alone
    w = with_press(house.w, press)
    assert pdfs.make_pdfs(w) == 2
    assert press.runs == [3, 1, 1, 1]
    assert pdfs.make_pdfs(w) == 1
    assert pdfs.make_pdfs(w) == 0
    with reading(w.engine) as session:
        for contract in session.exec(select(Contract)).all():
            assert w.archive.read_pdf(contract.docx_sha256)
        assert len(session.exec(select(AuditEntry).where(AuditEntry.action == "contract.pdf_made")).all()) == 3


def test_a_pdf_that_shows_boxes_is_kept_from_everybody_until_other_fonts_are_there(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fonts = tmp_path / "bin" / "fc-list"
    fonts.parent.mkdir()
    fonts.write_text("#!/bin/sh\necho one.ttf\n")
    fonts.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fonts.parent}{os.pathsep}{os.environ['PATH']}")
    agreed(house, 1)
    deals.draft_contracts(house.w)
    press = _Boxes()
    w = with_press(house.w, press)
    assert pdfs.make_pdfs(w) == 0
    assert "no font of this machine draws its Korean" in caplog.text
    assert "apt install fonts-wqy-microhei" in caplog.text
    assert pdfs.make_pdfs(w) == 0
    assert press.runs == 1  # with the same fonts it would be the same
    lena = w.people.named("lena")
    with reading(w.engine) as session:
        [contract] = session.exec(select(Contract)).all()
        read = contract_to_read(session, w, contract.id or 0, lena)
        assert read.why_no_pdf.startswith("no font of this machine draws its Korean;")
    fonts.write_text("#!/bin/sh\necho another.ttf\n")
    press.boxes = ""
    assert pdfs.make_pdfs(w) == 1
    with reading(w.engine) as session:
        assert contract_to_read(session, w, contract.id or 0, lena).why_no_pdf == ""
        [entry] = session.exec(select(AuditEntry).where(AuditEntry.action == "contract.pdf_left_out")).all()
    assert w.archive.read_pdf(contract.docx_sha256) == pdf_of("Ada 김")
    assert '"lacking": ["Korean"]' in entry.detail


class _Boxes:
    """Makes a PDF of a name of which some letters are boxes."""

    name = "a press without a font"

    def __init__(self) -> None:
        self.runs, self.boxes = 0, "김"

    def press(self, documents: Sequence[bytes]) -> list[bytes]:
        self.runs += 1
        return [pdf_of("Ada 김", boxes=self.boxes) for _ in documents]


def with_press(w: Wiring, press: Press) -> Wiring:
    class Printing(Wiring):
        @property
        def press(self) -> Press:
            return press

    return Printing(settings=w.settings, clock=w.clock)
