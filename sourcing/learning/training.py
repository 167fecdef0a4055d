"""From decisions to weights: logistic regression that starts from the ranking and moves only where decisions say so.

The place in the ranking enters as an offset that is not fitted, so without decisions the order stays as it is. Weights
are held towards zero (a Gaussian prior), and what stands deep in the ranking counts as a weak decline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sourcing.learning.examples import Asked, Decided, Undecided
from sourcing.learning.features import PLACES, WORDS, Encoder, Floats, Rows, Usage, learn_encoder

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

#: Odds by place: even at PLACE_OF_EVEN_ODDS, half of the log-odds of a power law beyond.
EVEN_ODDS_AT, FLATTENED_BY = 225.0, 25.0
#: What a decision for another campaign of the brand counts, and what a place deep in the ranking does.
OTHER_CAMPAIGN, DEEP = 0.3, 0.3
DEEP_FROM, DEEP_MOST = 800, 100
#: Of which places the usual values of numbers are taken.
USUAL = 400
_COMMON = 3.0
_STEPS, _STILL = 25, 1e-4


@dataclass(frozen=True)
class Examples:
    """Rows to learn from: decisions first, then the deep places. `weight` is what each counts, `offset` log-odds.

    `centre` is the mean row as far as places go. Seen from it, a place that all have says nothing, so that creators
    from where nobody was decided about gain nothing by how generous reviewers are at large.
    """

    rows: Rows
    centre: Floats
    kernel: Floats
    offset: Floats
    label: Floats
    weight: Floats
    decided: int


def place_odds(rank: npt.NDArray[np.int64] | npt.NDArray[np.float64]) -> Floats:
    """Log-odds, from the place in the ranking alone (1 is best), that a creator is wanted."""
    return np.log((EVEN_ODDS_AT + FLATTENED_BY) / (np.asarray(rank, np.float64) - 1 + FLATTENED_BY))


def encoder_for(usage: Usage, decided: Sequence[Decided], background: Sequence[Undecided], asked: Asked) -> Encoder:
    """How a model of these decisions reads profiles: usual is what the best of the ranking are like."""
    best = sorted(background, key=lambda one: one.rank)[: max(0, USUAL - len(decided))]
    everybody: list[Decided | Undecided] = [*decided, *best]
    names = sorted({name for one in everybody for name in one.factors})
    asked_for = [one.asked for one in decided] + [asked] * len(best)
    return learn_encoder(usage, [one.shown for one in everybody], asked_for, _columns(everybody, names))


def examples(
    encoder: Encoder, decided: Sequence[Decided], background: Sequence[Undecided], *, campaign: str, asked: Asked
) -> Examples:
    deep = _deep(background)
    everybody: list[Decided | Undecided] = [*decided, *deep]
    rows = encoder.rows(
        [one.shown for one in everybody], [one.asked for one in decided] + [asked] * len(deep),
        _columns(everybody, encoder.factors),
    )  # fmt: skip
    matrix = _matrix(rows, encoder.width)
    centre = np.asarray(matrix.mean(axis=0), np.float64).ravel()
    centre[:WORDS] = centre[WORDS + PLACES :] = 0.0
    along = matrix @ centre
    kernel = np.asarray((matrix @ matrix.T).todense(), np.float64) - along[:, None] - along + centre @ centre + _COMMON
    own = [1.0 if one.campaign == campaign else OTHER_CAMPAIGN for one in decided]
    return Examples(
        rows, centre, kernel, place_odds(np.array([one.rank for one in everybody])),
        np.array([float(one.label) for one in decided] + [0.0] * len(deep)),
        np.array(own + [DEEP] * len(deep)), len(decided),
    )  # fmt: skip


def fit(of: Examples, chosen: npt.NDArray[np.int64]) -> Floats:
    """Dual coefficients over all examples (zero where not chosen): what they say together lies at kernel @ dual."""
    from sklearn.kernel_ridge import KernelRidge  # scikit-learn takes a second to load

    kernel, offset, label = of.kernel[np.ix_(chosen, chosen)], of.offset[chosen], of.label[chosen]
    moved, dual = np.zeros(len(chosen)), np.zeros(len(chosen))
    for _ in range(_STEPS):  # iteratively reweighted least squares: each step is a ridge regression
        likely = _sigmoid(offset + moved)
        sure = np.maximum(likely * (1 - likely), 1e-3)
        aim = moved + (label - likely) / sure
        ridge: Any = KernelRidge(alpha=1.0, kernel="precomputed")
        dual = np.asarray(ridge.fit(kernel, aim, sample_weight=sure * of.weight[chosen]).dual_coef_, np.float64)
        before, moved = moved, kernel @ dual
        if float(np.abs(moved - before).max()) < _STILL:
            break
    spread = np.zeros(len(of.label))
    spread[chosen] = dual
    return spread


def log_odds(of: Examples, dual: Floats) -> Floats:
    """What a fit says about every example, the ranking included."""
    return np.asarray(of.offset + of.kernel @ dual, np.float64)


def weights_of(of: Examples, dual: Floats, encoder: Encoder) -> tuple[Floats, float]:
    """One weight per column, and what is added for everybody: the same model without its examples."""
    each = np.repeat(dual, np.diff(of.rows.starts))
    held = np.asarray(np.bincount(of.rows.columns, weights=of.rows.values * each, minlength=encoder.width), np.float64)
    weights = held - float(dual.sum()) * of.centre
    return weights, _COMMON * float(dual.sum()) - float(weights @ of.centre)


def _deep(background: Sequence[Undecided]) -> list[Undecided]:
    deep = sorted((one for one in background if one.rank > DEEP_FROM), key=lambda one: one.rank)
    places = np.linspace(0, len(deep) - 1, min(DEEP_MOST, len(deep))).astype(int)
    return [deep[at] for at in sorted(set(places.tolist()))]


def _columns(everybody: Sequence[Decided | Undecided], names: Sequence[str]) -> dict[str, Floats]:
    def value(one: Decided | Undecided, name: str) -> float:
        known = one.factors.get(name)
        return np.nan if known is None else known

    return {name: np.array([value(one, name) for one in everybody], np.float64) for name in names}


def _matrix(rows: Rows, width: int) -> "csr_matrix[np.float64]":
    from scipy.sparse import csr_matrix

    return csr_matrix((rows.values, rows.columns, rows.starts), shape=(len(rows.starts) - 1, width))


def _sigmoid(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))), np.float64)
