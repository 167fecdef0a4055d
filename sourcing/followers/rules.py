"""The standard rules: points for published signals, for whoever has no audits of their own to train on. Pure.

Set by hand after the definitions named in `sample`, fitted to no data; Socialbakers counted points in the same way. How
often they are right is therefore assumed within wide bounds, which the interval around a share carries.
"""

import numpy as np

from sourcing.followers.sample import SIGNALS, Flags, Floats, Sample, signals_of

NAME = "standard rules"
ENOUGH_POINTS = 4
#: Which part of the accounts that are not real the rules pick out, and of those that are real: least and most assumed.
#: Wide on purpose: Cresci et al. tried such rules and found most of them unsatisfactory.
ASSUMED_HITS = (0.15, 0.95)
ASSUMED_ALARMS = (0.002, 0.20)


def points_of(sample: Sample) -> Floats:
    """Points per account, 0 to 9. An unknown value gives none, so more columns find more."""
    shown = signals_of(sample)
    total = np.zeros(len(sample))
    for signal in SIGNALS:
        total += signal.points * shown[signal.name]
    return total


def picked(sample: Sample) -> Flags:
    """The accounts with enough points to count."""
    return points_of(sample) >= ENOUGH_POINTS
