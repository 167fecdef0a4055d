"""Topic: how well the words of a profile fit the words of a brief. Unit: 0..1.

Source: handle, name, bio, hashtags and captions. The niche's name decides; the best single keyword and the best word of
the sentence only order those who agree on the name; how near a profile lies to those who speak of it most (`meaning`)
orders the rest. Unknown where a profile has no text and its handle says nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sourcing.meaning import Meaning, Vectors, direction, towards
from sourcing.wordindex import Mentions, WordIndex
from sourcing.words import split, telling

NAME_HALF, KEYWORD_HALF = 2.0, 1.0
KEYWORD_SHARE, BRIEF_SHARE, NEARNESS_SHARE = 0.15, 0.02, 0.15
#: The keywords' share where nobody speaks of the niche by name.
MOST_KEYWORD_SHARE = 0.45
#: So many of those who speak of it most show which way it lies; fewer than this show nothing.
SPEAKERS, _LEAST_SPEAKERS = 250, 10

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
VectorsOf = Callable[[Rows], Vectors]


@dataclass(frozen=True)
class Query:
    """The words of one brief: of the niche's name, of each keyword, and the telling ones of the sentence."""

    name: tuple[str, ...]
    keywords: tuple[tuple[str, ...], ...]
    brief: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        phrases = (self.name, *self.keywords, self.brief)
        return tuple(dict.fromkeys(word for phrase in phrases for word in phrase))


@dataclass(frozen=True)
class Heard:
    """What the whole pool says of the words of a brief: how many of its `profiles` mention each of them; and what share
    of the topic the keywords have."""

    profiles: int
    mentions: Mapping[str, int]
    keyword_share: float

    def worth(self, words: tuple[str, ...]) -> float:
        """What a phrase is worth at most: the mean rarity of its words, which is the inverse document frequency over
        the whole pool, all relatives of a word taken as one."""
        counts = [self.mentions[word] for word in words]
        rarities = [float(np.log(1 + (self.profiles - count + 0.5) / (count + 0.5))) for count in counts]
        return sum(rarities) / max(len(words), 1)


@dataclass(frozen=True)
class Way:
    """Which way the topic lies in the pool's meaning, and how far those who speak of it most lie that way."""

    direction: npt.NDArray[np.float32]
    distance: float


@lru_cache(maxsize=64)
def query(name: str, keywords: tuple[str, ...], brief: str) -> Query:
    phrases = tuple(dict.fromkeys(tuple(split(keyword)) for keyword in keywords))
    return Query(tuple(split(name)), tuple(phrase for phrase in phrases if phrase), tuple(telling(brief)))


def mentioned(asked: Query, index: WordIndex) -> dict[str, int]:
    """How many profiles of an index mention each word of the brief; those of several parts add up."""
    return {word: len(index.mentions(word).rows) for word in asked.words}


def by_name(asked: Query, index: WordIndex, rows: Rows, size: int) -> int:
    """How many of these rows, of rows below `size`, speak of the niche by its name, or by a word of it."""
    named = np.zeros(size, np.bool_)
    for word in asked.name:
        named[index.mentions(word).rows] = True
    return int(np.count_nonzero(named.take(rows)))


def heard(profiles: int, mentions: Mapping[str, int], *, speakers: int, wanted: int) -> Heard:
    """Where fewer than `wanted` of those who are asked about are `speakers`, who speak of the niche by its name, the
    keywords count for more, the fewer the more: what does not fill a list cannot be all that decides about it."""
    scarce = 1.0 - speakers / wanted if speakers < wanted else 0.0
    return Heard(profiles, mentions, KEYWORD_SHARE + (MOST_KEYWORD_SHARE - KEYWORD_SHARE) * scarce)


@dataclass(frozen=True)
class Spoken:
    """The rows, in order, that mention any word of a brief, and what each says of it, 0..1; all others say 0."""

    rows: Rows
    said: Floats

    def of(self, rows: Rows, size: int) -> Floats:
        """What each of these says, of rows below `size`."""
        everybody = np.zeros(size)
        everybody[self.rows] = self.said
        return everybody.take(rows)


def topic(asked: Query, index: WordIndex, size: int, told: Heard) -> Spoken:
    """What the profiles of the index, whose rows are below `size`, say of the brief."""
    spoken = _Mentioning(asked, index, size, told)
    sentence = tuple((word,) for word in asked.brief)
    whole = spoken.best((asked.name,), NAME_HALF)
    whole += told.keyword_share * spoken.best(asked.keywords, KEYWORD_HALF)
    whole += BRIEF_SHARE * spoken.best(sentence, KEYWORD_HALF)
    parts = ((1.0, (asked.name,)), (told.keyword_share, asked.keywords), (BRIEF_SHARE, sentence))
    highest = sum(share * max((told.worth(phrase) for phrase in phrases), default=0.0) for share, phrases in parts)
    return Spoken(spoken.rows, whole / highest if highest else whole)


