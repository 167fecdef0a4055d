"""A request as a value to draw: all that a card in Slack says, read by somebody else.

Knows no record, no people file and no clock.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.cards import Card

OPEN, DECIDED, VOID = "open", "decided", "void"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One request. Names are those people go by; `zone` is where whoever reads it works.

    `undo_until` is given only while the decision can be taken back, `waits_for` and `question` only while somebody owes
    an answer.
    `photo` is the address of a picture that may be shown, by its licence.
    """

    request_id: str
    kind: str
    campaign: str
    card: Card
    content_sha256: str
    assignee: str
    due_at: datetime
    zone: str = "UTC"
    status: str = OPEN
    choice: str = ""
    reason: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    void_reason: str = ""
    comments: int = 0
    undo_until: datetime | None = None
    waits_for: str = ""
    question: str = ""
    photo: str = ""

    @property
    def short_id(self) -> str:
        return self.request_id[:8]

    @property
    def decision(self) -> str:
        """The choice in the words of its button."""
        chosen = self.card.choice(self.choice)
        return chosen.label if chosen else self.choice


def moment(at: datetime, zone: str) -> str:
    """A moment in words, where the reader is."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M} ({zone})"
