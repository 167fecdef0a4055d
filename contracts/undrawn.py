"""Letters that a PDF of ours holds and does not draw: the font had none, so a box or nothing stands there.

Reads what LibreOffice writes: TrueType fonts cut down to the letters used, glyph 0 being the box, with a table from
the codes of the text to glyphs. Other fonts are passed over. Knows no contract; what is to be done about it is
decided elsewhere.
"""

import io
import re
import struct
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

_MEANS = re.compile(r"^<([0-9A-F]{2})> <((?:[0-9A-F]{4})+)>\s*$", re.MULTILINE)
#: Letters that are drawn as nothing by their nature.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_DAMAGED = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, struct.error)


def undrawn(pdf: bytes) -> str:
    """The letters of it that nobody can read, each once; '' where all are drawn.

    A font that lacks several letters has one box for them and names the first alone, so there may be more.
    """
    found: dict[str, None] = {}
    try:
        for font in _fonts(PdfReader(io.BytesIO(pdf))):
            found |= dict.fromkeys(_undrawn_of(font))
    except _DAMAGED:
        return ""  # it is LibreOffice's, and was looked at; what cannot be taken apart cannot be blamed
    return "".join(found)


def _fonts(reader: PdfReader) -> Iterator[Any]:
    seen: set[int] = set()
    for page in reader.pages:
        fonts: Any = page["/Resources"].get_object().get("/Font", {})  # type: ignore[union-attr] # a dictionary
        for reference in fonts.get_object().values():
            font = reference.get_object()
            if id(font) not in seen:
                seen.add(id(font))
                yield font


def _undrawn_of(font: Any) -> Iterator[str]:
    described = font.get("/FontDescriptor", {}).get_object()
    if font.get("/Subtype") != "/TrueType" or "/FontFile2" not in described or "/ToUnicode" not in font:
        return
    box, drawn = _outlines(described["/FontFile2"].get_object().get_data())
    for code, means in _MEANS.findall(font["/ToUnicode"].get_object().get_data().decode("latin-1")):
        letters = bytes.fromhex(means).decode("utf-16-be", "replace")
        if drawn.get(int(code, 16), b"?") in (b"", box):
            yield from (letter for letter in letters if _is_seen(letter))


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANK


def _outlines(font: bytes) -> tuple[bytes, dict[int, bytes]]:
    """The outline of the box, and those of the codes of the text; none where the font is not made as we know it."""
    tables = {}
    for at in range(12, 12 + 16 * struct.unpack_from(">H", font, 4)[0], 16):
        name, _, start, length = struct.unpack_from(">4sIII", font, at)
        tables[name] = font[start : start + length]
    if not {b"head", b"loca", b"glyf", b"cmap"} <= tables.keys():
        return b"", {}
    wide = struct.unpack_from(">h", tables[b"head"], 50)[0]
    places = [place[0] * (1 if wide else 2) for place in struct.iter_unpack(">I" if wide else ">H", tables[b"loca"])]
    glyphs = [tables[b"glyf"][start:end] for start, end in pairwise(places)]
    first = struct.unpack_from(">I", tables[b"cmap"], 8)[0]
    form, length = struct.unpack_from(">HH", tables[b"cmap"], first)
    numbers = tables[b"cmap"][first + 6 : first + length] if form == 0 else b""
    return glyphs[0], {code: glyphs[number] for code, number in enumerate(numbers) if 0 < number < len(glyphs)}
