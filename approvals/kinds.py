"""The twelve kinds of requests and what goes for each: whether a decision can be taken back, and what comes before it.

Owns the names. Knows nothing of what is decided, nor who is asked.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    CANDIDATE = "candidate"
    OUTREACH_BATCH = "outreach batch"
    OFFER = "offer"
    BRIEF = "creative brief"
    TRACKING = "tracking setup"
    DRAFT_CONTENT = "draft content"
    FINAL_CONTRACT = "final contract"
    RETURNED = "returned contract"
    MEASUREMENT = "measurement"
    WEIGHTS = "weights"
    SPOT_CHECK = "spot check"
    COUNTERSIGNATURE = "countersignature"


#: The two chains of the five sign-offs (R52, R60): what a kind waits for. The first is signed off for the whole
#: campaign, the second for each creator.
COMES_AFTER: Mapping[Kind, Kind] = {
    Kind.TRACKING: Kind.BRIEF,
    Kind.MEASUREMENT: Kind.TRACKING,
    Kind.DRAFT_CONTENT: Kind.FINAL_CONTRACT,
}
#: For how long a decision may be taken back before anything follows from it. The sign-offs of a whole campaign and new
#: weights have no such time: each is a single one, weighed before it is given.
UNDO_WINDOW: Mapping[Kind, timedelta] = {
    Kind.CANDIDATE: timedelta(minutes=10),
    Kind.OUTREACH_BATCH: timedelta(minutes=10),
    Kind.OFFER: timedelta(minutes=10),
    Kind.BRIEF: timedelta(0),
    Kind.TRACKING: timedelta(0),
    Kind.DRAFT_CONTENT: timedelta(minutes=10),
    Kind.FINAL_CONTRACT: timedelta(minutes=10),
    Kind.RETURNED: timedelta(minutes=10),
    Kind.MEASUREMENT: timedelta(0),
    Kind.WEIGHTS: timedelta(0),
    Kind.SPOT_CHECK: timedelta(minutes=10),
    Kind.COUNTERSIGNATURE: timedelta(minutes=10),
}
#: Choices that say yes; only after one of these does the next in a chain come.
YES = frozenset({"approve", "sign_off"})
