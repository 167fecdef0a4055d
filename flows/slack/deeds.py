"""The steps of the journey that somebody in Slack can set off, as one value: tests hand in others.

Knows where each step lives, and nothing of Slack.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.models.approvals import Request
from core.models.jobs import Job
from flows.wiring import Wiring


def _step(module: str, name: str) -> Callable[..., Any]:
    """A step that is looked up when it is taken."""

    def take(*args: object, **more: object) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **more)

    return take


_DECIDE, _TAKE_BACK = _step("flows.steps.review", "decide"), _step("flows.steps.review", "take_back")
_SOURCE = _step("flows.steps.longlist", "source_named")
_PAUSE, _GO_ON = _step("flows.steps.outreach", "pause"), _step("flows.steps.outreach", "go_on")
_NEXT = _step("flows.slack.posting", "next_of_queue")


@dataclass(frozen=True, kw_only=True)
class Deeds:
    """Each works on the record alone, quickly, and raises Refused where it may not be."""

    decide: Callable[..., Request] = _DECIDE
    take_back: Callable[..., Request] = _TAKE_BACK
    source: Callable[..., Job] = _SOURCE
    pause: Callable[..., int] = _PAUSE
    go_on: Callable[..., None] = _GO_ON
    #: The id of the next open request of a queue, or None.
    next_of_queue: Callable[[Wiring, str], str | None] = _NEXT
