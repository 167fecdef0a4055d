"""What a person agrees to with a signature on our page: versioned texts, and whether a typed name is the party's.

Pure but for reading its own data. Knows no record.
"""

import hashlib
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, get_args

from contracts.languages import Language

#: Languages of the page; a contract in another one is signed in the first.
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True)
class Consent:
    """The text in one language, as it is shown for one company."""

    version: str
    language: str
    agree: str
    electronic: str

    @property
    def text(self) -> str:
        return f"{self.agree}\n{self.electronic}"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def consent_in(language: str, *, company: str) -> Consent:
    """The version in force."""
    known, newest = spoken(language), _texts()[-1]
    said: dict[str, str] = newest[known]
    return Consent(newest["version"], known, said["agree"].replace("{company}", company), said["electronic"])


def spoken(language: str) -> Language:
    return next((known for known in LANGUAGES if known == language), LANGUAGES[0])


def may_be(typed: str, *parties: str) -> bool:
    """Whether a typed name can be one of these: a word of one stands in the other, accents and case aside.

    People sign with their legal name where an agreement calls them by another: a doubt is asked about, not refused.
    """
    words = _words(typed)
    return any(words & _words(party) for party in parties)


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return frozenset(word for word in bare.split() if len(word) > 1 or not word.isascii())


@lru_cache(maxsize=1)
def _texts() -> list[dict[str, Any]]:
    found = tomllib.loads(resources.files("contracts").joinpath("consent.toml").read_text(encoding="utf-8"))
    texts: list[dict[str, Any]] = found["consent"]
    return texts
