"""How well followers are told apart on an audience nobody has trained on: train on two sets, test on the third.

    python -m bench.authenticity

Needs the labelled sets in ../shared/data/authenticity (or under the folder that GREENROOM_EVAL_DATA names) and says so
where they are absent. Prints two tables: the order (ROC-AUC with a bootstrap interval) beside a plain logistic
regression and plain gradient boosting on the same columns, and how often the interval of `check` holds the true share.
"""

import os
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sourcing.followers.forest import Forest, features_of
from sourcing.followers.reading import ReadSample, read_sample
from sourcing.followers.rules import picked, points_of
from sourcing.followers.sample import Flags, Floats, Sample, joined
from sourcing.followers.share import Tried, likely_share
from sourcing.followers.training import train_forest

PROJECT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("GREENROOM_EVAL_DATA", PROJECT.parent / "shared" / "data")) / "authenticity"
SETS = {
    "igaudit": ("igaudit_train.csv", "igaudit_test.csv"),
    "srf": ("srf_followers.csv",),
    "ritz": ("ritz_followers.csv",),
}
_DAY = date(2026, 1, 1)
_RESAMPLES = 1_000
_DRAWS = 200
_SAMPLE = 300
_SHARES = (0.05, 0.1, 0.2, 0.4)


def main() -> int:
    """Print the tables; 0 also where there is nothing to measure."""
    absent = [name for names in SETS.values() for name in names if not (DATA / name).is_file()]
    if absent:
        sys.stdout.write(f"Skipped: {DATA} does not hold {', '.join(absent)}. Set GREENROOM_EVAL_DATA.\n")
        return 0
    audits = {name: _read(name) for name in SETS}
    trained = {
        left_out: train_forest([audits[name] for name in SETS if name != left_out], day=_DAY) for left_out in SETS
    }
    lines = [*_order(audits, trained), "", *_coverage(audits, trained)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _read(name: str) -> ReadSample:
    parts = [read_sample(DATA / file, label="fake") for file in SETS[name]]
    return replace(parts[0], sample=joined([part.sample for part in parts]))


def _order(audits: dict[str, ReadSample], trained: dict[str, Forest]) -> list[str]:
    lines = [
        "| tested on (accounts, not real) | trained on the other two | standard rules | logistic | boosting |",
        "|---|---|---|---|---|",
    ]
    for name, audit in audits.items():
        test = audit.sample
        rest = joined([other.sample for key, other in audits.items() if key != name])
        ways: list[Floats] = [trained[name].scores(test), points_of(test), _logistic(rest, test), _boosted(rest, test)]
        told = " | ".join(_auc(test.label, scores) for scores in ways)
        lines.append(f"| {name} ({len(test):,}, {test.label.mean():.0%}) | {told} |")
    return lines


def _auc(label: Floats, scores: Floats) -> str:
    """ "0.912 (0.88 to 0.94)": accounts drawn again with each label as often as in the set."""
    rng = np.random.default_rng(0)
    fake, real = np.flatnonzero(label == 1), np.flatnonzero(label == 0)
    found = []
    for _ in range(_RESAMPLES):
        drawn = np.concatenate([rng.choice(fake, len(fake)), rng.choice(real, len(real))])
        found.append(roc_auc_score(label[drawn], scores[drawn]))
    low, high = np.percentile(found, [2.5, 97.5])
    return f"{roc_auc_score(label, scores):.3f} ({low:.3f} to {high:.3f})"


def _logistic(rest: Sample, test: Sample) -> Floats:
    model = make_pipeline(
        SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(class_weight="balanced")
    )
    scores: Floats = model.fit(features_of(rest), rest.label).decision_function(features_of(test))
    return scores


def _boosted(rest: Sample, test: Sample) -> Floats:
    model = HistGradientBoostingClassifier(class_weight="balanced", random_state=0)
    scores: Floats = model.fit(features_of(rest), rest.label).decision_function(features_of(test))
    return scores


def _coverage(audits: dict[str, ReadSample], trained: dict[str, Forest]) -> list[str]:
    """Samples mixed from the set that was left out, with a share that is known."""
    lines = [
        f"| {_SAMPLE} followers of | true share | trained: mean, held, width | rules: mean, held, width |",
        "|---|---|---|---|",
    ]
    for name, audit in audits.items():
        forest, test = trained[name], audit.sample
        ours, standard = forest.picked(test), picked(test)
        for share in _SHARES:
            cells = _held(test, ours, share, forest.tried), _held(test, standard, share, ())
            lines.append(f"| {name} | {share:.0%} | {' | '.join(cells)} |")
    return lines


def _held(sample: Sample, chosen: Flags, share: float, tried: tuple[Tried, ...]) -> str:
    """Mean estimate, how often the interval held the true share, mean width of the interval."""
    rng = np.random.default_rng(1)
    held, found, widths = 0, [], []
    for _ in range(_DRAWS):
        fakes = rng.binomial(_SAMPLE, share)
        counted = sum(
            int(rng.choice(chosen[sample.label == label], size).sum())
            for label, size in ((1, fakes), (0, _SAMPLE - fakes))
        )
        likely = likely_share(counted, _SAMPLE, tried)
        held += likely.low <= share <= likely.high
        found.append(likely.share)
        widths.append(likely.high - likely.low)
    return f"{np.mean(found):.0%}, {held / _DRAWS:.0%}, {np.mean(widths):.0%}"


if __name__ == "__main__":
    sys.exit(main())
