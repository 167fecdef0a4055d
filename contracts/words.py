"""Text as it may stand in a contract: cleaned of what a document cannot hold, and visible.

Pure. Knows nothing of terms.
"""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """Text as it may stand in a document: line breaks and tabs become a space, control characters vanish.

    Also removed: what XML cannot hold (lone surrogates, U+FFFE, U+FFFF), and the marks that turn the direction of
    what follows them (U+202A to U+202E, U+2066 to U+2069): in a name they could make an amount read backwards.
    Everything else, other scripts, emoji, zero-width joiners and mark-up included, stays as it is.
    """
    if text.isprintable():  # so nearly every text is; nothing that is removed would be
        return text.strip()
    return "".join(character for character in _BREAKS.sub(" ", text) if not _unfit(character)).strip()


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen: spaces and zero-width characters alone."""
    return all(unicodedata.category(character) in _UNSEEN for character in text)


def _visible(text: str) -> str:
    if is_blank(text):
        raise ValueError("is empty")
    return text


def _unfit(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs") or character in _TURNING or (ord(character) & 0xFFFE) == 0xFFFE
    )


_Cleaned = BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value)
#: A line of a contract; there must be something to see.
Words = Annotated[str, _Cleaned, Field(max_length=500), AfterValidator(_visible)]
#: The same where nothing needs to be said.
MaybeWords = Annotated[str, _Cleaned, Field(max_length=500)]
#: A clause or a longer passage, in one paragraph.
Passage = Annotated[str, _Cleaned, Field(max_length=4_000), AfterValidator(_visible)]
