"""Ways in which a file is saved anew without saying anything else: what Word and LibreOffice do, and people who only read.

None of these may be reported.
"""
# ruff: noqa: E501

import random
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.mutating import FOOTER, NUMBERS, SETTINGS, STYLES, Parts, said
from bench.papers import DOCUMENT, declare, names, packed, relate, unpacked

Resave = Callable[[Parts], None]
_RUN = re.compile(r"<w:r>(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>|<w:rPr/>)?<w:t(?: [^>]*)?>([^<]{9,})</w:t></w:r>")


def _everywhere(pattern: str, new: str, part: str = DOCUMENT) -> Resave:
    def resave(parts: Parts) -> None:
        text = parts[part].decode()
        assert re.search(pattern, text), f"{pattern!r} is not in {part}"
        parts[part] = re.sub(pattern, new, text).encode()

    return resave


def _split_runs(parts: Parts) -> None:
    chance = random.Random(7)

    def split(match: re.Match[str]) -> str:
        look, text = match.group(1) or "", match.group(2)
        at = chance.randrange(2, len(text) - 2)
        entity = text.rfind("&", 0, at)
        at = entity if entity >= 0 and ";" not in text[entity:at] else at
        halves = (text[:at], text[at:])
        return "".join(f'<w:r>{look}<w:t xml:space="preserve">{half}</w:t></w:r>' for half in halves)

    parts[DOCUMENT] = _RUN.sub(split, parts[DOCUMENT].decode()).encode()


def _split_twice(parts: Parts) -> None:
    _split_runs(parts)
    _split_runs(parts)


def _nothing(parts: Parts) -> None:
    """Only the packing differs."""


def _other_names(parts: Parts) -> None:
    """Word in another language calls styles otherwise; ids and part names are anybody's choice."""
    for part in (DOCUMENT, STYLES, NUMBERS):
        parts[part] = re.sub(rb'"Clause(Heading)?"', rb'"Klausel\1"', parts[part])
    parts["word/footer7.xml"] = parts.pop(FOOTER)
    for part in ("word/_rels/document.xml.rels", "[Content_Types].xml"):
        parts[part] = parts[part].replace(b"footer1.xml", b"footer7.xml")
    for part in ("word/_rels/document.xml.rels", DOCUMENT):
        parts[part] = re.sub(rb'"rId(\d+)"', rb'"rId2\1"', parts[part])


def _other_lists(parts: Parts) -> None:
    parts[NUMBERS] = (parts[NUMBERS].replace(b'abstractNumId="1"', b'abstractNumId="7"')
                      .replace(b'abstractNumId w:val="1"', b'abstractNumId w:val="7"')
                      .replace(b'w:numId="1"', b'w:numId="12"'))  # fmt: skip
    parts[STYLES] = parts[STYLES].replace(b'w:numId w:val="1"', b'w:numId w:val="12"')


def _bibliography(parts: Parts) -> None:
    """Word keeps an empty list of sources in many files."""
    parts["customXml/item1.xml"] = (
        b'<b:Sources xmlns:b="http://schemas.openxmlformats.org/officeDocument/2006/bibliography"/>'
    )
    relate(parts, "rId80", "customXml", "../customXml/item1.xml")


def _unshown_header(parts: Parts) -> None:
    """A header for even pages that the file does not switch on."""
    parts["word/header8.xml"] = f"<w:hdr {names()}><w:p/></w:hdr>".encode()
    relate(parts, "rId81", "header", "header8.xml")
    declare(parts, "word/header8.xml", "wordprocessingml.header+xml")
    parts[DOCUMENT] = parts[DOCUMENT].replace(b"<w:footerReference", b'<w:headerReference w:type="even" r:id="rId81"/><w:footerReference', 1)  # fmt: skip


def _strict(parts: Parts) -> None:
    """ISO's strict form: the same under other names."""
    for part in parts:
        if part.startswith("word/"):
            parts[part] = parts[part].replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            ).replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )  # fmt: skip


def _in_utf_16(parts: Parts) -> None:
    text = re.sub(r"<\?xml[^>]*\?>", "", parts[DOCUMENT].decode())
    parts[DOCUMENT] = ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


def _pages_recounted(parts: Parts) -> None:
    text = parts[FOOTER].decode()
    parts[FOOTER] = text.replace("<w:t>1</w:t>", "<w:t>4</w:t>").encode()


