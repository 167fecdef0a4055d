"""Which contract templates may be used, for what, and until when: the approved manifest.

A template is approved as a file with one exact sha256. Knows nothing of candidates or of how a file is filled.
"""

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from contracts.asked_fields import asked_fields
from contracts.displaying import FIELDS
from contracts.locks import clauses_of, hashes
from contracts.wording import Outline, fields_of, misplaced, open_package, outline
from core.errors import BadInput, Refused
from core.money import Money

MANIFEST = "manifest.toml"
_KEPT = 32  # manifests and templates as they were last read: a batch, a page and a board ask for the same


class ApprovedClause(BaseModel):
    """One clause as it was approved: its name in the document, and the hash of its words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Approval(BaseModel):
    """What the manifest says of one template: who approved which bytes for what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Annotated[str, Field(pattern=r"^[a-z0-9/_.-]+\.docx$")]
    version: int = Field(ge=1)
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    approved_by: Annotated[str, Field(min_length=1, max_length=100)]
    approved_on: date
    valid_until: date
    maximum_spend: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    variables: Annotated[tuple[str, ...], Field(min_length=1)]
    #: May be empty: a template without named clauses can only be compared as a whole.
    clauses: tuple[ApprovedClause, ...] = ()
    #: Id of the person who signs for the company once the creator has; "" where nobody does.
    countersigned_by: Annotated[str, Field(max_length=100)] = ""

    @property
    def limit(self) -> Money:
        return Money(self.maximum_spend, self.currency)

    @model_validator(mode="after")
    def _sound(self) -> "Approval":
        Money(self.maximum_spend, self.currency)  # refuses an unknown currency or half a cent
        if ".." in self.file or self.file.startswith("/"):
            raise ValueError("file must lie beside the manifest")
        return self


class TemplateText:
    """One template as a file: its bytes and what they say, whether it may be used today or not."""

    def __init__(self, template_id: str, content: bytes) -> None:
        self.id = template_id
        self.content = content
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.parts = open_package(content, name=f"Template {template_id}")
        self.outline: Outline = outline(self.parts, name=f"Template {template_id}")
        self.fields = fields_of(self.outline)
        self.clauses = clauses_of(self.parts, name=f"Template {template_id}")

    @property
    def asked(self) -> frozenset[str]:
        """Every field that filling it would read. Raises Refused where it does more than fill in fields."""
        return asked_fields(self.id, self.content)


class Template(TemplateText):
    """One template that may be used, with its approval."""

    def __init__(self, template_id: str, approval: Approval, content: bytes) -> None:
        super().__init__(template_id, content)
        self.approval = approval


class Templates:
    """The contract templates of a folder, each checked again whenever it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        return self._folder

    def usable(self, template_id: str, *, spend: Money, on: date) -> Template:
        """The template, provided it may be used for that guaranteed spend on that day. Raises Refused with the reason.

        `spend` is what the contract guarantees (R34): the fee, not a commission that sales earn.
        """
        approval = self.approval(template_id)
        content = self._content(template_id, approval)
        if on > approval.valid_until:
            raise Refused(
                f"Template {template_id} was approved until {approval.valid_until}.",
                next_step=_approve_again(template_id),
            )
        limit = approval.limit
        if spend.currency != limit.currency or spend > limit:
            raise Refused(
                f"Template {template_id} is approved for contracts of up to {limit}, not for {spend}.",
                next_step="Offer less, use another template, or let legal approve this one for more.",
            )
        return _fit(template_id, approval, content)

    def limit(self, template_id: str) -> Money:
        """The largest guaranteed spend the template is approved for."""
        return self.approval(template_id).limit

    def ids(self) -> list[str]:
        """Every template the manifest names."""
        return sorted(self._manifest())

    def approval(self, template_id: str) -> Approval:
        """What the manifest says of a template, whether it may be used today or not."""
        entries = self._manifest()
        if template_id not in entries:
            near = difflib.get_close_matches(template_id, list(entries), n=1)
            raise Refused(
                f"There is no contract template {template_id!r} in {self._folder / MANIFEST}.",
                next_step=f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(entries)) or 'none'}.",
            )
        try:
            return Approval.model_validate(entries[template_id])
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(str(part) for part in problem["loc"])
            raise BadInput(f"{self._folder / MANIFEST}: {template_id}: {where}: {problem['msg']}.") from None

    def _manifest(self) -> Mapping[str, object]:
        path = self._folder / MANIFEST
        try:
            entries = _entries(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BadInput(f"There is no template manifest {path}.", next_step="Set GREENROOM_TEMPLATES.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"{path} is not a manifest: {error}.", next_step="Mend that line.") from None
        if not isinstance(entries, dict):
            raise BadInput(f"{path}: contracts must be a table of templates.")
        return entries

    def _content(self, template_id: str, approval: Approval) -> bytes:
        path = self._folder / approval.file
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Refused(
                f"Template {template_id} cannot be read: {path}: {error.strerror}.", next_step="Restore the file."
            ) from None
        if hashlib.sha256(content).hexdigest() != approval.sha256:
            raise Refused(
                f"Template {template_id} is unusable until approved again: {path} was changed after "
                f"{approval.approved_by} approved it on {approval.approved_on}.",
                next_step=_approve_again(template_id),
            )
        return content


@lru_cache(maxsize=_KEPT)
def _entries(manifest: str) -> Mapping[str, object]:
    """What a manifest says, read once for the same words; only ever read."""
    return tomllib.loads(manifest).get("contracts", {})  # type: ignore[no-any-return]


@lru_cache(maxsize=_KEPT)
def _fit(template_id: str, approval: Approval, content: bytes) -> Template:
    """The template, taken apart and found fit once for the same bytes under the same approval."""
    template = Template(template_id, approval, content)
    check_fields(template)
    check_clauses(template)
    return template


def check_fields(template: Template) -> None:
    """Refuse a template that asks for what nobody fills or legal did not allow, or that could change its own text."""
    if problems := misplaced(template.parts):
        raise Refused(
            f"Template {template.id} contains {', '.join(problems)}.", next_step="Remove it in Word and approve again."
        )
    for field in sorted(template.asked):
        if field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, n=1)
            raise Refused(
                f"Template {template.id} asks for {field!r}, which no contract has.",
                next_step=f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(FIELDS))}.",
            )
        if field not in template.approval.variables:
            raise Refused(
                f"Template {template.id} asks for {field!r}, which its approval does not allow.",
                next_step=f"Let legal add it to `variables` in {MANIFEST}.",
            )


def check_clauses(template: Template) -> None:
    """Refuse a template of which a clause does not read as the manifest says it was approved."""
    approved = {clause.id: clause.sha256 for clause in template.approval.clauses}
    standing = hashes(template.clauses)
    if approved and (wrong := [name for name in approved | standing if approved.get(name) != standing.get(name)]):
        raise Refused(
            f"Template {template.id}: clause {wrong[0]!r} does not read as it was approved.",
            next_step=f"See: greenroom contracts templates diff {template.id}",
        )


def _approve_again(template_id: str) -> str:
    return (
        f"See what changed: greenroom contracts templates diff {template_id}; legal or an owner approves it: "
        f"greenroom contracts templates approve {template_id}; or restore the approved file."
    )
