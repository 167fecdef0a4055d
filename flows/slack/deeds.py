"""The steps of the journey that somebody in Slack can set off, as one value: tests hand in others.

Knows where each step lives, and nothing of Slack.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.models.approvals import Request
from core.models.jobs import Job
from flows.slack.posting import next_of_queue
from flows.steps import longlist, outreach, review
from flows.wiring import Wiring


@dataclass(frozen=True, kw_only=True)
class Deeds:
    """Each works on the record alone, quickly, and raises Refused where it may not be."""

    decide: Callable[..., Request] = review.decide
    take_back: Callable[..., Request] = review.take_back
    source: Callable[..., Job] = longlist.source_named
    pause: Callable[..., int] = outreach.pause
    go_on: Callable[..., None] = outreach.go_on
    #: The id of the next open request of a queue, or None.
    next_of_queue: Callable[[Wiring, str], str | None] = next_of_queue