class _Mentioning:
    """The rows that mention anything, numbered among themselves: far fewer than there are, so that sums over them stay
    in a core's own memory."""

    def __init__(self, asked: Query, index: WordIndex, size: int, told: Heard) -> None:
        self._told, self._found = told, {word: index.mentions(word) for word in asked.words}
        mentioning = np.zeros(size, np.bool_)
        for found in self._found.values():
            mentioning[found.rows] = True
        self.rows = np.flatnonzero(mentioning)
        number = np.empty(size, np.int32)
        number[self.rows] = np.arange(len(self.rows), dtype=np.int32)
        self._places = {word: number.take(found.rows).astype(np.intp) for word, found in self._found.items()}

    def best(self, phrases: tuple[tuple[str, ...], ...], half: float) -> Floats:
        """The phrase that each of `rows` says most of; `half` mentions say half of what many say."""
        best = np.zeros(len(self.rows))
        for phrase in phrases:
            if len(phrase) == 1:
                places = self._places[phrase[0]]
                best[places] = np.maximum(best[places], self._said(phrase[0], half) * self._told.worth(phrase))
            else:
                np.maximum(best, self._phrase(phrase, half), out=best)
        return best

    def _phrase(self, words: tuple[str, ...], half: float) -> Floats:
        """Rarity of the phrase times how much each of `rows` says of its words.

        The words count alike, and one alone counts for little: "slow" is not "slow fashion", however rare the word.
        """
        score, times = np.zeros(len(self.rows)), np.zeros(len(self.rows))
        for word in words:
            places = self._places[word]
            score += np.bincount(places, self._said(word, half), len(self.rows))
            times += np.bincount(places, minlength=len(self.rows))
        return score * times / max(len(words), 1) ** 2 * self._told.worth(words)

    def _said(self, word: str, half: float) -> Floats:
        strength = self._found[word].strength
        return strength / (strength + half)


@dataclass(frozen=True)
class Speakers:
    """Some of those who say most of a brief: how much (`said`), the hash of their key, and what else they speak of."""

    said: Floats
    keys: npt.NDArray[np.uint64]
    vectors: Vectors

    @staticmethod
    def joined(parts: Sequence["Speakers"]) -> "Speakers":
        """Of all parts together those who say most."""
        said, keys = (np.concatenate([getattr(part, name) for part in parts]) for name in ("said", "keys"))
        most = _most(said, keys)
        return Speakers(said[most], keys[most], np.concatenate([part.vectors for part in parts])[most])


def speakers(spoken: Spoken, among: Flags, keys: npt.NDArray[np.uint64], vectors_of: VectorsOf) -> Speakers:
    """Those who say most of the brief, and of equals those with the lowest keys. `among`: which of `spoken.rows` may be
    taken; `keys`: the pool's."""
    rows, said = spoken.rows[among], spoken.said[among]
    if len(rows) > SPEAKERS:
        most = said >= np.partition(said, -SPEAKERS)[-SPEAKERS]
        rows, said = rows[most], said[most]
    most = _most(said, keys[rows])
    return Speakers(said[most], keys[rows[most]], vectors_of(rows[most]))


def _most(said: Floats, keys: npt.NDArray[np.uint64]) -> Rows:
    return np.lexsort((keys, -said))[:SPEAKERS]


def way_of(speaking: Speakers, meaning: Meaning | None) -> Way | None:
    """Which way the topic lies: where those point who say most of it. None where the pool is too small to have learnt
    anything or nearly nobody speaks of it."""
    if meaning is None or len(speaking.said) < _LEAST_SPEAKERS:
        return None
    way = direction(meaning, speaking.vectors, speaking.said)
    distance = float((towards(speaking.vectors, way) * speaking.said).sum() / speaking.said.sum())
    return Way(way, distance) if distance > 0 else None


def nearness(way: Way | None, rows: Rows, vectors_of: VectorsOf) -> Floats:
    """How near each of the rows lies to those who speak of the topic, 0..1; 0 where nothing was learnt."""
    if way is None:
        return np.zeros(len(rows))
    return np.clip(towards(vectors_of(rows), way.direction).astype(np.float64) / way.distance, 0.0, 1.0)


def leading(asked: Query, index: WordIndex, rows: Rows) -> list[str | None]:
    """The keyword of the brief that each row speaks of most, else the niche's name; None where it says neither."""
    best, most = np.full(len(rows), -1), np.zeros(len(rows))
    phrases = (*asked.keywords, asked.name)
    for number, phrase in enumerate(phrases):
        strengths = [_strength(index.mentions(word), rows) for word in phrase]
        said = sum((strength / (strength + KEYWORD_HALF) for strength in strengths), np.zeros(len(rows)))
        said = said / max(len(phrase), 1)
        more = np.logical_and.reduce([said > most, *(strength > 0 for strength in strengths)])
        best[more], most[more] = number, said[more]
    return [" ".join(phrases[number]) if number >= 0 else None for number in best.tolist()]


def _strength(found: Mentions, rows: Rows) -> Floats:
    """How strongly each row mentions a word; the rows of mentions are in order."""
    if not len(found.rows):
        return np.zeros(len(rows))
    places = np.minimum(np.searchsorted(found.rows, rows), len(found.rows) - 1)
    return np.where(found.rows[places] == rows, found.strength[places], 0.0)
