"""From what is shown of a creator to a row of numbers: hashed words, place, where the brief's words stand, factors.

Owns the layout of a row. Words are hashed, so a model holds no text of anybody beyond the words that many share.
Pure; numpy only, as this runs whenever a model in force ranks.
"""

import math
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sourcing.learning.examples import Asked, Shown
from sourcing.words import fold, split

#: A model whose rows were laid out another way is not read.
LAYOUT = 1
WORDS, PLACES = 1 << 15, 1 << 10
#: How far a whole group of numbers may move the odds before it was seen to (prior variances of the weights).
WORD_SCALE, PLACE_SCALE, NUMBER_SCALE = 10.0, 3.0, 2.0
#: A word is kept as a word where so many profiles use it; below, it could name somebody.
SHARED_BY = 5
_SHORTEST_PIECE, _LONGEST_PIECE = 4, 14
_TEXT_KEPT = 3_000
_WORDS_KEPT = 400
_OUT_OF_SCALE = 3.0
_SAID_BY_ALL = 0.2
_ADDRESS = re.compile(r"\S*@\S*\.\S*")

Floats = npt.NDArray[np.float64]

_FIELDS = ("handle", "name", "bio", "hashtags")
MENTIONS = (
    *(f"topic in {field}" for field in _FIELDS), *(f"keyword in {field}" for field in _FIELDS),
    "topic as a word of the bio", "topic early in the bio", "topic in two fields", "topic in three fields",
    "how often the topic", "how often a keyword", "no bio", "hashtags", "length of bio", "non-Latin script",
    "size of account", "engagement rate",
)  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Sparse, a row per profile: row i has entries starts[i]:starts[i + 1] of (column, value); `tokens` its words."""

    starts: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    values: Floats
    tokens: tuple[tuple[str, ...], ...]

    def times(self, weights: Floats) -> Floats:
        """One sum per row. No row is empty: the numbers are always there."""
        return np.add.reduceat(self.values * weights[self.columns], self.starts[:-1])


@dataclass(frozen=True)
class Usage:
    """How words are used in the pool: those that many share, and in how many of `documents` each hashed one stands."""

    vocabulary: frozenset[str]
    documents: int
    seen: npt.NDArray[np.int64]

    @property
    def rarity(self) -> Floats:
        """Inverse document frequency per hashed word; nought for what nobody else says and for what everybody says."""
        telling = (self.seen > 0) & (self.seen <= max(1.0, _SAID_BY_ALL * self.documents))
        return np.where(telling, np.log((1 + self.documents) / (1 + self.seen)) + 1, 0.0)


@dataclass(frozen=True)
class Encoder:
    """How one model reads profiles: the use of words, and what is usual of each number."""

    usage: Usage
    factors: tuple[str, ...]
    mean: Floats
    spread: Floats

    @property
    def numbers(self) -> tuple[str, ...]:
        return (*MENTIONS, *self.factors)

    @property
    def width(self) -> int:
        return WORDS + PLACES + len(self.numbers)

    def rows(self, profiles: Sequence[Shown], asked: Sequence[Asked], factors: Mapping[str, Floats]) -> Rows:
        """One row per profile; `asked` says for each what its campaign looked for; factors are NaN where unknown."""
        tokens = tuple(tokens_of(profile, self.usage.vocabulary) for profile in profiles)
        counts = np.fromiter((len(one) for one in tokens), np.int64, len(tokens))
        words = np.fromiter((word_column(token) for one in tokens for token in one), np.int64, int(counts.sum()))
        rare = self.usage.rarity[words]
        owner = np.repeat(np.arange(len(tokens)), counts)
        length = np.sqrt(np.bincount(owner, weights=rare**2, minlength=len(tokens)))
        length[length == 0] = 1.0
        numbers = self._standard(numbers_of(profiles, asked, factors, self.factors))
        places = np.array([[place_column(name) for name in places_of(profile)] for profile in profiles], np.int64)
        return _woven(
            len(profiles),
            (owner, words, math.sqrt(WORD_SCALE) * rare / length[owner]),
            (places.reshape(len(profiles), 2), math.sqrt(PLACE_SCALE)),
            (numbers * math.sqrt(NUMBER_SCALE / numbers.shape[1]), WORDS + PLACES),
            tokens,
        )

    def _standard(self, numbers: Floats) -> Floats:
        away = (numbers - self.mean) / (self.spread + 0.2)
        return np.clip(np.nan_to_num(away, nan=0.0), -_OUT_OF_SCALE, _OUT_OF_SCALE)


def usage_of(profiles: Sequence[Shown]) -> Usage:
    """Count the words of a sample of the pool."""
    held: dict[str, int] = {}
    for profile in profiles:
        for word in set(_words_of(profile)):
            held[word] = held.get(word, 0) + 1
    shared = (word for word, count in held.items() if count >= SHARED_BY)
    vocabulary = frozenset(word for word in shared if _SHORTEST_PIECE <= len(word) <= _LONGEST_PIECE)
    seen = np.zeros(WORDS, np.int64)
    for profile in profiles:
        seen[list({word_column(token) for token in tokens_of(profile, vocabulary)})] += 1
    return Usage(vocabulary, len(profiles), seen)


def learn_encoder(
    usage: Usage, profiles: Sequence[Shown], asked: Sequence[Asked], factors: Mapping[str, Floats]
) -> Encoder:
    """Read off the profiles what is usual of each number."""
    names = tuple(sorted(factors))
    numbers = numbers_of(profiles, asked, factors, names)
    known = ~np.isnan(numbers)
    many = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, numbers, 0.0).sum(axis=0) / many
    spread = np.sqrt((np.where(known, numbers - mean, 0.0) ** 2).sum(axis=0) / many)
    return Encoder(usage, names, np.round(mean, 6), np.round(spread, 6))


def tokens_of(profile: Shown, vocabulary: frozenset[str]) -> tuple[str, ...]:
    """The words of name, bio, hashtags and captions, and known words inside the handle; each once."""
    name, bio = _split(profile.name or ""), _split(profile.bio or "")
    found = [*name, *bio, *_hashtags(profile), *_split(" ".join(profile.captions[:10]))]
    found += _pieces(profile.handle, vocabulary)
    return tuple(dict.fromkeys(found))[:_WORDS_KEPT]


@lru_cache(maxsize=1 << 17)
def word_column(token: str) -> int:
    return zlib.crc32(token.encode("utf-8", "replace")) % WORDS


@lru_cache(maxsize=1 << 12)
def place_column(place: str) -> int:
    return WORDS + zlib.crc32(place.encode("utf-8", "replace")) % PLACES


def places_of(profile: Shown) -> tuple[str, str]:
    return f"country {profile.country or 'unknown'}", f"language {profile.language or 'unknown'}"


def numbers_of(
    profiles: Sequence[Shown], asked: Sequence[Asked], factors: Mapping[str, Floats], names: Sequence[str]
) -> Floats:
    """MENTIONS and the named factors, one row per profile; NaN where unknown."""
    mentions = np.array([_mentions(one, what) for one, what in zip(profiles, asked, strict=True)], np.float64)
    unknown = np.full(len(profiles), np.nan)
    known = [np.asarray(factors.get(name, unknown), np.float64) for name in names]
    return np.column_stack([mentions.reshape(len(profiles), len(MENTIONS)), *known])


def _mentions(profile: Shown, asked: Asked) -> list[float]:
    words = _split(profile.bio or "")
    fields = (fold(profile.handle), _plain(profile.name or ""), " ".join(words), " ".join(_hashtags(profile)))
    whole = "\n".join(fields)
    # Most profiles hold few of the words, and those that none holds need not be looked for in each field.
    phrases = [phrase for phrase in asked.keywords if all(word in whole for word in phrase)]
    stems = [word for word in asked.name if word in whole]
    named = [len(stems) == len(asked.name) > 0 and all(word in text for word in stems) for text in fields]
    keyed = [any(all(word in text for word in phrase) for phrase in phrases) for text in fields]
    return [
        *named, *keyed, bool(stems) and _as_a_word(stems, words),
        any(word.startswith(one) for one in stems for word in words[:4]),
        sum(named) >= 2, sum(named) >= 3, math.log1p(sum(whole.count(word) for word in stems)),
        math.log1p(sum(whole.count(phrase[0]) for phrase in phrases)),
        not words, bool(profile.hashtags), math.log1p(len(words)) / 3,
        not (start := "".join(words[:8])).isascii() and any(letter > "\u0370" for letter in start),
        math.log10(max(profile.followers or 0, 1_000)) - 4,
        math.nan if profile.engagement_percent is None else math.log1p(max(profile.engagement_percent, 0.0)),
    ]  # fmt: skip


def _as_a_word(stems: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a word of the bio is one of the stems with two letters more at most: "chef", "chefs"."""
    return any(word.startswith(one) and len(word) - len(one) <= 2 for one in stems for word in words)


