"""A document as lines: what reading yields and comparing takes. Pure."""

from dataclasses import dataclass

from contracts.returned.things import Thing

#: How a permitted place is called in the file: this, and the field that fills it.
LOCAL = "local:"
#: LibreOffice saves a content control inside a line without its name.
UNNAMED = "?"


@dataclass(frozen=True)
class Span:
    """A run of text. `local` is the permitted place it stands in, `unseen` why nobody can see it, `odd` other marks."""

    text: str
    local: str = ""
    unseen: str = ""
    odd: str = ""


@dataclass(frozen=True)
class Line:
    """One paragraph. `cell` is its column in a table from 1, 0 outside; `row` the first words of that row.

    `to_sign` is whether it asks for a name, a date or a signature.
    """

    region: str
    spans: tuple[Span, ...]
    number: str = ""
    clause: str = ""
    heading: bool = False
    cell: int = 0
    row: str = ""
    to_sign: bool = False

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Paper:
    """A whole document: its lines, the things in it, and how wide its narrowest text is, in twips."""

    lines: tuple[Line, ...]
    things: tuple[Thing, ...]
    width: int
