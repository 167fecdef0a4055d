"""The fit: nine factors in columns, weighed as the campaign weighs them. Reads a part of a pool; decides nothing about
places.

Owns which factors a campaign has and how they become one number. A factor is left out where nobody asks for it (no
target audience, no place); one whose weight is nought is shown and counts nothing. What hangs on the whole pool (what
is usual, whoever speaks of the topic most) is told from outside, so that parts of a pool say the same as all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.campaign import Campaign
from core.errors import BadInput
from sourcing.countries import country
from sourcing.factors import audience, authenticity, engagement, location, results
from sourcing.factors.followers import band_fit
from sourcing.factors.topic import Query, Way
from sourcing.filters import one_of
from sourcing.pool import Pool
from sourcing.steps import Question, Sum

# Half of what is said counts where all of the bio is a pile of search words.
_PILE_COSTS = 0.5
#: Values are added up as whole numbers of this many parts, which gives the same sum in whatever order: of 350 million
#: ones it still has room in 64 bits.
_FINENESS = 2.0**32

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """Survivors with what was found of them; columns in one order, factors 0..1 with NaN for unknown.

    `usual` is what an unknown factor counts as: the mean of those for whom it is known. `way` is where the topic lies.
    """

    asked: Query
    factors: Mapping[str, Floats]
    weights: Mapping[str, float]
    usual: Mapping[str, float]
    fit: Floats
    coverage: Floats
    standing: engagement.Standing
    signs: authenticity.Signs
    area_share: Floats
    posts_per_week: npt.NDArray[np.float32]
    days_silent: npt.NDArray[np.float32]
    way: Way | None

    def of(self, places: Rows) -> "Scored":
        """The same of these places alone, which become 0, 1, …; what was learnt from all of them stays."""
        return replace(
            self, factors={name: column[places] for name, column in self.factors.items()},
            fit=self.fit[places], coverage=self.coverage[places], standing=self.standing.of(places),
            signs=self.signs.of(places), area_share=self.area_share[places],
            posts_per_week=self.posts_per_week[places], days_silent=self.days_silent[places],
        )  # fmt: skip

    @staticmethod
    def joined(parts: Sequence["Scored"]) -> "Scored":
        """Those of all parts, one part after the other."""
        first = parts[0]
        if len(parts) == 1:
            return first

        def column(name: str) -> npt.NDArray[np.float64]:
            return np.concatenate([getattr(part, name) for part in parts])

        return replace(
            first, factors={name: np.concatenate([part.factors[name] for part in parts]) for name in first.factors},
            fit=column("fit"), coverage=column("coverage"), area_share=column("area_share"),
            standing=engagement.Standing.joined([part.standing for part in parts]),
            signs=authenticity.Signs.joined([part.signs for part in parts]),
            posts_per_week=np.concatenate([part.posts_per_week for part in parts]),
            days_silent=np.concatenate([part.days_silent for part in parts]),
        )  # fmt: skip


def factors_of(pool: Pool, question: Question, rows: Rows) -> dict[str, Floats]:
    """Every factor of the rows but the topic, in the order in which they are told."""
    campaign, norms = question.campaign, pool.norms
    factors = {}
    if audience.wanted(campaign.target):
        factors["audience"] = audience.overlap(_audiences(pool), rows, campaign.target).value
    factors["engagement"] = norms.engagement.value.take(rows).astype(np.float64)
    factors["intent"] = norms.intent.take(rows)
    if campaign.longlist.local_area or campaign.audience.countries:
        factors["location"] = _location(pool, campaign, rows)
    factors["followers"] = band_fit(
        pool.numbers("followers").take(rows).astype(np.float64),
        campaign.audience.followers_min, campaign.audience.followers_max,
    )  # fmt: skip
    factors["cadence"] = norms.cadence.take(rows)
    factors["authenticity"] = _authenticity(pool, question, rows)
    if question.results:
        past = {row: question.results[profile.key] for row, profile in pool.profiles_of(question.results)}
        factors["results"] = results.column(past, rows)
    return factors


def counted(campaign: Campaign, factors: Sequence[str]) -> dict[str, float]:
    """The weight of each factor there is. Raises BadInput where none of them weighs anything."""
    weights = campaign.weights.model_dump()
    found = {name: weights[name] for name in factors}
    if not any(found.values()):
        heavy = ", ".join(name for name, weight in weights.items() if weight)
        raise BadInput(
            f"Nothing would rank the profiles: the campaign weighs {heavy} alone and asks for nothing of the kind.",
            next_step="Give topic a weight in [weights], or say what is wanted ([target], countries, local_area).",
        )
    return found


def piled(pool: Pool, rows: Rows, words: Floats) -> Floats:
    """What is said of the topic, less where the bio is a pile of search words; NaN where there is nothing to go by."""
    less = words * (1.0 - _PILE_COSTS * pool.numbers("stuffing").take(rows))
    return np.where((words == 0) & ~pool.numbers("has_text").take(rows), np.nan, less)


def sum_of(values: Floats) -> Sum:
    known = values[~np.isnan(values)]
    return Sum(int(np.rint(known * _FINENESS).astype(np.int64).sum()), len(known))


def usual_of(sums: Sequence[Sum], *, best: float = 1.0) -> float:
    """The mean of what is known in all parts; half where nothing is. `best`: what the values are divided by."""
    known = sum(one.known for one in sums)
    return round(sum(one.total for one in sums) / known / _FINENESS / best, 9) if known else 0.5


def fit_of(
    factors: Mapping[str, Floats], weights: Mapping[str, float], usual: Mapping[str, float]
) -> tuple[Floats, Floats]:
    """(fit 0..1, coverage 0..1): the mean of the known factors, shrunk by coverage to what is usual.

    Usual is the mean of the factors that are unknown, over those for whom they are known: somebody without text is
    taken for as on-topic as the others on average, neither as nought nor as well as their other factors stand.
    """
    fit = np.zeros(len(next(iter(factors.values()))))
    coverage = np.zeros(len(fit))
    total = sum(weights[name] for name in factors) or 1.0
    for name, values in factors.items():
        there = ~np.isnan(values)
        fit += weights[name] / total * np.where(there, values, usual[name])
        coverage += weights[name] / total * there
    return fit, coverage


def _authenticity(pool: Pool, question: Question, rows: Rows) -> Floats:
    """The likely real share; where a sample of followers was looked at, what that said."""
    said = {row: 1.0 - question.audits[profile.key].share for row, profile in pool.profiles_of(question.audits)}
    likely = pool.norms.real.take(rows)
    audited = np.isin(rows, list(said)) if said else np.zeros(len(rows), np.bool_)
    likely[audited] = [said[row] for row in rows[audited].tolist()]
    return likely


def _location(pool: Pool, campaign: Campaign, rows: Rows) -> Floats:
    area = campaign.longlist.local_area
    countries = pool.numbers("country").take(rows)
    asked = {country(name) or name for name in campaign.audience.countries}
    # Nobody in another country is inside the limits, but somebody may be asked about who is not.
    there = one_of(countries, [code for code, name in enumerate(pool.countries) if code and name in asked])
    there = there if asked else countries > 0
    if area is None:
        return location.place_fit(there, countries > 0, None)
    is_area = np.array([0 if not name else 1 if location.is_area(name, area) else 0 for name in pool.cities], np.int8)
    codes = pool.numbers("city").take(rows)
    city = np.where(codes > 0, is_area[codes], -1).astype(np.int8)
    share = area_share(pool, campaign, rows)
    return location.place_fit(there, countries > 0, _naming(pool, area, rows), city=city, audience_share=share)


def _naming(pool: Pool, area: str, rows: Rows) -> npt.NDArray[np.bool_]:
    """Which of the rows name the area: found by the word index, decided by reading those profiles."""
    inside, found = np.zeros(len(pool), dtype=np.bool_), np.zeros(len(pool), dtype=np.bool_)
    inside[rows] = True
    for words in location.area_parts(area):
        holding = [pool.index.rows_with(word) for word in words[:-1]] + [pool.index.rows_containing(words[-1])]
        hits = holding[0]
        for more in holding[1:]:
            hits = np.intersect1d(hits, more)
        found[hits] = True
    for row in np.flatnonzero(found & inside).tolist():
        found[row] = location.named(pool.profile(row), area) is not None
    return found[rows]


def area_share(pool: Pool, campaign: Campaign, rows: Rows) -> Floats:
    """The share of each audience that lives in the local area; NaN where it is not known or not asked."""
    area = campaign.longlist.local_area
    if area is None:
        return np.full(len(rows), np.nan)
    only = campaign.target.model_copy(
        update={"countries": {}, "cities": {area: 1.0}, "ages": {}, "genders": {}, "languages": {}, "interests": {}}
    )
    return audience.overlap(_audiences(pool), rows, only).value


def _audiences(pool: Pool) -> audience.Columns:
    known = pool.audience
    return audience.Columns(known.starts, known.codes, known.shares, known.keys)
