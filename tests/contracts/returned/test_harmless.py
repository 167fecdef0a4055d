"""What only saves a file anew is not reported: Word's habits, and LibreOffice's."""

import pytest

from bench.harmless import RESAVES, libreoffice, resaved, through_libreoffice
from bench.mutations import MUTATIONS, permitted
from bench.papers import packed, unpacked
from contracts.returned.comparing import compare
from contracts.returned.findings import Finding, Kind
from contracts.returned.package import open_safely
from contracts.returned.reading import read

needs_libreoffice = pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")


def found(sent: bytes, returned: bytes) -> tuple[Finding, ...]:
    return compare(read(open_safely(sent, name="sent.docx")), read(open_safely(returned, name="back.docx"))).findings


@pytest.mark.parametrize("name", RESAVES)
def test_a_resave_says_nothing_new(name: str, sent: bytes, sent_with_places: bytes) -> None:
    assert found(sent, resaved(sent, name)) == ()
    assert found(sent_with_places, resaved(sent_with_places, name)) == ()


@pytest.mark.slow
@needs_libreoffice
def test_fifty_round_trips_through_libreoffice_say_nothing_new(sent: bytes, sent_with_places: bytes) -> None:
    originals = [(base, resaved(base, name)) for base in (sent, sent_with_places) for name in RESAVES]
    assert len(originals) >= 50
    saved = through_libreoffice([document for _, document in originals])
    assert [found(base, document) for (base, _), document in zip(originals, saved, strict=True)] == [()] * len(saved)


@pytest.mark.slow
@needs_libreoffice
def test_a_permitted_edit_made_in_libreoffice_is_still_one(sent_with_places: bytes) -> None:
    edited = []
    for mutation in permitted():
        parts = unpacked(sent_with_places)
        mutation.change(parts)
        edited.append(packed(parts))
    for document in through_libreoffice(edited):
        assert [one.kind for one in found(sent_with_places, document)] == [Kind.PERMITTED]


@pytest.mark.slow
@needs_libreoffice
def test_changed_words_are_found_after_libreoffice_saved_them(sent: bytes) -> None:
    words = [one for one in MUTATIONS if one.kind in (Kind.CHANGED, Kind.ADDED, Kind.REMOVED, Kind.TABLE_CELL)]
    words = [one for one in words if not one.places and one.name != "a formula put in"]  # it drops formulas
    documents = []
    for mutation in words:
        parts = unpacked(sent)
        mutation.change(parts)
        documents.append(packed(parts))
    for mutation, document in zip(words, through_libreoffice(documents), strict=True):
        clauses = [one.clause.id for one in found(sent, document)]
        assert any(clause.startswith(mutation.clause) for clause in clauses), (mutation.name, clauses)
