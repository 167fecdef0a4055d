"""PDFs of drafted contracts: made in batches where LibreOffice is, and kept beside the documents they show.

A PDF is a convenience: what is signed off and signed is the document. So nothing waits for it, and what fails is tried
again with the next batch.
"""

import logging
from collections.abc import Iterator, Sequence

from sqlmodel import col, select

from contracts import service as contracts
from contracts.pdf import Press
from core.database import reading, unit_of_work
from core.errors import GreenroomError, TransientError
from core.models.deals import Contract
from flows.wiring import Wiring

log = logging.getLogger("greenroom.pdfs")
#: Documents in one run of the office program: it starts once for all, and one that it cannot read spoils no more.
AT_ONCE = 20


def make_pdfs(w: Wiring, slug: str | None = None) -> int:
    """Make what is missing (of one campaign, or all); returns how many. 0 on a machine without LibreOffice."""
    press = w.press
    if not press.name:
        return 0
    return sum(_made(w, press, group) for group in _lacking(w, slug))


def _lacking(w: Wiring, slug: str | None) -> Iterator[Sequence[Contract]]:
    query = select(Contract).where(Contract.status != "void").order_by(col(Contract.id))
    if slug is not None:
        query = query.where(Contract.campaign == slug)
    with reading(w.engine) as session:
        every = [one for one in session.exec(query).all() if w.archive.pdf_path(one.docx_sha256) is None]
    for first in range(0, len(every), AT_ONCE):
        yield every[first : first + AT_ONCE]


def _made(w: Wiring, press: Press, group: Sequence[Contract]) -> int:
    try:
        pdfs = press.press([w.archive.read(contract.docx_sha256) for contract in group])
    except GreenroomError as error:
        # Together they fail for one of them; alone each shows whether it is that one. Time is not spent twice, though.
        if len(group) > 1 and not isinstance(error, TransientError):
            return sum(_made(w, press, [contract]) for contract in group)
        log.warning("No PDF of %s yet: %s", ", ".join(contract.file_name for contract in group), error)
        return 0
    for contract, pdf in zip(group, pdfs, strict=True):
        sha256 = w.archive.keep_pdf(contract.docx_sha256, pdf)
        with unit_of_work(w.engine) as session:
            contracts.pdf_was_made(session, w.clock, contract, pdf_sha256=sha256, made_by=press.name)
    return len(group)
