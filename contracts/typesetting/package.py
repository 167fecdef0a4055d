"""A source as a Word file: the parts put together, always in the same bytes.

Pure: text in, bytes out.
"""

import io
import zipfile
from xml.sax.saxutils import escape

from lxml import etree

from contracts.typesetting.body import document, margin
from contracts.typesetting.look import BODY_FACE, TITLE_FACE, numbering, spelling, styles
from contracts.typesetting.source import Source, read
from contracts.typesetting.words import element

#: Stands in the file's properties, which are emptied when the template is filled: no creator signs under it.
NOTE = "A template and no legal advice: have your lawyer read this before you use it."
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DATE = "2026-11-26T09:00:00Z"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_KINDS = {
    "word/document.xml": f"{_WORD}.document.main+xml",
    "word/styles.xml": f"{_WORD}.styles+xml",
    "word/numbering.xml": f"{_WORD}.numbering+xml",
    "word/settings.xml": f"{_WORD}.settings+xml",
    "word/fontTable.xml": f"{_WORD}.fontTable+xml",
    "word/header1.xml": f"{_WORD}.header+xml",
    "word/footer1.xml": f"{_WORD}.footer+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
}
#: Faces of the same widths, for machines without ours.
_TWINS = {BODY_FACE: "Liberation Sans", TITLE_FACE: "Gelasio"}


def typeset(text: str, *, name: str) -> bytes:
    """The .docx of a template's source: the same bytes for the same text, on every machine."""
    source = read(text, name=name)
    parts = {
        "word/document.xml": _raw(document(source)),
        "word/styles.xml": _raw(styles(source.layout, source.language)),
        "word/numbering.xml": _raw(numbering(source.layout)),
        "word/settings.xml": _raw(_settings(source.language)),
        "word/fontTable.xml": _raw(_fonts()),
        "word/header1.xml": _raw(margin("hdr", "Header", source.head)),
        "word/footer1.xml": _raw(margin("ftr", "Footer", source.foot)),
        "docProps/core.xml": _core(source).encode(),
        "[Content_Types].xml": _types().encode(),
        "_rels/.rels": _relations({
            "rIdDocument": (f"{_OFFICE}/officeDocument", "word/document.xml"),
            "rIdCore": (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        }).encode(),
        "word/_rels/document.xml.rels": _relations({
            "rIdHead": (f"{_OFFICE}/header", "header1.xml"),
            "rIdFoot": (f"{_OFFICE}/footer", "footer1.xml"),
            "rIdStyles": (f"{_OFFICE}/styles", "styles.xml"),
            "rIdNumbers": (f"{_OFFICE}/numbering", "numbering.xml"),
            "rIdSettings": (f"{_OFFICE}/settings", "settings.xml"),
            "rIdFonts": (f"{_OFFICE}/fontTable", "fontTable.xml"),
        }).encode(),
    }  # fmt: skip
    return _zipped(parts)


def _settings(language: str) -> etree._Element:
    mode = element("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return element(
        "settings",
        element("zoom", percent=100),
        element("defaultTabStop", val=454),
        element("compat", mode),
        element("themeFontLang", val=spelling(language)),
    )


def _fonts() -> etree._Element:
    return element(
        "fonts", *(element("font", element("altName", val=twin), name=face) for face, twin in _TWINS.items())
    )


def _core(source: Source) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(source.title)}</dc:title><dc:subject>{escape(source.subject)}</dc:subject>"
        f"<dc:creator>Greenroom</dc:creator><dc:description>{escape(NOTE)}</dc:description>"
        f"<cp:lastModifiedBy>Greenroom</cp:lastModifiedBy><cp:revision>1</cp:revision>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{_DATE}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{_DATE}</dcterms:modified>'
        f"<dc:language>{source.language}</dc:language></cp:coreProperties>"
    )


def _types() -> str:
    kinds = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in _KINDS.items())
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/><Default Extension="xml" ContentType="application/xml"/>'
        f"{kinds}</Types>"
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, (kind, target) in targets.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'
    )


def _raw(tree: etree._Element) -> bytes:
    etree.cleanup_namespaces(tree, keep_ns_prefixes=["w", "r"])
    return bytes(etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True))


def _zipped(parts: dict[str, bytes]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as target:
        for name in sorted(parts):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            # Stored: what a compressor makes of it differs between machines.
            target.writestr(entry, parts[name], compress_type=zipfile.ZIP_STORED)
    return result.getvalue()
