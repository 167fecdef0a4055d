"""The tables of `greenroom pool info` on ages, terms and sources, and what to do about them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cli.screen import Line, counted, table

if TYPE_CHECKING:
    from flows.steps.retention import Purged
    from sourcing.terms import Terms

_AGES = {"30": "up to 30 days ago", "90": "up to 90 days ago", "180": "up to 180 days ago", "365": "up to a year ago",
         "older": "longer ago"}  # fmt: skip
_ENDS = {"over": "is over", "7": "ends within 7 days", "30": "ends within 30 days", "later": "ends later",
         "none": "has no end"}  # fmt: skip
_MOST = 15


def tables(terms: "Terms") -> Iterator[Line]:
    """Freshness, terms and sources, the largest first."""
    yield table("Last seen", ["", "profiles"], _rows(_AGES, terms.ages), right=["profiles"])
    yield table("The time they may be kept", ["", "profiles"], _rows(_ENDS, terms.ends), right=["profiles"])
    rows = [(one.source or "not known", f"{one.profiles:,}", f"{one.seen_first[:10]} to {one.seen_last[:10]}",
             f"{one.term_over:,}", f"{one.term_soon:,}") for one in terms.sources[:_MOST]]  # fmt: skip
    yield table("Sources", ["source", "profiles", "seen", "time over", "over in 30 days"], rows,
                right=["profiles", "time over", "over in 30 days"])  # fmt: skip
    if len(terms.sources) > _MOST:
        yield f"and {counted(len(terms.sources) - _MOST, 'source')} more, with fewer profiles: --json"
    if terms.conflicts:
        told = [(one.field.replace("_", " "), one.won, one.lost, f"{one.profiles:,}", one.example)
                for one in terms.conflicts[:_MOST]]  # fmt: skip
        yield table("Where sources disagree", ["on", "believed", "not believed", "profiles", "such as"], told,
                    right=["profiles"])  # fmt: skip
    if terms.ends["7"]:
        yield "Look up again what runs out soon: greenroom pool refresh"
    if terms.ends["over"]:
        yield "Take out what may be kept no longer: greenroom pool purge --dry-run"


def purged(done: "Purged") -> Iterator[Line]:
    """What went, or would go, from which sources; and who stays although their time is over."""
    if not done.profiles:
        yield "Nobody's time is over." if not done.kept else "Nobody goes."
    else:
        said = "left the pool: their time was over" if done.done else "would leave the pool: their time is over"
        yield f"{counted(done.profiles, 'profile')} {said}."
        rows = [(source or "not known", f"{many:,}") for source, many in done.sources.items()]
        yield table("From", ["source", "profiles"], rows, right=["profiles"])
    if done.kept:
        named = ", ".join(done.kept[:_MOST]) + (" …" if len(done.kept) > _MOST else "")
        yield f"{counted(len(done.kept), 'profile stays', 'profiles stay')} for a deal under way: {named}"
    if done.profiles and not done.done:
        yield "Next: greenroom pool refresh, which looks up again what it can; then greenroom pool purge"


def _rows(words: dict[str, str], counts: dict[str, int]) -> list[tuple[str, str]]:
    return [(words[name], f"{count:,}") for name, count in counts.items() if count]
