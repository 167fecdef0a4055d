"""A signature block that came back filled in is what we asked for; anything else in it is found."""

from pathlib import Path

import pytest
from lxml import etree

from bench.papers import DOCUMENT, logo, packed, png, relate, unpacked
from contracts.returned.documents import held_against
from contracts.returned.findings import Finding, Kind
from contracts.returned.names import W
from contracts.returned.package import open_safely
from contracts.returned.pdf import Printed
from contracts.returned.printed import compare_printed
from contracts.returned.reading import read
from contracts.returned.signed import Slot, fills
from contracts.returned.wordwise import plain

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "contracts"
NAME, SIGN = 1, 2
OURS, THEIRS = 0, 1


@pytest.fixture(scope="module", params=["en", "de", "es"])
def out(request: pytest.FixtureRequest) -> bytes:
    parts = unpacked((TEMPLATES / f"creator-agreement-{request.param}.docx").read_bytes())
    parts[DOCUMENT] = parts[DOCUMENT].replace(b"{{ creator.name }}", "Ada Färber".encode())
    return packed(parts)


def signed(document: bytes, *cells: tuple[int, int, str], above: bool = True, picture: str = "") -> bytes:
    """Each text put into a cell (row, column) of the last table: above its words, or instead of them."""
    parts = unpacked(document)
    tree = etree.fromstring(parts[DOCUMENT])
    rows = list(tree.iter(f"{W}tbl"))[-1].findall(f"{W}tr")
    for row, column, text in cells:
        cell = rows[row].findall(f"{W}tc")[column]
        paragraph = cell.find(f"{W}p")
        if above:
            paragraph = etree.Element(f"{W}p")
            cell.insert(1, paragraph)
        for run in paragraph.findall(f"{W}r"):
            paragraph.remove(run)
        etree.SubElement(etree.SubElement(paragraph, f"{W}r"), f"{W}t").text = text
    if picture:
        cell = rows[SIGN].findall(f"{W}tc")[THEIRS]
        cell.find(f"{W}p").append(etree.fromstring(logo("rId95").replace("<w:r>", f'<w:r xmlns:w="{W[1:-1]}">', 1)))
        parts[f"word/media/{picture}"] = png((10, 10, 90))
        relate(parts, "rId95", "image", f"media/{picture}")
    parts[DOCUMENT] = etree.tostring(tree)
    return packed(parts)


def found(document: bytes, returned: bytes) -> tuple[Finding, ...]:
    return held_against(document, returned, name="back.docx").findings


@pytest.mark.parametrize("above", [True, False])
def test_a_block_filled_in_is_listed_as_permitted_and_alone(out: bytes, above: bool) -> None:
    returned = signed(out, (NAME, THEIRS, "Ada Färber"), (SIGN, THEIRS, "Berlin, 24.11.2026"), above=above)
    findings = found(out, returned)
    assert [one.kind for one in findings] == [Kind.PERMITTED, Kind.PERMITTED]
    assert ["Ada Färber" in findings[0].after, "24.11.2026" in findings[1].after] == [True, True]
    assert all(one.where.startswith("signature, ") for one in findings)


def test_a_picture_of_a_signature_in_its_cell_is_permitted(out: bytes) -> None:
    findings = found(out, signed(out, picture="ink.png"))
    assert [one.kind for one in findings] == [Kind.PERMITTED]
    assert findings[0].after.startswith("a picture")


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (0, THEIRS, "Bob Agency Ltd"),  # another party
        (0, OURS, "For Other GmbH"),
        (NAME, OURS, "Ada Färber"),  # our side is not theirs to sign
        (NAME, THEIRS, "Bob Smith"),  # somebody else
        (NAME, THEIRS, "Ada Färber, only if the fee is 500"),
        (NAME, THEIRS, "Ada Färber Under Protest"),
        (SIGN, THEIRS, "24.11.2026, provided you pay in advance"),
        (SIGN, THEIRS, "24.11.2026. The fee is 900 EUR."),
        (SIGN, THEIRS, "900 €"),
        (SIGN, THEIRS, "Ada Färber Signs Here And Everything Above Is Void 2026"),
    ],
)
def test_anything_else_in_the_block_is_found(out: bytes, row: int, column: int, text: str) -> None:
    for above in (True, False):
        findings = found(out, signed(out, (row, column, text), above=above))
        assert findings, (text, above)
        assert any(one.kind is not Kind.PERMITTED for one in findings)


def test_a_signature_hides_no_change_elsewhere(out: bytes) -> None:
    parts = unpacked(signed(out, (NAME, THEIRS, "Ada Färber"), (SIGN, THEIRS, "24.11.2026"), picture="ink.png"))
    parts[DOCUMENT] = parts[DOCUMENT].replace(b"{{ pay.fee }}", b"900 EUR")
    kinds = [one.kind for one in found(out, packed(parts))]
    assert kinds.count(Kind.PERMITTED) == 3
    assert len(kinds) > 3


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Ada Färber", True),
        ("ada färber", True),
        ("Full name: Ada Maria Färber-Lindgren", True),
        ("24 November 2026", True),
        ("Madrid, 24 de noviembre de 2026, Ada Färber", True),
        ("Berlin, den 24. November 2026", True),
        ("2026-11-24", True),
        ("", False),
        ("Ada Fаrber", False),  # a Cyrillic letter
        ("Ada Färber (for Bob Ltd)", False),
        ("agreed", False),
        ("900", False),
        ("Ada Färber 500", False),
        ("Not Ada Färber", False),
    ],
)
def test_what_fills_a_signature_block(text: str, fits: bool) -> None:
    assert fills(text, Slot("Full name", "Ada Färber")) is fits


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Ada Färber", Kind.PERMITTED), ("24.11.2026", Kind.PERMITTED), ("only if paid", Kind.ADDED)],
)
def test_a_printed_block_filled_in_is_permitted_too(out: bytes, text: str, kind: Kind) -> None:
    paper = read(open_safely(out, name="sent.docx"))
    body = [plain(f"{line.number} {line.text}") for line in paper.lines if line.region == "text"]
    asked = next(line.text for line in reversed(paper.lines) if line.to_sign)
    body.insert(max(at for at, line in enumerate(body) if line == plain(asked)), text)
    findings = compare_printed(paper, Printed(("\n".join(body),), ())).findings
    assert [(one.kind, one.after) for one in findings if one.clause.id not in ("header", "footer")] == [(kind, text)]
