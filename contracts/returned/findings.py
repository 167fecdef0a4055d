"""What a comparison finds: typed, in the words of whoever reads contracts. Knows no file and no record."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What was done to the document. The value is what people read."""

    PERMITTED = "permitted edit"
    CHANGED = "changed text"
    ADDED = "added text"
    REMOVED = "removed text"
    MOVED = "moved"
    OVERFLOW = "too much in a permitted place"
    LOOKALIKE = "look-alike characters"
    HIDDEN = "hidden text"
    STRUCK = "struck through"
    TURNED = "text that reads in another order"
    TRACKED = "tracked change"
    COMMENT = "comment"
    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"
    ENDNOTE = "endnote"
    NUMBERING = "numbering"
    IMAGE = "image"
    OVER_TEXT = "image over text"
    TEXT_BOX = "text box"
    FIELD = "field"
    LINK = "external link"
    EXTERNAL = "content loaded from elsewhere"
    MACRO = "macro"
    ALT_CHUNK = "part of another document"
    EMBEDDED = "embedded object"
    BOUND = "content bound to data"
    TABLE_CELL = "changed table cell"
    LAYOUT = "page layout"
    MARK = "mark on the page"
    UNREADABLE = "no text to compare"


class Severity(StrEnum):
    """`permitted` needs nobody; `changed` is read by legal; `hidden` is a change that a reader would not see."""

    PERMITTED = "permitted"
    CHANGED = "changed"
    HIDDEN = "hidden"


#: What nobody would notice who only reads the pages.
_UNSEEN = frozenset({
    Kind.HIDDEN, Kind.LOOKALIKE, Kind.MACRO, Kind.EXTERNAL, Kind.BOUND, Kind.ALT_CHUNK, Kind.EMBEDDED, Kind.FIELD,
    Kind.TURNED, Kind.OVER_TEXT, Kind.LAYOUT,
})  # fmt: skip


@dataclass(frozen=True)
class Clause:
    """A clause of the document we sent: its id, the number shown before it, and its heading in words."""

    id: str
    heading: str
    number: str = ""

    @property
    def name(self) -> str:
        """As people call it: 2 What you receive."""
        return f"{self.number} {self.heading}".strip() or self.id


@dataclass(frozen=True)
class Finding:
    """One difference. `before` is what we sent, `after` what came back; either is "" where there is none."""

    kind: Kind
    clause: Clause
    before: str = ""
    after: str = ""
    where: str = ""

    @property
    def severity(self) -> Severity:
        if self.kind is Kind.PERMITTED:
            return Severity.PERMITTED
        return Severity.HIDDEN if self.kind in _UNSEEN else Severity.CHANGED

    @property
    def sentence(self) -> str:
        """The finding in one line, for a card or a terminal."""
        where = self.where if self.where.startswith("(") else f"({self.where})" if self.where else ""
        place = f"{self.clause.name.rstrip(': ')} {where}".rstrip()
        if self.before and self.after:
            said = f"“{self.before}” became “{self.after}”"
        else:
            said = f"“{self.after or self.before}”"
        return f"{place}: {self.kind}: {said}" if self.before or self.after else f"{place}: {self.kind}"

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "severity": str(self.severity),
            "clause": self.clause.id,
            "heading": self.clause.name,
            "where": self.where,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True)
class Row:
    """One line of both documents side by side, for the page. Either text is None where that side has no such line."""

    clause: Clause
    number: str
    before: str | None
    after: str | None
    note: str = ""

    @property
    def same(self) -> bool:
        return self.before == self.after and not self.note


@dataclass(frozen=True)
class Comparison:
    """All that differs, in reading order, and both texts side by side."""

    findings: tuple[Finding, ...]
    rows: tuple[Row, ...]

    @property
    def permitted(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity is Severity.PERMITTED)

    @property
    def outside(self) -> tuple[Finding, ...]:
        """What legal has to decide about."""
        return tuple(one for one in self.findings if one.severity is not Severity.PERMITTED)
