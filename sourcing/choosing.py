"""Who gets a place: from scored survivors to an order, one account per person, within the caps, not all alike.

Reads only the profiles that could get a place, best first, until list and bench are full. Whoever is left out is told
of with the reason. Wording of the places is the longlist's.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from core.campaign import Campaign
from sourcing.contenders import Contenders
from sourcing.factors import safety
from sourcing.known import Known, Learnt
from sourcing.objections import OPTED_OUT, Objections
from sourcing.people import Persons
from sourcing.profiles import Profile
from sourcing.variety import Cap, Turn

#: So many of the best are read, judged and compared with one another at a time: of those asked for this many times as
#: many, and what was learnt from reviewers looks at more, because it may bring somebody up from further down. What is
#: compared with one another takes memory by the square, so there is a most.
TIMES_CONSIDERED, LEAST_CONSIDERED, LEARNT_CONSIDERED, MOST_CONSIDERED = 1.5, 400, 2_000, 3_000
#: Whoever has looked at all of them and has places left gets so many times as many.
_TIMES_MORE = 4
#: A phrase on the watch list leaves a fit of at most so much: such a creator can still be found, and asked for.
WATCH_CAP = 0.4
#: Accounts with word for word the same bio: a network, or a template that somebody sells.
MOST_WITH_ONE_BIO = 2
#: Once so many were left out, others whom the columns already speak against are counted without being read.
MOST_TOLD = 200
_SAME_BIO = "the same bio as others"


@dataclass(frozen=True)
class Place:
    """One place, first or later: which survivor, its profile, the fit it has now, and why it is not higher.

    `at` is its place by the campaign's own fit among all survivors, from 0 on, before anything learnt, caps or
    diversity; `by_fit` the same as a rank.
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
    by fit → what kept it off, of all; `counts`: reason in a word or two → how many it kept off; `contenders`: those who
    were looked at, by fit."""

    places: list[Place] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    why: dict[int, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    contenders: Contenders | None = None


class Ranked(Protocol):
    """All survivors, as far as choosing asks about them."""

    @property
    def inside(self) -> int:
        """How many they are."""
        ...

    def best(self, wanted: int) -> Contenders:
        """The first so many, all where there are fewer."""
        ...


@dataclass(frozen=True)
class _Seen:
    at: int
    profile: Profile
    fit: float
    watched: safety.Hit | None


def considered(known: Known, wanted: int) -> int:
    """How many are looked at together to fill so many places."""
    step = min(max(LEAST_CONSIDERED, int(TIMES_CONSIDERED * wanted)), MOST_CONSIDERED)
    return LEARNT_CONSIDERED if known.learnt else step


def choose(survivors: Ranked, campaign: Campaign, known: Known, wanted: int) -> Chosen:
    """Fill `wanted` places with the best survivors. Fewer where there are no more."""
    step = considered(known, wanted)
    judge = _Judge(campaign, known, survivors.best(step + 1))
    chosen, held = judge.chosen, list[_Seen]()
    for start in range(0, survivors.inside, step):
        if len(chosen.places) >= wanted:
            break
        end = start + step
        if len(judge.contenders) < min(end + 1, survivors.inside):
            judge.contenders = survivors.best(_TIMES_MORE * end + 1)
        seen = [*judge.sift(start, min(end, survivors.inside)), *held]
        following = float(judge.contenders.scored.fit[end]) if end < survivors.inside else 0.0
        # Whose fit was capped below all of these waits for those who come next.
        held = [one for one in seen if one.watched and one.fit < following]
        seen = [one for one in seen if not (one.watched and one.fit < following)]
        judge.fill(sorted(seen, key=lambda one: (-one.fit, one.at)), wanted)
    chosen.places = [replace(place, also=judge.persons.others(place.profile)) for place in chosen.places]
    chosen.contenders = judge.contenders
    return chosen


class _Judge:
    """Reads profiles and says who may not have a place, once for each; gives the places to the others."""

    def __init__(self, campaign: Campaign, known: Known, contenders: Contenders) -> None:
        self.campaign, self.known, self.contenders = campaign, known, contenders
        self.chosen, self.persons = Chosen(), Persons(known.persons)
        self._objections = Objections(campaign, known.exclusions)
        self._bios: Counter[int] = Counter()
        self._cities, self._verticals = (
            Cap(campaign.longlist.per_city, "city"),
            Cap(campaign.longlist.per_vertical, "vertical"),
        )

    def sift(self, start: int, end: int) -> list[_Seen]:
        """Those of the survivors at these places who may have one, with what was learnt counted in."""
        kept: list[_Seen] = []
        for at in range(start, end):
            if len(self.chosen.left_out) >= MOST_TOLD and (seen := self._at_sight(at)):
                self._leave_out(at, *seen)
                continue
            profile, fit = self.contenders.profile(at), float(self.contenders.scored.fit[at])
            hit = self._objections.phrase_in(profile)
            if against := self._against(at, profile, hit):
                self._leave_out(at, *against, read=(profile, fit))
                if against[0] == OPTED_OUT:
                    # So that another account of theirs is known for theirs.
                    self.persons.claim(profile)
            else:
                kept.append(_Seen(at, profile, fit, hit))
        if start == 0 and self.known.learnt is not None and kept:
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
            city, vertical = self.contenders.cities[one.at], self.contenders.verticals[one.at]
            if full := self._cities.full(city) or self._verticals.full(vertical):
                self._leave_out(one.at, *full, read=(one.profile, one.fit))
                turn.pass_over()
                continue
            self._cities.take(city)
            self._verticals.take(vertical)
            self.chosen.places.append(Place(one.at, one.profile, one.fit, one.at + 1, one.watched))

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
        if against := self._objections.to(profile, int(self.contenders.kinds[at]), hit) or self._same_bio(at):
            return against
        self._bios[int(self.contenders.bios[at])] += 1
        return None

    def _at_sight(self, at: int) -> tuple[str, str] | None:
        """The same without reading the profile: what the columns alone speak against."""
        contenders = self.contenders
        against = self._objections.at_sight(int(contenders.kinds[at])) or self._same_bio(at)
        return against or self._cities.full(contenders.cities[at]) or self._verticals.full(contenders.verticals[at])

    def _same_bio(self, at: int) -> tuple[str, str] | None:
        bio = int(self.contenders.bios[at])
        if not bio or self._bios[bio] < MOST_WITH_ONE_BIO:
            return None
        return _SAME_BIO, f"{MOST_WITH_ONE_BIO} accounts with word for word this bio rank higher"

    def _relearnt(self, learnt: Learnt, kept: list[_Seen]) -> list[_Seen]:
        places = np.array([seen.at for seen in kept], dtype=np.int64)
        factors = {name: column[places] for name, column in self.contenders.scored.factors.items()}
        fits = learnt.adjusted([seen.profile for seen in kept], factors, np.array([seen.fit for seen in kept]))
        return [replace(seen, fit=float(fit)) for seen, fit in zip(kept, fits, strict=True)]

    def _turn(self, seen: list[_Seen]) -> Turn:
        """By fit; where the campaign wants diversity and the pool has a meaning, unlike ones first."""
        fits, diversity = np.array([one.fit for one in seen]), self.campaign.longlist.diversity
        if not (seen and diversity and self.contenders.vectors.any()):
            return Turn(fits)
        return Turn(fits, self.contenders.vectors[[one.at for one in seen]], diversity)
