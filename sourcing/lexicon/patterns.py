"""Patterns that mean the same to DuckDB (RE2) and to Python, so that a count in columns and its evidence agree.

Written for text in lower case (`lowered`). Only what both engines understand alike is used: ASCII word edges, plain
classes, no anchors, no dot. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

_EDGE = re.compile(r"[0-9a-z_]")
_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")


@dataclass(frozen=True)
class Choice:
    """One way to match: `text` is its pattern, and no match of it is without one of `needs`, letter by letter."""

    text: str
    needs: tuple[str, ...]

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.text, re.ASCII)


@dataclass(frozen=True)
class Pattern:
    """One alternation, valid in RE2 and in Python with re.ASCII; at most one group, which is what is meant.

    `choices`: the same alternation cut up, so that in Python most of it need not be tried; () where it is not.
    """

    text: str
    choices: tuple[Choice, ...] = field(default=(), repr=False)

    @staticmethod
    def of(choices: Iterable[Choice]) -> "Pattern":
        listed = tuple(choices)
        return Pattern("|".join(choice.text for choice in listed), listed)

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
        return tuple(dict.fromkeys(match.group(group) for match in self.matches_in(text)))

    def is_in(self, text: str) -> bool:
        """Whether the text holds a match."""
        if not self.choices:
            return self.compiled.search(text) is not None
        return any(choice.compiled.search(text) for choice in self._possible(text))

    def matches_in(self, text: str) -> Iterator[re.Match[str]]:
        """As `compiled.finditer` has them: the leftmost, of those that begin together the first choice's. No choice may
        match nothing at all."""
        if not self.choices:
            yield from self.compiled.finditer(text)
            return
        found = [(match, choice) for choice in self._possible(text) if (match := choice.compiled.search(text))]
        while found:
            first = min(found, key=lambda one: one[0].start())[0]
            yield first
            # Those that begin in what was taken look again behind it; the others stay what they are.
            end = first.end()
            found = [(match, choice) for before, choice in found if (match := _behind(before, choice, end))]

    def _possible(self, text: str) -> list[Choice]:
        return [self.choices[number] for number in sorted({number for need, number in self._needs if need in text})]

    @cached_property
    def _needs(self) -> tuple[tuple[str, int], ...]:
        return tuple((need, number) for number, choice in enumerate(self.choices) for need in choice.needs)


def _behind(before: re.Match[str], choice: Choice, end: int) -> re.Match[str] | None:
    return before if before.start() >= end else choice.compiled.search(before.string, end)


def lowered(text: str) -> str:
    """Lower case as DuckDB's lower() writes it: letter by letter, so no letter's case hangs on its neighbours."""
    return text.replace("İ", "i").replace("Σ", "σ").lower()


def any_of(words: Iterable[str]) -> Pattern:
    """Any of these words or phrases as whole words; a * at an end lets the word go on there, accents may be missing.

    Longer ones are tried first, so that what is found is the longest.
    """
    ordered = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))
    return Pattern.of(Choice(whole(word), (certain(word),)) for word in ordered)


def certain(word: str) -> str:
    """The longest part of a phrase that stands letter by letter in whatever `whole` or `spelt` makes of it finds."""
    parts = "".join(letter if _letter(letter) in (letter, f"\\{letter}") else "\n" for letter in word.strip("*"))
    return max(parts.split("\n"), key=len)


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
