"""The templates that ship: set from their sources, approved by clause, filled, and of the length they promise."""

import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from contracts.approving import standings
from contracts.displaying import FIELDS, LISTS
from contracts.filling import fill
from contracts.locks import clauses_of, hashes
from contracts.templates import Template, Templates
from contracts.typesetting.package import NOTE, typeset
from contracts.wording import expanded, misplaced, open_package, paragraphs
from core.money import Money
from tests.contracts.conftest import SHIPPED
from tests.contracts.values import Values, bare, hostile, ordinary

SOURCES = SHIPPED / "contracts" / "sources"
IDS = sorted(path.stem for path in SOURCES.glob("*.txt"))
KINDS = ("creator-agreement", "seeding-letter", "retainer", "nda", "onboarding", "brief")
PAGES = {"creator-agreement": 2, "retainer": 2, "seeding-letter": 1, "nda": 1, "onboarding": 1, "brief": 1}
HOSTILE = (
    "Acme & Co <b>",
    "{{7*7}} {% endif %}",
    "=cmd|' /C calc'!A0",
    "نور الهدى",
    "李小龍 ユキ",
    "👩🏽‍🎤 " + "n" * 180,
)


def used(template_id: str) -> Template:
    return Templates(SHIPPED).usable(template_id, spend=Money(Decimal(0), "EUR"), on=date(2026, 11, 26))


def filled(template: Template, values: Values) -> bytes:
    """The document, which says what the template says with these values, and no more."""
    document = fill(template.content, values)
    parts = open_package(document, name=template.id)
    assert misplaced(parts) == []
    assert paragraphs(parts) == expanded(template.outline, values)
    return document


def test_every_kind_ships_in_every_language() -> None:
    assert sorted(f"{kind}-{language}" for kind in KINDS for language in ("en", "de", "es")) == IDS
    found = standings(Templates(SHIPPED), on=date(2026, 11, 26))
    assert [one.id for one in found] == IDS
    assert [(one.id, one.problems) for one in found if one.state != "approved"] == []


@pytest.mark.parametrize("name", IDS)
def test_a_template_is_what_its_source_says(name: str) -> None:
    """After a change: python -m contracts.typesetting, then have it approved."""
    source = (SOURCES / f"{name}.txt").read_text(encoding="utf-8")
    content = typeset(source, name=name)
    assert content == typeset(source, name=name)
    assert content == (SHIPPED / "contracts" / f"{name}.docx").read_bytes()


@pytest.mark.parametrize("name", IDS)
def test_its_clauses_fields_and_language_are_those_of_the_manifest(name: str) -> None:
    template = used(name)
    assert {one.id: one.sha256 for one in template.approval.clauses} == hashes(template.clauses)
    assert [clause.id for clause in template.clauses] == [one.id for one in template.approval.clauses]
    assert template.asked == set(template.approval.variables)
    properties = docx.Document(SHIPPED / template.approval.file).core_properties  # type: ignore[arg-type]
    assert properties.language == template.approval.language == name[-2:]
    assert properties.comments == NOTE


def test_the_three_languages_say_the_same() -> None:
    for kind in KINDS:
        english, *others = (used(f"{kind}-{language}") for language in ("en", "de", "es"))
        for other in others:
            assert [clause.id for clause in other.clauses] == [clause.id for clause in english.clauses]
            assert other.asked == english.asked, other.id
            assert [len(clause.paragraphs) for clause in other.clauses] == [
                len(clause.paragraphs) for clause in english.clauses
            ], other.id


@pytest.mark.parametrize("name", IDS)
def test_whatever_is_filled_in_stands_exactly_so(name: str) -> None:
    template = used(name)
    document = filled(template, ordinary(name))
    assert filled(template, ordinary(name)) == document
    assert NOTE.encode() not in document
    assert b"lawyer" not in document
    filled(template, bare(name))
    for text in HOSTILE:
        filled(template, hostile(name, text))


@pytest.mark.slow
def test_pages_and_clauses_outlive_libreoffice(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    for name in IDS:
        template = used(name)
        (tmp_path / f"{name}.docx").write_bytes(template.content)
        (tmp_path / f"filled-{name}.docx").write_bytes(filled(template, ordinary(name)))
    documents = sorted(str(path) for path in tmp_path.glob("*.docx"))
    for form in ("docx", "pdf"):
        subprocess.run(
            [soffice, f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", form,
             "--outdir", str(tmp_path / form), *documents],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
    for name in IDS:
        template = used(name)
        saved = open_package((tmp_path / "docx" / f"{name}.docx").read_bytes(), name=name)
        assert hashes(clauses_of(saved, name=name)) == hashes(template.clauses), name
        for prefix in ("", "filled-"):
            before = open_package((tmp_path / f"{prefix}{name}.docx").read_bytes(), name=name)
            after = open_package((tmp_path / "docx" / f"{prefix}{name}.docx").read_bytes(), name=name)
            assert clauses_of(after, name=name) == clauses_of(before, name=name)
        pages = (tmp_path / "pdf" / f"filled-{name}.pdf").read_bytes().count(b"/Type/Page\n")
        pages = pages or (tmp_path / "pdf" / f"filled-{name}.pdf").read_bytes().count(b"/Type/Page/")
        assert pages == PAGES[name.rpartition("-")[0]], name


def test_the_values_of_these_tests_are_those_that_terms_give() -> None:
    for name in IDS:
        for values in (ordinary(name), bare(name), hostile(name, "x")):
            assert set(values) == FIELDS
            assert {field for field, value in values.items() if not isinstance(value, str)} == LISTS
