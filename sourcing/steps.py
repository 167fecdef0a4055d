"""How a pool is asked in steps, so that its parts, wherever they lie, say together exactly what the whole would say.

    count   who is inside the limits, and how many mention each word of the brief
    hear    who says most of the brief, now that it is known how rare its words are in the whole pool
    weigh   what is known of the survivors, now that it is known which way the topic lies
    fit     how well each fits, now that it is known what is usual; the first of them
    first   more of the first than `fit` gave
    best    those who come up to a mark, with all that choosing looks at
    ahead   how many come before a mark
    one     a single account that was asked about

A step is told what came out of the steps before it in all parts. Owns what is asked and what is answered; how a part
finds its answers is `part`'s, how they become one is `survivors`'.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from core.campaign import Campaign
from sourcing.factors.results import PastResult
from sourcing.filters import Cost
from sourcing.followers.kept import Audit
from sourcing.known import Exclusions, Known

#: The name of a step and what it is told.
Step = tuple[str, Any]


@dataclass(frozen=True)
class Question:
    """What a part must know to answer: the campaign and, of what the record knows, what decides about numbers.

    `out`: account keys that are kept out, by reason; `also`: an account key to score whatever the limits say, "" none;
    `first`: how many of the best are looked at to begin with.
    """

    campaign: Campaign
    out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    now: datetime | None = None
    results: Mapping[str, PastResult] = field(default_factory=dict)
    audits: Mapping[str, Audit] = field(default_factory=dict)
    also: str = ""
    first: int = 0

    @staticmethod
    def of(campaign: Campaign, known: Known, *, first: int, also: str = "") -> "Question":
        out = known.exclusions
        return Question(campaign, out.accounts, out.now, known.results, known.audits, also, first)

    @property
    def exclusions(self) -> Exclusions:
        return Exclusions(self.out, now=self.now)

    @cached_property
    def digest(self) -> str:
        """The same for questions with the same answers."""
        told = [
            self.campaign.hash, {reason: sorted(keys) for reason, keys in self.out.items()},
            self.now and self.now.isoformat(), {key: one.score for key, one in self.results.items()},
            {key: one.share for key, one in self.audits.items()}, self.also, self.first,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class Mark(NamedTuple):
    """A place in the order of survivors: best fit first, of equals who says most of the topic, then by key."""

    fit: float
    topic: float
    key: int


@dataclass(frozen=True)
class Standings:
    """Some of the survivors in their order, the best first: a row for each."""

    fit: npt.NDArray[np.float64]
    topic: npt.NDArray[np.float64]
    keys: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.fit)

    def order(self, *, first: int | None = None) -> npt.NDArray[np.int64]:
        """Places of those who are not in order yet, the best first. `first`: only so many are wanted, which spares
        sorting the others."""
        places = np.arange(len(self.fit))
        if first is not None and first < len(places):
            places = np.flatnonzero(self.fit >= np.partition(self.fit, -first)[-first]) if first else places[:0]
        return places[np.lexsort((self.keys[places], -self.topic[places], -self.fit[places]))][:first]

    def of(self, places: npt.NDArray[np.int64]) -> "Standings":
        return Standings(self.fit[places], self.topic[places], self.keys[places])

    def before(self, mark: Mark, *, with_it: bool = False) -> npt.NDArray[np.bool_]:
        """Which of them come before the mark; `with_it`: and who stands at it."""
        key = np.uint64(mark.key)
        by_key = self.keys <= key if with_it else self.keys < key
        by_topic = (self.topic > mark.topic) | ((self.topic == mark.topic) & by_key)
        found: npt.NDArray[np.bool_] = (self.fit > mark.fit) | ((self.fit == mark.fit) & by_topic)
        return found

    def mark(self, place: int) -> Mark:
        return Mark(float(self.fit[place]), float(self.topic[place]), int(self.keys[place]))

    @staticmethod
    def joined(parts: "Sequence[Standings]") -> "Standings":
        fit, topic, keys = zip(*((part.fit, part.topic, part.keys) for part in parts), strict=True)
        return Standings(np.concatenate(fit), np.concatenate(topic), np.concatenate(keys))


@dataclass(frozen=True)
class Counted:
    """Of one part: what each limit cost, how many are alive and of whom the term is over, how many are inside the
    limits, how many mention each word of the brief, and how many of those inside speak of the niche by its name."""

    costs: tuple[Cost, ...]
    living: int
    over: int
    inside: int
    mentions: Mapping[str, int]
    by_name: int


class Sum(NamedTuple):
    """Of one factor: the exact sum of what is known, in whole parts (`fit`), and for how many it is known."""

    total: int
    known: int


@dataclass(frozen=True)
class Weighed:
    """Of one part: the most that a survivor says of the topic, and the sum of each factor."""

    most: float
    sums: Mapping[str, Sum]


@dataclass(frozen=True)
class Usual:
    """Of the whole pool: what the topic is divided by, and what an unknown factor counts as."""

    most: float
    values: Mapping[str, float]


@dataclass(frozen=True)
class Fitted:
    """Of one part: its first survivors, and how many have a fit of 0 to 5, 5 to 10, …, 95 to 100."""

    first: Standings
    spread: npt.NDArray[np.int64]


class Parts(Protocol):
    """All parts of a pool under one question."""

    def ask(self, steps: Sequence[Step]) -> list[Any]:
        """The answers of all parts to the last of these steps, in the order of the parts. The steps before it are
        those that were asked before, so that whoever does not remember can take them again."""
        ...
