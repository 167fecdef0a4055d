"""What the doctor says of the fonts that PDFs of contracts are drawn with."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.doctor import examine
from cli.findings import Finding
from core.settings import Settings


@pytest.fixture
def fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Finding]]:
    """What is found on a machine with LibreOffice whose fc-list is this script."""

    def found(script: str) -> list[Finding]:
        for name, text in (("fc-list", script), ("an-office", "exit 0")):
            (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return [one for one in examine(Settings(home=tmp_path, office="an-office")) if one.what == "fonts"]

    return found


def test_scripts_that_no_font_draws_are_named_with_what_to_install(fonts: Callable[[str], list[Finding]]) -> None:
    [lacking] = fonts('case "$1" in *charset=e2*|*charset=ae40*|*charset=1f338*) ;; *) echo Liberation Sans ;; esac')
    assert lacking.state == "optional"
    assert lacking.detail.startswith("no font draws Korean, Thai, emoji and symbols;")
    assert lacking.next_step == "Run: apt install fonts-wqy-microhei fonts-noto-core fonts-symbola"


def test_without_a_font_as_wide_as_arial_it_is_said_that_lines_break_elsewhere(
    fonts: Callable[[str], list[Finding]],
) -> None:
    [other] = fonts("echo Some Sans")
    assert "as wide as Arial" in other.detail
    assert other.next_step == "Run: apt install fonts-liberation"


@pytest.mark.parametrize("script", ["echo Arial", "exit 1"])
def test_nothing_is_said_where_all_is_there_or_nobody_can_tell(
    script: str, fonts: Callable[[str], list[Finding]]
) -> None:
    assert fonts(script) == []
