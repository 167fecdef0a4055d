"""Contract templates at the terminal: checked, changed, compared and approved."""

import shutil
from pathlib import Path

import pytest

from contracts.typesetting.package import typeset
from core.settings import PROJECT
from tests.cli.conftest import Terminal

WORDS = ("contracts", "templates")
APPROVE = (*WORDS, "approve", "retainer-de", "--until", "2027-12-31", "--max-spend")


@pytest.fixture
def own(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the templates that the terminal works with."""
    folder = Path(shutil.copytree(PROJECT / "templates", tmp_path / "templates"))
    monkeypatch.setenv("GREENROOM_TEMPLATES", str(folder))
    return folder


def test_a_template_is_checked_changed_compared_and_approved(terminal: Terminal, own: Path) -> None:
    assert terminal(*APPROVE, "3000 EUR", "--by", "lena").out.startswith(
        "retainer-de version 1 is approved until 2027-12-31, for up to 3,000.00 EUR.\n"
    )
    assert "18 templates" in terminal(*WORDS, "check").out
    assert "byte for byte" in terminal(*WORDS, "diff", "retainer-de").out
    source = (own / "contracts" / "sources" / "retainer-de.txt").read_text(encoding="utf-8")
    changed = typeset(source.replace("Das gehört dir.", "Es gehört dir."), name="retainer-de")
    (own / "contracts" / "retainer-de.docx").write_bytes(changed)
    checked = terminal(*WORDS, "check")
    assert checked.code == 1
    assert "retainer-de: It was changed after lena approved it on 2026-11-20: pay." in checked.out
    told = terminal(*WORDS, "diff", "retainer-de").out.splitlines()
    assert told == [
        "pay: changed",
        "  - Wir schicken dir: {{ product }}. Das gehört dir.",
        "  + Wir schicken dir: {{ product }}. Es gehört dir.",
    ]
    document = terminal.document(*APPROVE, "2,500 EUR", "--by", "olivia")
    assert (document["version"], document["approved_by"], document["maximum_spend"]) == (2, "olivia", "2500.00")
    assert [one["state"] for one in terminal.document(*WORDS, "check") if one["id"] == "retainer-de"] == ["approved"]


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        ((*APPROVE, "3000 EUR", "--by", "sofia"), 1, "Sofia Marin may not approve templates."),
        ((*APPROVE, "3000", "--by", "lena"), 2, "'3000' is not an amount of money."),
        ((*WORDS, "approve", "nda-en", "--until", "soon", "--max-spend", "0 EUR", "--by", "lena"), 2, "is not a day"),
        ((*WORDS, "diff", "retainer-fr"), 1, "no contract template 'retainer-fr'"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    words: tuple[str, ...], code: int, problem: str, terminal: Terminal, own: Path
) -> None:
    answer = terminal(*words)
    assert (answer.code, problem in answer.err) == (code, True), answer.err
