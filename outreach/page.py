"""The page on which people look at a batch before it goes: one file that asks no network for anything. Pure.

Owns how the page is put together and its content security policy; markup, style and script lie in `preview_page/`. Each
mail stands in a frame of its own that may run nothing; text of creators reaches the page through Jinja's escaping only.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from outreach import words
from outreach.entries import step_name
from outreach.html_part import html_of
from outreach.lint import RULES

_FOLDER = Path(__file__).parent / "preview_page"
_LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French"}
#: Height of a frame before anybody measured it: characters that fit a line, and pixels of a line.
_WIDE, _NARROW, _LINE = 78, 40, 24


@dataclass(frozen=True)
class WaitingMail:
    """A written mail exactly as the creator will read it. `facts` carry source and day, `problems` are (rule, what is
    wrong, where to mend it); `not_before` is None where it goes with the next batch."""

    id: int
    candidate_id: int
    handle: str
    platform: str
    status: str
    step: str
    category: str
    sender: str
    sender_name: str
    sender_mail: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    html: str
    locale: str
    country: str
    time_zone: str
    not_before: datetime | None
    facts: tuple[dict[str, Any], ...]
    problems: tuple[dict[str, str], ...]
    template: str
    template_sha256: str


@dataclass(frozen=True)
class Left:
    """A creator who gets no mail, and why."""

    handle: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """What the page shows. `hours` is the window in the reader's day; `made_at` is aware."""

    campaign: str
    slug: str
    brand: str
    mails: Sequence[WaitingMail]
    left: Sequence[Left]
    made_at: datetime
    time_zone: str
    hours: tuple[int, int]


def make_page(batch: Batch) -> bytes:
    """The whole page in UTF-8; the same batch gives the same bytes."""
    template, style, script = _parts()
    page = template.render(
        batch=batch, mails=[_shown(mail, batch) for mail in batch.mails], counts=_counts(batch),
        style=Markup(style), script=Markup(script), policy=_policy(style, script), rules=RULES,
        made=_moment(batch.made_at, batch.time_zone), held=sum(bool(mail.problems) for mail in batch.mails),
    )  # fmt: skip
    return page.encode("utf-8", "replace")


def _shown(mail: WaitingMail, batch: Batch) -> Mapping[str, Any]:
    """One mail with what the template need not work out."""
    locale = mail.locale if mail.locale in _LANGUAGES else "en"
    html = mail.html or html_of(mail.text, locale)  # type: ignore[arg-type]
    return {
        "mail": mail, "html": html, "step": step_name(mail.step).capitalize(),
        "language": _LANGUAGES.get(mail.locale, ""), "when": _when(mail, batch), "only_text": not mail.html,
        "platform": words.platform(mail.platform),
        "size": f"--wide:{_height(mail.text, _WIDE)}px;--narrow:{_height(mail.text, _NARROW)}px",
        "failed": {problem["code"] for problem in mail.problems},
    }  # fmt: skip


def _when(mail: WaitingMail, batch: Batch) -> str:
    where = mail.time_zone or batch.time_zone
    if mail.category != "marketing":
        return "with the next batch, at any hour"
    if mail.not_before is not None and mail.not_before > batch.made_at:
        return f"not before {_moment(mail.not_before, where)}"
    opens, closes = batch.hours
    whose = "their" if mail.time_zone else "the sender’s"
    return f"between {opens:02}:00 and {closes:02}:00 {whose} time ({_city(where)})"


def _moment(moment: datetime, time_zone: str) -> str:
    local = moment.astimezone(ZoneInfo(time_zone))
    return f"{words.long_date(local.date(), 'en', weekday=True)}, {local:%H:%M} ({_city(time_zone)})"


def _city(time_zone: str) -> str:
    return time_zone.rpartition("/")[2].replace("_", " ")


def _counts(batch: Batch) -> list[tuple[str, list[tuple[str, int]]]]:
    """(heading, name and number) of what the batch is made of."""
    mails = batch.mails
    return [
        ("Step", _tally(step_name(mail.step).capitalize() for mail in mails)),
        ("Sender", _tally(mail.sender_name for mail in mails)),
        ("Language", _tally(_LANGUAGES.get(mail.locale, "not said") for mail in mails)),
    ]


def _tally(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))


def _height(text: str, width: int) -> int:
    lines = sum(max(1, -(-len(line) // width)) for line in text.split("\n"))
    return lines * _LINE + 60


@lru_cache(maxsize=1)
def _parts() -> tuple[jinja2.Template, str, str]:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(_FOLDER),
    )  # fmt: skip
    environment.filters["paragraphs"] = lambda text: re.split(r"\n\s*\n", str(text).strip())
    style, script = ((_FOLDER / f"page.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return environment.get_template("page.html.j2"), style, script


def _policy(style: str, script: str) -> str:
    """Only this style and this script run. Style attributes are let through: mails carry theirs inline."""
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    )
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; style-src-attr 'unsafe-inline'; "
        f"script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'"
    )
