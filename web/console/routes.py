"""What each address of the console shows and does. Rights are asked at the moment of each click, by the same steps as
at every other door.
"""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from sqlmodel import Session

from core.database import reading
from core.errors import GreenroomError, Refused
from core.people import Person, Role
from flows.serving.tokens import BadToken
from flows.steps import desk
from flows.wiring import Wiring
from outreach import answering, direct, threads, words
from outreach.threads import Waiting
from web.answers import NotFound, status_of_error
from web.console import sessions
from web.console.pages import page
from web.console.sessions import NotOurForm, NotSignedIn, form_of

_SAID = {
    "sent": "Your answer is on its way.",
    "done": "Marked as done.",
    "assigned": "Handed over.",
    "recorded": "Recorded: they count as invited now.",
}
Form = Annotated[dict[str, str], Depends(form_of)]


class Page(APIRoute):
    """Refusals are pages too: who is not signed in is asked to, and everything else is said with its next step."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except NotSignedIn:
                return _to_sign_in(request)
            except RequestValidationError:
                trouble: GreenroomError = NotFound("There is no such page.", next_step="Go back to the start.")
            except GreenroomError as error:
                trouble = error
            return page("problem.html", status=_status(trouble), trouble=trouble)

        return answered


def router(fresh: Callable[[], Wiring]) -> APIRouter:
    """`fresh` makes the wiring of a call, so that a changed people file counts at once."""
    routes = APIRouter(prefix="/console", route_class=Page)

    def visit(request: Request) -> "Visit":
        w = fresh()
        return Visit(w, request, sessions.whoever_is_there(w, request))

    _add_doors(routes, fresh)
    _add_home(routes, visit)
    _add_answers(routes, visit)
    _add_direct(routes, visit)
    return routes


class Visit:
    """Somebody who is signed in, before one page."""

    def __init__(self, w: Wiring, request: Request, person: Person) -> None:
        self.w, self.person, self.request = w, person, request

    def show(self, name: str, *, status: int = 200, script: bool = False, **fields: object) -> Response:
        said = _SAID.get(self.request.query_params.get("said", ""), "") if self.request.method == "GET" else ""
        return page(name, status=status, script=script, person=self.person, said=said,
                    mark=sessions.form_mark(self.w, self.request), name_of=self.w.people.name_of,
                    ago=partial(sessions.ago, now=self.w.clock.now()), **fields)  # fmt: skip

    def check(self, form: dict[str, str]) -> None:
        sessions.check_form(self.w, self.request, form)

    def may_answer(self, session: Session, item: Waiting) -> bool:
        try:
            answering.check_may_answer(self.person, item.reply, answering.about(session, item.reply)[1])
        except Refused:
            return False
        return True

    def answers(self, session: Session) -> list[Waiting]:
        """Those that this person may work on; their own first."""
        found = [item for item in threads.open_answers(session) if self.may_answer(session, item)]
        return sorted(found, key=lambda item: item.reply.assignee != self.person.id)

    def answer(self, session: Session, number: int) -> Waiting:
        item = threads.the_answer(session, number)
        answering.check_may_answer(self.person, item.reply, answering.about(session, item.reply)[1])
        return item


def _add_doors(routes: APIRouter, fresh: Callable[[], Wiring]) -> None:
    @routes.get("/login")
    def login(request: Request) -> Response:
        return page("login.html", next=_within(request.query_params.get("next", "")))

    @routes.post("/login")
    def sign_in(request: Request, form: Form) -> Response:
        w = fresh()
        there = _within(form.get("next", ""))
        try:
            sessions.check_origin(w, request)
            cookie = sessions.sign_in(w, form.get("key", ""))
        except (BadToken, NotOurForm) as refusal:
            return page("login.html", status=_status(refusal), next=there, trouble=refusal)
        answer = RedirectResponse(there, status_code=303)
        sessions.remember(answer, cookie, secure=sessions.is_secure(w, request))
        return answer

    @routes.post("/logout")
    def sign_out(request: Request, form: Form) -> Response:
        w = fresh()
        sessions.check_form(w, request, form)
        answer = RedirectResponse("/console/login", status_code=303)
        sessions.forget(answer, secure=sessions.is_secure(w, request))
        return answer


def _add_home(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    @routes.get("")
    def home(there: Annotated[Visit, Depends(visit)]) -> Response:
        with reading(there.w.engine) as session:
            items = there.answers(session)
            waiting = desk.count_direct(session, actor=there.person)
        mine = sum(item.reply.assignee == there.person.id for item in items)
        return there.show("home.html", mine=mine, others=len(items) - mine, direct=waiting)


def _add_answers(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    @routes.get("/inbox")
    def inbox(there: Annotated[Visit, Depends(visit)]) -> Response:
        with reading(there.w.engine) as session:
            return there.show("inbox.html", here="inbox", items=there.answers(session))

    @routes.get("/inbox/{number}")
    def thread(number: int, there: Annotated[Visit, Depends(visit)]) -> Response:
        return _thread(there, number)

    @routes.post("/inbox/{number}/send")
    def send(number: int, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        text = form.get("text", "")
        try:
            desk.send_answer(there.w, number, text, actor=there.person)
        except Refused as refusal:
            # What was written is not lost.
            return _thread(there, number, text=text, trouble=refusal)
        return RedirectResponse("/console/inbox?said=sent", status_code=303)

    @routes.post("/inbox/{number}/done")
    def done(number: int, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        desk.close_item(there.w, number, actor=there.person, outcome=form.get("outcome", ""))
        return RedirectResponse("/console/inbox?said=done", status_code=303)

    @routes.post("/inbox/{number}/assign")
    def assign(number: int, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        to = there.w.people.named(form.get("to", ""))
        desk.assign(there.w, number, to=to, actor=there.person)
        return RedirectResponse("/console/inbox?said=assigned", status_code=303)


def _add_direct(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    @routes.get("/direct")
    def drafts(there: Annotated[Visit, Depends(visit)]) -> Response:
        return _drafts(there)

    @routes.post("/direct/{campaign}/{number}/sent")
    def sent(campaign: str, number: int, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        text = form.get("text", "").replace("\r\n", "\n")
        try:
            to = form.get("to", "")
            known = int(to) if to.isascii() and to.isdecimal() and len(to) < 10 else None
            desk.direct_sent(there.w, campaign, number, text, actor=there.person, to=known)
        except Refused as refusal:
            return _drafts(there, texts={number: text}, trouble=refusal)
        return RedirectResponse("/console/direct?said=recorded", status_code=303)


def _thread(there: Visit, number: int, *, text: str | None = None, trouble: GreenroomError | None = None) -> Response:
    with reading(there.w.engine) as session:
        item = there.answer(session, number)
        said = threads.thread_of(session, item)
    writers = {Role.SENDER, Role.OPS, Role.OWNER}
    return there.show(
        "thread.html", status=_status(trouble), here="inbox", item=item, thread=said, trouble=trouble,
        text=item.reply.draft if text is None else text, longest=answering.LONGEST,
        link=direct.profile_link(item.platform, item.handle),
        colleagues=[person for person in there.w.people if writers & set(person.roles)],
    )  # fmt: skip


def _drafts(there: Visit, *, texts: dict[int, str] | None = None, trouble: GreenroomError | None = None) -> Response:
    benches = desk.all_direct_messages(there.w, actor=there.person)
    with reading(there.w.engine) as session:
        today = direct.sent_today(session, there.w.clock, there.person)
    waits = any(bench.prepared.drafts or bench.prepared.left for bench in benches)
    return there.show(
        "direct.html", status=_status(trouble), script=True, here="direct", benches=benches, today=today,
        texts=texts or {}, platform=words.platform, longest=direct.LONGEST, any_draft=waits, trouble=trouble,
    )  # fmt: skip


def _to_sign_in(request: Request) -> Response:
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        # From a link elsewhere (Slack, say) browsers leave a strict cookie at home; from our own page they bring it.
        return page("again.html")
    there = request.url.path if request.method == "GET" else "/console"
    return RedirectResponse(f"/console/login?next={quote(there, safe='/')}", status_code=303)


def _within(path: str) -> str:
    """A page of the console, whatever somebody wrote into a link."""
    plain = path.isascii() and path.isprintable() and "\\" not in path and "//" not in path
    return path if plain and (path == "/console" or path.startswith("/console/")) else "/console"


def _status(trouble: GreenroomError | None) -> int:
    if trouble is None:
        return 200
    return 403 if isinstance(trouble, NotOurForm) else status_of_error(trouble)
