"""Past results: how earlier campaigns of the brand went with this creator. Unit: 0..1. Source: the record.

Somebody who delivered is worth more than anybody's promise (R77, R103), and somebody found to have the wrong audience
is not to be found again (R23). No history is unknown, which is not a bad history. Pure: knows no database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Outcome = Literal["live", "signed", "replied", "no answer", "declined", "dropped", "wrong audience"]

#: outcome → (what it says of a next time, its words)
SCALE: Mapping[Outcome, tuple[float, str]] = {
    "live": (1.0, "signed and went live"),
    "signed": (0.85, "signed"),
    "replied": (0.6, "replied"),
    # One unanswered mail says little: it may never have been seen.
    "no answer": (0.4, "did not answer"),
    # A creator who said no once may be asked again, but is less likely to say yes.
    "declined": (0.2, "declined"),
    "dropped": (0.15, "was dropped after signing"),
    "wrong audience": (0.0, "was found to have the wrong audience"),
}


@dataclass(frozen=True)
class PastResult:
    """`score` 0..1, `evidence` one line that names campaigns and outcomes."""

    score: float
    evidence: str


def past_result(outcomes: Sequence[tuple[str, Outcome]]) -> PastResult | None:
    """What (campaign, outcome) pairs, oldest first, say of a next time; None without any.

    The latest counts half, the one before a quarter, and so on. "Wrong audience" is a judgement on the fit, not a mood
    of the day: it stays, whatever else there is.
    """
    if not outcomes:
        return None
    weights = np.array([0.5 ** (len(outcomes) - place) for place in range(len(outcomes))])
    scores = np.array([SCALE[outcome][0] for _, outcome in outcomes])
    score = float((scores * weights).sum() / weights.sum())
    if any(outcome == "wrong audience" for _, outcome in outcomes):
        score = 0.0
    told = [f"{SCALE[outcome][1]} in {campaign}" for campaign, outcome in reversed(outcomes)]
    return PastResult(score, "Past results: " + ", ".join(told[:3]) + (", …" if len(told) > 3 else ""))


def column(results: Mapping[int, PastResult], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Scores of these rows, NaN where there is no history. `results`: by row of the pool."""
    scores = np.full(len(rows), np.nan)
    if results:
        order = np.argsort(rows, kind="stable")
        wanted = np.fromiter(results, dtype=np.int64, count=len(results))
        values = np.array([result.score for result in results.values()])
        places = np.searchsorted(rows[order], wanted)
        inside = places < len(rows)
        inside[inside] = rows[order][places[inside]] == wanted[inside]
        scores[order[places[inside]]] = values[inside]
    return scores
