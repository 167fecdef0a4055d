"""The templates that ship today, as they would come back: whatever clauses and places they have."""

from pathlib import Path

import pytest
from lxml import etree

from bench.harmless import libreoffice, through_libreoffice
from bench.papers import DOCUMENT, packed, unpacked
from contracts.filling import fill
from contracts.returned.clauses import clauses_of
from contracts.returned.comparing import shown
from contracts.returned.documents import held_against
from contracts.returned.findings import Kind
from contracts.returned.names import W
from contracts.returned.package import open_safely
from contracts.returned.reading import read
from contracts.returned.wordwise import plain
from tests.contracts.values import ordinary

TEMPLATES = sorted((Path(__file__).resolve().parents[3] / "templates" / "contracts").glob("*.docx"))
needs_libreoffice = pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")


@pytest.mark.slow
@needs_libreoffice
def test_none_is_changed_by_a_round_trip_through_libreoffice() -> None:
    originals = [path.read_bytes() for path in TEMPLATES]
    found = {
        path.stem: held_against(original, saved, name=path.name).findings
        for path, original, saved in zip(TEMPLATES, originals, through_libreoffice(originals), strict=True)
    }
    assert {name: findings for name, findings in found.items() if findings} == {}


@pytest.mark.slow
@needs_libreoffice
def test_none_is_changed_by_being_printed_and_a_cell_that_is_shows() -> None:
    """Tables have no lines in a PDF: their words stand where the columns end, and are told apart all the same."""
    names = [path.stem for path in TEMPLATES]
    sent = [fill(path.read_bytes(), ordinary(path.stem)) for path in TEMPLATES]
    changed = [_with_a_word(document, _cells(document)[at % len(_cells(document))]) for at, document in enumerate(sent)]
    printed = through_libreoffice([*sent, *changed], to="pdf")
    found = {name: held_against(ours, pdf, name=name).findings
             for name, ours, pdf in zip(names, sent, printed, strict=False)}  # fmt: skip
    assert {name: findings for name, findings in found.items() if findings} == {}
    for name, ours, pdf in zip(names, sent, printed[len(sent) :], strict=True):
        [only] = held_against(ours, pdf, name=name).findings
        assert only.kind in (Kind.ADDED, Kind.CHANGED), name
        assert "not" in only.after


@pytest.mark.slow
@needs_libreoffice
def test_an_edit_in_a_permitted_place_is_one_after_libreoffice_too() -> None:
    wish = "{{ filming.angles }}"
    with_a_place = [
        path for path in TEMPLATES if f'"local:{wish[3:-3]}"'.encode() in unpacked(path.read_bytes())[DOCUMENT]
    ]
    edited = []
    for path in with_a_place:
        parts = unpacked(path.read_bytes())
        parts[DOCUMENT] = parts[DOCUMENT].replace(f">{wish}<".encode(), b">evening light, indoors<")
        edited.append(packed(parts))
    for path, document in zip(with_a_place, through_libreoffice(edited) if edited else [], strict=True):
        findings = held_against(path.read_bytes(), document, name=path.name).findings
        assert [(one.kind, one.after) for one in findings] == [(Kind.PERMITTED, "evening light, indoors")], path.stem


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
@pytest.mark.slow
def test_a_word_put_into_any_line_is_found_in_its_clause(path: Path) -> None:
    sent = path.read_bytes()
    lines = shown(read(open_safely(sent, name=path.name)).lines)
    # A place that is a whole paragraph may hold other words.
    expected = [
        (clause.id, all(span.local for span in line.spans))
        for line, clause in zip(lines, clauses_of(lines), strict=True)
        if line.region == "text" and plain(line.text)
    ]
    paragraphs = _worded(sent)
    assert len(paragraphs) == len(expected)
    for number, (clause, permitted) in enumerate(expected):
        findings = held_against(sent, _with_a_word(sent, number), name=path.name).findings
        assert [(one.clause.id, one.kind is Kind.PERMITTED) for one in findings] == [(clause, permitted)], number


def _worded(document: bytes) -> list[etree._Element]:
    tree = etree.fromstring(unpacked(document)[DOCUMENT])
    return [one for one in tree.iter(f"{W}p") if plain("".join(text.text or "" for text in one.iter(f"{W}t")))]


def _cells(document: bytes) -> list[int]:
    """Which of the paragraphs with words stand in a table."""
    worded = enumerate(_worded(document))
    return [at for at, one in worded if any(above.tag == f"{W}tc" for above in one.iterancestors())]


def _with_a_word(document: bytes, number: int) -> bytes:
    parts = unpacked(document)
    tree = etree.fromstring(parts[DOCUMENT])
    worded = [one for one in tree.iter(f"{W}p") if plain("".join(text.text or "" for text in one.iter(f"{W}t")))]
    run = etree.SubElement(worded[number], f"{W}r")
    etree.SubElement(run, f"{W}t").text = " not"
    parts[DOCUMENT] = etree.tostring(tree)
    return packed(parts)
