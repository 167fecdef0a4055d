"""The drafted document: what it leaves out, what it is called, and that none is kept that cannot be."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from contracts import service
from contracts.archive import Archive
from contracts.documents import Renderer
from contracts.summary import against_template
from core.database import reading, unit_of_work
from core.errors import PermanentError, TransientError
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.stages import Stage
from core.store import the_candidate

Put = Callable[..., Candidate]
Draft = Callable[..., Contract]


def test_a_document_that_does_not_say_what_it_should_is_not_drafted(
    sqlite_engine: Engine, agreed: Put, draft: Draft, archive: Archive, tmp_path: Path
) -> None:
    with Renderer(program="tests.contracts.careless_worker") as careless, unit_of_work(sqlite_engine) as session:
        creator = agreed(session)
        with pytest.raises(PermanentError, match=r"did not come out as its template says: .*is not filled"):
            draft(session, creator, renderer=careless)
    assert not (tmp_path / "contracts").exists()


def test_what_a_contract_leaves_out_of_its_template_is_named(sqlite_engine: Engine, agreed: Put, draft: Draft) -> None:
    with unit_of_work(sqlite_engine) as session:
        terms = service.terms_of(draft(session, agreed(session)))
    terms = terms.model_copy(update={"commission_percent": Decimal(0), "usage_days": 0, "filming_angles": ""})
    assert against_template(terms) == (
        "Nothing but its blanks is filled in. Left out, as it does not apply: a commission, reversal of commission "
        "after refunds, use of the content on our channels."
    )


def test_the_mail_to_sign_names_the_exact_document(
    sqlite_engine: Engine, agreed: Put, draft: Draft, archive: Archive
) -> None:
    with unit_of_work(sqlite_engine) as session:
        contract = draft(session, agreed(session, name="Ada\r\nBcc: all@example.com"))
    subject, text = service.signature_mail(contract, sender_name="Sofia Marin")
    assert subject == "Your agreement for Linen Summer, to sign"
    assert contract.docx_sha256 in text
    assert contract.file_name in text
    assert "Hello Ada Bcc: all@example.com,\n" in text
    assert text.endswith("Sofia Marin\nAurelia Linen GmbH, Lindenstrasse 12, 10969 Berlin, Germany\n")


@pytest.mark.parametrize(("handle", "file_name"), [
    ("../../etc/passwd", "linen-summer-etc-passwd-v1.docx"),
    ("نور", "linen-summer-linen-summer-1-1-v1.docx"),
    ("a" * 200, f"linen-summer-{'a' * 60}-v1.docx"),
    ("a\r\nb", "linen-summer-a--b-v1.docx"),
])  # fmt: skip
def test_file_names_are_harmless(handle: str, file_name: str, sqlite_engine: Engine, agreed: Put, draft: Draft) -> None:
    with unit_of_work(sqlite_engine) as session:
        assert draft(session, agreed(session, handle)).file_name == file_name


def test_an_archive_that_cannot_be_written_leaves_no_contract(
    sqlite_engine: Engine, agreed: Put, draft: Draft, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the archive's folder should be")
    with unit_of_work(sqlite_engine) as session:
        candidate_id = agreed(session).id or 0
    with pytest.raises(TransientError, match="could not be kept"), unit_of_work(sqlite_engine) as session:
        draft(session, the_candidate(session, candidate_id), archive=Archive(blocked))
    with reading(sqlite_engine) as session:
        assert the_candidate(session, candidate_id).stage == Stage.AGREED
        assert session.exec(select(Contract)).all() == []
