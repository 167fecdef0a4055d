"""A contract whose PDF would show boxes, at the terminal."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.contracts.boxed import pdf_of
from tests.house import CAMPAIGN


def test_the_history_says_why_there_is_no_pdf_until_there_is_one(
    agreed: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, printed = tmp_path / "an-office", tmp_path / "printed.pdf"
    office.write_text(f"#!/bin/sh\nmkdir -p pdf && cp {printed} pdf/0.pdf\n", encoding="utf-8")
    office.chmod(0o755)
    printed.write_bytes(pdf_of("Ada 김", boxes="김"))
    monkeypatch.setenv("GREENROOM_OFFICE", str(office))
    creator = json.loads((agreed.home / "names.json").read_text())[0]
    assert agreed("contracts", "draft", CAMPAIGN, creator, "--as", "sofia").code == 0
    assert list(agreed.home.rglob("*.pdf")) == []
    history = agreed("contracts", "history", CAMPAIGN, creator).out
    assert "No PDF: no font of this machine draws its Korean; greenroom doctor says what to install" in history
