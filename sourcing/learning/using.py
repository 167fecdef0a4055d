"""A model that was signed off, as a longlist uses it: the order it proposes, its words, how good it was shown to be.

Shields the longlist from how models are made. Loads numpy alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sourcing.learning.reranker import Reranker, load
from sourcing.profiles import Profile

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class InUse:
    """One model in force."""

    reranker: Reranker

    @property
    def sha256(self) -> str:
        return self.reranker.sha256

    @property
    def precision(self) -> tuple[float, float] | None:
        """Precision at 25 (without, with) the model, shares 0..1, from its card."""
        shown = self.reranker.model.precision
        return shown.without, shown.having

    def adjusted(self, profiles: Sequence[Profile], factors: Mapping[str, Floats], fit: Floats) -> Floats:
        return self.reranker.adjusted(profiles, factors, fit)

    def explained(self, profile: Profile, factors: Mapping[str, float]) -> str:
        """One line on what of this profile reviewers' earlier choices moved, and how far."""
        columns = {name: np.array([value]) for name, value in factors.items()}
        return self.reranker.reasons([profile], columns)[0]


def in_use(folder: Path, sha256: str) -> InUse:
    """The model of that hash. Raises Refused or BadInput where its file is gone or damaged."""
    return InUse(load(folder, sha256))
