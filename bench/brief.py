"""What every way is asked, and the weighted score that the others rank by. Numpy only; must not know any way.

The score of a creator inside the hard limits is

    text weight * text / best text  +  engagement weight * rank  +  followers weight * band

with text from the way's own word search over its candidates, rank the share of the pool's known engagement rates that
are lower (a half where unknown), and band 1 in the middle of the followers asked for and a half at the ends, by ratio.
Ours ranks by the product's own factors instead, which are more.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Of text, engagement and followers: text counts as the topic does in a campaign by default, numbers are the rest.
WEIGHTS = (0.45, 0.4, 0.15)
#: How many the ways that search first and filter afterwards fetch.
FETCH = 2_000
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Brief:
    """Words to look for and hard limits. `followers` both ends included, `engagement_min` in percent; empty: any."""

    id: str
    words: tuple[str, ...]
    platforms: tuple[str, ...]
    countries: tuple[str, ...] = ()
    followers: tuple[int, int] | None = None
    engagement_min: float = 0.0
    weights: tuple[float, float, float] = (1.0, 0.0, 0.0)
    limit: int = 250


def folded(text: str) -> list[str]:
    """The words of a text in lower case and without accents, in order."""
    bare = unicodedata.normalize("NFD", text.lower())
    return _WORD.findall("".join(c for c in bare if unicodedata.category(c) != "Mn"))


def asked_words(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of a name and its keywords, in order; one that is said twice counts twice, which finds better."""
    return tuple(word for text in texts for word in folded(text))


def band(followers: Floats, brief: Brief) -> Floats:
    """1 in the middle of the band asked for, a half at its ends; 1 everywhere where none is asked for."""
    if brief.followers is None:
        return np.ones(len(followers))
    low, high = np.log1p(brief.followers[0]), np.log1p(brief.followers[1])
    place = np.clip((np.log1p(followers) - low) / (high - low), 0.0, 1.0)
    fit: Floats = 1.0 - 0.5 * (2.0 * place - 1.0) ** 2
    return fit


def weighted(text: Floats, rank: Floats, followers: Floats, brief: Brief) -> Floats:
    """The score, as told above, of candidates that are inside every limit."""
    best = float(text.max(initial=0.0)) or 1.0
    of_text, of_rank, of_band = brief.weights
    score: Floats = of_text * text / best + of_rank * rank + of_band * band(followers, brief)
    return score


def best(keys: npt.NDArray[np.str_], score: Floats, limit: int) -> list[str]:
    """The `limit` keys with the highest scores, equal scores by key."""
    order = np.lexsort((keys, -score))[:limit]
    return [str(key) for key in keys[order]]


def inside(
    numbers: dict[str, npt.NDArray[np.float64]], names: dict[str, npt.NDArray[np.str_]], brief: Brief
) -> npt.NDArray[np.bool_]:
    """Which profiles keep every limit, from the columns followers, engagement (NaN unknown), platform and country."""
    keep = np.isin(names["platform"], brief.platforms)
    if brief.countries:
        keep &= np.isin(names["country"], brief.countries)
    if brief.followers is not None:
        keep &= (numbers["followers"] >= brief.followers[0]) & (numbers["followers"] <= brief.followers[1])
    return keep & ~(numbers["engagement"] < brief.engagement_min)


def write_brief(brief: Brief, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(brief)), encoding="utf-8")


def read_brief(path: Path) -> Brief:
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Brief(**fields)
