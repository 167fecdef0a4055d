"""Which templates may be used and why others may not, what changed since the approval, and the approval itself.

Owns the manifest's entries. Services never commit. Knows nothing of candidates or documents.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import ValidationError
from sqlmodel import Session

from contracts.archive import Archive, Damaged
from contracts.displaying import FIELDS
from contracts.languages import unspoken
from contracts.locks import LockedClause, hashes
from contracts.manifest import Value, entered
from contracts.templates import MANIFEST, Approval, Templates, TemplateText
from contracts.wording import misplaced, parse
from core import audit
from core.clock import Clock
from core.errors import BadInput, GreenroomError, Refused
from core.files import write_atomically
from core.money import Money
from core.people import Person, Role

_FOLDER = "contracts"
#: Who may say that a template is fit to be used.
APPROVERS = (Role.LEGAL, Role.OWNER)


@dataclass(frozen=True)
class Standing:
    """Where one template stands: `state` in a word or two, and what is wrong with it in sentences."""

    id: str
    state: str
    problems: tuple[str, ...] = ()
    approval: Approval | None = None
    clauses: tuple[str, ...] = ()
    changed_clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClauseChange:
    """One clause of a template that reads otherwise than approved. `known` is False where only hashes are left."""

    id: str
    what: str
    known: bool = True
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """What became of a template since it was approved; `whole` says what no clause can tell."""

    changes: tuple[ClauseChange, ...]
    whole: tuple[str, ...] = field(default=())


def standings(templates: Templates, *, on: date) -> list[Standing]:
    """Every template that the manifest names or that lies in its folder, in order of the names."""
    lying = {path.stem for path in (templates.folder / _FOLDER).glob("*.docx") if not path.name.startswith("~$")}
    return [standing_of(templates, name, on=on) for name in sorted(lying | set(templates.ids()))]


def standing_of(templates: Templates, template_id: str, *, on: date) -> Standing:
    """One of them."""
    approval, entry_problem = _entry(templates, template_id)
    try:
        text = _text(templates, template_id, approval)
        problems = [*_unfit(text), *_not_allowed(text, approval)]
    except GreenroomError as error:
        return Standing(template_id, "cannot be used", (error.message,), approval)
    changed = tuple(change.id for change in _by_hash(approval, text)) if approval else ()
    state = "approved"
    if entry_problem:
        problems, state = [entry_problem, *problems], "cannot be used"
    elif approval is None:
        state = "not approved"
    elif approval.sha256 != text.sha256:
        problems, state = [_changed_words(approval, changed), *problems], "changed since approved"
    elif on > approval.valid_until:
        problems, state = [f"It was approved until {approval.valid_until}.", *problems], "expired"
    elif problems or changed:
        problems += [f"Clause {name} does not read as the manifest says." for name in changed]
        state = "cannot be used"
    return Standing(template_id, state, tuple(problems), approval, tuple(one.id for one in text.clauses), changed)


def approve(
    session: Session, clock: Clock, templates: Templates, archive: Archive, template_id: str, *, by: Person,
    until: date, limit: Money,
) -> Approval:  # fmt: skip
    """Make the file as it lies there the approved one: archived, noted in the audit log, entered in the manifest.

    Hash, version, language, fields and clauses are read from the file. Raises Refused where the person may not, or
    where no contract could be filled from it.
    """
    if not set(by.roles) & set(APPROVERS):
        raise Refused(f"{by.name} may not approve templates.", next_step="It takes legal or an owner.")
    today = clock.now().date()
    if until < today or limit.amount < 0:
        raise Refused(
            f"An approval until {until} for {limit} approves nothing.", next_step="Give a day to come, and 0 or more."
        )
    former, _ = _entry(templates, template_id)
    text = _text(templates, template_id, former)
    if problems := [*_unfit(text), *_foreign(_language(text))]:
        raise Refused(
            f"Template {template_id} cannot be approved: {problems[0]}", next_step="Mend the file, then approve it."
        )
    approval = _approved(text, former, by=by, until=until, limit=limit, today=today)
    archive.keep(text.content)
    audit.record(
        session, clock, actor=by.id, action="template.approved", subject=f"template:{template_id}",
        detail={"sha256": approval.sha256, "version": approval.version, "valid_until": until.isoformat(),
                "maximum_spend": str(limit)},
    )  # fmt: skip
    _enter(templates.folder / MANIFEST, template_id, approval)
    return approval


def difference(templates: Templates, archive: Archive, template_id: str) -> Difference:
    """What reads otherwise than when it was approved, clause by clause."""
    approval = templates.approval(template_id)
    text = _text(templates, template_id, approval)
    if text.sha256 == approval.sha256:
        return Difference(())
    try:
        former = TemplateText(template_id, archive.read(approval.sha256))
    except Damaged:
        unknown = "The approved file is not in the archive, so only the names of changed clauses are known."
        changes = tuple(_by_hash(approval, text))
        return Difference(changes, (unknown,) if approval.clauses else (unknown, "No clause hashes are known either."))
    changes = tuple(_compared(former.clauses, text.clauses))
    return Difference(changes, () if changes else ("All clauses read as approved; layout or properties changed.",))


def entry_of(approval: Approval) -> dict[str, Value]:
    """An approval as the manifest has it."""
    entry: dict[str, Value] = {
        name: getattr(approval, name)
        for name in ("file", "version", "language", "sha256", "approved_by", "approved_on", "valid_until")
    }
    entry |= {"maximum_spend": str(approval.maximum_spend), "currency": approval.currency}
    clauses = [{"id": clause.id, "sha256": clause.sha256} for clause in approval.clauses]
    return entry | {"variables": list(approval.variables), "clauses": clauses}


def _entry(templates: Templates, template_id: str) -> tuple[Approval | None, str]:
    if template_id not in templates.ids():
        return None, ""
    try:
        return templates.approval(template_id), ""
    except BadInput as error:
        return None, error.message


def _text(templates: Templates, template_id: str, approval: Approval | None) -> TemplateText:
    path = templates.folder / (approval.file if approval else f"{_FOLDER}/{template_id}.docx")
    try:
        return TemplateText(template_id, path.read_bytes())
    except OSError as error:
        raise Refused(
            f"Template {template_id} cannot be read: {path}: {error.strerror}.",
            next_step="See: greenroom contracts templates check",
        ) from None


def _unfit(text: TemplateText) -> list[str]:
    """Why no contract could be filled from it, whoever approves."""
    problems = [f"It contains {problem}." for problem in misplaced(text.parts)]
    for name in sorted(text.asked - FIELDS):
        near = difflib.get_close_matches(name, FIELDS, n=1)
        problems.append(f"It asks for {name!r}, which no contract has." + (f" {near[0]!r}?" if near else ""))
    names = [clause.id for clause in text.clauses]
    problems += [f"Clause {name} stands in it twice." for name in sorted({n for n in names if names.count(n) > 1})]
    if "" in names and len(names) > 1:
        problems.append("Words stand before the first clause, where nobody would see them change.")
    return problems


def _not_allowed(text: TemplateText, approval: Approval | None) -> list[str]:
    if approval is None:
        return []
    extra = sorted((text.asked & FIELDS) - set(approval.variables))
    return [
        *_foreign(approval.language),
        *(f"It asks for {name!r}, which its approval does not allow." for name in extra),
    ]


def _foreign(language: str) -> list[str]:
    why = unspoken(language)
    return [f"It {why}."] if why else []


def _approved(
    text: TemplateText, former: Approval | None, *, by: Person, until: date, limit: Money, today: date
) -> Approval:
    version = 1 if former is None else former.version + (former.sha256 != text.sha256)
    entry = {
        "file": former.file if former else f"{_FOLDER}/{text.id}.docx",
        "version": version,
        "language": _language(text),
        "sha256": text.sha256,
        "approved_by": by.id,
        "approved_on": today,
        "valid_until": until,
        "maximum_spend": Money.of_minor(limit.minor, limit.currency).amount,
        "currency": limit.currency,
        "variables": _variables(text, former),
        "clauses": [{"id": name, "sha256": sha256} for name, sha256 in hashes(text.clauses).items() if name],
        "countersigned_by": former.countersigned_by if former else "",
    }
    try:
        return Approval.model_validate(entry)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise Refused(
            f"Template {text.id} cannot be approved: {where}: {problem['msg']}.",
            next_step="Names of files and clauses are lower case, digits and hyphens; a template has a field at least.",
        ) from None


def _variables(text: TemplateText, former: Approval | None) -> list[str]:
    """In the order of the former approval, new ones after them; what the file no longer asks for is not allowed."""
    asked = text.asked
    known = [name for name in (former.variables if former else ()) if name in asked]
    return known + sorted(asked - set(known))


def _language(text: TemplateText) -> str:
    core = parse(text.parts.get("docProps/core.xml", b"<none/>"), name=f"Template {text.id}")
    said = (core.findtext("{*}language") or text.id.rpartition("-")[2])[:2].lower()
    if len(said) != 2 or not said.isascii() or not said.isalpha():
        raise Refused(
            f"Template {text.id} does not say its language.", next_step="End its name in one, as in agreement-en."
        )
    return said


def _enter(path: Path, template_id: str, approval: Approval) -> None:
    try:
        write_atomically(path, entered(path.read_text(encoding="utf-8"), template_id, entry_of(approval)))
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.", next_step="Nothing was approved.") from None


def _changed_words(approval: Approval, changed: Sequence[str]) -> str:
    since = f"It was changed after {approval.approved_by} approved it on {approval.approved_on}"
    return f"{since}: {', '.join(changed)}." if changed else f"{since}."


def _by_hash(approval: Approval, text: TemplateText) -> list[ClauseChange]:
    """Which clauses differ from the manifest's hashes; none where it has no hashes."""
    was, now = {clause.id: clause.sha256 for clause in approval.clauses}, hashes(text.clauses)
    if not was:
        return []
    named = [name for name in was | now if was.get(name) != now.get(name)]
    return [ClauseChange(name, _what(name in was, name in now), known=False) for name in named]


def _compared(former: Sequence[LockedClause], present: Sequence[LockedClause]) -> list[ClauseChange]:
    was = {clause.id: clause.paragraphs for clause in former}
    now = {clause.id: clause.paragraphs for clause in present}
    changes = []
    for name in was | now:
        before, after = was.get(name, ()), now.get(name, ())
        if before != after:
            gone = tuple(line for line in before if line not in after)
            new = tuple(line for line in after if line not in before)
            moved = not gone and not new
            changes.append(ClauseChange(name, "put in another order" if moved else _what(name in was, name in now),
                                        before=gone, after=new))  # fmt: skip
    if [name for name in was if name in now] != [name for name in now if name in was]:
        changes.append(ClauseChange("", "clauses stand in another order", before=tuple(was), after=tuple(now)))
    return changes


def _what(was: bool, now: bool) -> str:
    return "changed" if was and now else "added" if now else "left out"
