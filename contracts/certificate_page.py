"""The page of evidence as a Word file: how it is laid out. What it says is `certificate`'s."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import pairwise
from typing import Any, cast

from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table

from contracts.certificate import Signing, filled, lines_of, moment, words_in
from contracts.typesetting.look import BODY_FACE, INK, QUIET, TITLE_FACE
from core.models.deals import Contract
from core.models.signing import SigningEvent

#: Of the columns of what happened, in centimetres.
_WIDTHS = (4.5, 4.5, 3.5, 4.0)
_INK, _QUIET, _BLACK = RGBColor.from_string(INK), RGBColor.from_string(QUIET), RGBColor(0, 0, 0)
#: Style, size, colour, distance above and below.
_STYLES = (("Normal", 9.5, _BLACK, 0, 6), ("Title", 22, _INK, 0, 14), ("Heading 1", 11, _INK, 14, 6))
#: The oldest date a zip can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def certificate(signing: Signing, contract: Contract, events: Sequence[SigningEvent]) -> bytes:
    """The Word file, the same for the same evidence."""
    document, told = Document(), words_in(signing.consent.language)
    properties = document.core_properties
    properties.author, properties.title = signing.company, filled(told["of"], file=contract.file_name)
    properties.created = properties.modified = signing.at.astimezone(UTC).replace(tzinfo=None)
    properties.language = signing.consent.language
    _set(document)
    document.add_paragraph(told["title"], style="Title")
    table = document.add_table(rows=0, cols=2)
    for label, value in lines_of(signing, contract):
        table.add_row().cells[0].text, table.rows[-1].cells[1].text = label, value
    _lay(table, (4.5, 12.0))
    _tell_events(document, told, events)
    document.add_paragraph(told["why"]).paragraph_format.space_before = Pt(10)
    out = io.BytesIO()
    document.save(out)
    return _settled(out.getvalue())


def _tell_events(document: DocumentObject, told: Mapping[str, Any], events: Sequence[SigningEvent]) -> None:
    document.add_paragraph(told["happened"], style="Heading 1")
    table = document.add_table(rows=1, cols=4)
    for cell, head in zip(table.rows[0].cells, told["columns"], strict=True):
        cell.text = head
    for event in events:
        what = told["events"].get(event.what, event.what)
        said = (moment(event.at), what, event.network or "—", event.browser or "—")
        for cell, value in zip(table.add_row().cells, said, strict=True):
            cell.text = value
    _lay(table, _WIDTHS, head=True)
    if any(later.at < event.at for event, later in pairwise(events)):
        document.add_paragraph(told["clock"])  # said rather than put right: evidence is what was written down


def _set(document: DocumentObject) -> None:
    """A4, in the face, colours and sizes of the agreements."""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(22)
    for name, size, colour, before, after in _STYLES:
        style = cast(ParagraphStyle, document.styles[name])
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), name == "Heading 1", colour
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        faces = style.element.get_or_add_rPr().get_or_add_rFonts()
        faces.attrib.clear()  # faces of the theme would win
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            faces.set(qn(f"w:{script}"), TITLE_FACE if name == "Title" else BODY_FACE)
        for rule in style.element.xpath("./w:pPr/w:pBdr"):
            rule.getparent().remove(rule)


def _lay(table: Table, widths: Sequence[float], *, head: bool = False) -> None:
    """Columns as wide as given, in centimetres; labels in grey, and no row on two pages."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for number, row in enumerate(table.rows):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for at, cell in enumerate(row.cells):
            cell.width = Cm(widths[at])
            words = cell.paragraphs[0]
            words.paragraph_format.space_after = Pt(3)
            words.paragraph_format.keep_with_next = head and number == 0
            if number == 0 if head else at == 0:
                for run in words.runs:
                    run.font.color.rgb = _QUIET
    if head:
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _settled(docx: bytes) -> bytes:
    """Without the time at which the file was put together, which is no evidence of anything."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _EPOCH), source.read(name), compress_type=zipfile.ZIP_DEFLATED)
    return result.getvalue()
