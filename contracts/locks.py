"""The clauses of a Word file: which paragraphs are whose, and the hash that says whether one was touched.

Reads .docx parts only. Knows neither approvals nor what a clause is about.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from contracts.wording import parse, text_of

#: How places are called that others may edit in a finished document; such a name begins no clause.
LOCAL = "local:"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"


@dataclass(frozen=True)
class LockedClause:
    """One clause as it stands in a file: its paragraphs as text, those in which nothing can be read left out."""

    id: str
    paragraphs: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Of the words alone: how they are spaced, broken into runs or set does not matter."""
        return hashlib.sha256("\n".join(self.paragraphs).encode()).hexdigest()


def clauses_of(parts: Mapping[str, bytes], *, name: str) -> list[LockedClause]:
    """The clauses in order. What stands before the first has the id ''; one that stands twice is there twice.

    A clause begins where its name stands and ends where the next begins, not where its lock ends: LibreOffice keeps
    the name at the first paragraph and forgets the rest, and so nothing can be put in between unseen.
    """
    found: list[tuple[str, list[str]]] = []
    for paragraph in parse(parts[_BODY], name=name).iter(f"{_W}p"):
        lock = _lock(paragraph)
        if lock is not None and (not found or found[-1][0] != lock):
            found.append((lock, []))
        if words := settled(text_of(paragraph)):
            if not found:
                found.append(("", []))
            found[-1][1].append(words)
    return [LockedClause(known, tuple(paragraphs)) for known, paragraphs in found]


def hashes(clauses: Sequence[LockedClause]) -> dict[str, str]:
    """Clause id → sha256. Of a clause that stands twice, the later one counts."""
    return {clause.id: clause.sha256 for clause in clauses}


def settled(words: str) -> str:
    """A text as it is compared: composed characters, and one space for every run of space."""
    return " ".join(unicodedata.normalize("NFC", words).split())


def _lock(paragraph: etree._Element) -> str | None:
    """The clause that a paragraph is named for: by a lock around it or, after LibreOffice, by one within."""
    for sdt in [*paragraph.iterancestors(f"{_W}sdt"), *paragraph.iter(f"{_W}sdt")]:
        named = _name(sdt)
        if named and not named.startswith(LOCAL):
            return named
    return None


def _name(sdt: etree._Element) -> str:
    for form in ("alias", "tag"):
        named = sdt.find(f"{_W}sdtPr/{_W}{form}")
        if named is not None and named.get(f"{_W}val"):
            return str(named.get(f"{_W}val"))
    return ""
