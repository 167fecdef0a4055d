"""The longlist of a campaign: the best accounts of the pool inside its limits, each with its reasons.

Owns the fit, the order and the run id. A pure function of pool version, campaign and exclusions: same inputs, same
bytes. Keeps no record and knows no database.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.campaign import Campaign
from sourcing.evidence import evidence
from sourcing.factors.engagement import Standing, standing
from sourcing.factors.followers import band_fit
from sourcing.factors.location import place_fit
from sourcing.factors.topic import Query, query, relative, topic
from sourcing.filters import Exclusions, FunnelStep, sift
from sourcing.pool import Pool
from sourcing.reasons import Fact, Judged, facts, main_risk, reasons
from sourcing.wordindex import WordIndex
from sourcing.words import split

BENCH = 250
FACTORS = ("topic", "engagement", "followers", "location")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LeftOut:
    """An account that its fit would have brought onto the list, and what kept it off. `fit` 0..100."""

    platform: str
    handle: str
    fit: float
    reason: str


@dataclass(frozen=True)
class Entry:
    """One account on the list. `fit` 0..100, `coverage` and factors 0..1 (None: not known), engagement in percent.

    `kinds` says per factor how its figures came to be known: measured, reported, estimated or unknown. `vertical` is
    what of the brief the profile speaks of most; `also` are other accounts of the same person, as platform:handle.
    """

    rank: int
    platform: str
    handle: str
    name: str | None
    country: str | None
    language: str | None
    followers: int
    engagement_percent: float | None
    fit: float
    coverage: float
    factors: tuple[tuple[str, float | None], ...]
    reasons: tuple[str, str, str]
    risk: str
    email: str | None
    email_source: str | None
    url: str | None
    facts: tuple[Fact, ...]
    source: str
    fetched_at: str
    city: str | None = None
    vertical: str | None = None
    kinds: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Longlist:
    """A run: `entries` are the list, `bench` the next best, ranked on. `notes` say what a person should know.

    `spread` counts everybody inside the limits by fit, in twenty steps of five points (0 to 5, …, 95 to 100).
    `left_out` are those whose fit was good enough and who were kept off by caps, as a second account of a person, …
    `weights` are the shares of the factors in the fit; `model` names what was learnt from reviewers, "" where nothing
    was used; `precision` is the model card's precision at 25 (without, with) it.
    """

    run_id: str
    campaign_slug: str
    campaign_hash: str
    pool_version: str
    pool_size: int
    code_version: str
    wanted: int
    entries: tuple[Entry, ...]
    bench: tuple[Entry, ...]
    funnel: tuple[FunnelStep, ...]
    notes: tuple[str, ...]
    spread: tuple[int, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    model: str = ""
    precision: tuple[float, float] | None = None

    def as_record(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def make_longlist(
    pool: Pool, campaign: Campaign, *, exclusions: Exclusions | None = None, size: int | None = None
) -> Longlist:
    """Rank the pool for the campaign. `size` stands in for the campaign's own. Never raises for too few: it says so."""
    excluded = exclusions or Exclusions()
    wanted = campaign.longlist.size if size is None else size
    index = pool.index
    sifted = sift(pool, index, campaign.audience, excluded)
    asked = query(campaign.topic.name, campaign.topic.keywords, campaign.topic.brief)
    scored = _score(pool, index, campaign, (sifted.rows, asked))
    best = np.lexsort((pool.numbers("key")[sifted.rows], -_zero(scored.factors["topic"]), -scored.fit))[
        : wanted + BENCH
    ]
    entries = tuple(_entry(pool, campaign, scored, (place, int(at), asked)) for place, at in enumerate(best, start=1))
    return Longlist(
        run_id(pool.version, campaign, excluded, wanted), campaign.slug, campaign.hash, pool.version, pool.profiles,
        code_version(), wanted, entries[:wanted], entries[wanted:], sifted.funnel,
        _notes(len(sifted.rows), wanted, sifted.funnel),
    )  # fmt: skip


