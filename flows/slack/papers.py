"""The PDF of a contract in the thread of its card: beside the document when the card is put, or when it is made later.

Puts into the outbox; never calls Slack and never commits. The PDF is a convenience: what is decided on is the document.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlmodel import Session, select

from approvals.kinds import Kind
from approvals.slack.files import UPLOAD, payload_of
from approvals.slack.outbox import put
from approvals.slack.places import places_of
from contracts.archive import Archive
from core.cards import CardFile
from core.files import sha256_of
from core.models.approvals import Request
from core.models.deals import Contract
from flows.wiring import Wiring


def with_pdfs(archive: Archive, files: Sequence[CardFile]) -> Iterator[CardFile]:
    """The files of a card, each followed by the PDF that is kept of it, if any."""
    for file in files:
        yield file
        path = archive.pdf_path(file.sha256) if file.path.endswith(".docx") else None
        if path is not None and path.exists():
            yield _pdf_of(file.name, path)


def show_pdf(session: Session, w: Wiring, contract: Contract) -> int:
    """A PDF was made: into the thread of each card that asks about its document; returns how many those are."""
    path = w.archive.pdf_path(contract.docx_sha256)
    if not w.slack_on or path is None:
        return 0
    asked = select(Request.id).where(Request.kind == Kind.FINAL_CONTRACT, Request.subject == f"contract:{contract.id}")
    cards = [card for one in session.exec(asked.where(Request.status == "open")) for card in places_of(session, one)]
    for card in cards:
        put(session, w.clock, key=f"{card.key}:pdf", method=UPLOAD, channel=card.channel, after_key=card.key,
            payload=payload_of(_pdf_of(contract.file_name, path)), request_id=card.request_id)  # fmt: skip
    return len(cards)


def _pdf_of(name: str, path: Path) -> CardFile:
    return CardFile(name=f"{name.removesuffix('.docx')}.pdf", sha256=sha256_of(path), path=str(path))
