"""Look-alikes: who in the pool is most like creators that are known to work. Reads a pool, keeps nothing.

Alike are creators who write about the same things (the pool's meaning), in the same rare words, for an audience of the
same size on any platform. Numbers of engagement or money are no likeness.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import Refused
from sourcing.evidence import one_line
from sourcing.meaning import direction, towards
from sourcing.objections import OPTED_OUT, Objections
from sourcing.people import Persons
from sourcing.pool import Pool, Profile, account_key
from sourcing.words import split

#: What each part is worth; where one cannot be told, the others share.
MEANING, WORDS, SIZE = 0.6, 0.3, 0.1
_WORDS_READ, _WORDS_ASKED = 500, 40
_SHOWN = 4
#: A word that more of the pool says than this tells nobody apart.
_TOO_COMMON = 0.05
_SHORTEST = 3
#: Ten times as large is not of the same size at all.
_TENFOLD = float(np.log(10.0))

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Alike:
    """One look-alike. `likeness` 0..100; `shared` are words that it shares with the examples."""

    rank: int
    platform: str
    handle: str
    name: str | None
    country: str | None
    followers: int
    likeness: float
    shared: tuple[str, ...]


def lookalikes(
    pool: Pool, examples: Sequence[tuple[str, str]], rows: Rows, *, limit: int, objections: Objections | None = None
) -> tuple[Alike, ...]:
    """The `limit` of the rows most like the examples, best first, one account per person; never an example itself, nor
    whom the objections speak against.

    Raises Refused where the pool knows none of the examples, or nothing they say.
    """
    known = pool.rows_of(account_key(platform, handle) for platform, handle in examples)
    # In an order that hangs on the accounts alone, because sums are rounded as they are added up.
    known = known[np.argsort(pool.numbers("key")[known])]
    if not len(known):
        named = ", ".join(one_line(handle, 40) for _, handle in examples)
        raise Refused(f"The pool knows none of {named}.", next_step="Name creators that were imported.")
    profiles = [pool.profile(int(row)) for row in known]
    rows = rows[~np.isin(rows, known)]
    words = _telling_words(pool, profiles)
    parts = [(WORDS, _by_words(pool, words, rows)), (SIZE, _by_size(pool, known, rows))]
    if (near := _by_meaning(pool, known, rows)) is not None:
        parts.append((MEANING, near))
    elif not words:
        raise Refused("The examples say nothing that others could be compared with.",
                      next_step="Name creators with a bio, hashtags or captions.")  # fmt: skip
    likeness = sum((share * part for share, part in parts), np.zeros(len(rows))) / sum(share for share, _ in parts)
    order = np.lexsort((pool.numbers("key")[rows], -likeness))
    return tuple(_listed(pool, (rows[order], likeness[order]), (profiles, words, objections), limit))


def _listed(
    pool: Pool, ordered: tuple[Rows, Floats], told: tuple[list[Profile], list[str], Objections | None], limit: int
) -> list[Alike]:
    (rows, likeness), (examples, words, objections) = ordered, told
    kinds = pool.numbers("kind")
    persons, found = Persons({}), list[Alike]()
    for example in examples:
        persons.claim(example)
    for row, value in zip(rows.tolist(), likeness.tolist(), strict=True):
        if len(found) == limit:
            break
        profile = pool.profile(row)
        against = objections and objections.to(profile, int(kinds[row]), objections.phrase_in(profile))
        known = (not against or against[0] == OPTED_OUT) and persons.claim(profile) is not None
        if against or known:
            continue
        said = set(_words_of(profile))
        shared = tuple(word for word in words if word in said)[:_SHOWN]
        found.append(
            Alike(len(found) + 1, profile.platform, profile.handle, profile.name, profile.country,
                  profile.followers or 0, round(value * 100, 2), shared)
        )  # fmt: skip
    return found


def _by_meaning(pool: Pool, known: Rows, rows: Rows) -> Floats | None:
    if pool.meaning is None:
        return None
    examples = pool.vectors(known)
    way = direction(pool.meaning, examples, np.ones(len(known)))
    distance = float(towards(examples, way).mean(dtype=np.float64))
    if distance <= 0:
        return None
    return np.clip(towards(pool.vectors(rows), way).astype(np.float64) / distance, 0.0, 1.0)


def _telling_words(pool: Pool, profiles: list[Profile]) -> list[str]:
    """Words of the examples that tell somebody apart, the rarest and most shared first."""
    said = Counter(word for profile in profiles for word in dict.fromkeys(_words_of(profile)))
    worth = {}
    # Each is looked for in the whole pool, and a profile may hold a book.
    for word, times in said.most_common(_WORDS_READ):
        count = len(pool.index.rows_with(word))
        if 1 < count <= _TOO_COMMON * pool.profiles + 10:
            worth[word] = times * float(np.log(pool.profiles / count + 1))
    return sorted(worth, key=lambda word: (-worth[word], word))[:_WORDS_ASKED]


def _by_words(pool: Pool, words: list[str], rows: Rows) -> Floats:
    """The share of the telling words that each row says, rare ones more; 1 for whoever says most of them."""
    said = np.zeros(len(pool))
    for word in words:
        found = np.unique(pool.index.rows_with(word))
        said[found] += float(np.log(pool.profiles / max(len(found), 1) + 1))
    best = float(said[rows].max(initial=0.0))
    return said[rows] / best if best else said[rows]


def _by_size(pool: Pool, known: Rows, rows: Rows) -> Floats:
    counts = np.asarray(pool.numbers("followers")).astype(np.float64)
    sizes, known = np.log1p(np.maximum(counts, 0)), known[counts[known] >= 0]
    away = np.abs(sizes[rows] - np.median(sizes[known])) if len(known) else np.full(len(rows), _TENFOLD)
    near: Floats = np.clip(1.0 - away / _TENFOLD, 0.0, 1.0)
    return near


def _words_of(profile: Profile) -> list[str]:
    text = " ".join([profile.name or "", profile.bio or "", *profile.hashtags, *profile.captions])
    return [word for word in split(text) if len(word) >= _SHORTEST]
