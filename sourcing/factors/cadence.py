"""Cadence: whether somebody posts often enough to matter and not so often that a post drowns. Unit: 0..1.

Source: days of recent posts (R16 asks for a sane cadence). Two curves, multiplied. Posts per week: full from 2 to 10,
which is where steady creators of short video and pictures are; under one a month there is nobody to reach, and past
fifty a week (seven a day) it is a feed, not a voice. Silence: full for a fortnight, a half after two months, nothing
after half a year; Modash's own filter for "last posted" begins at 30 days (trade rules). The bounds are ours and meant
to be wide. Unknown without days. Pure.
"""

import numpy as np
import numpy.typing as npt

from sourcing.profiles import Profile

#: (posts per week, worth), between them a straight line over the logarithm
RATE = ((0.05, 0.0), (0.25, 0.3), (1.0, 0.8), (2.0, 1.0), (10.0, 1.0), (21.0, 0.7), (50.0, 0.2), (140.0, 0.0))
#: (days since the last post, worth), between them a straight line
SILENCE = ((14.0, 1.0), (30.0, 0.9), (60.0, 0.5), (120.0, 0.1), (180.0, 0.0))

Floats = npt.NDArray[np.float64]


def cadence(posts_per_week: npt.NDArray[np.floating], days_silent: npt.NDArray[np.floating]) -> Floats:
    """0..1 per row. One post tells no rate but how long it is ago; NaN where neither is known."""
    rate = np.asarray(posts_per_week, dtype=np.float64)
    silent = np.asarray(days_silent, dtype=np.float64)
    places, worths = np.log([point for point, _ in RATE]), [worth for _, worth in RATE]
    often = np.interp(np.log(np.maximum(rate, RATE[0][0])), places, worths)
    lately = np.interp(silent, [point for point, _ in SILENCE], [worth for _, worth in SILENCE])
    value: Floats = np.where(np.isnan(rate), 1.0, often) * np.where(np.isnan(silent), 1.0, lately)
    value[np.isnan(rate) & np.isnan(silent)] = np.nan
    return value


def words(profile: Profile, posts_per_week: float, days_silent: float) -> str:
    """One line, such as: Cadence: 3.2 posts a week over the last 20, the last one 2 days before it was seen."""
    said = []
    if not np.isnan(posts_per_week):
        said.append(f"{posts_per_week:.1f} posts a week over the last {len(profile.posted)}")
    if not np.isnan(days_silent):
        days = int(days_silent)
        when = "on the day it was seen" if days == 0 else f"{days:,} day{'s' * (days != 1)} before it was seen"
        said.append(f"the last one {when}")
    return "Cadence: " + (", ".join(said) or "not known")
