"""The kinds of answers, and the words by which rules know them in English, German, Spanish and French.

The words are data, two files for each language under `outreach/meaning`; all are held against every answer, because
people mix languages and a short answer has none.
"""

import re
import tomllib
import unicodedata
from enum import StrEnum
from functools import cache
from itertools import groupby
from pathlib import Path

_EDGE = r"\b"
_FOLDER = Path(__file__).parent / "meaning"

LANGUAGES = ("en", "de", "es", "fr")


class ReplyKind(StrEnum):
    OPT_OUT = "opt-out"
    INTERESTED = "interested"
    PRICE_TALK = "price talk"
    QUESTION = "question"
    LATER = "later"
    DECLINED = "declined"
    AWAY = "away"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNCLEAR = "unclear"


#: Whoever says so is never written to again: a complaint is the louder form of opting out.
OPTS_OUT = frozenset({ReplyKind.OPT_OUT, ReplyKind.COMPLAINT})


class Sign(StrEnum):
    """The lists of a language: what is said, and the words that look like it and are blanked out before.

    HARMLESS is blanked out for COMPLAINT and OPT_OUT ("stop motion"), WILLING for DECLINED ("can't say no"), and ONWARD
    is a question that agrees ("how do we proceed?"). BARGAIN declines the terms and not the offer ("not for free").
    """

    HARMLESS = "harmless"
    COMPLAINT = "complaint"
    OPT_OUT = "opt_out"
    AWAY = "away"
    AWAY_SOFT = "away_soft"
    BARGAIN = "bargain"
    LATER = "later"
    WILLING = "willing"
    DECLINED = "declined"
    PRICE = "price"
    ONWARD = "onward"
    QUESTION = "question"
    INTERESTED = "interested"


@cache
def signs() -> dict[Sign, re.Pattern[str]]:
    """The patterns of all languages, for text that went through `folded`."""
    found: dict[Sign, list[str]] = {sign: [] for sign in Sign}
    for language in LANGUAGES:
        for file in ("closing", "signs"):
            lists = tomllib.loads((_FOLDER / f"{file}.{language}.toml").read_text(encoding="utf-8"))
            for name, patterns in lists.items():
                found[Sign(name)] += patterns
    return {sign: re.compile(_any_of([folded(p) for p in patterns])) for sign, patterns in found.items()}


def _any_of(patterns: list[str]) -> str:
    """One pattern for all, in their order. Those that begin at the edge of a word, as most do, are tried at such edges
    alone: else every answer is held against each of them at every letter."""
    told = []
    for at_edge, run in groupby(patterns, key=_begins_at_edge):
        either = "|".join(f"(?:{p.removeprefix(_EDGE) if at_edge else p})" for p in run)
        told.append(f"{_EDGE}(?:{either})" if at_edge else either)
    return "|".join(told)


def _begins_at_edge(pattern: str) -> bool:
    # A choice at its outside may have an edge in its first part only.
    outside = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "", pattern)
    while (inner := re.sub(r"\([^()]*\)", "", outside)) != outside:
        outside = inner
    return pattern.startswith(_EDGE) and "|" not in outside


def folded(text: str) -> str:
    """In small letters, without accents and with straight quotes, as people type in a hurry; "ß" becomes "ss"."""
    straight = text.translate(_STRAIGHT)
    plain = "".join(c for c in unicodedata.normalize("NFKD", straight) if not unicodedata.combining(c))
    return _small(plain).replace("ß", "ss")


def _small(text: str) -> str:
    """Small letters, but for the classes of a pattern (`\\W`, `\\S`, `\\D`), where case is the meaning."""
    return re.sub(r"\\[WSDB]|[^\\]|\\.?", lambda found: found[0] if found[0][0] == "\\" else found[0].lower(), text)


_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
