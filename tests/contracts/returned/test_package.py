"""Files that are no plain Word document are refused, and it is said why."""

import io
import zipfile
from collections.abc import Callable

import pytest

from bench.papers import DOCUMENT, packed, unpacked
from contracts.returned.documents import held_against
from contracts.returned.package import DOCUMENT as DOCUMENT_TYPE
from contracts.returned.package import open_safely
from core.errors import BadInput

UTF_16 = '<?xml version="1.0" encoding="UTF-16"?>'
BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


def with_entry(document: bytes, name: str, content: bytes = b"x") -> bytes:
    raw = io.BytesIO(document)
    with zipfile.ZipFile(raw, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, compress_type=zipfile.ZIP_DEFLATED)
    return raw.getvalue()


def in_part(part: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def changed(document: bytes) -> bytes:
        parts = unpacked(document)
        parts[part] = change(parts[part])
        return packed(parts)

    return changed


def without(part: str) -> Callable[[bytes], bytes]:
    def changed(document: bytes) -> bytes:
        parts = unpacked(document)
        del parts[part]
        return packed(parts)

    return changed


def encrypted(document: bytes) -> bytes:
    raw = bytearray(packed(unpacked(document)))
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


def many_parts(document: bytes) -> bytes:
    return packed(unpacked(document) | {f"word/{number}.xml": b"<x/>" for number in range(1_001)})


HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a bomb": (lambda sent: with_entry(sent, "word/media/a.bmp", b"\0" * 59_000_000), "unpacks"),
    "a larger bomb": (lambda sent: with_entry(sent, "word/media/a.bmp", b"\0" * 80_000_000), "60 MB"),
    "too large": (lambda sent: sent + b"\0" * 21_000_000, "20 MB"),
    "too many parts": (many_parts, "parts"),
    "entities": (in_part(DOCUMENT, lambda raw: raw.replace(b"<w:document", BOMB + b"<w:document", 1)), "entities"),
    "entities in another encoding": (
        in_part(DOCUMENT, lambda raw: (UTF_16 + BOMB.decode() + raw.decode().split("?>", 1)[1]).encode("utf-16")),
        "entities",
    ),
    "entities among the relations": (
        in_part("_rels/.rels", lambda raw: raw.replace(b"<Relationships", BOMB + b"<Relationships", 1)), "entities"),
    "a name that leads up": (lambda sent: with_entry(sent, "word/../../etc/passwd"), "leads out"),
    "a name from the root": (lambda sent: with_entry(sent, "/etc/passwd"), "leads out"),
    "a name for Windows": (lambda sent: with_entry(sent, "..\\..\\run.bat"), "leads out"),
    "a name in disguise": (lambda sent: with_entry(sent, "word/%2e%2e/x.xml"), "leads out"),
    "the text twice": (lambda sent: with_entry(sent, "WORD/document.xml", b"<x/>"), "twice"),
    "encrypted": (encrypted, "encrypted"),
    "a password": (lambda sent: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + sent, "password"),
    "no zip at all": (lambda sent: b"not a word document", "neither a Word document"),
    "cut off": (lambda sent: sent[: len(sent) // 2], "neither a Word document"),
    "no list of parts": (without("[Content_Types].xml"), "lists no parts"),
    "no text": (without(DOCUMENT), "which part is its text"),
    "a spreadsheet": (
        in_part("[Content_Types].xml", lambda raw: raw.replace(DOCUMENT_TYPE.encode(), b"text/excel")), "excel"),
    "broken XML": (in_part(DOCUMENT, lambda raw: raw[:-40]), "damaged"),
}  # fmt: skip


def opened(content: bytes) -> None:
    package = open_safely(content, name="back.docx")
    package.tree(package.main)


def test_a_text_without_end_is_refused_and_not_cut(sent: bytes) -> None:
    parts = unpacked(sent)
    lines = "".join(f"<w:p><w:r><w:t>We owe you {number**5} hours.</w:t></w:r></w:p>" for number in range(15_000))
    parts[DOCUMENT] = parts[DOCUMENT].replace(b"<w:sectPr", lines.encode() + b"<w:sectPr", 1)
    with pytest.raises(BadInput, match="500,000 characters"):
        held_against(sent, packed(parts), name="back.docx")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused(name: str, sent: bytes) -> None:
    make, why = HOSTILE[name]
    with pytest.raises(BadInput, match=why) as refused:
        opened(make(sent))
    assert "back.docx" in refused.value.message
    assert refused.value.next_step
