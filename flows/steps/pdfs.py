"""PDFs of drafted contracts and of the evidence of signatures: made in batches where LibreOffice is, and kept beside
the documents they show.

A PDF is a convenience: what is signed off and signed is the document. So nothing waits for it, and what fails is tried
again with the next batch. One that shows boxes where a name should stand is not kept: nobody is to get it.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from contracts import service as contracts
from contracts.certificate import certificate_name
from contracts.fonts import fingerprint, packages_of, scripts_of
from contracts.pdf import Press
from contracts.undrawn import undrawn
from core.database import reading, unit_of_work
from core.errors import GreenroomError, TransientError
from core.models.deals import Contract, Signature
from flows.slack.papers import show_pdf
from flows.wiring import Wiring

log = logging.getLogger("greenroom.pdfs")
#: Documents in one run of the office program: it starts once for all, and one that it cannot read spoils no more.
AT_ONCE = 20


@dataclass(frozen=True)
class _Paper:
    """A document that is to have a PDF: a contract, or the evidence of its signature."""

    contract: Contract
    name: str
    docx_sha256: str


def make_pdfs(w: Wiring, slug: str | None = None) -> int:
    """Make what is missing (of one campaign, or all); returns how many. 0 on a machine without LibreOffice.

    What was left out because a font lacked its letters is tried again once other fonts are there.
    """
    press = w.press
    if not press.name:
        return 0
    return sum(_made(w, press, group) for group in _lacking(w, slug))


def _lacking(w: Wiring, slug: str | None) -> Iterator[Sequence[_Paper]]:
    with reading(w.engine) as session:
        every = [one for one in _papers(session, slug) if w.archive.pdf_path(one.docx_sha256) is None]
        left_out = contracts.pdfs_left_out(session, fonts=fingerprint()) if every else set()
    every = [one for one in every if one.docx_sha256 not in left_out]
    for first in range(0, len(every), AT_ONCE):
        yield every[first : first + AT_ONCE]


def _papers(session: Session, slug: str | None) -> Iterator[_Paper]:
    query = select(Contract).where(Contract.status != "void").order_by(col(Contract.id))
    signed = select(Contract, Signature).join(Signature, col(Signature.contract_id) == col(Contract.id))
    if slug is not None:
        query, signed = query.where(Contract.campaign == slug), signed.where(Contract.campaign == slug)
    for contract in session.exec(query).all():
        yield _Paper(contract, contract.file_name, contract.docx_sha256)
    for contract, signature in session.exec(signed.order_by(col(Contract.id))).all():
        if kept := signature.evidence.get("certificate_sha256"):
            yield _Paper(contract, certificate_name(contract), str(kept))


def _made(w: Wiring, press: Press, group: Sequence[_Paper]) -> int:
    try:
        pdfs = press.press([w.archive.read(paper.docx_sha256) for paper in group])
    except GreenroomError as error:
        # Together they fail for one of them; alone each shows whether it is that one. Time is not spent twice, though.
        if len(group) > 1 and not isinstance(error, TransientError):
            return sum(_made(w, press, [paper]) for paper in group)
        log.warning("No PDF of %s yet: %s", ", ".join(paper.name for paper in group), error)
        return 0
    return sum(_kept(w, paper, pdf, made_by=press.name) for paper, pdf in zip(group, pdfs, strict=True))


def _kept(w: Wiring, paper: _Paper, pdf: bytes, *, made_by: str) -> bool:
    if lacking := scripts_of(undrawn(pdf)):
        named = ", ".join(script.name for script in lacking)
        log.warning("No PDF of %s: no font of this machine draws its %s, and boxes would stand there. To have it: %s",
                    paper.name, named, packages_of(lacking))  # fmt: skip
        with unit_of_work(w.engine) as session:
            contracts.pdf_was_left_out(
                session, w.clock, paper.contract, docx_sha256=paper.docx_sha256,
                lacking=[script.name for script in lacking], fonts=fingerprint(),
            )  # fmt: skip
        return False
    sha256 = w.archive.keep_pdf(paper.docx_sha256, pdf)
    with unit_of_work(w.engine) as session:
        contracts.pdf_was_made(session, w.clock, paper.contract, docx_sha256=paper.docx_sha256, pdf_sha256=sha256,
                               made_by=made_by)  # fmt: skip
        if paper.docx_sha256 == paper.contract.docx_sha256:
            show_pdf(session, w, paper.contract)
    return True
