"""A Word file as people see it: its lines in reading order, with their numbers, clauses and permitted places.

Pure over the parts of a package. Compares nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from contracts.returned import things
from contracts.returned.findings import Kind
from contracts.returned.names import MC, W
from contracts.returned.numbering import Numbering
from contracts.returned.package import Package
from contracts.returned.sections import Region, page_of, regions, text_width
from contracts.returned.styles import Page, Properties, Styles, is_on, value_of
from contracts.returned.things import Thing
from contracts.returned.unseen import of_paragraph, of_row, of_table

LOCAL = "local:"
#: LibreOffice saves a content control inside a line without its name.
UNNAMED = "?"
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad", "ptab": "\t", "pgNum": "#"}
_CONTAINERS = frozenset({
    "ins", "moveTo", "smartTag", "customXml", "hyperlink", "sdtContent", "ruby", "rubyBase", "rt", "bdo", "dir", "dayLong",
})  # fmt: skip
_GONE = frozenset({"del", "moveFrom"})
_UNDERSTOOD = ("w", "wp", "wps", "wpg", "wpc", "wpi", "v", "o", "r", "m", "a", "pic", "mc", "cx", "aink", "am3d")


@dataclass(frozen=True)
class Span:
    """A run of text. `local` is the permitted place it stands in, `unseen` why nobody can see it, `odd` other marks."""

    text: str
    local: str = ""
    unseen: str = ""
    odd: str = ""


@dataclass(frozen=True)
class Line:
    """One paragraph. `cell` is its column in a table from 1, 0 outside; `row` the first words of that row."""

    region: str
    spans: tuple[Span, ...]
    number: str = ""
    clause: str = ""
    heading: bool = False
    cell: int = 0
    row: str = ""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Paper:
    """A whole document: its lines, the things in it, and how wide its narrowest text is, in twips."""

    lines: tuple[Line, ...]
    things: tuple[Thing, ...]
    width: int


@dataclass(frozen=True)
class _Place:
    """Where in the document the reader is, and what everything in it has in common."""

    region: str
    part: str
    page: Page
    clause: str = ""
    local: str = ""
    cell: int = 0
    row: str = ""
    behind: str = ""
    unseen: str = ""
    table: Properties = field(default_factory=dict)


def read(package: Package) -> Paper:
    """The document as it would be printed, and everything in it that is not printed."""
    reader = _Reader(package)
    body = package.tree(package.main)
    for region in regions(package):
        reader.region(region)
    in_lines = {(one.kind, one.what) for one in reader.things}
    found = [*reader.things, *(one for one in things.in_file(package) if (one.kind, one.what) not in in_lines)]
    return Paper(tuple(reader.lines), tuple(found), text_width(body))


class _Reader:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._styles = Styles(package)
        self._numbers = Numbering(package, self._styles)
        self._fields: list[list[str]] = []
        self.lines: list[Line] = []
        self.things: list[Thing] = []

    def region(self, region: Region) -> None:
        place = _Place(region.name, region.part, page_of(self._package))
        self._blocks(region.element, place)

    def _blocks(self, parent: etree._Element, place: _Place) -> None:
        for element in parent:
            if not isinstance(element.tag, str):
                continue
            name = _local(element)
            if name == "p":
                self._paragraph(element, place)
            elif name == "tbl":
                self._table(element, place)
            elif name == "sdt":
                self._note(element.find(f"{W}sdtPr"), place)
                self._blocks_of_sdt(element, place)
            elif name == "AlternateContent":
                self._blocks(self._branch(element), place)
            elif name not in ("sectPr", "sdtPr", *_GONE):
                self._one(element, place)
                if name in _CONTAINERS:
                    self._blocks(element, place)
            elif name in _GONE:
                self._note(element, place)

    def _blocks_of_sdt(self, element: etree._Element, place: _Place) -> None:
        content = element.find(f"{W}sdtContent")
        if content is None:
            return
        alias = _alias(element)
        if alias.startswith(LOCAL):
            place = replace(place, local=alias.removeprefix(LOCAL))
        elif alias and not place.clause:
            place = replace(place, clause=alias)
        self._blocks(content, place)

    def _table(self, table: etree._Element, place: _Place) -> None:
        properties = table.find(f"{W}tblPr")
        self._note(properties, place)
        inherited = self._styles.table(value_of(properties, "tblStyle"))
        unseen = place.unseen or of_table(properties, place.page)
        for row in _children(table, "tr"):
            self._row(row, replace(place, table={**place.table, **inherited}, unseen=unseen))

    def _row(self, row: etree._Element, place: _Place) -> None:
        properties = row.find(f"{W}trPr")
        self._note(properties, place)
        squeezed = of_row(properties)
        cells = list(_children(row, "tc"))
        name = _shown_in(cells[0])[:60] if cells else ""
        column = 1
        for cell in cells:
            own = cell.find(f"{W}tcPr")
            self._note(own, place)
            merged = own.find(f"{W}vMerge") if own is not None else None
            covered = merged is not None and merged.get(f"{W}val") in (None, "continue")
            behind = self._styles.shade(own.find(f"{W}shd") if own is not None else None)
            unseen = place.unseen or squeezed or ("under a merged cell" if covered else "")
            self._blocks(cell, replace(place, cell=column, row=name, behind=behind or place.behind, unseen=unseen))
            span = value_of(own, "gridSpan")
            column += int(span) if span.isdigit() else 1

    def _paragraph(self, paragraph: etree._Element, place: _Place) -> None:
        properties = paragraph.find(f"{W}pPr")
        own, inherited = self._styles.paragraph(properties)
        self._note(properties, place)
        inherited = {**place.table, **inherited}
        behind = self._styles.shade(own.get("shd")) or place.behind
        unseen = place.unseen or of_paragraph(own, place.page, inherited)
        inside = replace(place, behind=behind, unseen=unseen)
        numbered = self._styles.numbering(properties)
        number = ""
        if numbered is not None:
            mark = self._styles.run(inherited, properties.find(f"{W}rPr") if properties is not None else None)
            number = self._numbers.label(*numbered, inherited=mark, page=place.page)
        spans = tuple(self._inline(paragraph, inherited, inside))
        style = self._styles.name_of(value_of(properties, "pStyle")).lower()
        heading = "heading" in style or self._styles.outline_level(properties) is not None
        self.lines.append(Line(place.region, spans, number, place.clause, heading, place.cell, place.row))

    def _inline(self, parent: etree._Element, inherited: Properties, place: _Place) -> Iterator[Span]:
        for element in parent:
            if not isinstance(element.tag, str):
                continue
            name = _local(element)
            if name == "r" and element.tag == f"{W}r":
                yield from self._run(element, inherited, place)
            elif name == "sdt":
                self._note(element.find(f"{W}sdtPr"), place)
                alias, content = _alias(element), element.find(f"{W}sdtContent")
                local = place.local or (UNNAMED if not alias else "")
                local = alias.removeprefix(LOCAL) if alias.startswith(LOCAL) else local
                if content is not None:
                    yield from self._inline(content, inherited, replace(place, local=local))
            elif name == "fldSimple":
                yield from self._simple_field(element, inherited, place)
            elif name == "AlternateContent":
                yield from self._inline(self._branch(element), inherited, place)
            elif name in _GONE:
                self._note(element, place)
            elif things.is_formula(element):
                yield Span(things.text_of(element), place.local, place.unseen)
            elif name in _CONTAINERS:
                self._one(element, place)
                turned = name in ("bdo", "dir")
                for span in self._inline(element, inherited, place):
                    yield replace(span, odd="turned") if turned else span
            elif name != "pPr":
                self._one(element, place)

    def _simple_field(self, element: etree._Element, inherited: Properties, place: _Place) -> Iterator[Span]:
        instruction = element.get(f"{W}instr") or ""
        if _counts_pages(instruction):
            yield Span("#", place.local, place.unseen)
            return
        self._field(instruction)
        yield from self._inline(element, inherited, place)

    def _run(self, run: etree._Element, inherited: Properties, place: _Place) -> Iterator[Span]:
        properties = run.find(f"{W}rPr")
        self._note(properties, place)
        said = self._styles.run(inherited, properties)
        unseen = place.unseen or self._styles.why_unseen(said, page=place.page, behind=place.behind)
        odd = _odd(said)
        for piece in run:
            if not isinstance(piece.tag, str):
                continue
            name = _local(piece)
            if name == "fldChar":
                text = self._field_character(piece)
            elif name == "instrText":
                text = ""
                if self._fields:
                    self._fields[-1].append(piece.text or "")
            elif name == "AlternateContent":
                yield from self._run_like(self._branch(piece), said, place)
                continue
            else:
                text = self._piece(name, piece, place)
            if text and not self._in_counter():
                yield Span(text, place.local, unseen, odd if odd != "turned" or _is_latin(text) else "")
            elif text == "#" and name == "fldChar":
                yield Span(text, place.local, unseen)

    def _run_like(self, branch: etree._Element, said: Properties, place: _Place) -> Iterator[Span]:
        for piece in branch:
            if isinstance(piece.tag, str) and (text := self._piece(_local(piece), piece, place)):
                yield Span(text, place.local, self._styles.why_unseen(said, page=place.page, behind=place.behind))

    def _piece(self, name: str, piece: etree._Element, place: _Place) -> str:
        if name == "t":
            return piece.text or ""
        if name in _SIGNS:
            return _SIGNS[name]
        if name == "sym":
            code = piece.get(f"{W}char") or ""
            return chr(int(code, 16)) if len(code) == 4 else "\ufffd"
        if name in ("footnoteReference", "endnoteReference"):
            kind = Kind.FOOTNOTE if name.startswith("foot") else Kind.ENDNOTE
            self._keep(Thing(kind, self._note_text(name, piece.get(f"{W}id") or ""), len(self.lines)))
            return ""
        if name not in ("rPr", "lastRenderedPageBreak", "delText", "delInstrText"):
            self._note(piece, place)
        return ""

    def _field_character(self, piece: etree._Element) -> str:
        kind = piece.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append([])
        elif kind == "separate" and self._fields:
            self._fields[-1].append("\x00")
        elif kind == "end" and self._fields:
            instruction = "".join(self._fields.pop()).partition("\x00")[0]
            if _counts_pages(instruction):
                return "#"
            self._field(instruction)
        return ""

    def _in_counter(self) -> bool:
        """Whether what is read now is the number a page counter shows."""
        return any("\x00" in one and _counts_pages("".join(one)) for one in self._fields)

    def _field(self, instruction: str) -> None:
        found = things.field_of(instruction, len(self.lines))
        if found is not None:
            self._keep(found)

    def _note_text(self, name: str, note_id: str) -> str:
        part = self._package.related(f"{name.removesuffix('Reference')}s")
        for note in self._package.tree(part) if part is not None else ():
            if isinstance(note.tag, str) and note.get(f"{W}id") == note_id:
                return things.text_of(note)
        return ""

    def _branch(self, alternative: etree._Element) -> etree._Element:
        if things.branches_differ(alternative):
            self._keep(Thing(Kind.HIDDEN, f"shown by some programs only: {things.text_of(alternative)}", len(self.lines)))
        choice, fallback = alternative.find(f"{MC}Choice"), alternative.find(f"{MC}Fallback")
        return next((one for one in (choice, fallback) if one is not None), alternative)

    def _one(self, element: etree._Element, place: _Place) -> None:
        for thing in things.in_element(element, self._package, place.part, len(self.lines)):
            self._keep(thing)

    def _note(self, element: etree._Element | None, place: _Place) -> None:
        """Everything in an element that is no text of the page, once for both branches of an either-or."""
        for one in element.iter() if element is not None else ():
            if isinstance(one.tag, str) and not _within_fallback(one, element):
                self._one(one, place)

    def _keep(self, thing: Thing) -> None:
        self.things.append(thing)


def _shown_in(cell: etree._Element) -> str:
    return " ".join("".join(one.text or "" for one in cell.iter(f"{W}t")).split())


def _counts_pages(instruction: str) -> bool:
    words = instruction.replace("\x00", " ").split()
    return bool(words) and words[0].upper() in things.COUNTERS


def _within_fallback(element: etree._Element, top: etree._Element) -> bool:
    # The other branch says the same in an older form; where it does not, that is noted by itself.
    parent = element
    while parent is not top:
        parent = parent.getparent()
        if parent.tag == f"{MC}Fallback":
            alternative = parent.getparent()
            return alternative.find(f"{MC}Choice") is not None
    return False


def _odd(said: Properties) -> str:
    if any(name in said and is_on(said[name]) for name in ("strike", "dstrike")):
        return "struck"
    return "turned" if "rtl" in said and is_on(said["rtl"]) else ""


def _is_latin(text: str) -> bool:
    return any(letter.isascii() and letter.isalnum() for letter in text) and not any("\u0590" <= c <= "\u08ff" for c in text)


def _alias(sdt: etree._Element) -> str:
    properties = sdt.find(f"{W}sdtPr")
    return value_of(properties, "alias") or value_of(properties, "tag")


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Rows or cells, whatever content controls or custom elements they are wrapped in."""
    for element in parent:
        if isinstance(element.tag, str):
            if element.tag == f"{W}{name}":
                yield element
            elif _local(element) in ("sdt", "sdtContent", "customXml", "ins"):
                yield from _children(element, name)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname
