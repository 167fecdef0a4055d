"""A Word file as people see it: its lines in reading order, with their numbers, clauses and permitted places.

Pure over the parts of a package. Compares nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from contracts.returned import things
from contracts.returned.inline import CONTAINERS, GONE, Place, Words, alias_of, elements, local_name
from contracts.returned.lines import LOCAL, Line, Paper
from contracts.returned.names import W
from contracts.returned.numbering import Numbering
from contracts.returned.package import Package
from contracts.returned.sections import Region, page_of, regions, text_width
from contracts.returned.styles import Styles, value_of
from contracts.returned.things import Thing
from contracts.returned.unseen import of_paragraph, of_row, of_table

#: The style in which an agreement asks for a name, a date and a signature.
_TO_SIGN = "signature line"


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
        self._words = Words(package, self._styles)
        self.lines: list[Line] = []

    @property
    def things(self) -> list[Thing]:
        return self._words.things

    def region(self, region: Region) -> None:
        place = Place(region.name, region.part, page_of(self._package))
        self._blocks(region.element, place)

    def _blocks(self, parent: etree._Element, place: Place) -> None:
        known = {"p": self._paragraph, "tbl": self._table, "sdt": self._control, "AlternateContent": self._either}
        for element in elements(parent):
            name = local_name(element)
            if name in known:
                known[name](element, place)
            elif name in GONE:
                self._words.note(element, place)
            elif name not in ("sectPr", "sdtPr"):
                self._words.one(element, place)
                if name in CONTAINERS:
                    self._blocks(element, place)

    def _either(self, element: etree._Element, place: Place) -> None:
        self._blocks(self._words.branch(element), place)

    def _control(self, element: etree._Element, place: Place) -> None:
        self._words.note(element.find(f"{W}sdtPr"), place)
        content = element.find(f"{W}sdtContent")
        if content is None:
            return
        alias = alias_of(element)
        if alias.startswith(LOCAL):
            place = replace(place, local=alias.removeprefix(LOCAL))
        elif alias and not place.clause:
            place = replace(place, clause=alias)
        self._blocks(content, place)

    def _table(self, table: etree._Element, place: Place) -> None:
        properties = table.find(f"{W}tblPr")
        self._words.note(properties, place)
        for control in table.iter(f"{W}sdtPr"):
            if control.getparent().getparent().tag in (f"{W}tbl", f"{W}tr"):
                self._words.note(control, place)
        inherited = self._styles.table(value_of(properties, "tblStyle"))
        unseen = place.unseen or of_table(properties, place.page)
        for row in _children(table, "tr"):
            self._row(row, replace(place, table={**place.table, **inherited}, unseen=unseen))

    def _row(self, row: etree._Element, place: Place) -> None:
        properties = row.find(f"{W}trPr")
        self._words.note(properties, place)
        squeezed = of_row(properties)
        cells = list(_children(row, "tc"))
        name = _shown_in(cells[0])[:60] if cells else ""
        column = 1
        for cell in cells:
            own = cell.find(f"{W}tcPr")
            self._words.note(own, place)
            merged = own.find(f"{W}vMerge") if own is not None else None
            covered = merged is not None and merged.get(f"{W}val") in (None, "continue")
            behind = self._styles.shade(own.find(f"{W}shd") if own is not None else None)
            unseen = place.unseen or squeezed or ("under a merged cell" if covered else "")
            self._blocks(cell, replace(place, cell=column, row=name, behind=behind or place.behind, unseen=unseen))
            span = value_of(own, "gridSpan")
            column += int(span) if span.isdigit() else 1

    def _paragraph(self, paragraph: etree._Element, place: Place) -> None:
        properties = paragraph.find(f"{W}pPr")
        own, inherited = self._styles.paragraph(properties)
        self._words.note(properties, place)
        inherited = {**place.table, **inherited}
        behind = self._styles.shade(own.get("shd")) or place.behind
        unseen = place.unseen or of_paragraph(own, place.page, inherited)
        inside = replace(place, behind=behind, unseen=unseen)
        numbered = self._styles.numbering(properties)
        number = ""
        if numbered is not None:
            mark = self._styles.run(inherited, properties.find(f"{W}rPr") if properties is not None else None)
            number = self._numbers.label(*numbered, inherited=mark, page=place.page)
        spans = tuple(self._words.spans(paragraph, inherited, inside))
        style = self._styles.name_of(value_of(properties, "pStyle")).lower()
        heading = "heading" in style or self._styles.outline_level(properties) is not None
        self.lines.append(Line(place.region, spans, number, place.clause, heading, place.cell, place.row,
                               bool(place.cell) and style == _TO_SIGN))  # fmt: skip
        self._words.line = len(self.lines)


def _shown_in(cell: etree._Element) -> str:
    return " ".join("".join(one.text or "" for one in cell.iter(f"{W}t")).split())


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Rows or cells, whatever content controls or custom elements they are wrapped in."""
    for element in elements(parent):
        if element.tag == f"{W}{name}":
            yield element
        elif local_name(element) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _children(element, name)
