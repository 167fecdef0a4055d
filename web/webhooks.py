"""POST /hooks/mail and /hooks/signature: what providers tell of mails and of documents. Sealed, or refused.

The answer says nothing of the mail or document, and what came in is written to no log.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from core.errors import BadInput, Refused
from core.notices import NotGenuine
from core.settings import Settings
from flows.steps import notices, putting_out
from flows.wiring import Wiring
from web.answers import said

log = logging.getLogger("greenroom.webhooks")
#: Of their own, for each provider: however many notices come, everybody else gets a thread.
_THREADS = 4


@dataclass(frozen=True)
class _Listener:
    """Who listens at one address, where a provider is set up, and what takes a notice in."""

    whom: str
    is_set_up: Callable[[Settings], bool]
    set_up: str
    take: Callable[[Wiring, Mapping[str, str], bytes], bool]


_MAIL = _Listener("mail provider", lambda chosen: chosen.webhook_secret is not None,
                  "Set GREENROOM_WEBHOOK_SECRET.", notices.take_notice)  # fmt: skip
_SIGNATURE = _Listener(
    "signature provider",
    lambda chosen: chosen.signature_provider == "webhook" and chosen.signature_secret is not None,
    "Set GREENROOM_SIGNATURE_PROVIDER=webhook and GREENROOM_SIGNATURE_SECRET.", putting_out.take_notice,
)  # fmt: skip


def router(fresh: Callable[[], Wiring]) -> APIRouter:
    """200 taken in (also before), 400 not to be read, 401 not genuine, 404 no provider is set up, 409 not possible any
    more, 503 try again."""
    routes = APIRouter()
    of_mails, of_documents = anyio.CapacityLimiter(_THREADS), anyio.CapacityLimiter(_THREADS)

    async def taken(request: Request, listener: _Listener, threads: anyio.CapacityLimiter) -> Response:
        headers, body = dict(request.headers), await request.body()
        return await anyio.to_thread.run_sync(_taken, fresh, listener, headers, body, limiter=threads)

    @routes.post("/hooks/mail")
    async def mail(request: Request) -> Response:
        return await taken(request, _MAIL, of_mails)

    @routes.post("/hooks/signature")
    async def signature(request: Request) -> Response:
        return await taken(request, _SIGNATURE, of_documents)

    return routes


def _taken(fresh: Callable[[], Wiring], listener: _Listener, headers: Mapping[str, str], body: bytes) -> Response:
    w = fresh()
    if not listener.is_set_up(w.settings):
        return said(404, f"Nothing here listens to a {listener.whom}.", listener.set_up)
    try:
        is_new = listener.take(w, headers, body)
    except NotGenuine as error:
        return said(401, error.message, "Seal it with the secret of this address, now.")
    except BadInput as error:
        return said(400, error.message, error.next_step)
    except Refused as error:
        # It was sealed, so something did happen over there: somebody here should be able to find out.
        log.warning("a notice of the %s changes nothing: %s", listener.whom, error.message)
        return said(409, error.message, "It changes nothing here; tell whoever it is about.")
    return JSONResponse({"ok": True, "new": is_new})
