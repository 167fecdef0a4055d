"""Topic: how well the words of a profile fit the words of a brief. Unit: 0..1.

Source: handle, name, bio, hashtags and captions. The niche's name decides; the best single keyword and the best word of
the sentence only order those who agree on the name. Unknown where a profile has no text and its handle says nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sourcing.wordindex import Mentions, WordIndex
from sourcing.words import split, telling

NAME_HALF, KEYWORD_HALF = 2.0, 1.0
KEYWORD_SHARE, BRIEF_SHARE = 0.15, 0.02

Floats = npt.NDArray[np.float64]


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


def query(name: str, keywords: tuple[str, ...], brief: str) -> Query:
    phrases = tuple(dict.fromkeys(tuple(split(keyword)) for keyword in keywords))
    return Query(tuple(split(name)), tuple(phrase for phrase in phrases if phrase), tuple(telling(brief)))


def topic(asked: Query, index: WordIndex, profiles: int) -> Floats:
    """One number per profile of the pool, 0..1; 0 where nothing is mentioned."""
    best = np.zeros(profiles)
    for phrase in asked.keywords:
        np.maximum(best, _phrase(phrase, KEYWORD_HALF, (index, profiles)), out=best)
    sentence = np.zeros(profiles)
    for word in asked.brief:
        np.maximum(sentence, _phrase((word,), KEYWORD_HALF, (index, profiles)), out=sentence)
    named = _phrase(asked.name, NAME_HALF, (index, profiles))
    whole = named + KEYWORD_SHARE * best + BRIEF_SHARE * sentence
    highest = sum(
        share * max((_worth(phrase, (index, profiles)) for phrase in phrases), default=0.0)
        for share, phrases in (
            (1.0, (asked.name,)),
            (KEYWORD_SHARE, asked.keywords),
            (BRIEF_SHARE, tuple((word,) for word in asked.brief)),
        )
    )
    return whole / highest if highest else whole


def relative(scores: Floats) -> Floats:
    """The same with 1 for the profile among these that speaks of the topic most."""
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores


def _phrase(words: tuple[str, ...], half: float, pool: tuple[WordIndex, int]) -> Floats:
    """Rarity of the phrase times how much is said of its words: `half` mentions say half of what many say.

    The words count alike, and one alone counts for little: "slow" is not "slow fashion", however rare the word.
    """
    index, profiles = pool
    score, said = np.zeros(profiles), np.zeros(profiles)
    for word in words:
        found = index.mentions(word)
        score[found.rows] += found.strength / (found.strength + half)
        said[found.rows] += 1
    whole: Floats = score * said / max(len(words), 1) ** 2 * _worth(words, pool)
    return whole


def _worth(words: tuple[str, ...], pool: tuple[WordIndex, int]) -> float:
    """What the phrase is worth at most: the mean rarity of its words."""
    return sum(_rarity(pool[0].mentions(word), pool[0].profiles) for word in words) / max(len(words), 1)


def _rarity(found: Mentions, profiles: int) -> float:
    """Inverse document frequency over the whole pool, all relatives of the word taken as one."""
    count = len(found.rows)
    return float(np.log(1 + (profiles - count + 0.5) / (count + 0.5)))
