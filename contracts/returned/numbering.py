"""The numbers and signs that Word displays before paragraphs, worked out as Word does.

Pure over the parts of a package. They are no text of the document, yet clauses are referred to by them.
"""

from dataclasses import dataclass, field

from lxml import etree

from contracts.returned.names import W
from contracts.returned.package import Package
from contracts.returned.styles import Page, Properties, Styles, is_on, value_of
from contracts.returned.wordwise import visible

BULLET = "•"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
#: Letters are doubled and thousands repeated without end; ours never come so far. Word's own numbers have 32 bits.
_MOST_LETTERS, _MOST_ROMAN, _HIGHEST = 780, 4_000, 2**31
#: Of what stands before a paragraph; ours has a tenth of it.
_LONGEST = 100


@dataclass
class Numbering:
    """Counts through one document. `label` must be asked for every numbered paragraph, in order."""

    package: Package
    styles: Styles
    _lists: dict[str, str] = field(default_factory=dict)
    _levels: dict[tuple[str, int], etree._Element] = field(default_factory=dict)
    _starts: dict[tuple[str, int], int] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        part = self.package.related("numbering")
        if part is None:
            return
        tree = self.package.tree(part)
        abstract = {one.get(f"{W}abstractNumId") or "": one for one in tree.findall(f"{W}abstractNum")}
        by_style = {value_of(one, "styleLink"): one for one in abstract.values() if value_of(one, "styleLink")}
        for number in tree.findall(f"{W}num"):
            self._read(number, abstract, by_style)

    def label(self, list_id: str, level: int, *, inherited: Properties, page: Page) -> str:
        """What stands before the next paragraph of that list and level; "" where nothing is shown."""
        definition = self._levels.get((list_id, level))
        if definition is None:
            return ""
        counts = self._counted(list_id, level)
        said = self.styles.run(inherited, definition.find(f"{W}rPr"))
        bullet = value_of(definition, "numFmt") == "bullet"
        shown = BULLET if bullet else self._text(list_id, definition, counts)
        return "" if self.styles.why_unseen(said, page=page) else visible(shown.strip()[:_LONGEST])

    def _read(
        self, number: etree._Element, abstract: dict[str, etree._Element], by_style: dict[str, etree._Element]
    ) -> None:
        list_id, target = number.get(f"{W}numId") or "", value_of(number, "abstractNumId")
        definition = abstract.get(target)
        if definition is None:
            return
        definition = by_style.get(value_of(definition, "numStyleLink"), definition)
        self._lists[list_id] = target
        for level in definition.findall(f"{W}lvl"):
            self._levels[list_id, _int(level.get(f"{W}ilvl"), 0)] = level
        for override in number.findall(f"{W}lvlOverride"):
            at = _int(override.get(f"{W}ilvl"), 0)
            own = override.find(f"{W}lvl")
            if own is not None:
                self._levels[list_id, at] = own
            start = value_of(override, "startOverride")
            if start:
                self._starts[list_id, at] = _int(start, 1)

    def _counted(self, list_id: str, level: int) -> list[int | None]:
        # Lists with one definition count on together, unless one is told to start anew.
        counts = self._counts.setdefault(self._lists[list_id], [None] * 9)
        if (list_id, level) in self._starts and (list_id, level) not in self._begun:
            counts[level] = self._starts[list_id, level]
        else:
            before = counts[level]
            counts[level] = self._start(list_id, level) if before is None else before + 1
        self._begun.add((list_id, level))
        for deeper in range(level + 1, 9):
            restart = value_of(self._levels.get((list_id, deeper)), "lvlRestart")
            if restart != "0" and (not restart or level < _int(restart, 9)):
                counts[deeper] = None
        return counts

    def _start(self, list_id: str, level: int) -> int:
        return _int(value_of(self._levels.get((list_id, level)), "start"), 0)

    def _text(self, list_id: str, definition: etree._Element, counts: list[int | None]) -> str:
        text = value_of(definition, "lvlText")[:_LONGEST]
        legal = definition.find(f"{W}isLgl")
        for level in range(9):
            if f"%{level + 1}" in text:
                form = value_of(self._levels.get((list_id, level)), "numFmt")
                form = "decimal" if legal is not None and is_on(legal) else form
                count = counts[level]
                shown = _written(self._start(list_id, level) if count is None else count, form)
                text = text.replace(f"%{level + 1}", shown)
        return text


def _written(number: int, form: str) -> str:
    if form in ("none", "bullet"):
        return ""
    if form in ("lowerRoman", "upperRoman") and number < _MOST_ROMAN:
        roman, rest = "", number
        for value, sign in _ROMAN:
            while rest >= value:
                roman, rest = roman + sign, rest - value
        return roman.upper() if form == "upperRoman" else roman
    if form in ("lowerLetter", "upperLetter") and 0 < number <= _MOST_LETTERS:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    return f"{number:02d}" if form == "decimalZero" else str(number)


def _int(text: str | None, default: int) -> int:
    return min(int(text), _HIGHEST) if text and text.isdigit() else default
