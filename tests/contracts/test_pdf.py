"""PDFs of contracts: the text of the document and no other, one run for many, and an end to every run."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.archive import Archive, Damaged
from contracts.documents import Renderer
from contracts.pdf import LibreOffice, NoPress, press_of
from contracts.templates import Template
from contracts.terms import Terms
from contracts.wording import open_package, paragraphs
from core.errors import Refused, TransientError
from tests.contracts.test_documents import HOSTILE

#: Directions, joiners and spaces are how a page is set, not what it says.
_UNSEEN = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]")


@pytest.fixture
def office() -> LibreOffice:
    found = press_of("soffice")
    if not isinstance(found, LibreOffice) or shutil.which("pdftotext") is None:
        pytest.skip("LibreOffice (soffice) or pdftotext is not installed")
    return found


@pytest.fixture
def pretending(tmp_path: Path) -> Callable[[str], LibreOffice]:
    """An office program of our own: `pretending('exit 1')`."""

    def make(script: str) -> LibreOffice:
        command = tmp_path / "soffice"
        command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        command.chmod(0o755)
        return LibreOffice(str(command), seconds_to_start=1.0, seconds_each=0.1)

    return make


def text_of(pdf: bytes, folder: Path, *how: str) -> str:
    (folder / "one.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", *how, str(folder / "one.pdf"), "-"], capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


def seen(text: str) -> str:
    return _UNSEEN.sub("", text)


@pytest.mark.slow
def test_names_stand_in_the_pdf_exactly_as_they_are(
    office: LibreOffice, template: Template, renderer: Renderer, terms_with: Callable[..., Terms], tmp_path: Path
) -> None:
    pdfs = office.press([renderer.render(template, terms_with(creator_name=name)) for name in HOSTILE])
    missing = [name for name, pdf in zip(HOSTILE, pdfs, strict=True)
               if seen(name) not in seen(text_of(pdf, tmp_path, "-layout"))]  # fmt: skip
    assert missing == []


@pytest.mark.slow
def test_the_pdf_says_what_the_document_says_and_nothing_else(
    office: LibreOffice, template: Template, renderer: Renderer, terms_with: Callable[..., Terms], tmp_path: Path
) -> None:
    document = renderer.render(template, terms_with())
    [pdf] = office.press([document])
    left = seen(text_of(pdf, tmp_path, "-raw"))
    every = paragraphs(open_package(document, name="document"))
    for margin in (seen(each.text) for each in every if each.part != "word/document.xml"):
        left = left.replace(margin.partition("Page")[0], "|")  # on each page, however many there are
    said = [seen(each.text) for each in every if each.part == "word/document.xml"]
    for text in sorted(said, key=len, reverse=True):  # the longest first, as short ones stand in long ones too
        assert text in left, text
        left = left.replace(text, "|", 1)
    left = re.sub(r"Page\d+of\d+", "", left)
    assert re.sub(r"[|\d.()•–-]", "", left) == ""  # the numbers of paragraphs, which the document counts by itself


def test_without_libreoffice_nothing_is_made_and_it_is_said() -> None:
    nothing = press_of("no-such-program")
    assert nothing.name == ""
    with pytest.raises(Refused, match="no LibreOffice on this machine"):
        nothing.press([b"x"])
    assert isinstance(press_of("none"), NoPress)


def test_a_run_without_end_is_killed_with_all_it_started(
    pretending: Callable[[str], LibreOffice], tmp_path: Path
) -> None:
    office = pretending(f"sleep 300 & echo $! > {tmp_path}/child; sleep 300")
    with pytest.raises(TransientError, match="did not come to an end within"):
        office.press([b"x"])
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 20
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(child)


@pytest.mark.parametrize("script", ["exit 1", "echo cannot load", "mkdir -p pdf; echo no pdf > pdf/0.pdf"])
def test_what_is_no_pdf_is_refused(script: str, pretending: Callable[[str], LibreOffice]) -> None:
    with pytest.raises(Refused, match="made no PDF"):
        pretending(script).press([b"x"])


def test_the_office_program_knows_no_secrets(
    pretending: Callable[[str], LibreOffice], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_PEPPER", "do-not-tell")
    with pytest.raises(Refused):
        pretending(f"env > {tmp_path}/env").press([b"x"])
    assert "do-not-tell" not in (tmp_path / "env").read_text()


def test_the_first_pdf_of_a_document_stays_and_is_verified(archive: Archive) -> None:
    document = archive.keep(b"a document")
    assert archive.pdf_path(document) is None
    first = archive.keep_pdf(document, b"%PDF-1")
    assert archive.keep_pdf(document, b"%PDF-2") == first
    path = archive.pdf_path(document)
    assert path is not None
    assert archive.read_pdf(document) == b"%PDF-1"
    assert [each.suffix for each in archive.files_of(document)] == [".docx", ".pdf", ".sha256"]
    if shutil.which("sha256sum"):
        subprocess.run(
            ["sha256sum", "--check", f"{path.name}.sha256"], cwd=path.parent, check=True, capture_output=True
        )
    path.chmod(0o644)
    path.write_bytes(b"%PDF-3")
    with pytest.raises(Damaged, match="was changed"):
        archive.read_pdf(document)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
