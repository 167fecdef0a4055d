"""A contract is read against the template it was filled from, whatever is approved by then."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from sqlalchemy import Engine

from contracts import service
from contracts.archive import Archive
from contracts.templates import Template, Templates
from core.database import unit_of_work
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import Contract, Offer

Put = Callable[..., Candidate]
Draft = Callable[..., Contract]


def with_a_line_more(document: bytes) -> bytes:
    edited = docx.Document(io.BytesIO(document))
    edited.add_paragraph("One more line that legal wanted.")
    raw = io.BytesIO()
    edited.save(raw)
    return raw.getvalue()


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.mark.parametrize("later", [
    {"version": "3"},
    {"valid_until": "2026-11-19"},
    {"maximum_spend": '"0"'},
    {"currency": '"USD"'},
])  # fmt: skip
def test_a_later_template_or_approval_says_nothing_against_an_older_contract(
    later: dict[str, str], engine: Engine, agreed: Put, draft: Draft, archive: Archive, template: Template,
    own_templates: Callable[..., Templates],
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        candidate = agreed(session, name="نور {{7*7}} & <b>")
        contract_id = draft(session, candidate, templates=own_templates(template.content)).id
    now = own_templates(with_a_line_more(template.content), **later)
    with unit_of_work(engine) as session:
        contract = session.get_one(Contract, contract_id)
        if later != {"version": "3"}:
            with pytest.raises(Refused, match="approved"):
                draft(session, session.get_one(Candidate, contract.candidate_id), templates=now)
        assert archive.read(contract.template_sha256) == template.content
        assert service.check_contract(contract, archive=archive) == []
        offer = session.get_one(Offer, contract.offer_id)
        card = service.contract_card(contract, offer=offer, archive=archive)
        assert card.subtitle.endswith("creator-agreement-en version 2, approved by lena on 2026-11-26")


def test_tampering_with_document_terms_or_template_is_told(
    sqlite_engine: Engine, agreed: Put, draft: Draft, archive: Archive
) -> None:
    with unit_of_work(sqlite_engine) as session:
        contract = draft(session, agreed(session))
    terms = contract.terms
    contract.terms = terms | {"commission_percent": "12"}
    problems = service.check_contract(contract, archive=archive)
    assert any("missing: " in problem and "12%" in problem for problem in problems)
    assert any("added: " in problem and "10%" in problem for problem in problems)
    contract.terms = terms
    assert service.check_contract(contract, archive=archive) == []
    for sha256 in (contract.docx_sha256, contract.template_sha256):
        path = archive.path_of(sha256)
        kept = path.read_bytes()
        overwrite(path, kept + b"\0")
        [problem] = service.check_contract(contract, archive=archive)
        assert re.search(f"{sha256}.docx was changed after it was kept", problem)
        path.unlink()
        [problem] = service.check_contract(contract, archive=archive)
        assert re.search(f"{sha256}.docx is missing", problem)
        path.write_bytes(kept)


def test_another_document_that_was_really_archived_is_not_this_contract(
    sqlite_engine: Engine, agreed: Put, draft: Draft, archive: Archive
) -> None:
    with unit_of_work(sqlite_engine) as session:
        contract, other = draft(session, agreed(session, "ada")), draft(session, agreed(session, "bo"))
        session.expunge_all()
    contract.docx_sha256 = other.docx_sha256
    assert any("added" in problem for problem in service.check_contract(contract, archive=archive))
    contract.docx_sha256 = archive.keep(b"no Word file at all")
    assert service.check_contract(contract, archive=archive) == ["The document is not a Word document (.docx)."]
