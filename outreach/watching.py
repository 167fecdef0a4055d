"""What a batch of marketing mails is held to while it runs: asked before each mail.

Owns the shape of that. Knows no gate and no sign-off; who started the batch does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from core.models.outreach import Message


@dataclass(frozen=True)
class Wording:
    """The words that were signed off: of these templates (sha256), as campaign and templates have read since then."""

    templates: frozenset[str]
    since: datetime

    def is_of(self, message: Message) -> bool:
        return message.template_sha256 in self.templates and message.created_at >= self.since


class Watch(Protocol):
    """Keeps a batch to what was signed off."""

    @property
    def wording(self) -> Wording: ...

    def why_not(self, session: Session) -> str:
        """Why no marketing mail may go now; "" where they may. Asked in the transaction that claims a mail."""

    def held(self, session: Session) -> Mapping[str, str]:
        """Templates (sha256) of which no more mails may go now, and why: in quarantine, or the first few are out."""
