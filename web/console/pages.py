"""HTML of the console: everything that comes from outside is escaped, and nothing is loaded from elsewhere.

Owns the look and the headers of pages. Knows no record.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

_FOLDER = Path(__file__).resolve().parent / "html"


def page(name: str, *, status: int = 200, script: bool = False, frames: bool = False, **fields: object) -> HTMLResponse:
    """One page. Only with `script` may it run one, which copies; only with `frames` may it hold another of ours."""
    style, code = _read("console.css"), _read("console.js")
    known: dict[str, object] = {"person": None, "here": "", "mark": "", "said": "", "trouble": None, "step": _step}
    shown = {"style": Markup(style), "script": Markup(code) if script else ""}
    # Ours alone, and neither holds a closing tag.
    html = _environment().get_template(name).render(known | fields | shown)
    return HTMLResponse(html, status_code=status, headers=_headers(style, code if script else "", frames=frames))


def _step(line: str) -> Markup:
    """A next step as it reads on a page: a command is told from the words around it."""
    said, command, words = line.partition("greenroom ")
    if not command:
        return escape(line)
    return Markup("{}<code>{}</code> <span class='meta'>(at a terminal)</span>").format(said, f"{command}{words}")


def _headers(style: str, code: str, *, frames: bool) -> dict[str, str]:
    script = f" script-src '{_hash(code)}';" if code else ""
    script += " frame-src 'self';" if frames else ""
    return {
        "content-security-policy": f"default-src 'none'; style-src '{_hash(style)}';{script} img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        # With no referrer at all a browser would not say where a form came from, and we ask for that.
        "referrer-policy": "same-origin",
    }


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)  # fmt: skip
