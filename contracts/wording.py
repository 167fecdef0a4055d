"""The words of a Word file: its paragraphs in order, its placeholders, and what must never be in one.

Reads .docx bytes only. Knows neither terms nor approvals nor how a document is filled.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from core.errors import BadInput

#: Far above any contract; a small file that unpacks to more is a bomb.
MAX_UNPACKED = 20_000_000

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FILLED = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_FIELD = re.compile(r"\{\{ *([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*) *\}\}")
_CONTROL = re.compile(r"\{%(?:p|tr) +(for|if|endfor|endif)\b *(.*?) *%\}")
_LOOP = re.compile(r"([A-Za-z_]\w*) +in +([\w.]+)")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_ALLOWED = (
    "A contract may hold {{ field }}, and on lines of their own {%p for x in list %} … {%p endfor %} and "
    "{%p if field %} … {%p endif %} ({%tr …%} for table rows)."
)
_BREAKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}softHyphen": "-"}
_FORBIDDEN = {
    "vanish": "hidden text",
    "specVanish": "hidden text",
    "webHidden": "hidden text",
    "ins": "tracked changes",
    "del": "tracked changes",
    "moveFrom": "tracked changes",
    "moveTo": "tracked changes",
    "txbxContent": "a text box",
    "altChunk": "a part of another document",
    "object": "an embedded object",
    "commentReference": "comments",
    "dataBinding": "words that are kept in another part",
}

Fields = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph as it stands in the file, and the part it belongs to."""

    part: str
    text: str


@dataclass(frozen=True)
class Block:
    """Part of a template that is repeated (`variable` takes each value of `field`) or, without one, may be left out."""

    field: str
    variable: str
    content: "tuple[Paragraph | Block, ...]"


Outline = tuple[Paragraph | Block, ...]


@dataclass(frozen=True)
class _Control:
    word: str
    argument: str


def open_package(content: bytes, *, name: str) -> dict[str, bytes]:
    """The parts of a .docx by name. Raises BadInput when it is none, or unpacks to more than a contract may."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED:
                raise BadInput(f"{name} unpacks to more than {MAX_UNPACKED // 1_000_000} MB.")
            parts = {entry.filename: package.read(entry) for entry in package.infolist()}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        raise BadInput(f"{name} is not a Word document (.docx).", next_step="Save it in Word as .docx.") from None
    if "word/document.xml" not in parts:
        raise BadInput(f"{name} is not a Word document (.docx).", next_step="Save it in Word as .docx.")
    return parts


def parse(part: bytes, *, name: str) -> etree._Element:
    """The tree of one part. No network, no entities."""
    try:
        return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError as error:
        raise BadInput(f"{name} is damaged: {error.msg}.") from None


def filled_parts(parts: Mapping[str, bytes]) -> list[str]:
    """Names of the parts in which placeholders are filled: the text, headers, footers and footnotes."""
    return sorted(name for name in parts if _FILLED.fullmatch(name))


def misplaced(parts: Mapping[str, bytes]) -> list[str]:
    """What no contract may contain, in words: it could hide or change text after somebody approved it."""
    found: set[str] = set()
    for name in parts:
        if "vbaProject" in name:
            found.add("macros")
        if name.startswith("word/embeddings/"):
            found.add("an embedded object")
        if name.endswith(".rels") and _loads_from_elsewhere(parse(parts[name], name=name)):
            found.add("content that is loaded from elsewhere")
    for name in filled_parts(parts):
        for element in parse(parts[name], name=name).iter():
            if isinstance(element.tag, str) and element.tag.startswith(W):
                found |= {_FORBIDDEN[tag] for tag in [element.tag.removeprefix(W)] if tag in _FORBIDDEN}
    return sorted(found)


def paragraphs(parts: Mapping[str, bytes]) -> list[Paragraph]:
    """Every paragraph of every filled part, in order, as text alone."""
    return [
        Paragraph(name, text_of(element))
        for name in filled_parts(parts)
        for element in parse(parts[name], name=name).iter(f"{W}p")
    ]


def text_of(element: etree._Element) -> str:
    """All words of an element, tabs and breaks included."""
    words = []
    for piece in element.iter():
        if not isinstance(piece.tag, str):
            continue
        if piece.tag in _BREAKS and piece.getparent().tag == f"{W}r":  # a tab stop's definition is a w:tab too
            words.append(_BREAKS[piece.tag])
        elif piece.tag.rpartition("}")[2] in ("t", "instrText", "delText"):
            words.append(piece.text or "")
    return "".join(words)


def outline(parts: Mapping[str, bytes], *, name: str) -> Outline:
    """A template as paragraphs and blocks. Raises BadInput at whatever is neither field nor plain loop or choice."""
    rows = [row for part in filled_parts(parts) for row in _rows(part, parse(parts[part], name=name))]
    for row in rows:
        if isinstance(row, Paragraph) and re.search(r"\{[{%#]|[}%#]\}", _FIELD.sub("", row.text)):
            raise BadInput(f"{name} has a line that cannot be used: {row.text.strip()[:80]!r}.", next_step=_ALLOWED)
    content, rest = _nested(rows, closing="", name=name)
    assert not rest
    return content


def expanded(content: Outline, fields: Fields) -> list[Paragraph]:
    """The paragraphs a filled document must have, worked out without the library that fills it."""
    result: list[Paragraph] = []
    for item in content:
        if isinstance(item, Paragraph):
            result.append(Paragraph(item.part, _FIELD.sub(lambda match: str(fields[match.group(1)]), item.text)))
        elif item.variable:
            for value in fields[item.field]:
                result += expanded(item.content, {**fields, item.variable: value})
        elif fields[item.field]:
            result += expanded(item.content, fields)
    return result


def turns(text: str) -> int:
    """1 where a line begins a passage that may be left out or repeated, -1 where it ends one, else 0."""
    control = _CONTROL.fullmatch(text.strip())
    return 0 if control is None else -1 if control.group(1).startswith("end") else 1


def unfilled(text: str, names: frozenset[str]) -> list[str]:
    """The placeholders of these names that still stand in a text, and any left-over of a loop or choice."""
    fields = [name for name in _FIELD.findall(text) if name in names]
    return fields + [match.group(0) for match in _CONTROL.finditer(text)]


def fields_of(content: Outline) -> frozenset[str]:
    """Every field that a template's paragraphs name, or make a passage depend on."""
    named: set[str] = set()
    for item in content:
        if isinstance(item, Paragraph):
            named |= set(_FIELD.findall(item.text))
        else:
            named |= {item.field} | fields_of(item.content)
    return frozenset(named)


