"""One part of a pool under one question: what it answers to each of the steps. Keeps what it found between them.

Knows its own rows alone; what the other parts found it is told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sourcing.contenders import Contenders, contenders
from sourcing.factors import engagement, topic
from sourcing.filters import limits_of, one_of, sift
from sourcing.fit import Scored, area_share, counted, factors_of, fit_of, piled, sum_of
from sourcing.norms import signs
from sourcing.pool import PLATFORMS, Pool
from sourcing.steps import Counted, Fitted, Mark, Question, Standings, Step, Usual, Weighed

#: Twenty steps of five points.
_SPREAD = 20
#: The steps that a part goes through once, in this order; the others only look at what came of them.
_ONWARD = ("count", "hear", "weigh", "fit")

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


class Part:
    """Ask the steps in their order, or all of them again."""

    def __init__(self, pool: Pool, question: Question) -> None:
        self._pool, self._question = pool, question
        topics = question.campaign.topic
        self._asked = topic.query(topics.name, topics.keywords, topics.brief)
        self._steps: Mapping[str, Callable[[Any], object]] = {
            "count": self._count, "hear": self._hear, "weigh": self._weigh, "fit": self._fit,
            "first": self._first, "best": self._best, "ahead": self._ahead, "one": self._one,
        }  # fmt: skip
        self._answers: list[object] = []
        self._rows: Rows
        self._said: Floats
        self._way: topic.Way | None
        self._factors: dict[str, Floats]
        self._usual: Usual
        self._weights: Mapping[str, float]
        self._coverage: Floats
        self._standings: Standings

    def answer(self, steps: Sequence[Step]) -> Any:
        """The answer to the last of the steps; those before it are taken first, unless they were. Whoever did not hear
        an answer may ask again."""
        for place, (name, told) in enumerate(steps):
            if place < len(self._answers):
                answer = self._answers[place]
                continue
            answer = self._steps[name](told)
            if name in _ONWARD:
                self._answers.append(answer)
        return answer

    def _count(self, _: None) -> Counted:
        pool, question = self._pool, self._question
        sifted = sift(pool, question.campaign, question.exclusions)
        rows = self._rows = sifted.rows
        over = int(pool.over(question.now).sum()) if question.now else 0
        if question.also:
            self._rows = np.union1d(rows, pool.rows_of([question.also]))
        return Counted(
            sifted.costs, int(pool.alive.sum()), over, len(self._rows), topic.mentioned(self._asked, pool.index),
            topic.by_name(self._asked, pool.index, self._rows, len(pool)),
        )  # fmt: skip

    def _hear(self, told: topic.Heard) -> topic.Speakers:
        pool = self._pool
        spoken = topic.topic(self._asked, pool.index, len(pool), told)
        self._said = spoken.of(self._rows, len(pool))
        platforms = [PLATFORMS.index(platform) + 1 for platform in self._question.campaign.audience.platforms]
        among = one_of(pool.numbers("platform").take(spoken.rows), platforms)
        return topic.speakers(spoken, among, pool.numbers("key"), pool.vectors)

    def _weigh(self, way: topic.Way | None) -> Weighed:
        pool, rows = self._pool, self._rows
        self._way = way
        self._said += topic.NEARNESS_SHARE * topic.nearness(way, rows, pool.vectors)
        self._factors = factors_of(pool, self._question, rows)
        counted(self._question.campaign, ["topic", *self._factors])
        sums = {"topic": sum_of(piled(pool, rows, self._said))}
        sums |= {name: sum_of(values) for name, values in self._factors.items()}
        return Weighed(float(self._said.max(initial=0.0)), sums)

    def _fit(self, usual: Usual) -> Fitted:
        pool, rows = self._pool, self._rows
        words = self._said / usual.most if usual.most > 0 else self._said
        self._factors = {"topic": piled(pool, rows, words)} | self._factors
        self._usual, self._weights = usual, counted(self._question.campaign, list(self._factors))
        fit, self._coverage = fit_of(self._factors, self._weights, usual.values)
        self._standings = Standings(fit, np.nan_to_num(self._factors["topic"]), pool.numbers("key").take(rows))
        steps = np.minimum((fit * _SPREAD).astype(np.int64), _SPREAD - 1)
        return Fitted(self._first(self._question.first), np.bincount(steps, minlength=_SPREAD))

    def _first(self, most: int) -> Standings:
        return self._standings.of(self._standings.order(first=most))

    def _best(self, last: Mark) -> Contenders:
        """Up to this one and with it."""
        places = np.flatnonzero(self._standings.before(last, with_it=True))
        return self._contenders(places[self._standings.of(places).order()])

    def _ahead(self, mark: Mark) -> int:
        return int(self._standings.before(mark).sum())

    def _one(self, _: None) -> Contenders | None:
        rows = self._pool.rows_of([self._question.also])
        if not len(rows):
            return None
        limits = limits_of(self._pool, self._question.campaign, self._question.exclusions)
        outside = tuple((limit.name, limit.loosen) for limit in limits if limit.out[rows[0]])
        return replace(self._contenders(np.flatnonzero(np.isin(self._rows, rows))), outside=outside)

    def _contenders(self, places: Rows) -> Contenders:
        pool, rows, standings = self._pool, self._rows[places], self._standings.of(places)
        scored = Scored(
            self._asked, {name: column[places] for name, column in self._factors.items()}, self._weights,
            self._usual.values, standings.fit, self._coverage[places], engagement.apply(pool.norms.engagement, rows),
            signs(pool.norms, pool.numbers, rows), area_share(pool, self._question.campaign, rows),
            pool.numbers("posts_per_week")[rows], pool.numbers("days_silent")[rows], self._way,
        )  # fmt: skip
        return contenders(pool, rows, scored, standings)
