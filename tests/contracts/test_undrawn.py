"""What a PDF holds and does not draw is noticed: boxes, letters without an outline, and fonts that lack a script."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.documents import Renderer
from contracts.fonts import EMOJI, SCRIPTS, fingerprint, lacking, packages_of, script_of, scripts_of, without_colours
from contracts.pdf import LibreOffice, press_of
from contracts.templates import Template
from contracts.terms import Terms
from contracts.undrawn import undrawn
from tests.contracts.boxed import pdf_of
from tests.contracts.test_documents import HOSTILE

NAMES = (*HOSTILE, "Ada 山田 أحمد 🌸", "김 Ada विक्रम น้ำ שרה Ж Ω", "שָׁלוֹם כהן (תל אביב) 12", "W" * 200,
         "山田 花子 ゆうこ カタカナ", "김민수 뷁", "สมชาย ใจดี น้ำผึ้ง", "अनन्या श्रीवास्तव", "தமிழ் செல்வி", "𝓐𝓭𝓪 ✨ ★",
         "👩‍👩‍👧‍👦🇩🇪 👍🏽", "Qué ocurrió, Z̃oë́")  # fmt: skip
needs_fontconfig = pytest.mark.skipif(shutil.which("fc-list") is None, reason="fontconfig is not installed")


@pytest.fixture
def one_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has DejaVu Sans and no other font."""
    (tmp_path / "fonts.conf").write_text(
        '<?xml version="1.0"?><fontconfig><dir>/usr/share/fonts</dir><cachedir>' + str(tmp_path / "cache") +
        "</cachedir><selectfont><acceptfont><pattern><patelt name='family'><string>DejaVu Sans</string></patelt>"
        "</pattern></acceptfont><rejectfont><pattern/></rejectfont></selectfont></fontconfig>"
    )  # fmt: skip
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))


@pytest.mark.parametrize("letters", ["", "Ada", "A a\u200d\u3164"])
def test_a_pdf_whose_letters_are_all_drawn_is_left_in_peace(letters: str) -> None:
    assert undrawn(pdf_of(letters, blank=" \u200d\u3164")) == ""


def test_boxes_and_letters_without_an_outline_are_named() -> None:
    assert undrawn(pdf_of("Ad김山🌸", boxes="김", blank="🌸")) == "김🌸"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing else", pdf_of("A")[:-300]])
def test_what_cannot_be_taken_apart_is_blamed_for_nothing(content: bytes) -> None:
    assert undrawn(content) == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_sample_is_of_its_script(script: object) -> None:
    [found] = [one for one in SCRIPTS if one is script]
    assert {script_of(letter) for letter in found.sample if letter.isalpha() or found is not EMOJI} <= {found, EMOJI}
    assert script_of(found.sample[0]) is found


def test_what_to_install_is_said_once_for_each_package() -> None:
    assert packages_of(scripts_of("山ゆ김🌸ไ")) == "apt install fonts-wqy-microhei fonts-noto-core fonts-symbola"
    assert [one.name for one in scripts_of("ᚠ")] == ["other writing"]


@needs_fontconfig
@pytest.mark.usefixtures("one_font")
def test_the_scripts_that_no_font_has_are_listed() -> None:
    if not fingerprint() or "Latin" in (names := [script.name for script in lacking()]):
        pytest.skip("DejaVu Sans is not installed")
    assert {"Korean", "Chinese", "Thai", "Devanagari"} <= set(names)
    assert not {"Greek", "Cyrillic"} & set(names)


@needs_fontconfig
def test_other_fonts_have_another_fingerprint(request: pytest.FixtureRequest) -> None:
    before = fingerprint()
    request.getfixturevalue("one_font")
    assert fingerprint() != before


def test_libreoffice_is_shown_no_fonts_in_colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "fonts & more.conf"
    own.write_text("<fontconfig/>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(own))
    told = without_colours()
    assert told is not None
    assert f"<include>{tmp_path}/fonts &amp; more.conf</include>" in told
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "none.conf"))
    assert without_colours() is None


@pytest.mark.slow
def test_every_name_is_drawn_in_the_pdf(
    template: Template, renderer: Renderer, terms_with: Callable[..., Terms]
) -> None:
    office = press_of("soffice")
    if not isinstance(office, LibreOffice):
        pytest.skip("LibreOffice (soffice) is not installed")
    if names := [script.name for script in lacking()]:
        pytest.skip(f"no font for {', '.join(names)} is installed")
    pdfs = office.press([renderer.render(template, terms_with(creator_name=name)) for name in NAMES])
    assert {name: missing for name, pdf in zip(NAMES, pdfs, strict=True) if (missing := undrawn(pdf))} == {}


@pytest.mark.slow
@needs_fontconfig
@pytest.mark.usefixtures("one_font")
def test_on_a_machine_without_fonts_the_boxes_of_libreoffice_are_noticed(
    template: Template, renderer: Renderer, terms_with: Callable[..., Terms]
) -> None:
    office = press_of("soffice")
    if not isinstance(office, LibreOffice) or script_of("A") in lacking():
        pytest.skip("LibreOffice (soffice) or DejaVu Sans is not installed")
    names = ("Ada Lindgren", "Ada 山田", "विक्रम", "🌸 Ada")
    pdfs = office.press([renderer.render(template, terms_with(creator_name=name)) for name in names])
    assert [undrawn(pdf) for pdf in pdfs] == ["", "山", "व", "🌸"]
