"""The page with both texts: everything found is on it, and nothing in a document steers it."""

from dataclasses import replace

from bench.mutating import FEE, NUMBERS, after, run, said, swap
from bench.papers import packed, unpacked
from contracts.returned.documents import held_against
from contracts.returned.page import Heading, page

HEADING = Heading("Contract with <i>Ada</i>", "sent.docx", "ab" * 32, "back.docx", "cd" * 32, "2026-11-20 09:00 UTC")


def page_of(sent: bytes, *changes: object) -> str:
    parts = unpacked(sent)
    for change in changes:
        change(parts)  # type: ignore[operator]
    return page(HEADING, held_against(sent, packed(parts), name="back.docx"))


def test_each_finding_stands_with_its_clause_and_both_texts(sent: bytes) -> None:
    html = page_of(sent, swap(FEE, "We pay you a fixed fee of 900.00 EUR"), after("What you make", said("Not so.")))
    assert "3 changes outside the permitted places" in html  # the paragraph more moves the numbers after it
    assert '<a href="#what-you-receive">2 What you receive</a>' in html
    assert "<del>200.00</del>" in html
    assert "<ins>900.00</ins>" in html
    assert "<ins>Not so.</ins>" in html


def test_what_we_sent_is_said_to_be_that(sent: bytes) -> None:
    assert "It says exactly what we sent." in page_of(sent)


def test_nothing_in_a_document_steers_the_page(sent: bytes) -> None:
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt;\u202eRUE 009"
    html = page_of(sent, after(FEE, f"<w:p>{run(hostile)}</w:p>"))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "\u202e" not in html
    assert "⟨U+202E⟩RUE 009" in html
    assert "Contract with &lt;i&gt;Ada" in html
    assert "default-src &#39;none&#39;" in html


def test_nor_does_a_number_a_row_or_the_name_of_a_file(sent: bytes) -> None:
    cells = "".join(f"<w:tc><w:p>{run(words)}</w:p></w:tc>" for words in ("\u202eeeF", "nine"))
    parts = unpacked(sent)
    swap('<w:lvlText w:val="%1"/>', '<w:lvlText w:val="\u202e%1&lt;b&gt;"/>', NUMBERS)(parts)
    after(FEE, f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")(parts)
    heading = replace(HEADING, returned_name="\u202excod.back.docx")
    html = page(heading, held_against(sent, packed(parts), name="back.docx"))
    assert "\u202e" not in html
    assert all(said in html for said in ("⟨U+202E⟩1&lt;b&gt;", "row “⟨U+202E⟩eeF”", "⟨U+202E⟩xcod.back.docx"))
