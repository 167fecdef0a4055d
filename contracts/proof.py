"""The proof of a filled document: it says what its template and its fields say, and not a word more.

Reads bytes anew and works out every paragraph and lock without the library that filled them. Knows neither terms,
approvals nor the record, and must not load what runs templates.
"""

import difflib
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from lxml import etree

from contracts.wording import (
    Fields,
    Outline,
    W,
    expanded,
    filled_parts,
    misplaced,
    open_package,
    outline,
    paragraphs,
    parse,
    text_of,
    turns,
    unfilled,
)
from core.errors import BadInput

#: Written anew with every file: its list of parts, and who saved it when. Neither holds contract text.
_REWRITTEN = frozenset({"[Content_Types].xml", "docProps/core.xml"})


class Original(Protocol):
    """A template as the proof needs it: its parts, and its text as paragraphs and blocks."""

    @property
    def parts(self) -> Mapping[str, bytes]: ...
    @property
    def outline(self) -> Outline: ...


def prove_or_tell(files: Sequence[bytes], fields: Mapping[str, Any]) -> tuple[list[str], bytes]:
    """A worker's answer: what is wrong with a document filled from a template, and the sha256 of what was read."""
    template, document = files
    try:
        problems = prove(document, _read(template), fields)
    except (BadInput, MemoryError, RecursionError) as error:
        problems = [f"could not be proven: {type(error).__name__}: {error}"]
    return problems, hashlib.sha256(document).hexdigest().encode()


def prove(document: bytes, template: Original, fields: Fields) -> list[str]:
    """What is wrong with a filled document, in words; empty when it says what template and fields say and no more.

    Every value stands where it belongs, nothing is unfilled, no word of the template changed, nothing was added.
    """
    try:
        parts = open_package(document, name="The document")
        problems = [f"contains {problem}" for problem in misplaced(parts)]
        problems += _other_words(parts, template, fields) + _other_locks(parts, template)
        return problems + _other_parts(parts, template)
    except BadInput as error:
        return [error.message]


class _Read:
    """A template read for the proof alone: nothing of it is shared with what fills."""

    def __init__(self, content: bytes) -> None:
        self.parts: Mapping[str, bytes] = open_package(content, name="The template")
        self.outline = outline(self.parts, name="The template")


@lru_cache(maxsize=32)
def _read(template: bytes) -> _Read:
    return _Read(template)


def _other_words(parts: Mapping[str, bytes], template: Original, fields: Fields) -> list[str]:
    due = [(paragraph.part, paragraph.text) for paragraph in expanded(template.outline, fields)]
    found = [(paragraph.part, paragraph.text) for paragraph in paragraphs(parts)]
    if due == found:
        return []
    problems = []
    for kind, due_from, due_to, found_from, found_to in difflib.SequenceMatcher(None, due, found, False).get_opcodes():
        if kind == "equal":
            continue
        problems += [f"{part}: missing: {text!r}" for part, text in due[due_from:due_to]]
        for part, text in found[found_from:found_to]:
            placeholders = unfilled(text, frozenset(fields))
            problems.append(f"{part}: {f'{placeholders[0]} is not filled' if placeholders else 'added'}: {text!r}")
    return problems


def _other_locks(parts: Mapping[str, bytes], template: Original) -> list[str]:
    """Locks around clauses and local places that are not as in the template: legal's clauses are known by them."""
    due, found = _locks(template.parts), [lock for lock, _ in _locks(parts)]
    kept = [lock for lock, may_go in due if not may_go]
    problems = (
        [] if [lock for lock in found if lock in kept] == kept else ["a clause's lock is missing or out of place"]
    )
    known = {lock for lock, _ in due}
    return problems + [f"a lock was added: {lock[0] or 'without a name'}" for lock in found if lock not in known]


def _locks(parts: Mapping[str, bytes]) -> list[tuple[tuple[str, ...], bool]]:
    """Name, tag and kind of every lock in order, and whether it is in a passage that may be left out or repeated."""
    locks, depth = [], 0
    for name in filled_parts(parts):
        for element in parse(parts[name], name=name).iter(f"{W}p", f"{W}sdt"):
            if element.tag == f"{W}p":
                depth += turns(text_of(element))
            else:
                said = (element.find(f"{W}sdtPr/{W}{form}") for form in ("alias", "tag", "lock"))
                lock = tuple(str(one.get(f"{W}val")) if one is not None else "" for one in said)
                locks.append((lock, depth > 0))
    return locks


def _other_parts(parts: Mapping[str, bytes], template: Original) -> list[str]:
    filled = set(filled_parts(template.parts))
    problems = [
        f"{name}: added to the template's parts" for name in sorted(set(parts) - set(template.parts) - _REWRITTEN)
    ]
    problems += [f"{name}: missing" for name in sorted(filled - set(parts))]
    for name in sorted(set(parts) & set(template.parts) - filled - _REWRITTEN):
        if parts[name] != template.parts[name] and _settled(name, parts[name]) != _settled(name, template.parts[name]):
            problems.append(f"{name}: differs from the template")
    return problems


def _settled(name: str, part: bytes) -> bytes | list[tuple[str, ...]]:
    if name.endswith(".rels"):
        return sorted(
            (str(relation.get("Id")), str(relation.get("Type")).rpartition("/")[2], str(relation.get("Target")))
            for relation in parse(part, name=name)
        )
    return etree.tostring(parse(part, name=name), method="c14n") if name.endswith(".xml") else part
