"""Training on audits somebody has: files of followers that a person judged. Owns the method; loads scikit-learn.

A random forest of monotone trees with one random feature per split. Every file and both labels weigh the same, because
files differ in how they were gathered. How it does on unseen accounts is counted by leaving out one file after another
(followers of one creator are alike), or fifths of a single file.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from sourcing.followers.forest import FEATURES, Forest, features_of, scored
from sourcing.followers.reading import ReadSample
from sourcing.followers.sample import Flags, Floats, joined
from sourcing.followers.share import Tried

LEAST_OF_A_KIND = 30
TREES = 300
_LEAF, _FOLDS = 5, 5
Whole = npt.NDArray[np.int64]


def train_forest(audits: Sequence[ReadSample], *, day: date, trees: int = TREES) -> Forest:
    """A model from labelled samples, one per file. Raises BadInput where there are too few of either label."""
    # Files and rows in an order of their own, so that another order does not make another model.
    audits = sorted(audits, key=_content)
    labels = np.concatenate([audit.sample.label for audit in audits]).astype(np.int64)
    group = np.repeat(np.arange(len(audits)), [len(audit.sample) for audit in audits])
    fakes, reals = int(labels.sum()), int((labels == 0).sum())
    if min(fakes, reals) < LEAST_OF_A_KIND:
        raise BadInput(
            f"There are {fakes} accounts judged not real and {reals} judged real; "
            f"{LEAST_OF_A_KIND} of each are needed to learn from.",
            next_step="Give more audited files, or use the standard rules.",
        )
    if not any(_enough(labels[group == one]) for one in range(len(audits))):
        raise BadInput(
            "No audited file holds enough accounts of both labels to try the model on.",
            next_step=f"One file needs {LEAST_OF_A_KIND} judged real and {LEAST_OF_A_KIND} judged not real.",
        )
    features = features_of(joined([audit.sample for audit in audits]))
    order = np.lexsort((group, labels, *np.nan_to_num(features, nan=-1.0).T))
    features, labels, group = features[order], labels[order], group[order]
    unseen = _unseen_scores(features, labels, group, trees)
    cut = _best_cut(unseen, labels, group)
    tried = _tried(unseen >= cut, labels, group)
    forest = _fitted(features, labels, group, trees)
    needs = tuple(name for name in ("posts", "picture", "digits") if all(name in a.sample.known() for a in audits))
    return Forest(
        f"{len(labels):,} accounts, {day.isoformat()}", forest.roots, forest.feature, forest.threshold, forest.left,
        forest.right, forest.value, forest.fill, needs, cut, tried,
    )  # fmt: skip


def _unseen_scores(features: Floats, labels: Whole, group: Whole, trees: int) -> Floats:
    """What each account scores by a model that saw nothing of its file, or of its fifth of the accounts."""
    files = np.unique(group)
    by_file = all(_enough(labels[group != one]) for one in files)
    part = group if by_file else _fifths(labels)
    scores = np.zeros(len(labels))
    for left_out in np.unique(part):
        rest = part != left_out
        scores[~rest] = scored(_fitted(features[rest], labels[rest], group[rest], trees), features[~rest])
    return scores


def _enough(labels: Whole) -> bool:
    return min(int(labels.sum()), int((labels == 0).sum())) >= LEAST_OF_A_KIND


def _fitted(features: Floats, labels: Whole, group: Whole, trees: int) -> Forest:
    from sklearn.ensemble import RandomForestClassifier  # type: ignore[import-untyped, unused-ignore]

    known = ~np.isnan(features).all(axis=0)
    fill = np.zeros(len(FEATURES))
    fill[known] = np.nanmedian(features[:, known], axis=0)
    model = RandomForestClassifier(
        trees, min_samples_leaf=_LEAF, max_features=1, monotonic_cst=list(FEATURES.values()), random_state=0
    )
    model.fit(np.where(np.isnan(features), fill, features), labels, sample_weight=_weights(labels, group))
    return _as_arrays([tree.tree_ for tree in model.estimators_], fill)


def _as_arrays(trees: Sequence[Any], fill: Floats) -> Forest:
    """The fitted trees one after another; a leaf has feature -1."""
    starts = np.cumsum([0, *(tree.node_count for tree in trees)])
    roots = starts[:-1].astype(np.int64)
    feature = np.concatenate([np.where(tree.children_left < 0, -1, tree.feature) for tree in trees]).astype(np.int64)
    left = _moved([tree.children_left for tree in trees], roots)
    right = _moved([tree.children_right for tree in trees], roots)
    threshold = np.concatenate([np.where(tree.children_left < 0, 0.0, tree.threshold) for tree in trees])
    value = np.concatenate([tree.value[:, 0, 1] / tree.value[:, 0, :].sum(axis=1) for tree in trees])
    return Forest("", roots, feature, threshold, left, right, np.round(value, 6).clip(0, 1), fill, (), 0.5, ())


def _moved(children: Sequence[Whole], roots: Whole) -> Whole:
    """Places of children within their tree as places among the nodes of all trees."""
    moved = [np.where(places < 0, 0, places + root) for places, root in zip(children, roots, strict=True)]
    return np.concatenate(moved).astype(np.int64)


def _content(audit: ReadSample) -> bytes:
    """The same for the same accounts in any order."""
    table = np.column_stack([features_of(audit.sample), audit.sample.label])
    return bytes(table[np.lexsort(np.nan_to_num(table, nan=-1.0).T)].tobytes())


def _weights(labels: Whole, group: Whole) -> Floats:
    weight = np.ones(len(labels))
    for one in np.unique(group):
        for label in (0, 1):
            those = (group == one) & (labels == label)
            weight[those] = 1.0 / max(1, int(those.sum()))
    result: Floats = weight / weight.mean()
    return result


def _fifths(labels: Whole) -> Whole:
    """Every fifth account of each label, in an order that is mixed but always the same."""
    part = np.zeros(len(labels), dtype=np.int64)
    rng = np.random.default_rng(0)
    for label in (0, 1):
        those = np.flatnonzero(labels == label)
        part[rng.permutation(those)] = np.arange(len(those)) % _FOLDS
    return part


def _best_cut(scores: Floats, labels: Whole, group: Whole) -> float:
    """Where hits exceed false alarms the most, all files and both labels weighing the same (Youden's J)."""
    weight = _weights(labels, group)
    order = np.argsort(-scores, kind="stable")
    fake = np.cumsum((weight * labels)[order]) / (weight * labels).sum()
    real = np.cumsum((weight * (1 - labels))[order]) / (weight * (1 - labels)).sum()
    ends = np.append(scores[order][1:] != scores[order][:-1], True)
    gain = np.where(ends, fake - real, -np.inf)
    return float(scores[order][int(np.argmax(gain))])


def _tried(picked: Flags, labels: Whole, group: Whole) -> tuple[Tried, ...]:
    """One trial per file that holds enough of both labels."""
    trials = []
    for one in np.unique(group):
        fake, real = (group == one) & (labels == 1), (group == one) & (labels == 0)
        if _enough(labels[group == one]):
            trials.append(Tried(int(picked[fake].sum()), int(fake.sum()), int(picked[real].sum()), int(real.sum())))
    return tuple(sorted(trials, key=lambda t: (t.fakes, t.reals, t.hits, t.alarms)))
