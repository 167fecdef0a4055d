"""Which templates may be used, who may approve one, and what is told of a changed one."""

import hashlib
import io
import re
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from contracts.approving import ClauseChange, Difference, Standing, approve, difference, standing_of, standings
from contracts.archive import Archive
from contracts.templates import Approval, Templates
from contracts.typesetting.package import typeset
from core.clock import FixedClock
from core.database import unit_of_work
from core.errors import Refused
from core.models.audit import AuditEntry
from core.money import Money
from core.people import People
from tests.contracts.conftest import SHIPPED, TEMPLATE

EUROS = Money(Decimal(500), "EUR")
TODAY, UNTIL = date(2026, 11, 26), date(2027, 12, 31)
Approve = Callable[..., Approval]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped templates, to be changed."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "templates"))


@pytest.fixture
def templates(folder: Path) -> Templates:
    return Templates(folder)


@pytest.fixture
def approved_by(
    sqlite_engine: Engine, clock: FixedClock, templates: Templates, archive: Archive, people: People
) -> Approve:
    def make(template: str = TEMPLATE, by: str = "lena", until: date = UNTIL, limit: Money = EUROS) -> Approval:
        with unit_of_work(sqlite_engine) as session:
            return approve(session, clock, templates, archive, template, by=people.named(by), until=until, limit=limit)

    return make


def reset(folder: Path, *changes: tuple[str, str], template: str = TEMPLATE, new: str = "") -> None:
    """Set a template anew from its source with these changes."""
    source = (folder / "contracts" / "sources" / f"{template}.txt").read_text(encoding="utf-8")
    for old, to in changes:
        assert old in source
        source = source.replace(old, to)
    (folder / "contracts" / f"{new or template}.docx").write_bytes(typeset(source, name=template))


def test_a_changed_clause_is_named_and_shown_and_can_be_approved_again(
    folder: Path, templates: Templates, archive: Archive, approved_by: Approve
) -> None:
    before = approved_by()
    assert (before.version, before.approved_by, before.valid_until) == (2, "lena", UNTIL)
    assert difference(templates, archive, TEMPLATE) == Difference(())
    reset(folder, ("It is yours to keep.", "It is yours."), ("within one day of", "within two days of"))
    standing = standing_of(templates, TEMPLATE, on=TODAY)
    assert (standing.state, standing.changed_clauses) == ("changed since approved", ("pay", "disclosure"))
    assert standing.problems[0].endswith(": pay, disclosure.")
    pay, disclosure = difference(templates, archive, TEMPLATE).changes
    assert pay == ClauseChange("pay", "changed", before=("We send you {{ product }}. It is yours to keep.",),
                               after=("We send you {{ product }}. It is yours.",))  # fmt: skip
    assert disclosure.id == "disclosure"
    with pytest.raises(Refused, match="unusable until approved again"):
        templates.usable(TEMPLATE, spend=EUROS, on=TODAY)
    assert approved_by().version == 3
    assert templates.usable(TEMPLATE, spend=EUROS, on=TODAY).approval.version == 3


def test_without_the_approved_file_only_the_names_of_changed_clauses_are_told(
    folder: Path, templates: Templates, archive: Archive
) -> None:
    reset(folder, ("It is yours to keep.", "It is yours."))
    found = difference(templates, archive, TEMPLATE)
    assert found.changes == (ClauseChange("pay", "changed", known=False),)
    assert "not in the archive" in found.whole[0]


def test_clauses_left_out_added_or_moved_are_told(
    folder: Path, templates: Templates, archive: Archive, approved_by: Approve
) -> None:
    approved_by()
    source = (folder / "contracts" / "sources" / f"{TEMPLATE}.txt").read_text(encoding="utf-8")
    data = source[source.index("[data]") : source.index("[ending]")]
    reset(
        folder,
        (data, ""),
        ("7. Ending", "6. Ending"),
        ("\n7.", "\n6."),
        ("[signature]\n", "[words]\nMore.\n[signature]\n"),
    )
    changes = {change.id: change.what for change in difference(templates, archive, TEMPLATE).changes}
    assert changes == {"data": "left out", "words": "added"}
    reset(folder, ("head: {{ brand }}", "head: {{ company.name }}"))
    found = difference(templates, archive, TEMPLATE)
    assert found == Difference((), ("All clauses read as approved; layout or properties changed.",))


def test_the_approval_is_noted_and_leaves_the_rest_of_the_manifest_alone(
    sqlite_engine: Engine, folder: Path, archive: Archive, approved_by: Approve
) -> None:
    before = (folder / "manifest.toml").read_text(encoding="utf-8")
    approval = approved_by("nda-de", by="olivia", limit=Money(Decimal(0), "EUR"))
    after = (folder / "manifest.toml").read_text(encoding="utf-8")
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert changed == ['approved_by = "olivia"', "approved_on = 2026-11-20", "valid_until = 2027-12-31"]
    assert hashlib.sha256(archive.read(approval.sha256)).hexdigest() == approval.sha256
    with unit_of_work(sqlite_engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "template.approved")).one()
        assert (entry.actor, entry.subject) == ("olivia", "template:nda-de")
        assert approval.sha256 in entry.detail


def test_who_signs_for_the_company_stays_and_is_told_with_the_approval(
    folder: Path, templates: Templates, approved_by: Approve
) -> None:
    manifest = folder / "manifest.toml"
    head = "[contracts.nda-de]\n"
    said = manifest.read_text(encoding="utf-8").replace(head, f'{head}countersigned_by = "olivia"\n')
    manifest.write_text(said, encoding="utf-8")
    approval = approved_by("nda-de")
    assert approval.countersigned_by == "olivia"
    assert templates.approval("nda-de") == approval


