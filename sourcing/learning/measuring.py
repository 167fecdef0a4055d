"""How good a model is, on decisions it was not shown: precision at 25 without and with it, and calibration.

Whoever was decided about in two campaigns is never in both halves of a split. Seeded; scikit-learn makes the splits.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sourcing.learning.examples import Decided
from sourcing.learning.features import Floats
from sourcing.learning.model import Calibration, Precision
from sourcing.learning.training import Examples, fit, log_odds

AT = 25
FOLDS, REPEATS = 5, 5
#: So many own decisions of each kind are measured by themselves; with fewer, whole campaigns are kept apart.
OWN_OF_EACH = 5
_CALIBRATED_FROM = 40
_DRAWS, _LOW, _HIGH = 1_000, 5.0, 95.0

Ints = npt.NDArray[np.int64]


def measure(of: Examples, decided: Sequence[Decided], *, campaign: str) -> tuple[Precision, Calibration]:
    """Fit again and again without some of the decisions, and see how those are ranked."""
    own = np.array([at for at, one in enumerate(decided) if one.campaign == campaign], np.int64)
    labels = of.label[: of.decided]
    enough = len(own) and min(labels[own].sum(), (1 - labels[own]).sum()) >= OWN_OF_EACH
    campaigns = sorted({one.campaign for one in decided})
    if enough or len(campaigns) == 1:
        judged, split = (own if enough else np.arange(len(decided))), f"{FOLDS} parts, {REPEATS} times over"
        rounds = [_unseen(of, _parts(decided, judged, labels, seed)) for seed in range(REPEATS)]
    else:
        judged, split = np.arange(len(decided)), "each campaign ranked by what the others taught"
        groups = [np.array([at for at, one in enumerate(decided) if one.campaign == name]) for name in campaigns]
        rounds = [_unseen(of, groups)]
    lists = [judged[[decided[at].campaign == name for at in judged]] for name in campaigns]
    lists = [each for each in lists if len(each) >= 2]
    return _precision(of, rounds, lists, split), _calibrated(of, rounds, judged)


def _parts(decided: Sequence[Decided], judged: Ints, labels: Floats, seed: int) -> list[Ints]:
    """Stratified parts of the judged ones; all decisions about one account stay together."""
    from sklearn.model_selection import StratifiedGroupKFold

    accounts = {account: number for number, account in enumerate(sorted({one.account for one in decided}))}
    groups = np.array([accounts[one.account] for one in decided])
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    parts = [judged[test] for _, test in folds.split(judged, labels[judged], groups[judged])]
    return [np.flatnonzero(np.isin(groups, groups[part])) for part in parts if len(part)]


def _unseen(of: Examples, parts: Sequence[Ints]) -> Floats:
    """Log-odds of every decision by a model that was not shown it; NaN for those in no part."""
    said = np.full(of.decided, np.nan)
    for part in parts:
        shown = np.setdiff1d(np.arange(len(of.label)), part)
        said[part] = log_odds(of, fit(of, shown))[part]
    return said


def _precision(of: Examples, rounds: Sequence[Floats], lists: Sequence[Ints], split: str) -> Precision:
    at = min(AT, max(1, min((len(each) // 2 for each in lists), default=1)))
    without = float(np.mean([_best(of.label, of.offset, each, at) for each in lists])) if lists else 0.0
    having = float(np.mean([_best(of.label, said, each, at) for said in rounds for each in lists])) if lists else 0.0
    random = np.random.default_rng(0)
    drawn = []
    for _ in range(_DRAWS if lists else 0):
        again = [each[random.integers(0, len(each), len(each))] for each in lists]
        said = rounds[int(random.integers(0, len(rounds)))]
        drawn.append(np.mean([_best(of.label, said, e, at) - _best(of.label, of.offset, e, at) for e in again]))
    low, high = np.percentile(drawn, [_LOW, _HIGH]) if drawn else (0.0, 0.0)
    return Precision(
        at, round(without, 4), round(having, 4), round(float(low), 4), round(float(high), 4), split
    )  # fmt: skip


def _best(labels: Floats, said: Floats, among: Ints, at: int) -> float:
    """Share of approved among the best `at` of these."""
    return float(labels[among[np.argsort(-said[among], kind="stable")[:at]]].mean())


def _calibrated(of: Examples, rounds: Sequence[Floats], judged: Ints) -> Calibration:
    """Platt's sigmoid on what the models said of decisions that they had not seen."""
    from sklearn.linear_model import LogisticRegression

    if len(judged) < _CALIBRATED_FROM:
        return Calibration(why_not=f"{len(judged)} decisions are too few to calibrate; {_CALIBRATED_FROM} are wanted")
    said, labels = np.mean(rounds, axis=0)[judged], of.label[judged]
    line = LogisticRegression(C=1.0).fit(said[:, None], labels)
    slope, shift = float(line.coef_[0, 0]), float(line.intercept_[0])
    if slope <= 0:
        return Calibration(why_not="on decisions it had not seen, higher scores were not approved more often")
    likely = 1 / (1 + np.exp(-(slope * said + shift)))
    share = float(labels.mean())
    return Calibration(
        round(slope, 6), round(shift, 6), len(judged), round(float(np.mean((likely - labels) ** 2)), 4),
        round(share * (1 - share), 4),
    )  # fmt: skip
