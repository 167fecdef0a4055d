"""Ornaments in a name may stand elsewhere in a PDF; nothing else may, and none may come or go."""

import pytest

from bench.harmless import libreoffice, through_libreoffice
from bench.papers import DOCUMENT, packed, unpacked
from contracts.returned.documents import held_against
from contracts.returned.ornaments import strayed
from tests.contracts.returned.test_printed import as_printed, found

NAMES = ("Ada ♡ Linen", "✨ Ada ★ Linen ✨", "☾ Ada ☽ 山 ✿", "𝒜𝒹𝒶 ℒ", "Ada™ ★ 山 № 5 ✨ 김", "👩‍👩‍👧‍👦 Ada 👍🏽")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("Ada♡Linen", "AdaLinen♡"), ("✨Ada★Linen✨", "AdaLinen✨★✨"), ("𝒜𝒹𝒶ℒ", "ℒ𝒜𝒹𝒶"), ("👍\ufe0f🌸a", "a🌸👍\ufe0f")],
)
def test_ornaments_may_stand_elsewhere(ours: str, theirs: str) -> None:
    assert strayed(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Ada", "adA"),
        ("Ada♡Linen", "LinenAda♡"),
        ("Ada♡Linen", "AdaLinen"),
        ("AdaLinen♡", "AdaLinen♡♡"),
        ("♡200EUR", "300EUR♡"),
        ("♡200or300", "300or200♡"),
        ("☒yes☐no", "☐yes☒no"),
        ("✓yes✗no", "✗yes✓no"),
        ("a𝟚b𝟛", "a𝟛b𝟚"),
    ],
)
def test_anything_else_may_not(ours: str, theirs: str) -> None:
    assert not strayed(ours, theirs)


def test_where_they_stand_in_a_line_is_no_change_and_the_words_beside_them_are(sent: bytes) -> None:
    ours = _named(sent, "♡ Ada ★ Linen")
    text = as_printed(ours)
    assert found(ours, text) == []
    assert found(ours, text.replace("♡ Ada ★ Linen", "Ada Linen ♡ ★")) == []
    assert found(ours, text.replace("♡ Ada ★ Linen", "Linen Ada ♡ ★")) != []
    assert found(ours, text.replace("♡ Ada ★ Linen", "Ada Linen ♡")) != []
    assert found(ours, text.replace("♡ Ada ★ Linen", "Ada Linen ♡ ★").replace("200.00 EUR", "900.00 EUR")) != []


def _named(sent: bytes, name: str) -> bytes:
    parts = unpacked(sent)
    parts[DOCUMENT] = parts[DOCUMENT].replace(b"Ada Lindgren", name.encode())
    return packed(parts)


@pytest.mark.slow
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
def test_names_with_ornaments_come_back_as_they_were_sent_and_other_names_do_not(sent: bytes) -> None:
    ours = [_named(sent, name) for name in NAMES]
    printed = through_libreoffice([*ours, _named(sent, "Ada Linen"), _named(sent, "Linen ♡ Ada")], to="pdf")
    for document, pdf in zip(ours, printed, strict=False):
        assert held_against(document, pdf, name="back.pdf").findings == ()
    for pdf in printed[len(ours) :]:
        assert held_against(ours[0], pdf, name="back.pdf").findings
