"""A comparison as a page to read and print: findings first, then both texts clause by clause. Pure.

One file that asks no network for anything and runs no script. All text of the documents passes Jinja's escaping.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import jinja2

from contracts.returned.findings import Clause, Comparison, Finding, Row, Severity
from contracts.returned.wordwise import pieces, visible

_FOLDER = Path(__file__).parent / "compare_page"
_WORDS = {
    Severity.HIDDEN: "Would not be noticed by reading",
    Severity.CHANGED: "Changed outside the permitted places",
    Severity.PERMITTED: "Changed where it is permitted",
}


@dataclass(frozen=True)
class Heading:
    """What the page says of the two documents."""

    title: str
    sent_name: str
    sent_sha256: str
    returned_name: str
    returned_sha256: str
    compared_at: str


@dataclass(frozen=True)
class _Section:
    clause: Clause
    findings: tuple[Finding, ...]
    rows: tuple[Row, ...]


def page(heading: Heading, comparison: Comparison) -> str:
    """The whole page as HTML."""
    template, style = _parts()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    groups = [
        (_WORDS[severity], str(severity), [one for one in comparison.findings if one.severity is severity])
        for severity in (Severity.HIDDEN, Severity.CHANGED, Severity.PERMITTED)
    ]
    return template.render(
        heading=replace(heading, returned_name=visible(heading.returned_name)),
        groups=[group for group in groups if group[2]],
        outside=len(comparison.outside),
        permitted=len(comparison.permitted),
        sections=_sections(comparison),
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        pieces=lambda row: pieces(row.before or "", row.after or ""),
    )


def _sections(comparison: Comparison) -> list[_Section]:
    order: dict[Clause, list[Row]] = {}
    for row in comparison.rows:
        order.setdefault(row.clause, []).append(row)
    for finding in comparison.findings:
        order.setdefault(finding.clause, [])
    return [_Section(clause, _within(comparison.findings, clause), tuple(rows)) for clause, rows in order.items()]


def _within(findings: Sequence[Finding], clause: Clause) -> tuple[Finding, ...]:
    return tuple(one for one in findings if one.clause == clause)


@lru_cache(maxsize=1)
def _parts() -> tuple[jinja2.Template, str]:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(_FOLDER),
    )  # fmt: skip
    return environment.get_template("page.html.j2"), (_FOLDER / "page.css").read_text(encoding="utf-8")
