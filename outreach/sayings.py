"""The phrases of one language that fill a mail: how a fact, an offer, a payment are said. Reads and checks the file.

Owns the shape of `templates/outreach/phrases.LOCALE.toml`. Knows no creator and no campaign.
"""

import hashlib
import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.settings import PROJECT
from outreach.words import Locale

#: Fewer ways to say a thing, and two creators soon read the same words.
VARIANTS_LEAST = 3
#: Kind of fact → the named places its sentences may use beside the value itself, which each must have.
FACT_KINDS: Mapping[str, frozenset[str]] = {
    "caption_dated": frozenset({"day"}), "caption": frozenset(), "mention": frozenset(), "hashtag": frozenset(),
    "bio": frozenset(), "audience_place": frozenset({"place"}), "audience_age": frozenset({"youngest", "oldest"}),
    "audience": frozenset(), "place": frozenset(), "engagement": frozenset(), "followers": frozenset(),
}  # fmt: skip
#: Every other phrase: table, key → the places it must have.
_PHRASES: Mapping[tuple[str, ...], frozenset[str]] = {
    ("offer", "stipend"): frozenset({""}), ("offer", "commission"): frozenset({""}),
    ("offer", "model", "seed"): frozenset(), ("offer", "model", "commission"): frozenset(),
    ("offer", "model", "bonus"): frozenset(), ("offer", "model", "hybrid"): frozenset(),
    ("payment", "fee"): frozenset({""}), ("payment", "commission"): frozenset({""}),
    ("payment", "both"): frozenset({""}),
    ("usage", "days"): frozenset({""}), ("usage", "none"): frozenset(),
    ("figures", "followers"): frozenset({""}), ("figures", "engagement"): frozenset({""}),
}  # fmt: skip
#: Phrases that files did not always have: where one is missing, that of the file that comes with us is said.
_NEWER: Mapping[tuple[str, ...], frozenset[str]] = {
    ("offer", "stipend_monthly"): frozenset({"", "months"}), ("offer", "bonus"): frozenset({"", "sales"}),
    ("payment", "monthly"): frozenset({""}),
}  # fmt: skip


@dataclass(frozen=True)
class Sayings:
    """One language's phrases, checked. `sha256` names the file they stood in."""

    locale: Locale
    sha256: str
    _facts: Mapping[str, tuple[str, ...]]
    _phrases: Mapping[tuple[str, ...], str]

    def of(self, *key: str, **places: str) -> str:
        """The phrase at that place of the file, such as `of("offer", "model", "seed")`, its named places filled."""
        return self._phrases[key].format(**places)

    def filled(self, *key: str, value: str, **places: str) -> str:
        """The phrase with the value in its place, and what else it names."""
        return self._phrases[key].format(value, **places)

    def fact(self, kind: str, shown: str, *, seed: str, turn: int = 0, places: Mapping[str, str]) -> str:
        """One sentence that says the fact. The same seed gives the same; `turn` counts facts of that kind before it."""
        variants = self._facts[kind]
        start = int.from_bytes(hashlib.sha256(f"{seed}/{kind}".encode()).digest()[:4], "big")
        return variants[(start + turn) % len(variants)].format(shown, **places)


def phrase_file(folder: Path, locale: Locale) -> Path:
    """Where the phrases of a language stand: in that folder of templates, else in the one that comes with us."""
    name = Path("outreach") / f"phrases.{locale}.toml"
    return folder / name if (folder / name).is_file() else PROJECT / "templates" / name


def load_sayings(folder: Path, locale: Locale) -> Sayings:
    """Raises BadInput naming the file, the phrase and what is wrong with it."""
    path = phrase_file(folder, locale)
    try:
        raw = path.read_bytes()
        told = tomllib.loads(raw.decode("utf-8"))
    except FileNotFoundError:
        raise BadInput(f"There is no file of phrases {path}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}.", next_step="Mend that line.") from None
    problem = next(_problems(told), "")
    if problem:
        raise BadInput(f"{path}: {problem}.", next_step="docs/writing.md tells what each phrase needs.")
    facts = {kind: tuple(told["facts"][kind]) for kind in FACT_KINDS}
    phrases = {key: _at(told, key) for key in _PHRASES} | {key: _at(told, key) or _ours(locale, key) for key in _NEWER}
    return Sayings(locale, hashlib.sha256(raw).hexdigest(), facts, phrases)


@lru_cache(maxsize=64)
def _ours(locale: Locale, key: tuple[str, ...]) -> str:
    shipped = PROJECT / "templates" / "outreach" / f"phrases.{locale}.toml"
    return str(_at(tomllib.loads(shipped.read_text(encoding="utf-8")), key))


def _problems(told: Mapping[str, Any]) -> Iterator[str]:
    for key, places in {**_PHRASES, **_NEWER}.items():
        phrase = _at(told, key)
        if phrase is None and key in _NEWER:
            continue
        if not isinstance(phrase, str) or not phrase.strip():
            yield f"{'.'.join(key)} is missing"
        else:
            yield from _wrong_places(".".join(key), phrase, must=places, may=frozenset())
    facts = told.get("facts", {})
    for kind, named in FACT_KINDS.items():
        variants = facts.get(kind)
        if not isinstance(variants, list) or not all(isinstance(one, str) for one in variants):
            yield f"facts.{kind} is missing, or no list of sentences"
        elif len(set(variants)) < VARIANTS_LEAST:
            yield f"facts.{kind} has {len(set(variants))} different sentences; {VARIANTS_LEAST} are needed"
        else:
            for number, sentence in enumerate(variants, 1):
                where = f"facts.{kind}, sentence {number}"
                yield from _wrong_places(where, sentence, must=frozenset({""}), may=named)
    for unknown in set(facts) - set(FACT_KINDS):
        yield f"facts.{unknown} is no kind of fact; there are {', '.join(FACT_KINDS)}"


def _wrong_places(where: str, phrase: str, *, must: frozenset[str], may: frozenset[str]) -> Iterator[str]:
    try:
        pieces = [piece[1:] for piece in string.Formatter().parse(phrase) if piece[1] is not None]
    except ValueError as error:
        yield f"{where}: {error}"
        return
    found = [name for name, _, _ in pieces]
    for name, form, conversion in pieces:
        if form or conversion or name not in must | may:
            yield f"{where}: {{{name}}} is no place it can have"
    for name in must:
        if found.count(name) != 1:
            yield f"{where} must have {{{name}}} exactly once"


def _at(told: Any, key: tuple[str, ...]) -> Any:
    for part in key:
        told = told.get(part) if isinstance(told, dict) else None
    return told
