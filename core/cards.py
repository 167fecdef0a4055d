"""What a person is shown when asked: a neutral card that every door (terminal, Slack, web) can draw.

Written by the feature that knows the matter, stored and shown by approvals, which need not understand it.
"""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

#: The fact that names the creator whose mail a card shows: the whole card is about them.
ADDRESSEE = "To"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(_Frozen):
    """One line of a card, with where it comes from."""

    label: str
    value: str
    evidence: str = ""


class CardFile(_Frozen):
    """A file that belongs to the question; the decision is about exactly these bytes."""

    name: str
    sha256: str
    path: str


class Choice(_Frozen):
    """One answer the person may give."""

    id: str
    label: str
    needs_reason: bool = False
    reasons: tuple[str, ...] = ()


class Card(_Frozen):
    """A question with all that is needed to answer it. Text from creators is data here, never markup."""

    title: str
    subtitle: str = ""
    link: str = ""
    facts: tuple[Fact, ...] = ()
    risk: str = ""
    differences: tuple[str, ...] = ()
    files: tuple[CardFile, ...] = ()
    choices: tuple[Choice, ...] = Field(min_length=1)

    def content(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    @property
    def sha256(self) -> str:
        """Hash of the whole content: what was decided on can be proved later."""
        raw = json.dumps(self.content(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(raw.encode()).hexdigest()

    def choice(self, choice_id: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.id == choice_id), None)
