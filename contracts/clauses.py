"""The approved swap clauses: which texts may be chosen for a contract, in which language, and until when (R34, R37).

Reads `clauses.toml` beside the manifest of templates. Knows nothing of candidates or documents.
"""

import difflib
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.languages import Language
from contracts.locks import settled
from contracts.terms import SwapText
from core.errors import BadInput, Refused

FILE = "clauses.toml"


class ApprovedClause(BaseModel):
    """What the list says of one clause in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(min_length=1, max_length=4_000)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    approved_by: Annotated[str, Field(min_length=1, max_length=100)]
    approved_on: date
    valid_until: date


class Clauses:
    """The list of a template folder, read again whenever it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def usable(self, ids: Sequence[str], *, language: Language, on: date) -> tuple[SwapText, ...]:
        """The texts of these clauses, in this order. Raises Refused for one that is unknown, expired or edited."""
        if not ids:
            return ()
        entries = self._entries()
        return tuple(self._one(entries, clause, language, on) for clause in ids)

    def texts(self, *, language: Language, on: date) -> dict[str, str]:
        """The text of every clause that may be chosen in this language on that day, by its id."""
        found: dict[str, str] = {}
        for clause in self.ids():
            with suppress(Refused):
                found |= {one.id: one.text for one in self.usable((clause,), language=language, on=on)}
        return found

    def ids(self) -> list[str]:
        """Every clause that may be named."""
        return sorted(self._entries())

    def _one(self, entries: Mapping[str, Any], clause: str, language: Language, on: date) -> SwapText:
        if clause not in entries:
            near = difflib.get_close_matches(clause, list(entries), n=1)
            raise Refused(
                f"There is no approved clause {clause!r} in {self._path}.",
                next_step=f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(entries)) or 'none'}.",
            )
        if language not in entries[clause]:
            raise Refused(
                f"Clause {clause} is not approved in {language!r}, the language of the contract.",
                next_step=f"Choose another, or let legal approve it in that language in {self._path}.",
            )
        approved = self._checked(clause, language, entries[clause][language])
        text = settled(approved.text)
        found = hashlib.sha256(text.encode()).hexdigest()
        again = (
            f"If legal approves this text, enter its sha256 {found}, who approved it and until when in {self._path}."
        )
        if found != approved.sha256:
            raise Refused(
                f"Clause {clause} ({language}) was changed after {approved.approved_by} approved it on "
                f"{approved.approved_on}.", next_step=again,
            )  # fmt: skip
        if on > approved.valid_until:
            raise Refused(f"Clause {clause} was approved until {approved.valid_until}.", next_step=again)
        return SwapText(id=clause, text=text, approved_sha256=found)

    def _checked(self, clause: str, language: str, entry: object) -> ApprovedClause:
        try:
            return ApprovedClause.model_validate(entry)
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(str(part) for part in (clause, language, *problem["loc"]))
            raise BadInput(f"{self._path}: {where}: {problem['msg']}.") from None

    def _entries(self) -> Mapping[str, Any]:
        try:
            entries = tomllib.loads(self._path.read_text(encoding="utf-8")).get("clauses", {})
        except FileNotFoundError:
            return {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"{self._path} is no list of clauses: {error}.", next_step="Mend that line.") from None
        if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
            raise BadInput(f"{self._path}: each clause is a part [clauses.ID.LANGUAGE].")
        return entries
