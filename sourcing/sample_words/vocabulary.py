"""The shape of one language's words in the sample pool. Knows no language and draws nothing."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ı": "i", "ø": "o", "œ": "oe"})


@dataclass(frozen=True, slots=True)
class NicheWords:
    """What people of one niche write in one language: short topics, hashtags with '#', whole captions."""

    topics: tuple[str, ...]
    tags: tuple[str, ...]
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language. Frames have the places {a} and {b} (topics), {e} (emoji) and {city}."""

    language: str
    first_names: tuple[str, ...]
    surnames: tuple[str, ...]
    bios: tuple[str, ...]
    plain_bios: tuple[str, ...]
    contacts: tuple[str, ...]
    shops: tuple[str, ...]
    reposts: tuple[str, ...]
    captions: tuple[str, ...]
    niches: dict[str, NicheWords]


def vocabulary(language: str, *, names: str, surnames: str, frames: str, niches: str) -> Vocabulary:
    """Read a language from text: names apart by blanks, frames and niches in blocks that open with their key."""
    parts = _blocks(frames)
    return Vocabulary(
        language=language,
        first_names=tuple(names.split()),
        surnames=tuple(surnames.split()),
        bios=parts["bios"],
        plain_bios=parts["plain bios"],
        contacts=parts["contacts"],
        shops=parts["shops"],
        reposts=parts["reposts"],
        captions=parts["captions"],
        niches={key: _niche(lines) for key, lines in _blocks(niches).items()},
    )


def shown(name: str) -> str:
    """The name as its owner writes it: '花子' of '花子=hanako'."""
    return name.partition("=")[0]


@cache
def plain(text: str) -> str:
    """Letters and digits that a handle may hold: 'Müller' is 'mueller', '花子=hanako' is 'hanako'."""
    latin = text.rpartition("=")[2].lower().translate(_SPELT_OUT)
    return re.sub("[^a-z0-9]", "", unicodedata.normalize("NFKD", latin))


def _blocks(text: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for block in text.strip().split("\n\n"):
        key, *lines = block.splitlines()
        found[key] = tuple(lines)
    return found


def _niche(lines: tuple[str, ...]) -> NicheWords:
    topics, tags, *captions = lines
    return NicheWords(
        topics=tuple(topics.split("; ")),
        tags=tuple(tags.split()),
        captions=tuple(caption for line in captions for caption in line.split("; ")),
    )
