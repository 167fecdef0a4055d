"""Which words of two texts differ, and characters that only look like others. Pure."""

import difflib
import re
import unicodedata

_SPACES = re.compile(r"\s+")
_DROPPED = {"\u00ad": "", "\u2011": "-", "\u2010": "-"}
#: Letters of other scripts that look like Latin ones, and signs that look like digits or letters.
_ALIKE = str.maketrans(
    "АВЕКМНОРСТУХІЈЅԌԚԜҮЗавеорсухіјѕԁԛԝүһӏɡɑΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυχϲϳ٠۰օսոհӀ∕⁄−–—",
    "ABEKMHOPCTYXIJSGQWY3aBeopcyxijsdqwyhlgaABEZHIKMNOPTYXaivopuxcj00ounhI//---",
)
_STEERING = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WORDS_SHOWN = 6
_LONGEST = 300


def plain(text: str) -> str:
    """Text as it is compared: composed, any run of spaces as one, soft hyphens gone."""
    text = unicodedata.normalize("NFC", text)
    for sign, instead in _DROPPED.items():
        text = text.replace(sign, instead)
    return _SPACES.sub(" ", text).strip()


def skeleton(text: str) -> str:
    """What a reader takes a text for: look-alikes as the letters they resemble, the invisible left out."""
    text = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    return plain("".join(character for character in text if not is_invisible(character)))


def is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc", "Mn") and character not in "\t\n\r" and (
        unicodedata.category(character) != "Mn" or "\ufe00" <= character <= "\ufe0f"
    )  # fmt: skip


def strangers(before: str, after: str) -> list[str]:
    """Characters of words that are new in `after` and only look like something else, by name."""
    known = set(before.split())
    odd: dict[str, None] = {}
    for word in after.split():
        if word in known:
            continue
        latin = any("LATIN" in unicodedata.name(letter, "") for letter in word)
        for letter in word:
            alike = latin and letter.translate(_ALIKE) != letter and letter.isalpha()
            if alike or (is_invisible(letter) and not before.count(letter)):
                odd[unicodedata.name(letter, f"U+{ord(letter):04X}")] = None
    return list(odd)


def excerpts(before: str, after: str) -> tuple[str, str]:
    """The part of each text around what differs, with a few words on either side."""
    old, new = before.split(), after.split()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return _around(old, start, end), _around(new, start, end)


def likeness(one: str, other: str) -> float:
    """How much of two texts is the same, word by word, from 0 to 1."""
    first, second = skeleton(one).lower().split(), skeleton(other).lower().split()
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio()


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    """Both texts as one, cut into ("same" | "removed" | "added", words), for showing."""
    old, new = before.split(), after.split()
    result: list[tuple[str, str]] = []
    for kind, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            result.append(("same", " ".join(old[old_from:old_to])))
            continue
        result += [("removed", " ".join(old[old_from:old_to]))] if old_to > old_from else []
        result += [("added", " ".join(new[new_from:new_to]))] if new_to > new_from else []
    return result


def shortened(text: str) -> str:
    """A text as a card, a page or a terminal shows it."""
    text = visible(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def visible(text: str) -> str:
    """Signs that turn or part words without being seen, written out: else they would do so to whoever reads of them."""
    return _STEERING.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


def _around(words: list[str], start: int, end: int) -> str:
    first, last = max(0, start - _WORDS_SHOWN), min(len(words), len(words) - end + _WORDS_SHOWN)
    shown = " ".join(words[first:last])
    return shortened(f"{'… ' if first else ''}{shown}{' …' if last < len(words) else ''}")
