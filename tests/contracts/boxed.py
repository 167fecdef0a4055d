"""A PDF as LibreOffice writes one, of a few letters: `boxes` are drawn as a box, `blank` as nothing."""

import io
import struct

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject

_BOX = b"\x01box"


def pdf_of(letters: str, *, boxes: str = "", blank: str = "") -> bytes:
    outlines = [_BOX, *(_BOX if one in boxes else b"" if one in blank else b"\x02" + one.encode("utf-32-be")[1:]
                        for one in letters)]  # fmt: skip
    means = "\n".join(f"<{at:02X}> <{one.encode('utf-16-be').hex().upper()}>" for at, one in enumerate(letters, 1))
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    described = DictionaryObject({NameObject("/FontFile2"): writer._add_object(_stream(_font(outlines)))})
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/TrueType"),
        NameObject("/FirstChar"): NumberObject(0), NameObject("/FontDescriptor"): writer._add_object(described),
        NameObject("/ToUnicode"): writer._add_object(_stream(f"1 beginbfchar\n{means}\nendbfchar\n".encode())),
    })  # fmt: skip
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    raw = io.BytesIO()
    writer.write(raw)
    return raw.getvalue()


def _stream(content: bytes) -> DecodedStreamObject:
    stream = DecodedStreamObject()
    stream.set_data(content)
    return stream


def _font(outlines: list[bytes]) -> bytes:
    places = [sum(len(one) for one in outlines[:at]) for at in range(len(outlines) + 1)]
    numbers = bytes(at if at < len(outlines) else 0 for at in range(256))
    tables = {
        b"cmap": struct.pack(">HHHHIHHH", 0, 1, 1, 0, 12, 0, 262, 0) + numbers,
        b"glyf": b"".join(outlines),
        b"head": bytes(54),
        b"loca": struct.pack(f">{len(places)}H", *(place // 2 for place in places)),
    }
    at, heads = 12 + 16 * len(tables), b""
    for name, content in tables.items():
        heads += struct.pack(">4sIII", name, 0, at, len(content))
        at += len(content)
    return struct.pack(">IHHHH", 0x10000, len(tables), 0, 0, 0) + heads + b"".join(tables.values())
