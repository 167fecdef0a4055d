"""A model at work: the ranking's fits dealt out anew, and one line that says why. Pure but for `load`; numpy only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sourcing.evidence import one_line
from sourcing.learning.examples import Shown
from sourcing.learning.features import Floats, Rows, places_of
from sourcing.learning.model import Model, read_model
from sourcing.learning.training import place_odds

#: Shares of a point smaller than this are not worth a reviewer's eye.
_WORTH_SAYING = 0.05
#: Points are shown so that seven of them double the odds (ten times the natural logarithm).
POINTS = 10.0


@dataclass(frozen=True)
class Reranker:
    """Applies one model to profiles of the campaign it was made for."""

    model: Model
    sha256: str = ""

    def adjusted(self, profiles: Sequence[Shown], factors: Mapping[str, Floats], fit: Floats) -> Floats:
        """The same fits (0..1), dealt out in the order that the model proposes.

        One value per profile; `factors` are 0..1, NaN unknown. Who had the higher fit of two creators that are alike
        to the model keeps it. Give it the best of the ranking together: places are counted among these.
        """
        if len(fit) == 0:
            return np.zeros(0)
        order = np.lexsort((-np.asarray(fit, np.float64), -self.log_odds(profiles, factors, fit)))
        dealt = np.empty(len(fit))
        dealt[order] = np.sort(np.asarray(fit, np.float64))[::-1]
        return dealt

    def log_odds(self, profiles: Sequence[Shown], factors: Mapping[str, Floats], fit: Floats) -> Floats:
        """Log-odds that reviewers want each: by the place of its fit among these (the best of equals), and its row."""
        if len(fit) == 0:
            return np.zeros(0)
        descending = np.sort(-np.asarray(fit, np.float64))
        rank = 1 + np.searchsorted(descending, -np.asarray(fit, np.float64), side="left")
        return place_odds(rank) + self._rows(profiles, factors).times(self.model.weights) + self.model.common

    def likely(self, log_odds: Floats) -> Floats | None:
        """Likelihood of an approval, 0..1; None where decisions were too few to calibrate."""
        calibration = self.model.calibration
        if calibration.why_not:
            return None
        line = np.clip(calibration.slope * log_odds + calibration.shift, -30, 30)
        return np.asarray(1 / (1 + np.exp(-line)), np.float64)

    def reasons(self, profiles: Sequence[Shown], factors: Mapping[str, Floats]) -> tuple[str, ...]:
        """One line per profile: what of it moved it up or down, in points, the strongest three first."""
        if not profiles:
            return ()
        rows = self._rows(profiles, factors)
        return tuple(self._reason(profile, rows, at) for at, profile in enumerate(profiles))

    def _rows(self, profiles: Sequence[Shown], factors: Mapping[str, Floats]) -> Rows:
        return self.model.encoder.rows(profiles, [self.model.asked] * len(profiles), factors)

    def _reason(self, profile: Shown, rows: Rows, at: int) -> str:
        mine = slice(int(rows.starts[at]), int(rows.starts[at + 1]))
        moves = POINTS * rows.values[mine] * self.model.weights[rows.columns[mine]]
        names = [f'"{one_line(token, 40)}"' for token in rows.tokens[at]]
        # Everybody comes from somewhere: what counts is how a place differs from the usual one.
        moves[len(names) : len(names) + 2] -= POINTS * np.array(self.model.usual_place)
        names += [*places_of(profile), *self.model.encoder.numbers]
        strongest = sorted(zip(moves.tolist(), names, strict=True), key=lambda move: (-abs(move[0]), move[1]))
        told = [f"{move:+.1f} for {name}" for move, name in strongest[:3] if abs(move) >= _WORTH_SAYING]
        total = float(moves.sum())
        if not told:
            return "Reviewers' earlier choices: nothing known that moves this creator"
        return f"Reviewers' earlier choices: {total:+.1f} in all; {', '.join(told)}"


def load(folder: Path, sha256: str) -> Reranker:
    """The model of that hash, ready to rank. Raises Refused or BadInput (see `model.read_model`)."""
    return Reranker(read_model(folder, sha256), sha256)
