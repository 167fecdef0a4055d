"""`greenroom demo` as a person runs it: a process of its own, offline, with the real flows."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.settings import PROJECT

pytestmark = pytest.mark.slow


def _demo(home: Path) -> dict[str, Any]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "GREENROOM_"))}
    # A Prefect of their own must not be asked; this address would fail.
    environment = clean | {"GREENROOM_HOME": str(home), "PREFECT_API_URL": "http://127.0.0.1:9/api"}
    command = [sys.executable, "-m", "cli.main", "demo", "--json"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "scripted" in done.stderr.casefold()
    assert "Traceback" not in done.stderr
    assert "2 answers of creators and 5 direct messages" in done.stderr, "what waits at the desk is shown"
    assert "drafted in approved words" in done.stderr
    assert "2 follow-ups to who has not answered, 2 of them sent" in done.stderr
    assert "sent the contract back with 2 changes; it touches what was agreed (Use of content, days)" in done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_the_demo_takes_creators_from_a_generated_pool_to_signed_contracts_and_starts_clean_again(
    tmp_path: Path,
) -> None:
    funnel = dict(_demo(tmp_path)["funnel"])
    assert funnel["LONGLISTED"] == 250
    assert funnel["QUEUED"] == 25
    assert funnel["SIGNED"] >= 1
    assert funnel["CLOSED_BY_OPT_OUT"] >= 1
    papers = _papers(tmp_path)
    again = _demo(tmp_path)
    assert dict(again["funnel"]) == funnel
    assert _papers(tmp_path) == papers, "the same creators sign, and the same one sends the contract back"
    for _, place in again["places"][:6]:
        assert (PROJECT / place).exists()
    compared = Path(dict(again["places"])["a contract that came back changed, beside ours"]).read_text(encoding="utf-8")
    assert "2 changes outside the permitted places" in compared
    assert "<ins>7</ins>" in compared
    assert "<del>We look at the posts to see that this is done.</del>" in compared
    _libreoffice_opens(sorted((tmp_path / "demo" / "signed").glob("*.docx"))[0], tmp_path)


def test_the_demo_empties_only_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    precious = tmp_path / "demo" / "thesis.txt"
    precious.write_text("years of work")
    command = [sys.executable, "-m", "cli.main", "demo", "--json"]
    environment = os.environ | {"GREENROOM_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is not a demo's folder" in json.loads(done.stdout)["error"]
    assert precious.read_text() == "years of work"


def _papers(home: Path) -> list[str]:
    return sorted(str(one.relative_to(home)) for one in (home / "demo").glob("*/linen-summer-*"))


def _libreoffice_opens(document: Path, folder: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed (.ci/run installs it): the document was not opened")
    profile = f"-env:UserInstallation=file://{folder / 'office'}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(document)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert (folder / f"{document.stem}.pdf").read_bytes().startswith(b"%PDF")
