"""HTML of the signing page: every word from words.toml, everything else escaped, nothing loaded from elsewhere. Pure.

Owns the look and the headers. Knows neither addresses of the web door nor the record.
"""

import base64
import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contracts.certificate import moment
from contracts.languages import long_date
from flows.steps.signing_page import Page, Shown, State

_HERE = Path(__file__).resolve().parent
#: What can be asked for under a link that opens no form.
_ASKED = {State.EXPIRED: "again", State.REPLACED: "again", State.ENDED: "copies"}
_FIELD = re.compile(r"\{([a-z]+)\}")


def words(language: str) -> Mapping[str, str]:
    """Everything the page says in a language; English where it is none of ours."""
    told: Mapping[str, str] = _words().get(language, _words()["en"])
    return told


def languages() -> frozenset[str]:
    return frozenset(_words()) - {"labels"}


def sign_page(
    page: Page, shown: Shown, *, here: str, mark: str, seen: str, form: Mapping[str, str], trouble: str = "",
    at_fault: str = "", declining: bool = False, status: int = 200,
) -> HTMLResponse:  # fmt: skip
    """The document with the form to sign it. `form` holds what was typed and is shown again; `at_fault` is the
    field that `trouble` is about, in the form to decline or in that to sign."""
    hidden = {"mark": mark, "seen": seen, "document": shown.docx_sha256, "terms": shown.terms_sha256,
              "consent": shown.consent.sha256}  # fmt: skip
    fields = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(*one) for one in hidden.items()
    )
    kept = {name: form.get(name, "") for name in ("name", "other_name", "code", "agrees", "reason")}
    return _rendered(
        "sign.html", page, status, shown=shown, here=here, hidden=fields, form=kept, trouble=trouble,
        at_fault=at_fault, declining=declining, code_runs=page.code_until is not None,
        summary=_summary(page.language, shown), until=_day(page),
    )  # fmt: skip


def state_page(page: Page, *, here: str, mark: str, seen: str, trouble: str = "", status: int = 200) -> HTMLResponse:
    """What there is to say of a link that opens no form, with the next step."""
    told, name = words(page.language), page.state.value
    lines = [trouble] if trouble else []
    lines.append(told["ended_by_hand" if page.state is State.ENDED and not page.has_certificate else name])
    if page.state is State.SIGNED and page.signed_at is not None:
        lines = [
            fill(told["signed"], name=page.signed_name, at=moment(page.signed_at)),
            told["signed_next" if page.has_certificate else "by_hand"],
        ]
        if page.shown is not None:
            lines.append(fill(told["signed_until"], until=_day(page)))
    return _rendered(
        "state.html", page, status, title=told[f"{name}_title"], lines=lines, here=here, mark=mark, seen=seen,
        again=_ASKED.get(page.state, "") if page.has_certificate or page.state is not State.ENDED else "",
        files=page.state is State.SIGNED and page.shown is not None, evidence=page.has_certificate,
        evidence_pdf=page.evidence_has_pdf,
    )  # fmt: skip


def plain_page(language: str, name: str, *, brand: str = "", status: int = 200) -> HTMLResponse:
    """A page of a title and a line: no such link, a new one is on its way, try again."""
    told = words(language)
    return _rendered("state.html", None, status, language=language, brand=brand, title=told[f"{name}_title"],
                     lines=[told[name]], again="", files=False)  # fmt: skip


def fill(text: str, **values: str) -> str:
    """In one pass: what a name says is never taken for a field, and from right to left it turns no sentence around."""
    return _FIELD.sub(lambda match: _apart(values[match[1]]), text)


def _apart(value: str) -> str:
    turns = any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in value)
    return f"\u2068{value}\u2069" if turns else value


def _day(page: Page) -> str:
    """The last day on which the page shows anything, on one line."""
    return long_date(page.until.date(), page.language).replace(" ", "\u00a0")


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
