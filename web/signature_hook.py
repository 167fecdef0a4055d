"""POST /hooks/signature: the signature provider tells that a document was signed or declined. Sealed, or refused.

The answer says nothing of the document, and what came in is written to no log.
"""

from collections.abc import Callable

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from core.errors import BadInput, Refused
from flows.steps import putting_out
from flows.steps.putting_out import NotGenuine
from flows.wiring import Wiring
from web.answers import said

#: Of their own: however many notices come, everybody else gets a thread.
_THREADS = 4


def router(fresh: Callable[[], Wiring]) -> APIRouter:
    """200 taken in (also before), 400 not to be read, 401 not genuine, 404 nothing listens, 409 not out any more."""
    routes = APIRouter()
    threads = anyio.CapacityLimiter(_THREADS)

    @routes.post("/hooks/signature")
    async def signature(request: Request) -> Response:
        headers, body = dict(request.headers), await request.body()
        return await anyio.to_thread.run_sync(_taken, fresh, headers, body, limiter=threads)

    return routes


def _taken(fresh: Callable[[], Wiring], headers: dict[str, str], body: bytes) -> Response:
    w = fresh()
    if w.settings.signature_provider != "webhook" or w.settings.signature_secret is None:
        return said(404, "Nothing here listens to a signature provider.", "Set GREENROOM_SIGNATURE_PROVIDER=webhook.")
    try:
        is_new = putting_out.take_notice(w, headers, body)
    except NotGenuine as error:
        return said(401, error.message, "Seal it with the secret of this address, now.")
    except BadInput as error:
        return said(400, error.message, error.next_step)
    except Refused as error:
        return said(409, error.message, "Tell whoever sent the document; it changes nothing here.")
    return JSONResponse({"ok": True, "new": is_new})
