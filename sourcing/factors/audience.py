"""Audience: how well an audience matches the one a campaign seeks. Unit: 0..1. Source: a vendor's audience shares.

Thresholds as Modash has them (trade rules): per key min(1, share / wanted), keys of one dimension weighted by what is
wanted of each, dimensions counted alike. A dimension of which nothing is known for a creator is left out of the mean,
never taken for nought. Vendors' shares are estimates and may be nonsense: percent in place of shares, sums of three,
negatives; they are mended or dropped, not believed. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.audience import Target
from sourcing.countries import country, language
from sourcing.evidence import one_line
from sourcing.lexicon.places import city_names
from sourcing.words import fold

#: What the shares of one dimension add up to at most; interests overlap, so theirs may add up to anything.
_EXCLUSIVE = ("country", "city", "age", "gender", "language")
_MOST_SUM = 1.05
_NAMES = {
    "country": "countries", "city": "cities", "age": "ages", "gender": "genders", "language": "languages",
    "interest": "interests",
}  # fmt: skip
_SHOWN = 3

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Columns:
    """Audience shares of a pool: profile i has the entries starts[i]:starts[i + 1]; `codes` are places in `keys`."""

    starts: npt.NDArray[np.int64]
    codes: npt.NDArray[np.uint16]
    shares: npt.NDArray[np.float32]
    keys: list[str]


@dataclass(frozen=True)
class Overlap:
    """Per row: the match 0..1 (NaN where nothing is known), the same per dimension asked, the share of the dimensions
    asked that is known, and whether what is known lies under the target's `at_least`."""

    value: Floats
    parts: dict[str, Floats]
    known: Floats
    below: Flags


def wanted(target: Target) -> dict[str, dict[str, float]]:
    """dimension → key as the pool writes it → share asked; dimensions that are not asked are left out."""
    asked: dict[str, dict[str, float]] = {
        "country": {country(name) or name: share for name, share in target.countries.items()},
        "city": dict(target.cities),
        "age": dict(target.ages.items()),
        "gender": dict(target.genders.items()),
        "language": {language(name) or name: share for name, share in target.languages.items()},
        "interest": dict(target.interests),
    }
    return {dimension: keys for dimension, keys in asked.items() if keys}


def overlap(columns: Columns, rows: Whole, target: Target) -> Overlap:
    """How well each of `rows` matches. Without anything asked every value is NaN."""
    asked = wanted(target)
    entries = _entries(columns, rows)
    parts = {name: _match(columns.keys, entries, len(rows), (name, asked[name])) for name in asked}
    table = np.array(list(parts.values())).reshape(len(parts), len(rows))
    seen = ~np.isnan(table)
    count = seen.sum(axis=0)
    value = np.full(len(rows), np.nan)
    np.divide(np.where(seen, table, 0.0).sum(axis=0), count, out=value, where=count > 0)
    known = count / max(len(parts), 1)
    return Overlap(value, parts, known, np.nan_to_num(value, nan=1.0) < target.at_least)


def shares_of(audience: Mapping[str, float], dimension: str) -> dict[str, float]:
    """One profile's shares of a dimension, mended as the columns are: key → share; empty where nothing is known."""
    prefix = f"{dimension}:"
    found = {key.removeprefix(prefix): share for key, share in audience.items() if key.startswith(prefix)}
    kept = {key: share for key, share in found.items() if np.isfinite(share) and share >= 0}
    scale = _scale(sum(kept.values()), max(kept.values(), default=0.0), exclusive=dimension in _EXCLUSIVE)
    return {key: min(share / scale, 1.0) for key, share in kept.items()}


