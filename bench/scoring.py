"""Quality of ranked lists against judgements: precision at 250 and 25, recall at 250. Pure but for reading the files.

The judgements cover only some creators, so those outside are dropped before the cut; a brief that was not answered
scores nought; recall is of what a list of 250 can hold at most.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import NamedTuple

LONG, SHORT = 250, 25


class Asked(NamedTuple):
    """What scoring needs to know of a brief."""

    id: str
    platform: str
    country: str | None


def precision_at(names: Sequence[str], relevant: Collection[str], places: int) -> float:
    """Hits among the first `places`, over `places`, also where the list is shorter."""
    return sum(name in relevant for name in names[:places]) / places


def recall_at(names: Sequence[str], relevant: Collection[str], places: int) -> float:
    """Hits among the first `places`, over the most there can be; 0 where nothing is relevant."""
    most = min(places, len(relevant))
    return sum(name in relevant for name in names[:places]) / most if most else 0.0


def quality(
    briefs: Sequence[Asked], ranked: Mapping[str, Sequence[str]], relevant: Mapping[str, Collection[str]],
    judged: Collection[tuple[str, str]] | None = None,
) -> dict[str, float]:  # fmt: skip
    """Means over briefs without a country (precision) and with one (recall at 250, precision at 25).

    `ranked` usernames by brief, best first; `judged` pairs of platform and username, None for everybody.
    """
    values: dict[str, list[float]] = defaultdict(list)
    for brief in briefs:
        names = list(dict.fromkeys(ranked.get(brief.id, ())))
        if judged is not None:
            names = [name for name in names if (brief.platform, name) in judged]
        hits = relevant.get(brief.id, ())
        if brief.country is None:
            values["niche P@250"].append(precision_at(names, hits, LONG))
            values["niche P@25"].append(precision_at(names, hits, SHORT))
        else:
            values["country R@250"].append(recall_at(names, hits, LONG))
            values["country P@25"].append(precision_at(names, hits, SHORT))
    return {name: mean(each) for name, each in values.items()}


def read_asked(path: Path) -> list[Asked]:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return [Asked(brief["id"], brief["platform"], brief["country"]) for brief in raw]


def read_relevant(path: Path) -> dict[str, set[str]]:
    """Usernames by brief id."""
    relevant: dict[str, set[str]] = defaultdict(set)
    for brief, username in _rows(path):
        relevant[brief].add(username)
    return relevant


def read_judged(path: Path) -> set[tuple[str, str]]:
    """(platform, username) of everybody the judgements cover."""
    return {(platform, username) for platform, username in _rows(path)}


def _rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")
