"""The filled document: what stands in it, that nothing else does, and what happens when a template misbehaves."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from contracts.displaying import displayed
from contracts.documents import Renderer, check
from contracts.templates import Template, Templates
from contracts.terms import Terms
from contracts.wording import open_package, paragraphs
from core.errors import BadInput, Refused
from core.money import Money

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "contracts"
EUROS = Money(Decimal(200), "EUR")
TODAY = date(2026, 11, 20)


def words(document: bytes) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(open_package(document, name="document"))]


def changed(document: bytes, part: str, old: str, new: str) -> bytes:
    """A copy with one thing changed in one part, as somebody with a zip tool would."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            raw = source.read(name)
            if name == part:
                assert old.encode() in raw
                raw = raw.replace(old.encode(), new.encode(), 1)
            target.writestr(name, raw)
    return result.getvalue()


def written(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    raw = io.BytesIO()
    document.save(raw)
    return raw.getvalue()


NO_MONEY = {"amount": "0", "currency": "EUR"}
VARIANTS: dict[str, dict[str, object]] = {
    "hybrid": {},
    "commission": {"model": "commission", "stipend": NO_MONEY, "clawback_days": 0},
    "seed": {"model": "seed", "stipend": NO_MONEY, "commission_percent": 0, "usage_days": 0},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_text_of_the_contract(
    variant: str, template: Template, renderer: Renderer, terms_with: Callable[..., Terms]
) -> None:
    text = "\n".join(words(renderer.render(template, terms_with(**VARIANTS[variant])))) + "\n"
    path = GOLDEN / f"creator-agreement-en-{variant}.txt"
    if os.environ.get("GREENROOM_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        "set GREENROOM_UPDATE_GOLDEN=1 to record it anew, and read the diff"
    )


HOSTILE = [
    "Acme & Co <b>",
    "{{7*7}}",
    "{_{ x }_} {_% y %_} {# z #}",
    "{{ creator.name }} {% for x in y %}",
    "=cmd|' /C calc'!A0",
    "نور الهدى",
    "zero\u200bwidth\u200d",
    "é̀ combining " + "n" * 180,
    "👩🏽‍🎤✨",
    "李小龍 ユキ 유나",
    "]]> <!-- &amp; &#x41; <w:p/>",
    "\"quotes\" 'and' “curly”",
    "back\\1slash \\g<0>",
    "two  spaces",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stand_exactly_as_they_are(
    name: str, template: Template, renderer: Renderer, terms_with: Callable[..., Terms]
) -> None:
    terms = terms_with(creator_name=name, deliverables=(name, "a Story"))
    document = renderer.render(template, terms)
    text = words(document)
    assert text.count(name) == 2  # the signature block and the list of deliverables
    assert f"{name}, @ada.linen on Instagram (“you”)." in text
    assert check(document, template, terms) == []


def test_line_breaks_and_control_characters_do_not_reach_the_document(
    template: Template, renderer: Renderer, terms_with: Callable[..., Terms]
) -> None:
    terms = terms_with(creator_name="Ada\r\nLind\x0bgren\x00\x07\ud800\ufffe\t!")
    document = renderer.render(template, terms)
    assert "Ada Lind gren !" in words(document)
    assert check(document, template, terms) == []


@pytest.mark.slow
def test_the_same_terms_give_the_same_bytes_later_and_in_another_process(
    template: Template, renderer: Renderer, terms_with: Callable[..., Terms]
) -> None:
    terms = terms_with()
    first = renderer.render(template, terms)
    time.sleep(2.1)  # a zip keeps times in steps of two seconds, taken from the system's clock
    with Renderer() as other:
        assert other.render(template, terms) == first
    assert renderer.render(template, terms_with(version=2)) != first


def test_notes_to_editors_of_the_template_do_not_reach_the_creator(
    template: Template, renderer: Renderer, terms_with: Callable[..., Terms]
) -> None:
    assert "lawyer" in docx.Document(io.BytesIO(template.content)).core_properties.comments
    assert b"lawyer" not in renderer.render(template, terms_with())


BODY, HEADER = "word/document.xml", "word/header1.xml"


@pytest.mark.parametrize(
    ("part", "old", "new", "found"),
    [
        (BODY, "200.00 EUR", "900.00 EUR", "missing"),
        (BODY, "What you make stays yours.", "What you make is ours.", "missing"),
        (BODY, "Ada Lindgren", "{{ creator.name }}", "creator.name is not filled"),
        (BODY, "<w:sectPr", "<w:p><w:r><w:t>You pay us.</w:t></w:r></w:p><w:sectPr", "added"),
        (BODY, "<w:t>What you make", "<w:rPr><w:vanish/></w:rPr><w:t>What you make", "hidden text"),
        (BODY, "<w:sectPr", '<w:p><w:ins w:id="1"><w:r><w:t/></w:r></w:ins></w:p><w:sectPr', "tracked changes"),
        (HEADER, "version 1", "version 2", "missing"),
        (BODY, '<w:lock w:val="sdtLocked"/>', "", "lock is missing"),
        (BODY, '<w:tag w:val="pay"/>', '<w:tag w:val="fee"/>', "lock was added: pay"),
        ("word/styles.xml", 'w:val="Clause"', 'w:val="Other"', "differs from the template"),
        ("word/numbering.xml", "%1.%2", "%2", "differs from the template"),
        ("word/_rels/document.xml.rels", "<Relationship ", '<Relationship Id="x" Type="y/image" '
         'Target="https://example.com/a" TargetMode="External"/><Relationship ', "loaded from elsewhere"),
    ],
)  # fmt: skip
def test_whatever_is_changed_in_a_filled_document_is_found(
    part: str, old: str, new: str, found: str, template: Template, renderer: Renderer,
    terms_with: Callable[..., Terms],
) -> None:  # fmt: skip
    terms = terms_with()
    document = renderer.render(template, terms)
    assert check(changed(document, part, old, old), template, terms) == []
    problems = check(changed(document, part, old, new), template, terms)
    assert any(found in problem for problem in problems), problems


def test_a_document_of_other_terms_or_no_document_is_found(
    template: Template, renderer: Renderer, terms_with: Callable[..., Terms]
) -> None:
    document = renderer.render(template, terms_with())
    assert check(document, template, terms_with(usage_days=31))
    assert check(document, template, terms_with(deliverables=("one post",)))
    assert check(b"PK not a zip", template, terms_with()) == ["The document is not a Word document (.docx)."]
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 30_000_000)
    assert "unpacks to more" in check(bomb.getvalue(), template, terms_with())[0]


def test_placeholders_that_word_split_are_filled(
    own_templates: Callable[..., Templates], renderer: Renderer, terms_with: Callable[..., Terms]
) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("Between us and {", "{ crea", "tor.na", "me }", "} today"):
        paragraph.add_run(piece).bold = len(piece) % 2 == 0
    raw = io.BytesIO()
    document.save(raw)
    template = own_templates(raw.getvalue()).usable("creator-agreement-en", spend=EUROS, on=TODAY)
    terms = terms_with(creator_name="Zoë & Co")
    filled = renderer.render(template, terms)
    assert words(filled) == ["Between us and Zoë & Co today"]
    assert check(filled, template, terms) == []


def test_a_template_that_never_ends_is_refused_and_the_next_one_is_filled(
    own_templates: Callable[..., Templates], template: Template, terms_with: Callable[..., Terms]
) -> None:
    loops = [f"{{%p for d{n} in deliverables %}}" for n in range(12)]
    endless = own_templates(written(*loops, "again", *["{%p endfor %}"] * 12))
    terms = terms_with(deliverables=tuple(f"post {n}" for n in range(20)))
    trap = endless.usable("creator-agreement-en", spend=EUROS, on=TODAY)
    with Renderer(seconds=1.0) as renderer:
        with pytest.raises(Refused, match="did not come to an end within 1 seconds"):
            renderer.render(trap, terms)
        assert check(renderer.render(template, terms), template, terms) == []


@pytest.mark.slow
def test_libreoffice_opens_the_contract(
    template: Template, renderer: Renderer, terms_with: Callable[..., Terms], tmp_path: Path
) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    terms = terms_with(creator_name="Zoë & Co <b> 李小龍")
    (tmp_path / "contract.docx").write_bytes(renderer.render(template, terms))
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "txt:Text",
         "--outdir", str(tmp_path), str(tmp_path / "contract.docx")],
        check=True, capture_output=True, timeout=90,
    )  # fmt: skip
    text = (tmp_path / "contract.txt").read_text(encoding="utf-8-sig")
    filled = displayed(terms)
    for value in (filled[name] for name in template.approval.variables):
        for one in [value] if isinstance(value, str) else value:
            assert one in re.sub(r"\s+", " ", text) or one in (terms.reference, "")


@pytest.mark.slow
def test_a_template_edited_in_libreoffice_still_works(
    template: Template, own_templates: Callable[..., Templates], renderer: Renderer,
    terms_with: Callable[..., Terms], tmp_path: Path,
) -> None:  # fmt: skip
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    (tmp_path / "saved").mkdir()
    (tmp_path / "t.docx").write_bytes(template.content)
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "docx",
         "--outdir", str(tmp_path / "saved"), str(tmp_path / "t.docx")],
        check=True, capture_output=True, timeout=90,
    )  # fmt: skip
    saved = own_templates((tmp_path / "saved" / "t.docx").read_bytes())
    edited = saved.usable("creator-agreement-en", spend=EUROS, on=TODAY)
    terms = terms_with()
    document = renderer.render(edited, terms)
    assert check(document, edited, terms) == []
    names = zipfile.ZipFile(io.BytesIO(document)).namelist()
    assert len(names) == len(set(names))


def test_the_document_names_the_file_that_is_no_word_document() -> None:
    with pytest.raises(BadInput, match="Draft is not a Word document"):
        open_package(hashlib.sha256(b"x").digest(), name="Draft")
