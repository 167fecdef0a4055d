"""What each address of the console shows and does. Rights are asked at the moment of each click, by the same steps as
at every other door.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse

from core.database import reading
from core.errors import GreenroomError, Refused
from core.people import Role
from core.platforms import profile_page
from flows.serving.tokens import BadToken
from flows.steps import deals_read, desk
from flows.wiring import Wiring
from outreach import answer_mail, answering, direct, threads, words
from web.console import contracts, sessions
from web.console.pages import page
from web.console.sessions import NotOurForm, form_of
from web.console.visit import Visit, no_page, page_routes, status_of

Form = Annotated[dict[str, str], Depends(form_of)]
Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,64}$")]


def router(fresh: Callable[[], Wiring]) -> APIRouter:
    """`fresh` makes the wiring of a call, so that a changed people file counts at once."""
    routes = APIRouter(prefix="/console", route_class=page_routes(fresh))

    def visit(request: Request) -> Visit:
        w = fresh()
        return Visit(w, request, sessions.whoever_is_there(w, request))

    _add_doors(routes, fresh)
    _add_home(routes, visit)
    _add_answers(routes, visit)
    _add_direct(routes, visit)
    contracts.add(routes, visit)
    _add_nowhere(routes, visit)
    return routes


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
            return page("login.html", status=status_of(refusal), next=there, trouble=refusal)
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
            mine, count = threads.count_for(session, there.person)
            waiting = desk.count_direct(session, actor=there.person)
            legal = len(deals_read.waiting_for(session, there.w, there.person))
        return there.show("home.html", mine=mine, others=count - mine, direct=waiting, contracts=legal)


def _add_answers(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    @routes.get("/inbox")
    def inbox(there: Annotated[Visit, Depends(visit)]) -> Response:
        with reading(there.w.engine) as session:
            items, count = threads.answers_for(session, there.person)
        return there.show("inbox.html", here="inbox", items=items, count=count)

    @routes.get("/inbox/{number}")
    def thread(number: int, there: Annotated[Visit, Depends(visit)]) -> Response:
        return _thread(there, number)

    @routes.post("/inbox/{number}/send")
    def send(number: int, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        text = form.get("text", "")
        try:
            there.check(form)
            desk.send_answer(there.w, number, text, actor=there.person, seen=_number(form.get("seen", "")))
        except Refused as refusal:
            sessions.check_origin(there.w, there.request)
            if not desk.answered_before(there.w, number, text, actor=there.person):
                # What was written is not lost.
                return _thread(there, number, text=text, trouble=refusal)
        return RedirectResponse("/console/inbox?said=sent", status_code=303)

    _add_ends(routes, visit)


def _add_ends(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    @routes.post("/inbox/{number}/done")
    def done(number: int, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        try:
            desk.close_item(there.w, number, actor=there.person, outcome=form.get("outcome", ""))
        except Refused as refusal:
            return _thread(there, number, trouble=refusal)
        return RedirectResponse("/console/inbox?said=done", status_code=303)

    @routes.post("/inbox/{number}/assign")
    def assign(number: int, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        try:
            if not form.get("to"):
                raise Refused("Nobody was chosen to hand it over to.", next_step="Choose a name, then hand it over.")
            desk.assign(there.w, number, to=there.w.people.named(form["to"]), actor=there.person)
        except Refused as refusal:
            return _thread(there, number, trouble=refusal)
        return RedirectResponse("/console/inbox?said=assigned", status_code=303)


def _add_direct(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    @routes.get("/direct")
    def drafts(there: Annotated[Visit, Depends(visit)]) -> Response:
        return _drafts(there)

    @routes.post("/direct/{campaign}/{number}/sent")
    def sent(campaign: Slug, number: int, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        text = form.get("text", "").replace("\r\n", "\n")
        try:
            desk.direct_sent(there.w, campaign, number, text, actor=there.person, to=_number(form.get("to", "")))
        except Refused as refusal:
            if not desk.recorded_before(there.w, number, text, actor=there.person):
                return _drafts(there, texts={number: text}, trouble=refusal)
        return RedirectResponse("/console/direct?said=recorded", status_code=303)


def _add_nowhere(routes: APIRouter, visit: Callable[..., Visit]) -> None:
    @routes.get("/{rest:path}")
    def nowhere(rest: str, there: Annotated[Visit, Depends(visit)]) -> Response:
        raise no_page()


def _thread(there: Visit, number: int, *, text: str | None = None, trouble: GreenroomError | None = None) -> Response:
    with reading(there.w.engine) as session:
        item = there.answer(session, number)
        said, others = threads.thread_of(session, item), threads.also_open(session, item)
        seen = answering.newest_of(session, item.reply.candidate_id)
        shown = item.reply.draft if text is None else text
        foreign = answering.to_translate(session, item.reply, shown)
    writers = {Role.SENDER, Role.OPS, Role.OWNER}
    return there.show(
        "thread.html", status=status_of(trouble), here="inbox", item=item, thread=said, trouble=trouble,
        others=others, seen=seen, text=shown, foreign=foreign, longest=answer_mail.LONGEST,
        link=profile_page(item.platform, item.handle),
        colleagues=[person for person in there.w.people
                    if writers & set(person.roles) and person.id != item.reply.assignee],
    )  # fmt: skip


def _drafts(there: Visit, *, texts: dict[int, str] | None = None, trouble: GreenroomError | None = None) -> Response:
    benches = desk.all_direct_messages(there.w, actor=there.person)
    with reading(there.w.engine) as session:
        today = direct.sent_today(session, there.w.clock, there.person)
    waiting = {draft.number for bench in benches for draft in bench.prepared.drafts}
    written = texts or {}
    return there.show(
        "direct.html", status=status_of(trouble), script=True, here="direct", benches=benches, today=today,
        texts=written, platform=words.platform, longest=direct.LONGEST, trouble=trouble,
        waits=bool(waiting) or any(bench.prepared.left for bench in benches),
        # Of a draft that is gone there is no card any more to show it in.
        kept="\n\n".join(text for number, text in written.items() if number not in waiting),
    )  # fmt: skip


def _within(path: str) -> str:
    """A page of the console, whatever somebody wrote into a link."""
    plain = path.isascii() and path.isprintable() and "\\" not in path and "//" not in path
    return path if plain and (path == "/console" or path.startswith("/console/")) else "/console"


def _number(text: str) -> int | None:
    """What one of our own forms carries along; None where it does not."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
