"""A contract that came back, in the console: what was changed, both texts in view, and legal's answer to it.

What a creator sent is downloaded and never shown as it is; the page with both texts is ours, and is held in a frame
that can run nothing and send nothing.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from contracts.returned.documents import kind_of
from core.database import reading
from core.errors import GreenroomError
from flows.steps import deals_read
from flows.steps.deals_read import ReadingBack
from web.console import deciding
from web.console.deciding import Number
from web.console.visit import Visit, no_page, status_of

#: The page names the hash of its own style itself; it is kept, so its style may be older than this program.
_HELD = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox",
    "x-frame-options": "SAMEORIGIN",
}


def add(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    """Put these pages among those of the console."""

    @routes.get("/contracts/{number}/returned")
    def returned(number: Number, there: Annotated[Visit, Depends(visit)]) -> Response:
        return _shown(there, number)

    @routes.get("/contracts/{number}/returned/compared")
    def compared(number: Number, there: Annotated[Visit, Depends(visit)]) -> Response:
        found = _read(there, number)
        if not found.compared:
            raise no_page()
        return Response(found.compared, media_type="text/html; charset=utf-8", headers=_HELD)

    @routes.get("/contracts/{number}/returned/file")
    def file(number: Number, there: Annotated[Visit, Depends(visit)]) -> Response:
        sha256 = _read(there, number).request.content_sha256
        content = there.w.archive.read(sha256)
        # A name of ours: theirs may try to look like something else.
        headers = {"content-disposition": f'attachment; filename="returned-{sha256[:12]}.{kind_of(content)}"'}
        return Response(content, media_type="application/octet-stream", headers=headers)

    deciding.add(
        routes, visit, "/contracts/{number}/returned", asked=lambda there, number: _read(there, number).request.id,
        shown=_shown,
    )  # fmt: skip


def _read(there: Visit, number: int) -> ReadingBack:
    with reading(there.w.engine) as session:
        return deals_read.returned_to_read(session, there.w, number, there.person)


def _shown(there: Visit, number: int, *, text: str = "", trouble: GreenroomError | None = None) -> Response:
    return there.show(
        "returned.html", status=status_of(trouble), frames=True, here="contracts", it=_read(there, number), text=text,
        trouble=trouble,
    )  # fmt: skip