def _pages_in_one_piece(parts: Parts) -> None:
    text = parts[FOOTER].decode()
    for name in ("PAGE", "NUMPAGES"):
        field = re.search(
            rf'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText [^>]*> {name} .*?"end"/></w:r>', text
        )
        assert field is not None
        simple = f'<w:fldSimple w:instr=" {name} \\* MERGEFORMAT "><w:r><w:t>2</w:t></w:r></w:fldSimple>'
        text = text.replace(field.group(), simple, 1)
    parts[FOOTER] = text.encode()


def _before_words(markup: str) -> Resave:
    return _everywhere(r"<w:r>", f"{markup}<w:r>".replace("\\", "\\\\"))


#: Each by what it is. Where a name ends in "order" the packing itself differs.
RESAVES: Mapping[str, Resave] = {
    "another order of parts": _nothing,
    "revision ids": _everywhere(r"<w:p>", '<w:p w:rsidR="00AB12CD" w:rsidRDefault="00AB12CD" w:rsidP="00FF00FF">'),
    "runs split": _split_runs,
    "runs split twice": _split_twice,
    "marks of the spelling check": _before_words('<w:proofErr w:type="spellStart"/>'),
    "languages": _everywhere(r"<w:r><w:t", '<w:r><w:rPr><w:lang w:val="de-DE"/></w:rPr><w:t'),
    "not to be proofread": _everywhere(r"<w:r><w:t", "<w:r><w:rPr><w:noProof/></w:rPr><w:t"),
    "fonts for other scripts": _everywhere(r"<w:r><w:t", '<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t'),
    "hard spaces": _everywhere(r" EUR", "\u00a0EUR"),
    "narrow hard spaces": _everywhere(r"30 days", "30\u202fdays"),
    "soft hyphens": _everywhere(r"permission", "per\u00admis\u00adsion"),
    "bookmarks": _before_words('<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>'),
    "page breaks as last seen": _everywhere(r"<w:r><w:t", "<w:r><w:lastRenderedPageBreak/><w:t"),
    "paragraph ids": _everywhere(r"<w:p>", '<w:p w14:paraId="1A2B3C4D" w14:textId="77777777">'),
    "an empty line more": _everywhere(r"<w:sectPr", f"{said('')}<w:sectPr"),
    "marks of an older Word": _everywhere(r"<w:r>(.*?)</w:r>", r'<w:smartTag w:uri="x" w:element="y"><w:r>\1</w:r></w:smartTag>'),
    "who may edit": _before_words('<w:permStart w:id="5" w:edGrp="everyone"/><w:permEnd w:id="5"/>'),
    "other style and part names": _other_names,
    "other list ids": _other_lists,
    "a list of sources": _bibliography,
    "a header nobody sees": _unshown_header,
    "the strict form": _strict,
    "another encoding": _in_utf_16,
    "pages counted anew": _pages_recounted,
    "page numbers in one piece": _pages_in_one_piece,
    "zoom and view": _everywhere(r"<w:zoom [^>]*>", '<w:zoom w:percent="140"/><w:proofState w:spelling="clean"/>', SETTINGS),
    "protected against editing": _everywhere(r"<w:zoom", '<w:documentProtection w:edit="forms" w:enforcement="0"/><w:zoom', SETTINGS),
    "margins rounded": _everywhere(r'w:left="1304"', 'w:left="1300"'),
}  # fmt: skip


def resaved(document: bytes, name: str) -> bytes:
    """The document saved anew in one of these ways."""
    parts = unpacked(document)
    RESAVES[name](parts)
    if name.endswith("order of parts"):
        return packed(dict(sorted(parts.items(), reverse=True)), compress=zipfile.ZIP_STORED)
    return packed(parts)


def libreoffice() -> str | None:
    """Where LibreOffice is; None where it is not installed."""
    return shutil.which("soffice")


def through_libreoffice(documents: Sequence[bytes], *, to: str = "docx:MS Word 2007 XML") -> list[bytes]:
    """Each opened in LibreOffice and saved as another file."""
    program = libreoffice()
    assert program is not None
    ending = to.partition(":")[0]
    with tempfile.TemporaryDirectory() as folder:
        inbox, outbox = Path(folder, "in"), Path(folder, "out")
        inbox.mkdir()
        for number, document in enumerate(documents):
            (inbox / f"{number:03d}.docx").write_bytes(document)
        subprocess.run(
            [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to, "--outdir",
             str(outbox), *(str(one) for one in sorted(inbox.iterdir()))],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        return [(outbox / f"{number:03d}.{ending}").read_bytes() for number in range(len(documents))]
