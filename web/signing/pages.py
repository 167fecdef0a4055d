"""HTML of the signing page: every word from words.toml, everything else escaped, nothing loaded from elsewhere. Pure.

Owns the look and the headers. Knows neither addresses of the web door nor the record.
"""

import base64
import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contracts.certificate import moment
from contracts.languages import long_date
from flows.steps.signing import Page, Shown, State

_HERE = Path(__file__).resolve().parent
_FIELD = re.compile(r"\{([a-z]+)\}")


def words(language: str) -> Mapping[str, str]:
    """Everything the page says in a language; English where it is none of ours."""
    told: Mapping[str, str] = _words().get(language, _words()["en"])
    return told


def languages() -> frozenset[str]:
    return frozenset(_words()) - {"labels"}


def sign_page(
    page: Page, shown: Shown, *, here: str, mark: str, seen: str, form: Mapping[str, str], trouble: str = "",
    ask_name: bool = False, declining: bool = False, status: int = 200,
) -> HTMLResponse:  # fmt: skip
    """The document with the form to sign it. `form` holds what was typed and is shown again."""
    hidden = {"mark": mark, "seen": seen, "document": shown.docx_sha256, "terms": shown.terms_sha256,
              "consent": shown.consent.sha256}  # fmt: skip
    fields = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(*one) for one in hidden.items()
    )
    kept = {name: form.get(name, "") for name in ("name", "code", "agrees", "reason")}
    until = long_date(page.expires_at.date(), page.language).replace(" ", "\u00a0")
    return _rendered(
        "sign.html", page, status, shown=shown, here=here, hidden=fields, form=kept, trouble=trouble,
        ask_name=ask_name, declining=declining, code_runs=page.code_until is not None,
        summary=_summary(page.language, shown), until=until,
    )  # fmt: skip


def state_page(page: Page, *, here: str, mark: str, seen: str, trouble: str = "", status: int = 200) -> HTMLResponse:
    """What there is to say of a link that opens no form, with the next step."""
    told, name = words(page.language), page.state.value
    lines = [trouble] if trouble else []
    lines.append(told[name])
    if page.state is State.SIGNED and page.signed_at is not None:
        lines = [fill(told["signed"], name=page.signed_name, at=moment(page.signed_at)), told["signed_next"]]
    return _rendered(
        "state.html", page, status, title=told[f"{name}_title"], lines=lines, here=here, mark=mark, seen=seen,
        again=page.state in (State.EXPIRED, State.REPLACED),
        files=page.state is State.SIGNED and page.shown is not None, evidence=page.has_certificate,
        evidence_pdf=page.certificate_has_pdf,
    )  # fmt: skip


def plain_page(language: str, name: str, *, brand: str = "", status: int = 200) -> HTMLResponse:
    """A page of a title and a line: no such link, a new one is on its way, try again."""
    told = words(language)
    return _rendered("state.html", None, status, language=language, brand=brand, title=told[f"{name}_title"],
                     lines=[told[name]], again=False, files=False)  # fmt: skip


def fill(text: str, **values: str) -> str:
    """In one pass: what a name says is never taken for a field."""
    return _FIELD.sub(lambda match: values[match[1]], text)


def _summary(language: str, shown: Shown) -> list[tuple[str, tuple[str, ...]]]:
    labels = _words()["labels"].get(language, _words()["labels"]["en"])
    told = {name: shown.values.get(name, "") for name in labels}
    if not told.get("pay.months"):
        told.pop("pay.total", None)  # it is the fee once more
    return [(labels[name], (value,) if isinstance(value, str) else value) for name, value in told.items() if value]


def _rendered(name: str, page: Page | None, status: int, **fields: Any) -> HTMLResponse:
    style = _style()
    known = {"language": page.language, "brand": page.brand} if page else {}
    shown = known | fields
    html = _environment().get_template(name).render(shown | {"t": words(shown["language"]), "style": Markup(style)})
    return HTMLResponse(html, status_code=status, headers=_headers(style))


def _headers(style: str) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        "content-security-policy": f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        # With none at all a browser would not say where a form came from; elsewhere it still tells nothing.
        "referrer-policy": "same-origin",
        "x-robots-tag": "noindex, nofollow, noarchive",
    }


@cache
def _style() -> str:
    return (_HERE / "html" / "signing.css").read_text(encoding="utf-8")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(_HERE / "html"), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    made.filters["fill"] = fill
    return made
