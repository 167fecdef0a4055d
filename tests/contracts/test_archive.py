import hashlib
from pathlib import Path

import pytest

from contracts.archive import Archive, Damaged


def test_a_document_is_kept_once_under_its_hash(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.keep(b"the contract")
    assert sha256 == hashlib.sha256(b"the contract").hexdigest() == archive.keep(b"the contract")
    assert archive.read(sha256) == b"the contract"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [archive.path_of(sha256)]
    assert archive.path_of(sha256) == tmp_path / sha256[:2] / f"{sha256}.docx"


def test_a_changed_document_is_damaged_and_is_not_written_over(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    path = archive.path_of(archive.keep(b"the contract"))
    path.chmod(0o644)
    path.write_bytes(b"the kontract")
    with pytest.raises(Damaged, match="was changed"):
        archive.read(path.stem)
    with pytest.raises(Damaged, match="was changed"):
        archive.keep(b"the contract")
    path.unlink()
    with pytest.raises(Damaged, match="is missing"):
        archive.read(path.stem)


def test_only_a_hash_names_a_document(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a sha256"):
        Archive(tmp_path).read("../../etc/passwd")


def test_a_pdf_that_came_back_is_kept_as_one(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.keep(b"%PDF-1.7 signed", kind="pdf")
    assert archive.keep(b"%PDF-1.7 signed", kind="pdf") == sha256
    assert archive.path_of(sha256) == tmp_path / sha256[:2] / f"{sha256}.pdf"
    assert archive.read(sha256) == b"%PDF-1.7 signed"
    assert archive.files_of(sha256) == [archive.path_of(sha256)]
    assert archive.pdf_path(sha256) is None  # it shows no document of ours


def test_a_pdf_we_made_never_stands_in_for_a_missing_document(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.keep(b"the contract")
    archive.keep_pdf(sha256, b"%PDF-1.7 the contract")
    archive.path_of(sha256).unlink()
    with pytest.raises(Damaged, match="docx is missing"):
        archive.read(sha256)
