"""The evidence of a signature: in the contract's language, the same each time, and honest about clocks."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from docx import Document
from pypdf import PdfReader

from contracts.certificate import Signing
from contracts.certificate_page import certificate
from contracts.consent import LANGUAGES, consent_in
from contracts.links import What
from contracts.pdf import LibreOffice, press_of
from core.models.deals import Contract
from core.models.signing import SigningEvent

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
CONTRACT = Contract(
    id=1, candidate_id=1, campaign="linen-summer", version=1, status="out", offer_id=1, campaign_hash="c" * 64,
    template="creator-agreement-en", template_sha256="a" * 64, template_approval={}, terms={}, terms_sha256="e" * 64,
    docx_sha256="d" * 64, file_name="agreement.docx", created_at=AT,
)  # fmt: skip
EVENTS = [SigningEvent(id=n, contract_id=1, what=what, at=AT + timedelta(minutes=n)) for n, what in enumerate(What)]


def words_in(language: str, events: list[SigningEvent]) -> str:
    signing = Signing("Ada {party}", "Ada", "Aurelia {mailbox}", "ada@example.com", AT,
                      consent_in(language, company="Aurelia"))  # fmt: skip
    made = certificate(signing, CONTRACT, events)
    assert {entry.date_time[0] for entry in zipfile.ZipFile(io.BytesIO(made)).infolist()} == {1980}
    assert made == certificate(signing, CONTRACT, events)
    document = Document(io.BytesIO(made))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Evidence of signature", "Aurelia {mailbox} and Ada", "code right", "ada@example.com and typed")),
     ("de", ("Nachweis der Unterschrift", "Aurelia {mailbox} und Ada", "Code richtig", "ada@example.com ging")),
     ("es", ("Prueba de la firma", "Aurelia {mailbox} y Ada", "código correcto", "ada@example.com y escrito"))],
)  # fmt: skip
def test_it_speaks_the_language_of_the_contract_and_fills_no_name(language: str, words: tuple[str, ...]) -> None:
    said = words_in(language, EVENTS)
    for word in (*words, "Ada {party}", "2026-11-20 10:00:00 UTC", "d" * 64, f"({language})"):
        assert word in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_clock_was_set_back_it_says_so_and_keeps_the_order(language: str) -> None:
    back = SigningEvent(id=99, contract_id=1, what=What.SIGNED, at=AT - timedelta(hours=1))
    steady, set_back = words_in(language, EVENTS), words_in(language, [*EVENTS, back])
    assert len(set_back.splitlines()) == len(steady.splitlines()) + 1 + 4  # a paragraph, and a row of the table
    assert set_back.index("2026-11-20 10:00:00 UTC") < set_back.index("2026-11-20 09:00:00 UTC")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_can_happen_stands_on_one_page(language: str) -> None:
    office = press_of("soffice")
    if not isinstance(office, LibreOffice):
        pytest.skip("LibreOffice (soffice) is not installed")
    signing = Signing("Ada Lindgren", "Ada Lindgren", "Aurelia Linen GmbH", "ada.lindgren@example.com", AT,
                      consent_in(language, company="Aurelia Linen GmbH"))  # fmt: skip
    [pdf] = office.press([certificate(signing, CONTRACT, EVENTS)])
    [page] = PdfReader(io.BytesIO(pdf)).pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]  # A4
