"""A trained model: trees as arrays, read from JSON and evaluated with numpy. Knows nothing of how it was trained.

The trees are bounded so that a missing picture or more digits in the handle never make an account look more real.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from core.files import write_atomically
from sourcing.followers.sample import Flags, Floats, Sample
from sourcing.followers.share import Tried

FORMAT = 1
FILE_NAME = "followers.json"
#: Feature → whether more of it may only make an account look less real (1), only more real (-1), or either (0).
FEATURES = {"posts": -1, "followers": -1, "following": 0, "following_per_follower": 1, "following_per_post": 0,
            "posts_per_follower": 0, "digits": 1, "picture": -1}  # fmt: skip
_MOST_NODES = 2_000_000


@dataclass(frozen=True)
class Forest:
    """Nodes of all trees one after another. `feature` -1 marks a leaf, whose `value` is the share of accounts that were
    not real; other nodes go `left` where the feature is at most `threshold`. `fill` stands in for unknown features."""

    trained: str
    roots: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int64]
    threshold: Floats
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: Floats
    fill: Floats
    needs: tuple[str, ...]
    cut: float
    tried: tuple[Tried, ...]

    @property
    def name(self) -> str:
        return f"trained on your audits ({self.trained})"

    def scores(self, sample: Sample) -> Floats:
        """0..1 per account; higher looks less real. Not a probability: that depends on how many there are."""
        return scored(self, features_of(sample))

    def picked(self, sample: Sample) -> Flags:
        return self.scores(sample) >= self.cut


def features_of(sample: Sample) -> Floats:
    """float64[accounts, features] in the order of FEATURES, NaN unknown; counts and ratios as logarithms."""
    posts, followers, following = (np.log1p(c) for c in (sample.posts, sample.followers, sample.following))
    columns = [posts, followers, following, following - followers, following - posts, posts - followers,
               sample.digits, sample.picture]  # fmt: skip
    return np.column_stack(columns)


def scored(forest: Forest, features: Floats) -> Floats:
    """The mean over the trees. Features are compared as float32, as scikit-learn does."""
    known = np.where(np.isnan(features), forest.fill, features).astype(np.float32)
    # Accounts that are alike to the model walk together.
    known, kind = np.unique(known, axis=0, return_inverse=True)
    total = np.zeros(len(known))
    for root in forest.roots:
        place = np.full(len(known), root)
        walking = np.arange(len(known))
        while len(walking := walking[forest.feature[place[walking]] >= 0]):
            at = place[walking]
            goes_left = known[walking, forest.feature[at]] <= forest.threshold[at]
            place[walking] = np.where(goes_left, forest.left[at], forest.right[at])
        total += forest.value[place]
    # Rounded, so that the order of the trees' sums cannot move an account over the cut.
    mean: Floats = np.round(total / len(forest.roots), 9)[kind.ravel()]
    return mean


def save_forest(path: Path, forest: Forest) -> None:
    document = {
        "format": FORMAT, "trained": forest.trained, "features": list(FEATURES), "needs": list(forest.needs),
        "cut": forest.cut, "tried": [asdict(one) for one in forest.tried], "fill": forest.fill.tolist(),
        "roots": forest.roots.tolist(), "feature": forest.feature.tolist(), "threshold": forest.threshold.tolist(),
        "left": forest.left.tolist(), "right": forest.right.tolist(), "value": forest.value.tolist(),
    }  # fmt: skip
    write_atomically(path, json.dumps(document, separators=(",", ":")) + "\n")


def load_forest(path: Path) -> Forest | None:
    """The stored model, or None where none was trained. Raises BadInput where the file cannot be one."""
    try:
        document = json.loads(path.read_bytes())
        return _checked(document)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadInput(
            f"The model in {path} cannot be used: {error}.",
            next_step="Train it again with greenroom authenticity train FILES..., or move it away.",
        ) from None


def _checked(document: Any) -> Forest:
    if document["format"] != FORMAT or document["features"] != list(FEATURES):
        raise ValueError("it was made by another version")
    whole = {name: _numbers(document[name], np.int64) for name in ("roots", "feature", "left", "right")}
    broken = {name: _numbers(document[name], np.float64) for name in ("threshold", "value", "fill")}
    _check_trees(whole, broken)
    cut = float(document["cut"])
    tried = tuple(
        Tried(*(int(one[name]) for name in ("hits", "fakes", "alarms", "reals"))) for one in document["tried"]
    )
    if not 0 <= cut <= 1 or not tried or any(not _sound(one) for one in tried):
        raise ValueError("how it was tried is not told")
    needs = tuple(str(name) for name in document["needs"])
    return Forest(
        str(document["trained"])[:200], whole["roots"], whole["feature"], broken["threshold"], whole["left"],
        whole["right"], broken["value"], broken["fill"], needs, cut, tried,
    )  # fmt: skip


def _numbers(values: Sequence[float], kind: type) -> Any:
    array: npt.NDArray[Any] = np.array(values, dtype=kind)
    if array.ndim != 1 or len(array) > _MOST_NODES or not np.isfinite(array).all():
        raise ValueError("its numbers are damaged")
    return array


def _check_trees(whole: dict[str, npt.NDArray[np.int64]], broken: dict[str, Floats]) -> None:
    """Children come after their parent, so that every walk ends."""
    nodes = len(whole["feature"])
    sizes = {len(whole["left"]), len(whole["right"]), len(broken["threshold"]), len(broken["value"])}
    inner = np.flatnonzero(whole["feature"] >= 0)
    children = np.stack([whole["left"][inner], whole["right"][inner]]) if sizes == {nodes} else np.full((2, 1), nodes)
    sound = (
        sizes == {nodes}
        and len(broken["fill"]) == len(FEATURES)
        and len(whole["roots"]) > 0
        and bool(((whole["roots"] >= 0) & (whole["roots"] < nodes)).all())
        and bool((whole["feature"] < len(FEATURES)).all())
        and bool(((children > inner) & (children < nodes)).all())
        and bool(((broken["value"] >= 0) & (broken["value"] <= 1)).all())
    )
    if not sound:
        raise ValueError("its trees are damaged")


def _sound(one: Tried) -> bool:
    return 0 <= one.hits <= one.fakes and 0 <= one.alarms <= one.reals