def words(audience: Mapping[str, float], target: Target) -> str:
    """One line, such as: Audience: 42 % in Germany (30 % wanted), 61 % women (50 % wanted); ages not known."""
    told, missing = [], []
    for dimension, keys in wanted(target).items():
        shares = shares_of(audience, dimension)
        if not shares:
            missing.append(_NAMES[dimension])
            continue
        found = {same: share for key, share in shares.items() for same in _same(dimension, key)}
        for key, ask in sorted(keys.items(), key=lambda item: -item[1])[:_SHOWN]:
            share = max((found.get(same, 0.0) for same in _same(dimension, key)), default=0.0)
            told.append(f"{share:.0%} {_key_words(dimension, key)} ({ask:.0%} wanted)")
    if not told:
        return "Audience: not known"
    unknown = f"; {', '.join(missing)} not known" if missing else ""
    return f"Audience: {', '.join(told)}{unknown}"


class _Entries(NamedTuple):
    """The entries of the rows asked, one after another; `owner` is the place of each one's row among them."""

    owner: Whole
    codes: npt.NDArray[np.uint16]
    shares: npt.NDArray[np.float32]


def _entries(columns: Columns, rows: Whole) -> _Entries:
    starts = np.asarray(columns.starts)[rows]
    counts = np.asarray(columns.starts)[rows + 1] - starts
    before = np.cumsum(counts) - counts
    places = np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
    owner = np.repeat(np.arange(len(rows)), counts)
    return _Entries(owner, np.asarray(columns.codes)[places], np.asarray(columns.shares)[places])


def _match(keys: list[str], entries: _Entries, rows: int, asked: tuple[str, dict[str, float]]) -> Floats:
    """One dimension's match per row, NaN where the row has no share of it."""
    dimension, wishes = asked
    prefix = f"{dimension}:"
    of_dimension = np.array([*(key.startswith(prefix) for key in keys), False])
    mine = np.flatnonzero(of_dimension[entries.codes])
    mine = mine[np.isfinite(entries.shares[mine]) & (entries.shares[mine] >= 0)]
    owner, codes, shares = entries.owner[mine], entries.codes[mine], entries.shares[mine].astype(np.float64)
    exclusive = dimension in _EXCLUSIVE
    largest = np.zeros(rows)
    if not exclusive:
        np.maximum.at(largest, owner, shares)
    total = np.bincount(owner, weights=shares, minlength=rows).astype(np.float64)
    scale = _scales(total, largest, exclusive=exclusive)
    places = {same: number for number, key in enumerate(wishes) for same in _same(dimension, key)}
    place_of = np.array([*(_place(places, dimension, key, prefix) for key in keys), -1])
    match, ask = np.zeros(rows), sum(wishes.values())
    for number, wish in enumerate(wishes.values()):
        told = np.flatnonzero(place_of[codes] == number)
        said = np.zeros(rows)
        np.maximum.at(said, owner[told], np.minimum(shares[told] / scale[owner[told]], 1.0))
        match += np.minimum(said / wish, 1.0) * (wish / ask)
    return np.where(np.bincount(owner, minlength=rows) > 0, match, np.nan)


def _place(places: Mapping[str, int], dimension: str, key: str, prefix: str) -> int:
    if not key.startswith(prefix):
        return -1
    return next((places[same] for same in _same(dimension, key.removeprefix(prefix)) if same in places), -1)


def _same(dimension: str, key: str) -> frozenset[str]:
    """The ways in which a key may be written: other names of a city, and any case."""
    return city_names(key) if dimension == "city" else frozenset((fold(key),))


def _scale(total: float, largest: float, *, exclusive: bool) -> float:
    return float(_scales(np.array([total]), np.array([largest]), exclusive=exclusive)[0])


def _scales(total: Floats, largest: Floats, *, exclusive: bool) -> Floats:
    """What the shares are to be divided by: parts of one whole by their sum, where it is more than a whole."""
    if exclusive:
        return np.where(total > _MOST_SUM, total, 1.0)
    return np.where(largest > _MOST_SUM, np.maximum(largest, 100.0), 1.0)


def _key_words(dimension: str, key: str) -> str:
    shown = one_line(key, 40)
    if dimension in ("country", "city"):
        return f"in {shown}"
    if dimension == "gender":
        return {"female": "women", "male": "men"}.get(key, shown)
    return {"age": f"aged {shown}", "language": f"speak {shown}"}.get(dimension, f"into {shown}")
