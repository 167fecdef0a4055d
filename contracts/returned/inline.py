"""The words of one paragraph, run by run: how they look, in which permitted place, and what else stands among them.

Owns the fields that are open while a document is read. Pure over the parts of a package.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from contracts.returned import things
from contracts.returned.findings import Kind
from contracts.returned.lines import LOCAL, UNNAMED, Span
from contracts.returned.names import MC, W
from contracts.returned.package import Package
from contracts.returned.styles import Page, Properties, Styles, is_on, value_of
from contracts.returned.things import Thing

_SIGNS = {
    "tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad", "ptab": "\t", "pgNum": "#",
}  # fmt: skip
CONTAINERS = frozenset({
    "ins", "moveTo", "smartTag", "customXml", "hyperlink", "sdtContent", "ruby", "rubyBase", "rt", "bdo", "dir",
})  # fmt: skip
GONE = frozenset({"del", "moveFrom"})


@dataclass(frozen=True)
class Place:
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


class Words:
    """Reads paragraphs of one document in order. `line` is the number of the one it is at."""

    def __init__(self, package: Package, styles: Styles) -> None:
        self._package = package
        self._styles = styles
        self._fields: list[list[str]] = []
        self.things: list[Thing] = []
        self.line = 0

    def spans(self, parent: etree._Element, inherited: Properties, place: Place) -> Iterator[Span]:
        """The words of a paragraph, or of anything inside one."""
        known = {
            "sdt": self._control,
            "fldSimple": self._simple_field,
            "r": self._run,
            "AlternateContent": self._either,
        }
        for element in elements(parent):
            name = local_name(element)
            if things.is_formula(element):
                yield Span(things.text_of(element), place.local, place.unseen)
            elif name in known:
                yield from known[name](element, inherited, place)
            elif name in GONE:
                self.note(element, place)
            elif name != "pPr":
                self.one(element, place)
                if name in CONTAINERS:
                    yield from self._inside(name, element, inherited, place)

    def _control(self, element: etree._Element, inherited: Properties, place: Place) -> Iterator[Span]:
        self.note(element.find(f"{W}sdtPr"), place)
        alias, content = alias_of(element), element.find(f"{W}sdtContent")
        local = place.local or (UNNAMED if not alias else "")
        local = alias.removeprefix(LOCAL) if alias.startswith(LOCAL) else local
        if content is not None:
            yield from self.spans(content, inherited, replace(place, local=local))

    def _either(self, element: etree._Element, inherited: Properties, place: Place) -> Iterator[Span]:
        yield from self.spans(self.branch(element), inherited, place)

    def _inside(self, name: str, element: etree._Element, inherited: Properties, place: Place) -> Iterator[Span]:
        for span in self.spans(element, inherited, place):
            yield replace(span, odd="turned") if name in ("bdo", "dir") else span

    def _simple_field(self, element: etree._Element, inherited: Properties, place: Place) -> Iterator[Span]:
        instruction = element.get(f"{W}instr") or ""
        if _counts_pages(instruction):
            yield Span("#", place.local, place.unseen)
            return
        self._field(instruction)
        yield from self.spans(element, inherited, place)

    def _run(self, run: etree._Element, inherited: Properties, place: Place) -> Iterator[Span]:
        properties = run.find(f"{W}rPr")
        self.note(properties, place)
        said = self._styles.run(inherited, properties)
        unseen = place.unseen or self._styles.why_unseen(said, page=place.page, behind=place.behind)
        odd = _odd(said)
        for piece in elements(run):
            name = local_name(piece)
            if name == "AlternateContent":
                yield from self._run_like(self.branch(piece), said, place)
            elif name == "ruby":
                yield from self.spans(piece, inherited, place)
            else:
                text, counter = self._piece(name, piece, place), name == "fldChar"
                if text and (counter or not self._in_counter()):
                    yield Span(text, place.local, unseen, odd if odd != "turned" or _is_latin(text) else "")

    def _run_like(self, branch: etree._Element, said: Properties, place: Place) -> Iterator[Span]:
        for piece in elements(branch):
            if text := self._piece(local_name(piece), piece, place):
                yield Span(text, place.local, self._styles.why_unseen(said, page=place.page, behind=place.behind))

    def _piece(self, name: str, piece: etree._Element, place: Place) -> str:
        if name == "t":
            return piece.text or ""
        if name in _SIGNS:
            return _SIGNS[name]
        if name == "fldChar":
            return self._field_character(piece)
        if name == "instrText" and self._fields:
            self._fields[-1].append(piece.text or "")
        if name == "sym":
            code = piece.get(f"{W}char") or ""
            return chr(int(code, 16)) if len(code) == 4 else "\ufffd"
        if name in ("footnoteReference", "endnoteReference"):
            kind = Kind.FOOTNOTE if name.startswith("foot") else Kind.ENDNOTE
            self._keep(Thing(kind, self._note_text(name, piece.get(f"{W}id") or ""), self.line))
            return ""
        if name not in ("rPr", "lastRenderedPageBreak", "delText", "delInstrText", "instrText"):
            self.note(piece, place)
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
        found = things.field_of(instruction, self.line)
        if found is not None:
            self._keep(found)

    def _note_text(self, name: str, note_id: str) -> str:
        part = self._package.related(f"{name.removesuffix('Reference')}s")
        for note in self._package.tree(part) if part is not None else ():
            if isinstance(note.tag, str) and note.get(f"{W}id") == note_id:
                return things.text_of(note)
        return ""

    def branch(self, alternative: etree._Element) -> etree._Element:
        if things.branches_differ(alternative):
            self._keep(Thing(Kind.HIDDEN, f"shown by some programs only: {things.text_of(alternative)}", self.line))
        choice, fallback = alternative.find(f"{MC}Choice"), alternative.find(f"{MC}Fallback")
        return next((one for one in (choice, fallback) if one is not None), alternative)

    def one(self, element: etree._Element, place: Place) -> None:
        for thing in things.in_element(element, self._package, place.part, self.line):
            self._keep(thing)

    def note(self, element: etree._Element | None, place: Place) -> None:
        """Everything in an element that is no text of the page, once for both branches of an either-or."""
        for one in element.iter() if element is not None else ():
            if isinstance(one.tag, str) and not _within_fallback(one, element):
                self.one(one, place)

    def _keep(self, thing: Thing) -> None:
        self.things.append(thing)


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
    return any(letter.isascii() and letter.isalnum() for letter in text) and not any(
        "\u0590" <= c <= "\u08ff" for c in text
    )


def alias_of(sdt: etree._Element) -> str:
    properties = sdt.find(f"{W}sdtPr")
    return value_of(properties, "alias") or value_of(properties, "tag")


def local_name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def elements(parent: etree._Element) -> Iterator[etree._Element]:
    """The children that are elements: comments and instructions of XML say nothing."""
    return (child for child in parent if isinstance(child.tag, str))
