"""What legal may accept of a returned document: which changes touch what was agreed in an offer, and which are unseen.

What was agreed is changed by another offer alone; the words around it are legal's. The template tells which is which:
it knows the line in which each term stands. Pure; knows no record, and asks nobody.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from contracts.displaying import displayed, promised
from contracts.returned.findings import Comparison, Finding, Kind, Row, Severity
from contracts.returned.wordwise import plain
from contracts.summary import LABELS
from contracts.terms import Terms
from contracts.wording import Fields, Outline, Paragraph, expanded, fields_of

#: Line of a document → the fields that are printed in it.
Printed = Mapping[str, frozenset[str]]
_PAY = "pay."
_CURRENCY = (r"[€$£¥]|(?:EUR|USD|GBP|CHF|JPY|PLN|SEK|NOK|DKK|CZK|CAD|AUD|euros?|dollars?|dólares|pounds?|libras?|"
             r"francs?|franken)\b")  # fmt: skip
_NUMBER = r"\d[\d.,' ]*"
#: An amount or a share, as people write them: 500 EUR, €500, 5 %, 5 percent.
_AMOUNT = re.compile(
    rf"(?:{_CURRENCY})\s*{_NUMBER}|{_NUMBER}\s*(?:{_CURRENCY})|{_NUMBER}\s*(?:%|percent\b|prozent\b|por ciento\b)",
    re.IGNORECASE,
)


def printed_in(outline: Outline, fields: Fields, names: Mapping[str, str] | None = None) -> dict[str, frozenset[str]]:
    """The lines of a template as they read when filled in with these fields, each with the fields that stand in it."""
    known = names or {}
    found: dict[str, frozenset[str]] = {}
    for item in outline:
        if isinstance(item, Paragraph):
            asked = frozenset(known.get(name, name) for name in fields_of((item,)))
            lines = {plain(line.text): asked for line in expanded((item,), fields)} if asked else {}
        elif item.variable:
            lines = {}
            for value in fields[item.field]:
                inner = {**fields, item.variable: value}
                lines |= printed_in(item.content, inner, {**known, item.variable: item.field})
        else:
            lines = printed_in(item.content, fields, known) if fields[item.field] else {}
        for text, asked in lines.items():
            found[text] = found.get(text, frozenset()) | asked
    return found


def touched(comparison: Comparison, outline: Outline, terms: Terms) -> tuple[str, ...]:
    """What the changes touch of what was agreed in an offer, in words; () where all of it stands as it was.

    Any change in a clause in which pay is printed counts, and so does any amount that our line did not hold.
    """
    printed, negotiated = printed_in(outline, displayed(terms)), frozenset(promised(terms, terms.language))
    outside = {one.clause for one in comparison.outside}
    paid = {row.clause for row in comparison.rows if any(name.startswith(_PAY) for name in _fields(row, printed))}
    names: set[str] = set()
    amounts: dict[str, None] = {}
    for row in comparison.rows:
        if row.before != row.after and row.clause in outside:
            names.update(_otherwise(row, _fields(row, printed) & negotiated, displayed(terms)))
            amounts |= dict.fromkeys(_new_amounts(row.before or "", row.after or ""))
    for one in comparison.outside:
        amounts |= dict.fromkeys(_new_amounts(one.before, one.after))
    clauses = dict.fromkeys(one.clause for one in comparison.outside if one.clause in paid)
    labelled = [label for name, label in LABELS.items() if name in names]
    others = [name.replace(".", " ") for name in sorted(names - set(LABELS))]
    return (*labelled, *others, *(f"clause “{one.name}”, which says what is paid" for one in clauses),
            *(f"an amount that we did not write: {one}" for one in amounts))  # fmt: skip


def says_anything(comparison: Comparison) -> bool:
    """False for a scan, of which only eyes can tell what it says."""
    return any(row.after for row in comparison.rows)


def unseen(comparison: Comparison) -> tuple[Finding, ...]:
    """What nobody can have read: of a file with any of it nobody can say which words were agreed to."""
    return tuple(one for one in comparison.outside if one.severity is Severity.HIDDEN or one.kind is Kind.TRACKED)


def clauses_said(comparison: Comparison, approved: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of approved clauses, of texts by id, that came in word for word as a line."""
    came = {plain(row.after) for row in comparison.rows if row.after and row.before != row.after}
    return tuple(name for name, text in approved.items() if plain(text) in came)


def _fields(row: Row, printed: Printed) -> frozenset[str]:
    return printed.get(row.before or "", frozenset())


def _otherwise(row: Row, names: frozenset[str], values: Fields) -> Iterator[str]:
    """Those fields of a line whose value stands in it more or less often than before."""
    for name in names:
        value = values[name]
        said = [
            one for one in ([value] if isinstance(value, str) else value) if one and plain(one) in (row.before or "")
        ]
        if any(_count(plain(one), row.before) != _count(plain(one), row.after) for one in said):
            yield name


def _count(value: str, text: str | None) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(value)}(?!\w)", text or ""))


def _new_amounts(before: str, after: str) -> list[str]:
    old, new = (Counter(" ".join(found.split()) for found in _AMOUNT.findall(text)) for text in (before, after))
    return list((new - old).elements())
