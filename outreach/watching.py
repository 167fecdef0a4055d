"""What a batch of marketing mails is held to while it runs: asked before each mail, told of each that went out.

Owns the shape of that. Knows no gate, no sign-off and no sample; who started the batch does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from core.models.outreach import Message


@dataclass(frozen=True)
class Wording:
    """The words that were signed off: of this template, as campaign and template have read since then."""

    template_sha256: str
    since: datetime


class Watch(Protocol):
    """Keeps a batch to what was signed off."""

    @property
    def wording(self) -> Wording: ...

    def why_not(self, session: Session) -> str:
        """Why no marketing mail may go now; "" where they may. Asked in the transaction that claims a mail."""

    def went_out(self, session: Session, message: Message) -> None:
        """A marketing mail went out: told in the transaction that records it."""
