"""Who gets a place: from scored survivors to an order, one account per person, within the caps, not all alike.

Reads only the profiles that could get a place, best first, until list and bench are full. Whoever is left out is told
of with the reason. Wording of the places is the longlist's.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from core.campaign import Campaign
from sourcing.factors import account_kind, safety, topic
from sourcing.fit import Scored
from sourcing.known import Known, Learnt
from sourcing.lexicon.account_kinds import BRAND, REPOSTS
from sourcing.people import Persons
from sourcing.pool import Pool, Profile
from sourcing.words import split

#: So many of the best are read, judged and compared with one another at a time: of those asked for this many times as
#: many, and what was learnt from reviewers looks at more, because it may bring somebody up from further down.
TIMES_CONSIDERED, LEAST_CONSIDERED, LEARNT_CONSIDERED = 1.5, 400, 2_000
#: A phrase on the watch list leaves a fit of at most so much: such a creator can still be found, and asked for.
WATCH_CAP = 0.4
#: Accounts with word for word the same bio: a network, or a template that somebody sells.
MOST_WITH_ONE_BIO = 2
_COPIED, _LEAST_WORDS, _PIECE = 0.6, 8, 4

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """One place, first or later: which survivor, its profile, the fit it has now, and why it is not higher.

    `by_fit`: the rank by the campaign's own fit among all survivors, before anything learnt, caps or diversity.
    """

    at: int
    profile: Profile
    fit: float
    by_fit: int = 0
    watched: safety.Hit | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """An account that its fit would have brought onto the list, and what kept it off. `fit` 0..100."""

    platform: str
    handle: str
    fit: float
    reason: str


@dataclass
class Chosen:
    """`places` in order; `left_out` best first; `counts`: reason in a word or two → how many it kept off."""

    places: list[Place] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Seen:
    at: int
    profile: Profile
    fit: float
    by_fit: int
    watched: safety.Hit | None


def choose(pool: Pool, campaign: Campaign, scored: Scored, known: Known, wanted: int) -> Chosen:
    """Fill `wanted` places with the best survivors. Fewer where there are no more."""
    chosen = Chosen()
    judge = _Judge(pool, campaign, scored, known, chosen)
    keys = pool.numbers("key")[scored.rows]
    step = LEARNT_CONSIDERED if known.learnt else max(LEAST_CONSIDERED, int(TIMES_CONSIDERED * wanted))
    order = scored.order(keys, first=step)
    for start in range(0, len(keys), step):
        if len(chosen.places) >= wanted:
            break
        order = scored.order(keys) if start == step else order
        seen = judge.sift(order[start : start + step].tolist(), start + 1)
        _fill(pool, campaign, scored, (seen, judge), wanted)
    chosen.places = [replace(place, also=judge.persons.others(place.profile)) for place in chosen.places]
    return chosen


class _Judge:
    """Reads profiles and says who may not have a place, once for each."""

    def __init__(self, pool: Pool, campaign: Campaign, scored: Scored, known: Known, chosen: Chosen) -> None:
        self.pool, self.campaign, self.scored, self.known, self.chosen = pool, campaign, scored, known, chosen
        self.persons = Persons(known.persons)
        self._phrases = safety.compile_phrases(campaign.safety)
        self._brief = _pieces(campaign.topic.brief)
        self._out = known.exclusions
        self._bios: Counter[int] = Counter()

    def sift(self, places: list[int], first: int) -> list[_Seen]:
        """Those of the survivors at these places that may have one, best first, with what was learnt counted in.

        `first` is the rank by fit of the first of them.
        """
        rows, kinds = self.scored.rows, self.scored.kind
        kept: list[_Seen] = []
        for by_fit, at in enumerate(places, start=first):
            profile = self.pool.profile(int(rows[at]))
            fit = float(self.scored.fit[at])
            hit = safety.first_hit(profile, self._phrases)
            if reason := self._against(profile, hit, int(kinds[at]), int(rows[at])):
                self.leave_out(profile, fit, *reason)
            else:
                kept.append(_Seen(at, profile, fit, by_fit, hit))
        if first == 1 and self.known.learnt is not None and kept:
            kept = self._relearnt(self.known.learnt, kept)
        capped = [replace(seen, fit=min(seen.fit, WATCH_CAP)) if seen.watched else seen for seen in kept]
        return sorted(capped, key=lambda seen: -seen.fit)

    def leave_out(self, profile: Profile, fit: float, name: str, reason: str) -> None:
        self.chosen.left_out.append(LeftOut(profile.platform, profile.handle, round(fit * 100, 2), reason))
        self.chosen.counts[name] += 1

    def _against(self, profile: Profile, hit: safety.Hit | None, kind: int, row: int) -> tuple[str, str] | None:
        """(the limit's name, what a person is told) where the profile may have no place."""
        unwanted = self.campaign.audience.keep_out
        if (kind == BRAND and "brands" in unwanted) or (kind == REPOSTS and "reposts" in unwanted):
            return "a brand's own account or a repost page", account_kind.words_of(profile)
        if self._out.fingerprints and self._out.fingerprints_of is not None:
            mine = self._out.fingerprints_of(profile.key, profile.email)
            if not self._out.fingerprints.isdisjoint(mine):
                return "opted out", "Asked not to be written to"
        if hit is not None and hit.phrase.level == "veto":
            return "brand safety", hit.words
        if self._brief and _copied(profile, self._brief):
            return "copies the brief", "The bio repeats the brief word for word"
        bio = int(self.pool.numbers("bio_key")[row])
        if bio and self._bios[bio] >= MOST_WITH_ONE_BIO:
            return "the same bio as others", f"{MOST_WITH_ONE_BIO} accounts with word for word this bio rank higher"
        self._bios[bio] += 1
        return None

    def _relearnt(self, learnt: Learnt, kept: list[_Seen]) -> list[_Seen]:
        places = np.array([seen.at for seen in kept], dtype=np.int64)
        factors = {name: column[places] for name, column in self.scored.factors.items()}
        fits = learnt.adjusted([seen.profile for seen in kept], factors, np.array([seen.fit for seen in kept]))
        return [replace(seen, fit=float(fit)) for seen, fit in zip(kept, fits, strict=True)]


def _fill(pool: Pool, campaign: Campaign, scored: Scored, taken: tuple[list[_Seen], _Judge], wanted: int) -> None:
    """Give places to the best of these, one account per person, within the caps, unlike ones first."""
    seen, judge = taken
    cities = _Cap(campaign.longlist.per_city, "city")
    verticals = _Cap(campaign.longlist.per_vertical, "vertical")
    for place in judge.chosen.places:
        cities.take(place.profile.city)
        verticals.take(vertical_of(pool, scored, place.at, place.profile))
    for number in _diverse(pool, scored, seen, campaign.longlist.diversity):
        if len(judge.chosen.places) >= wanted:
            return
        one = seen[number]
        if (first := judge.persons.claim(one.profile)) is not None:
            judge.leave_out(one.profile, one.fit, "another account of a person", first)
            continue
        city, vertical = one.profile.city, vertical_of(pool, scored, one.at, one.profile)
        full = cities.full(city) or verticals.full(vertical)
        if full:
            judge.leave_out(one.profile, one.fit, *full)
            continue
        cities.take(city)
        verticals.take(vertical)
        judge.chosen.places.append(Place(one.at, one.profile, one.fit, one.by_fit, one.watched))


class _Cap:
    """How many places each city, or each vertical, has taken."""

    def __init__(self, most: int | None, what: str) -> None:
        self._most, self._what, self._taken = most, what, Counter[str]()

    def full(self, name: str | None) -> tuple[str, str] | None:
        if self._most is None or not name or self._taken[name.casefold()] < self._most:
            return None
        return f"most of one {self._what}", f"{name} has its {self._most} places (longlist.per_{self._what})"

    def take(self, name: str | None) -> None:
        if name:
            self._taken[name.casefold()] += 1


def vertical_of(pool: Pool, scored: Scored, at: int, profile: Profile) -> str | None:
    """The platform's or vendor's own word for it, else what of the brief the profile speaks of most; None unknown."""
    return profile.category or topic.leading(scored.asked, pool.index, int(scored.rows[at]))


def _diverse(pool: Pool, scored: Scored, seen: list[_Seen], diversity: float) -> Iterator[int]:
    """Maximal marginal relevance (Carbonell and Goldstein 1998): the fit, less what somebody above already shows.

    Likeness is that of meaning. Without meaning (a small pool) or diversity: by fit.
    """
    vectors = pool.vectors(scored.rows[[one.at for one in seen]]) if seen and pool.meaning and diversity else None
    if vectors is None:
        yield from range(len(seen))
        return
    whole = vectors.astype(np.float32)
    # Whole numbers, so that the sums are exact; unit length only after them.
    lengths = np.maximum(np.sqrt((whole * whole).sum(axis=1)), 1.0).astype(np.float64)
    alike = (whole @ whole.T).astype(np.float64) / lengths[:, None] / lengths[None, :]
    fits = np.array([one.fit for one in seen])
    nearest, left = np.zeros(len(seen)), np.ones(len(seen), dtype=np.bool_)
    for _ in range(len(seen)):
        worth = np.where(left, (1.0 - diversity) * fits - diversity * nearest, -np.inf)
        # Equal worth: who comes first in the order by fit.
        best = int(np.argmax(worth))
        left[best] = False
        np.maximum(nearest, alike[best], out=nearest)
        yield best


def _pieces(text: str) -> frozenset[tuple[str, ...]]:
    """Every four words in a row; none of a text too short to be told when copied."""
    words = split(text)
    if len(words) < _LEAST_WORDS:
        return frozenset()
    return frozenset(tuple(words[place : place + _PIECE]) for place in range(len(words) - _PIECE + 1))


def _copied(profile: Profile, brief: frozenset[tuple[str, ...]]) -> bool:
    words = split(profile.bio or "")
    said = {tuple(words[place : place + _PIECE]) for place in range(len(words) - _PIECE + 1)}
    return len(brief & said) >= _COPIED * len(brief)
