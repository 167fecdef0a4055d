"""Location: whether a creator is where the campaign is. Unit: 0, a half or 1. Source: country, and what the bio names.

Only asked where the campaign names countries or a local area; else it is no factor at all.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def place_fit(in_country: Flags, known: Flags, mentions_area: Flags | None) -> Floats:
    """1 in the right place, 0 in another country, NaN unknown.

    With a local area the country alone is worth a half, and naming the area in the profile is worth all.
    """
    if mentions_area is None:
        return np.where(known, in_country.astype(np.float64), np.nan)
    fit = np.where(known, np.where(in_country, 0.5, 0.0), np.nan)
    return np.where(mentions_area & (in_country | ~known), 1.0, fit)
