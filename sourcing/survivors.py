"""Asking the parts of a pool, step by step, until all survivors are in one order. Decides nothing about places.

Owns how the answers of the parts become those of the whole: sums are added, the best of all come first. Knows no file;
where the parts lie is theirs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sourcing.contenders import Contenders
from sourcing.factors import topic
from sourcing.filters import FunnelStep, funnel
from sourcing.fit import counted, usual_of
from sourcing.meaning import Meaning
from sourcing.part import Part
from sourcing.pool import Pool
from sourcing.steps import Counted, Mark, Parts, Question, Standings, Step, Usual

#: A mark before which nobody comes.
_NOBODY = Mark(math.inf, math.inf, 0)


class Here:
    """The parts of a pool in this process, one after the other, so that memory holds the columns of one at a time."""

    def __init__(self, pools: Sequence[Pool], question: Question) -> None:
        self._parts = [Part(pool, question) for pool in pools]

    def ask(self, steps: Sequence[Step]) -> list[object]:
        return [part.answer(steps) for part in self._parts]


@dataclass
class Survivors:
    """All who are inside the limits, best first. `inside`: how many; `spread`: how many by fit, in twenty steps;
    `weights`: of the factors there are; `over`: of how many the term is over."""

    inside: int
    funnel: tuple[FunnelStep, ...]
    spread: tuple[int, ...]
    weights: dict[str, float]
    over: int
    _parts: Parts
    _steps: list[Step]
    _first: Standings

    def best(self, wanted: int) -> Contenders:
        """The first so many, all where there are fewer."""
        wanted = min(wanted, self.inside)
        if wanted > len(self._first):
            self._first = _in_order(self._parts.ask([*self._steps, ("first", wanted)]), wanted)
        last = self._first.mark(wanted - 1) if wanted else _NOBODY
        return Contenders.joined(self._parts.ask([*self._steps, ("best", last)]))

    @cached_property
    def also(self) -> Contenders | None:
        """The account that was asked about, whatever the limits say; None where the pool does not hold it."""
        found = [one for one in self._parts.ask([*self._steps, ("one", None)]) if one is not None and len(one)]
        return found[0] if found else None

    def ahead(self, mark: Mark) -> int:
        """How many come before it."""
        return sum(self._parts.ask([*self._steps, ("ahead", mark)]))


def ask(parts: Parts, question: Question, meaning: Meaning | None) -> Survivors:
    """Put all survivors in order. `meaning`: what was learnt from the whole pool."""
    steps: list[Step] = [("count", None)]
    found: list[Counted] = parts.ask(steps)
    inside, living = sum(one.inside for one in found), sum(one.living for one in found)
    mentions = {word: sum(one.mentions[word] for one in found) for word in found[0].mentions}
    speaking = sum(one.by_name for one in found)
    heard = topic.heard(living, mentions, speakers=speaking, wanted=2 * question.campaign.longlist.size)
    way = topic.way_of(topic.Speakers.joined(parts.ask(_and(steps, "hear", heard))), meaning)
    weighed = parts.ask(_and(steps, "weigh", way))
    most = max(one.most for one in weighed)
    sums = {name: [one.sums[name] for one in weighed] for name in weighed[0].sums}
    usual = {name: usual_of(some, best=most if name == "topic" and most > 0 else 1.0) for name, some in sums.items()}
    fitted = parts.ask(_and(steps, "fit", Usual(most, usual)))
    spread = tuple(np.sum([one.spread for one in fitted], axis=0).tolist())
    first = _in_order([one.first for one in fitted], question.first)
    return Survivors(
        inside, funnel([one.costs for one in found], living), spread, counted(question.campaign, list(sums)),
        sum(one.over for one in found), parts, steps, first,
    )  # fmt: skip


def _and(steps: list[Step], name: str, told: object) -> list[Step]:
    steps.append((name, told))
    return list(steps)


def _in_order(parts: Sequence[Standings], first: int) -> Standings:
    whole = Standings.joined(parts)
    return whole.of(whole.order(first=first))
