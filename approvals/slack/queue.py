"""The message above a review queue: how far it is, what was decided, who reviews it and until when.

Pure. Its creators' cards are messages of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from approvals.slack import blocks, limits, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.ids import Action
from approvals.slack.ids import Block as Id
from approvals.slack.shown import moment

SIZE = 25
_BAR = 20


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A queue's state. `decided` counts by the words of the choice; `queue_id` is opaque."""

    queue_id: str
    campaign: str
    number: int
    total: int
    decided: Mapping[str, int]
    reviewer: str
    due_at: datetime
    zone: str = "UTC"

    @property
    def done(self) -> int:
        return min(sum(self.decided.values()), self.total)


def message(queue: Queue) -> Payload:
    counts = limits.fit([f"• {parts.short(label, 75)}: {count}" for label, count in queue.decided.items()], 2900)
    state = "All decided" if queue.done == queue.total else f"due {moment(queue.due_at, queue.zone)}"
    foot = blocks.context(f"For {parts.short(queue.reviewer, 100)} · {state}")
    return blocks.message(
        f"Queue {queue.number} of {parts.short(queue.campaign, 100)}: {queue.done} of {queue.total} decided, {state}",
        [
            blocks.header(f"Queue {queue.number}: {queue.campaign}"),
            blocks.section(f"{bar(queue.done, queue.total)} *{queue.done} of {queue.total}* decided"),
            *([blocks.section(counts)] if queue.decided else []),
            foot,
            *_button(queue),
        ],
    )


def bar(done: int, total: int) -> str:
    """Progress as text. Full only when everything is done, empty only when nothing is."""
    filled = _BAR * done // total if total else _BAR
    if 0 < done < total:
        filled = max(filled, 1)
    return "█" * filled + "░" * (_BAR - filled)


def _button(queue: Queue) -> list[Block]:
    if queue.done == queue.total:
        return []
    return [blocks.actions(Id.BUTTONS, [blocks.button("Open next", Action.QUEUE_OPEN, queue.queue_id)])]
