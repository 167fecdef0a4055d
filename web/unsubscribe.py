"""The page behind the unsubscribe address of our mails: asked with GET, done with POST (RFC 8058).

No login, no cookie, no redirect, and GET changes nothing: mail scanners open every link. An address that is none of
ours gets the same pages, so nobody learns who was written to.
"""

import logging
import re
from collections.abc import Callable
from html import escape
from string import Template

import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from core.errors import GreenroomError
from flows.steps import notices
from flows.steps.notices import Leaving
from flows.wiring import Wiring

log = logging.getLogger("greenroom.unsubscribe")

#: Mail programs and scanners that call without end wait for one another here, and keep no thread from anybody else.
_THREADS = 8
_WORDS = {
    "en": {
        "title": "Unsubscribe",
        "ask": "Click the button, and you will not hear from {brand} again.",
        "button": "Stop writing to me",
        "done": "Done",
        "never": "You will not hear from {brand} again.",
        "late": "A message that is already on its way may still arrive.",
        "sorry": "That did not work just now. Please try again in a minute.",
        "us": "us",
    },
    "de": {
        "title": "Abmelden",
        "ask": "Nach einem Klick auf den Knopf kommt keine Nachricht mehr von {brand}.",
        "button": "Nicht mehr schreiben",
        "done": "Erledigt",
        "never": "Es kommt keine Nachricht mehr von {brand}.",
        "late": "Eine Nachricht, die schon unterwegs ist, kann noch ankommen.",
        "sorry": "Das hat gerade nicht geklappt. Bitte in einer Minute noch einmal versuchen.",
        "us": "uns",
    },
    "es": {
        "title": "Darse de baja",
        "ask": "Con un clic en el botón no llegará ningún mensaje más de {brand}.",
        "button": "No quiero más mensajes",
        "done": "Hecho",
        "never": "No llegará ningún mensaje más de {brand}.",
        "late": "Un mensaje que ya está en camino todavía puede llegar.",
        "sorry": "No ha funcionado en este momento. Inténtalo de nuevo en un minuto.",
        "us": "nuestra parte",
    },
    "fr": {
        "title": "Se désabonner",
        "ask": "Un clic sur le bouton, et plus aucun message de {brand} n’arrivera.",
        "button": "Ne plus m’écrire",
        "done": "C’est fait",
        "never": "Plus aucun message de {brand} n’arrivera.",
        "late": "Un message déjà en route peut encore arriver.",
        "sorry": "Cela n’a pas fonctionné. Merci de réessayer dans une minute.",
        "us": "notre part",
    },
}
_STYLE = """
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:#f6f4ef;color:#22252b;
font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:440px;background:#fff;border:1px solid #e4dfd5;border-radius:14px;padding:32px 28px}
.brand{margin:0 0 20px;font-size:14px;letter-spacing:.04em;color:#6b6f78;overflow-wrap:anywhere}
h1{margin:0 0 10px;font-size:26px;line-height:1.2}
p{margin:0 0 14px;overflow-wrap:anywhere}
.small{margin:0;font-size:14px;color:#6b6f78}
button{width:100%;margin-top:10px;padding:14px 18px;border:0;border-radius:10px;background:#1f4d3f;color:#fff;
font:inherit;font-weight:600;cursor:pointer}
button:hover{background:#173a30}
button:focus-visible{outline:3px solid #9fc6b8;outline-offset:2px}
@media (prefers-color-scheme:dark){body{background:#15171b;color:#eceae5}main{background:#1e2126;border-color:#31353c}
.brand,.small{color:#a3a7b0}button{background:#7fc4ab;color:#10211b}button:hover{background:#97d3bd}}
""".strip()
_PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>$title</title>
<style>$style</style>
</head>
<body><main>
$brand$body
</main></body>
</html>
""")
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
}


def router(fresh: Callable[[], Wiring]) -> APIRouter:
    """GET and POST of /u/TOKEN; every other method is refused with 405, so that nothing else ever unsubscribes."""
    routes = APIRouter()
    threads = anyio.CapacityLimiter(_THREADS)

    @routes.get("/u/{token:path}", response_class=HTMLResponse)
    async def asked(token: str, request: Request) -> HTMLResponse:
        known, trouble = await anyio.to_thread.run_sync(_tried, fresh, notices.leaving_by, token, limiter=threads)
        language = _language(known, request)
        return _answer(language, _sorry(language) if trouble else _question(language, known), known, trouble=trouble)

    @routes.post("/u/{token:path}", response_class=HTMLResponse)
    async def done(token: str, request: Request) -> HTMLResponse:
        # Whatever is posted, and as whatever type: mail programs send List-Unsubscribe=One-Click in two of them.
        known, trouble = await anyio.to_thread.run_sync(_tried, fresh, notices.leave, token, limiter=threads)
        language = _language(known, request)
        return _answer(language, _sorry(language) if trouble else _farewell(language, known), known, trouble=trouble)

    return routes


def failed(request: Request) -> HTMLResponse:
    """What is answered where something went wrong that nobody thought of: mail programs call again, people read it."""
    language = _language(None, request)
    return _answer(language, _sorry(language), None, trouble=True)


def _tried(
    fresh: Callable[[], Wiring], step: Callable[[Wiring, str], Leaving | None], written: str
) -> tuple[Leaving | None, bool]:
    """What the step found, and whether it failed: the mail program then calls again, the person reads it in words."""
    try:
        return step(fresh(), _token(written)), False
    except GreenroomError as error:
        log.error("A wish to be left alone could not be taken down, and was not answered as if it were: %s", error)
        return None, True


def _token(written: str) -> str:
    """Without what copying adds to the end of a link; "" where that is no token."""
    found = re.fullmatch(r"([a-z2-7]{26})[/.,;:!?)>\"'\]]{0,5}", written.strip().lower())
    return found[1] if found else ""


def _language(known: Leaving | None, request: Request) -> str:
    if known is not None:
        return _spoken(known.locale)
    wished = [part.split(";")[0] for part in request.headers.get("accept-language", "")[:200].split(",")]
    return next((language for text in wished if (language := text.strip().lower()[:2]) in _WORDS), "en")


def _spoken(locale: str) -> str:
    language = locale.lower()[:2]
    return language if language in _WORDS else "en"


def _question(language: str, known: Leaving | None) -> str:
    return f"<h1>{escape(_WORDS[language]['title'])}</h1>\n<p>{_named(language, 'ask', known)}</p>\n{_button(language)}"


def _farewell(language: str, known: Leaving | None) -> str:
    words = _WORDS[language]
    late = f'<p class="small">{escape(words["late"])}</p>'
    return f"<h1>{escape(words['done'])}</h1>\n<p>{_named(language, 'never', known)}</p>\n{late}"


def _sorry(language: str) -> str:
    words = _WORDS[language]
    return f"<h1>{escape(words['title'])}</h1>\n<p>{escape(words['sorry'])}</p>\n{_button(language)}"


def _button(language: str) -> str:
    return f'<form method="post"><button type="submit">{escape(_WORDS[language]["button"])}</button></form>'


def _named(language: str, which: str, known: Leaving | None) -> str:
    words = _WORDS[language]
    return escape(words[which].replace("{brand}", known.brand if known else words["us"]))


def _answer(language: str, body: str, known: Leaving | None, *, trouble: bool) -> HTMLResponse:
    brand = f'<p class="brand">{escape(known.brand)}</p>\n' if known else ""
    page = _PAGE.substitute(language=language, title=escape(_WORDS[language]["title"]), style=_STYLE, brand=brand,
                            body=body)  # fmt: skip
    headers = _HEADERS | ({"retry-after": "60"} if trouble else {})
    return HTMLResponse(page, status_code=503 if trouble else 200, headers=headers)
