"""Who is at the console, and whether a form came from one of our own pages.

A session is a signed cookie and nothing is kept; a form carries a value that only this session can have, and the
browser's word on where it was sent from. Knows no page.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from fastapi import Request, Response

from core.errors import Refused
from core.people import Person
from flows.serving.tokens import BadToken, issue, person_of
from flows.wiring import Wiring

COOKIE = "greenroom_console"
LASTS = timedelta(hours=8)
_PURPOSE = b"greenroom console session 1"
_FORM = b"greenroom console form 1"


class NotSignedIn(Refused):
    """Nobody is signed in, or not any more."""


class NotOurForm(Refused):
    """What was sent did not come from one of our pages."""


def sign_in(w: Wiring, key: str) -> str:
    """The cookie for whoever has this personal key. Raises BadToken."""
    person_id = person_of(w.pepper, key.strip(), now=w.clock.now())
    try:
        person = w.people.named(person_id)
    except Refused:
        raise BadToken("Whose key this is, the people file does not know any more.") from None
    return issue(w.pepper, person.id, now=w.clock.now(), valid=LASTS, purpose=_PURPOSE)


def whoever_is_there(w: Wiring, request: Request) -> Person:
    """Read at this moment: whoever left the people file is not there any more. Raises NotSignedIn."""
    try:
        return w.people.named(person_of(w.pepper, request.cookies.get(COOKIE, ""), now=w.clock.now(), purpose=_PURPOSE))
    except Refused:
        raise NotSignedIn("You are not signed in.", next_step="Sign in with your personal key.") from None


def remember(response: Response, cookie: str, *, secure: bool) -> None:
    response.set_cookie(COOKIE, cookie, max_age=int(LASTS.total_seconds()), path="/console", secure=secure,
                        httponly=True, samesite="strict")  # fmt: skip


def forget(response: Response, *, secure: bool) -> None:
    response.delete_cookie(COOKIE, path="/console", secure=secure, httponly=True, samesite="strict")


def form_mark(w: Wiring, request: Request) -> str:
    """The value that every form of this session carries."""
    key = hmac.new(w.pepper, _FORM, hashlib.sha256).digest()
    mark = hmac.new(key, request.cookies.get(COOKIE, "").encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mark).decode().rstrip("=")


def check_origin(w: Wiring, request: Request) -> None:
    """Browsers say where a form was sent from. Raises NotOurForm where that was not here, or is not said."""
    origin = request.headers.get("origin", "")
    ours = {f"{request.url.scheme}://{request.headers.get('host', '')}", w.settings.public_url.rstrip("/")} - {""}
    if origin not in ours:
        raise NotOurForm("This did not come from a page of the console.", next_step="Open the page anew and try again.")


def check_form(w: Wiring, request: Request, form: dict[str, str]) -> None:
    """Raises NotOurForm where a form is not one of this session."""
    check_origin(w, request)
    if not hmac.compare_digest(form.get("mark", "").encode(), form_mark(w, request).encode()):
        raise NotOurForm("This page is of an earlier visit.", next_step="Open it anew and try again.")


def is_secure(w: Wiring, request: Request) -> bool:
    """Whether the browser speaks https with us, perhaps through a proxy at the public address."""
    public = urlsplit(w.settings.public_url)
    there = public.scheme == "https" and request.headers.get("host", "").casefold() == public.netloc.casefold()
    return request.url.scheme == "https" or there


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, each once. What is not one has none."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def ago(at: datetime, now: datetime) -> str:
    """ "3 hours ago"."""
    minutes = max(int((now - at).total_seconds() // 60), 0)
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