def _words_of(profile: Shown) -> Iterable[str]:
    yield from _split(profile.name or "")
    yield from _split(profile.bio or "")
    yield from _hashtags(profile)


@lru_cache(maxsize=1 << 14)
def _split(text: str) -> tuple[str, ...]:
    text = text[:_TEXT_KEPT]
    if "@" in text:
        text = _ADDRESS.sub(" ", text)
    return tuple(split(text))


def _plain(text: str) -> str:
    return " ".join(_split(text))


def _hashtags(profile: Shown) -> list[str]:
    return [word for tag in profile.hashtags[:60] for word in _split(tag)]


@lru_cache(maxsize=1 << 14)
def _segments(handle: str) -> tuple[str, ...]:
    return tuple(split(handle.replace("_", " ")))


def _pieces(handle: str, vocabulary: frozenset[str]) -> list[str]:
    """The longest known words inside the handle, from the left: "annafashionblog" holds "fashion" and "blog"."""
    found: list[str] = []
    for part in _segments(handle):
        if part in vocabulary:
            found.append(part)
            continue
        at, begun = 0, _beginnings(vocabulary)
        while at + _SHORTEST_PIECE <= len(part):
            if part[at : at + _SHORTEST_PIECE] not in begun:
                at += 1
                continue
            longest = range(min(len(part), at + _LONGEST_PIECE), at + _SHORTEST_PIECE - 1, -1)
            end = next((stop for stop in longest if part[at:stop] in vocabulary), 0)
            if end:
                found.append(part[at:end])
            at = end or at + 1
    return found


@lru_cache(maxsize=8)
def _beginnings(vocabulary: frozenset[str]) -> frozenset[str]:
    return frozenset(word[:_SHORTEST_PIECE] for word in vocabulary)


def _woven(
    many: int, words: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats],
    places: tuple[npt.NDArray[np.int64], float], numbers: tuple[Floats, int], tokens: tuple[tuple[str, ...], ...],
) -> Rows:  # fmt: skip
    """The groups of columns side by side, words of a row first and in the order of its tokens."""
    owner, columns, values = words
    place_at, place_value = places
    dense, first = numbers
    each = np.arange(many)
    owners = np.concatenate([owner, np.repeat(each, place_at.shape[1]), np.repeat(each, dense.shape[1])])
    order = np.argsort(owners, kind="stable")
    number_at = np.tile(np.arange(dense.shape[1]) + first, many)
    all_columns = np.concatenate([columns, place_at.ravel(), number_at])[order]
    all_values = np.concatenate([values, np.full(place_at.size, place_value), dense.ravel()])[order]
    starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=many))]).astype(np.int64)
    return Rows(starts, all_columns, all_values, tokens)