def _rows(part: str, root: etree._Element) -> Iterator[Paragraph | _Control]:
    taken: set[etree._Element] = set()
    for element in root.iter(f"{W}p", f"{W}tr"):
        text = text_of(element)
        control = _CONTROL.fullmatch(text.strip())
        whole_row = element.tag == f"{W}tr"
        if element in taken or (whole_row and not (control and text.strip().startswith("{%tr"))):
            continue
        if whole_row:
            taken |= set(element.iter(f"{W}p"))
        yield _Control(control.group(1), control.group(2)) if control else Paragraph(part, text)


def _nested(
    rows: Sequence[Paragraph | _Control], *, closing: str, name: str
) -> tuple[Outline, Sequence[Paragraph | _Control]]:
    content: list[Paragraph | Block] = []
    while rows:
        row, rows = rows[0], rows[1:]
        if isinstance(row, Paragraph):
            content.append(row)
        elif row.word == closing:
            return tuple(content), rows
        elif row.word in ("for", "if"):
            inner, rows = _nested(rows, closing=f"end{row.word}", name=name)
            content.append(_block(row, inner, name=name))
        else:
            raise BadInput(f"{name} has {row.word!r} without the line it closes.", next_step=_ALLOWED)
    if closing:
        raise BadInput(f"{name} has no {closing!r} where one is needed.", next_step=_ALLOWED)
    return tuple(content), rows


def _block(control: _Control, content: Outline, *, name: str) -> Block:
    form = _LOOP if control.word == "for" else _NAME
    match = form.fullmatch(control.argument)
    if match is None:
        raise BadInput(f"{name} has a line that cannot be used: {control.word} {control.argument}.", next_step=_ALLOWED)
    if control.word == "if":
        return Block(field=match.group(0), variable="", content=content)
    return Block(field=match.group(2), variable=match.group(1), content=content)


def _loads_from_elsewhere(relationships: etree._Element) -> bool:
    return any(
        relation.get("TargetMode") == "External" and not str(relation.get("Type")).endswith("/hyperlink")
        for relation in relationships
    )
