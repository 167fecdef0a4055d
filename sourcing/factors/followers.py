"""Followers: how well the size of an audience sits in the campaign's band. Unit: 0..1. Source: the follower count.

Sizes are compared by ratio, not difference: the middle of 5,000 to 100,000 is about 22,000.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def band_fit(followers: Floats, smallest: int, largest: int) -> Floats:
    """1 in the middle of the band, a half at its edges; NaN where the count is unknown, which is below 0."""
    low, high = np.log1p(smallest), np.log1p(largest)
    if high <= low:
        return np.where(followers < 0, np.nan, 1.0)
    place = np.clip((np.log1p(np.maximum(followers, 0)) - low) / (high - low), 0.0, 1.0)
    fit: Floats = np.where(followers < 0, np.nan, 1.0 - 0.5 * (2.0 * place - 1.0) ** 2)
    return fit
