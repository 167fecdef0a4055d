"""Contracts in the console: what waits for legal, one of them to read whole, what came back of it, and the answers."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from contracts.service import Archive
from core.database import reading
from core.errors import GreenroomError, Refused
from flows.steps import deals_read
from web.console import deciding, returned
from web.console.deciding import Number
from web.console.visit import Visit, no_page, status_of

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def add(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    """Put these pages among those of the console."""
    _add_reading(routes, visit)
    deciding.add(routes, visit, "/contracts/{number}", asked=_asked, shown=_shown)
    returned.add(routes, visit)


def _add_reading(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    @routes.get("/contracts")
    def contracts(there: Annotated[Visit, Depends(visit)]) -> Response:
        with reading(there.w.engine) as session:
            waiting = deals_read.waiting_for(session, there.w, there.person)
        return there.show("contracts.html", here="contracts", waiting=waiting)

    @routes.get("/contracts/{number}")
    def contract(number: Number, there: Annotated[Visit, Depends(visit)]) -> Response:
        return _shown(there, number)

    @routes.get("/contracts/{number}/document")
    def document(number: Number, there: Annotated[Visit, Depends(visit)]) -> Response:
        with reading(there.w.engine) as session:
            found = deals_read.contract_to_read(session, there.w, number, there.person).contract
        archive: Archive = there.w.archive
        # File names of ours are plain ASCII: no quoting is needed.
        headers = {"content-disposition": f'attachment; filename="{found.file_name}"'}
        return Response(archive.read(found.docx_sha256), media_type=_DOCX, headers=headers)

    @routes.get("/contracts/{number}/pdf")
    def pdf(number: Number, there: Annotated[Visit, Depends(visit)]) -> Response:
        with reading(there.w.engine) as session:
            found = deals_read.contract_to_read(session, there.w, number, there.person).contract
        if there.w.archive.pdf_path(found.docx_sha256) is None:
            raise no_page()
        name = found.file_name.removesuffix(".docx")
        headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
        return Response(there.w.archive.read_pdf(found.docx_sha256), media_type="application/pdf", headers=headers)


def _asked(there: Visit, number: int) -> str:
    """The id of the question about this contract."""
    with reading(there.w.engine) as session:
        request = deals_read.contract_to_read(session, there.w, number, there.person).request
    if request is None:
        raise Refused("Nobody is asked about this contract.", next_step="Draft it again: then legal is asked.")
    return request.id


def _shown(there: Visit, number: int, *, text: str = "", trouble: GreenroomError | None = None) -> Response:
    with reading(there.w.engine) as session:
        found = deals_read.contract_to_read(session, there.w, number, there.person)
    return there.show(
        "contract.html", status=status_of(trouble), here="contracts", it=found, text=text, trouble=trouble,
    )  # fmt: skip
