"""Brand safety: whether a profile says something that a brand will not stand beside. Source: all its text.

Phrases are whole words next to each other, folded (case, accents, dressed-up letters); a * at an end lets a word go on;
phrases of several words are found joined too ("#sportsbetting"). Scripts that put no spaces between words are searched
by substring. A veto leaves the account out and says which phrase stands where; watch caps its fit. Pure.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from core.audience import Safety
from sourcing.evidence import one_line
from sourcing.lexicon.safety import HARMLESS, VETO, WATCH
from sourcing.profiles import Profile
from sourcing.words import fold, split

Level = Literal["veto", "watch"]
_TOKEN = re.compile(r"[^\W_]+")
#: Thai, Lao, Burmese, Khmer, kana, Han: written without spaces.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Signs that words are told apart by: "18+" is not "18". Hyphens, quotes and slashes only join words.
_SIGN = re.compile(r"[^\w\s.,;:!?'’`´\"“”«»()\[\]_\-–—/#@&*\u0300-\u036f]|\+")
_AROUND = 3
_BEGIN = 3
_MOST_LOOKED_UP = 50_000
_QUOTE = 70


@dataclass(frozen=True)
class Phrase:
    """`text` as written; `origin` is the category, "the campaign" or "excluded words"."""

    text: str
    level: Level
    origin: str
    words: tuple[str, ...] = field(repr=False)
    open_start: bool = False
    open_end: bool = False
    #: Folded text that must stand there letter by letter; "" where words are enough.
    letters: str = ""
    #: Found by substring, in a script without spaces.
    unspaced: bool = False


@dataclass(frozen=True)
class Hit:
    """`place` is handle, name, bio, hashtags or captions; `quote` the words around it, on one line."""

    phrase: Phrase
    place: str
    quote: str

    @property
    def words(self) -> str:
        """One line: Brand safety: bio says “online casino” (gambling): “best online casino codes”."""
        return (
            f"Brand safety: {self.place} says “{one_line(self.phrase.text, 40)}” ({self.phrase.origin}): “{self.quote}”"
        )


@dataclass(frozen=True)
class Phrases:
    """Compiled phrases, vetoes first."""

    phrases: tuple[Phrase, ...]

    @cached_property
    def _by_word(self) -> dict[str, list[Phrase]]:
        """First word, or all words joined, → phrases."""
        table: dict[str, list[Phrase]] = {}
        for phrase in self.phrases:
            if phrase.words and not (
                phrase.unspaced or phrase.open_start or (phrase.open_end and len(phrase.words) == 1)
            ):
                table.setdefault(phrase.words[0], []).append(phrase)
                if len(phrase.words) > 1 and not phrase.open_end:
                    table.setdefault("".join(phrase.words), []).append(phrase)
        return table

    @cached_property
    def _by_prefix(self) -> dict[str, list[Phrase]]:
        table: dict[str, list[Phrase]] = {}
        for phrase in self.phrases:
            if phrase.words and phrase.open_end and not (phrase.open_start or phrase.unspaced):
                table.setdefault("".join(phrase.words), []).append(phrase)
        return table

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(prefix) for prefix in self._by_prefix}))

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """The first letters of all beginnings: most words end the search here."""
        return frozenset(prefix[:_BEGIN] for prefix in self._by_prefix)

    @cached_property
    def _rest(self) -> tuple[Phrase, ...]:
        """Those that are looked for in the whole folded text."""
        return tuple(phrase for phrase in self.phrases if phrase.unspaced or phrase.open_start or not phrase.words)

    def may_be_in(self, text: str) -> bool:
        """Whether a folded text could hold one of the phrases: a quick look, which most profiles end with."""
        said = set(_TOKEN.findall(text))
        for word in said - self._idle:
            if word[:_BEGIN] in self._beginnings and any(word[:length] in self._by_prefix for length in self._lengths):
                return True
            if word not in self._by_word:
                self._idle.add(word)
            elif any(_sayable(phrase, said) for phrase in self._by_word[word]):
                return True
        if len(self._idle) > _MOST_LOOKED_UP:
            self._idle.clear()
        return any(part in text for part in self._parts)

    @cached_property
    def _idle(self) -> set[str]:
        """Words that were looked at and begin nothing; profiles say the same words."""
        return set()

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        return tuple(phrase.letters or "".join(phrase.words) for phrase in self._rest)

    def in_text(self, text: str) -> Iterator[tuple[Phrase, int, int]]:
        """(phrase, first word, word behind the last) of every hit; (-1, -1) where no words can be named."""
        folded = fold(text)
        said = _TOKEN.findall(folded)
        harmless = _harmless_places(said)
        for place, word in enumerate(said):
            for phrase in self._starting(word):
                end = _end(phrase, said, place)
                if end and _stands(phrase, folded) and not (_listed(phrase) and place in harmless):
                    yield phrase, place, end
        for phrase in self._rest:
            if phrase.words and not phrase.unspaced:
                yield from ((phrase, place, place + 1) for place, word in enumerate(said) if _inside(phrase, word))
            elif (phrase.letters or "".join(phrase.words)) in folded:
                yield phrase, -1, -1

    def _starting(self, word: str) -> tuple[Phrase, ...]:
        """The phrases that a word may begin; profiles say the same words, so each is looked up once."""
        if word not in self._looked_up:
            if len(self._looked_up) >= _MOST_LOOKED_UP:
                self._looked_up.clear()
            lengths = (length for length in self._lengths if length <= len(word))
            beginnings = (phrase for length in lengths for phrase in self._by_prefix.get(word[:length], ()))
            self._looked_up[word] = (*self._by_word.get(word, ()), *beginnings)
        return self._looked_up[word]

    @cached_property
    def _looked_up(self) -> dict[str, tuple[Phrase, ...]]:
        return {}


def compile_phrases(safety: Safety, exclude_words: Iterable[str] = ()) -> Phrases:
    """All phrases of a campaign: its own vetoes and excluded words, those of its categories, then what is watched."""
    told = [phrase_of(text, "veto", "excluded words") for text in exclude_words]
    told += [phrase_of(text, "veto", "the campaign") for text in safety.veto]
    told += [phrase_of(text, "veto", category) for category in safety.categories for text in VETO[category]]
    told += [phrase_of(text, "watch", "the campaign") for text in safety.watch]
    told += [phrase_of(text, "watch", category) for category in safety.categories for text in WATCH[category]]
    return Phrases(tuple(told))


def phrase_of(text: str, level: Level, origin: str) -> Phrase:
    """One phrase, compiled."""
    body = text.strip()
    starts, ends = body.startswith("*") and len(body) > 1, body.endswith("*") and len(body) > 1
    body = body.removeprefix("*") if starts else body
    body = body.removesuffix("*") if ends else body
    words = tuple(split(body))
    letters = " ".join(fold(body).split()) if not words or _SIGN.search(body) else ""
    return Phrase(text.strip(), level, origin, words, starts, ends, letters, bool(_UNSPACED.search(body)))


def first_hit(profile: Profile, phrases: Phrases) -> Hit | None:
    """The first veto, or the first watched phrase where there is no veto; places in the order of `texts_of`."""
    watched: Hit | None = None
    if not phrases.may_be_in(fold("\n".join(text for _, text in texts_of(profile)))):
        return None
    for place, text in texts_of(profile):
        for phrase, first, end in phrases.in_text(text):
            if phrase.level == "veto":
                return Hit(phrase, place, _quote(text, first, end))
            watched = watched or Hit(phrase, place, _quote(text, first, end))
    return watched


def texts_of(profile: Profile) -> Iterator[tuple[str, str]]:
    """(place, text) of everything a profile says."""
    yield "handle", profile.handle
    yield "name", profile.name or ""
    yield "bio", profile.bio or ""
    yield from (("hashtags", tag) for tag in profile.hashtags)
    yield from (("captions", caption) for caption in profile.captions)


def _end(phrase: Phrase, said: list[str], place: int) -> int:
    """The word behind the phrase if it stands at `place`, else 0."""
    joined = "".join(phrase.words)
    if said[place] == joined or (phrase.open_end and said[place].startswith(joined)):
        return place + 1
    end = place + len(phrase.words)
    if len(phrase.words) < 2 or said[place : end - 1] != list(phrase.words[:-1]) or end > len(said):
        return 0
    last = said[end - 1]
    return end if last == phrase.words[-1] or (phrase.open_end and last.startswith(phrase.words[-1])) else 0


def _sayable(phrase: Phrase, said: set[str]) -> bool:
    """Whether all words of the phrase are said somewhere, or the one that they make together."""
    if said.issuperset(phrase.words) or "".join(phrase.words) in said:
        return True
    return phrase.open_end and said.issuperset(phrase.words[:-1]) and any(w.startswith(phrase.words[-1]) for w in said)


def _stands(phrase: Phrase, folded: str) -> bool:
    return not phrase.letters or phrase.letters in folded


def _inside(phrase: Phrase, word: str) -> bool:
    part = "".join(phrase.words)
    return part in word if phrase.open_end else word.endswith(part)


def _listed(phrase: Phrase) -> bool:
    """Whether the phrase comes from the product's lists; what a campaign writes itself is meant as it stands."""
    return phrase.origin in VETO


_SAFE: dict[str, list[Phrase]] = {}
for _text in HARMLESS:
    _phrase = phrase_of(_text, "watch", "")
    _SAFE.setdefault(_phrase.words[0], []).append(_phrase)


def _harmless_places(said: list[str]) -> set[int]:
    """Places of words that are part of a harmless phrase."""
    covered: set[int] = set()
    for place, word in enumerate(said):
        for phrase in _SAFE.get(word, ()):
            covered.update(range(place, _end(phrase, said, place)))
    return covered


def _quote(text: str, first: int, end: int) -> str:
    """The words of the hit and a few around it, as written; the beginning of the text where they cannot be placed."""
    tokens = list(_TOKEN.finditer(text))
    # Marks that folding takes away may cut words in two: then the places are not the same.
    if first < 0 or len(tokens) != len(split(text)):
        return one_line(text, _QUOTE)
    start, stop = tokens[max(first - _AROUND, 0)].start(), tokens[min(end + _AROUND, len(tokens)) - 1].end()
    return one_line(text[start:stop], _QUOTE)
