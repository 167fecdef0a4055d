"""longlist.html: one page that carries all it needs and asks no network for anything.

Owns how the page is put together and its content security policy; the markup, style and script lie in `page/`. Text of
creators goes through Jinja's escaping into text or attribute values, nowhere else.
"""

import base64
import hashlib
import re
from datetime import date
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from core.campaign import Campaign
from core.platforms import PLATFORM_NAMES
from sourcing import charts
from sourcing.countries import language_codes
from sourcing.evidence import one_line
from sourcing.glossary import FACTOR_WORDS, KIND_WORDS, TERMS, fact_name, factor_name, kind_of
from sourcing.links import profile_address
from sourcing.longlist import Entry, Longlist

# More rows than that are slow to open, and nobody reads them on a page.
_MOST = 1_000
_FOLDER = Path(__file__).parent / "page"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# What a reason quotes: “…”, #hashtag, @handle.
_QUOTED = re.compile("(“[^”]*”|[#@][^\\s,;]+)")
_LABEL = re.compile(r"([A-Z][a-z]+(?: [a-z]+){0,3})(?:: | (?=\d))")


def make_page(longlist: Longlist, campaign: Campaign) -> bytes:
    """The whole page in UTF-8; the same longlist gives the same bytes."""
    template, style, script = _parts()
    entries = longlist.entries
    page = template.render(
        longlist=longlist, campaign=campaign, style=Markup(style), script=Markup(script),
        policy=_policy(style, script), figures=_figures(longlist), losses=charts.losses(longlist),
        dearest=charts.dearest(longlist.funnel), columns=charts.fit_columns(longlist),
        near=charts.list_columns(entries),
        lowest=min((entry.fit for entry in entries), default=None), splits=_splits(entries),
        weights=charts.factor_shares(longlist, campaign), words=FACTOR_WORDS, kinds=KIND_WORDS, terms=TERMS,
        order=tuple(dict.fromkeys(name for entry in entries for name, _ in entry.factors)), factors=_factors,
        most=_MOST, platforms=PLATFORM_NAMES, address=profile_address, seen=_seen(entries),
    )  # fmt: skip
    return page.encode("utf-8", "replace")


def _percent(value: float) -> str:
    return f"{value:.1f} %" if value >= 0.1 or not value else f"{value:.2f} %"


@lru_cache(maxsize=1)
def _parts() -> tuple[jinja2.Template, str, str]:
    """(template, style, script); compiling the template costs as much as filling it."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(_FOLDER),
    )  # fmt: skip
    environment.filters |= {
        "count": lambda number: f"{number:,}", "day": _day, "line": one_line, "label": _labelled, "pieces": _pieces,
        "facts": _facts, "further": _further,
        "factor": factor_name, "fact": fact_name, "account": _account, "language": _language,
        "sentence": _sentence, "percent": _percent,
    }  # fmt: skip
    # Lengths of bars are classes, so that the policy need not allow style attributes.
    lengths = "".join(f".v{length}{{--v:{length}}}" for length in range(101))
    style, script = ((_FOLDER / f"longlist.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return environment.get_template("longlist.html.j2"), style + lengths, script


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
            (f"{sum(bool(entry.email) for entry in entries):,}", "with an e-mail"),
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


def _factors(entry: Entry, order: tuple[str, ...]) -> list[tuple[str, int | None, str]]:
    """(name, value 0..100 or None, how it came to be known) of each factor, in the order all creators share."""
    known = dict(entry.factors)
    return [
        (name, None if value is None else round(100 * min(max(value, 0.0), 1.0)), kind_of(name, value, entry.kinds))
        for name in order
        for value in (known.get(name),)
    ]


def _facts(entry: Entry) -> list[tuple[str, list[str], str]]:
    """(kind, what was found, where) of the facts; where is "" if it is the entry's own source, told once below."""
    own = f" in {one_line(entry.source, 80)}"
    found: dict[tuple[str, str], list[str]] = {}
    for fact in entry.facts:
        found.setdefault((fact.kind, "" if fact.source.endswith(own) else fact.source), []).append(fact.value)
    return [(kind, values, source) for (kind, source), values in found.items()]


def _further(entry: Entry) -> list[tuple[str, str]]:
    """(factor on screen, what it rests on) of the known factors that are not among the three reasons."""
    known = {name for name, value in entry.factors if value is not None}
    return [
        (factor_name(name), _sentence(line.partition(": ")[2] or line))
        for name, line in entry.evidence
        if name in known and line not in entry.reasons
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


def _language(code: str) -> str:
    """German for de; a code that nobody knows stays as it is."""
    names = (name for name, known in language_codes().items() if known == code and len(name) > 2)
    return next(names, one_line(code, 20)).capitalize()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _labelled(reason: str) -> tuple[str, str]:
    """("Topic", "bio says …") of a reason that begins with what it is about, else ("", the reason)."""
    found = _LABEL.match(reason)
    return (found.group(1), _sentence(reason[found.end() :])) if found else ("", reason)


def _pieces(text: str) -> list[tuple[str, bool]]:
    """(piece, whether it stands apart): quotes in scripts from right to left must not turn the sentence around them."""
    text = text.replace(" %", "\u00a0%")
    if not _RIGHT_TO_LEFT.search(text):
        return [(text, False)]
    return [(piece, place % 2 == 1) for place, piece in enumerate(_QUOTED.split(text)) if piece]
