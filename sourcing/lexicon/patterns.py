"""Patterns that mean the same to DuckDB (RE2) and to Python, so that a count in columns and its evidence agree.

Written for text in lower case (`lowered`). Only what both engines understand alike is used: ASCII word edges, plain
classes, no anchors, no dot. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_EDGE = re.compile(r"[0-9a-z_]")
_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")


@dataclass(frozen=True)
class Pattern:
    """One alternation, valid in RE2 and in Python with re.ASCII; at most one group, which is what is meant."""

    text: str

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.text, re.ASCII)

    @property
    def literal(self) -> str:
        """The pattern as an SQL string."""
        return "'" + self.text.replace("'", "''") + "'"

    def matches_sql(self, column: str) -> str:
        """Whether the column holds it; null for null."""
        return f"regexp_matches({column}, {self.literal})"

    def count_sql(self, column: str, *, group: int = 0) -> str:
        """How many different things the column holds; null for null."""
        return f"len(list_distinct(regexp_extract_all({column}, {self.literal}, {group})))"

    def found_in(self, text: str, *, group: int = 0) -> tuple[str, ...]:
        """The different matches, in the order of the text; as many as `count_sql` counts."""
        return tuple(dict.fromkeys(match.group(group) for match in self.compiled.finditer(text)))


def lowered(text: str) -> str:
    """Lower case as DuckDB's lower() writes it: letter by letter, so no letter's case hangs on its neighbours."""
    return text.replace("İ", "i").replace("Σ", "σ").lower()


def any_of(words: Iterable[str]) -> Pattern:
    """Any of these words or phrases as whole words; a * at an end lets the word go on there, accents may be missing.

    Longer ones are tried first, so that what is found is the longest.
    """
    ordered = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))
    return Pattern("|".join(whole(word) for word in ordered))


def whole(word: str) -> str:
    """One phrase between word edges: "código*" → \\bc[oó]digo."""
    body = word.strip("*")
    first, last = _plain(body[:1]), _plain(body[-1:])
    before = "" if word.startswith("*") or not _EDGE.match(first) else r"\b"
    # An accented letter is no word letter to either engine, so no edge can be asked for behind it.
    after = "" if word.endswith("*") or not _EDGE.match(last) or not body[-1:].isascii() else r"\b"
    return before + spelt(body) + after


def spelt(word: str) -> str:
    """The word with or without its accents; "_" stands for the joints that people write: space, hyphen or nothing."""
    return "".join(_letter(letter) for letter in word)


def either_case(word: str) -> str:
    """The word in any case: code → [cC][oO][dD][eE], for texts that are not lowered."""
    return "".join(
        f"[{''.join(dict.fromkeys((*_forms(letter), *_forms(letter.upper()))))}]"
        if letter.isalpha()
        else _letter(letter)
        for letter in word
    )


def _letter(letter: str) -> str:
    if letter == "_":
        return "[ _.-]?"
    if _SPECIAL.match(letter):
        return "\\" + letter
    forms = _forms(letter)
    return letter if len(forms) == 1 else f"[{''.join(forms)}]"


def _forms(letter: str) -> tuple[str, ...]:
    plain = _plain(letter)
    return (letter,) if plain == letter else (plain, letter)


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[:1] if letter.isalpha() else letter
