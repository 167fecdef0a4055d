"""The web door put together: health, requests, Slack's address. Who calls is proved by a personal key.

No step of the journey runs in this process but decisions and signatures, and Slack's calls have threads of their own:
nothing that takes long delays them.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Annotated

import anyio.to_thread
from fastapi import FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlmodel import select
from starlette.exceptions import HTTPException
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from core.clock import SystemClock
from core.database import reading
from core.errors import GreenroomError, Refused
from core.models.approvals import Request as Question
from core.people import Person
from flows.serving.status import status_of
from flows.serving.tokens import BadToken, person_of
from flows.serving.worker import refreshed
from flows.slack.delivery import delivery
from flows.wiring import Wiring
from web import answers, requests, unsubscribe, webhooks
from web.console import routes as console
from web.console import visit
from web.shell import HEADERS, Shell
from web.signing import routes as signing

#: Gets the body as it came and the headers, checks Slack's signature itself, and answers.
SlackHttp = Callable[[bytes, Mapping[str, str]], Response | Awaitable[Response]]
_SLACK_THREADS = 20
#: Where people look and not programs, by how the address begins: what they see of something that should not fail.
_PAGES: Mapping[str, Callable[[Request], Response]] = {
    "/sign/": signing.failed, "/u/": unsubscribe.failed, "/console": visit.failed,
}  # fmt: skip


def create_app(w: Wiring, slack_http: SlackHttp | None = None) -> FastAPI:
    """The program for uvicorn. No documentation pages: they would load code from elsewhere."""
    app = FastAPI(title="Greenroom", version=version("greenroom"), docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Shell)
    if proxies := w.settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)
    app.add_exception_handler(GreenroomError, answers.on_our_error)
    app.add_exception_handler(HTTPException, answers.on_http_error)
    app.add_exception_handler(RequestValidationError, answers.on_wrong_words)
    app.add_exception_handler(Exception, _on_bug)

    def caller(authorization: Annotated[str, Header()] = "") -> Person:
        return _caller(refreshed(w), authorization)

    app.include_router(requests.router(lambda: refreshed(w), caller))
    for outside in (unsubscribe, webhooks):
        app.include_router(outside.router(lambda: refreshed(w)))
    app.include_router(console.router(lambda: refreshed(w)))
    app.include_router(signing.router(lambda: refreshed(w)))
    app.add_api_route("/health", lambda: _health(w), methods=["GET"])
    _add_slack(app, slack_http)
    return app


def _on_bug(request: Request, _error: Exception) -> Response:
    """Answered outside of the shell around every other call, so it brings its headers itself."""
    show = next((page for begin, page in _PAGES.items() if request.url.path.startswith(begin)), answers.on_bug)
    answer = show(request)
    for name, value in HEADERS:
        answer.headers.setdefault(name.decode(), value.decode())
    return answer


def _caller(w: Wiring, authorization: str) -> Person:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise BadToken("Nobody is named: the call has no key.")
    person_id = person_of(w.pepper, token.strip(), now=w.clock.now())
    try:
        return w.people.named(person_id)  # read at this moment: whoever left has no say any more
    except Refused:
        raise BadToken("Whose key this is, the people file does not know any more.") from None


def _health(w: Wiring) -> JSONResponse:
    slack: dict[str, object] = {"on": w.slack_on}
    try:
        with reading(w.engine) as session:
            session.exec(select(Question.id).limit(1)).first()
            slack |= asdict(delivery(session)) if w.slack_on else {}
        trouble = ""
    except GreenroomError as error:
        trouble = error.message
    served = status_of(w.settings.home, now=SystemClock().now())
    children = [{key: child[key] for key in ("name", "seconds", "restarts")} for child in served.children]
    document = {
        "ok": not trouble,
        "version": version("greenroom"),
        "record": trouble or "reachable",
        "slack": slack,
        "served": served.running,
        "children": children if served.running else [],
    }
    return JSONResponse(document, status_code=503 if trouble else 200)


def _add_slack(app: FastAPI, slack_http: SlackHttp | None) -> None:
    # Of their own: many slow calls to /api never keep Slack waiting for a thread.
    threads = anyio.CapacityLimiter(_SLACK_THREADS)

    @app.post("/slack/events")
    async def slack(request: Request) -> Response:
        if slack_http is None:
            step = "Set GREENROOM_SLACK_BOT_TOKEN and GREENROOM_SLACK_SIGNING_SECRET, then start it again."
            return answers.said(404, "Nothing here listens to Slack.", step)
        body, headers = await request.body(), dict(request.headers)
        answer = await anyio.to_thread.run_sync(slack_http, body, headers, limiter=threads)
        return await answer if inspect.isawaitable(answer) else answer
