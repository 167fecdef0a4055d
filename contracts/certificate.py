"""The page of evidence of a signature made on our own page: who signed which document, when, and what went before.

Pure: from what is on record to the bytes of a Word file. Times are in UTC and say so.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from docx import Document
from docx.shared import Cm

from contracts.consent import Consent
from core.models.deals import Contract
from core.models.signing import SigningEvent


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
    return [
        ("Document", contract.file_name),
        ("sha256 of the document", contract.docx_sha256),
        ("sha256 of its terms", contract.terms_sha256),
        ("Between", f"{signing.company} and {signing.party}"),
        ("Signed by", signing.name),
        ("Signed at", moment(signing.at)),
        ("Proved by", f"a code sent to {signing.mailbox} and typed in on the signing page"),
        ("Agreed to", signing.consent.text),
        ("Version of that text", f"{signing.consent.version} ({signing.consent.language}), "
                                 f"sha256 {signing.consent.sha256}"),
    ]  # fmt: skip


def certificate(signing: Signing, contract: Contract, events: Sequence[SigningEvent]) -> bytes:
    """The Word file, the same for the same evidence."""
    document = Document()
    properties = document.core_properties
    properties.author, properties.title = signing.company, f"Evidence of the signature under {contract.file_name}"
    properties.created = properties.modified = signing.at.astimezone(UTC).replace(tzinfo=None)
    document.add_heading("Evidence of signature", level=0)
    table = document.add_table(rows=0, cols=2)
    for label, value in lines_of(signing, contract):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
        cells[0].width, cells[1].width = Cm(4.5), Cm(11.5)
    document.add_heading("What happened", level=1)
    table = document.add_table(rows=1, cols=4)
    for cell, head in zip(table.rows[0].cells, ("When", "What", "Network", "Browser"), strict=True):
        cell.text = head
    for event in events:
        told = (moment(event.at), event.what, event.network or "—", event.browser or "—")
        for cell, value, width in zip(table.add_row().cells, told, _WIDTHS, strict=True):
            cell.text, cell.width = value, Cm(width)
    document.add_paragraph(_WHY)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def moment(at: datetime) -> str:
    """A time nobody can misread, with its zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


#: Of the columns of what happened, in centimetres.
_WIDTHS = (5.0, 3.5, 3.5, 4.0)
_WHY = (
    "“Network” is the caller’s address without its last part, “browser” a keyed fingerprint of what the browser calls "
    "itself. More of a person’s trail is not kept: the signature is proved by the mailbox that received link and code."
)
