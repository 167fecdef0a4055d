"""A PDF that came back is compared by its words."""

import io

import pytest
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

from bench.harmless import libreoffice, through_libreoffice
from bench.papers import DOCUMENT, packed, unpacked
from contracts.returned.documents import held_against
from contracts.returned.findings import Finding, Kind
from contracts.returned.package import open_safely
from contracts.returned.pdf import Printed, read_pdf
from contracts.returned.printed import compare_printed
from contracts.returned.reading import read
from contracts.returned.wordwise import plain
from core.errors import BadInput

needs_libreoffice = pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
FOOTER = "Creator agreement linen-summer-1-17, version 1 Page 1 of 1"
CHANGES = {
    "an amount": ("fixed fee of 200.00 EUR", "fixed fee of 900.00 EUR", Kind.CHANGED, "what-you-receive"),
    "a word put in": ("What you make stays yours", "What you make never stays yours", Kind.ADDED, "your-content"),
    "a word left out": ("in a serious way", "", Kind.REMOVED, "ending-and-changing-it"),
    "the table": ("200.00 EUR Commission", "300.00 EUR Commission", Kind.CHANGED, "the-deal-at-a-glance"),
    "a number": ("6.4 The law", "6.5 The law", Kind.CHANGED, "ending-and-changing-it"),
    "a letter": ("The law of Germany", "The l\u0430w of Germany", Kind.LOOKALIKE, "ending-and-changing-it"),
    "the footer": ("version 1 Page", "version 2 Page", Kind.FOOTER, "footer"),
}


def as_printed(sent: bytes) -> str:
    """The words of the agreement as a PDF program reads them, on one page."""
    lines = read(open_safely(sent, name="sent.docx")).lines
    body = [plain(f"{line.number} {line.text}") for line in lines if line.region == "text"]
    return "\n".join([*body, FOOTER])


def found(sent: bytes, text: str) -> list[tuple[Kind, str]]:
    comparison = compare_printed(read(open_safely(sent, name="sent.docx")), Printed((text,), ()))
    return [(one.kind, one.clause.id) for one in comparison.findings]


def test_the_same_words_say_nothing_new(sent: bytes) -> None:
    assert found(sent, as_printed(sent)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [(" ", "\n"), ("permission", "permis-\nsion"), ("e-mail", "e-\nmail"), ("fixed", "\ufb01xed"), ("EUR", " EUR ")],
)
def test_line_ends_and_hyphens_count_for_nothing(old: str, new: str, sent: bytes) -> None:
    assert found(sent, as_printed(sent).replace(old, new)) == []


@pytest.mark.parametrize("name", CHANGES)
def test_other_words_are_found_in_their_clause(name: str, sent: bytes) -> None:
    old, new, kind, clause = CHANGES[name]
    text = as_printed(sent).replace("200.00 EUR\nCommission", "200.00 EUR Commission")
    assert old in text
    assert found(sent, text.replace(old, new))[0] == (kind, clause)


def test_signs_beside_arabic_may_stand_in_either_order_but_no_number_may_change(sent: bytes) -> None:
    parts = unpacked(sent)
    parts[DOCUMENT] = parts[DOCUMENT].replace(b"Ada Lindgren", "نور الهدى".encode())
    ours = packed(parts)
    text = as_printed(ours)
    assert found(ours, text.replace("الهدى, @ada", "الهدى@ ,ada")) == []
    assert found(ours, text.replace("الهدى, @ada", "الهدى@ 1 ,ada")) != []


def test_a_paragraph_elsewhere_is_moved(sent: bytes) -> None:
    line = "4.1 What you make stays yours.\n"
    text = as_printed(sent).replace(line, "").replace("6.1 Either", f"{line}6.1 Either")
    kinds = found(sent, text)
    assert (Kind.MOVED, "your-content") in kinds


def test_a_permitted_place_may_read_otherwise(sent_with_places: bytes) -> None:
    text = as_printed(sent_with_places).replace("daylight, outdoors, shirt visible as a whole", "evening light")
    kinds = [kind for kind, _ in found(sent_with_places, text)]
    assert Kind.PERMITTED in kinds
    assert Kind.CHANGED not in kinds


def test_a_page_without_words_is_told_of() -> None:
    writer = PdfWriter()
    writer.add_blank_page(600, 800)
    assert [one.kind for one in read_pdf(written(writer), name="scan.pdf").things] == [Kind.UNREADABLE]


def test_what_is_laid_over_or_hidden_in_a_pdf_is_found() -> None:
    writer = PdfWriter()
    writer.add_blank_page(600, 800)
    writer.add_annotation(0, FreeText(text="Fee: 900 EUR", rect=(50, 550, 200, 650)))
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("more.txt", b"more terms")
    kinds = {one.kind for one in read_pdf(written(writer), name="back.pdf").things}
    assert {Kind.COMMENT, Kind.MACRO, Kind.EMBEDDED} <= kinds


@pytest.mark.parametrize("content", [b"%PDF-1.7\nnothing", b"%PDF-1.7", b"%PDF-1.4\n" + b"\0" * 21_000_000])
def test_a_damaged_or_endless_file_is_refused(content: bytes, sent: bytes) -> None:
    with pytest.raises(BadInput, match=r"back\.pdf"):
        held_against(sent, content, name="back.pdf")


def written(writer: PdfWriter) -> bytes:
    raw = io.BytesIO()
    writer.write(raw)
    return raw.getvalue()


def drawn(steps: bytes, *, pages: int = 1) -> bytes:
    """A small PDF whose pages share one long list of steps."""
    writer = PdfWriter()
    stream = StreamObject()
    stream.set_data(steps)
    contents = writer._add_object(stream.flate_encode())
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                             NameObject("/BaseFont"): NameObject("/Helvetica")})  # fmt: skip
    fonts = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    for _ in range(pages):
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Contents")], page[NameObject("/Resources")] = contents, fonts
    return written(writer)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (drawn(b"q Q " * 1_000_000), "draws more than 2 MB"),
        (drawn(b"q Q " * 6_000, pages=100), "draws more than 2 MB"),
        (drawn(b"q Q " * 120_000), "200,000 steps"),
        (drawn(b"/A Do " * 1_000), "200,000 steps"),
        (b"", "is empty"),
    ],
    ids=["long", "long by its pages", "many steps", "many pieces", "empty"],
)
def test_what_is_made_to_keep_a_reader_busy_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_pdf(content, name="back.pdf")


def test_a_locked_file_is_refused(sent: bytes) -> None:
    writer = PdfWriter()
    writer.add_blank_page(600, 800)
    writer.encrypt("secret", algorithm="RC4-128")
    with pytest.raises(BadInput, match="password"):
        held_against(sent, written(writer), name="back.pdf")


@pytest.mark.slow
@needs_libreoffice
def test_the_agreement_printed_by_libreoffice_says_nothing_new_and_a_changed_one_does(sent: bytes) -> None:
    parts = unpacked(sent)
    parts[DOCUMENT] = parts[DOCUMENT].replace(b"fixed fee of 200.00", b"fixed fee of 900.00")
    same, changed = through_libreoffice([sent, packed(parts)], to="pdf")
    assert held_against(sent, same, name="same.pdf").findings == ()
    only: tuple[Finding, ...] = held_against(sent, changed, name="changed.pdf").findings
    assert [(one.kind, one.clause.id) for one in only] == [(Kind.CHANGED, "what-you-receive")]
