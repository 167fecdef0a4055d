"""The addresses under /sign/TOKEN. Looking changes nothing, for mail scanners open every link; only a form does.

A form carries a mark that only its own page can have, and the browser's word on where it came from. Whoever calls
without end waits in a line of their own.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from urllib.parse import quote

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from core.errors import GreenroomError, Refused, TransientError
from flows.steps import signing, signing_page
from flows.steps.signing import Caller, Filled, Result, TooOften
from flows.steps.signing_page import Page, State
from flows.wiring import Wiring
from web.console.sessions import form_of
from web.signing import pages

log = logging.getLogger("greenroom.signing")
_THREADS = 8
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
#: What is said where a form was not a signature, whether the person has to do something about it (422) or not, and in
#: which field.
_SAID = {
    Result.CHANGED: ("changed", 409, ""), Result.NO_NAME: ("no_name", 422, "name"),
    Result.NO_CONSENT: ("no_consent", 422, "agrees"), Result.OTHER_NAME: ("other_name", 422, "other_name"),
    Result.NO_CODE: ("no_code", 422, "code"), Result.WRONG_CODE: ("wrong_code", 422, "code"),
    Result.DEAD_CODE: ("dead_code", 422, ""), Result.NO_REASON: ("no_reason", 422, "reason"),
}  # fmt: skip


class Visit:
    """Somebody before the page of one link: what they sent, and how it is shown again."""

    def __init__(self, w: Wiring, request: Request, written: str, form: dict[str, str]) -> None:
        self.w, self.request, self.form = w, request, form
        self.token = _token(written)
        self.here = f"/sign/{self.token}"
        self.page: Page | None = signing_page.page_of(w, self.token)

    @property
    def caller(self) -> Caller:
        address = self.request.client.host if self.request.client else ""
        return Caller.of(address, self.request.headers.get("user-agent", ""), pepper=self.w.pepper)

    def is_ours(self) -> bool:
        """Whether the form came from this page: its mark, and no other origin than ours."""
        origin = self.request.headers.get("origin", "")
        public = self.w.settings.public_url.rstrip("/")
        ours = {f"{self.request.url.scheme}://{self.request.headers.get('host', '')}", public, ""}
        expected = self._mark(self.form.get("seen", ""))
        return origin in ours and hmac.compare_digest(self.form.get("mark", "").encode(), expected.encode())

    def seen_at(self) -> datetime | None:
        """When the page was shown to whoever sent the form; the mark vouches for it."""
        try:
            return datetime.fromisoformat(self.form.get("seen", ""))
        except ValueError:
            return None

    def show(self, trouble: str = "", *, status: int = 200, at_fault: str = "", declining: bool = False) -> Response:
        self.page = page = signing_page.page_of(self.w, self.token)
        if page is None:
            return pages.plain_page(self.language, "unknown", status=404)
        seen = self.w.clock.now().isoformat()
        form = self.form if self.request.method == "POST" else {}
        if page.state is State.OPEN and page.shown is not None:
            return pages.sign_page(page, page.shown, here=self.here, mark=self._mark(seen), seen=seen, form=form,
                                   trouble=trouble, at_fault=at_fault, declining=declining, status=status)  # fmt: skip
        if status == 200 and page.state in (State.EXPIRED, State.REPLACED, State.VOID, State.ENDED):
            status = 410
        return pages.state_page(page, here=self.here, mark=self._mark(seen), seen=seen, trouble=trouble, status=status)

    def say(self, name: str, *, status: int, declining: bool = False) -> Response:
        return self.show(pages.words(self.language)[name], status=status, declining=declining)

    @property
    def language(self) -> str:
        if self.page is not None:
            return self.page.language
        return _wished(self.request)

    def _mark(self, seen: str) -> str:
        key = hmac.digest(self.w.pepper, b"greenroom signing form 1", hashlib.sha256)
        return hmac.new(key, f"{self.token}:{seen}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def router(fresh: Callable[[], Wiring]) -> APIRouter:
    """GET shows, POST does; every other method is refused with 405."""
    routes = APIRouter(prefix="/sign")
    threads = anyio.CapacityLimiter(_THREADS)

    async def answered(request: Request, written: str, do: Callable[[Visit], Response]) -> Response:
        form = await form_of(request) if request.method == "POST" else {}
        return await anyio.to_thread.run_sync(partial(_answered, fresh, request, written, form, do), limiter=threads)

    @routes.get("/{token}")
    async def look(token: str, request: Request) -> Response:
        declining = request.query_params.get("declining") == "yes"
        return await answered(request, token, lambda there: there.show(declining=declining))

    @routes.get("/{token}/{which}")
    async def file(token: str, which: str, request: Request) -> Response:
        return await answered(request, token, lambda there: _file(there, which))

    @routes.get("")
    @routes.get("/{rest:path}")
    async def nowhere(request: Request) -> Response:
        return pages.plain_page(_wished(request), "unknown", status=404)

    @routes.post("/{token}")
    async def sign(token: str, request: Request) -> Response:
        return await answered(request, token, _signed)

    @routes.post("/{token}/code")
    async def code(token: str, request: Request) -> Response:
        return await answered(request, token, _code)

    @routes.post("/{token}/decline")
    async def decline(token: str, request: Request) -> Response:
        return await answered(request, token, _declined)

    @routes.post("/{token}/again")
    async def again(token: str, request: Request) -> Response:
        return await answered(request, token, _again)

    return routes


def _answered(
    fresh: Callable[[], Wiring], request: Request, written: str, form: dict[str, str], do: Callable[[Visit], Response]
) -> Response:
    try:
        there = Visit(fresh(), request, written, form)
        if request.method == "POST" and there.page is not None and not there.is_ours():
            return there.say("not_ours", status=403)
        return do(there)
    except GreenroomError as trouble:
        status = 503 if isinstance(trouble, TransientError) else 500
        # Of the link nothing: whoever reads this must not sign.
        log.error("the signing page failed: %s", trouble, exc_info=status == 500)
        return failed(request, status=status)


def failed(request: Request, *, status: int = 500) -> Response:
    """What a creator sees of something that went wrong on our side: nothing about it, and to try again."""
    return pages.plain_page(_wished(request), "sorry", status=status)


def _file(there: Visit, which: str) -> Response:
    found = signing_page.file_of(there.w, there.token, which)
    if found is None:
        return there.show(status=404)
    name, content = found
    kind = name.rpartition(".")[2]
    # A PDF is read where it is; whatever else a browser would open in a program.
    how = "inline" if kind == "pdf" else "attachment"
    shown = f"{how}; filename=\"document.{kind}\"; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=_TYPES[kind], headers={"content-disposition": shown})


def _signed(there: Visit) -> Response:
    form = there.form
    filled = Filled(
        # Meant is the name that was asked about, not another one typed since.
        name=form.get("name", ""), code=form.get("code", ""), agrees=form.get("agrees") == "yes",
        docx_sha256=form.get("document", ""), terms_sha256=form.get("terms", ""),
        consent_sha256=form.get("consent", ""), other_name_meant=form.get("other_name", "") == form.get("name", ""),
    )  # fmt: skip
    result = signing.sign(there.w, there.token, filled, caller=there.caller)
    return _result(there, result)


def _result(there: Visit, result: Result, *, declining: bool = False) -> Response:
    if result not in _SAID:
        return RedirectResponse(there.here, status_code=303)  # done, now or before, or the page says what else
    name, status, at_fault = _SAID[result]
    there.page = signing_page.page_of(there.w, there.token)
    return there.show(_filled_in(there, name), status=status, at_fault=at_fault, declining=declining)


def _filled_in(there: Visit, name: str) -> str:
    """The sentence for a trouble, with what it is about."""
    told, page = pages.words(there.language), there.page
    left = page.tries_left if page else 0
    tries = told["one_try"] if left == 1 else pages.fill(told["tries"], count=str(left))
    party = page.shown.party if page and page.shown else ""
    return pages.fill(told[name], tries=tries, party=party, name=there.form.get("name", ""))


def _code(there: Visit) -> Response:
    declining = there.form.get("declining") == "yes"
    try:
        signing.ask_code(there.w, there.token, caller=there.caller, seen_at=there.seen_at())
    except TooOften:
        return there.say("too_often", status=429, declining=declining)
    except Refused as refusal:
        return _no_mail(there, refusal, declining=declining)
    where = "?declining=yes#decline" if declining else "#sign"
    return RedirectResponse(f"{there.here}{where}", status_code=303)


def _declined(there: Visit) -> Response:
    reason, code = there.form.get("reason", ""), there.form.get("code", "")
    result = signing.decline(there.w, there.token, reason, code, caller=there.caller)
    return _result(there, result, declining=True)


def _again(there: Visit) -> Response:
    try:
        state = signing.ask_again(there.w, there.token, caller=there.caller)
    except TooOften:
        return there.say("too_often", status=429)
    except Refused as refusal:
        return _no_mail(there, refusal)
    if state in signing.ASKED_AGAIN:
        told = "copies_sent" if state is State.ENDED else "again_sent"
        return pages.plain_page(there.language, told, brand=there.page.brand if there.page else "")
    return RedirectResponse(there.here, status_code=303)


def _no_mail(there: Visit, refusal: Refused, *, declining: bool = False) -> Response:
    """A person has to send it, and may have something to put right first: the creator is told no reason, the log is."""
    log.warning("a creator before the signing page gets no mail: %s", refusal)
    return there.say("no_mail", status=409, declining=declining)


def _wished(request: Request) -> str:
    """The language that a browser asks for, where it is one of ours."""
    wished = request.headers.get("accept-language", "")[:200].split(",")
    return next((one for text in wished if (one := text.strip().lower()[:2]) in pages.languages()), "en")


def _token(written: str) -> str:
    """Without what copying adds to the end of a link; "" where that is no token."""
    plain = written.strip().lower().rstrip("/.,;:!?)>\"']")
    return plain if signing_page.is_token(plain) else ""
