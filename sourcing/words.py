"""How text becomes words: folding, splitting, stems and how well a word of the pool matches a word of a brief.

Briefs are folded and split here; the pool is, letter by letter, by what these functions say of each (wordcounts). Pure;
no I/O.
"""

import re
import unicodedata
from functools import lru_cache

FIELDS = ("handle", "name", "bio", "hashtags", "captions")

LONGEST_WORD = 64
#: In texts put together for counting: between the texts of a profile, and behind each profile.
NEXT_FIELD, NEXT_PROFILE = 0x1F, 0x1E
#: What a character is that stands for no letter: it ends a word, or it is as if it were not there.
SEPARATES, DROPPED = -1, -2
SHORTEST_STEM = 4
_SUFFIXES = ("ists", "ers", "ies", "ing", "ist", "er", "es", "s", "y", "e")
_WORD = re.compile(r"[^\W_]+")
_FILLER = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be brand brands by campaign company for from has have her his in into is it its label "
        "launch launching maker new of on or our out over that the their they this to wants want who with you your we",
    )
)


def _lookalikes() -> dict[int, str]:
    """Mathematical, circled and full-width letters that names are dressed up with, to the plain letter."""
    ranges = [range(0x1D400, 0x1D800), range(0x24B6, 0x24EA), range(0xFF10, 0xFF5B), range(0x1F130, 0x1F14A)]
    plain = {code: unicodedata.normalize("NFKC", chr(code)) for codes in ranges for code in codes}
    return {code: text for code, text in plain.items() if len(text) == 1 and text.isascii() and text.isalnum()}


_PLAIN = _lookalikes()


class _Marks(dict[int, int | None]):
    """For `str.translate`: marks go, everything else stays; each letter is looked up once."""

    def __missing__(self, code: int) -> int | None:
        self[code] = found = None if unicodedata.category(chr(code))[0] == "M" else code
        return found


_MARKS = _Marks()
_BEYOND = re.compile("([^\x00-\x7f]+)")
_MOST_RUNS = 50_000


class _Runs(dict[str, str]):
    """Letters beyond ASCII that stand together, folded; texts say the same ones, so each is folded once."""

    def __missing__(self, run: str) -> str:
        if len(self) >= _MOST_RUNS:
            self.clear()
        self[run] = folded = fold_at_length(run)
        return folded


_RUNS = _Runs()


def fold(text: str) -> str:
    """Lower case, without accents and other marks, with dressed-up letters made plain and one sigma."""
    if text.isascii():
        return text.lower()
    # No letter of ASCII and its neighbour beyond it become one, once marks are gone, so each run is folded by itself.
    parts = _BEYOND.split(text)
    parts[::2] = [part.lower() for part in parts[::2]]
    parts[1::2] = [_RUNS[run] for run in parts[1::2]]
    return "".join(parts)


def fold_at_length(text: str) -> str:
    """The same, said in one go: what `fold` is held to."""
    bare = unicodedata.normalize("NFD", text.translate(_PLAIN).lower())
    return unicodedata.normalize("NFC", bare.translate(_MARKS).replace("ς", "σ"))


def split(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


def telling(text: str) -> list[str]:
    """The words of a sentence that say something: no filler, each once, in order."""
    return list(dict.fromkeys(word for word in split(text) if len(word) > 2 and word not in _FILLER))


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """The part of a word that its relatives share: bakers, bakery and baking all give "bak"-like stems."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST_STEM:
            word = word[: -len(suffix)]
            break
    if len(word) > SHORTEST_STEM and word[-1] == word[-2]:
        word = word[:-1]
    return word


def likeness(word: str, found: str, position: int) -> float:
    """How well `found`, which holds the stem of `word` at `position`, stands for it: 0..1.

    The share of the word that agrees, to the fourth power because "homebaker" is a baker and "bakelite" is not; and a
    little less inside a longer word. Short stems count only at the start of a word that is hardly longer.
    """
    root = len(stem(word))
    if root < SHORTEST_STEM and (position or len(found) > root + 3):
        return 0.0
    agree = root
    while agree < len(word) and found[position + agree : position + agree + 1] == word[agree]:
        agree += 1
    at_an_edge = position == 0 or position + agree == len(found)
    return float((agree / len(word) * (1.0 if at_an_edge else 0.8)) ** 4)
