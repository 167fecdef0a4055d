"""Where contract documents lie: a folder in which each file is named by its content and nothing is ever changed.

Knows bytes and hashes only; the record says whose they are and what a person would call them.
"""

import hashlib
import re
from pathlib import Path
from typing import Literal, get_args

from core.errors import PermanentError, TransientError
from core.files import write_atomically

_SHA256 = re.compile(r"[0-9a-f]{64}")


#: What a document opens with. `html` is a comparison; pictures are what a signature on paper comes back as.
Kind = Literal["docx", "pdf", "html", "png", "jpg", "gif", "tif", "webp", "heic"]


class Damaged(PermanentError):
    """A document is gone or is no longer what was kept. It must not be signed off, sent or signed."""


class Archive:
    """Documents by sha256, as `ab/abcd….docx`. Keeping the same content twice keeps it once.

    What came back, and its comparison, is a document of its own by its own hash: `ab/abcd….pdf`, or whatever it is. A
    PDF we made lies beside what it shows, under the hash of that, with its own in `ab/abcd….pdf.sha256`, as
    `sha256sum --check` reads it: LibreOffice never makes the same bytes twice, so the first that is kept stays.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes, *, kind: Kind = "docx") -> str:
        """Store a document and return its sha256. A kill at any moment leaves the whole file or none."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path_of(sha256)
        if path.exists():
            self.read(sha256)
        else:
            self._write(path.with_suffix(f".{kind}"), content)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The document, verified. Raises Damaged when it is missing or differs by one byte."""
        path = self.path_of(sha256)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise Damaged(f"The document {path} is missing.", next_step="Restore it from a backup.") from None
        except OSError as error:
            raise Damaged(f"The document {path} cannot be read: {error.strerror}.") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Damaged(f"The document {path} was changed after it was kept.", next_step="Restore it from a backup.")
        return content

    def keep_pdf(self, docx_sha256: str, pdf: bytes) -> str:
        """Keep what shows a document, unless something does already; returns the sha256 of what is kept."""
        if self.pdf_path(docx_sha256) is not None:
            return hashlib.sha256(self.read_pdf(docx_sha256)).hexdigest()
        path, noted = self._pdf_and_hash(docx_sha256)
        sha256 = hashlib.sha256(pdf).hexdigest()
        self._write(path, pdf)
        self._write(noted, f"{sha256}  {path.name}\n".encode())  # last: without it a PDF does not count as kept
        return sha256

    def pdf_path(self, docx_sha256: str) -> Path | None:
        """Where the PDF of a document lies; None where none was made yet."""
        path, noted = self._pdf_and_hash(docx_sha256)
        return path if noted.exists() else None

    def read_pdf(self, docx_sha256: str) -> bytes:
        """The PDF of a document, verified. Raises Damaged when it is missing or differs by one byte."""
        path, noted = self._pdf_and_hash(docx_sha256)
        try:
            content, sha256 = path.read_bytes(), noted.read_text(encoding="ascii").partition(" ")[0]
        except (OSError, UnicodeDecodeError):
            raise Damaged(f"The PDF {path} is missing.", next_step="Restore it from a backup.") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Damaged(f"The PDF {path} was changed after it was kept.", next_step="Restore it from a backup.")
        return content

    def files_of(self, sha256: str) -> list[Path]:
        """All that is kept of a document: itself, its PDF and the PDF's hash, as far as they are there."""
        every = dict.fromkeys((self.path_of(sha256), *self._pdf_and_hash(sha256)))
        return [path for path in every if path.exists()]

    def path_of(self, sha256: str) -> Path:
        """Where a document with that hash lies, whether it is there or not."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a sha256")
        document = self._folder / sha256[:2] / f"{sha256}.docx"
        pdf, noted = self._pdf_and_hash(sha256)
        if document.exists():
            return document
        # With a hash beside it, it shows another document: ours, which is missing then.
        if pdf.exists() and not noted.exists():
            return pdf
        others = (document.with_suffix(f".{kind}") for kind in get_args(Kind) if kind != "pdf")
        return next((path for path in others if path.exists()), document)

    def _pdf_and_hash(self, docx_sha256: str) -> tuple[Path, Path]:
        path = self._folder / docx_sha256[:2] / f"{docx_sha256}.pdf"
        return path, path.with_name(f"{path.name}.sha256")

    def _write(self, path: Path, content: bytes) -> None:
        try:
            write_atomically(path, content)
            path.chmod(0o444)
        except OSError as error:
            raise TransientError(
                f"The document {path.name} could not be kept in {self._folder}: {error.strerror}.",
                next_step="Make room or mend the folder's permissions, then draft again; nothing was recorded.",
            ) from None
