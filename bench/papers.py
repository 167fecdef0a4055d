"""The agreements returned documents are made from: one that went out, and one with clauses and places marked."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from contracts.returned.names import W

DOCUMENT = "word/document.xml"
_SIGN = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = "urn:schemas-microsoft-com"


def agreement() -> bytes:
    """An agreement as it once went out to the example campaign's first creator; it stays while templates change."""
    return Path(__file__).with_name("agreement.docx").read_bytes()


def with_places(document: bytes) -> bytes:
    """The same with clauses and permitted places as content controls, a logo, a header, a link and a footnote."""
    parts = unpacked(document)
    tree = etree.fromstring(parts[DOCUMENT])
    _mark_clauses(tree)
    _mark_place(tree, "daylight, outdoors, shirt visible as a whole", "filming.angles")
    text = etree.tostring(tree, encoding="unicode")
    text = text.replace(
        "For 30 days from each post we may show it",
        'For 30 days from each post, on</w:t></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r>'
        + place("usage.channels", "our website and newsletter")
        + '<w:r><w:t xml:space="preserve">, we may show it',
    )
    text = text.replace("You use only music, pictures and people you have permission to use.</w:t></w:r>",
                        "You use only music, pictures and people you have permission to use.</w:t></w:r>"
                        '<w:r><w:footnoteReference w:id="2"/></w:r>'
                        '<w:hyperlink r:id="rId90"><w:r><w:t>our guide</w:t></w:r></w:hyperlink>')  # fmt: skip
    text = text.replace("<w:sectPr", "<w:p><w:r><w:t>Annex: the product sheet.</w:t></w:r></w:p><w:sectPr", 1)
    text = text.replace("<w:footerReference", '<w:headerReference w:type="default" r:id="rId92"/><w:footerReference', 1)
    text = text.replace("<w:t>Creator agreement</w:t></w:r>", f"<w:t>Creator agreement</w:t></w:r>{logo('rId91')}", 1)
    parts[DOCUMENT] = text.encode()
    parts["word/footnotes.xml"] = notes("footnote", {2: "Music from the platform's own library is fine."})
    parts["word/header1.xml"] = f"<w:hdr {names()}><w:p><w:r><w:t>Aurelia Linen</w:t></w:r></w:p></w:hdr>".encode()
    parts["word/media/logo.png"] = png((40, 90, 60))
    relate(parts, "rId89", "footnotes", "footnotes.xml")
    relate(parts, "rId90", "hyperlink", "https://www.example.com/guide", external=True)
    relate(parts, "rId91", "image", "media/logo.png")
    relate(parts, "rId92", "header", "header1.xml")
    declare(parts, "word/footnotes.xml", "wordprocessingml.footnotes+xml")
    declare(parts, "word/header1.xml", "wordprocessingml.header+xml")
    types = parts["[Content_Types].xml"].decode()
    if 'Extension="png"' not in types:
        types = types.replace("<Default", '<Default Extension="png" ContentType="image/png"/><Default', 1)
    parts["[Content_Types].xml"] = types.encode()
    return packed(parts)


