"""Contracts in the console: what waits for legal, one of them to read whole, what came back of it, and the answers.

The answer goes through the same step as every other door; what was read is sent along, so that a newer version is
never signed off blindly.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import RedirectResponse

from contracts.service import Archive
from core.database import reading
from core.errors import GreenroomError, Refused
from flows.steps import deals_read, review
from web.console import returned
from web.console.sessions import form_of
from web.console.visit import Visit, no_page, status_of

Form = Annotated[dict[str, str], Depends(form_of)]
Number = Annotated[int, Path(ge=1, lt=2**31)]
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def add(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    """Put these pages among those of the console."""
    _add_reading(routes, visit)
    _add_answering(routes, visit)
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


def _add_answering(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    @routes.post("/contracts/{number}/decide")
    def decide(number: Number, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        try:
            review.decide(
                there.w, _asked(there, number), form.get("choice", ""), actor=there.person, door="web",
                reason=form.get("text", ""), content_sha256=form.get("seen", ""), may_be_taken_back=True,
            )  # fmt: skip
        except Refused as refusal:
            return _shown(there, number, text=form.get("text", ""), trouble=refusal)
        return RedirectResponse(f"/console/contracts/{number}?said=decided", status_code=303)

    @routes.post("/contracts/{number}/take-back")
    def take_back(number: Number, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        try:
            review.take_back(there.w, _asked(there, number), actor=there.person, door="web")
        except Refused as refusal:
            return _shown(there, number, trouble=refusal)
        return RedirectResponse(f"/console/contracts/{number}?said=back", status_code=303)


def _asked(there: Visit, number: int) -> str:
    """The id of the question about this contract: no form can make it that of another matter."""
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