def run_id(pool_version: str, campaign: Campaign, exclusions: Exclusions, wanted: int) -> str:
    """Names the inputs: the same id stands for the same list, byte for byte."""
    told = json.dumps([pool_version, campaign.hash, code_version(), exclusions.digest, wanted])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def code_version() -> str:
    """A hash of the code that ranks and words the reasons: whatever is changed in it, the run id changes."""
    here = Path(__file__).parent
    names = ["longlist", "filters", "evidence", "reasons", "words", "wordindex", "pool", "countries", "handles"]
    files = [here / f"{name}.py" for name in names] + sorted((here / "factors").glob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


@dataclass(frozen=True)
class _Scored:
    rows: npt.NDArray[np.int64]
    factors: dict[str, Floats]
    fit: Floats
    coverage: Floats
    standing: Standing
    names_area: npt.NDArray[np.bool_]


def _score(pool: Pool, index: WordIndex, campaign: Campaign, what: tuple[npt.NDArray[np.int64], Query]) -> _Scored:
    rows, asked = what
    words = relative(topic(asked, index, len(pool))[rows])
    words = np.where((words == 0) & ~np.asarray(pool.numbers("has_text"))[rows], np.nan, words)
    followers = np.asarray(pool.numbers("followers"), dtype=np.float64)
    stands = standing(
        np.asarray(pool.numbers("platform"), dtype=np.int64),
        followers,
        np.where(pool.alive, pool.numbers("engagement"), np.nan),
        rows,
    )
    band = band_fit(followers[rows], campaign.audience.followers_min, campaign.audience.followers_max)
    area, names_area = _area(pool, index, campaign, rows)
    factors = {"topic": words, "engagement": stands.rank, "followers": band}
    if area is not None:
        factors["location"] = area
    weights = campaign.weights.model_dump()
    fit, coverage = fit_of(factors, {name: weights[name] for name in factors})
    return _Scored(rows, factors, fit, coverage, stands, names_area)


def fit_of(factors: dict[str, Floats], weights: dict[str, float]) -> tuple[Floats, Floats]:
    """(fit 0..1, coverage 0..1): the weighted mean of the known factors, shrunk by coverage to what is usual.

    Usual is the mean of the factors that are unknown, over those for whom they are known: somebody without text is
    taken for as on-topic as the others on average, neither as nought nor as well as their other factors stand.
    """
    fit = np.zeros(len(next(iter(factors.values()))))
    coverage = np.zeros(len(fit))
    total = sum(weights[name] for name in factors) or 1.0
    for name, values in factors.items():
        known = ~np.isnan(values)
        usual = float(values[known].mean()) if known.any() else 0.5
        fit += weights[name] / total * np.where(known, values, usual)
        coverage += weights[name] / total * known
    return fit, coverage


def _area(
    pool: Pool, index: WordIndex, campaign: Campaign, rows: npt.NDArray[np.int64]
) -> tuple[Floats | None, npt.NDArray[np.bool_]]:
    """(place fit or None where no place is asked, which rows name the local area)."""
    named = np.zeros(len(pool), dtype=np.bool_)
    words = split(campaign.longlist.local_area or "")
    if words:
        hits = [np.isin(np.arange(len(pool)), index.rows_with(word)) for word in words]
        named = np.logical_and.reduce(hits)
    if not words and not campaign.audience.countries:
        return None, named[rows]
    known = np.asarray(pool.numbers("country"))[rows] > 0
    # The limits already removed other countries, so whoever is known is in the right one.
    return place_fit(known, known, named[rows] if words else None), named[rows]


def _entry(pool: Pool, campaign: Campaign, scored: _Scored, place: tuple[int, int, Query]) -> Entry:
    rank, at, asked = place
    profile = pool.profile(int(scored.rows[at]))
    stands = scored.standing
    judged = Judged(
        profile, evidence(profile, asked), float(scored.factors["topic"][at]), float(stands.rank[at]),
        float(stands.median[at]), int(stands.peers[at]), bool(stands.unusual[at]), float(scored.coverage[at]),
        bool(scored.names_area[at]),
    )  # fmt: skip
    return Entry(
        rank, profile.platform, profile.handle, profile.name, profile.country, profile.language, profile.followers,
        profile.engagement_percent, round(float(scored.fit[at]) * 100, 2), round(float(scored.coverage[at]), 3),
        tuple((name, _known(values[at])) for name, values in scored.factors.items()), reasons(judged, campaign),
        main_risk(judged, campaign), profile.email,
        f"email in {profile.source}" if profile.email else None, profile.url, facts(judged), profile.source,
        profile.fetched_at,
    )  # fmt: skip


def _notes(found: int, wanted: int, funnel: tuple[FunnelStep, ...]) -> tuple[str, ...]:
    if found >= wanted:
        return ()
    costly = sorted((step for step in funnel if step.loosen and step.only_this), key=lambda step: -step.only_this)
    short = f"{found} of {wanted} wanted: the limits leave no more."
    hints = [f"Loosen {step.loosen}: {step.only_this:,} more are kept out by nothing else." for step in costly[:3]]
    if not hints:
        hints = ["No single limit is to blame: loosen two of them, or import more profiles."]
    return (short, *hints)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)


def _zero(values: Floats) -> Floats:
    return np.nan_to_num(values, nan=0.0)
