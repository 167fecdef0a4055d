"""Scores every profile inside the limits by brute force, and holds the ways' lists against it.

Written apart from both the product and the ways: reads the file of profiles with the standard library, decides the
limits itself, and knows no index. The others are held against BM25 over every survivor and the weighted score; ours
against the weighted mean of its own factor values over every survivor, worked out here.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.brief import Brief, Floats, best, folded, weighted
from bench.pools import files_of
from bench.way import index_folder, way

K1, B = 1.2, 0.75
#: Ours tells factor values with four digits, so a fit worked out from them may be off by this much (of 100).
ROUNDING = 0.02
#: These rank by another measure than BM25, and score every survivor by construction.
OTHER_MEASURE = ("pandas_sklearn", "ours_scored")
#: So many of ours can be explained and held at once; where more are inside the limits, its share is not judged.
_BOUND = 150_000


@dataclass
class _Told:
    """What one pass over the file keeps: everybody's rate, and of those who may be inside, their words."""

    keys: list[str]
    rows: list[dict[str, Any]]
    counts: list[Counter[str]]
    lengths: list[int]
    rates: list[float]
    holding: Counter[str]
    profiles: int = 0
    words: int = 0


def judged(names: Sequence[str], pool: Path, root: Path, briefs: Sequence[Brief]) -> dict[str, dict[str, float]]:
    """Per way: `share` of the exact list (mean over the briefs) and `broken`, members outside a limit.

    Under "": how many profiles there are and how many are inside the limits of the first brief.
    """
    told = _read(pool, briefs)
    results: dict[str, dict[str, float]] = {}
    exact = [_exact(told, brief) for brief in briefs] if set(names) - {"ours", "ours_scored"} else []
    allowed = [set(_survivors(told, brief)) for brief in briefs]
    for name in names:
        if name == "ours":
            results[name] = _ours(root, briefs[0], told)
            continue
        query = way(name).opened(pool, index_folder(root, name))
        shares, broken = [], 0
        for number, brief in enumerate(briefs):
            keys = query(brief)
            broken += sum(key not in allowed[number] for key in keys)
            shares.append(len(set(keys) & set(exact[number])) / len(exact[number]))
        results[name] = {"broken": broken}
        if name not in OTHER_MEASURE:
            results[name]["share"] = sum(shares) / len(shares)
    return results | {"": {"inside": float(len(_survivors(told, briefs[0]))), "profiles": float(told.profiles)}}


def exact_lists(pool: Path, briefs: Sequence[Brief]) -> list[list[str]]:
    """The best keys of each brief by BM25 and the weighted score over everybody inside the limits."""
    told = _read(pool, briefs)
    return [_exact(told, brief) for brief in briefs]


def _ours(root: Path, brief: Brief, told: _Told) -> dict[str, float]:
    """The campaign without diversity, so that the list is the best by fit; then as it is, for the limits.

    Everybody inside is asked for, the fit of each is worked out anew, and the best of all are compared.
    """
    from bench.ways.ours import CAMPAIGN
    from core.campaign import load_campaign
    from sourcing import service
    from sourcing.longlist import make_longlist
    from sourcing.pool import account_key, open_pool

    plain = load_campaign(CAMPAIGN)
    folder, allowed = root / "ours", set(_survivors(told, brief))
    usual = service.source(folder, plain, limit=brief.limit).entries
    broken = sum(account_key(entry.platform, entry.handle) not in allowed for entry in usual)
    if len(allowed) > _BOUND:
        return {"broken": broken}
    by_fit = plain.model_copy(update={"longlist": plain.longlist.model_copy(update={"diversity": 0.0})})
    everybody = make_longlist(open_pool(folder), by_fit, size=_BOUND).entries
    listed = service.source(folder, by_fit, limit=brief.limit).entries
    weights = plain.weights.model_dump()
    exact = _fits([dict(entry.factors) for entry in everybody], weights)
    place = {account_key(entry.platform, entry.handle): n for n, entry in enumerate(everybody)}
    least = float(np.sort(exact)[::-1][: brief.limit][-1])
    right = sum(
        exact[place[key]] >= least - ROUNDING
        for entry in listed
        if (key := account_key(entry.platform, entry.handle)) in place
    )
    broken += sum(account_key(entry.platform, entry.handle) not in allowed for entry in listed)
    share = right / min(brief.limit, len(everybody))
    return {"share": share, "broken": broken}


