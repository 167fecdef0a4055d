"""longlist.html: one page that carries all it needs and asks no network for anything.

Owns how the page is put together and its content security policy; the markup, style and script lie in `page/`. Text of
creators goes through Jinja's escaping into text or attribute values, nowhere else.
"""

import base64
import hashlib
import re
from datetime import date
from pathlib import Path

import jinja2
from markupsafe import Markup

from core.campaign import Campaign
from sourcing import charts
from sourcing.evidence import one_line
from sourcing.glossary import FACTOR_WORDS, KIND_WORDS, TERMS, fact_name, factor_name, kind_of
from sourcing.links import profile_address
from sourcing.longlist import Entry, Longlist
from sourcing.reasons import PLATFORM_NAMES

_PARTS = Path(__file__).parent / "page"
_LABEL = re.compile(r"([A-Z][a-z]+(?: [a-z]+){0,3})(?:: | (?=\d))")


def make_page(longlist: Longlist, campaign: Campaign) -> bytes:
    """The whole page in UTF-8; the same longlist gives the same bytes."""
    # Lengths of bars are classes, so that the policy need not allow style attributes.
    style = _part("longlist.css") + "".join(f".v{length}{{--v:{length}}}" for length in range(101))
    script = _part("longlist.js")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(_PARTS),
    )  # fmt: skip
    environment.filters |= {
        "count": lambda number: f"{number:,}", "day": _day, "line": one_line, "label": _labelled,
        "factor": factor_name, "fact": fact_name, "account": _account, "sentence": _sentence, "percent": _percent,
        "compact": charts.compact,
    }  # fmt: skip
    entries = longlist.entries
    page = environment.get_template("longlist.html.j2").render(
        longlist=longlist, campaign=campaign, style=Markup(style), script=Markup(script),
        policy=_policy(style, script), figures=_figures(longlist), losses=charts.losses(longlist),
        dearest=charts.dearest(longlist.funnel), columns=charts.fit_columns(longlist),
        near=charts.list_columns(entries),
        lowest=min((entry.fit for entry in entries), default=None), splits=_splits(entries),
        weights=charts.factor_shares(longlist, campaign), words=FACTOR_WORDS, kinds=KIND_WORDS, terms=TERMS, factors=_factors,
        platforms=PLATFORM_NAMES, address=profile_address, seen=_seen(entries),
    )  # fmt: skip
    return page.encode("utf-8", "replace")


def _percent(value: float) -> str:
    return f"{value:.1f} %" if value >= 0.1 or not value else f"{value:.2f} %"


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Only this style and this script run: markup that slipped through would still do nothing (CSP level 2)."""
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    )
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _figures(longlist: Longlist) -> list[tuple[str, str]]:
    entries = longlist.entries
    inside = longlist.funnel[-1].left if longlist.funnel else longlist.pool_size
    fits = sorted(entry.fit for entry in entries)
    shown = [
        (f"{longlist.pool_size:,}", "profiles looked at"),
        (f"{inside:,}", "inside every limit"),
        (f"{len(entries):,}", "on the longlist"),
        (f"{len(longlist.bench):,}", "in reserve"),
    ]
    if entries:
        shown += [
            (f"{fits[len(fits) // 2]:.0f}", "typical fit on the list"),
            (f"{sum(bool(entry.email) for entry in entries):,}", "with an e-mail address"),
            (charts.compact(sum(entry.followers for entry in entries)), "followers together"),
        ]
    return shown


def _splits(entries: tuple[Entry, ...]) -> list[tuple[str, tuple[charts.Bar, ...]]]:
    made = [
        ("Country", charts.tally(entry.country for entry in entries)),
        ("What they post about", charts.tally(one_line(entry.vertical or "", 40) for entry in entries)),
        ("City", charts.tally(one_line(entry.city or "", 40) for entry in entries)),
        ("Platform", charts.tally(PLATFORM_NAMES[entry.platform] for entry in entries)),
        ("Followers", charts.sizes(entries)),
    ]
    return [(title, bars) for title, bars in made if bars]


def _factors(entry: Entry) -> list[tuple[str, int | None, str]]:
    """(name, value 0..100 or None, how it came to be known) of each factor."""
    return [
        (name, None if value is None else round(100 * min(max(value, 0.0), 1.0)), kind_of(name, value, entry.kinds))
        for name, value in entry.factors
    ]


def _seen(entries: tuple[Entry, ...]) -> str:
    days = sorted(entry.fetched_at for entry in entries if entry.fetched_at)
    if not days:
        return ""
    first, last = _day(days[0]), _day(days[-1])
    return first if first == last else f"{first} to {last}"


def _day(value: str | date) -> str:
    """12 March 2026; whatever is no date stays as it is."""
    try:
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    except ValueError:
        return one_line(str(value), 40)
    return f"{day.day} {day:%B} {day.year}"


def _account(key: str) -> str:
    """platform:handle as people write it."""
    platform, _, handle = key.partition(":")
    return f"@{one_line(handle, 80)} on {PLATFORM_NAMES.get(platform, platform)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _labelled(reason: str) -> tuple[str, str]:
    """("Topic", "bio says …") of a reason that begins with what it is about, else ("", the reason)."""
    found = _LABEL.match(reason)
    return (found.group(1), _sentence(reason[found.end() :])) if found else ("", reason)
