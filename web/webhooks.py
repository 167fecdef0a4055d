"""POST /hooks/mail: the mail provider tells of bounces, complaints and deliveries. Signed; anything else is refused.

The answer says nothing of the mail, and what came in is written to no log.
"""

from collections.abc import Callable

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from core.errors import BadInput
from flows.steps import notices
from flows.steps.notices import NotGenuine
from flows.wiring import Wiring
from web.answers import said

#: Of their own: however many notices come, everybody else gets a thread.
_THREADS = 4


def router(fresh: Callable[[], Wiring]) -> APIRouter:
    """200 taken in (also before), 400 not to be read, 401 not genuine, 404 no provider is set up, 503 try again."""
    routes = APIRouter()
    threads = anyio.CapacityLimiter(_THREADS)

    @routes.post("/hooks/mail")
    async def mail(request: Request) -> Response:
        headers, body = dict(request.headers), await request.body()
        return await anyio.to_thread.run_sync(_taken, fresh, headers, body, limiter=threads)

    return routes


def _taken(fresh: Callable[[], Wiring], headers: dict[str, str], body: bytes) -> Response:
    w = fresh()
    if w.settings.webhook_secret is None:
        return said(404, "Nothing here listens to a mail provider.", "Set GREENROOM_WEBHOOK_SECRET.")
    try:
        is_new = notices.take_notice(w, headers, body)
    except NotGenuine as error:
        return said(401, error.message, "Sign it with the secret of this address, now.")
    except BadInput as error:
        return said(400, error.message, error.next_step)
    return JSONResponse({"ok": True, "new": is_new})
