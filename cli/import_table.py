"""What the columns of an unknown table are taken for, as a table that a person confirms or changes by keys.

Owns the screen and what a key does. The guess itself is sourcing.presets.guessing's matter.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.review_session import Keyboard
from cli.screen import counted, plain
from core.platforms import PLATFORM_NAMES, PLATFORMS

if TYPE_CHECKING:
    from sourcing.presets.guessing import Guess, Guessed

_UP, _DOWN = ("\x1b[A", "\x1bOA", "k"), ("\x1b[B", "\x1bOB", "j")
_PAGE_UP, _PAGE_DOWN, _PAGE = "\x1b[5~", "\x1b[6~", 10
#: Lines below the table that a question and the cursor need.
_SPARE = 4
#: Of columns that nothing is known of, so many are shown in an answer.
_MOST_UNKNOWN = 12
_TAKE = ("\r", "\n")
_MOST_NAMED = 8
_USUAL = "handle, name, bio, followers, engagement, country, email, posted"
_STOP = ("q", "Q", "\x1b", "\x03", "\x04")
_STYLES = {"sure": "green", "likely": "yellow", "open": "red"}
_NOT_USED = "not used"
#: How a field is said to a person, where its name does not say it.
WORDS = {
    "handle": "account (handle)", "engagement": "engagement rate", "engagement_percent": "engagement rate in %",
    "engagement_bps": "engagement rate in hundredths of a %", "last_seen": "day of the data",
    "posted": "days of posts", "account_type": "kind of account", "is_business": "is a business",
    "url": "profile address", "age": "age (minors are left out)",
}  # fmt: skip
_UNITS = {"thousands": "in thousands", "millions": "in millions", "share": "as a share (0.034 is 3.4 %)"}
_KEYS = (
    "Enter take it so   ↑ ↓ choose a column   c take it for something else   x leave it out   p platform   "
    "d day or month first   q stop"
)
_LACKING = {
    "handle": "No column says whose account a row is of: choose it with ↑ ↓, press c and type handle.",
    "platform": "Nothing says on which platform these accounts are: press p and type it.",
}


def confirm(
    file: str, found: "Guessed", keyboard: Keyboard, *, fields: tuple[str, ...], size: tuple[int, int] = (100, 1_000)
) -> "Guessed | None":
    """The guess as the person leaves it; None where they stop. `fields`: what a column can be taken for; `size`: how
    many signs and lines the terminal has."""
    at = next((n for n, one in enumerate(found.columns) if one.field and one.sure != "sure"), 0)
    table = _Asked(found, at, keyboard, fields)
    try:
        while True:
            keyboard.draw(_fitting(file, table, size))
            key, table.remark = keyboard.key(), ""
            if key in _STOP:
                return None
            if key not in _TAKE:
                table.press(key)
            elif not table.found.missing:
                return table.found
            else:
                table.remark = _LACKING[table.found.missing[0]]
    except (KeyboardInterrupt, EOFError):
        return None


@dataclass
class _Asked:
    """The table as it stands, the column that the cursor is on, and what is to be said with the next screen."""

    found: "Guessed"
    at: int
    keyboard: Keyboard
    fields: tuple[str, ...]
    remark: str = ""

    def press(self, key: str) -> None:
        last = len(self.found.columns) - 1
        if key in _UP or key in _DOWN:
            self.at = (self.at + (1 if key in _DOWN else -1)) % (last + 1)
        elif key in (_PAGE_UP, _PAGE_DOWN):
            self.at = min(max(self.at + (_PAGE if key == _PAGE_DOWN else -_PAGE), 0), last)
        elif key == "p":
            self._on_platform()
        elif key == "d":
            self._turn_days()
        elif key not in ("c", "x"):
            self.remark = "That key does nothing here."
        elif self.found.columns[self.at].protected:
            self.remark = "That column tells what the law protects, and is never read."
        else:
            self._take_for("-" if key == "x" else self.keyboard.line(self._question()).strip())

    def _question(self) -> str:
        column = plain(self.found.columns[self.at].column)
        return f"{column!r} is: {_USUAL} … (? for all, - for nothing)"

    def _take_for(self, said: str) -> None:
        from sourcing.presets.guessing import changed

        if said == "-":
            self.found = changed(self.found, self.at, "")
        elif said == "?":
            self.remark = f"A column can be: {', '.join(self.fields)}"
        elif said:
            field, self.remark = _field_meant(said, self.fields)
            if field:
                self.found = changed(self.found, self.at, field)

    def _turn_days(self) -> None:
        from sourcing.dates import DATED
        from sourcing.presets.guessing import with_order

        units = [one.unit for one in self.found.columns if one.field in DATED]
        self.found = with_order(self.found, "month first" if "day first" in units else "day first")
        self.remark = "" if units else "No column holds days."

    def _on_platform(self) -> None:
        said = self.keyboard.line(f"On which platform? {', '.join(PLATFORMS[:_MOST_NAMED])} …")
        platform, self.remark = _meant(said, PLATFORMS)
        if platform:
            self.found = replace(self.found, platform=platform, platform_why="as you said")


def answered(file: str, found: "Guessed") -> Group:
    """The table as an answer: of columns that nothing is known of, the first few."""
    unknown = [number for number, one in enumerate(found.columns) if not (one.field or one.protected or one.unfit)]
    left_out = set(unknown[_MOST_UNKNOWN:])
    shown = [number for number in range(len(found.columns)) if number not in left_out]
    more = f"and {counted(len(left_out), 'column')} more that nothing is known of, not used" if left_out else ""
    return Group(*_table(file, found, shown, None, more))


def _fitting(file: str, table: _Asked, size: tuple[int, int]) -> Group:
    """The screen with as many columns around the cursor as the terminal has lines for."""
    width, height = size
    every, room = len(table.found.columns), height - _SPARE
    count = min(every, max(room, 1))
    while True:
        first = min(max(table.at - count // 2, 0), every - count)
        drawn = _screen(file, table, range(first, first + count))
        console = Console(width=width, file=StringIO(), color_system=None)
        lines = len(console.render_lines(drawn, pad=False))
        if lines <= room or count == 1:
            return drawn
        count = max(1, min(count - 1, count * room // lines))


def _screen(file: str, table: _Asked, shown: range) -> Group:
    every = len(table.found.columns)
    more = f"columns {shown.start + 1} to {shown.stop} of {every:,}; ↑ ↓ PgUp PgDn for the others"
    lines = _table(file, table.found, shown, table.at, more if len(shown) < every else "")
    remark = [Text(plain(table.remark), style="yellow")] if table.remark else []
    return Group(*lines, Text(""), Text(_KEYS, style="dim"), *remark)


def _table(file: str, found: "Guessed", shown: Iterable[int], at: int | None, more: str) -> list[RenderableType]:
    from sourcing.presets.guessing import platform_words

    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("", "column", "examples", "taken as", "how sure"):
        drawn.add_column(title, overflow="fold")
    for number in shown:
        one, here = found.columns[number], number == at
        drawn.add_row(
            Text("›" if here else ""), Text(plain(one.column), style="bold" if here else ""),
            Text(plain("  ·  ".join(one.examples)), style="dim"),
            Text(taken_as(one), style="" if one.field else "dim"), Text(how_sure(one), style=_style(one)),
        )  # fmt: skip
    lines: list[RenderableType] = [Text(plain(f"{file}: what its columns are taken for"), style="italic"), drawn]
    lines += [Text(f"  {more}", style="dim")] if more else []
    return [*lines, Text(plain(f"Accounts are on: {platform_words(found)}"), style="red" if found.missing else "")]


def taken_as(one: "Guess") -> str:
    if not one.field:
        return "never read" if one.protected else _NOT_USED
    words = WORDS.get(one.field, one.field.replace("_", " "))
    marks = [
        PLATFORM_NAMES[one.platform] if one.platform and one.field == "handle" else "",
        _UNITS.get(one.unit, one.unit),
    ]
    told = ", ".join(mark for mark in marks if mark)
    return f"{words}, {told}" if told else words


def how_sure(one: "Guess") -> str:
    return f"{one.sure}: {one.why}" if one.field else one.why


def _style(one: "Guess") -> str:
    return _STYLES[one.sure] if one.field else "dim"


def _field_meant(said: str, known: tuple[str, ...]) -> tuple[str, str]:
    """By a field's name, by what the table calls it, or by a word that a header might have for it."""
    from sourcing.presets.wording import named

    called = next((field for field, words in WORDS.items() if words == said.strip().casefold()), "")
    found, remark = (called, "") if called else _meant(said, known)
    return (found, remark) if found or named(said).how != "exact" else (named(said).field, "")


def _meant(said: str, known: tuple[str, ...]) -> tuple[str, str]:
    """The one that is meant by a word, its beginning or a slip of it; or what to write instead."""
    word = said.strip().casefold().replace(" ", "_")
    found = [one for one in known if one == word] or [one for one in known if word and one.startswith(word)]
    if len(found) == 1 or (found and found[0] == word):
        return found[0], ""
    near = found or difflib.get_close_matches(word, known, n=3, cutoff=0.6)
    if len(near) == 1:
        return near[0], ""
    return "", f"{said.strip()!r} is none of: {', '.join(near or known)}"
