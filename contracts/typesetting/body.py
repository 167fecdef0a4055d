"""The lines of a source as the paragraphs and tables of a Word file, every clause in a lock of its own.

Pure. How things look is `look`'s matter, what they say the source's.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from lxml import etree

from contracts.typesetting.look import LABEL_WIDTH, RULE, WIDTH, page
from contracts.typesetting.source import Kind, Line, Source
from contracts.typesetting.words import element, kept_with_next, locked, paragraph, spaced

_STYLES: dict[Kind, str] = {
    "title": "Title",
    "subtitle": "Subtitle",
    "heading": "Heading",
    "section": "Section",
    "clause": "Clause",
    "party": "Party",
    "point": "Point",
    "words": "Words",
    "control": "Words",
}
_GUTTER, _BELOW_TABLE = 510, 90
#: With the gutter in the first column, both lines to write on are of one length.
_SIGNERS = ((WIDTH + _GUTTER) // 2, (WIDTH - _GUTTER) // 2)


def document(source: Source) -> etree._Element:
    """The main part of the file."""
    clauses = [
        locked(clause.id, number, list(_content(clause.lines, source.local)))
        for number, clause in enumerate(source.clauses, start=1)
    ]
    # A file cannot end with a table or a lock; this paragraph is as low as one can be.
    last = element(
        "p", element("pPr", element("pStyle", val="Words"),
                     element("spacing", before=0, after=0, line=20, lineRule="exact"))
    )  # fmt: skip
    return element("document", element("body", *clauses, last, page()))


def margin(tag: str, style: str, cells: Sequence[str]) -> etree._Element:
    """A header or a footer: words at the left, and after a tab at the right."""
    return element(tag, paragraph(style, "\t".join(cells)))


def _content(lines: Sequence[Line], local: frozenset[str]) -> Iterator[etree._Element]:
    groups = [(kind, list(group)) for kind, group in groupby(lines, key=_table_of)]
    kinds = [kind for kind, _ in groups] + [""]
    for at, (kind, run) in enumerate(groups):
        if kind == "terms":
            yield _terms(run, local)
        elif kind == "signatures":
            yield _signatures(run)
        else:
            made = [paragraph(_STYLES[line.kind], line.words, local=local, keep=_leads(line)) for line in run]
            if kinds[at - 1] == "terms":
                spaced(made[0], before=_BELOW_TABLE)
            if kinds[at + 1] == "signatures":
                kept_with_next(made[-1])
            yield from made


def _table_of(line: Line) -> str:
    return {"row": "terms", "more": "terms", "sign": "signatures", "line": "signatures"}.get(line.kind, "")


def _leads(line: Line) -> bool:
    """Words that end in a colon belong to what follows."""
    return line.words.endswith(":")


def _terms(lines: Sequence[Line], local: frozenset[str]) -> etree._Element:
    rows: list[etree._Element] = []
    cell: etree._Element | None = None
    for line in lines:
        if line.kind == "more" and cell is not None:
            cell.append(paragraph("Term", line.cells[1], local=local))
        elif len(line.cells) == 1:
            rows.append(_row(_cell(WIDTH, "Term", line.words, span=2)))
        else:
            cell = _cell(WIDTH - LABEL_WIDTH, "Term", line.cells[1], local=local)
            rows.append(_row(_cell(LABEL_WIDTH, "TermLabel", line.words), cell))
    edge: dict[str, str | int] = {"val": "single", "sz": 4, "space": 0, "color": RULE}
    borders = element("tblBorders", element("top", **edge), element("bottom", **edge), element("insideH", **edge))
    return _table((LABEL_WIDTH, WIDTH - LABEL_WIDTH), rows, borders=borders, right=113)


def _signatures(lines: Sequence[Line]) -> etree._Element:
    rows = [_row(*_signed("Signer" if line.kind == "sign" else "WriteOn", line.cells)) for line in lines]
    spaced(rows[-1], after=0)
    return _table(_SIGNERS, rows, borders=None, right=_GUTTER)


def _signed(style: str, cells: Sequence[str]) -> Iterator[etree._Element]:
    for width, words in zip(_SIGNERS, cells, strict=True):
        cell = _cell(width, style, words)
        if width == _SIGNERS[-1]:
            cell[0].append(element("tcMar", element("right", w=0, type="dxa")))
        yield cell


def _table(
    widths: tuple[int, ...], rows: Sequence[etree._Element], *, borders: etree._Element | None, right: int
) -> etree._Element:
    return element(
        "tbl",
        element(
            "tblPr",
            element("tblW", w=sum(widths), type="dxa"),
            borders,
            element("tblLayout", type="fixed"),
            element("tblCellMar", element("left", w=0, type="dxa"), element("right", w=right, type="dxa")),
        ),
        element("tblGrid", *(element("gridCol", w=width) for width in widths)),
        *rows,
    )


def _row(*cells: etree._Element) -> etree._Element:
    return element("tr", element("trPr", element("cantSplit")), *cells)


def _cell(
    width: int, style: str, text: str, *, span: int | None = None, local: frozenset[str] = frozenset()
) -> etree._Element:
    marks = element("tcPr", element("tcW", w=width, type="dxa"), element("gridSpan", val=span) if span else None)
    return element("tc", marks, paragraph(style, text, local=local))
