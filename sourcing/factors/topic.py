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


def by_name(asked: Query, index: WordIndex, rows: Rows) -> int:
    """How many of these rows speak of the niche by its name, or by a word of it."""
    named = [_strength(index.mentions(word), rows) > 0 for word in asked.name]
    return int(np.count_nonzero(np.logical_or.reduce(named))) if named else 0


def heard(profiles: int, mentions: Mapping[str, int], *, speakers: int, wanted: int) -> Heard:
    """Where fewer than `wanted` of those who are asked about are `speakers`, who speak of the niche by its name, the
    keywords count for more, the fewer the more: what does not fill a list cannot be all that decides about it."""
    scarce = 1.0 - speakers / wanted if speakers < wanted else 0.0
    return Heard(profiles, mentions, KEYWORD_SHARE + (MOST_KEYWORD_SHARE - KEYWORD_SHARE) * scarce)


def topic(asked: Query, index: WordIndex, size: int, told: Heard) -> Floats:
    """What each of the index' `size` profiles says of the brief, 0..1; 0 where nothing is mentioned."""
    sentence = tuple((word,) for word in asked.brief)
    whole = _best((asked.name,), NAME_HALF, (index, size, told))
    whole += told.keyword_share * _best(asked.keywords, KEYWORD_HALF, (index, size, told))
    whole += BRIEF_SHARE * _best(sentence, KEYWORD_HALF, (index, size, told))
    parts = ((1.0, (asked.name,)), (told.keyword_share, asked.keywords), (BRIEF_SHARE, sentence))
    highest = sum(share * max((told.worth(phrase) for phrase in phrases), default=0.0) for share, phrases in parts)
    return whole / highest if highest else whole


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


def speakers(said: Floats, among: Rows, keys: npt.NDArray[np.uint64], vectors_of: VectorsOf) -> Speakers:
    """Those among these rows who say most of the brief, and of equals those with the lowest keys. `said`: what `topic`
    gave; `keys`: the pool's."""
    speaking = among[said[among] > 0]
    if len(speaking) > SPEAKERS:
        least = np.partition(said[speaking], -SPEAKERS)[-SPEAKERS]
        speaking = speaking[said[speaking] >= least]
    speaking = speaking[_most(said[speaking], keys[speaking])]
    return Speakers(said[speaking], keys[speaking], vectors_of(speaking))


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


def relative(scores: Floats) -> Floats:
    """The same with 1 for the profile among these that speaks of the topic most."""
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores


def _best(phrases: tuple[tuple[str, ...], ...], half: float, pool: tuple[WordIndex, int, Heard]) -> Floats:
    """The phrase that each profile says most of; `half` mentions say half of what many say."""
    best = np.zeros(pool[1])
    for phrase in phrases:
        rows, worth = _phrase(phrase, half, pool)
        best[rows] = np.maximum(best[rows], worth)
    return best


def _phrase(words: tuple[str, ...], half: float, pool: tuple[WordIndex, int, Heard]) -> tuple[Rows, Floats]:
    """(rows, rarity of the phrase times how much they say of its words): `half` mentions say half of what many say.

    The words count alike, and one alone counts for little: "slow" is not "slow fashion", however rare the word.
    """
    index, size, told = pool
    found = [index.mentions(word) for word in words]
    said = [one.strength / (one.strength + half) for one in found]
    if len(found) == 1:
        return found[0].rows, said[0] * told.worth(words)
    rows = np.concatenate([one.rows for one in found] or [np.empty(0, np.int64)])
    score, times = np.zeros(size), np.zeros(size)
    for one, strength in zip(found, said, strict=True):
        score[one.rows] += strength
        times[one.rows] += 1
    return rows, score[rows] * times[rows] / max(len(words), 1) ** 2 * told.worth(words)


def _strength(found: Mentions, rows: Rows) -> Floats:
    """How strongly each row mentions a word; the rows of mentions are in order."""
    if not len(found.rows):
        return np.zeros(len(rows))
    places = np.minimum(np.searchsorted(found.rows, rows), len(found.rows) - 1)
    return np.where(found.rows[places] == rows, found.strength[places], 0.0)
