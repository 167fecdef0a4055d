"""Groups of letters in a PDF read as the PDF says where it can be believed: never against plain words."""

import io

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from bench.harmless import libreoffice, through_libreoffice
from bench.papers import DOCUMENT, packed, unpacked
from contracts.returned.documents import held_against
from contracts.returned.pdf import read_pdf

NAMES = ("สมชาย ใจดี น้ำผึ้ง", "अनन्या श्रीवास्तव क्षत्रिय", "தமிழ் செல்வி", "শ্রেয়া", "김 Ada विक्रम น้ำ שרה Ж Ω", "Ada 山田 أحمد 🌸")


def printed(content: str) -> str:
    """The text of a page with this content, in a font without any letters of its own beyond ASCII."""
    writer = PdfWriter()
    page = writer.add_blank_page(600, 800)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                             NameObject("/BaseFont"): NameObject("/Helvetica")})  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject({
        NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)}),
    })  # fmt: skip
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 10 Tf 50 700 Td {content} ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(stream)
    raw = io.BytesIO()
    writer.write(raw)
    [text] = read_pdf(raw.getvalue(), name="back.pdf").pages
    return text.strip()


def group(says: str, drawn: str) -> str:
    return f"/Span <</ActualText <FEFF{says.encode('utf-16-be').hex()}>>> BDC ({drawn}) Tj EMC"


def test_a_group_reads_as_it_is_said_and_what_follows_as_before() -> None:
    assert printed(f"(a) Tj {group('त्रि', 'xy')} (b) Tj {group('น้ำ', 'z')} {group('त्रि', 'xy')}") == "aत्रिbน้ำत्रि"


@pytest.mark.parametrize("says", ["200 EUR", "Ada", "", "200", "त्रि 2", "山"])
def test_of_plain_words_and_numbers_what_is_drawn_counts(says: str) -> None:
    assert printed(group(says, "900 EUR")) == "900 EUR"


def test_a_line_cannot_hide_behind_a_group() -> None:
    assert "त्रि" not in printed(group("त्रि", "and 500 EUR more for each of the posts"))


def test_groups_without_a_font_an_end_or_a_beginning_do_no_harm() -> None:
    assert printed(f"EMC {group('त्रि', 'x')} EMC BMC (b) Tj /Span <</ActualText <FEFF0924093F>>> BDC") == "त्रिb"


@pytest.mark.slow
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
def test_names_in_any_script_come_back_as_they_were_sent(sent: bytes) -> None:
    ours = []
    for name in NAMES:
        parts = unpacked(sent)
        parts[DOCUMENT] = parts[DOCUMENT].replace(b"Ada Lindgren", name.encode())
        ours.append(packed(parts))
    found = {
        name: findings
        for name, document, pdf in zip(NAMES, ours, through_libreoffice(ours, to="pdf"), strict=True)
        if (findings := held_against(document, pdf, name="back.pdf").findings)
    }
    assert found == {}
