"""Thai, Devanagari and their kin in a PDF: letters drawn as a group are read as what the PDF says of the group.

A font draws such a group by shapes that are no letters, so their codes tell nothing or half. Programs therefore write
beside it what it reads as. That is believed of groups of these scripts alone, and of as many shapes as such letters can
have: of a number, a plain word or a line what is drawn counts, whatever is written beside it.
"""

import unicodedata
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import (
    ByteStringObject,
    ContentStream,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
)

_FONT = NameObject("/SaidOfGroups")
#: From Devanagari to the last of the scripts of India and Southeast Asia; and what joins or parts letters in them.
_FIRST, _LAST, _JOINERS = 0x0900, 0x1CFF, frozenset("\u200c\u200d")
_LONGEST, _MOST = 24, 255
#: Bytes of codes a letter may take: two shapes, of two bytes each.
_OF_A_LETTER = 4
_SHOWS = (b"Tj", b"TJ", b"'", b'"')

Operation = tuple[Any, bytes]


def spell_out(page: PageObject, reader: PdfReader) -> None:
    """Change a page in memory, so that its text is read with such groups as they read."""
    contents = page.get("/Contents")
    fonts = _fonts_of(page)
    if contents is None or fonts is None:
        return
    stream = ContentStream(contents.get_object(), reader, "bytes")  # codes as they stand: fonts say what they mean
    if b"/ActualText" not in stream.get_data():
        return
    spelling = _Spelling()
    operations = [made for operands, operator in stream.operations for made in spelling.read(operands, operator)]
    if spelling.codes:
        stream.operations = operations
        page[NameObject("/Contents")] = stream
        fonts[_FONT] = _font(spelling.codes)


class _Spelling:
    """Operations in, operations out: what is shown in a group becomes one code of a font of ours."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self._marks: list[str] = []  # what is open, with what a group reads as; "" for anything else
        self._font: Any = None
        self._shown = False
        self._left = 0

    def read(self, operands: Any, operator: bytes) -> list[Operation]:
        if operator in (b"BDC", b"BMC"):
            return self._opened(operands, operator)
        if operator == b"EMC" and self._marks:
            ended = self._marks.pop()
            back = [(self._font, b"Tf")] if ended and self._font is not None else []
            return [(operands, operator), *back]
        if operator == b"Tf" and len(operands) > 1:
            self._font = operands
            return [([_FONT, operands[1]], operator)] if self._group() else [(operands, operator)]
        if operator in _SHOWS and self._group():
            self._left -= _length(operands)
            if self._left < 0:
                return [(operands, operator)]  # read as drawn, which is nothing we sent
            shown, self._shown = self._shown, True
            return [] if shown else [([ByteStringObject(bytes([self.codes[self._group()]]))], b"Tj")]
        return [(operands, operator)]

    def _group(self) -> str:
        return next((said for said in self._marks if said), "")

    def _opened(self, operands: Any, operator: bytes) -> list[Operation]:
        said = _said(operands)
        known = said in self.codes or len(self.codes) < _MOST
        if not said or self._group() or not known:
            self._marks.append("")
            return [(operands, operator)]
        self._marks.append(said)
        self._shown, self._left = False, _OF_A_LETTER * len(said)
        self.codes.setdefault(said, len(self.codes) + 1)
        size = self._font[1] if self._font is not None else FloatObject(1)
        return [(operands, operator), ([_FONT, size], b"Tf")]


def _length(operands: Any) -> int:
    """How many bytes of codes an operation shows."""
    pieces = operands[0] if operands and isinstance(operands[0], list) else operands
    return sum(len(piece) for piece in pieces if isinstance(piece, (str, bytes)))


def _said(operands: Any) -> str:
    """What a group reads as, '' for what is no group of these scripts."""
    about = operands[1].get_object() if len(operands) > 1 else None
    said = about.get("/ActualText") if isinstance(about, DictionaryObject) else None
    if isinstance(said, bytes):
        said = said[2:].decode("utf-16-be", "replace") if said.startswith(b"\xfe\xff") else said.decode("latin-1")
    return str(said) if isinstance(said, str) and _is_group(said) else ""


def _is_group(said: str) -> bool:
    letters = [letter for letter in said if letter not in _JOINERS]
    return (
        len(said) <= _LONGEST
        and all(_FIRST <= ord(one) <= _LAST and unicodedata.category(one)[0] in "LM" for one in letters)
        and any(unicodedata.category(one)[0] == "M" or one == "\u0e33" for one in letters)
    )


def _fonts_of(page: PageObject) -> DictionaryObject | None:
    resources = page.get("/Resources")
    fonts = resources.get_object().get("/Font") if resources is not None else None
    found = fonts.get_object() if fonts is not None else None
    return found if isinstance(found, DictionaryObject) else None


def _font(codes: dict[str, int]) -> DictionaryObject:
    means = DecodedStreamObject()
    lines = "\n".join(f"<{code:02X}> <{said.encode('utf-16-be').hex().upper()}>" for said, code in codes.items())
    means.set_data(
        f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{len(codes)} beginbfchar\n{lines}\nendbfchar\n".encode()
    )
    return DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/TrueType"),
        NameObject("/BaseFont"): _FONT, NameObject("/ToUnicode"): means,
    })  # fmt: skip