def test_a_file_that_nobody_approved_is_seen_and_can_be(
    folder: Path, templates: Templates, approved_by: Approve
) -> None:
    reset(folder, ("Creator agreement", "Big agreement"), new="big-en")
    assert standing_of(templates, "big-en", on=TODAY).state == "not approved"
    approval = approved_by("big-en", limit=Money(Decimal("1200.50"), "EUR"))
    assert (approval.version, approval.language, approval.file) == (1, "en", "contracts/big-en.docx")
    assert templates.usable("big-en", spend=Money(Decimal("1200.50"), "EUR"), on=TODAY).clauses
    assert all(one.state == "approved" for one in standings(templates, on=TODAY))


def test_a_template_in_a_language_that_half_of_it_would_not_be_in_is_refused(
    folder: Path, templates: Templates, approved_by: Approve
) -> None:
    why = (
        "is in 'fr', but dates, amounts and the page to sign are there only in English (en), German (de), Spanish (es)"
    )
    reset(folder, ("language: en", "language: fr"), new="big-fr")
    with pytest.raises(Refused, match=re.escape(f"Template big-fr cannot be approved: It {why}.")):
        approved_by("big-fr")
    manifest = folder / "manifest.toml"
    head, entry = manifest.read_text(encoding="utf-8").split("[contracts.nda-de]")
    entry = entry.replace('"de"', '"fr"', 1)
    manifest.write_text(f"{head}[contracts.nda-de]{entry}", encoding="utf-8")
    found = standing_of(templates, "nda-de", on=TODAY)
    assert (found.state, found.problems) == ("cannot be used", (f"It {why}.",))


def test_what_is_wrong_is_said_of_each_template(folder: Path, templates: Templates) -> None:
    manifest = (folder / "manifest.toml").read_text(encoding="utf-8")
    (folder / "manifest.toml").write_text(manifest.replace('"law", ', "", 1), encoding="utf-8")
    (folder / "contracts" / "nda-en.docx").unlink()
    (folder / "contracts" / "nda-de.docx").write_bytes(b"no Word file")
    reset(folder, ("{{ law }}", "{{ lew }}"), template="nda-es")
    found = {one.id: one for one in standings(templates, on=date(2030, 1, 1))}
    assert found["brief-en"].state == "expired"
    assert "approved until 2029-12-31" in found["brief-en"].problems[0]
    assert "cannot be read" in found["nda-en"].problems[0]
    assert "not a Word document" in found["nda-de"].problems[0]
    assert found["nda-es"].problems[1] == "It asks for 'lew', which no contract has. 'law'?"
    assert "It asks for 'law', which its approval does not allow." in found[TEMPLATE].problems


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"by": "omar"}, ""),
        ({"by": "rosa"}, "may not approve templates"),
        ({"by": "sofia"}, "may not approve templates"),
        ({"until": date(2026, 11, 19)}, "approves nothing"),
        ({"limit": Money(Decimal(-1), "EUR")}, "approves nothing"),
        ({"template": "nothing-en"}, "cannot be read"),
    ],
)
def test_only_legal_or_an_owner_may_approve_and_only_what_makes_sense(
    changes: dict[str, str], problem: str, approved_by: Approve, folder: Path
) -> None:
    before = (folder / "manifest.toml").read_bytes()
    if not problem:  # ops, who is an owner too
        assert approved_by(**changes).approved_by == "omar"
        return
    with pytest.raises(Refused, match=problem):
        approved_by(**changes)
    assert (folder / "manifest.toml").read_bytes() == before


def test_a_file_from_which_no_contract_could_be_filled_is_not_approved(folder: Path, approved_by: Approve) -> None:
    reset(folder, ("{{ law }}", "{{ lew }}"))
    with pytest.raises(Refused, match="asks for 'lew'"):
        approved_by()


def test_a_name_that_the_manifest_cannot_hold_is_refused_in_words(folder: Path, approved_by: Approve) -> None:
    before = (folder / "manifest.toml").read_bytes()
    shutil.copy(folder / "contracts" / f"{TEMPLATE}.docx", folder / "contracts" / "Our Agreement-en.docx")
    with pytest.raises(Refused, match="Our Agreement-en cannot be approved: file: "):
        approved_by("Our Agreement-en")
    empty = io.BytesIO()
    docx.Document().save(empty)
    (folder / "contracts" / "empty-en.docx").write_bytes(empty.getvalue())
    with pytest.raises(Refused, match="empty-en cannot be approved: variables: "):
        approved_by("empty-en")
    assert (folder / "manifest.toml").read_bytes() == before


def test_a_clause_that_reads_otherwise_than_the_manifest_says_is_refused(folder: Path, templates: Templates) -> None:
    clause = next(one for one in templates.approval(TEMPLATE).clauses if one.id == "pay")
    manifest = (folder / "manifest.toml").read_text(encoding="utf-8")
    (folder / "manifest.toml").write_text(manifest.replace(clause.sha256, "0" * 64), encoding="utf-8")
    with pytest.raises(Refused, match="clause 'pay' does not read as it was approved"):
        templates.usable(TEMPLATE, spend=EUROS, on=TODAY)
    standing = standing_of(templates, TEMPLATE, on=TODAY)
    assert isinstance(standing, Standing)
    assert (standing.state, standing.changed_clauses) == ("cannot be used", ("pay",))
