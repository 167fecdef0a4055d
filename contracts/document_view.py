"""A filled contract as it reads on a page: headings, paragraphs, points and tables, word for word.

Reads .docx bytes only, and all text of the file that a reader of it sees. Knows nothing of pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from contracts.wording import filled_parts, open_package, parse, text_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TITLES, _HEADINGS = ("title",), ("heading", "section", "clauseheading")
_POINTS = ("point", "listbullet", "listnumber", "listparagraph")


@dataclass(frozen=True)
class Piece:
    """One piece in order. `kind`: title, heading, point, text, small (header, footer, note) or table (its `rows`)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def pieces_of(document: bytes, *, name: str) -> tuple[Piece, ...]:
    """What the document says. Raises BadInput where it is no Word file."""
    parts = open_package(document, name=name)
    found: list[Piece] = []
    for part in sorted(filled_parts(parts), key=lambda one: ("document" not in one, one)):
        root = parse(parts[part], name=name)
        pieces = _pieces(root)
        found += pieces if part == "word/document.xml" else (Piece("small", one.text) for one in pieces if one.text)
    return tuple(found)


def _pieces(element: etree._Element) -> Iterator[Piece]:
    for child in element:
        if child.tag == f"{_W}p":
            if text := text_of(child).strip():
                yield Piece(_kind(child), text)
        elif child.tag == f"{_W}tbl":
            yield Piece("table", rows=tuple(_row(row) for row in child.iter(f"{_W}tr")))
        elif isinstance(child.tag, str):
            yield from _pieces(child)  # body, and what wraps paragraphs of a clause


def _row(row: etree._Element) -> tuple[str, ...]:
    return tuple(
        "\n".join(filter(None, (text_of(line).strip() for line in cell.iter(f"{_W}p")))) for cell in row.iter(f"{_W}tc")
    )


def _kind(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = str(style.get(f"{_W}val")).lower() if style is not None else ""
    if name in _TITLES:
        return "title"
    if name.startswith(_HEADINGS):
        return "heading"
    numbered = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
    return "point" if numbered or name.startswith(_POINTS) else "text"
