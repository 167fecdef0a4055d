"""Elements of WordprocessingML, and runs of words in them: bold, blanks that others may edit, page numbers.

Knows neither styles nor what a document is about.
"""

import re
from collections.abc import Iterator

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PIECE = re.compile(r"(\*\*.+?\*\*|<page>|<pages>|\{\{ *[\w.]+ *\}\})")
_COUNTERS = {"<page>": "PAGE", "<pages>": "NUMPAGES"}


def element(tag: str, *inner: etree._Element | None, **attributes: str | int | None) -> etree._Element:
    """`<w:tag w:name="value">` around what is given; None is left out. `rid` is a relationship."""
    made = etree.Element(f"{{{W}}}{tag}", nsmap={"w": W, "r": R})
    for name, value in attributes.items():
        if value is not None and value != "":
            made.set(f"{{{R}}}id" if name == "rid" else f"{{{W}}}{name}", str(value))
    made.extend(one for one in inner if one is not None)
    return made


def properties(tag: str, *inner: etree._Element | None) -> etree._Element | None:
    """The same, and nothing at all where it would be empty."""
    made = element(tag, *inner)
    return made if len(made) else None


def paragraph(style: str, text: str, *, local: frozenset[str] = frozenset(), keep: bool = False) -> etree._Element:
    """Words in a style. `**…**` is bold, `<page>` and `<pages>` count; fields of `local` may be edited afterwards."""
    marks = element("pPr", element("pStyle", val=style), element("keepNext") if keep else None)
    field = text.strip("{} ")
    if field in local and _PIECE.fullmatch(text):
        # Around the whole paragraph its name outlives a save in LibreOffice, which forgets that of a place in a line.
        return _open_to_edit(field, element("p", marks, _run(text)))
    return element("p", marks, *_runs(text, local))


def spaced(made: etree._Element, *, before: int | None = None, after: int | None = None) -> None:
    """Give the paragraphs of an element other distances than their style has."""
    for marks in made.iter(f"{{{W}}}pPr"):
        marks.append(element("spacing", before=before, after=after))


def kept_with_next(made: etree._Element) -> None:
    """Keep a paragraph on the page of what follows it."""
    marks = next(made.iter(f"{{{W}}}pPr"))
    if marks.find(f"{{{W}}}keepNext") is None:
        marks.insert(1, element("keepNext"))


def locked(clause: str, number: int, content: list[etree._Element]) -> etree._Element:
    """A clause: Word does not let it be removed, and its name survives a save in other programs."""
    return element(
        "sdt",
        element("sdtPr", element("alias", val=clause), element("tag", val=clause), element("id", val=number),
                element("lock", val="sdtLocked")),
        element("sdtContent", *content),
    )  # fmt: skip


def _runs(text: str, local: frozenset[str], *, bold: bool = False) -> Iterator[etree._Element]:
    plain = ""  # words up to the next piece that needs a run of its own
    for piece in [*_PIECE.split(text), ""]:
        field = piece.strip("{} ")
        special = piece.startswith("**") or piece in _COUNTERS or (piece.startswith("{{") and field in local)
        if not special and piece:
            plain += piece
            continue
        if plain:
            yield _run(plain, bold=bold)
            plain = ""
        if piece.startswith("**"):
            yield from _runs(piece.strip("*"), local, bold=True)
        elif piece in _COUNTERS:
            yield from _counter(_COUNTERS[piece])
        elif piece:
            yield _open_to_edit(field, _run(piece, bold=bold))


def _run(text: str, *, bold: bool = False) -> etree._Element:
    marks = properties("rPr", element("b") if bold else None, element("bCs") if bold else None)
    run = element("r", marks)
    for number, words in enumerate(text.split("\t")):
        if number:
            run.append(element("tab"))
        if words:
            run.append(_text(words))
    return run


def _text(words: str) -> etree._Element:
    text = element("t")
    text.text = words
    if words != words.strip():
        text.set(_SPACE, "preserve")
    return text


def _counter(code: str) -> Iterator[etree._Element]:
    instruction = element("instrText")
    instruction.text = f" {code} "
    instruction.set(_SPACE, "preserve")
    yield element("r", element("fldChar", fldCharType="begin"))
    yield element("r", instruction)
    yield element("r", element("fldChar", fldCharType="separate"))
    yield element("r", _text("1"))
    yield element("r", element("fldChar", fldCharType="end"))


def _open_to_edit(field: str, content: etree._Element) -> etree._Element:
    name = f"local:{field}"
    return element(
        "sdt",
        element("sdtPr", element("alias", val=name), element("tag", val=name)),
        element("sdtContent", content),
    )