def unpacked(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", compress) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return raw.getvalue()


def place(name: str, text: str) -> str:
    """A permitted place with what stands in it."""
    return (f'<w:sdt><w:sdtPr><w:alias w:val="local:{name}"/><w:tag w:val="local:{name}"/></w:sdtPr><w:sdtContent>'
            f"<w:r><w:t>{text}</w:t></w:r></w:sdtContent></w:sdt>")  # fmt: skip


def names() -> str:
    """The namespaces a part of its own needs."""
    return (f'xmlns:w="{W[1:-1]}" xmlns:r="{_SIGN}" xmlns:v="{_NAMES}:vml" xmlns:o="{_NAMES}:office:office" '
            f'xmlns:w10="{_NAMES}:office:word"')  # fmt: skip


def notes(kind: str, texts: Mapping[int, str]) -> bytes:
    """A part with footnotes, endnotes or comments."""
    written = "".join(
        f'<w:{kind} w:id="{number}" w:author="Ada"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind}>'
        for number, text in texts.items()
    )
    separators = "" if kind == "comment" else (
        f'<w:{kind} w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
        f'<w:{kind} w:type="continuationSeparator" w:id="1"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:{kind}>'
    )  # fmt: skip
    return f"<w:{kind}s {names()}>{separators}{written}</w:{kind}s>".encode()


def relate(parts: dict[str, bytes], key: str, kind: str, target: str, *, external: bool = False,
           part: str = "word/_rels/document.xml.rels") -> None:  # fmt: skip
    """Let a part point at another, or out of the file."""
    mode = ' TargetMode="External"' if external else ""
    relation = f'<Relationship Id="{key}" Type="{_SIGN}/{kind}" Target="{target}"{mode}/>'
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    parts[part] = parts.get(part, empty).replace(b"</Relationships>", f"{relation}</Relationships>".encode())


def declare(parts: dict[str, bytes], part: str, kind: str) -> None:
    """Say what a part is."""
    whole = kind if "/" in kind else f"application/vnd.openxmlformats-officedocument.{kind}"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", f'<Override PartName="/{part}" ContentType="{whole}"/></Types>'.encode()
    )


def png(colour: tuple[int, int, int], side: int = 24) -> bytes:
    """A square of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        raw = kind + content
        return len(content).to_bytes(4, "big") + raw + zlib.crc32(raw).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    rows = b"".join(b"\x00" + bytes(colour) * side for _ in range(side))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def logo(key: str) -> str:
    """A picture that stands in the line."""
    return f"<w:r><w:drawing>{picture(key, 'inline')}</w:drawing></w:r>"


def picture(key: str, kind: str, *, where: str = "") -> str:
    """The drawing of a picture, `inline` or `anchor`."""
    drawing, main = (
        "http://schemas.openxmlformats.org/drawingml/2006",
        "http://schemas.openxmlformats.org/drawingml/2006/main",
    )
    return (
        f'<wp:{kind} xmlns:wp="{drawing}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0"'
        f"{where.partition('|')[0]}>{where.partition('|')[2].partition('^')[0]}"
        f'<wp:extent cx="900000" cy="300000"/>{where.partition("^")[2]}<wp:docPr id="77" name="Picture"/>'
        f'<a:graphic xmlns:a="{main}"><a:graphicData uri="{drawing}/picture"><pic:pic xmlns:pic="{drawing}/picture">'
        f'<pic:nvPicPr><pic:cNvPr id="77" name="Picture"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        f'<a:blip xmlns:r="{_SIGN}" r:embed="{key}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
        '<a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        f"</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:{kind}>"
    )


def _mark_clauses(tree: etree._Element) -> None:
    body = tree[0]
    control: etree._Element | None = None
    for paragraph in list(body):
        style = next((one.get(f"{W}val") for one in paragraph.findall(f"{W}pPr/{W}pStyle")), "")
        if style == "ClauseHeading":
            words = "".join(paragraph.itertext()).lower().split()
            control = _control("-".join(words[:3]))
            paragraph.addprevious(control)
        if style in ("ClauseHeading", "Clause") and control is not None:
            control[1].append(paragraph)
        else:
            control = None


def _control(name: str) -> etree._Element:
    return etree.fromstring(
        f'<w:sdt xmlns:w="{W[1:-1]}"><w:sdtPr><w:alias w:val="{name}"/><w:tag w:val="{name}"/>'
        '<w:lock w:val="sdtLocked"/></w:sdtPr><w:sdtContent/></w:sdt>'
    )


def _mark_place(tree: etree._Element, text: str, name: str) -> None:
    run = next(one.getparent() for one in tree.iter(f"{W}t") if one.text == text)
    control = etree.fromstring(f'<x xmlns:w="{W[1:-1]}">{place(name, text)}</x>')[0]
    run.getparent().replace(run, control)
