import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from contracts.displaying import FIELDS
from contracts.templates import Template, Templates
from core.errors import BadInput, Refused
from core.money import Money

EUROS = Money(Decimal(200), "EUR")
TODAY = date(2026, 11, 20)
ID = "creator-agreement-en"


def written(*lines: str, footer: str = "", title: str = "") -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    for line in lines:
        document.add_paragraph(line)
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    raw = io.BytesIO()
    document.save(raw)
    return raw.getvalue()


def test_the_shipped_template_asks_for_what_it_may_and_no_other(template: Template) -> None:
    assert template.asked == set(template.approval.variables) <= FIELDS


def test_a_template_nobody_approved_is_named_with_the_nearest(templates: Templates) -> None:
    with pytest.raises(Refused, match="no contract template 'creator-agreement-eng'") as refused:
        templates.usable("creator-agreement-eng", spend=EUROS, on=TODAY)
    assert refused.value.next_step == "Did you mean 'creator-agreement-en'?"


def test_one_changed_byte_makes_a_template_unusable_until_approved_again(
    template: Template, own_templates: Callable[..., Templates]
) -> None:
    edited = template.content.replace(b"docProps", b"docprops", 1)
    templates = own_templates(edited, sha256=f'"{template.sha256}"')
    with pytest.raises(Refused, match="unusable until approved again") as refused:
        templates.usable(ID, spend=EUROS, on=TODAY)
    assert f"greenroom contracts templates approve {ID}" in refused.value.next_step


def test_an_approval_ends_after_its_last_day(template: Template, own_templates: Callable[..., Templates]) -> None:
    templates = own_templates(template.content, valid_until="2026-12-31")
    assert templates.usable(ID, spend=EUROS, on=date(2026, 12, 31)).id == ID
    with pytest.raises(Refused, match="approved until 2026-12-31"):
        templates.usable(ID, spend=EUROS, on=date(2027, 1, 1))


@pytest.mark.parametrize("spend", [Money(Decimal("500.01"), "EUR"), Money(Decimal(1), "USD")])
def test_spend_beyond_the_approval_is_refused(templates: Templates, spend: Money) -> None:
    assert templates.usable(ID, spend=Money(Decimal(500), "EUR"), on=TODAY)
    with pytest.raises(Refused, match=r"up to 500\.00 EUR, not for"):
        templates.usable(ID, spend=spend, on=TODAY)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (written("Pay {{ creator.nmae }}"), "creator.nmae"),
        (written("Pay {{ creator }}"), "creator"),
        (written("{{ creator.name.upper }}"), "creator.name.upper"),
        (written("x", footer="{{ page.number }}"), "page.number"),
        (written("x", title="{{ salary }}"), "salary"),
        (written("{%p if pay.bonus %}", "x", "{%p endif %}"), "pay.bonus"),
        (written("{%p for x in posts %}", "{{ x }}", "{%p endfor %}"), "posts"),
        (written("{%p for x in deliverables %}", "{{ x.title }}", "{%p endfor %}"), "x.title"),
    ],
)
def test_a_template_that_asks_for_an_unknown_field_is_refused(
    content: bytes, field: str, own_templates: Callable[..., Templates]
) -> None:
    with pytest.raises(Refused, match=f"asks for '{field}', which no contract has"):
        own_templates(content).usable(ID, spend=EUROS, on=TODAY)


def test_a_field_that_legal_did_not_allow_is_refused(own_templates: Callable[..., Templates]) -> None:
    templates = own_templates(written("{{ creator.name }} {{ law }}"), variables='["creator.name"]')
    with pytest.raises(Refused, match="asks for 'law', which its approval does not allow"):
        templates.usable(ID, spend=EUROS, on=TODAY)


@pytest.mark.parametrize(
    "line",
    [
        "{{ creator.name|upper }}",
        "{{ 7*7 }}",
        "{{ creator['name'] }}",
        "{{ creator.name.upper() }}",
        "{% set x = brand %}",
        "{% if brand %}yes{% endif %}",
        "{{ deliverables }}",
        "{%p if deliverables %}",
        "{%p for x in range(9) %}",
        "{%p for x in brand %}",
        "{%p if brand %}",
        "{%p endif %}",
        "{# a note #}",
        "{{ brand",
        "{{p brand }}",
        "{{r brand }}",
        "Clause {%p if brand %} two",
    ],
)
def test_a_template_that_does_more_than_fill_in_fields_is_refused(
    line: str, own_templates: Callable[..., Templates]
) -> None:
    with pytest.raises(Refused):
        own_templates(written("Before", line, "After")).usable(ID, spend=EUROS, on=TODAY)


def test_hidden_text_has_no_place_in_a_template(own_templates: Callable[..., Templates]) -> None:
    document = docx.Document()
    document.add_paragraph("visible").add_run("not").font.hidden = True
    raw = io.BytesIO()
    document.save(raw)
    with pytest.raises(Refused, match="contains hidden text"):
        own_templates(raw.getvalue()).usable(ID, spend=EUROS, on=TODAY)


def test_a_file_that_is_no_word_document_is_refused(own_templates: Callable[..., Templates]) -> None:
    with pytest.raises(BadInput, match="not a Word document"):
        own_templates(b"%PDF-1.7").usable(ID, spend=EUROS, on=TODAY)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"file": '"../secret.docx"'}, "beside the manifest"),
        ({"maximum_spend": '"NaN"'}, "maximum_spend"),
        ({"currency": '"euro"'}, "currency"),
        ({"approved_on": '"soon"'}, "approved_on"),
        ({"version": "1\nmaximum = 3"}, "Extra inputs"),
    ],
)
def test_a_manifest_entry_that_makes_no_sense_is_refused(
    changes: dict[str, str], problem: str, own_templates: Callable[..., Templates]
) -> None:
    with pytest.raises(BadInput, match=problem):
        own_templates(written("x"), **changes).usable(ID, spend=EUROS, on=TODAY)


def test_a_missing_manifest_or_file_is_named(tmp_path: Path, own_templates: Callable[..., Templates]) -> None:
    with pytest.raises(BadInput, match="no template manifest"):
        Templates(tmp_path / "nowhere").usable(ID, spend=EUROS, on=TODAY)
    templates = own_templates(written("x"))
    (tmp_path / "templates" / "contracts" / f"{ID}.docx").unlink()
    with pytest.raises(Refused, match="cannot be read"):
        templates.usable(ID, spend=EUROS, on=TODAY)