def _fits(factors: Sequence[dict[str, float | None]], weights: dict[str, float]) -> Floats:
    """0..100: the weighted mean of the factors asked for; unknown counts as the mean of those where it is known."""
    fit, total = np.zeros(len(factors)), 0.0
    for name in dict.fromkeys(name for each in factors for name in each):
        values = np.array([_number(each.get(name)) for each in factors])
        known = ~np.isnan(values)
        fit += weights[name] * np.where(known, values, values[known].mean() if known.any() else 0.5)
        total += weights[name]
    whole: Floats = 100 * fit / total
    return whole


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _exact(told: _Told, brief: Brief) -> list[str]:
    """The best by BM25 (Lucene's form of rarity) and the weighted score, over every survivor."""
    chosen = [n for n, row in enumerate(told.rows) if _inside(row, brief)]
    length = np.array([told.lengths[n] for n in chosen], dtype=np.float64)
    norm = K1 * (1 - B + B * length / (told.words / told.profiles))
    text = np.zeros(len(chosen))
    for word in brief.words:
        count = np.array([told.counts[n][word] for n in chosen], dtype=np.float64)
        holding = told.holding[word]
        text += np.log(1 + (told.profiles - holding + 0.5) / (holding + 0.5)) * count / (count + norm)
    rates = np.sort(np.array(told.rates))
    rate = np.array([_number(told.rows[n]["rate"]) for n in chosen])
    rank = np.where(np.isnan(rate), 0.5, np.searchsorted(rates, rate, side="left") / max(1, len(rates) - 1))
    followers = np.array([told.rows[n]["followers"] for n in chosen], dtype=np.float64)
    keys: npt.NDArray[np.str_] = np.array([told.keys[n] for n in chosen])
    return best(keys, weighted(text, rank, followers, brief), brief.limit)


def _survivors(told: _Told, brief: Brief) -> list[str]:
    return [key for key, row in zip(told.keys, told.rows, strict=True) if _inside(row, brief)]


def _inside(row: dict[str, Any], brief: Brief) -> bool:
    low, high = brief.followers or (0, row["followers"])
    return (
        row["platform"] in brief.platforms
        and (not brief.countries or row["country"] in brief.countries)
        and low <= row["followers"] <= high
        and (row["rate"] is None or row["rate"] >= brief.engagement_min)
    )


def _read(pool: Path, briefs: Sequence[Brief]) -> _Told:
    told = _Told([], [], [], [], [], Counter())
    asked = {word for brief in briefs for word in brief.words}
    for profile in _profiles(pool):
        rate = None if profile["engagement_bps"] is None else profile["engagement_bps"] / 100
        row = {"platform": profile["platform"], "country": profile["location"] or "", "rate": rate,
               "followers": profile["followers"]}  # fmt: skip
        words = folded(
            " ".join([profile["username"], profile["fullname"], profile["bio"], *profile["hashtags"],
                      *profile["captions"]])
        )  # fmt: skip
        told.profiles += 1
        told.words += len(words)
        told.holding.update(asked.intersection(words))
        if rate is not None:
            told.rates.append(rate)
        if any(_inside(row, brief) for brief in briefs):
            told.keys.append(f"{profile['platform']}:{profile['username'].lower()}")
            told.rows.append(row)
            told.counts.append(Counter(word for word in words if word in asked))
            told.lengths.append(len(words))
    return told


def _profiles(pool: Path) -> Iterator[dict[str, Any]]:
    for file in files_of(pool):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
