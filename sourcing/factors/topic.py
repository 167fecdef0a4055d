"""Topic: how well the words of a profile fit the words of a brief. Unit: 0..1.

Source: handle, name, bio, hashtags and captions. The niche's name decides; the best single keyword and the best word of
the sentence only order those who agree on the name; how near a profile lies to those who speak of it most (`meaning`)
orders the rest. Unknown where a profile has no text and its handle says nothing.
"""

from collections.abc import Callable
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
class Way:
    """Which way the topic lies in the pool's meaning, and how far those who speak of it most lie that way."""

    direction: npt.NDArray[np.float32]
    distance: float


@lru_cache(maxsize=64)
def query(name: str, keywords: tuple[str, ...], brief: str) -> Query:
    phrases = tuple(dict.fromkeys(tuple(split(keyword)) for keyword in keywords))
    return Query(tuple(split(name)), tuple(phrase for phrase in phrases if phrase), tuple(telling(brief)))


def topic(asked: Query, index: WordIndex, profiles: int, *, among: Rows | None = None, wanted: int = 0) -> Floats:
    """What each profile of the pool says of the brief, 0..1; 0 where nothing is mentioned.

    Where fewer of `among` than `wanted` speak of the niche by its name, the keywords count for more, the fewer the
    more: what does not fill a list cannot be all that decides about it.
    """
    pool = (index, profiles)
    named = _best((asked.name,), NAME_HALF, pool)
    speakers = wanted if among is None else int(np.count_nonzero(named[among]))
    scarce = 1.0 - speakers / wanted if speakers < wanted else 0.0
    keyword_share = KEYWORD_SHARE + (MOST_KEYWORD_SHARE - KEYWORD_SHARE) * scarce
    sentence = tuple((word,) for word in asked.brief)
    whole = named + keyword_share * _best(asked.keywords, KEYWORD_HALF, pool)
    whole += BRIEF_SHARE * _best(sentence, KEYWORD_HALF, pool)
    parts = ((1.0, (asked.name,)), (keyword_share, asked.keywords), (BRIEF_SHARE, sentence))
    highest = sum(share * max((_worth(phrase, pool) for phrase in phrases), default=0.0) for share, phrases in parts)
    return whole / highest if highest else whole


def way_of(
    said: Floats, among: Rows, keys: npt.NDArray[np.uint64], meaning: Meaning | None, vectors_of: VectorsOf
) -> Way | None:
    """Which way the topic lies: where those among these rows point who say most of it.

    `said`: what `topic` gave; of equals the lowest of the pool's `keys` count. None where the pool is too small to have
    learnt anything or nearly nobody speaks of it.
    """
    if meaning is None:
        return None
    speaking = among[said[among] > 0]
    if len(speaking) < _LEAST_SPEAKERS:
        return None
    if len(speaking) > SPEAKERS:
        least = np.partition(said[speaking], -SPEAKERS)[-SPEAKERS]
        speaking = speaking[said[speaking] >= least]
    speaking = speaking[np.lexsort((keys[speaking], -said[speaking]))[:SPEAKERS]]
    vectors, weights = vectors_of(speaking), said[speaking]
    way = direction(meaning, vectors, weights)
    distance = float((towards(vectors, way) * weights).sum() / weights.sum())
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


def _best(phrases: tuple[tuple[str, ...], ...], half: float, pool: tuple[WordIndex, int]) -> Floats:
    """The phrase that each profile says most of; `half` mentions say half of what many say."""
    best = np.zeros(pool[1])
    for phrase in phrases:
        rows, worth = _phrase(phrase, half, pool)
        best[rows] = np.maximum(best[rows], worth)
    return best


def _phrase(words: tuple[str, ...], half: float, pool: tuple[WordIndex, int]) -> tuple[Rows, Floats]:
    """(rows, rarity of the phrase times how much they say of its words): `half` mentions say half of what many say.

    The words count alike, and one alone counts for little: "slow" is not "slow fashion", however rare the word.
    """
    index, profiles = pool
    found = [index.mentions(word) for word in words]
    said = [one.strength / (one.strength + half) for one in found]
    if len(found) == 1:
        return found[0].rows, said[0] * _worth(words, pool)
    rows = np.concatenate([one.rows for one in found] or [np.empty(0, np.int64)])
    score, times = np.zeros(profiles), np.zeros(profiles)
    for one, strength in zip(found, said, strict=True):
        score[one.rows] += strength
        times[one.rows] += 1
    return rows, score[rows] * times[rows] / max(len(words), 1) ** 2 * _worth(words, pool)


def _strength(found: Mentions, rows: Rows) -> Floats:
    """How strongly each row mentions a word; the rows of mentions are in order."""
    if not len(found.rows):
        return np.zeros(len(rows))
    places = np.minimum(np.searchsorted(found.rows, rows), len(found.rows) - 1)
    return np.where(found.rows[places] == rows, found.strength[places], 0.0)


def _worth(words: tuple[str, ...], pool: tuple[WordIndex, int]) -> float:
    """What the phrase is worth at most: the mean rarity of its words."""
    return sum(_rarity(pool[0].mentions(word), pool[0].profiles) for word in words) / max(len(words), 1)


def _rarity(found: Mentions, profiles: int) -> float:
    """Inverse document frequency over the whole pool, all relatives of the word taken as one."""
    count = len(found.rows)
    return float(np.log(1 + (profiles - count + 0.5) / (count + 0.5)))
