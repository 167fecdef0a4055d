"""Hearts, stars, emoji and letters of mathematics in a name: a PDF may hold them after the words they stand between.

Programs draw a name in its own font first and then what that font lacks, so such signs come in another order than they
are seen in. Boxes, ticks and crosses are no ornaments: which of two is ticked is what a form says. Pure.
"""

import unicodedata
from collections import Counter

_LETTERLIKE, _MATHEMATICAL, _EMOJI = range(0x2100, 0x2150), range(0x1D400, 0x1D800), range(0x1F000, 0x1FB00)
_SHAPES, _BALLOTS, _TICKS = range(0x25A0, 0x2600), range(0x2610, 0x2613), range(0x2713, 0x2719)
#: What belongs to the sign before it.
_BESIDE = frozenset("\u200d\ufe0e\ufe0f")


def strayed(ours: str, theirs: str) -> bool:
    """Whether two texts say the same, but for the places of ornaments: the same ones, and all else in order."""
    words, signs = _parted(ours)
    return bool(signs) and (words, signs) == _parted(theirs)


def _parted(text: str) -> tuple[str, Counter[str]]:
    signs = [letter for letter in text if _is_ornament(letter)]
    return "".join(letter for letter in text if not _is_ornament(letter)), Counter(signs)


def _is_ornament(letter: str) -> bool:
    at = ord(letter)
    if at in _SHAPES or at in _BALLOTS or at in _TICKS or unicodedata.category(letter) == "Nd":
        return False  # a number of mathematics is a number
    drawn_apart = at in _LETTERLIKE or at in _MATHEMATICAL or at in _EMOJI or letter in _BESIDE
    return drawn_apart or unicodedata.category(letter) == "So"
