"""Somebody before a page: what every page shows them, and what a refusal looks like.

Refusals are pages too: who is not signed in is asked to, and everything else is said with its next step. What somebody
wrote is never lost to one. Knows no page by name but those of refusals.
"""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from sqlmodel import Session

from core.errors import GreenroomError, PermanentError, Refused
from core.people import Person
from flows.wiring import Wiring
from outreach import answering, threads
from outreach.threads import Waiting
from web.answers import A_BUG, NotFound, status_of_error
from web.console import sessions
from web.console.pages import page
from web.console.sessions import NotOurForm, NotSignedIn, form_of

_SAID = {
    "sent": "Your answer is on its way.",
    "done": "Marked as done.",
    "assigned": "Handed over.",
    "recorded": "Recorded: they count as invited now.",
    "decided": "Recorded. For ten minutes it can be taken back; then it takes effect.",
    "back": "Taken back: it is open again, as if nobody had decided.",
}


class Visit:
    """Somebody who is signed in, before one page."""

    def __init__(self, w: Wiring, request: Request, person: Person) -> None:
        self.w, self.person, self.request = w, person, request

    def show(
        self, name: str, *, status: int = 200, script: bool = False, frames: bool = False, **fields: object
    ) -> Response:
        said = _SAID.get(self.request.query_params.get("said", ""), "") if self.request.method == "GET" else ""
        return page(name, status=status, script=script, frames=frames, person=self.person, said=said,
                    mark=sessions.form_mark(self.w, self.request), name_of=self.w.people.name_of,
                    ago=partial(sessions.ago, now=self.w.clock.now()), **fields)  # fmt: skip

    def check(self, form: dict[str, str]) -> None:
        sessions.check_form(self.w, self.request, form)

    def answer(self, session: Session, number: int) -> Waiting:
        """Raises Refused where they may not work on it."""
        item = threads.the_answer(session, number)
        campaign = answering.about(session, item.reply)[1]
        answering.check_may_answer(self.person, item.reply, campaign, self.w.people)
        return item


def page_routes(fresh: Callable[[], Wiring]) -> type[APIRoute]:
    """Routes whose refusals are pages."""

    class Page(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def answered(request: Request) -> Response:
                try:
                    return await handle(request)
                except RequestValidationError:
                    trouble: GreenroomError = no_page()
                except GreenroomError as error:
                    trouble = error
                return await _refusal(fresh(), request, trouble)

            return answered

    return Page


def no_page() -> NotFound:
    return NotFound("There is no such page.", next_step="Go back to the start.")


def status_of(trouble: GreenroomError | None) -> int:
    if trouble is None:
        return 200
    return 403 if isinstance(trouble, NotOurForm) else status_of_error(trouble)


async def _refusal(w: Wiring, request: Request, trouble: GreenroomError) -> Response:
    kept, looked, status = await _written(w, request), request.method == "GET", status_of(trouble)
    if isinstance(trouble, NotSignedIn):
        if not kept:
            return _to_sign_in(request)
        return page("problem.html", status=401, trouble=trouble, kept=kept, looked=looked, sign_in=True)
    try:
        there = Visit(w, request, sessions.whoever_is_there(w, request))
    except NotSignedIn:
        return page("problem.html", status=status, trouble=trouble, kept=kept, looked=looked, sign_in=True)
    return there.show("problem.html", status=status, trouble=trouble, kept=kept, looked=looked, sign_in=False)


def failed(request: Request) -> Response:
    """What is shown of an error that nobody thought of. Who is there is not asked: that may be what failed."""
    said, next_step = A_BUG
    return page("problem.html", status=500, trouble=PermanentError(said, next_step=next_step), kept="",
                looked=request.method == "GET", sign_in=False)  # fmt: skip


async def _written(w: Wiring, request: Request) -> str:
    """What somebody wrote on one of our pages and has sent just now: shown again, so that nothing is lost."""
    if request.method != "POST":
        return ""
    try:
        sessions.check_origin(w, request)
    except Refused:
        return ""
    return (await form_of(request)).get("text", "")


def _to_sign_in(request: Request) -> Response:
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        # From a link elsewhere (Slack, say) browsers leave a strict cookie at home; from our own page they bring it.
        return page("again.html")
    there = request.url.path if request.method == "GET" else "/console"
    return RedirectResponse(f"/console/login?next={quote(there, safe='/')}", status_code=303)
