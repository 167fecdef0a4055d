"""The page of evidence of a signature made on our own page: who signed which document, when, and what went before.

Pure: from what is on record to the bytes of a Word file, in the language of the text agreed to. Times are in UTC and
say so.
"""

import io
import re
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from contracts.consent import Consent
from core.models.deals import Contract
from core.models.signing import SigningEvent

if TYPE_CHECKING:
    from docx.document import Document as DocumentObject


@dataclass(frozen=True)
class Signing:
    """One signature as it is given: the name typed, the text agreed to, and where the code went."""

    name: str
    party: str
    company: str
    mailbox: str
    at: datetime
    consent: Consent


def certificate_name(contract: Contract) -> str:
    """What people call the file."""
    return f"{contract.file_name.removesuffix('.docx')}-evidence.docx"


def lines_of(signing: Signing, contract: Contract) -> list[tuple[str, str]]:
    """What the certificate says, label by label."""
    told, consent = _words(signing.consent.language), signing.consent
    return [
        (told["document"], contract.file_name),
        (told["document_sha256"], contract.docx_sha256),
        (told["terms_sha256"], contract.terms_sha256),
        (told["between"], _filled(told["parties"], company=signing.company, party=signing.party)),
        (told["signed_by"], signing.name),
        (told["signed_at"], moment(signing.at)),
        (told["proved_by"], _filled(told["proof"], mailbox=signing.mailbox)),
        (told["agreed_to"], consent.text),
        (told["version"], f"{consent.version} ({consent.language}), sha256 {consent.sha256}"),
    ]


def certificate(signing: Signing, contract: Contract, events: Sequence[SigningEvent]) -> bytes:
    """The Word file, the same for the same evidence."""
    # Here and below: many ask what a certificate is called, few write one.
    from docx import Document
    from docx.shared import Cm

    document, told = Document(), _words(signing.consent.language)
    properties = document.core_properties
    properties.author, properties.title = signing.company, _filled(told["of"], file=contract.file_name)
    properties.created = properties.modified = signing.at.astimezone(UTC).replace(tzinfo=None)
    properties.language = signing.consent.language
    document.add_heading(told["title"], level=0)
    table = document.add_table(rows=0, cols=2)
    for label, value in lines_of(signing, contract):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
        cells[0].width, cells[1].width = Cm(4.5), Cm(11.5)
    _tell_events(document, told, events)
    document.add_paragraph(told["why"])
    out = io.BytesIO()
    document.save(out)
    return _settled(out.getvalue())


def moment(at: datetime) -> str:
    """A time nobody can misread, with its zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


#: Of the columns of what happened, in centimetres.
_WIDTHS = (5.0, 3.5, 3.5, 4.0)
#: The oldest date a zip can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FIELD = re.compile(r"\{([a-z]+)\}")


def _tell_events(document: "DocumentObject", told: Mapping[str, Any], events: Sequence[SigningEvent]) -> None:
    from docx.shared import Cm

    document.add_heading(told["happened"], level=1)
    table = document.add_table(rows=1, cols=4)
    for cell, head in zip(table.rows[0].cells, told["columns"], strict=True):
        cell.text = head
    for event in events:
        what = told["events"].get(event.what, event.what)
        said = (moment(event.at), what, event.network or "—", event.browser or "—")
        for cell, value, width in zip(table.add_row().cells, said, _WIDTHS, strict=True):
            cell.text, cell.width = value, Cm(width)
    if any(later.at < event.at for event, later in pairwise(events)):
        document.add_paragraph(told["clock"])  # said rather than put right: evidence is what was written down


def _filled(text: str, **values: str) -> str:
    """In one pass: what a name says is never taken for a field."""
    return _FIELD.sub(lambda match: values[match[1]], text)


def _words(language: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = _all_words()[language]
    return told


@cache
def _all_words() -> dict[str, Any]:
    return tomllib.loads(resources.files("contracts").joinpath("certificate.toml").read_text(encoding="utf-8"))


def _settled(docx: bytes) -> bytes:
    """Without the time at which the file was put together, which is no evidence of anything."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _EPOCH), source.read(name), compress_type=zipfile.ZIP_DEFLATED)
    return result.getvalue()
