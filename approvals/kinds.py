"""The ten kinds of requests and what goes for each: whether a decision can be taken back, and what comes before it.

Owns the names. Knows nothing of what is decided, nor who is asked.
"""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    CANDIDATE = "candidate"
    OUTREACH_BATCH = "outreach batch"
    OFFER = "offer"
    BRIEF = "creative brief"
    TRACKING = "tracking setup"
    DRAFT_CONTENT = "draft content"
    FINAL_CONTRACT = "final contract"
    MEASUREMENT = "measurement"
    WEIGHTS = "weights"
    SPOT_CHECK = "spot check"


#: The two chains of the five sign-offs (R52, R60): what a kind waits for. The first is signed off for the whole
#: campaign, the second for each creator.
COMES_AFTER: Mapping[Kind, Kind] = {
    Kind.TRACKING: Kind.BRIEF,
    Kind.MEASUREMENT: Kind.TRACKING,
    Kind.DRAFT_CONTENT: Kind.FINAL_CONTRACT,
}
#: Choices that say yes; only after one of these does the next in a chain come.
YES = frozenset({"approve", "sign_off"})
