"""Who gets a place: from scored survivors to an order, one account per person, within the caps, not all alike.

Reads only the profiles that could get a place, best first, until list and bench are full. Whoever is left out is told
of with the reason. Wording of the places is the longlist's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from core.campaign import Campaign
from sourcing.factors import safety, topic
from sourcing.fit import Scored
from sourcing.known import Known, Learnt
from sourcing.objections import OPTED_OUT, Objections
from sourcing.people import Persons
from sourcing.pool import Pool, Profile
from sourcing.variety import Cap, Turn

#: So many of the best are read, judged and compared with one another at a time: of those asked for this many times as
#: many, and what was learnt from reviewers looks at more, because it may bring somebody up from further down. What is
#: compared with one another takes memory by the square, so there is a most.
TIMES_CONSIDERED, LEAST_CONSIDERED, LEARNT_CONSIDERED, MOST_CONSIDERED = 1.5, 400, 2_000, 3_000
#: A phrase on the watch list leaves a fit of at most so much: such a creator can still be found, and asked for.
WATCH_CAP = 0.4
#: Accounts with word for word the same bio: a network, or a template that somebody sells.
MOST_WITH_ONE_BIO = 2
#: Once so many were left out, others whom the columns already speak against are counted without being read.
MOST_TOLD = 200
_SAME_BIO = "the same bio as others"

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


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
    """`places` in order; `left_out`: those of them who were read, in the order in which they were come to; `why`: place
    among the scored → what kept it off, of all; `counts`: reason in a word or two → how many it kept off."""

    places: list[Place] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    why: dict[int, str] = field(default_factory=dict)
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
    judge = _Judge(pool, campaign, scored, known)
    chosen, keys = judge.chosen, pool.numbers("key")[scored.rows]
    step = min(max(LEAST_CONSIDERED, int(TIMES_CONSIDERED * wanted)), MOST_CONSIDERED)
    step = LEARNT_CONSIDERED if known.learnt else step
    order, held = scored.order(keys, first=step + 1), list[_Seen]()
    for start in range(0, len(keys), step):
        if len(chosen.places) >= wanted:
            break
        order = scored.order(keys) if start == step else order
        seen = [*judge.sift(order[start : start + step], start + 1), *held]
        following = float(scored.fit[order[start + step]]) if start + step < len(keys) else 0.0
        # Whose fit was capped below all of these waits for those who come next.
        held = [one for one in seen if one.watched and one.fit < following]
        seen = [one for one in seen if not (one.watched and one.fit < following)]
        judge.fill(sorted(seen, key=lambda one: (-one.fit, one.by_fit)), wanted)
    chosen.places = [replace(place, also=judge.persons.others(place.profile)) for place in chosen.places]
    return chosen


class _Judge:
    """Reads profiles and says who may not have a place, once for each; gives the places to the others."""

    def __init__(self, pool: Pool, campaign: Campaign, scored: Scored, known: Known) -> None:
        self.pool, self.campaign, self.scored, self.known = pool, campaign, scored, known
        self.chosen, self.persons = Chosen(), Persons(known.persons)
        self._objections = Objections(campaign, known.exclusions)
        self._bio_keys = pool.numbers("bio_key")[scored.rows]
        self._bios: Counter[int] = Counter()
        self._cities, self._verticals = (
            Cap(campaign.longlist.per_city, "city"),
            Cap(campaign.longlist.per_vertical, "vertical"),
        )

    def sift(self, places: Rows, first: int) -> list[_Seen]:
        """Those of the survivors at these places that may have one, with what was learnt counted in.

        `first` is the rank by fit of the first of them.
        """
        kept: list[_Seen] = []
        where = self._where(places)
        for by_fit, (at, city, vertical) in enumerate(zip(places.tolist(), *where, strict=True), start=first):
            fit = float(self.scored.fit[at])
            if len(self.chosen.left_out) >= MOST_TOLD and (seen := self._at_sight(at, city, vertical)):
                self._leave_out(at, *seen)
                continue
            profile = self.pool.profile(int(self.scored.rows[at]))
            hit = self._objections.phrase_in(profile)
            if against := self._against(at, profile, hit):
                self._leave_out(at, *against, read=(profile, fit))
                if against[0] == OPTED_OUT:
                    # So that another account of theirs is known for theirs.
                    self.persons.claim(profile)
            else:
                kept.append(_Seen(at, profile, fit, by_fit, hit))
        if first == 1 and self.known.learnt is not None and kept:
            kept = self._relearnt(self.known.learnt, kept)
        return [replace(seen, fit=min(seen.fit, WATCH_CAP)) if seen.watched else seen for seen in kept]

    def fill(self, seen: list[_Seen], wanted: int) -> None:
        """Give places to the best of these, one account per person, within the caps, unlike ones first."""
        turn = self._turn(seen)
        for number in turn:
            if len(self.chosen.places) >= wanted:
                return
            one = seen[number]
            if (first := self.persons.claim(one.profile)) is not None:
                self._leave_out(one.at, "another account of a person", first, read=(one.profile, one.fit))
                turn.pass_over()
                continue
            ((city,), (vertical,)) = self._where(np.array([one.at]))
            if full := self._cities.full(city) or self._verticals.full(vertical):
                self._leave_out(one.at, *full, read=(one.profile, one.fit))
                turn.pass_over()
                continue
            self._cities.take(city)
            self._verticals.take(vertical)
            self.chosen.places.append(Place(one.at, one.profile, one.fit, one.by_fit, one.watched))

    def _leave_out(self, at: int, name: str, reason: str, *, read: tuple[Profile, float] | None = None) -> None:
        """`read`: the profile and its fit 0..1, where it was read."""
        self.chosen.counts[name] += 1
        self.chosen.why[at] = reason
        # A page that goes round does not say who asked to be left alone.
        if read is not None and name != OPTED_OUT:
            profile, fit = read
            self.chosen.left_out.append(LeftOut(profile.platform, profile.handle, round(fit * 100, 2), reason))

    def _against(self, at: int, profile: Profile, hit: safety.Hit | None) -> tuple[str, str] | None:
        """(the limit's name, what a person is told) where the profile may have no place."""
        if against := self._objections.to(profile, int(self.scored.kind[at]), hit) or self._same_bio(at):
            return against
        self._bios[int(self._bio_keys[at])] += 1
        return None

    def _at_sight(self, at: int, city: str | None, vertical: str | None) -> tuple[str, str] | None:
        """The same without reading the profile: what the columns alone speak against."""
        against = self._objections.at_sight(int(self.scored.kind[at])) or self._same_bio(at)
        return against or self._cities.full(city) or self._verticals.full(vertical)

    def _same_bio(self, at: int) -> tuple[str, str] | None:
        bio = int(self._bio_keys[at])
        if not bio or self._bios[bio] < MOST_WITH_ONE_BIO:
            return None
        return _SAME_BIO, f"{MOST_WITH_ONE_BIO} accounts with word for word this bio rank higher"

    def _where(self, places: Rows) -> tuple[Sequence[str | None], Sequence[str | None]]:
        """(city, vertical) of each of these, None where it is not known or no cap asks for it."""
        cities: Sequence[str | None] = [None] * len(places)
        verticals = cities
        if self.campaign.longlist.per_city is not None:
            codes = np.asarray(self.pool.numbers("city"))[self.scored.rows[places]]
            cities = [self.pool.cities[code] or None for code in codes.tolist()]
        if self.campaign.longlist.per_vertical is not None:
            verticals = verticals_of(self.pool, self.scored, places)
        return cities, verticals

    def _relearnt(self, learnt: Learnt, kept: list[_Seen]) -> list[_Seen]:
        places = np.array([seen.at for seen in kept], dtype=np.int64)
        factors = {name: column[places] for name, column in self.scored.factors.items()}
        fits = learnt.adjusted([seen.profile for seen in kept], factors, np.array([seen.fit for seen in kept]))
        return [replace(seen, fit=float(fit)) for seen, fit in zip(kept, fits, strict=True)]

    def _turn(self, seen: list[_Seen]) -> Turn:
        """By fit; where the campaign wants diversity and the pool has a meaning, unlike ones first."""
        fits, diversity = np.array([one.fit for one in seen]), self.campaign.longlist.diversity
        if not (seen and diversity and self.pool.meaning):
            return Turn(fits)
        return Turn(fits, self.pool.vectors(self.scored.rows[[one.at for one in seen]]), diversity)


def verticals_of(pool: Pool, scored: Scored, places: Rows) -> list[str | None]:
    """The platform's or vendor's own word for each, else what of the brief it speaks of most; None unknown."""
    rows = scored.rows[places]
    codes = np.asarray(pool.numbers("category"))[rows]
    spoken = topic.leading(scored.asked, pool.index, rows)
    return [pool.categories[code] or said for code, said in zip(codes.tolist(), spoken, strict=True)]
